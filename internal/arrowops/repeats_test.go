package arrowops

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"pgregory.net/rapid"
)

// repeater is what both kinds of repeats have.
type repeater[T any] interface {
	Add(v T) (int64, int)
	AddNull() (int64, int)
	AddOption(v T, ok bool) (int64, int)
	Size() int64
}

// repeatsProperty holds repeats against Go's map.
func repeatsProperty[T comparable](t *rapid.T, r repeater[T], column []option[T]) {
	counts, ids := map[option[T]]int64{}, map[option[T]]int{}
	for i, x := range column {
		counts[x]++
		wantID := -1
		if counts[x] == 2 {
			ids[x] = len(ids)
		}
		if counts[x] > 1 {
			wantID = ids[x]
		}
		var n int64
		var id int
		switch {
		case i%2 == 0:
			n, id = r.AddOption(x.v, x.ok)
		case x.ok:
			n, id = r.Add(x.v)
		default:
			n, id = r.AddNull()
		}
		if n != counts[x] || id != wantID {
			t.Fatalf("row %d, %v: %d times, id %d, want %d, %d", i, x, n, id, counts[x], wantID)
		}
	}
}

func TestIntRepeats(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		repeatsProperty(t, NewIntRepeats[int64](), drawIntKeys[int64](t, math.MinInt64, math.MaxInt64))
	})
	rapid.Check(t, func(t *rapid.T) {
		repeatsProperty(t, NewIntRepeats[arrow.Date32](), drawIntKeys[arrow.Date32](t, math.MinInt32, math.MaxInt32))
	})
}

func TestStringRepeats(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		repeatsProperty(t, NewStringRepeats(), drawColumn(t, drawRows(t), anyText))
	})
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
			for i := range n {
				wantID := i
				if round == 0 {
					wantID = -1
				}
				if times, id := r.Add(value(i)); times != int64(round+1) || id != wantID {
					t.Fatalf("%s, round %d, value %d: %d times, id %d", name, round, i, times, id)
				}
			}
			if round == 0 && (name == "rising" || name == "shuffled") {
				if size := r.Size(); size > n/8*3+20_000 {
					t.Errorf("%s: %d bytes for %d values", name, size, n)
				}
			}
		}
	}
}

func FuzzStringRepeats(f *testing.F) {
	f.Add([]byte("a\nb\n\na\n\x00\n0123456789abcdef0\n0123456789abcdef1\na"))
	f.Fuzz(func(t *testing.T, data []byte) {
		r := NewStringRepeats()
		counts := map[string]int64{}
		for _, v := range strings.Split(string(data), "\n") {
			counts[v]++
			if n, id := r.AddBytes([]byte(v)); n != counts[v] || (id < 0) != (n == 1) {
				t.Fatalf("%q: %d times, id %d, want %d", v, n, id, counts[v])
			}
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
