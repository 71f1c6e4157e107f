package sink

import (
	"fmt"
	"math/bits"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/decimal128"

	"martlet/internal/value"
)

// column writes the fields of one column of a CSV file.
type column interface {
	// bind turns to the column's part of a batch, which it borrows until unbind.
	bind(a arrow.Array)
	unbind()
	// room turns to at most bandRows rows and gives the most bytes that a field
	// of them takes, with the byte behind it.
	room(lo, rows int) int
	// fill adds the fields of the rows it has turned to to the lines of b, and
	// behind each its end: nothing else where it is null.
	fill(b *band)
}

// newColumn makes the writer of a supported type.
func newColumn(t arrow.DataType, o CSVOptions) column {
	switch t := t.(type) {
	case *arrow.BooleanType:
		return &boolColumn{}
	case *arrow.StringType:
		return newStringColumn(o)
	case *arrow.Int64Type:
		return newFixed((*array.Int64).Int64Values, value.PutInt64)
	case *arrow.Float64Type:
		return newFixed((*array.Float64).Float64Values, value.PutFloat64)
	case *arrow.Date32Type:
		return newFixed((*array.Date32).Date32Values, value.PutDate)
	case *arrow.TimestampType:
		if t.TimeZone != "" {
			return newFixed((*array.Timestamp).TimestampValues, value.PutTimestampTZ)
		}
		return newFixed((*array.Timestamp).TimestampValues, value.PutTimestamp)
	case *arrow.Decimal128Type:
		scale := t.Scale
		return newFixed((*array.Decimal128).Values, func(dst *value.Text, v decimal128.Num) int {
			return value.PutDecimal(dst, v, scale)
		})
	}
	panic(fmt.Sprintf("sink: no CSV form of %s", t)) // checkSchema refuses it
}

// fixedColumn is a column whose array has its values in one slice.
type fixedColumn[T comparable, A arrow.Array] struct {
	slice func(A) []T
	put   func(dst *value.Text, v T) int
	// exact says that values which are equal have the same text, which 0 and -0
	// of floats have not.
	exact  bool
	values []T
	valid  bitmap
}

func newFixed[T comparable, A arrow.Array](slice func(A) []T, put func(*value.Text, T) int) column {
	var zero T
	_, float := any(zero).(float64)
	return &fixedColumn[T, A]{slice: slice, put: put, exact: !float}
}

func (c *fixedColumn[T, A]) bind(a arrow.Array) {
	c.values = c.slice(a.(A))
	c.valid, _ = validity(a)
}

func (c *fixedColumn[T, A]) unbind() { c.values, c.valid = nil, bitmap{} }

func (c *fixedColumn[T, A]) room(int, int) int { return value.MaxText + 1 }

func (c *fixedColumn[T, A]) fill(b *band) {
	values := c.values[b.lo : b.lo+b.rows]
	valid, null := b.split(c.valid)
	b.skip(null)
	if null == 0 && c.exact && allSame(values) {
		c.repeat(b, values[0])
		return
	}
	slots, end, put := b.slots, b.end, c.put
	for ; valid != 0; valid &= valid - 1 {
		i := bits.TrailingZeros64(valid) % bandRows
		at := b.at[i]
		n := put((*value.Text)(slots[at:]), values[i])
		slots[at+n] = end
		b.at[i] = at + n + 1
	}
}

// repeat adds the same value to every line.
func (c *fixedColumn[T, A]) repeat(b *band, v T) {
	text := (*value.Text)(b.slots[b.at[0]:])
	n := c.put(text, v)
	text[n] = b.end
	for i := range b.rows {
		*(*value.Text)(b.slots[b.at[i]:]) = *text
		b.at[i] += n + 1
	}
}

// allSame says whether values are all equal.
func allSame[T comparable](values []T) bool {
	for _, v := range values {
		if v != values[0] {
			return false
		}
	}
	return true
}

type boolColumn struct {
	values bitmap
	valid  bitmap
}

func (c *boolColumn) bind(a arrow.Array) {
	c.values = bitmap{}
	if buffer := a.Data().Buffers()[1]; buffer != nil {
		c.values = bitmap{buffer.Bytes(), a.Data().Offset()}
	}
	c.valid, _ = validity(a)
}

func (c *boolColumn) unbind() { *c = boolColumn{} }

func (c *boolColumn) room(int, int) int { return value.MaxText + 1 }

func (c *boolColumn) fill(b *band) {
	values := c.values.word(b.lo, b.rows)
	valid, null := b.split(c.valid)
	b.skip(null)
	slots, end := b.slots, b.end
	for ; valid != 0; valid &= valid - 1 {
		i := bits.TrailingZeros64(valid) % bandRows
		at := b.at[i]
		n := value.PutBool((*value.Text)(slots[at:]), values>>i&1 != 0)
		slots[at+n] = end
		b.at[i] = at + n + 1
	}
}
