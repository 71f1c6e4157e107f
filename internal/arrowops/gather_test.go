package arrowops

import (
	"errors"
	"slices"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"pgregory.net/rapid"
)

// Rows are gathered by Take and Pick, of sources that are bound anew in between,
// into one record after another.
func TestGather(t *testing.T) {
	checked(t, func(t *rapid.T, mem memory.Allocator) {
		g := NewGather(mem, recordSchema)
		defer g.Release()
		sources := make([][]row, rapid.IntRange(1, 3).Draw(t, "sources"))
		records := make([]arrow.Record, len(sources))
		defer func() { releaseAll(records) }()
		for s := range sources {
			sources[s] = drawTable(t, rapid.IntRange(1, 12).Draw(t, "rows"))
			records[s] = arrowRecord(t, mem, sources[s])
			g.Bind(s, records[s])
		}
		for range rapid.IntRange(1, 3).Draw(t, "records") {
			var want []row
			for range rapid.IntRange(0, 4).Draw(t, "calls") {
				switch rapid.IntRange(0, 3).Draw(t, "call") {
				case 0:
					rows := drawTaken(t, len(sources[0]))
					g.Take(rows)
					for _, i := range rows {
						want = append(want, sources[0][i])
					}
				case 1:
					from := rapid.SliceOfN(rapid.Int32Range(0, int32(len(sources)-1)), 0, 20).Draw(t, "from")
					rows := make([]int32, len(from))
					for i, s := range from {
						rows[i] = rapid.Int32Range(0, int32(len(sources[s])-1)).Draw(t, "row")
						want = append(want, sources[s][rows[i]])
					}
					g.Pick(from, rows)
				case 2: // what was gathered does not rest on its source
					s := rapid.IntRange(0, len(sources)-1).Draw(t, "source")
					records[s].Release()
					sources[s] = drawTable(t, rapid.IntRange(1, 12).Draw(t, "rows"))
					records[s] = arrowRecord(t, mem, sources[s])
					g.Bind(s, records[s])
				case 3:
					g.Reserve(rapid.IntRange(0, 30).Draw(t, "reserved"))
				}
				if g.Rows() != len(want) {
					t.Fatalf("%d rows were gathered, want %d", g.Rows(), len(want))
				}
			}
			rec, err := g.Finish()
			if err != nil {
				t.Fatal(err)
			}
			if g.Rows() != 0 || !rec.Schema().Equal(recordSchema) {
				t.Fatalf("%d rows are left; the schema is %v", g.Rows(), rec.Schema())
			}
			mustEqualRows(t, readRecord(rec), want)
			rec.Release()
		}
		if rapid.Bool().Draw(t, "given up") {
			g.Take([]int{0}) // Release frees it
		}
	})
}

// A source may have more columns than are gathered, and a schema no unknown type.
func TestGatherColumns(t *testing.T) {
	checked(t, func(t *rapid.T, mem memory.Allocator) {
		rec := arrowRecord(t, mem, drawTable(t, 3))
		defer rec.Release()
		g := NewGather(mem, arrow.NewSchema(recordSchema.Fields()[:2], nil))
		defer g.Release()
		g.Bind(0, rec)
		g.Take([]int{2, 2})
		got, err := g.Finish()
		if err != nil {
			t.Fatal(err)
		}
		defer got.Release()
		if got.NumCols() != 2 || got.NumRows() != 2 {
			t.Fatalf("there are %d columns and %d rows", got.NumCols(), got.NumRows())
		}
	})
	mustPanic(t, "a type without kernels", func() {
		NewGather(memory.NewGoAllocator(), arrow.NewSchema([]arrow.Field{{Name: "a", Type: arrow.PrimitiveTypes.Uint8}}, nil))
	})
}

func TestGatherTooMuchText(t *testing.T) {
	defer func(n int) { maxText = n }(maxText)
	maxText = 10
	checked(t, func(t *rapid.T, mem memory.Allocator) {
		rec := ownRecord(t, mem, []row{{email: option[string]{"012345", true}}})
		defer rec.Release()
		g := NewGather(mem, recordSchema)
		defer g.Release()
		g.Bind(0, rec)
		g.Pick([]int32{0, 0}, []int32{0, 0})
		if got, err := g.Finish(); got != nil || !errors.Is(err, ErrTextTooLong) {
			t.Fatalf("the record is %v, the error %v", got, err)
		}
	})
}

