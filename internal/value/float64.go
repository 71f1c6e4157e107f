package value

import (
	"errors"
	"math"
	"math/big"
	"strconv"
)

// ParseFloat64 reads a number in decimal, with an optional sign, point and
// exponent, or NaN, Infinity or inf with an optional sign, in any case, with
// white space around; to the nearest float64. Errors: ErrFloat64, and
// ErrFloat64Range for what only an infinity or, other than zero, only zero
// comes near to.
func ParseFloat64(text []byte) (float64, error) {
	text = trim(text)
	if isGoLiteral(text) {
		return 0, ErrFloat64
	}
	v, err := strconv.ParseFloat(viewString(text), 64)
	if err != nil {
		if errors.Is(err, strconv.ErrRange) {
			return 0, ErrFloat64Range
		}
		return 0, ErrFloat64
	}
	if v == 0 && !isZeroText(text) {
		return 0, ErrFloat64Range
	}
	return v, nil
}

// isGoLiteral says whether text has what only Go's literals have: digits in
// hexadecimal, or set apart by underscores.
func isGoLiteral(text []byte) bool {
	for _, c := range text {
		if c == '_' || c|0x20 == 'x' {
			return true
		}
	}
	return false
}

// isZeroText says whether a number has no digit but 0 before its exponent.
func isZeroText(text []byte) bool {
	for _, c := range text {
		if '1' <= c && c <= '9' {
			return false
		}
		if c|0x20 == 'e' {
			break
		}
	}
	return true
}

// AppendFloat64 writes the fewest digits that read back as v: NaN, Infinity,
// -Infinity, and with an exponent below 1e-04 and from 1e+15 on.
func AppendFloat64(dst []byte, v float64) []byte {
	abs := math.Abs(v)
	switch {
	case v != v:
		return append(dst, "NaN"...)
	case abs > math.MaxFloat64:
		if v < 0 {
			dst = append(dst, '-')
		}
		return append(dst, "Infinity"...)
	case abs >= 1e15 || abs < 1e-4 && v != 0:
		return appendExponent(dst, v)
	}
	return strconv.AppendFloat(dst, v, 'f', -1, 64)
}

// appendExponent writes v as d.ddde+xx. PostgreSQL does not write a number that
// lies exactly half-way to the next float64 (1e23), although it reads back as v:
// it takes more digits until the number is nearer to v. Go's does write it.
func appendExponent(dst []byte, v float64) []byte {
	start := len(dst)
	dst = strconv.AppendFloat(dst, v, 'e', -1, 64)
	// Only an odd number of 54 bits times a power of two lies so, and with at
	// most 17 digits and a power of ten only between these.
	if abs := math.Abs(v); abs < 1<<53 || abs > 1e40 || !isHalfway(dst[start:], v) {
		return dst
	}
	for digits := 1; digits < 16; digits++ {
		dst = strconv.AppendFloat(dst[:start], v, 'e', digits, 64)
		back, err := strconv.ParseFloat(viewString(dst[start:]), 64)
		if err == nil && back == v && !isHalfway(dst[start:], v) {
			return dst
		}
	}
	return strconv.AppendFloat(dst[:start], v, 'e', 16, 64)
}

// isHalfway says whether text, which reads as v, lies exactly in the middle
// between v and a float64 beside it.
func isHalfway(text []byte, v float64) bool {
	const exact = 256 // bits; more than any number up to 1e40 of 17 digits needs
	written, _, err := big.ParseFloat(string(text), 10, exact, big.ToNearestEven)
	if err != nil {
		return false
	}
	twice := new(big.Float).SetPrec(exact).Add(written, written)
	for _, beside := range [...]float64{math.Nextafter(v, math.Inf(1)), math.Nextafter(v, math.Inf(-1))} {
		sum := new(big.Float).SetPrec(exact).SetFloat64(v)
		sum.Add(sum, new(big.Float).SetFloat64(beside))
		if sum.Cmp(twice) == 0 {
			return true
		}
	}
	return false
}

// FormatFloat64 is AppendFloat64 as a string.
func FormatFloat64(v float64) string {
	var buf [32]byte
	return string(AppendFloat64(buf[:0], v))
}

// CompareFloat64 orders a and b; NaN equals NaN and is greatest, and -0 equals 0.
func CompareFloat64(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	case a == b:
		return 0
	case a == a: // so b is NaN
		return -1
	case b == b:
		return 1
	}
	return 0
}

// AddFloat64 is a + b, or ErrFloatOverflow where that is an infinity and
// neither of them is.
func AddFloat64(a, b float64) (float64, error) {
	return finite(a+b, a, b)
}

// SubFloat64 is a - b, or ErrFloatOverflow where that is an infinity and
// neither of them is.
func SubFloat64(a, b float64) (float64, error) {
	return finite(a-b, a, b)
}

// MulFloat64 is a * b, or ErrFloatOverflow where that is an infinity and
// neither of them is, or ErrFloatUnderflow where it is zero and neither of
// them is.
func MulFloat64(a, b float64) (float64, error) {
	c := a * b
	if c == 0 && a != 0 && b != 0 {
		return 0, ErrFloatUnderflow
	}
	return finite(c, a, b)
}

// DivFloat64 is a / b, or ErrDivisionByZero (a NaN divided by zero is NaN),
// ErrFloatOverflow where it is an infinity and a is not, or ErrFloatUnderflow
// where it is zero, a is not and b is finite.
func DivFloat64(a, b float64) (float64, error) {
	if b == 0 && a == a {
		return 0, ErrDivisionByZero
	}
	c := a / b
	if c == 0 && a != 0 && !math.IsInf(b, 0) {
		return 0, ErrFloatUnderflow
	}
	return finite(c, a, b)
}

// finite gives c, computed from a and b, or ErrFloatOverflow where it alone is
// an infinity.
func finite(c, a, b float64) (float64, error) {
	if math.IsInf(c, 0) && !math.IsInf(a, 0) && !math.IsInf(b, 0) {
		return 0, ErrFloatOverflow
	}
	return c, nil
}

// NegFloat64 is -a.
func NegFloat64(a float64) float64 { return -a }

// AbsFloat64 is |a|.
func AbsFloat64(a float64) float64 { return math.Abs(a) }

// RoundFloat64 is the nearest whole number, the even one of two.
func RoundFloat64(a float64) float64 { return math.RoundToEven(a) }

// FloorFloat64 is the greatest whole number not above a.
func FloorFloat64(a float64) float64 { return math.Floor(a) }

// CeilFloat64 is the least whole number not below a.
func CeilFloat64(a float64) float64 { return math.Ceil(a) }
