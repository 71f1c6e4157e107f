package arrowops

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/decimal128"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"pgregory.net/rapid"
)

// assignAllProperty holds AssignAll against Assign of one row after the other.
func assignAllProperty[T comparable](t *rapid.T, one keys[T], src readable[T], assignAll func(ids []int) (began, again []int)) {
	ids := make([]int, src.Len())
	began, again := assignAll(ids)
	var wantBegan, wantAgain []int
	for i := range src.Len() {
		assign := func() (int, bool) { return one.AssignNull() }
		if v, ok := src.Get(i); ok {
			assign = func() (int, bool) { return one.Assign(v) }
		}
		id, isNew := assign()
		if isNew {
			wantBegan = append(wantBegan, i)
		} else {
			wantAgain = append(wantAgain, i)
		}
		if ids[i] != id {
			t.Fatalf("row %d: id %d, want %d", i, ids[i], id)
		}
	}
	if !slices.Equal(began, wantBegan) || !slices.Equal(again, wantAgain) {
		t.Fatalf("began %v and again %v, want %v and %v", began, again, wantBegan, wantAgain)
	}
}

func TestAssignAll(t *testing.T) {
	checked(t, func(t *rapid.T, mem memory.Allocator) {
		k, one := NewIntKeys[int64](), NewIntKeys[int64]()
		k.Expect(rapid.IntRange(0, 5000).Draw(t, "expected"))
		for range 2 {
			a := arrowArray(t, mem, arrow.PrimitiveTypes.Int64, drawIntKeys[int64](t, math.MinInt64, math.MaxInt64), 7)
			src := View[int64](a)
			assignAllProperty(t, one, src, func(ids []int) ([]int, []int) { return k.AssignAll(ids, src, nil, nil) })
			a.Release()
		}
	})
	checked(t, func(t *rapid.T, mem memory.Allocator) {
		k, one := NewStringKeys(), NewStringKeys()
		for range 2 {
			a := arrowArray(t, mem, arrow.BinaryTypes.String, drawColumn(t, drawRows(t), anyText), "hidden")
			src := ViewStrings(a)
			assignAllProperty(t, one, src, func(ids []int) ([]int, []int) { return k.AssignAll(ids, src, nil, nil) })
			a.Release()
		}
	})
}

// bulkStore is a store that takes rows of a column.
type bulkStore[T, V any] interface {
	store[T, V]
	AppendTake(id int, src V, rows []int)
	SetTake(ids []int, src V, rows []int)
}

// bulkProperty holds a store against another that is set one row after the other.
func bulkProperty[T any, V readable[T]](dt arrow.DataType, newStore func() bulkStore[T, V], view func(arrow.Array) V,
	values *rapid.Generator[T], under T) func(*testing.T) {
	return func(t *testing.T) {
		checked(t, func(t *rapid.T, mem memory.Allocator) {
			s, one := newStore(), newStore()
			next := rapid.SampledFrom([]int{0, 0, 13, ChunkRows - 5}).Draw(t, "first")
			low := next
			for range rapid.IntRange(0, 4).Draw(t, "batches") {
				a := arrowArray(t, mem, dt, drawColumn(t, drawRows(t), values), under)
				src := view(a)
				rows := drawTaken(t, src.Len())
				if rapid.Bool().Draw(t, "append") {
					slices.Sort(rows)
					rows = slices.Compact(rows)
					s.AppendTake(next, src, rows)
					for j, i := range rows {
						v, ok := src.Get(i)
						one.Set(next+j, v, ok)
					}
					next += len(rows)
				} else if next > low {
					ids := make([]int, src.Len())
					for i := range ids {
						ids[i] = rapid.IntRange(low, next-1).Draw(t, "id")
					}
					s.SetTake(ids, src, rows)
					for _, i := range rows {
						v, ok := src.Get(i)
						one.Set(ids[i], v, ok)
					}
				}
				a.Release()
			}
			for id := range next + 1 {
				v, ok := s.Get(id)
				want, wantOK := one.Get(id)
				if !same(v, want) || ok != wantOK {
					t.Fatalf("Get(%d) = %v, %t, want %v, %t", id, v, ok, want, wantOK)
				}
			}
		})
	}
}

