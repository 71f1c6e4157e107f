package expr

import "martlet/internal/value"

// ParseField reads text as the field of a seed is read when running. The error
// says what was expected.
func ParseField(text string, t Type) (any, error) {
	raw := []byte(text)
	switch t.Kind {
	case Int64:
		return value.ParseInt64(raw)
	case Decimal:
		return value.ParseDecimal(raw, int32(t.Precision), int32(t.Scale))
	case String:
		return text, nil
	}
	return parseLiteral(text, t)
}

// FormatValue is a constant of type t as text that ParseField reads back.
func FormatValue(v any, t Type) string { return formatLiteral(v, t) }
