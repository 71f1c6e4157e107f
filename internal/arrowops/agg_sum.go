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

// intTotals keeps a total for each id.
type intTotals []intTotal

func (t *intTotals) add(id int, v int64) {
	if id >= len(*t) {
		*t = extend(*t, id+1)
	}
	(*t)[id].add(v)
}

// at is the total of an id, zero for one never added.
func (t intTotals) at(id int) intTotal {
	if uint(id) >= uint(len(t)) {
		return intTotal{}
	}
	return t[id]
}

// SumInt64 sums integers for each id. The sum is kept in 128 bits: what counts
// is the total, not what it was on the way.
type SumInt64 struct{ totals intTotals }

// Add adds v for an id.
func (s *SumInt64) Add(id int, v int64) { s.totals.add(id, v) }

// Get is the sum of an id, null where nothing was added, ErrSumInt64 where it
// is no int64.
func (s *SumInt64) Get(id int) (sum int64, ok bool, err error) {
	t := s.totals.at(id)
	if t.hi != int64(t.lo)>>63 {
		return 0, false, ErrSumInt64
	}
	return int64(t.lo), t.n > 0, nil
}

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

// decimalTotals keeps a total for each id.
type decimalTotals []decimalTotal

func (t *decimalTotals) add(id int, v decimal128.Num) {
	if id >= len(*t) {
		*t = extend(*t, id+1)
	}
	(*t)[id].add(v)
}

// at is the total of an id, zero for one never added.
func (t decimalTotals) at(id int) decimalTotal {
	if uint(id) >= uint(len(t)) {
		return decimalTotal{}
	}
	return t[id]
}

// SumDecimal sums decimals of one scale for each id, exactly.
type SumDecimal struct{ totals decimalTotals }

// Add adds v for an id.
func (s *SumDecimal) Add(id int, v decimal128.Num) { s.totals.add(id, v) }

// Get is the sum of an id, at the scale of what was added; null where nothing
// was, ErrSumDecimal where it has more than 38 digits.
func (s *SumDecimal) Get(id int) (sum decimal128.Num, ok bool, err error) {
	t := s.totals.at(id)
	sum = decimal128.New(int64(t.mid), t.lo)
	if t.hi != int64(t.mid)>>63 || !sum.FitsInPrecision(38) {
		return decimal128.Num{}, false, ErrSumDecimal
	}
	return sum, t.n > 0, nil
}

// floatTotal is a sum in float64.
type floatTotal struct {
	sum float64
	n   int64 // values added
}

// floatTotals keeps a total for each id.
type floatTotals []floatTotal

func (t *floatTotals) add(id int, v float64) {
	if id >= len(*t) {
		*t = extend(*t, id+1)
	}
	total := &(*t)[id]
	total.sum += v
	total.n++
}

// at is the total of an id, zero for one never added. A sum that is not a number
// is always the same one: which bits an addition gives it is the processor's
// choice.
func (t floatTotals) at(id int) floatTotal {
	if uint(id) >= uint(len(t)) {
		return floatTotal{}
	}
	total := t[id]
	if math.IsNaN(total.sum) {
		total.sum = math.NaN()
	}
	return total
}

// SumFloat64 sums float64 for each id, one after the other in the order of the
// calls, as PostgreSQL does; a sum too large for float64 is infinite.
type SumFloat64 struct{ totals floatTotals }

// Add adds v for an id.
func (s *SumFloat64) Add(id int, v float64) { s.totals.add(id, v) }

// Get is the sum of an id, null where nothing was added.
func (s *SumFloat64) Get(id int) (sum float64, ok bool) {
	t := s.totals.at(id)
	return t.sum, t.n > 0
}
