package arrowops

import (
	"fmt"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/decimal128"
	"github.com/apache/arrow/go/v17/arrow/memory"
)

// columnCopier copies rows of arrays of one type into a new array. It is how
// whole records are rearranged without knowing their columns.
type columnCopier interface {
	// reserve makes room for so many more rows.
	reserve(rows int)
	take(src arrow.Array, rows []int)
	copyRange(src arrow.Array, lo, hi int)
	// finish gives the array of what was copied; the copier is empty again.
	finish() (arrow.Array, error)
	release()
}

// newColumnCopier panics for a type that this package does not know.
func newColumnCopier(mem memory.Allocator, dt arrow.DataType) columnCopier {
	switch dt.ID() {
	case arrow.BOOL:
		return boolCopier{NewBoolBuilder(mem)}
	case arrow.STRING:
		return stringCopier{NewStringBuilder(mem)}
	case arrow.FLOAT64:
		return fixedCopier[float64]{NewBuilder[float64](mem, dt)}
	case arrow.DECIMAL128:
		return fixedCopier[decimal128.Num]{NewBuilder[decimal128.Num](mem, dt)}
	case arrow.INT32, arrow.DATE32, arrow.TIME32:
		return fixedCopier[int32]{NewBuilder[int32](mem, dt)}
	case arrow.INT64, arrow.TIMESTAMP, arrow.TIME64, arrow.DATE64, arrow.DURATION:
		return fixedCopier[int64]{NewBuilder[int64](mem, dt)}
	}
	panic(fmt.Sprintf("arrowops: no kernels for columns of type %s", dt))
}

type fixedCopier[T Fixed] struct{ b *Builder[T] }

func (c fixedCopier[T]) reserve(rows int)                      { c.b.Reserve(rows) }
func (c fixedCopier[T]) take(src arrow.Array, rows []int)      { c.b.AppendTake(View[T](src), rows) }
func (c fixedCopier[T]) copyRange(src arrow.Array, lo, hi int) { c.b.appendRange(View[T](src), lo, hi) }
func (c fixedCopier[T]) finish() (arrow.Array, error)          { return c.b.NewArray(), nil }
func (c fixedCopier[T]) release()                              { c.b.Release() }

type boolCopier struct{ b *BoolBuilder }

func (c boolCopier) reserve(rows int)                      { c.b.Reserve(rows) }
func (c boolCopier) take(src arrow.Array, rows []int)      { c.b.AppendTake(ViewBools(src), rows) }
func (c boolCopier) copyRange(src arrow.Array, lo, hi int) { c.b.appendRange(ViewBools(src), lo, hi) }
func (c boolCopier) finish() (arrow.Array, error)          { return c.b.NewArray(), nil }
func (c boolCopier) release()                              { c.b.Release() }

type stringCopier struct{ b *StringBuilder }

func (c stringCopier) reserve(rows int)                 { c.b.Reserve(rows) }
func (c stringCopier) take(src arrow.Array, rows []int) { c.b.AppendTake(ViewStrings(src), rows) }
func (c stringCopier) copyRange(src arrow.Array, lo, hi int) {
	c.b.appendRange(ViewStrings(src), lo, hi)
}
func (c stringCopier) finish() (arrow.Array, error) {
	if err := c.b.Err(); err != nil {
		return nil, err
	}
	return c.b.NewArray(), nil
}
func (c stringCopier) release() { c.b.Release() }

// newRecord makes a record of the columns that were copied.
func newRecord(schema *arrow.Schema, copiers []columnCopier, rows int) (arrow.Record, error) {
	columns := make([]arrow.Array, 0, len(copiers))
	defer func() {
		for _, c := range columns {
			c.Release()
		}
	}()
	for i, c := range copiers {
		column, err := c.finish()
		if err != nil {
			return nil, fmt.Errorf("column %q: %w", schema.Field(i).Name, err)
		}
		columns = append(columns, column)
	}
	return array.NewRecord(schema, columns, int64(rows)), nil
}