func bulkFixed[T Fixed]() bulkStore[T, Column[T]] { return new(Store[T]) }

func TestStoresTakeRows(t *testing.T) {
	t.Run("int64", bulkProperty(arrow.PrimitiveTypes.Int64, bulkFixed[int64], View[int64], anyInt64, 7))
	t.Run("date", bulkProperty(arrow.FixedWidthTypes.Date32, bulkFixed[arrow.Date32], View[arrow.Date32], anyDate, 7))
	t.Run("decimal", bulkProperty(decimalType, bulkFixed[decimal128.Num], View[decimal128.Num], anyDecimal, decimal128.FromI64(7)))
	t.Run("bool", bulkProperty(arrow.FixedWidthTypes.Boolean, func() bulkStore[bool, Bools] { return new(BoolStore) }, ViewBools, anyBool, true))
	t.Run("string", bulkProperty(arrow.BinaryTypes.String, func() bulkStore[string, Strings] { return new(StringStore) }, ViewStrings, anyText, "hidden"))
}

// addTakeProperty holds AddTake against Add of one row after the other.
func addTakeProperty[T Fixed, R any](dt arrow.DataType, values *rapid.Generator[T],
	start func() (addTake func(ids []int, src Column[T], rows []int), add func(int, T), get, want func(int) (R, bool))) func(*testing.T) {
	return func(t *testing.T) {
		checked(t, func(t *rapid.T, mem memory.Allocator) {
			addTake, add, get, want := start()
			for range 2 {
				a := arrowArray(t, mem, dt, drawColumn(t, drawRows(t), values), *new(T))
				src := View[T](a)
				ids := make([]int, src.Len())
				for i := range ids {
					ids[i] = rapid.IntRange(0, aggIds-1).Draw(t, "id")
				}
				rows := drawTaken(t, src.Len())
				addTake(ids, src, rows)
				for _, i := range rows {
					if v, ok := src.Get(i); ok {
						add(ids[i], v)
					}
				}
				a.Release()
			}
			for id := range aggIds {
				got, ok := get(id)
				if w, wok := want(id); !same(got, w) || ok != wok {
					t.Fatalf("id %d: %v, %t, want %v, %t", id, got, ok, w, wok)
				}
			}
		})
	}
}

func TestAccumulatorsTakeRows(t *testing.T) {
	integers := rapid.OneOf(anyInt64, rapid.SampledFrom([]int64{math.MinInt64, math.MinInt64 + 1, math.MaxInt64, 0}))
	t.Run("min", addTakeProperty(arrow.PrimitiveTypes.Int64, integers, func() (func([]int, Column[int64], []int), func(int, int64), func(int) (int64, bool), func(int) (int64, bool)) {
		var m, one Min[int64]
		return m.AddTake, one.Add, m.Get, one.Get
	}))
	t.Run("max", addTakeProperty(arrow.PrimitiveTypes.Int64, integers, func() (func([]int, Column[int64], []int), func(int, int64), func(int) (int64, bool), func(int) (int64, bool)) {
		var m, one Max[int64]
		return m.AddTake, one.Add, m.Get, one.Get
	}))
	t.Run("max of dates", addTakeProperty(arrow.FixedWidthTypes.Date32, anyDate, func() (func([]int, Column[arrow.Date32], []int), func(int, arrow.Date32), func(int) (arrow.Date32, bool), func(int) (arrow.Date32, bool)) {
		var m, one Max[arrow.Date32]
		return m.AddTake, one.Add, m.Get, one.Get
	}))
	total := func(s *SumInt64) func(int) (int64, bool) {
		return func(id int) (int64, bool) {
			v, ok, err := s.Get(id)
			return v, ok && err == nil
		}
	}
	t.Run("sum", addTakeProperty(arrow.PrimitiveTypes.Int64, integers, func() (func([]int, Column[int64], []int), func(int, int64), func(int) (int64, bool), func(int) (int64, bool)) {
		var s, one SumInt64
		return s.AddTake, one.Add, total(&s), total(&one)
	}))
}

