package sink

import (
	"encoding/binary"
	"fmt"
	"math"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/parquet"
	"github.com/apache/arrow/go/v17/parquet/file"
	"github.com/apache/arrow/go/v17/parquet/schema"
)

// Arrow's package pqarrow does what is here, for all types, and has a program
// carry the networking and the computing of Arrow, which double its size. What is
// here gives the same bytes, which the tests hold.

// parquetSchema is the schema in Parquet.
func parquetSchema(s *arrow.Schema, properties *parquet.WriterProperties) (*schema.GroupNode, error) {
	var columns schema.FieldList
	for _, f := range s.Fields() {
		column, err := parquetColumn(f)
		if err != nil {
			return nil, fmt.Errorf("column %q: %w", f.Name, err)
		}
		columns = append(columns, column)
	}
	return schema.NewGroupNode(properties.RootName(), properties.RootRepetition(), columns, noID)
}

// noID is the id of columns that are known by their names.
const noID = -1

// parquetColumn is a column of a supported type in Parquet.
func parquetColumn(f arrow.Field) (schema.Node, error) {
	repetition := parquet.Repetitions.Required
	if f.Nullable {
		repetition = parquet.Repetitions.Optional
	}
	physical, length := parquet.Types.Int64, -1
	var logical schema.LogicalType = schema.NoLogicalType{}
	switch t := f.Type.(type) {
	case *arrow.BooleanType:
		physical = parquet.Types.Boolean
	case *arrow.Int64Type:
		logical = schema.NewIntLogicalType(64, true)
	case *arrow.Float64Type:
		physical = parquet.Types.Double
	case *arrow.StringType:
		physical, logical = parquet.Types.ByteArray, schema.StringLogicalType{}
	case *arrow.Date32Type:
		physical, logical = parquet.Types.Int32, schema.DateLogicalType{}
	case *arrow.TimestampType:
		logical = schema.NewTimestampLogicalTypeForce(t.TimeZone != "", schema.TimeUnitMicros)
	case *arrow.Decimal128Type:
		physical, length = parquet.Types.FixedLenByteArray, decimalBytes(t.Precision)
		logical = schema.NewDecimalLogicalType(t.Precision, t.Scale)
	}
	return schema.NewPrimitiveNodeLogical(f.Name, repetition, logical, physical, length, noID)
}

// decimalBytes is how many bytes hold any decimal of a precision, and its sign.
func decimalBytes(precision int32) int {
	return int(math.Ceil((float64(precision)*math.Log2(10) + 1) / 8))
}

// parquetColumns writes columns as the chunks of a row group. What it keeps is
// memory for the next ones.
type parquetColumns struct {
	levels   []int16
	flags    []bool
	texts    []parquet.ByteArray
	decimals []parquet.FixedLenByteArray
	digits   []byte
}

// write adds a canonical array.
func (c *parquetColumns) write(w file.ColumnChunkWriter, a arrow.Array, nullable bool) error {
	levels := c.definitions(a, nullable)
	switch w := w.(type) {
	case *file.BooleanColumnChunkWriter:
		return writeChunk(w, c.booleans(a.(*array.Boolean)), levels, a)
	case *file.Int32ColumnChunkWriter:
		return writeChunk(w, arrow.Int32Traits.CastFromBytes(a.Data().Buffers()[1].Bytes()), levels, a)
	case *file.Int64ColumnChunkWriter:
		return writeChunk(w, arrow.Int64Traits.CastFromBytes(a.Data().Buffers()[1].Bytes()), levels, a)
	case *file.Float64ColumnChunkWriter:
		return writeChunk(w, a.(*array.Float64).Float64Values(), levels, a)
	case *file.ByteArrayColumnChunkWriter:
		return writeChunk(w, c.strings(a.(*array.String)), levels, a)
	case *file.FixedLenByteArrayColumnChunkWriter:
		return writeChunk(w, c.numbers(a.(*array.Decimal128), w.Descr().TypeLength()), levels, a)
	}
	return fmt.Errorf("internal error: no Parquet column has the type %s", w.Type())
}

// writeChunk gives values to a writer of their physical type.
func writeChunk[T any](w interface {
	WriteBatch(values []T, definitions, repetitions []int16) (int64, error)
	WriteBatchSpaced(values []T, definitions, repetitions []int16, valid []byte, offset int64)
}, values []T, definitions []int16, a arrow.Array) error {
	if a.NullN() > 0 {
		w.WriteBatchSpaced(values, definitions, nil, a.NullBitmapBytes(), 0)
		return nil
	}
	_, err := w.WriteBatch(values, definitions, nil)
	return err
}

// definitions are 1 for a value and 0 for a null, of a column that may have nulls.
func (c *parquetColumns) definitions(a arrow.Array, nullable bool) []int16 {
	if !nullable {
		return nil
	}
	c.levels = c.levels[:0]
	for i := range a.Len() {
		level := int16(1)
		if a.IsNull(i) {
			level = 0
		}
		c.levels = append(c.levels, level)
	}
	return c.levels
}

func (c *parquetColumns) booleans(a *array.Boolean) []bool {
	c.flags = c.flags[:0]
	for i := range a.Len() {
		c.flags = append(c.flags, a.Value(i))
	}
	return c.flags
}

func (c *parquetColumns) strings(a *array.String) []parquet.ByteArray {
	c.texts = c.texts[:0]
	text, offsets := a.ValueBytes(), a.ValueOffsets()
	for i := range a.Len() {
		c.texts = append(c.texts, text[offsets[i]:offsets[i+1]])
	}
	return c.texts
}

// numbers are the lowest bytes of each decimal, the highest of them first.
func (c *parquetColumns) numbers(a *array.Decimal128, bytes int) []parquet.FixedLenByteArray {
	c.decimals, c.digits = c.decimals[:0], c.digits[:0]
	for _, v := range a.Values() {
		c.digits = binary.BigEndian.AppendUint64(c.digits, uint64(v.HighBits()))
		c.digits = binary.BigEndian.AppendUint64(c.digits, v.LowBits())
	}
	for end := arrow.Decimal128SizeBytes; end <= len(c.digits); end += arrow.Decimal128SizeBytes {
		c.decimals = append(c.decimals, c.digits[end-bytes:end])
	}
	return c.decimals
}
