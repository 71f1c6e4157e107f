package unittest

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/decimal128"

	"martlet/internal/arrowops"
	"martlet/internal/contract"
	"martlet/internal/value"
)

// newColumn builds a column of values, nil for null.
func newColumn(mem contract.Allocator, dt arrow.DataType, cells []any) (arrow.Array, error) {
	switch dt.ID() {
	case arrow.BOOL:
		return build(arrowops.NewBoolBuilder(mem), cells)
	case arrow.STRING:
		return build(arrowops.NewStringBuilder(mem), cells)
	case arrow.INT64:
		return build(arrowops.NewBuilder[int64](mem, dt), cells)
	case arrow.FLOAT64:
		return build(arrowops.NewBuilder[float64](mem, dt), cells)
	case arrow.DECIMAL128:
		return build(arrowops.NewBuilder[decimal128.Num](mem, dt), cells)
	case arrow.DATE32:
		return build(arrowops.NewBuilder[arrow.Date32](mem, dt), cells)
	case arrow.TIMESTAMP:
		return build(arrowops.NewBuilder[arrow.Timestamp](mem, dt), cells)
	}
	return nil, fmt.Errorf("no column can be of %v", dt)
}

// builder is what the builders of all types have in common.
type builder[T any] interface {
	AppendOption(v T, ok bool)
	NewArray() arrow.Array
	Release()
}

func build[T any](b builder[T], cells []any) (arrow.Array, error) {
	defer b.Release()
	for i, cell := range cells {
		v, ok := cell.(T)
		if !ok && cell != nil {
			return nil, fmt.Errorf("row %d holds a %T, not a %T", i+1, cell, v)
		}
		b.AppendOption(v, ok)
	}
	return b.NewArray(), nil
}

// rowsOf gives the rows of a record as text, of the columns at the given places.
func rowsOf(rec arrow.Record, at []int) [][]string {
	rows := make([][]string, rec.NumRows())
	for i := range rows {
		rows[i] = make([]string, len(at))
	}
	for j, c := range at {
		column := rec.Column(c)
		get := getter(column)
		for i := range rows {
			rows[i][j] = format(get(i), column.DataType())
		}
	}
	return rows
}

// getter reads the values of a column, nil for null.
func getter(column arrow.Array) func(i int) any {
	switch column.DataType().ID() {
	case arrow.BOOL:
		return optional(arrowops.ViewBools(column).Get)
	case arrow.STRING:
		return optional(arrowops.ViewStrings(column).Get)
	case arrow.INT64:
		return optional(arrowops.View[int64](column).Get)
	case arrow.FLOAT64:
		return optional(arrowops.View[float64](column).Get)
	case arrow.DECIMAL128:
		return optional(arrowops.View[decimal128.Num](column).Get)
	case arrow.DATE32:
		return optional(arrowops.View[arrow.Date32](column).Get)
	}
	return optional(arrowops.View[arrow.Timestamp](column).Get)
}

func optional[T any](get func(i int) (T, bool)) func(i int) any {
	return func(i int) any {
		if v, ok := get(i); ok {
			return v
		}
		return nil
	}
}

// format writes a value as people read it, and such that two values of a type are
// written alike where they are equal and only there.
func format(v any, dt arrow.DataType) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case bool:
		return value.FormatBool(v)
	case int64:
		return value.FormatInt64(v)
	case float64:
		if v == 0 {
			v = 0 // -0 equals it
		}
		return value.FormatFloat64(v)
	case decimal128.Num:
		return value.FormatDecimal(v, dt.(*arrow.Decimal128Type).Scale)
	case arrow.Date32:
		return value.FormatDate(v)
	case arrow.Timestamp:
		if dt.(*arrow.TimestampType).TimeZone != "" {
			return value.FormatTimestampTZ(v)
		}
		return value.FormatTimestamp(v)
	case string:
		return text(v)
	}
	return fmt.Sprint(v)
}

// text is a string as it stands, in quotes where it could be taken for something
// else: null, the mark of a difference, or white space that nobody sees.
func text(s string) string {
	quoted := strconv.Quote(s)
	if s == "" || s == "null" || strings.TrimSpace(s) != s || strings.HasPrefix(s, "[") || quoted[1:len(quoted)-1] != s {
		return quoted
	}
	return s
}
