package arrowops

import (
	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"
)

// Arrange gives a record of the schema whose column i is column from[i] of rec, in
// the same memory, or null in every row where from[i] is negative. It borrows rec;
// the caller releases the result. It panics for a column of another type than the
// schema's, and for null columns of types that this package has no view of.
func Arrange(rec arrow.Record, schema *arrow.Schema, from []int) arrow.Record {
	rows := int(rec.NumRows())
	columns := make([]arrow.Array, len(from))
	var zeros *memory.Buffer // for all columns that are null
	for i, c := range from {
		if c >= 0 {
			columns[i] = rec.Column(c)
			continue
		}
		if zeros == nil {
			zeros = memory.NewBufferBytes(make([]byte, (rows+1)*arrow.Decimal128SizeBytes))
		}
		columns[i] = nulls(schema.Field(i).Type, rows, zeros)
		defer columns[i].Release()
	}
	return array.NewRecord(schema, columns, int64(rows))
}

// nulls is an array of so many nulls in a buffer of zeros, which is as long as its
// widest type needs.
func nulls(dt arrow.DataType, rows int, zeros *memory.Buffer) arrow.Array {
	buffers := []*memory.Buffer{zeros, zeros}
	if dt.ID() == arrow.STRING { // offsets and text
		buffers = append(buffers, zeros)
	}
	data := array.NewData(dt, rows, buffers, nil, rows, 0)
	defer data.Release()
	return array.MakeFromData(data)
}
