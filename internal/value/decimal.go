package value

import (
	"math/big"

	"github.com/apache/arrow/go/v17/arrow/decimal128"
)

// ParseDecimal reads a number in decimal, with an optional sign, point and
// exponent and white space around, exactly: digits after the scale are accepted
// only where they are zeros. The error is a *DecimalError.
func ParseDecimal(text []byte, precision, scale int32) (decimal128.Num, error) {
	n, ok := scanNumeral(trim(text))
	if ok {
		u, cut, ok := n.scaled(int(scale))
		if ok && cut == nothing && u.less(pow10[precision]) {
			return u.num(n.neg), nil
		}
	}
	return decimal128.Num{}, &decimalErrors[precision][scale]
}

// AppendDecimal writes v with exactly scale digits after the point, and no
// point where scale is 0.
func AppendDecimal(dst []byte, v decimal128.Num, scale int32) []byte {
	u, neg := magnitude(v)
	if neg {
		dst = append(dst, '-')
	}
	var buf [maxDigits + 2]byte
	i := len(buf)
	for left := int(scale); ; {
		var r uint64
		u, r = u.quoRem10()
		i--
		buf[i] = byte('0' + r)
		if left--; left < 0 && u.isZero() {
			break
		}
		if left == 0 {
			i--
			buf[i] = '.'
		}
	}
	return append(dst, buf[i:]...)
}

// quoRem10 is u / 10 and the last digit.
func (u uint128) quoRem10() (uint128, uint64) {
	if u.hi == 0 {
		return uint128{lo: u.lo / 10}, u.lo % 10
	}
	q, r := u.quoRem(uint128{lo: 10})
	return q, r.lo
}

// FormatDecimal is AppendDecimal as a string.
func FormatDecimal(v decimal128.Num, scale int32) string {
	var buf [maxDigits + 3]byte
	return string(AppendDecimal(buf[:0], v, scale))
}

// CompareDecimal orders two decimals of the same scale.
func CompareDecimal(a, b decimal128.Num) int {
	switch {
	case a == b:
		return 0
	case a.Less(b):
		return -1
	}
	return 1
}

// AddDecimal is a + b, all of the same scale; or ErrDecimalOverflow where it
// has more than precision digits.
func AddDecimal(a, b decimal128.Num, precision int64) (decimal128.Num, error) {
	// Two numbers of 38 digits stay below 2 * 10^38, but 2^127 is less.
	c := a.Add(b)
	if (a.HighBits()^c.HighBits())&(b.HighBits()^c.HighBits()) < 0 {
		return decimal128.Num{}, ErrDecimalOverflow
	}
	u, neg := magnitude(c)
	return u.fit(neg, precision)
}

// SubDecimal is a - b, all of the same scale; or ErrDecimalOverflow where it
// has more than precision digits.
func SubDecimal(a, b decimal128.Num, precision int64) (decimal128.Num, error) {
	return AddDecimal(a, b.Negate(), precision)
}

// MulDecimal is a * b; its scale is the sum of theirs. ErrDecimalOverflow where
// it has more than precision digits.
func MulDecimal(a, b decimal128.Num, precision int64) (decimal128.Num, error) {
	x, xneg := magnitude(a)
	y, yneg := magnitude(b)
	product, ok := x.mul(y)
	if !ok {
		return decimal128.Num{}, ErrDecimalOverflow
	}
	return product.fit(xneg != yneg, precision)
}

// DivDecimal is a / b, of the scales scaleA and scaleB, rounded half away from
// zero to scale; or ErrDivisionByZero, or ErrDecimalOverflow where it has more
// than precision digits.
func DivDecimal(a, b decimal128.Num, scaleA, scaleB, precision, scale int64) (decimal128.Num, error) {
	x, xneg := magnitude(a)
	y, yneg := magnitude(b)
	if y.isZero() {
		return decimal128.Num{}, ErrDivisionByZero
	}
	// a/10^scaleA / (b/10^scaleB) * 10^scale = a*10^shift / b
	shift := scale + scaleB - scaleA
	if up, down := max(shift, 0), max(-shift, 0); up <= maxDigits && down <= maxDigits {
		nx, okx := x.mul(pow10[up])
		ny, oky := y.mul(pow10[down])
		if okx && oky {
			return nx.quoRound(ny).fit(xneg != yneg, precision)
		}
	}
	q, ok := fromBig(quoRoundBig(x, y, shift))
	if !ok {
		return decimal128.Num{}, ErrDecimalOverflow
	}
	return q.fit(xneg != yneg, precision)
}

