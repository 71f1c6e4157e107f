package value

import (
	"math"
	"strconv"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/decimal128"
)

// BoolToInt64 is 1 for true and 0 for false.
func BoolToInt64(a bool) int64 {
	if a {
		return 1
	}
	return 0
}

// Int64ToBool is false for 0 and true for all else.
func Int64ToBool(a int64) bool { return a != 0 }

// Int64ToFloat64 is the float64 nearest to a.
func Int64ToFloat64(a int64) float64 { return float64(a) }

// Float64ToInt64 is a rounded half to even, or ErrOverflow, also for NaN.
func Float64ToInt64(a float64) (int64, error) {
	r := math.RoundToEven(a)
	// -2^63 is a float64 and 2^63 - 1 is not. A NaN fails both.
	if !(r >= -(1<<63) && r < 1<<63) {
		return 0, ErrOverflow
	}
	return int64(r), nil
}

// Int64ToDecimal is a as decimal(precision, scale), or ErrDecimalOverflow.
func Int64ToDecimal(a, precision, scale int64) (decimal128.Num, error) {
	u, ok := uint128{lo: magnitude64(a)}.mul(pow10[scale])
	if !ok {
		return decimal128.Num{}, ErrDecimalOverflow
	}
	return u.fit(a < 0, precision)
}

// DecimalToInt64 is a, of the given scale, rounded half away from zero, or
// ErrOverflow.
func DecimalToInt64(a decimal128.Num, scale int64) (int64, error) {
	u, neg := magnitude(a)
	return u.quoRound(pow10[scale]).int64(neg, ErrOverflow)
}

// float64Pow10 are the powers of ten that a float64 holds exactly.
var float64Pow10 = [...]float64{1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
	1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22}

// DecimalToFloat64 is the float64 nearest to a, of the given scale.
func DecimalToFloat64(a decimal128.Num, scale int64) float64 {
	u, neg := magnitude(a)
	if u.hi == 0 && u.lo <= 1<<53 && scale < int64(len(float64Pow10)) {
		// Both operands are exact, so the quotient is rounded once (Clinger,
		// "How to Read Floating Point Numbers Accurately", 1990).
		v := float64(u.lo) / float64Pow10[scale]
		if neg {
			return -v
		}
		return v
	}
	var buf [maxDigits + 3]byte
	v, err := strconv.ParseFloat(viewString(AppendDecimal(buf[:0], a, int32(scale))), 64)
	if err != nil {
		panic("value.DecimalToFloat64: " + err.Error()) // a decimal is in the range of float64
	}
	return v
}

// Float64ToDecimal is a as decimal(precision, scale): as PostgreSQL does, of the
// 15 significant digits that every float64 keeps, rounded half away from zero.
// Errors: ErrDecimalOverflow, and ErrNotFinite for NaN and infinities, for which
// a decimal here has no value.
func Float64ToDecimal(a float64, precision, scale int64) (decimal128.Num, error) {
	if math.IsNaN(a) || math.IsInf(a, 0) {
		return decimal128.Num{}, ErrNotFinite
	}
	var buf [32]byte
	n, _ := scanNumeral(strconv.AppendFloat(buf[:0], a, 'e', 14, 64)) // always a number
	return n.round(precision, scale)
}

// round is n as decimal(precision, scale), rounded half away from zero, or
// ErrDecimalOverflow.
func (n numeral) round(precision, scale int64) (decimal128.Num, error) {
	u, cut, ok := n.scaled(int(scale))
	if !ok {
		return decimal128.Num{}, ErrDecimalOverflow
	}
	if cut == halfOrMore {
		u = u.inc()
	}
	return u.fit(n.neg, precision)
}

// BoolToString is true or false.
func BoolToString(a bool) string { return FormatBool(a) }

// Int64ToString is a in decimal.
func Int64ToString(a int64) string { return FormatInt64(a) }

// Float64ToString is a as AppendFloat64 writes it.
func Float64ToString(a float64) string { return FormatFloat64(a) }

// DecimalToString is a with all digits of its scale.
func DecimalToString(a decimal128.Num, scale int64) string { return FormatDecimal(a, int32(scale)) }

// DateToString is a as AppendDate writes it.
func DateToString(a arrow.Date32) string { return FormatDate(a) }

// TimestampToString is a as AppendTimestamp writes it.
func TimestampToString(a arrow.Timestamp) string { return FormatTimestamp(a) }

// TimestampTZToString is a as AppendTimestampTZ writes it, in UTC.
func TimestampTZToString(a arrow.Timestamp) string { return FormatTimestampTZ(a) }

// StringToBool reads what ParseBool does and, as PostgreSQL, every beginning of
// true, false, yes and no, and of off from two letters on. The error is ErrBool.
func StringToBool(s string) (bool, error) {
	text := trim(viewBytes(s))
	if v, err := ParseBool(text); err == nil {
		return v, nil
	}
	for _, word := range [...]string{"true", "yes"} {
		if isBeginning(text, word) {
			return true, nil
		}
	}
	if isBeginning(text, "false") || len(text) == 2 && isBeginning(text, "off") {
		return false, nil
	}
	return false, ErrBool
}

// isBeginning says whether word, which is in lower-case letters, begins with text,
// in any case.
func isBeginning(text []byte, word string) bool {
	if len(text) == 0 || len(text) >= len(word) {
		return false
	}
	for i, c := range text {
		if c|0x20 != word[i] {
			return false
		}
	}
	return true
}

// StringToInt64 reads a whole number with an optional sign and white space
// around, and unlike ParseInt64 no point and no exponent. Errors: ErrInt64,
// ErrInt64Range.
func StringToInt64(s string) (int64, error) { return parseDigits(trim(viewBytes(s))) }

// StringToFloat64 reads what ParseFloat64 does, with its errors.
func StringToFloat64(s string) (float64, error) { return ParseFloat64(viewBytes(s)) }

// StringToDecimal reads what ParseDecimal does, but rounds half away from zero
// to the scale, as PostgreSQL's cast does. Errors: a *DecimalError for what is
// not a number, and ErrDecimalOverflow.
func StringToDecimal(s string, precision, scale int64) (decimal128.Num, error) {
	n, ok := scanNumeral(trim(viewBytes(s)))
	if !ok {
		return decimal128.Num{}, &decimalErrors[precision][scale]
	}
	return n.round(precision, scale)
}

// StringToDate reads what ParseDate does, with its error. It accepts fewer ways
// to write a date than PostgreSQL and reads none of them differently.
func StringToDate(s string) (arrow.Date32, error) { return ParseDate(viewBytes(s)) }

// StringToTimestamp reads what ParseTimestamp does, with its errors. It accepts
// fewer ways to write a timestamp than PostgreSQL, and refuses an offset where
// PostgreSQL drops it.
func StringToTimestamp(s string) (arrow.Timestamp, error) { return ParseTimestamp(viewBytes(s)) }

// StringToTimestampTZ reads what ParseTimestampTZ does, with its errors. It
// refuses a time without an offset where PostgreSQL takes the session's zone.
func StringToTimestampTZ(s string) (arrow.Timestamp, error) { return ParseTimestampTZ(viewBytes(s)) }