// Whatever was added is in the set, and of other numbers about one in 512 at most.
func TestPartSet(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		numbers := rapid.SliceOfN(rapid.OneOf(rapid.Uint32(), rapid.Uint32Range(0, 9), rapid.SampledFrom([]uint32{0, 1<<32 - 1, 1 << 31})), 0, 300).Draw(t, "numbers")
		s := NewPartSet(numbers)
		if s.Len() != len(numbers) || s.Empty() != (len(numbers) == 0) {
			t.Fatalf("the set of %d numbers has %d; empty %t", len(numbers), s.Len(), s.Empty())
		}
		for _, n := range numbers {
			if !s.Has(n) {
				t.Fatalf("%d was added and is not there", n)
			}
		}
		asked := append(rapid.SliceOfN(rapid.Uint32(), 0, 50).Draw(t, "asked"), numbers...)
		var want []int
		for i, n := range asked {
			if s.Has(n) {
				want = append(want, i)
			}
		}
		if got := s.Rows([]int{-1}, asked); got[0] != -1 || !slices.Equal(got[1:], want) {
			t.Fatalf("the rows are %v, want %v", got, want)
		}
	})
	for _, n := range []int{0, 1, 100, 5000, 200_000} {
		numbers := make([]uint32, n)
		for i := range numbers {
			numbers[i] = PartInt(int64(i))
		}
		s, found := NewPartSet(numbers), 0
		const others = 1 << 20
		for i := range others {
			if s.Has(PartInt(int64(i + n))) {
				found++
			}
		}
		if n == 0 && found > 0 || found > others/400 {
			t.Errorf("a set of %d numbers has %d of %d others", n, found, others)
		}
	}
}

// Two records differ where an oracle finds that the values do.
func TestDifferences(t *testing.T) {
	checked(t, func(t *rapid.T, mem memory.Allocator) {
		before := drawTable(t, rapid.IntRange(0, 30).Draw(t, "rows"))
		after, other := slices.Clone(before), drawTable(t, len(before))
		for i := range after {
			for _, change := range []func(){
				func() { after[i].id = other[i].id }, func() { after[i].rate = other[i].rate }, func() { after[i].day = other[i].day },
				func() { after[i].at = other[i].at }, func() { after[i].amount = other[i].amount }, func() { after[i].open = other[i].open },
				func() { after[i].email = other[i].email },
			} {
				if rapid.IntRange(0, 9).Draw(t, "change") == 0 {
					change()
				}
			}
		}
		a, b := arrowRecord(t, mem, before), arrowRecord(t, mem, after)
		defer a.Release()
		defer b.Release()
		columns := rapid.SliceOfNDistinct(rapid.IntRange(0, 6), 0, 7, func(c int) int { return c }).Draw(t, "columns")
		got := Differences(a, b, columns)
		if len(got) != len(before) {
			t.Fatalf("there are %d, want %d", len(got), len(before))
		}
		for i := range before {
			x, y := before[i], after[i]
			differ := []bool{differs(x.id, y.id), differs(x.rate, y.rate), differs(x.day, y.day), differs(x.at, y.at), differs(x.amount, y.amount), differs(x.open, y.open), differs(x.email, y.email)}
			if want := slices.ContainsFunc(columns, func(c int) bool { return differ[c] }); got[i] != want {
				t.Fatalf("row %d, columns %v, of %v and %v: %t, want %t", i, columns, x, y, got[i], want)
			}
		}
		for i, d := range Differences(a, a, []int{0, 1, 2, 3, 4, 5, 6}) {
			if d {
				t.Fatalf("row %d differs from itself", i)
			}
		}
	})
	other := arrow.NewSchema([]arrow.Field{{Name: "a", Type: arrow.PrimitiveTypes.Uint8}}, nil)
	mem := memory.NewGoAllocator()
	one, two := array.NewRecordBuilder(mem, other).NewRecord(), array.NewRecordBuilder(mem, other).NewRecord()
	mustPanic(t, "a type without kernels", func() { Differences(one, two, []int{0}) })
}

// differs is of values, whatever stands under a null.
func differs[T any](a, b option[T]) bool {
	return a.ok != b.ok || a.ok && !same(a.v, b.v)
}
