package xlsx

import (
	"bytes"
	"math"
	"strconv"
)

// decimal is a number as written: 0.digits times ten to the power of point.
type decimal struct {
	negative bool
	digits   []byte // the first and the last are not 0; empty for zero
	point    int
}

// maxExponent bounds exponents: no number of a workbook is anywhere near.
const maxExponent = 400

// parseDecimal reads a number as a workbook writes it (xsd:double without its
// INF and NaN, which no cell has): digits with an optional sign, point and
// exponent. The digits are put into room where they fit.
func parseDecimal(s, room []byte) (d decimal, ok bool) {
	if len(s) > 0 && (s[0] == '-' || s[0] == '+') {
		d.negative, s = s[0] == '-', s[1:]
	}
	digits, whole, i := room[:0], -1, 0
	for ; i < len(s); i++ {
		if c := s[i]; '0' <= c && c <= '9' {
			digits = append(digits, c)
		} else if c == '.' && whole < 0 {
			whole = len(digits)
		} else {
			break
		}
	}
	if whole < 0 {
		whole = len(digits)
	}
	if len(digits) == 0 {
		return decimal{}, false
	}
	exponent := 0
	if i < len(s) {
		if s[i]|0x20 != 'e' {
			return decimal{}, false
		}
		var err error
		if exponent, err = strconv.Atoi(string(s[i+1:])); err != nil || exponent < -maxExponent || exponent > maxExponent {
			return decimal{}, false
		}
	}
	significant := bytes.TrimLeft(digits, "0")
	d.point = whole + exponent - (len(digits) - len(significant))
	if d.digits = bytes.TrimRight(significant, "0"); len(d.digits) == 0 {
		d.point = 0
	}
	return d, true
}

// IsNumber says whether a text is a number as a cell may hold it.
func IsNumber(text []byte) bool {
	if plainDecimal(text) {
		return true
	}
	_, ok := parseDecimal(text, make([]byte, 0, roomDigits))
	return ok
}

// plainDecimal says whether a text is digits, and a point between them at most.
func plainDecimal(text []byte) bool {
	digits := len(text)
	for _, c := range text {
		if c == '.' {
			digits--
		} else if c < '0' || c > '9' {
			return false
		}
	}
	return digits > 0 && len(text)-digits <= 1
}

// roomDigits is more than any spreadsheet program writes.
const roomDigits = 64

func plainDigits(text []byte) bool {
	for _, c := range text {
		if c < '0' || c > '9' {
			return false
		}
	}
	return len(text) > 0
}

// doubleDigits is how many decimal digits tell any two doubles apart.
const doubleDigits = 17

// AppendNumber writes a number that a workbook holds such that nothing of it is
// lost. A lexeme of digits alone stays as it is. A workbook writes a double, in
// 17 digits where it has to, so that what was typed as 1.1 is kept as
// 1.1000000000000001; others are therefore written in the fewest digits that
// are the same double. A lexeme of more digits than a double has came from
// elsewhere and keeps its digits. No integer has an exponent or a point, and
// none goes through a double.
func AppendNumber(dst, lexeme []byte) []byte {
	if plainDigits(lexeme) {
		return append(dst, lexeme...)
	}
	var room, shortest [roomDigits]byte
	d, ok := parseDecimal(lexeme, room[:0])
	if !ok {
		return append(dst, lexeme...)
	}
	if len(d.digits) == 0 {
		return append(dst, '0')
	}
	if integer := len(d.digits) <= d.point; integer || len(d.digits) > doubleDigits {
		return d.append(dst)
	}
	f, err := strconv.ParseFloat(string(lexeme), 64)
	if err != nil || f == 0 || math.IsInf(f, 0) {
		return d.append(dst)
	}
	var again [roomDigits]byte
	if s, ok := parseDecimal(strconv.AppendFloat(shortest[:0], f, 'e', -1, 64), again[:0]); ok {
		d = s
	}
	return d.append(dst)
}

// longestPlain is how many digits a number is written out with before an
// exponent is easier to read.
const longestPlain = 40

// append writes d: integers and what is not far from one in digits alone.
func (d decimal) append(dst []byte) []byte {
	if d.negative {
		dst = append(dst, '-')
	}
	switch {
	case d.point > longestPlain || d.point < -longestPlain:
		dst = append(dst, d.digits[0])
		if len(d.digits) > 1 {
			dst = append(append(dst, '.'), d.digits[1:]...)
		}
		dst = append(dst, 'e')
		return strconv.AppendInt(dst, int64(d.point-1), 10)
	case d.point >= len(d.digits):
		dst = append(dst, d.digits...)
		return appendZeros(dst, d.point-len(d.digits))
	case d.point > 0:
		dst = append(append(dst, d.digits[:d.point]...), '.')
		return append(dst, d.digits[d.point:]...)
	default:
		dst = appendZeros(append(dst, "0."...), -d.point)
		return append(dst, d.digits...)
	}
}

func appendZeros(dst []byte, n int) []byte {
	for range n {
		dst = append(dst, '0')
	}
	return dst
}
