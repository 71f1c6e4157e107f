package arrowops

import (
	"errors"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/decimal128"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"pgregory.net/rapid"

	"martlet/internal/value"
)

// writable is what all builders have; src is its kind of view.
type writable[T any, V any] interface {
	Len() int
	Reserve(n int)
	Append(v T)
	AppendNull()
	AppendOption(v T, ok bool)
	AppendTake(src V, rows []int)
	NewArray() arrow.Array
	Release()
}

// builderProperty appends in every way at once and holds the arrays against
// what was appended and against Arrow's.
func builderProperty[T any, V readable[T]](dt arrow.DataType, values *rapid.Generator[T], under T,
	newBuilder func(memory.Allocator) writable[T, V], view func(arrow.Array) V) func(*testing.T) {
	return func(t *testing.T) {
		checked(t, func(t *rapid.T, mem memory.Allocator) {
			b := newBuilder(mem)
			defer b.Release()
			for range rapid.IntRange(1, 3).Draw(t, "arrays") {
				want := fill(t, mem, dt, b, values, under, view)
				if rapid.IntRange(0, 5).Draw(t, "drop") == 0 {
					b.Release()
					want = nil
				}
				a := b.NewArray()
				mustRead(t, view(a), want)
				mustBeCanonical(t, mem, dt, a, want)
				a.Release()
				if b.Len() != 0 {
					t.Fatalf("Len() = %d after NewArray", b.Len())
				}
			}
			b.Append(under) // left for Release
		})
	}
}

func fill[T any, V readable[T]](t *rapid.T, mem memory.Allocator, dt arrow.DataType, b writable[T, V],
	values *rapid.Generator[T], under T, view func(arrow.Array) V) (want []option[T]) {
	for range rapid.IntRange(0, 4).Draw(t, "steps") {
		column := drawColumn(t, drawRows(t), values)
		switch rapid.IntRange(0, 2).Draw(t, "how") {
		case 0:
			b.Reserve(rapid.IntRange(0, 2*len(column)).Draw(t, "reserve"))
			for _, x := range column {
				if x.ok {
					b.Append(x.v)
				} else {
					b.AppendNull()
				}
			}
			want = append(want, column...)
		case 1:
			for _, x := range column {
				v := x.v
				if !x.ok {
					v = under // must not get into the array
				}
				b.AppendOption(v, x.ok)
			}
			want = append(want, column...)
		case 2:
			src := arrowArray(t, mem, dt, column, under)
			rows := drawTaken(t, len(column))
			b.AppendTake(view(src), rows)
			src.Release() // nothing may alias it
			for _, row := range rows {
				want = append(want, column[row])
			}
		}
		if b.Len() != len(want) {
			t.Fatalf("Len() = %d, want %d", b.Len(), len(want))
		}
	}
	return want
}

func drawTaken(t *rapid.T, rows int) []int {
	if rows == 0 {
		return nil
	}
	if rapid.Bool().Draw(t, "contiguous") {
		lo := rapid.IntRange(0, rows-1).Draw(t, "lo")
		taken := make([]int, rapid.IntRange(0, rows-lo).Draw(t, "taken"))
		for i := range taken {
			taken[i] = lo + i
		}
		return taken
	}
	return rapid.SliceOfN(rapid.IntRange(0, rows-1), 0, 70).Draw(t, "taken")
}

// mustBeCanonical checks that an array is byte for byte what Arrow's own
// builder makes of the same column, with a bitmap only where there are nulls.
func mustBeCanonical[T any](t *rapid.T, mem memory.Allocator, dt arrow.DataType, a arrow.Array, want []option[T]) {
	t.Helper()
	builder := array.NewBuilder(mem, dt)
	defer builder.Release()
	nulls := 0
	for _, x := range want {
		if x.ok {
			appendArrow(builder, x.v)
		} else {
			builder.AppendEmptyValue()
			nulls++
		}
	}
	arrows := builder.NewArray()
	defer arrows.Release()
	if a.NullN() != nulls || (a.Data().Buffers()[0] != nil) != (nulls > 0) {
		t.Fatalf("%d nulls, bitmap %v, want %d nulls", a.NullN(), a.Data().Buffers()[0], nulls)
	}
	for i, buffer := range a.Data().Buffers() {
		theirs := arrows.Data().Buffers()[i]
		if i == 0 || len(want) == 0 {
			continue
		}
		if string(buffer.Bytes()) != string(theirs.Bytes()) {
			t.Fatalf("buffer %d is %x, Arrow's %x", i, buffer.Bytes(), theirs.Bytes())
		}
	}
	if nulls == 0 {
		return
	}
	bitmap := make([]byte, (len(want)+7)/8)
	for i, x := range want {
		if x.ok {
			bitmap[i/8] |= 1 << (i % 8)
		}
	}
	if got := a.Data().Buffers()[0].Bytes(); string(got) != string(bitmap) {
		t.Fatalf("bitmap is %x, want %x", got, bitmap)
	}
}

