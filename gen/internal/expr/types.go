package expr

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// maxPrecision is the most digits a decimal has.
const maxPrecision = 38

var kindNames = [...]string{
	Invalid: "invalid", Null: "null", Bool: "bool", Int64: "int64", Float64: "float64", Decimal: "decimal",
	String: "string", Date: "date", Timestamp: "timestamp", TimestampTZ: "timestamptz", Interval: "interval",
}

// String is the kind's name in the schema language.
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return fmt.Sprintf("kind %d", uint8(k))
}

// String is the type as the schema language writes it: "int64", "decimal(10,2)".
func (t Type) String() string {
	if t.Kind == Decimal {
		return fmt.Sprintf("decimal(%d,%d)", t.Precision, t.Scale)
	}
	return t.Kind.String()
}

// Numeric says whether the type is int64, float64 or a decimal.
func (t Type) Numeric() bool { return t.Kind == Int64 || t.Kind == Float64 || t.Kind == Decimal }

// Temporal says whether the type is date, timestamp or timestamptz.
func (t Type) Temporal() bool {
	return t.Kind == Date || t.Kind == Timestamp || t.Kind == TimestampTZ
}

// Storable says whether a column can have the type.
func (t Type) Storable() bool { return t.Kind >= Bool && t.Kind <= TimestampTZ }

// Types lists the types a column can have, as they are written.
func Types() []string {
	return []string{"bool", "int64", "float64", "decimal(p,s)", "string", "date", "timestamp", "timestamptz"}
}

var decimalForm = regexp.MustCompile(`^decimal\(\s*([0-9]{1,3})\s*,\s*([0-9]{1,3})\s*\)$`)

// ParseType reads a type as the schema language writes it. Its error says what
// was found and what there is.
func ParseType(text string) (Type, error) {
	for k := Bool; k <= TimestampTZ; k++ {
		if k != Decimal && text == k.String() {
			return Type{Kind: k}, nil
		}
	}
	if m := decimalForm.FindStringSubmatch(text); m != nil {
		p, _ := strconv.Atoi(m[1]) // at most three digits
		s, _ := strconv.Atoi(m[2])
		return decimalType(p, s)
	}
	if text == Decimal.String() {
		return Type{}, fmt.Errorf("a decimal needs its precision and scale: decimal(10,2)")
	}
	return Type{}, fmt.Errorf("there is no type %q; expected one of %s", text, strings.Join(Types(), ", "))
}

// decimalType is decimal(precision, scale), or an error where there is no such type.
func decimalType(precision, scale int) (Type, error) {
	switch {
	case precision < 1 || precision > maxPrecision:
		return Type{}, fmt.Errorf("the precision of a decimal is 1 to %d, not %d", maxPrecision, precision)
	case scale < 0 || scale > precision:
		return Type{}, fmt.Errorf("the scale of decimal(%d, ...) is 0 to %d, not %d", precision, precision, scale)
	}
	return Type{Decimal, precision, scale}, nil
}

// whole is the number of digits before a decimal's point.
func (t Type) whole() int { return t.Precision - t.Scale }

// int64Decimal is the decimal that holds every int64.
var int64Decimal = Type{Decimal, 19, 0}

// asDecimal is the decimal that holds every value of an int64 or decimal type.
func (t Type) asDecimal() Type {
	if t.Kind == Int64 {
		return int64Decimal
	}
	return t
}

// commonDecimal holds the values of both: the greater scale, and as many digits
// before the point as 38 leave.
func commonDecimal(a, b Type) Type {
	scale := max(a.Scale, b.Scale)
	return Type{Decimal, min(maxPrecision, max(a.whole(), b.whole())+scale), scale}
}
