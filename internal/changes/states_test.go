package changes

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/decimal128"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"pgregory.net/rapid"

	"martlet/internal/sink"
)

// Rows as states that can be compared: Arrow arrays made, and read, by Arrow's own
// code.

// batches is a state in memory. It counts what is read of it.
type batches struct {
	schema  *arrow.Schema
	records []arrow.Record
	reads   int
	reading func() // called then; may be nil
}

func (b *batches) Schema() *arrow.Schema { return b.schema }
func (b *batches) NumRecords() int       { return len(b.records) }
func (b *batches) RecordAt(i int) (arrow.Record, error) {
	b.reads++
	if b.reading != nil {
		b.reading()
	}
	b.records[i].Retain()
	return b.records[i], nil
}
func (b *batches) release() {
	for _, rec := range b.records {
		rec.Release()
	}
}

// drawState has rows in batches of any sizes, some text in dictionaries.
func (r *relation) drawState(t *rapid.T, mem memory.Allocator, rows []row) *batches {
	fields := r.schema.Fields()
	for i, f := range fields {
		if f.Type.ID() == arrow.STRING && rapid.IntRange(0, 2).Draw(t, "dictionary") == 0 {
			fields[i].Type = &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int8, ValueType: arrow.BinaryTypes.String}
		}
	}
	b := &batches{schema: arrow.NewSchema(fields, nil)}
	for most := rapid.SampledFrom([]int{1, 3, 10, 100}).Draw(t, "most in a batch"); ; {
		n := min(len(rows), rapid.IntRange(0, most).Draw(t, "batch"))
		b.records = append(b.records, newRecord(mem, b.schema, rows[:n], rapid.IntRange(0, 9).Draw(t, "offset")))
		if rows = rows[n:]; len(rows) == 0 {
			return b
		}
	}
}

// newRecord cuts rows out of longer arrays, in which something stands under nulls.
func newRecord(mem memory.Allocator, schema *arrow.Schema, rows []row, offset int) arrow.Record {
	columns := make([]arrow.Array, schema.NumFields())
	for j, f := range schema.Fields() {
		b := array.NewBuilder(mem, f.Type)
		defer b.Release()
		for range offset {
			appendValue(b, nil)
		}
		bitmap := make([]byte, (offset+len(rows))/8+1)
		nulls := 0
		for i, x := range rows {
			appendValue(b, x[j])
			if x[j] != nil {
				bitmap[(offset+i)/8] |= 1 << ((offset + i) % 8)
			} else {
				nulls++
			}
		}
		whole := b.NewArray()
		data := whole.Data()
		buffers := slices.Clone(data.Buffers())
		buffers[0] = memory.NewBufferBytes(bitmap)
		dictionary, _ := data.Dictionary().(*array.Data)
		cut := array.NewDataWithDictionary(f.Type, len(rows), buffers, nulls, offset, dictionary)
		if dictionary == nil {
			cut.Release()
			cut = array.NewData(f.Type, len(rows), buffers, nil, nulls, offset)
		}
		columns[j] = array.MakeFromData(cut)
		defer columns[j].Release()
		cut.Release()
		whole.Release()
	}
	return array.NewRecord(schema, columns, int64(len(rows)))
}

// appendValue adds something for nil: nulls are made of it later.
func appendValue(b array.Builder, v any) {
	switch b := b.(type) {
	case *array.BooleanBuilder:
		b.Append(or(v, true))
	case *array.Int64Builder:
		b.Append(or(v, int64(b.Len())))
	case *array.Float64Builder:
		b.Append(or(v, float64(b.Len())))
	case *array.Decimal128Builder:
		b.Append(or(v, decimal128.FromI64(int64(b.Len()))))
	case *array.StringBuilder:
		b.Append(or(v, fmt.Sprint("hidden", b.Len())))
	case *array.BinaryDictionaryBuilder:
		if err := b.AppendString(or(v, fmt.Sprint("hidden", b.Len()))); err != nil {
			panic(err)
		}
	case *array.Date32Builder:
		b.Append(or(v, arrow.Date32(b.Len())))
	case *array.TimestampBuilder:
		b.Append(or(v, arrow.Timestamp(b.Len())))
	default:
		panic(fmt.Sprintf("no values for %T", b))
	}
}

func or[T any](v any, otherwise T) T {
	if v == nil {
		return otherwise
	}
	return v.(T)
}

// valueAt is the value of an array that Arrow's own code gives.
func valueAt(a arrow.Array, i int) any {
	if a.IsNull(i) {
		return nil
	}
	switch a := a.(type) {
	case *array.Boolean:
		return a.Value(i)
	case *array.Int64:
		return a.Value(i)
	case *array.Float64:
		return a.Value(i)
	case *array.Decimal128:
		return a.Value(i)
	case *array.String:
		return strings.Clone(a.Value(i))
	case *array.Date32:
		return a.Value(i)
	case *array.Timestamp:
		return a.Value(i)
	}
	panic(fmt.Sprintf("no values of %T", a))
}

// state has rows in batches of one size.
func (r *relation) state(mem memory.Allocator, rows []row, size int) *batches {
	b := &batches{schema: r.schema}
	for part := range slices.Chunk(rows, size) {
		b.records = append(b.records, newRecord(mem, r.schema, part, 0))
	}
	return b
}

// file is a state as the bytes of an Arrow IPC file.
func (b *batches) file(t fataler, mem memory.Allocator) []byte {
	t.Helper()
	var file bytes.Buffer
	w, err := sink.NewArrow(&file, b.schema, mem)
	if err != nil {
		t.Fatalf("%v", err)
	}
	for _, rec := range b.records {
		err = cmp.Or(err, w.Write(rec))
	}
	if err := cmp.Or(err, w.Close()); err != nil {
		t.Fatalf("%v", err)
	}
	return file.Bytes()
}