func fixedBuilder[T Fixed](dt arrow.DataType) func(memory.Allocator) writable[T, Column[T]] {
	return func(mem memory.Allocator) writable[T, Column[T]] { return NewBuilder[T](mem, dt) }
}

func TestBuilder(t *testing.T) {
	int64s, floats, dates := arrow.PrimitiveTypes.Int64, arrow.PrimitiveTypes.Float64, arrow.FixedWidthTypes.Date32
	t.Run("int64", builderProperty(int64s, anyInt64, 7, fixedBuilder[int64](int64s), View[int64]))
	t.Run("float64", builderProperty(floats, anyFloat, 7, fixedBuilder[float64](floats), View[float64]))
	t.Run("date", builderProperty(dates, anyDate, 7, fixedBuilder[arrow.Date32](dates), View[arrow.Date32]))
	t.Run("timestamp", builderProperty(timestampType, anyTime, 7, fixedBuilder[arrow.Timestamp](timestampType), View[arrow.Timestamp]))
	t.Run("decimal", builderProperty(decimalType, anyDecimal, decimal128.FromI64(7), fixedBuilder[decimal128.Num](decimalType), View[decimal128.Num]))
	t.Run("bool", builderProperty(arrow.FixedWidthTypes.Boolean, anyBool, true,
		func(mem memory.Allocator) writable[bool, Bools] { return NewBoolBuilder(mem) }, ViewBools))
	t.Run("string", builderProperty(arrow.BinaryTypes.String, anyText, "hidden",
		func(mem memory.Allocator) writable[string, Strings] { return NewStringBuilder(mem) }, ViewStrings))
}

func TestStringBuilderTooMuchText(t *testing.T) {
	defer func(n int) { maxText = n }(maxText)
	maxText = 10
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	b := NewStringBuilder(mem)
	b.Append("0123456789")
	if err := b.Err(); err != nil {
		t.Fatalf("Err() = %v for as much text as fits", err)
	}
	b.Append("x")
	if !errors.Is(b.Err(), ErrTextTooLong) {
		t.Fatalf("Err() = %v", b.Err())
	}
	mustPanic(t, "NewArray", func() { b.NewArray() })
	b.Release()
	if err := b.Err(); err != nil {
		t.Fatalf("Err() = %v after Release", err)
	}
	b.Append("again")
	a := b.NewArray()
	if got := ViewStrings(a).At(0); got != "again" {
		t.Errorf("got %q", got)
	}
	a.Release()
}

// Rows cost no allocation: a batch costs the few of its buffers.
func TestBuilderAllocations(t *testing.T) {
	mem := memory.NewGoAllocator()
	ints, texts, bools := NewBuilder[int64](mem, arrow.PrimitiveTypes.Int64), NewStringBuilder(mem), NewBoolBuilder(mem)
	allocations := testing.AllocsPerRun(10, func() {
		ints.Reserve(batch)
		texts.Reserve(batch)
		bools.Reserve(batch)
		for i := range batch {
			ints.AppendOption(int64(i), i%3 > 0)
			texts.AppendOption("some text", i%3 > 0)
			bools.AppendOption(i%2 > 0, i%3 > 0)
		}
		ints.NewArray().Release()
		texts.NewArray().Release()
		bools.NewArray().Release()
	})
	if allocations > 60 {
		t.Errorf("%.0f allocations for three columns of %d rows", allocations, batch)
	}
}

// extendProperty extends a builder in between rows appended otherwise.
func extendProperty[T any, V readable[T]](dt arrow.DataType, values *rapid.Generator[T], under T,
	newBuilder func(memory.Allocator) writable[T, V], view func(arrow.Array) V) func(*testing.T) {
	return func(t *testing.T) {
		checked(t, func(t *rapid.T, mem memory.Allocator) {
			b := newBuilder(mem)
			defer b.Release()
			var want []option[T]
			for range rapid.IntRange(1, 4).Draw(t, "steps") {
				column := drawColumn(t, drawRows(t), values)
				e := b.(interface {
					Extend(n int) []T
					SetNull(i int)
				})
				out := e.Extend(len(column))
				for i, x := range column {
					if out[i] = x.v; !x.ok {
						out[i] = under // must not get into the array
						e.SetNull(i)
					}
				}
				b.Append(under)
				want = append(append(want, column...), option[T]{under, true})
			}
			a := b.NewArray()
			defer a.Release()
			mustRead(t, view(a), want)
			mustBeCanonical(t, mem, dt, a, want)
		})
	}
}

func TestExtend(t *testing.T) {
	int64s := arrow.PrimitiveTypes.Int64
	t.Run("int64", extendProperty(int64s, anyInt64, 7, fixedBuilder[int64](int64s), View[int64]))
	t.Run("decimal", extendProperty(decimalType, anyDecimal, decimal128.FromI64(7), fixedBuilder[decimal128.Num](decimalType), View[decimal128.Num]))
	t.Run("bool", extendProperty(arrow.FixedWidthTypes.Boolean, anyBool, true,
		func(mem memory.Allocator) writable[bool, Bools] { return NewBoolBuilder(mem) }, ViewBools))
}

