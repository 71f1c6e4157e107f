package arrowops

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"pgregory.net/rapid"
)

// repeater is what both kinds of repeats have.
type repeater[V any] interface {
	AddAll(src V, nulls bool) []Repeat
	AddRows(src V, rows []int, nulls bool) []Repeat
	Size() int64
}

// counted is what repeats are held against.
type counted[T comparable] struct {
	counts map[option[T]]int64
	ids    map[option[T]]int
}

func newCounted[T comparable]() counted[T] {
	return counted[T]{map[option[T]]int64{}, map[option[T]]int{}}
}

// add counts a row and adds it to those that repeat.
func (c counted[T]) add(found []Repeat, row int, x option[T]) []Repeat {
	if c.counts[x]++; c.counts[x] == 1 {
		return found
	}
	if c.counts[x] == 2 {
		c.ids[x] = len(c.ids)
	}
	return append(found, Repeat{Row: row, ID: c.ids[x], N: c.counts[x]})
}

// repeatsProperty holds repeats against Go's map.
func repeatsProperty[T comparable, V readable[T]](t *rapid.T, r repeater[V], columns []V) {
	all := newCounted[T]()
	for _, src := range columns {
		nulls := rapid.Bool().Draw(t, "nulls")
		var rows []int
		var want []Repeat
		choose := rapid.Bool().Draw(t, "choose")
		for i := range src.Len() {
			if choose && rapid.IntRange(0, 3).Draw(t, "leave out") == 0 {
				continue
			}
			rows = append(rows, i)
			if v, ok := src.Get(i); ok || nulls {
				want = all.add(want, i, option[T]{v, ok})
			}
		}
		var got []Repeat
		if choose {
			got = r.AddRows(src, rows, nulls)
		} else {
			got = r.AddAll(src, nulls)
		}
		if !slices.Equal(got, want) {
			t.Fatalf("of %d rows %v: got %v, want %v", src.Len(), rows, got, want)
		}
	}
}

func TestIntRepeats(t *testing.T) {
	checked(t, func(t *rapid.T, mem memory.Allocator) {
		var columns []Column[int64]
		for range rapid.IntRange(1, 3).Draw(t, "columns") {
			a := arrowArray(t, mem, arrow.PrimitiveTypes.Int64, drawIntKeys[int64](t, math.MinInt64, math.MaxInt64), 7)
			defer a.Release()
			columns = append(columns, View[int64](a))
		}
		repeatsProperty(t, NewIntRepeats[int64](), columns)
	})
	checked(t, func(t *rapid.T, mem memory.Allocator) {
		a := arrowArray(t, mem, arrow.FixedWidthTypes.Date32, drawIntKeys[arrow.Date32](t, math.MinInt32, math.MaxInt32), 7)
		defer a.Release()
		repeatsProperty(t, NewIntRepeats[arrow.Date32](), []Column[arrow.Date32]{View[arrow.Date32](a)})
	})
}

// byBytes adds the rows of a column one by one.
type byBytes struct{ *StringRepeats }

func (r byBytes) AddAll(src Strings, nulls bool) []Repeat {
	if src.bits != nil {
		return r.StringRepeats.AddAll(src, nulls)
	}
	var found []Repeat
	for i := range src.Len() {
		n, id := r.AddBytes([]byte(src.At(i)))
		if n > 1 {
			found = append(found, Repeat{Row: i, ID: id, N: n})
		}
	}
	return found
}

func TestStringRepeats(t *testing.T) {
	for name, repeats := range map[string]func() repeater[Strings]{
		"columns": func() repeater[Strings] { return NewStringRepeats() },
		"bytes":   func() repeater[Strings] { return byBytes{NewStringRepeats()} },
	} {
		t.Run(name, func(t *testing.T) {
			checked(t, func(t *rapid.T, mem memory.Allocator) {
				var columns []Strings
				for range rapid.IntRange(1, 3).Draw(t, "columns") {
					a := arrowArray(t, mem, arrow.BinaryTypes.String, drawColumn(t, drawRows(t), anyText), "hidden")
					defer a.Release()
					columns = append(columns, ViewStrings(a))
				}
				repeatsProperty(t, repeats(), columns)
			})
		})
	}
}

// Enough values to go through each change of the table, with 0 among them.
func TestIntRepeatsMany(t *testing.T) {
	const n = 120_000
	inputs := map[string]func(i int) int64{
		"rising":   func(i int) int64 { return int64(i) },
		"falling":  func(i int) int64 { return -int64(i) },
		"shuffled": func(i int) int64 { return int64(i*7919) % n },
		"sparse":   func(i int) int64 { return int64(i) * 1_000_003 },
		"distant": func(i int) int64 {
			if i%1000 == 999 {
				return math.MaxInt64 - int64(i)
			}
			return int64(i)
		},
	}
	for name, value := range inputs {
		r := NewIntRepeats[int64]()
		for round := range 3 {
			values := make([]int64, n)
			var want []Repeat
			for i := range values {
				values[i] = value(i)
				if round > 0 {
					want = append(want, Repeat{Row: i, ID: i, N: int64(round + 1)})
				}
			}
			if got := r.AddAll(Column[int64]{values: values}, true); !slices.Equal(got, want) {
				t.Fatalf("%s, round %d: %v", name, round, got)
			}
			if round == 0 && (name == "rising" || name == "shuffled") {
				if size := r.Size(); size > n/8*3+20_000 {
					t.Errorf("%s: %d bytes for %d values", name, size, n)
				}
			}
		}
	}
}