func TestCountTakesRows(t *testing.T) {
	var c Count
	c.AddTake([]int{5, 0, 5, 7}, []int{0, 2, 3})
	for id, want := range []int64{0, 0, 0, 0, 0, 2, 0, 1} {
		if n, _ := c.Get(id); n != want {
			t.Errorf("id %d: %d, want %d", id, n, want)
		}
	}
}

func TestFound(t *testing.T) {
	rows := Found([]int{3, -1, 3, 0, 70_000, -1}, []int{0, 1, 2, 3, 5})
	if want := []int{0, 2, 3}; !slices.Equal(rows, want) {
		t.Errorf("found %v, want %v", rows, want)
	}
}

// Marks are held against a map.
func TestMarks(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var m Marks
		want := map[int]bool{}
		for range rapid.IntRange(0, 6).Draw(t, "batches") {
			ids := rapid.SliceOfN(rapid.OneOf(rapid.IntRange(0, 20), rapid.IntRange(0, 5000)), 0, 40).Draw(t, "ids")
			rows := drawTaken(t, len(ids))
			switch rapid.IntRange(0, 2).Draw(t, "how") {
			case 0:
				m.AddAll(ids, rows)
				for _, i := range rows {
					want[ids[i]] = true
				}
			case 1:
				var first []int
				for _, i := range rows {
					if !want[ids[i]] {
						first = append(first, i)
					}
					want[ids[i]] = true
				}
				if got := m.Claim(ids, slices.Clone(rows)); !slices.Equal(got, first) {
					t.Fatalf("claimed %v, want %v", got, first)
				}
			default:
				for _, i := range rows {
					if isNew := m.Add(ids[i]); isNew == want[ids[i]] {
						t.Fatalf("id %d: new is %t", ids[i], isNew)
					}
					want[ids[i]] = true
				}
			}
		}
		matches, rows := make([]int, 5100), make([]int, 5100)
		for i := range rows {
			rows[i] = i
		}
		m.Match(matches, 7, rows)
		for i, id := range matches {
			if found := id == i+7; found != want[i+7] || !found && id != -1 || m.Has(i+7) != found {
				t.Fatalf("id %d: %d", i+7, id)
			}
		}
		if m.Has(-1) || m.Has(1<<40) {
			t.Fatal("it has what nobody added")
		}
	})
}

// BenchmarkAddTake keeps the latest of two times for each of many ids, which come in
// no order.
func BenchmarkAddTake(b *testing.B) {
	const batch = 8192
	r := rand.New(rand.NewPCG(1, 2))
	ids, rows, times := make([]int, 2*large), make([]int, batch), make([]int64, batch)
	for i := range ids {
		ids[i] = i / 2
	}
	r.Shuffle(len(ids), func(i, j int) { ids[i], ids[j] = ids[j], ids[i] })
	for i := range rows {
		rows[i], times[i] = i, r.Int64()
	}
	column := Column[int64]{values: times}
	b.Run("at once", func(b *testing.B) {
		for b.Loop() {
			var m Max[int64]
			for lo := 0; lo < len(ids); lo += batch {
				m.AddTake(ids[lo:lo+batch], column, rows)
			}
		}
		perRow(b, len(ids))
	})
	b.Run("one by one", func(b *testing.B) {
		for b.Loop() {
			var m Max[int64]
			for i, id := range ids {
				m.Add(id, times[i%batch])
			}
		}
		perRow(b, len(ids))
	})
}