// Text is extended by fields, of which the empty ones are given, to be nulls.
func TestStringBuilderExtend(t *testing.T) {
	checked(t, func(t *rapid.T, mem memory.Allocator) {
		b := NewStringBuilder(mem)
		defer b.Release()
		var want []option[string]
		for range rapid.IntRange(1, 4).Draw(t, "steps") {
			column := drawColumn(t, drawRows(t), rapid.OneOf(anyText, rapid.StringN(28, 36, -1)))
			f := value.Fields{Step: 1, Count: len(column), Data: []byte{'|'}}
			empty := 0
			for i, x := range column {
				if !x.ok {
					column[i].v = ""
				}
				if column[i].v == "" {
					empty++
				}
				f.Start, f.End = append(f.Start, uint32(len(f.Data)-1)), append(f.End, uint32(len(f.Data)+len(column[i].v)))
				f.Data = append(append(f.Data, column[i].v...), '|')
			}
			for i := range b.Extend(f) {
				if empty--; column[i].v != "" {
					t.Fatalf("row %d was given as empty, and is %q", i, column[i].v)
				}
				if !column[i].ok {
					b.SetNull(i)
				}
			}
			if empty != 0 {
				t.Fatalf("%d empty fields were not given", empty)
			}
			clear(f.Data) // the builder has its own copy
			b.Append("x")
			want = append(append(want, column...), option[string]{"x", true})
		}
		a := b.NewArray()
		defer a.Release()
		mustRead(t, ViewStrings(a), want)
		mustBeCanonical(t, mem, arrow.BinaryTypes.String, a, want)
	})
}

// appendStoreProperty holds AppendStore against Get of the store, in between rows
// appended otherwise.
func appendStoreProperty[T any, V readable[T]](dt arrow.DataType, values *rapid.Generator[T], under T,
	newBuilder func(memory.Allocator) writable[T, V], view func(arrow.Array) V,
	start func() (store[T, V], func(b writable[T, V], ids, rows []int))) func(*testing.T) {
	return func(t *testing.T) {
		checked(t, func(t *rapid.T, mem memory.Allocator) {
			s, appendStore := start()
			first := rapid.SampledFrom([]int{0, ChunkRows - 20}).Draw(t, "first id")
			for i, x := range drawColumn(t, drawRows(t), values) {
				s.Set(first+i, x.v, x.ok)
			}
			b := newBuilder(mem)
			defer b.Release()
			var want []option[T]
			for range rapid.IntRange(1, 3).Draw(t, "steps") {
				ids := rapid.SliceOfN(rapid.OneOf(rapid.IntRange(-1, 50), rapid.IntRange(first-1, first+600)), 1, 70).Draw(t, "ids")
				rows := drawTaken(t, len(ids))
				appendStore(b, ids, rows)
				for _, row := range rows {
					v, ok := s.Get(ids[row])
					want = append(want, option[T]{v, ok})
				}
				b.Append(under)
				want = append(want, option[T]{under, true})
			}
			a := b.NewArray()
			defer a.Release()
			mustRead(t, view(a), want)
			mustBeCanonical(t, mem, dt, a, want)
		})
	}
}

func TestAppendStore(t *testing.T) {
	int64s := arrow.PrimitiveTypes.Int64
	t.Run("int64", appendStoreProperty(int64s, anyInt64, 7, fixedBuilder[int64](int64s), View[int64],
		func() (store[int64, Column[int64]], func(writable[int64, Column[int64]], []int, []int)) {
			s := new(Store[int64])
			return s, func(b writable[int64, Column[int64]], ids, rows []int) { b.(*Builder[int64]).AppendStore(s, ids, rows) }
		}))
	t.Run("bool", appendStoreProperty(arrow.FixedWidthTypes.Boolean, anyBool, true,
		func(mem memory.Allocator) writable[bool, Bools] { return NewBoolBuilder(mem) }, ViewBools,
		func() (store[bool, Bools], func(writable[bool, Bools], []int, []int)) {
			s := new(BoolStore)
			return s, func(b writable[bool, Bools], ids, rows []int) { b.(*BoolBuilder).AppendStore(s, ids, rows) }
		}))
	t.Run("string", appendStoreProperty(arrow.BinaryTypes.String, anyText, "hidden",
		func(mem memory.Allocator) writable[string, Strings] { return NewStringBuilder(mem) }, ViewStrings,
		func() (store[string, Strings], func(writable[string, Strings], []int, []int)) {
			s := new(StringStore)
			return s, func(b writable[string, Strings], ids, rows []int) { b.(*StringBuilder).AppendStore(s, ids, rows) }
		}))
}
