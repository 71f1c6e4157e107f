package spill

import (
	"fmt"
	"slices"
	"unsafe"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"martlet/internal/arrowops"
	"martlet/internal/contract"
)

// layout says how batches of a schema are stored: as records of its columns, the
// origins and, where there are some, the ordinals.
type layout struct {
	given    *arrow.Schema // of the batches
	stored   *arrow.Schema
	numbered bool // with ordinals
}

func newLayout(schema *arrow.Schema, ordinals bool) layout {
	fields := append(slices.Clone(schema.Fields()), arrow.Field{Name: "origin", Type: arrow.PrimitiveTypes.Int64})
	if ordinals {
		fields = append(fields, arrow.Field{Name: "ordinal", Type: arrow.PrimitiveTypes.Int64})
	}
	return layout{given: schema, stored: arrow.NewSchema(fields, nil), numbered: ordinals}
}

// originColumn is the place of the origins; the ordinals follow.
func (l layout) originColumn() int { return l.given.NumFields() }

// check refuses a batch of another schema, or one whose parts do not belong
// together: a bug above that would else become rows that are not there.
func (l layout) check(b contract.Batch) error {
	if int(b.Record.NumCols()) != l.given.NumFields() {
		return fmt.Errorf("a batch of %d columns was given to temporary files of %d", b.Record.NumCols(), l.given.NumFields())
	}
	for i, f := range l.given.Fields() {
		if got := b.Record.Column(i).DataType(); !arrow.TypeEqual(got, f.Type) {
			return fmt.Errorf("column %q of a batch is %s, that of the temporary files %s", f.Name, got, f.Type)
		}
	}
	if len(b.Origins) != b.Len() {
		return fmt.Errorf("a batch of %d rows has %d origins", b.Len(), len(b.Origins))
	}
	return nil
}

// record is a batch as it is stored, in the memory of the batch and of ordinals,
// which is nil where there are none.
func (l layout) record(b contract.Batch, ordinals []int64) arrow.Record {
	origins := unsafe.Slice((*int64)(unsafe.Pointer(unsafe.SliceData(b.Origins))), len(b.Origins))
	columns := append(slices.Clone(b.Record.Columns()), int64Array(origins))
	if ordinals != nil {
		columns = append(columns, int64Array(ordinals))
	}
	return array.NewRecord(l.stored, columns, int64(b.Len()))
}

// int64Array is an array in Go's memory. It needs no release.
func int64Array(values []int64) arrow.Array {
	buffer := memory.NewBufferBytes(arrow.Int64Traits.CastToBytes(values))
	return array.NewInt64Data(array.NewData(arrow.PrimitiveTypes.Int64, len(values), []*memory.Buffer{nil, buffer}, nil, 0, 0))
}

// batch takes a stored record apart. It takes over the record; the batch is the
// caller's.
func (l layout) batch(rec arrow.Record) contract.Batch {
	defer rec.Release()
	origins := l.int64s(rec, l.originColumn())
	b := contract.Batch{
		Record:  array.NewRecord(l.given, rec.Columns()[:l.originColumn()], rec.NumRows()),
		Origins: make([]contract.Origin, origins.Len()),
	}
	for i := range b.Origins {
		b.Origins[i] = contract.Origin(origins.At(i))
	}
	if l.numbered {
		b.Ordinals = l.ordinals(rec)
	}
	return b
}

// ordinals copies the ordinals of a stored record.
func (l layout) ordinals(rec arrow.Record) []int64 {
	column := l.int64s(rec, l.originColumn()+1)
	ordinals := make([]int64, column.Len())
	for i := range ordinals {
		ordinals[i] = column.At(i)
	}
	return ordinals
}

func (l layout) int64s(rec arrow.Record, column int) arrowops.Column[int64] {
	return arrowops.View[int64](rec.Column(column))
}