// Enough rows to go through each change of the tables, with values that repeat in
// the same block, soon and late.
func TestRepeatsMany(t *testing.T) {
	const n = 120_000
	r := rand.New(rand.NewPCG(1, 2))
	for name, value := range map[string]func(i int) int64{
		"dense":  func(i int) int64 { return int64(i) },
		"sparse": func(i int) int64 { return int64(hashInt(uint64(i))) },
		"few":    func(i int) int64 { return int64(i % 1000) },
		"first sparse": func(i int) int64 {
			if i < 1000 {
				return int64(i) << 40
			}
			return int64(i)
		},
	} {
		t.Run(name, func(t *testing.T) {
			values, texts := make([]int64, n), make([]string, n)
			for i := range values {
				values[i] = value(i)
				if i > 0 && r.IntN(50) == 0 {
					values[i] = values[i-1-r.IntN(min(i, 1+1<<r.IntN(18)))]
				}
				texts[i] = fmt.Sprint("text ", values[i])
			}
			column := textColumn(texts)
			ints, words := NewIntRepeats[int64](), NewStringRepeats()
			all := newCounted[int64]()
			for lo := 0; lo < n; {
				hi := min(lo+1+r.IntN(5000), n)
				var want []Repeat
				for i, v := range values[lo:hi] {
					want = all.add(want, i, option[int64]{v, true})
				}
				if got := ints.AddAll(Column[int64]{values: values[lo:hi]}, true); !slices.Equal(got, want) {
					t.Fatalf("rows from %d on: %v, want %v", lo, got, want)
				}
				if got := words.AddAll(Strings{text: column.text, offsets: column.offsets[lo : hi+1]}, true); !slices.Equal(got, want) {
					t.Fatalf("texts of rows from %d on: %v, want %v", lo, got, want)
				}
				lo = hi
			}
		})
	}
}

func FuzzStringRepeats(f *testing.F) {
	f.Add([]byte("a\nb\n\na\n\x00\n0123456789abcdef0\n0123456789abcdef1\na"))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, all := NewStringRepeats(), NewStringRepeats()
		counts := map[string]int64{}
		texts := strings.Split(string(data), "\n")
		var want []Repeat
		for i, v := range texts {
			counts[v]++
			n, id := r.AddBytes([]byte(v))
			if n != counts[v] || (id < 0) != (n == 1) {
				t.Fatalf("%q: %d times, id %d, want %d", v, n, id, counts[v])
			}
			if n > 1 {
				want = append(want, Repeat{Row: i, ID: id, N: n})
			}
		}
		if got := all.AddAll(textColumn(texts), false); !slices.Equal(got, want) {
			t.Fatalf("all at once: %v, want %v", got, want)
		}
	})
}

// Parts are of one size, and the values of one part have all bits of the hash
// that tables use.
func TestParts(t *testing.T) {
	const parts, n = 16, 1 << 18
	inputs := map[string]func(i int) (part, hash uint32){
		"serial":  func(i int) (uint32, uint32) { return PartInt(int64(i)), uint32(hashInt(uint64(i))) },
		"seconds": func(i int) (uint32, uint32) { return PartInt(int64(i) * 1e6), uint32(hashInt(uint64(i) * 1e6)) },
		"high":    func(i int) (uint32, uint32) { return PartInt(int64(i) << 44), uint32(hashInt(uint64(i) << 44)) },
		"text": func(i int) (uint32, uint32) {
			v := fmt.Sprintf("user%d@example.org", i)
			if PartBytes([]byte(v)) != PartText(v) {
				t.Fatalf("%s: its bytes are of another part", v)
			}
			return PartText(v), uint32(hashText(v))
		},
	}
	for name, input := range inputs {
		var rows [parts]int
		var low, high [parts][1 << 6]int
		for i := range n {
			p, hash := input(i)
			at := uint64(p) * parts >> 32
			rows[at]++
			low[at][hash%64]++
			high[at][hash>>26]++
		}
		for i := range parts {
			if off := math.Abs(float64(rows[i])/(n/parts) - 1); off > 0.05 {
				t.Errorf("%s: part %d has %d rows", name, i, rows[i])
			}
			for j := range 64 {
				for _, m := range []int{low[i][j], high[i][j]} {
					if off := math.Abs(float64(m)/(n/parts/64) - 1); off > 0.5 {
						t.Errorf("%s: part %d has %d rows with one value of 6 bits", name, i, m)
					}
				}
			}
		}
	}
}
