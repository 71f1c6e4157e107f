package arrowops

import (
	"fmt"
	"iter"
	"unsafe"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/decimal128"
)

// Fixed is the Go types of values of fixed width: int64, float64,
// arrow.Date32, arrow.Timestamp and decimal128.Num. Booleans are bits and have
// types of their own.
type Fixed interface {
	~int32 | ~int64 | ~float64 | decimal128.Num
}

// validity is the part of a view that says which rows are not null.
type validity struct {
	bits   []byte // nil where no row is null
	offset int    // the bit of row 0
}

// Valid reports whether row i is not null.
func (v validity) Valid(i int) bool {
	return v.bits == nil || v.bits[uint(i+v.offset)/8]>>(uint(i+v.offset)%8)&1 != 0
}

// all reports whether none of the rows lo to hi is null.
func (v validity) all(lo, hi int) bool {
	return v.bits == nil || bitset(v.bits).all(v.offset+lo, v.offset+hi)
}

// nulls gives those of n rows that are null.
func (v validity) nulls(n int) iter.Seq[int] {
	return func(yield func(int) bool) {
		if v.bits == nil {
			return
		}
		for i := range n {
			if !v.Valid(i) && !yield(i) {
				return
			}
		}
	}
}

// viewValidity is the validity of an array, which may be a slice of another.
func viewValidity(a arrow.Array) validity {
	if a.NullN() == 0 {
		return validity{}
	}
	return validity{bits: a.NullBitmapBytes(), offset: a.Data().Offset()}
}

// Column is a view of values of fixed width.
type Column[T Fixed] struct {
	values []T
	validity
}

// View looks at an array whose values are laid out as T: int64, float64,
// date32, timestamp, decimal128 and their like. It panics for any other, which
// is a mistake in the calling code.
func View[T Fixed](a arrow.Array) Column[T] {
	mustBe[T](a.DataType())
	data := a.Data()
	c := Column[T]{validity: viewValidity(a)}
	if buffer := data.Buffers()[1]; buffer != nil && data.Len() > 0 {
		c.values = reinterpret[T](buffer.Bytes())[data.Offset() : data.Offset()+data.Len()]
	}
	return c
}

// ColumnOf looks at values of which none is null.
func ColumnOf[T Fixed](values []T) Column[T] { return Column[T]{values: values} }

// Len is the number of rows.
func (c Column[T]) Len() int { return len(c.values) }

// Nulls gives the rows that are null.
func (c Column[T]) Nulls() iter.Seq[int] { return c.nulls(c.Len()) }

// Values are the values of all rows. What stands under a null is of no meaning.
func (c Column[T]) Values() []T { return c.values }

// At is the value of row i, zero where it is null.
func (c Column[T]) At(i int) T {
	v := c.values[i]
	if !c.Valid(i) {
		var zero T
		v = zero
	}
	return v
}

// Get is the value of row i and whether it is not null.
func (c Column[T]) Get(i int) (T, bool) {
	v, ok := c.values[i], c.Valid(i)
	if !ok {
		var zero T
		v = zero
	}
	return v, ok
}

// mustBe panics where values of type dt are not laid out as T.
func mustBe[T Fixed](dt arrow.DataType) {
	var zero T
	var ok bool
	switch id := dt.ID(); any(zero).(type) {
	case float64:
		ok = id == arrow.FLOAT64
	case decimal128.Num:
		ok = id == arrow.DECIMAL128
	default:
		switch id {
		case arrow.INT32, arrow.DATE32, arrow.TIME32:
			ok = unsafe.Sizeof(zero) == 4
		case arrow.INT64, arrow.TIMESTAMP, arrow.TIME64, arrow.DATE64, arrow.DURATION:
			ok = unsafe.Sizeof(zero) == 8
		}
	}
	if !ok {
		panic(fmt.Sprintf("arrowops: an array of %s does not hold values of Go type %T", dt, zero))
	}
}

// reinterpret gives memory that Arrow aligned as a slice of values.
func reinterpret[T any](b []byte) []T {
	var zero T
	return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(b))), len(b)/int(unsafe.Sizeof(zero)))
}
