package arrowops

import (
	"errors"
	"math"
	"math/bits"

	"github.com/apache/arrow/go/v17/arrow/decimal128"
)

// What a sum fails with when its value has no place in its type.
var (
	ErrSumInt64   = errors.New("sum: integer out of range: the total is not between -9223372036854775808 and 9223372036854775807; sum decimals or float64 instead")
	ErrSumDecimal = errors.New("sum: decimal out of range: the total has more than 38 digits; sum float64 instead")
)

// intTotal is an exact sum of up to 2^63 integers: hi*2^64 + lo.
type intTotal struct {
	lo uint64
	hi int64
	n  int64 // values added
}

func (t *intTotal) add(v int64) {
	lo, carry := bits.Add64(t.lo, uint64(v), 0)
	t.lo = lo
	t.hi += v>>63 + int64(carry)
	t.n++
}

// SumInt64 sums integers for each id. The sum is kept in 128 bits: what counts
// is the total, not what it was on the way.
type SumInt64 struct{ totals chunked[intTotal] }

// Add adds v for an id.
func (s *SumInt64) Add(id int, v int64) { s.totals.at(id).add(v) }

// Get is the sum of an id, null where nothing was added, ErrSumInt64 where it
// is no int64.
func (s *SumInt64) Get(id int) (sum int64, ok bool, err error) {
	t := s.totals.get(id)
	if t.hi != int64(t.lo)>>63 {
		return 0, false, ErrSumInt64
	}
	return int64(t.lo), t.n > 0, nil
}

// Drop gives up the chunks that lie wholly in ids lo to hi, as that of Store.
func (s *SumInt64) Drop(lo, hi int) { s.totals.drop(lo, hi) }

// Size is how many bytes it holds.
func (s *SumInt64) Size() int64 { return s.totals.size() }

// decimalTotal is an exact sum of up to 2^63 decimals of 38 digits:
// hi*2^128 + mid*2^64 + lo.
type decimalTotal struct {
	lo, mid uint64
	hi      int64
	n       int64 // values added
}

func (t *decimalTotal) add(v decimal128.Num) {
	lo, carry := bits.Add64(t.lo, v.LowBits(), 0)
	mid, carry := bits.Add64(t.mid, uint64(v.HighBits()), carry)
	t.lo, t.mid = lo, mid
	t.hi += v.HighBits()>>63 + int64(carry)
	t.n++
}

// SumDecimal sums decimals of one scale for each id, exactly.
type SumDecimal struct{ totals chunked[decimalTotal] }

// Add adds v for an id.
func (s *SumDecimal) Add(id int, v decimal128.Num) { s.totals.at(id).add(v) }

// Get is the sum of an id, at the scale of what was added; null where nothing
// was, ErrSumDecimal where it has more than 38 digits.
func (s *SumDecimal) Get(id int) (sum decimal128.Num, ok bool, err error) {
	t := s.totals.get(id)
	sum = decimal128.New(int64(t.mid), t.lo)
	if t.hi != int64(t.mid)>>63 || !sum.FitsInPrecision(38) {
		return decimal128.Num{}, false, ErrSumDecimal
	}
	return sum, t.n > 0, nil
}

// Drop gives up the chunks that lie wholly in ids lo to hi, as that of Store.
func (s *SumDecimal) Drop(lo, hi int) { s.totals.drop(lo, hi) }

// Size is how many bytes it holds.
func (s *SumDecimal) Size() int64 { return s.totals.size() }

// floatTotal is a sum in float64.
type floatTotal struct {
	sum float64
	n   int64 // values added
}

func (t *floatTotal) add(v float64) {
	t.sum += v
	t.n++
}

// value is the sum. One that is not a number is always the same one: which bits
// an addition gives it is the processor's choice.
func (t floatTotal) value() float64 {
	if math.IsNaN(t.sum) {
		return math.NaN()
	}
	return t.sum
}

// SumFloat64 sums float64 for each id, one after the other in the order of the
// calls, as PostgreSQL does; a sum too large for float64 is infinite.
type SumFloat64 struct{ totals chunked[floatTotal] }

// Add adds v for an id.
func (s *SumFloat64) Add(id int, v float64) { s.totals.at(id).add(v) }

// Get is the sum of an id, null where nothing was added.
func (s *SumFloat64) Get(id int) (sum float64, ok bool) {
	t := s.totals.get(id)
	return t.value(), t.n > 0
}

// Drop gives up the chunks that lie wholly in ids lo to hi, as that of Store.
func (s *SumFloat64) Drop(lo, hi int) { s.totals.drop(lo, hi) }

// Size is how many bytes it holds.
func (s *SumFloat64) Size() int64 { return s.totals.size() }
