package arrowops

import (
	"math"
	"math/big"

	"github.com/apache/arrow/go/v17/arrow/decimal128"
)

// exactFloat bounds the integers that float64 holds exactly: the quotient of
// two of them is rounded once.
const exactFloat = 1 << 53

// AvgInt64 averages integers for each id: the float64 nearest to the exact
// average.
type AvgInt64 struct{ totals chunked[intTotal] }

// Add adds v for an id.
func (a *AvgInt64) Add(id int, v int64) { a.totals.at(id).add(v) }

// Get is the average of an id, null where nothing was added.
func (a *AvgInt64) Get(id int) (avg float64, ok bool) {
	t := a.totals.get(id)
	switch sum := int64(t.lo); {
	case t.n == 0:
		return 0, false
	case t.hi == sum>>63 && -exactFloat < sum && sum < exactFloat && t.n < exactFloat:
		return float64(sum) / float64(t.n), true
	}
	return quotient(bigInt(t.hi, t.lo), big.NewInt(t.n)), true
}

// Drop gives up the chunks that lie wholly in ids lo to hi, as that of Store.
func (a *AvgInt64) Drop(lo, hi int) { a.totals.drop(lo, hi) }

// Size is how many bytes it holds.
func (a *AvgInt64) Size() int64 { return a.totals.size() }

// AvgDecimal averages decimals of one scale for each id: the float64 nearest to
// the exact average.
type AvgDecimal struct{ totals chunked[decimalTotal] }

// Add adds v for an id.
func (a *AvgDecimal) Add(id int, v decimal128.Num) { a.totals.at(id).add(v) }

// Get is the average of an id, null where nothing was added. The scale, 0 to
// 38, is that of the values added.
func (a *AvgDecimal) Get(id int, scale int32) (avg float64, ok bool) {
	t := a.totals.get(id)
	if t.n == 0 {
		return 0, false
	}
	sum := int64(t.lo)
	small := t.hi == sum>>63 && int64(t.mid) == sum>>63 && -exactFloat < sum && sum < exactFloat
	if small && scale <= 15 {
		one := int64(math.Pow10(int(scale)))
		if t.n < exactFloat/one {
			return float64(sum) / float64(t.n*one), true
		}
	}
	n := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(scale)), nil)
	return quotient(bigInt(t.hi, t.mid, t.lo), n.Mul(n, big.NewInt(t.n))), true
}

// Drop gives up the chunks that lie wholly in ids lo to hi, as that of Store.
func (a *AvgDecimal) Drop(lo, hi int) { a.totals.drop(lo, hi) }

// Size is how many bytes it holds.
func (a *AvgDecimal) Size() int64 { return a.totals.size() }

// AvgFloat64 averages float64 for each id: the sum as SumFloat64 has it, over
// the number of values.
type AvgFloat64 struct{ totals chunked[floatTotal] }

// Add adds v for an id.
func (a *AvgFloat64) Add(id int, v float64) { a.totals.at(id).add(v) }

// Get is the average of an id, null where nothing was added.
func (a *AvgFloat64) Get(id int) (avg float64, ok bool) {
	t := a.totals.get(id)
	if t.n == 0 {
		return 0, false
	}
	return t.value() / float64(t.n), true
}

// Drop gives up the chunks that lie wholly in ids lo to hi, as that of Store.
func (a *AvgFloat64) Drop(lo, hi int) { a.totals.drop(lo, hi) }

// Size is how many bytes it holds.
func (a *AvgFloat64) Size() int64 { return a.totals.size() }

// bigInt is the integer whose words, the highest first and signed, are given.
func bigInt(hi int64, words ...uint64) *big.Int {
	v := big.NewInt(hi)
	for _, w := range words {
		v.Or(v.Lsh(v, 64), new(big.Int).SetUint64(w))
	}
	return v
}

// quotient is the float64 nearest to a/b. No quotient of a decimal by a count
// is so small that float64 would round it twice.
func quotient(a, b *big.Int) float64 {
	q := new(big.Float).SetPrec(53).Quo(new(big.Float).SetInt(a), new(big.Float).SetInt(b))
	f, _ := q.Float64()
	return f
}
