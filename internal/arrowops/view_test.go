package arrowops

import (
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/decimal128"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"pgregory.net/rapid"
)

func viewProperty[T any](dt arrow.DataType, values *rapid.Generator[T], under T, view func(arrow.Array) readable[T]) func(*testing.T) {
	return func(t *testing.T) {
		checked(t, func(t *rapid.T, mem memory.Allocator) {
			column := drawColumn(t, drawRows(t), values)
			a := arrowArray(t, mem, dt, column, under)
			defer a.Release()
			mustRead(t, view(a), column)
			// A slice of it, which may have no null any more.
			lo := rapid.IntRange(0, len(column)).Draw(t, "lo")
			hi := rapid.IntRange(lo, len(column)).Draw(t, "hi")
			slice := array.NewSlice(a, int64(lo), int64(hi))
			defer slice.Release()
			mustRead(t, view(slice), column[lo:hi])
		})
	}
}

func viewFixed[T Fixed](a arrow.Array) readable[T] { return View[T](a) }

func TestView(t *testing.T) {
	t.Run("int64", viewProperty(arrow.PrimitiveTypes.Int64, anyInt64, 7, viewFixed))
	t.Run("float64", viewProperty(arrow.PrimitiveTypes.Float64, anyFloat, 7, viewFixed))
	t.Run("date", viewProperty(arrow.FixedWidthTypes.Date32, anyDate, 7, viewFixed))
	t.Run("timestamp", viewProperty(timestampType, anyTime, 7, viewFixed))
	t.Run("decimal", viewProperty(decimalType, anyDecimal, decimal128.FromI64(7), viewFixed))
	t.Run("bool", viewProperty(arrow.FixedWidthTypes.Boolean, anyBool, true,
		func(a arrow.Array) readable[bool] { return ViewBools(a) }))
	t.Run("string", viewProperty(arrow.BinaryTypes.String, anyText, "hidden",
		func(a arrow.Array) readable[string] { return ViewStrings(a) }))
}

// An array without rows may come without buffers.
func TestViewOfNothing(t *testing.T) {
	for _, dt := range []arrow.DataType{arrow.PrimitiveTypes.Int64, arrow.FixedWidthTypes.Boolean, arrow.BinaryTypes.String} {
		buffers := []*memory.Buffer{nil, nil}
		if dt.ID() == arrow.STRING {
			buffers = append(buffers, nil)
		}
		data := array.NewData(dt, 0, buffers, nil, 0, 0)
		a := array.MakeFromData(data)
		var n int
		switch dt.ID() {
		case arrow.INT64:
			n = View[int64](a).Len()
		case arrow.BOOL:
			n = ViewBools(a).Len()
		case arrow.STRING:
			n = ViewStrings(a).Len()
		}
		if n != 0 {
			t.Errorf("%s: Len() = %d", dt, n)
		}
		a.Release()
		data.Release()
	}
}

func TestViewOfAnotherType(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	b := NewBuilder[int64](mem, arrow.PrimitiveTypes.Int64)
	b.Append(1)
	a := b.NewArray()
	defer a.Release()
	mustPanic(t, "float64 of int64", func() { View[float64](a) })
	mustPanic(t, "date of int64", func() { View[arrow.Date32](a) })
	mustPanic(t, "decimal of int64", func() { View[decimal128.Num](a) })
	mustPanic(t, "bool of int64", func() { ViewBools(a) })
	mustPanic(t, "text of int64", func() { ViewStrings(a) })
	mustPanic(t, "builder of dates for timestamps", func() { NewBuilder[arrow.Date32](mem, timestampType) })
	if v := View[arrow.Timestamp](a).At(0); v != 1 {
		t.Errorf("an int64 as a timestamp: %d", v)
	}
}
