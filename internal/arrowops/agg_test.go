package arrowops

import (
	"cmp"
	"errors"
	"math"
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/decimal128"
	"pgregory.net/rapid"
)

// aggIds is how many ids the properties of accumulators spread their rows over;
// some of them, and those beyond, get none.
const aggIds = 70

// drawGroups is rows for accumulators: for each id its values, in order, and
// the calls that add them, ids mixed.
func drawGroups[T any](t *rapid.T, values *rapid.Generator[T], add func(id int, v T)) [][]T {
	groups := make([][]T, aggIds)
	few := rapid.IntRange(1, aggIds).Draw(t, "ids")
	for range rapid.IntRange(0, 60).Draw(t, "rows") {
		id, v := rapid.IntRange(0, few-1).Draw(t, "id"), values.Draw(t, "value")
		add(id, v)
		groups[id] = append(groups[id], v)
	}
	return groups
}

// accumulatorProperty holds an accumulator against a fold of each group.
func accumulatorProperty[T, R any](values *rapid.Generator[T], start func() (add func(int, T), get func(int) (R, bool)),
	fold func(group []T) R) func(*testing.T) {
	return func(t *testing.T) {
		rapid.Check(t, func(t *rapid.T) {
			add, get := start()
			for id, group := range drawGroups(t, values, add) {
				got, ok := get(id)
				if ok != (len(group) > 0) {
					t.Fatalf("id %d with %d values: ok is %t", id, len(group), ok)
				}
				if ok && !same(got, fold(group)) {
					t.Fatalf("id %d, %v: %v, want %v", id, group, got, fold(group))
				}
			}
			for _, id := range []int{-1, 1 << 40} {
				if v, ok := get(id); ok || !same(v, *new(R)) {
					t.Fatalf("Get(%d) = %v, %t", id, v, ok)
				}
			}
		})
	}
}

func extreme[T any](sign int, compare func(a, b T) int) func([]T) T {
	return func(group []T) T {
		best := group[0]
		for _, v := range group {
			if sign*compare(v, best) > 0 {
				best = v
			}
		}
		return best
	}
}

func TestMinMax(t *testing.T) {
	t.Run("Min", accumulatorProperty(anyInt64, func() (func(int, int64), func(int) (int64, bool)) {
		m := new(Min[int64])
		return m.Add, m.Get
	}, slices.Min))
	t.Run("Max", accumulatorProperty(anyTime, func() (func(int, arrow.Timestamp), func(int) (arrow.Timestamp, bool)) {
		m := new(Max[arrow.Timestamp])
		return m.Add, m.Get
	}, slices.Max))
	t.Run("MinFloat64", accumulatorProperty(anyFloat, func() (func(int, float64), func(int) (float64, bool)) {
		m := new(MinFloat64)
		return m.Add, m.Get
	}, extreme(-1, slowCompareFloat64)))
	t.Run("MaxFloat64", accumulatorProperty(anyFloat, func() (func(int, float64), func(int) (float64, bool)) {
		m := new(MaxFloat64)
		return m.Add, m.Get
	}, extreme(1, slowCompareFloat64)))
	t.Run("MinDecimal", accumulatorProperty(anyDecimal, func() (func(int, decimal128.Num), func(int) (decimal128.Num, bool)) {
		m := new(MinDecimal)
		return m.Add, m.Get
	}, extreme(-1, slowCompareDecimal)))
	t.Run("MaxDecimal", accumulatorProperty(anyDecimal, func() (func(int, decimal128.Num), func(int) (decimal128.Num, bool)) {
		m := new(MaxDecimal)
		return m.Add, m.Get
	}, extreme(1, slowCompareDecimal)))
	t.Run("MinString", accumulatorProperty(anyText, func() (func(int, string), func(int) (string, bool)) {
		m := new(MinString)
		return m.Add, m.Get
	}, slices.Min))
	t.Run("MaxString", accumulatorProperty(anyText, func() (func(int, string), func(int) (string, bool)) {
		m := new(MaxString)
		return m.Add, m.Get
	}, slices.Max))
}

func TestBoolAndOr(t *testing.T) {
	t.Run("BoolAnd", accumulatorProperty(anyBool, func() (func(int, bool), func(int) (bool, bool)) {
		a := new(BoolAnd)
		return a.Add, a.Get
	}, func(group []bool) bool { return !slices.Contains(group, false) }))
	t.Run("BoolOr", accumulatorProperty(anyBool, func() (func(int, bool), func(int) (bool, bool)) {
		a := new(MaxBool)
		return a.Add, a.Get
	}, func(group []bool) bool { return slices.Contains(group, true) }))
}

// mustCount checks a count, which is zero for ids that got nothing and null for
// none but negative ones.
func mustCount[T any](t *rapid.T, groups [][]T, get func(int) (int64, bool), count func([]T) int) {
	t.Helper()
	for id, group := range groups {
		if n, ok := get(id); n != int64(count(group)) || !ok {
			t.Fatalf("id %d, %v: %d, %t", id, group, n, ok)
		}
	}
	if n, ok := get(1 << 40); n != 0 || !ok {
		t.Fatalf("id beyond the end: %d, %t", n, ok)
	}
	if n, ok := get(-1); n != 0 || ok {
		t.Fatalf("id -1: %d, %t", n, ok)
	}
}

