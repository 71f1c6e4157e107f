package value

import (
	"math"
	"math/bits"
	"strconv"
)

// ParseInt64 reads a whole number in decimal with an optional sign and white
// space around. A fraction and an exponent are accepted where the number is
// whole all the same ("1.0", "1e3"); it never passes through a float. Errors:
// ErrInt64, ErrInt64Range.
func ParseInt64(text []byte) (int64, error) {
	if v, ok := digits(text); ok {
		return int64(v), nil
	}
	return parseInt64(text)
}

// parseInt64 is ParseInt64 for whatever there may be.
func parseInt64(text []byte) (int64, error) {
	text = trim(text)
	v, err := parseDigits(text)
	if err == nil {
		return v, nil
	}
	n, ok := scanNumeral(text)
	if !ok {
		return 0, ErrInt64
	}
	u, rest, ok := n.scaled(0)
	if !ok {
		return 0, ErrInt64Range
	}
	if rest != nothing {
		return 0, ErrInt64
	}
	return u.int64(n.neg, ErrInt64Range)
}

// parseDigits reads [+-]digits.
func parseDigits(text []byte) (int64, error) {
	neg := false
	if len(text) > 0 && (text[0] == '-' || text[0] == '+') {
		neg = text[0] == '-'
		text = text[1:]
	}
	if len(text) == 0 {
		return 0, ErrInt64
	}
	var u uint64
	over := false
	for i, c := range text {
		d := uint64(c - '0')
		if d > 9 {
			return 0, ErrInt64
		}
		if i >= 18 && u > (math.MaxUint64-9)/10 {
			over = true
		}
		u = u*10 + d
	}
	switch {
	case over:
	case neg && u <= 1<<63:
		return -int64(u), nil
	case u <= math.MaxInt64 && !neg:
		return int64(u), nil
	}
	return 0, ErrInt64Range
}

// AppendInt64 writes v in decimal.
func AppendInt64(dst []byte, v int64) []byte {
	var buf Text
	return append(dst, buf[:PutInt64(&buf, v)]...)
}

// FormatInt64 is AppendInt64 as a string.
func FormatInt64(v int64) string { return strconv.FormatInt(v, 10) }

// AddInt64 is a + b, or ErrOverflow.
func AddInt64(a, b int64) (int64, error) {
	c := a + b
	if (a^c)&(b^c) < 0 { // the signs agree and the result's differs
		return 0, ErrOverflow
	}
	return c, nil
}

// SubInt64 is a - b, or ErrOverflow.
func SubInt64(a, b int64) (int64, error) {
	c := a - b
	if (a^b)&(a^c) < 0 { // the signs differ and the result's is not a's
		return 0, ErrOverflow
	}
	return c, nil
}

// MulInt64 is a * b, or ErrOverflow.
func MulInt64(a, b int64) (int64, error) {
	hi, lo := bits.Mul64(magnitude64(a), magnitude64(b))
	if hi != 0 {
		return 0, ErrOverflow
	}
	return uint128{lo: lo}.int64((a < 0) != (b < 0), ErrOverflow)
}

// magnitude64 is |v|, which an int64 need not hold.
func magnitude64(v int64) uint64 {
	if v < 0 {
		return -uint64(v)
	}
	return uint64(v)
}

// DivInt64 is a / b, cut towards zero; or ErrDivisionByZero, or ErrOverflow for
// the least int64 by -1.
func DivInt64(a, b int64) (int64, error) {
	if b == 0 {
		return 0, ErrDivisionByZero
	}
	if a == math.MinInt64 && b == -1 {
		return 0, ErrOverflow
	}
	return a / b, nil
}

// ModInt64 is what remains of a / b, with the sign of a; or ErrDivisionByZero.
func ModInt64(a, b int64) (int64, error) {
	if b == 0 {
		return 0, ErrDivisionByZero
	}
	return a % b, nil
}

// NegInt64 is -a, or ErrOverflow.
func NegInt64(a int64) (int64, error) {
	if a == math.MinInt64 {
		return 0, ErrOverflow
	}
	return -a, nil
}

// AbsInt64 is |a|, or ErrOverflow.
func AbsInt64(a int64) (int64, error) {
	if a < 0 {
		return NegInt64(a)
	}
	return a, nil
}
