package profile

import (
	"cmp"
	"fmt"
	"math"
	"math/big"
	"strings"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/decimal128"
	"pgregory.net/rapid"

	"martlet/internal/value"
)

// subject is a type with values as tests have them, which know nothing of keys: nil is
// null, decimals are big integers.
type subject struct {
	name    string
	arrow   arrow.DataType
	draw    func(t *rapid.T) any
	append  func(b array.Builder, v any)
	compare func(a, b any) int
	text    func(v any) string
	parse   func(text string) (any, error)
	spread  bool // its histogram is of values
}

func ordered[T cmp.Ordered](a, b any) int { return cmp.Compare(a.(T), b.(T)) }

func text[T any](format func(T) string) func(any) string {
	return func(v any) string { return format(v.(T)) }
}

func parsed[T any](parse func([]byte) (T, error)) func(string) (any, error) {
	return func(text string) (any, error) { return parse([]byte(text)) }
}

// of draws one of several values mostly, else any.
func of[T any](few []T, any *rapid.Generator[T]) func(*rapid.T) any {
	g := rapid.OneOf(rapid.SampledFrom(few), rapid.SampledFrom(few), any)
	return func(t *rapid.T) interface{} { return g.Draw(t, "value") }
}

// compareFloats has NaN behind all others, and 0 where -0 is.
func compareFloats(a, b any) int {
	x, y := a.(float64), b.(float64)
	switch {
	case math.IsNaN(x) && math.IsNaN(y):
		return 0
	case math.IsNaN(x):
		return 1
	case math.IsNaN(y):
		return -1
	}
	return cmp.Compare(x, y)
}

func floatText(v any) string {
	if v.(float64) == 0 {
		return "0" // whichever it is
	}
	return value.FormatFloat64(v.(float64))
}

func decimalSubject(precision, scale int32) subject {
	limit := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(precision)), nil)
	digits := rapid.StringMatching(fmt.Sprintf(`-?[0-9]{1,%d}`, precision))
	return subject{
		name: fmt.Sprintf("decimal(%d,%d)", precision, scale), arrow: &arrow.Decimal128Type{Precision: precision, Scale: scale}, spread: true,
		draw: func(t *rapid.T) any {
			v, ok := new(big.Int).SetString(digits.Draw(t, "digits"), 10)
			if !ok || v.CmpAbs(limit) >= 0 {
				t.Fatalf("no decimal: %v", v)
			}
			if rapid.Bool().Draw(t, "small") {
				v.Rem(v, big.NewInt(40))
			}
			return v
		},
		append:  func(b array.Builder, v any) { b.(*array.Decimal128Builder).Append(decimal128.FromBigInt(v.(*big.Int))) },
		compare: func(a, b any) int { return a.(*big.Int).Cmp(b.(*big.Int)) },
		text: func(v any) string {
			digits := new(big.Int).Abs(v.(*big.Int)).String()
			if missing := int(scale) + 1 - len(digits); missing > 0 {
				digits = strings.Repeat("0", missing) + digits
			}
			if scale > 0 {
				digits = digits[:len(digits)-int(scale)] + "." + digits[len(digits)-int(scale):]
			}
			if v.(*big.Int).Sign() < 0 {
				digits = "-" + digits
			}
			return digits
		},
		parse: func(text string) (any, error) {
			v, ok := new(big.Int).SetString(strings.Replace(text, ".", "", 1), 10)
			if !ok {
				return nil, fmt.Errorf("no decimal: %s", text)
			}
			return v, nil
		},
	}
}

// theDays are days that have a text; the first and the last are those that there are.
var theDays = []arrow.Date32{firstDay, firstDay + 1, -1, 0, 1, 11016, 19723, 19724, 19783, 20000, endDay - 1}

func instantSubject(name, zone string, format func(arrow.Timestamp) string, parse func([]byte) (arrow.Timestamp, error)) subject {
	few := []arrow.Timestamp{0, -1, 1, 1714521600000000, 1714521600000001, 1714521601000000, 1714529999000000, 1709251199999999, -62135596800000000}
	return subject{
		name: name, arrow: &arrow.TimestampType{Unit: arrow.Microsecond, TimeZone: zone}, spread: true,
		draw: of(few, rapid.Custom(func(t *rapid.T) arrow.Timestamp {
			return arrow.Timestamp(rapid.Int64Range(firstDay*microsPerDay, endDay*microsPerDay-1).Draw(t, "micros"))
		})),
		append:  func(b array.Builder, v any) { b.(*array.TimestampBuilder).Append(v.(arrow.Timestamp)) },
		compare: ordered[arrow.Timestamp], text: text(format), parse: parsed(parse),
	}
}

var subjects = []subject{
	{
		name: "bool", arrow: arrow.FixedWidthTypes.Boolean,
		draw:    func(t *rapid.T) any { return rapid.Bool().Draw(t, "value") },
		append:  func(b array.Builder, v any) { b.(*array.BooleanBuilder).Append(v.(bool)) },
		compare: func(a, b any) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) },
		text:    func(v any) string { return fmt.Sprint(v) },
	},
	{
		name: "string", arrow: arrow.BinaryTypes.String,
		draw: of([]string{"", "a", "b", " ", "é", "\x00", "日本語", strings.Repeat("long ", 40), strings.Repeat("é", 100), strings.Repeat("é", 101)},
			rapid.String()),
		append:  func(b array.Builder, v any) { b.(*array.StringBuilder).Append(v.(string)) },
		compare: ordered[string], text: func(v any) string { return v.(string) },
	},
	{
		name: "int64", arrow: arrow.PrimitiveTypes.Int64, spread: true,
		draw:    of([]int64{0, 1, -1, 2, 7, 100, 101, 5000, math.MinInt64, math.MaxInt64}, rapid.Int64()),
		append:  func(b array.Builder, v any) { b.(*array.Int64Builder).Append(v.(int64)) },
		compare: ordered[int64], text: text(value.FormatInt64), parse: parsed(value.ParseInt64),
	},
	{
		name: "float64", arrow: arrow.PrimitiveTypes.Float64, spread: true,
		draw: of([]float64{0, math.Copysign(0, -1), 1, 0.1, 0.3, -2.5, 1e300, -1e300, math.MaxFloat64, math.SmallestNonzeroFloat64,
			math.NaN(), math.Float64frombits(0xfff8000000000001), math.Inf(1), math.Inf(-1)}, rapid.Float64()),
		append:  func(b array.Builder, v any) { b.(*array.Float64Builder).Append(v.(float64)) },
		compare: compareFloats, text: floatText, parse: parsed(value.ParseFloat64),
	},
	{
		name: "date", arrow: arrow.FixedWidthTypes.Date32, spread: true,
		draw: of(theDays, rapid.Custom(func(t *rapid.T) arrow.Date32 {
			return arrow.Date32(rapid.IntRange(firstDay, endDay-1).Draw(t, "day"))
		})),
		append:  func(b array.Builder, v any) { b.(*array.Date32Builder).Append(v.(arrow.Date32)) },
		compare: ordered[arrow.Date32], text: text(value.FormatDate), parse: parsed(value.ParseDate),
	},
	instantSubject("timestamp", "", value.FormatTimestamp, value.ParseTimestamp),
	instantSubject("timestamptz", "UTC", value.FormatTimestampTZ, value.ParseTimestampTZ),
	decimalSubject(10, 2),
	decimalSubject(18, 0),
	decimalSubject(19, 19),
	decimalSubject(38, 5),
}