func distinct[T comparable](group []T) int {
	seen := map[T]bool{}
	for _, v := range group {
		seen[v] = true
	}
	return len(seen)
}

func TestCount(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var c Count
		groups := drawGroups(t, anyBool, func(id int, _ bool) { c.Add(id) })
		mustCount(t, groups, c.Get, func(group []bool) int { return len(group) })
	})
}

func TestCountNext(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var c Count
		counted := map[int]int64{}
		for _, id := range rapid.SliceOf(rapid.IntRange(0, 200)).Draw(t, "ids") {
			counted[id]++
			if n := c.Next(id); n != counted[id] {
				t.Fatalf("Next(%d) is %d, want %d", id, n, counted[id])
			}
		}
	})
}

func TestCountDistinct(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var ints CountDistinctInt[int64]
		mustCount(t, drawGroups(t, anyInt64, ints.Add), ints.Get, distinct)
		var days CountDistinctInt[arrow.Date32]
		mustCount(t, drawGroups(t, anyDate, days.Add), days.Get, distinct)
		var texts CountDistinctString
		mustCount(t, drawGroups(t, anyText, texts.Add), texts.Get, distinct)
		var bytes CountDistinctString
		mustCount(t, drawGroups(t, anyText, func(id int, v string) { bytes.AddBytes(id, []byte(v)) }), bytes.Get, distinct)
	})
}

// Enough pairs to grow the table often.
func TestCountDistinctMany(t *testing.T) {
	var c CountDistinctInt[int64]
	for range 2 {
		for i := range 30_000 {
			c.Add(i%7, int64(i/2))
		}
	}
	var total int64
	for id := range 7 {
		n, _ := c.Get(id)
		total += n
	}
	if total != 30_000 {
		t.Errorf("%d distinct pairs, want 30000", total)
	}
}

func bigSum[T any](group []T, toBig func(T) *big.Int) *big.Int {
	sum := new(big.Int)
	for _, v := range group {
		sum.Add(sum, toBig(v))
	}
	return sum
}

func decimalBig(v decimal128.Num) *big.Int { return v.BigInt() }

func TestSumInt64(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var s SumInt64
		for id, group := range drawGroups(t, anyInt64, s.Add) {
			got, ok, err := s.Get(id)
			want := bigSum(group, big.NewInt)
			switch {
			case !want.IsInt64():
				if !errors.Is(err, ErrSumInt64) || ok || got != 0 {
					t.Fatalf("id %d, sum %s: %d, %t, %v", id, want, got, ok, err)
				}
			case err != nil || got != want.Int64() || ok != (len(group) > 0):
				t.Fatalf("id %d, sum %s: %d, %t, %v", id, want, got, ok, err)
			}
		}
		if v, ok, err := s.Get(-1); v != 0 || ok || err != nil {
			t.Fatalf("Get(-1) = %d, %t, %v", v, ok, err)
		}
	})
}

func TestSumDecimal(t *testing.T) {
	limit := new(big.Int).Exp(big.NewInt(10), big.NewInt(38), nil)
	largest := decimal128.GetMaxValue(38)
	values := rapid.OneOf(anyDecimal, rapid.SampledFrom([]decimal128.Num{largest, largest.Negate(), decimal128.FromI64(1), decimal128.FromI64(-1)}))
	rapid.Check(t, func(t *rapid.T) {
		var s SumDecimal
		for id, group := range drawGroups(t, values, s.Add) {
			got, ok, err := s.Get(id)
			want := bigSum(group, decimalBig)
			switch {
			case want.CmpAbs(limit) >= 0:
				if !errors.Is(err, ErrSumDecimal) || ok || got != (decimal128.Num{}) {
					t.Fatalf("id %d, sum %s: %v, %t, %v", id, want, got, ok, err)
				}
			case err != nil || got.BigInt().Cmp(want) != 0 || ok != (len(group) > 0):
				t.Fatalf("id %d, sum %s: %s, %t, %v", id, want, got.BigInt(), ok, err)
			}
		}
		if v, ok, err := s.Get(-1); v != (decimal128.Num{}) || ok || err != nil {
			t.Fatalf("Get(-1) = %v, %t, %v", v, ok, err)
		}
	})
}

func TestSumFloat64(t *testing.T) {
	accumulatorProperty(anyFloat, func() (func(int, float64), func(int) (float64, bool)) {
		s := new(SumFloat64)
		return s.Add, s.Get
	}, sumFloats)(t)
}

func sumFloats(group []float64) (sum float64) {
	for _, v := range group {
		sum += v
	}
	if sum != sum {
		return math.NaN()
	}
	return sum
}

