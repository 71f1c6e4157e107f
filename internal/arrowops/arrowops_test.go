package arrowops

import (
	"iter"
	"math"
	"slices"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/decimal128"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"pgregory.net/rapid"
)

// What the tests of this package share: nullable columns as slices of options,
// which are the oracle, and Arrow arrays made of them by Arrow's own code.

// option is a nullable value: v is zero where !ok.
type option[T any] struct {
	v  T
	ok bool
}

var (
	decimalType   = &arrow.Decimal128Type{Precision: 38, Scale: 2}
	timestampType = &arrow.TimestampType{Unit: arrow.Microsecond, TimeZone: "UTC"}
)

// checked runs a property with an allocator that must be empty at its end.
func checked(t *testing.T, property func(t *rapid.T, mem memory.Allocator)) {
	t.Helper()
	rapid.Check(t, func(t *rapid.T) {
		mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
		property(t, mem)
		if n := mem.CurrentAlloc(); n != 0 {
			t.Fatalf("%d bytes were not released", n)
		}
	})
}

// drawRows is a number of rows, some of them around the edges of bytes, words
// and Arrow's padding.
func drawRows(t *rapid.T) int {
	return rapid.OneOf(rapid.SampledFrom([]int{0, 1, 7, 8, 9, 63, 64, 65, 511, 512, 513}), rapid.IntRange(0, 40)).Draw(t, "rows")
}

// drawColumn is a column of n rows, without nulls, with some or with nothing else.
func drawColumn[T any](t *rapid.T, n int, values *rapid.Generator[T]) []option[T] {
	nulls := rapid.SampledFrom([]int{0, 0, 3, 8}).Draw(t, "nulls in 8")
	column := make([]option[T], n)
	for i := range column {
		if column[i].ok = rapid.IntRange(0, 7).Draw(t, "chance") >= nulls; column[i].ok {
			column[i].v = values.Draw(t, "value")
		}
	}
	return column
}

var (
	anyInt64   = rapid.OneOf(rapid.Int64(), rapid.Int64Range(-3, 3))
	anyDate    = rapid.Custom(func(t *rapid.T) arrow.Date32 { return arrow.Date32(rapid.Int32().Draw(t, "day")) })
	anyTime    = rapid.Custom(func(t *rapid.T) arrow.Timestamp { return arrow.Timestamp(anyInt64.Draw(t, "µs")) })
	anyFloat   = rapid.OneOf(rapid.Float64(), rapid.SampledFrom([]float64{0, math.Copysign(0, -1), math.NaN(), math.Inf(1), math.Inf(-1), 1}))
	anyDecimal = rapid.Custom(func(t *rapid.T) decimal128.Num {
		if rapid.Bool().Draw(t, "small") {
			return decimal128.FromI64(anyInt64.Draw(t, "n"))
		}
		largest := decimal128.GetMaxValue(38)
		n := decimal128.New(rapid.Int64Range(-largest.HighBits()+1, largest.HighBits()-1).Draw(t, "hi"), rapid.Uint64().Draw(t, "lo"))
		return n
	})
	anyBool = rapid.Bool()
	anyText = rapid.OneOf(rapid.StringN(0, 6, 12), rapid.SampledFrom([]string{"", "a", "b", "ab", "\x00"}), rapid.StringOfN(rapid.RuneFrom([]rune("ab")), 0, 60, -1))
)

// arrowArray makes an array with Arrow's own builder, cut out of a longer one
// in which other values stand around it and under its nulls.
func arrowArray[T any](t *rapid.T, mem memory.Allocator, dt arrow.DataType, column []option[T], under T) arrow.Array {
	builder := array.NewBuilder(mem, dt)
	defer builder.Release()
	before := rapid.IntRange(0, 9).Draw(t, "before")
	for range before {
		appendArrow(builder, under)
	}
	for _, x := range column {
		if x.ok {
			appendArrow(builder, x.v)
		} else {
			appendArrow(builder, under)
		}
	}
	appendArrow(builder, under)
	whole := builder.NewArray()
	defer whole.Release()
	return nullOut(mem, whole, column, before)
}

// nullOut cuts the column out of an array and puts a bitmap over it, which
// leaves its values as they are.
func nullOut[T any](mem memory.Allocator, whole arrow.Array, column []option[T], before int) arrow.Array {
	data := whole.Data()
	buffers := append([]*memory.Buffer{nil}, data.Buffers()[1:]...)
	nulls := 0
	bitmap := memory.NewResizableBuffer(mem)
	defer bitmap.Release()
	bitmap.Resize((before + len(column) + 8) / 8)
	for i, x := range column {
		if x.ok {
			bitmap.Bytes()[(before+i)/8] |= 1 << ((before + i) % 8)
		} else {
			nulls++
		}
	}
	if nulls > 0 {
		buffers[0] = bitmap
	}
	cut := array.NewData(whole.DataType(), len(column), buffers, nil, nulls, before)
	defer cut.Release()
	return array.MakeFromData(cut)
}

func appendArrow(b array.Builder, v any) {
	switch b := b.(type) {
	case *array.Int64Builder:
		b.Append(v.(int64))
	case *array.Float64Builder:
		b.Append(v.(float64))
	case *array.Date32Builder:
		b.Append(v.(arrow.Date32))
	case *array.TimestampBuilder:
		b.Append(v.(arrow.Timestamp))
	case *array.Decimal128Builder:
		b.Append(v.(decimal128.Num))
	case *array.BooleanBuilder:
		b.Append(v.(bool))
	case *array.StringBuilder:
		b.Append(v.(string))
	}
}

// same is equality of values with NaN equal to itself and -0 unlike 0: what a
// column that is copied keeps.
func same[T any](a, b T) bool {
	if x, isFloat := any(a).(float64); isFloat {
		return math.Float64bits(x) == math.Float64bits(any(b).(float64))
	}
	return any(a) == any(b)
}

// readable is what all views have.
type readable[T any] interface {
	Len() int
	At(i int) T
	Get(i int) (T, bool)
	Valid(i int) bool
	Nulls() iter.Seq[int]
}

// mustRead holds a view against the column it should show.
func mustRead[T any](t *rapid.T, view readable[T], want []option[T]) {
	t.Helper()
	if view.Len() != len(want) {
		t.Fatalf("Len() = %d, want %d", view.Len(), len(want))
	}
	for i, x := range want {
		if v, ok := view.Get(i); !same(v, x.v) || ok != x.ok {
			t.Fatalf("Get(%d) = %v, %t, want %v, %t", i, v, ok, x.v, x.ok)
		}
		if v := view.At(i); !same(v, x.v) {
			t.Fatalf("At(%d) = %v, want %v", i, v, x.v)
		}
		if view.Valid(i) != x.ok {
			t.Fatalf("Valid(%d) = %t", i, !x.ok)
		}
	}
	var nulls []int
	for i, x := range want {
		if !x.ok {
			nulls = append(nulls, i)
		}
	}
	if got := slices.Collect(view.Nulls()); !slices.Equal(got, nulls) {
		t.Fatalf("Nulls() gives %v, want %v", got, nulls)
	}
	for i := range view.Nulls() { // which can be left
		if i != nulls[0] {
			t.Fatalf("the first of Nulls() is %d, want %d", i, nulls[0])
		}
		break
	}
}

func mustPanic(t *testing.T, what string, f func()) {
	t.Helper()
	defer func() {
		if recover() == nil {
			t.Errorf("%s: no panic", what)
		}
	}()
	f()
}
