package profile

import (
	"math"
	"math/big"
	"slices"
	"strconv"
	"time"
)

// wordBounds are multiples of 1, 2 or 5 times a power of ten, as far as there are
// such words.
func wordBounds(lo, hi int64) (bounds []int64) {
	for _, b := range bigBounds(big.NewInt(lo), big.NewInt(hi)) {
		bounds = append(bounds, clamped(b))
	}
	return slices.Compact(bounds)
}

// clamped is a number, or the word next to it.
func clamped(v *big.Int) int64 {
	switch {
	case v.IsInt64():
		return v.Int64()
	case v.Sign() < 0:
		return math.MinInt64
	}
	return math.MaxInt64
}

// maxWide is the greatest decimal.
var maxWide = new(big.Int).Sub(new(big.Int).Exp(big.NewInt(10), big.NewInt(38), nil), big.NewInt(1))

// wideBounds are the same of decimals.
func wideBounds(lo, hi string) (bounds []string) {
	for _, b := range bigBounds(wideOf(lo).BigInt(), wideOf(hi).BigInt()) {
		if b.CmpAbs(maxWide) > 0 {
			b = new(big.Int).Mul(maxWide, big.NewInt(int64(b.Sign())))
		}
		bounds = append(bounds, wideOfBig(b))
	}
	return slices.Compact(bounds)
}

// bigBounds are the multiples of a round step, the smallest that gives few enough.
func bigBounds(lo, hi *big.Int) (bounds []*big.Int) {
	one, ten := big.NewInt(1), big.NewInt(10)
	for power := one; ; power = new(big.Int).Mul(power, ten) {
		for _, m := range []int64{1, 2, 5} {
			step := new(big.Int).Mul(power, big.NewInt(m))
			first, last := new(big.Int).Div(lo, step), new(big.Int).Div(hi, step) // rounded down
			bins := new(big.Int).Sub(last, first)
			if !bins.IsInt64() || bins.Int64() >= maxBins {
				continue
			}
			for k := first; ; k = new(big.Int).Add(k, one) {
				bounds = append(bounds, new(big.Int).Mul(k, step))
				if k.Cmp(last) > 0 {
					return bounds
				}
			}
		}
	}
}

// floatBounds are the same of floats. Where they are so large and near to each other
// that there is nothing round between them, all are in one bin.
func floatBounds(lo, hi int64) []int64 {
	from, to := floatOf(lo), floatOf(hi)
	const smallest, greatest = -324, 308
	for power := int(math.Floor(max(smallest, math.Log10(to/maxBins-from/maxBins)))); power <= greatest; power++ {
		for _, m := range []int64{1, 2, 5} {
			if bounds := floatMultiples(from, to, m, power); bounds != nil {
				return bounds
			}
		}
	}
	return []int64{lo, floatKey(math.Nextafter(to, math.Inf(1)))}
}

// floatMultiples are the multiples of m times a power of ten around two floats; nil
// where they are too many, or not exact.
func floatMultiples(from, to float64, m int64, power int) (bounds []int64) {
	multiple := func(k int64) float64 {
		v, _ := strconv.ParseFloat(strconv.FormatInt(k*m, 10)+"e"+strconv.Itoa(power), 64)
		return min(max(v, -math.MaxFloat64), math.MaxFloat64)
	}
	const exact = 1 << 50
	step := multiple(1)
	first, last := math.Floor(from/step), math.Floor(to/step)
	if step == 0 || !(last-first < maxBins) || math.Abs(first) > exact || math.Abs(last) > exact {
		return nil
	}
	k := int64(first)
	for multiple(k) > from { // a quotient is rounded
		k--
	}
	for ; ; k++ {
		b := multiple(k)
		bounds = append(bounds, floatKey(b))
		if b > to || b == math.MaxFloat64 {
			break
		}
		if len(bounds) > maxBins {
			return nil
		}
	}
	return bounds
}

// The units of dates and of timestamps.
const (
	microsPerSecond = 1_000_000
	microsPerDay    = 24 * 60 * 60 * microsPerSecond
)

func dateBounds(lo, hi int64) []int64 { return calendarBounds(lo, hi, 1) }