// nearest is the float64 nearest to a fraction, by math/big's own algorithm for
// fractions, which shares nothing with the one tested.
func nearest(a, b *big.Int) float64 {
	f, _ := new(big.Rat).SetFrac(a, b).Float64()
	return f
}

func TestAvg(t *testing.T) {
	ints := rapid.OneOf(anyInt64, rapid.Int64Range(exactFloat-2, exactFloat+2), rapid.Just[int64](math.MinInt64))
	t.Run("AvgInt64", accumulatorProperty(ints, func() (func(int, int64), func(int) (float64, bool)) {
		a := new(AvgInt64)
		return a.Add, a.Get
	}, func(group []int64) float64 { return nearest(bigSum(group, big.NewInt), big.NewInt(int64(len(group)))) }))
	t.Run("AvgFloat64", accumulatorProperty(anyFloat, func() (func(int, float64), func(int) (float64, bool)) {
		a := new(AvgFloat64)
		return a.Add, a.Get
	}, func(group []float64) float64 { return sumFloats(group) / float64(len(group)) }))
	for _, scale := range []int32{0, 2, 15, 16, 38} {
		one := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(scale)), nil)
		t.Run("AvgDecimal", accumulatorProperty(anyDecimal, func() (func(int, decimal128.Num), func(int) (float64, bool)) {
			a := new(AvgDecimal)
			return a.Add, func(id int) (float64, bool) { return a.Get(id, scale) }
		}, func(group []decimal128.Num) float64 {
			n := big.NewInt(int64(len(group)))
			return nearest(bigSum(group, decimalBig), n.Mul(n, one))
		}))
	}
}

// argProperty plays rows through ArgMax or ArgMin and holds the row that leads
// at the end against a search.
func argProperty[K any](values *rapid.Generator[K], sign int, wins func() func(int, K) bool, compare func(a, b K) int) func(*testing.T) {
	return func(t *testing.T) {
		rapid.Check(t, func(t *rapid.T) {
			wins, row := wins(), 0
			leader, at := map[int]int{}, map[int][]int{} // by id: the row that leads; the row of each value
			groups := drawGroups(t, values, func(id int, k K) {
				if wins(id, k) {
					leader[id] = row
				}
				at[id] = append(at[id], row)
				row++
			})
			for id, group := range groups {
				if len(group) == 0 {
					continue
				}
				best := 0
				for i := range group {
					if sign*compare(group[i], group[best]) >= 0 {
						best = i
					}
				}
				if leader[id] != at[id][best] {
					t.Fatalf("id %d, %v: row %d leads, want %d", id, group, leader[id], at[id][best])
				}
			}
		})
	}
}

func TestArgMaxMin(t *testing.T) {
	small := rapid.Int64Range(-2, 2)
	t.Run("int64", argProperty(small, 1, func() func(int, int64) bool { return NewArgMax(cmp.Compare[int64]).Wins }, cmp.Compare))
	t.Run("int64 min", argProperty(small, -1, func() func(int, int64) bool { return NewArgMin(cmp.Compare[int64]).Wins }, cmp.Compare))
	t.Run("float64", argProperty(anyFloat, 1, func() func(int, float64) bool { return NewArgMax(CompareFloat64).Wins }, slowCompareFloat64))
	t.Run("decimal min", argProperty(anyDecimal, -1, func() func(int, decimal128.Num) bool { return NewArgMin(CompareDecimal).Wins }, slowCompareDecimal))
	t.Run("bool", argProperty(anyBool, 1, func() func(int, bool) bool { return NewArgMax(CompareBool).Wins }, func(a, b bool) int {
		return strings.Compare(map[bool]string{true: "t", false: "f"}[a], map[bool]string{true: "t", false: "f"}[b])
	}))
	t.Run("string", argProperty(anyText, 1, func() func(int, string) bool { return NewArgMax(strings.Compare).Wins }, strings.Compare))
	t.Run("string min", argProperty(anyText, -1, func() func(int, string) bool { return NewArgMin(strings.Compare).Wins }, strings.Compare))
}

// Wins keeps its own copy of text, whose memory the caller uses again.
func TestArgMaxCopiesText(t *testing.T) {
	a := NewArgMax(strings.Compare)
	text := []byte("mmm")
	a.Wins(0, alias(text))
	copy(text, "zzz")
	if !a.Wins(0, "nnn") {
		t.Error("the leading key changed with the caller's memory")
	}
}

func TestAccumulatorsDoNotAllocateRows(t *testing.T) {
	var (
		most   Max[int64]
		sum    SumDecimal
		text   MaxString
		arg    = NewArgMax(strings.Compare)
		unique CountDistinctString
	)
	texts := [2]string{"one", "two"}
	run := func() {
		for i := range 1000 {
			most.Add(i, int64(i))
			sum.Add(i, decimal128.FromI64(int64(i)))
			text.Add(i, texts[i%2])
			arg.Wins(i, texts[i%2])
			unique.Add(i, texts[i%2])
		}
	}
	run()
	if n := testing.AllocsPerRun(10, run); n > 0 {
		t.Errorf("%.0f allocations for rows of known ids", n)
	}
}
