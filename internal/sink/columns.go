package sink

import (
	"fmt"

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
	// append adds the field of a row to dst: nothing where it is null.
	append(dst []byte, row int) []byte
}

// newColumn makes the writer of a supported type.
func newColumn(t arrow.DataType) column {
	switch t := t.(type) {
	case *arrow.BooleanType:
		return &boolColumn{}
	case *arrow.StringType:
		return &stringColumn{}
	case *arrow.Int64Type:
		return newFixed((*array.Int64).Int64Values, value.AppendInt64)
	case *arrow.Float64Type:
		return newFixed((*array.Float64).Float64Values, value.AppendFloat64)
	case *arrow.Date32Type:
		return newFixed((*array.Date32).Date32Values, value.AppendDate)
	case *arrow.TimestampType:
		if t.TimeZone != "" {
			return newFixed((*array.Timestamp).TimestampValues, value.AppendTimestampTZ)
		}
		return newFixed((*array.Timestamp).TimestampValues, value.AppendTimestamp)
	case *arrow.Decimal128Type:
		scale := t.Scale
		return newFixed((*array.Decimal128).Values, func(dst []byte, v decimal128.Num) []byte {
			return value.AppendDecimal(dst, v, scale)
		})
	}
	panic(fmt.Sprintf("sink: no CSV form of %s", t)) // checkSchema refuses it
}

// nulls answers which rows of a bound array are null.
type nulls struct{ of arrow.Array } // nil where none is

func (n *nulls) bind(a arrow.Array) {
	n.of = nil
	if a.NullN() > 0 {
		n.of = a
	}
}

func (n *nulls) at(row int) bool { return n.of != nil && n.of.IsNull(row) }

// fixedColumn is a column whose array has its values in one slice.
type fixedColumn[T any, A arrow.Array] struct {
	slice  func(A) []T
	format func(dst []byte, v T) []byte
	values []T
	nulls  nulls
}

func newFixed[T any, A arrow.Array](slice func(A) []T, format func([]byte, T) []byte) column {
	return &fixedColumn[T, A]{slice: slice, format: format}
}

func (c *fixedColumn[T, A]) bind(a arrow.Array) {
	c.values = c.slice(a.(A))
	c.nulls.bind(a)
}

func (c *fixedColumn[T, A]) unbind() { c.values, c.nulls.of = nil, nil }

func (c *fixedColumn[T, A]) append(dst []byte, row int) []byte {
	if c.nulls.at(row) {
		return dst
	}
	return c.format(dst, c.values[row])
}

type boolColumn struct {
	values *array.Boolean
	nulls  nulls
}

func (c *boolColumn) bind(a arrow.Array) {
	c.values = a.(*array.Boolean)
	c.nulls.bind(a)
}

func (c *boolColumn) unbind() { c.values, c.nulls.of = nil, nil }

func (c *boolColumn) append(dst []byte, row int) []byte {
	if c.nulls.at(row) {
		return dst
	}
	return value.AppendBool(dst, c.values.Value(row))
}

type stringColumn struct {
	values *array.String
	nulls  nulls
}

func (c *stringColumn) bind(a arrow.Array) {
	c.values = a.(*array.String)
	c.nulls.bind(a)
}

func (c *stringColumn) unbind() { c.values, c.nulls.of = nil, nil }

func (c *stringColumn) append(dst []byte, row int) []byte {
	if c.nulls.at(row) {
		return dst
	}
	return appendText(dst, c.values.Value(row), &special)
}