func instantBounds(lo, hi int64) []int64 { return calendarBounds(lo, hi, microsPerDay) }

// The days of the years that have a text.
const (
	firstDay = -719162 // 1 January 1
	endDay   = 2932897 // 1 January 10000
)

// calendarBounds are round times. No bound lies outside of the years that have a text,
// but where values do.
func calendarBounds(lo, hi, perDay int64) []int64 {
	c := calendar{perDay: perDay, least: min(lo, firstDay*perDay), most: max(hi, endDay*perDay-1)}
	return slices.Compact(c.bounds(lo, hi))
}

// calendar is a scale of time that begins in 1970.
type calendar struct{ perDay, least, most int64 }

// stepsOfDay are steps within a day that people think in, in seconds.
var stepsOfDay = []int64{1, 2, 5, 10, 15, 30, 60, 2 * 60, 5 * 60, 10 * 60, 15 * 60, 30 * 60, 3600, 2 * 3600, 3 * 3600, 6 * 3600, 12 * 3600}

// bounds are whole fractions of a second, seconds, minutes, hours, days, weeks from
// Monday on, months and years: the smallest that give few enough.
func (c calendar) bounds(lo, hi int64) []int64 {
	if c.perDay > 1 {
		for step := int64(1); step < microsPerSecond; step *= 10 {
			for _, m := range []int64{1, 2, 5} {
				if bounds := c.even(lo, hi, m*step, 0); bounds != nil {
					return bounds
				}
			}
		}
		for _, seconds := range stepsOfDay {
			if bounds := c.even(lo, hi, seconds*microsPerSecond, 0); bounds != nil {
				return bounds
			}
		}
	}
	const monday = 4 // 5 January 1970
	for _, step := range []struct{ days, from int64 }{{1, 0}, {7, monday}} {
		if bounds := c.even(lo, hi, step.days*c.perDay, step.from*c.perDay); bounds != nil {
			return bounds
		}
	}
	for _, months := range []int64{1, 3, 6} {
		if bounds := c.months(lo, hi, months); bounds != nil {
			return bounds
		}
	}
	const eternity = 1e9
	for years := int64(1); years < eternity; years *= 10 {
		for _, m := range []int64{1, 2, 5} {
			if bounds := c.months(lo, hi, 12*m*years); bounds != nil {
				return bounds
			}
		}
	}
	return []int64{lo, hi} // no dates that there are
}

// even are the bounds so many units apart, one of them at from; nil where these are
// too many.
func (c calendar) even(lo, hi, step, from int64) (bounds []int64) {
	if lo < math.MinInt64+from {
		return nil
	}
	first, last := floorDiv(lo-from, step), floorDiv(hi-from, step)
	if uint64(last-first) >= maxBins {
		return nil
	}
	for i := range last - first + 2 {
		bounds = append(bounds, c.value(first, i, step, from))
	}
	return bounds
}

// value is first and i steps, from a value on, or what there is next to it.
func (c calendar) value(first, i, step, from int64) int64 {
	v := new(big.Int).Add(big.NewInt(first), big.NewInt(i))
	v.Mul(v, big.NewInt(step))
	return min(max(clamped(v.Add(v, big.NewInt(from))), c.least), c.most)
}

// months are the bounds so many months apart, counted from the year 0.
func (c calendar) months(lo, hi, step int64) (bounds []int64) {
	first, last := floorDiv(c.month(lo), step), floorDiv(c.month(hi), step)
	if uint64(last-first) >= maxBins {
		return nil
	}
	for k := first; k <= last+1; k++ {
		begins := time.Date(0, time.Month(1+k*step), 1, 0, 0, 0, 0, time.UTC)
		bounds = append(bounds, c.value(begins.Unix()/(24*60*60), 0, c.perDay, 0))
	}
	return bounds
}

// month counts months from the year 0.
func (c calendar) month(v int64) int64 {
	at := time.Unix(floorDiv(v, c.perDay)*24*60*60, 0).UTC()
	return int64(at.Year())*12 + int64(at.Month()) - 1
}

// floorDiv is a / b rounded down; b is positive.
func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}
