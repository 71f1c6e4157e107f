package value

import "fmt"

// Error is an error of this package. Each is a constant, so that returning one
// allocates nothing and errors.Is compares it by value.
type Error string

// Error gives the text.
func (e Error) Error() string { return string(e) }

// What a Parse function or a cast from text expected. None holds the text.
const (
	ErrBool             Error = "expected a boolean: true, t, yes, y, on, 1, false, f, no, n, off or 0"
	ErrInt64            Error = "expected a whole number"
	ErrInt64Range       Error = "expected a whole number from -9223372036854775808 to 9223372036854775807"
	ErrFloat64          Error = "expected a number, NaN, Infinity or -Infinity"
	ErrFloat64Range     Error = "expected a number that a float64 can hold: 0, or between about 5e-324 and 1.8e308 in size"
	ErrDecimal          Error = "expected a decimal number"
	ErrDate             Error = "expected a date as 2024-04-08, from 0001-01-01 to 9999-12-31"
	ErrTimestamp        Error = "expected a timestamp as 2024-04-08 11:01:54 with at most 6 digits of a fraction, or a date, from year 0001 to 9999"
	ErrTimestampOffset  Error = "expected a timestamp without an offset from UTC, as 2024-04-08 11:01:54; found one with an offset (a timestamptz has one)"
	ErrTimestampTZ      Error = "expected a timestamp with an offset from UTC, as 2024-04-08 11:01:54+00:00, with at most 6 digits of a fraction, from year 0001 to 9999 in UTC"
	ErrTimestampNoZone  Error = "expected an offset from UTC at the end of the timestamp: Z, +00, +0000 or +00:00; found none"
	ErrTimestampTZRange Error = "expected a timestamp from 0001-01-01 00:00:00 to 9999-12-31 23:59:59.999999 in UTC"
)

// What a scalar function or a cast could not compute.
const (
	ErrDivisionByZero  Error = "division by zero"
	ErrOverflow        Error = "int64 out of range: the result is not between -9223372036854775808 and 9223372036854775807"
	ErrFloatOverflow   Error = "float64 out of range: the result is too large"
	ErrFloatUnderflow  Error = "float64 out of range: the result is too close to zero"
	ErrDecimalOverflow Error = "decimal out of range: the result has more digits than its type"
	ErrNotFinite       Error = "NaN and infinities have no value of this type"
	ErrOutOfRange      Error = "date or time out of range: the result is not between 0001-01-01 and 9999-12-31 23:59:59.999999"
	ErrNegativeLength  Error = "negative substring length not allowed"
	ErrFieldZero       Error = "field position must not be zero"
)

// What is wrong with a LIKE pattern.
const ErrLikeEscape Error = "LIKE pattern must not end with its escape character"

// DecimalError says which decimal a text was expected to be. It unwraps to
// ErrDecimal.
type DecimalError struct {
	Precision, Scale int32
}

// Error gives the text.
func (e *DecimalError) Error() string {
	if e.Scale == 0 {
		return fmt.Sprintf("expected a decimal(%d,0): a whole number of at most %d digits", e.Precision, e.Precision)
	}
	return fmt.Sprintf("expected a decimal(%d,%d): at most %d digits before the point and %d after it",
		e.Precision, e.Scale, e.Precision-e.Scale, e.Scale)
}

// Unwrap gives ErrDecimal.
func (e *DecimalError) Unwrap() error { return ErrDecimal }

// decimalErrors holds the error of every decimal type, so that a column full of
// bad fields costs no allocation a field.
var decimalErrors = func() *[maxDigits + 1][maxDigits + 1]DecimalError {
	var t [maxDigits + 1][maxDigits + 1]DecimalError
	for p := range t {
		for s := range t[p] {
			t[p][s] = DecimalError{Precision: int32(p), Scale: int32(s)}
		}
	}
	return &t
}()
