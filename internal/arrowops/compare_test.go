package arrowops

import (
	"cmp"
	"testing"

	"github.com/apache/arrow/go/v17/arrow/decimal128"
	"pgregory.net/rapid"
)

// slowCompareFloat64 says the same as CompareFloat64 by ranks.
func slowCompareFloat64(a, b float64) int {
	if aNaN, bNaN := a != a, b != b; aNaN || bNaN {
		rank := map[bool]int{true: 1}
		return rank[aNaN] - rank[bNaN]
	}
	return cmp.Compare(a, b) // which takes -0 for 0
}

func slowCompareDecimal(a, b decimal128.Num) int { return a.BigInt().Cmp(b.BigInt()) }

func sign(n int) int { return cmp.Compare(n, 0) }

func TestCompare(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f, g := anyFloat.Draw(t, "f"), anyFloat.Draw(t, "g")
		if got, want := CompareFloat64(f, g), slowCompareFloat64(f, g); sign(got) != sign(want) {
			t.Fatalf("CompareFloat64(%v, %v) = %d, want %d", f, g, got, want)
		}
		d, e := anyDecimal.Draw(t, "d"), anyDecimal.Draw(t, "e")
		if got, want := CompareDecimal(d, e), slowCompareDecimal(d, e); sign(got) != sign(want) {
			t.Fatalf("CompareDecimal(%v, %v) = %d, want %d", d, e, got, want)
		}
	})
	if CompareBool(false, true) >= 0 || CompareBool(true, false) <= 0 || CompareBool(true, true) != 0 || CompareBool(false, false) != 0 {
		t.Error("CompareBool does not put false before true")
	}
}

func TestCompareNullsLast(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pair := drawColumn(t, 2, rapid.Int64Range(-2, 2))
		a, b := pair[0], pair[1]
		asc, desc := cmp.Compare(a.v, b.v), cmp.Compare(b.v, a.v)
		switch {
		case !a.ok && !b.ok:
			asc, desc = 0, 0
		case !a.ok:
			asc, desc = 1, 1
		case !b.ok:
			asc, desc = -1, -1
		}
		if got := CompareAsc(a.v, a.ok, b.v, b.ok); sign(got) != asc {
			t.Fatalf("CompareAsc(%v, %v) = %d, want %d", a, b, got, asc)
		}
		if got := CompareDesc(a.v, a.ok, b.v, b.ok); sign(got) != desc {
			t.Fatalf("CompareDesc(%v, %v) = %d, want %d", a, b, got, desc)
		}
		if got := CompareFuncAsc(float64(a.v), a.ok, float64(b.v), b.ok, CompareFloat64); sign(got) != asc {
			t.Fatalf("CompareFuncAsc(%v, %v) = %d, want %d", a, b, got, asc)
		}
		if got := CompareFuncDesc(float64(a.v), a.ok, float64(b.v), b.ok, CompareFloat64); sign(got) != desc {
			t.Fatalf("CompareFuncDesc(%v, %v) = %d, want %d", a, b, got, desc)
		}
	})
}