// quoRoundBig is x * 10^shift / y rounded half up, where 128 bits do not do.
func quoRoundBig(x, y uint128, shift int64) *big.Int {
	n, d := x.big(), y.big()
	power := new(big.Int).Exp(big.NewInt(10), big.NewInt(max(shift, -shift)), nil)
	if shift >= 0 {
		n.Mul(n, power)
	} else {
		d.Mul(d, power)
	}
	q, r := n.QuoRem(n, d, new(big.Int))
	if r.Lsh(r, 1).Cmp(d) >= 0 {
		q.Add(q, big.NewInt(1))
	}
	return q
}

// ModDecimal is what remains of a / b cut to a whole number, with the sign of
// a, all of the same scale; or ErrDivisionByZero.
func ModDecimal(a, b decimal128.Num) (decimal128.Num, error) {
	x, xneg := magnitude(a)
	y, _ := magnitude(b)
	if y.isZero() {
		return decimal128.Num{}, ErrDivisionByZero
	}
	_, r := x.quoRem(y)
	return r.num(xneg), nil
}

// NegDecimal is -a.
func NegDecimal(a decimal128.Num) decimal128.Num { return a.Negate() }

// AbsDecimal is |a|.
func AbsDecimal(a decimal128.Num) decimal128.Num { return a.Abs() }

// RoundDecimal rounds a, which has the given scale, half away from zero to so
// many digits after the point, or before it where digits is negative. The
// result has the same scale; ErrDecimalOverflow where it has more than 38 digits.
func RoundDecimal(a decimal128.Num, scale, digits int64) (decimal128.Num, error) {
	drop := scale - digits
	switch {
	case drop <= 0:
		return a, nil
	case drop > maxDigits: // a is less than half of a unit
		return decimal128.Num{}, nil
	}
	u, neg := magnitude(a)
	return scaleUp(u.quoRound(pow10[drop]), neg, drop)
}

// scaleUp is u * 10^n of at most 38 digits.
func scaleUp(u uint128, neg bool, n int64) (decimal128.Num, error) {
	u, ok := u.mul(pow10[n])
	if !ok {
		return decimal128.Num{}, ErrDecimalOverflow
	}
	return u.fit(neg, maxDigits)
}

// FloorDecimal is the greatest whole number not above a, at a's scale, or
// ErrDecimalOverflow where it has more than 38 digits.
func FloorDecimal(a decimal128.Num, scale int64) (decimal128.Num, error) {
	u, neg := magnitude(a)
	return wholeDecimal(u, neg, scale, neg)
}

// CeilDecimal is the least whole number not below a, at a's scale, or
// ErrDecimalOverflow where it has more than 38 digits.
func CeilDecimal(a decimal128.Num, scale int64) (decimal128.Num, error) {
	u, neg := magnitude(a)
	return wholeDecimal(u, neg, scale, !neg)
}

// wholeDecimal cuts the fraction of u, to the next whole number away from zero
// where asked to.
func wholeDecimal(u uint128, neg bool, scale int64, away bool) (decimal128.Num, error) {
	q, r := u.quoRem(pow10[scale])
	if away && !r.isZero() {
		q = q.inc()
	}
	return scaleUp(q, neg, scale)
}

// RescaleDecimal is the cast of a, of scale from, to decimal(toPrecision,
// toScale), rounded half away from zero; ErrDecimalOverflow where it does not
// fit.
func RescaleDecimal(a decimal128.Num, from, toPrecision, toScale int64) (decimal128.Num, error) {
	u, neg := magnitude(a)
	if toScale < from {
		return u.quoRound(pow10[from-toScale]).fit(neg, toPrecision)
	}
	u, ok := u.mul(pow10[toScale-from])
	if !ok {
		return decimal128.Num{}, ErrDecimalOverflow
	}
	return u.fit(neg, toPrecision)
}
