package expr

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/decimal128"

	"martlet/internal/value"
)

// parseLiteral reads text as a constant of type t, by the rules by which a
// field or a cast of text is read when running.
func parseLiteral(text string, t Type) (any, error) {
	raw := []byte(strings.Trim(text, " \t\n\r"))
	switch t.Kind {
	case Bool:
		return value.ParseBool(raw)
	case Int64:
		return value.StringToInt64(string(raw))
	case Float64:
		return value.ParseFloat64(raw)
	case Decimal:
		return value.StringToDecimal(string(raw), int64(t.Precision), int64(t.Scale))
	case String:
		return text, nil
	case Date:
		return value.ParseDate(raw)
	case Timestamp:
		return value.ParseTimestamp(raw)
	case TimestampTZ:
		return value.ParseTimestampTZ(raw)
	}
	return nil, fmt.Errorf("a literal of type %s has no text form", t)
}

// formatLiteral is the text that parseLiteral reads back.
func formatLiteral(v any, t Type) string {
	switch v := v.(type) {
	case bool:
		return value.FormatBool(v)
	case int64:
		return value.FormatInt64(v)
	case float64:
		return value.FormatFloat64(v)
	case decimal128.Num:
		return value.FormatDecimal(v, int32(t.Scale))
	case string:
		return v
	case arrow.Date32:
		return value.FormatDate(v)
	case arrow.Timestamp:
		if t.Kind == TimestampTZ {
			return value.FormatTimestampTZ(v)
		}
		return value.FormatTimestamp(v)
	case interval:
		return v.String()
	}
	return "null"
}

var errTooManyDigits = errors.New("a number has at most 38 digits; a larger one can be a float: float64 '1e300'")

// parseNumber reads a number as SQL writes it: an int64 where it is a whole
// number that fits, otherwise the shortest decimal that has all digits written.
func parseNumber(text string) (any, Type, error) {
	s := strings.ToLower(strings.ReplaceAll(text, "_", ""))
	digits, neg := strings.CutPrefix(s, "-")
	if len(digits) > 2 && digits[0] == '0' && strings.ContainsRune("xob", rune(digits[1])) {
		n, err := strconv.ParseInt(s, 0, 64)
		if err != nil {
			return nil, Type{}, errors.New("the number is out of the range of int64")
		}
		return n, Type{Kind: Int64}, nil
	}
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		return n, Type{Kind: Int64}, nil
	}
	mantissa, exponent, _ := strings.Cut(digits, "e")
	whole, fraction, _ := strings.Cut(mantissa, ".")
	exp := 0
	if exponent != "" {
		var err error
		if exp, err = strconv.Atoi(exponent); err != nil || exp > 2*maxPrecision || exp < -2*maxPrecision {
			return nil, Type{}, errTooManyDigits
		}
	}
	scale := len(fraction) - exp
	all := strings.TrimLeft(whole+fraction, "0")
	if scale < 0 {
		if all != "" {
			all += strings.Repeat("0", -scale)
		}
		scale = 0
	}
	precision := max(len(all), scale, 1)
	if precision > maxPrecision {
		return nil, Type{}, errTooManyDigits
	}
	if all == "" {
		all = "0"
	}
	n, err := decimal128.FromString(all, maxPrecision, 0)
	if err != nil {
		return nil, Type{}, err
	}
	if neg {
		n = n.Negate()
	}
	return n, Type{Decimal, precision, scale}, nil
}

// shortest is the smallest decimal type that holds an int64.
func shortest(n int64) Type {
	return Type{Decimal, len(strings.TrimLeft(strconv.FormatInt(n, 10), "-")), 0}
}

// convertLiteral gives a constant as one of another type, exactly; not ok where
// that cannot be, which includes what depends on the time zone.
func convertLiteral(v any, from, to Type) (any, bool) {
	switch v := v.(type) {
	case int64:
		switch to.Kind {
		case Float64:
			return float64(v), true
		case Decimal:
			d, err := value.Int64ToDecimal(v, int64(to.Precision), int64(to.Scale))
			return d, err == nil
		}
	case decimal128.Num:
		switch to.Kind {
		case Float64:
			return value.DecimalToFloat64(v, int64(from.Scale)), true
		case Decimal:
			d, err := value.RescaleDecimal(v, int64(from.Scale), int64(to.Precision), int64(to.Scale))
			if err != nil {
				return nil, false
			}
			back, err := value.RescaleDecimal(d, int64(to.Scale), maxPrecision, int64(from.Scale))
			return d, err == nil && back == v
		}
	case arrow.Date32:
		if to.Kind == Timestamp {
			return value.DateToTimestamp(v), true
		}
	}
	return nil, false
}
