package value

import (
	"math"
	"math/big"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/decimal128"
	"pgregory.net/rapid"
)

// anyInt64 has many numbers near the ends of the range and near zero.
func anyInt64() *rapid.Generator[int64] {
	return rapid.OneOf(
		rapid.Int64(),
		rapid.Int64Range(-20, 20),
		rapid.Int64Range(math.MinInt64, math.MinInt64+3),
		rapid.Int64Range(math.MaxInt64-3, math.MaxInt64),
		rapid.Int64Range(-1<<32, 1<<32),
	)
}

func anyFloat64() *rapid.Generator[float64] {
	return rapid.OneOf(
		rapid.Float64(),
		rapid.Map(rapid.Uint64(), math.Float64frombits),
		rapid.Map(rapid.Int64Range(-4000, 4000), func(n int64) float64 { return float64(n) / 8 }),
		rapid.SampledFrom([]float64{0, math.Copysign(0, -1), math.NaN(), math.Inf(1), math.Inf(-1), math.MaxFloat64, 5e-324}),
	)
}

// anyDecimal has at most the given digits.
func anyDecimal(digits int) *rapid.Generator[decimal128.Num] {
	return rapid.Custom(func(t *rapid.T) decimal128.Num {
		n := rapid.IntRange(1, digits).Draw(t, "digits")
		text := rapid.SliceOfN(rapid.SampledFrom([]byte("0123456789559900")), n, n).Draw(t, "text")
		if rapid.Bool().Draw(t, "nines") {
			for i := range text {
				text[i] = '9'
			}
		}
		b, _ := new(big.Int).SetString(string(text), 10)
		if rapid.Bool().Draw(t, "negative") {
			b.Neg(b)
		}
		return decimal128.FromBigInt(b)
	})
}

func anyDate() *rapid.Generator[arrow.Date32] {
	return rapid.Map(rapid.OneOf(
		rapid.Int64Range(minDay, maxDay),
		rapid.Int64Range(minDay, minDay+800),
		rapid.Int64Range(maxDay-800, maxDay),
		rapid.Int64Range(-400, 20000),
	), func(d int64) arrow.Date32 { return arrow.Date32(d) })
}

func anyTimestamp() *rapid.Generator[arrow.Timestamp] {
	return rapid.Custom(func(t *rapid.T) arrow.Timestamp {
		day := int64(anyDate().Draw(t, "date"))
		clock := rapid.OneOf(
			rapid.Int64Range(0, microsPerDay-1),
			rapid.Map(rapid.Int64Range(0, 86399), func(s int64) int64 { return s * microsPerSecond }),
			rapid.SampledFrom([]int64{0, 1, microsPerDay - 1, 100_000, 999_999}),
		).Draw(t, "clock")
		return arrow.Timestamp(day*microsPerDay + clock)
	})
}

// mustDecimal reads a whole number as the digits of a decimal.
func mustDecimal(t testing.TB, digits string) decimal128.Num {
	t.Helper()
	b, ok := new(big.Int).SetString(digits, 10)
	if !ok {
		t.Fatalf("%q is not a whole number", digits)
	}
	return decimal128.FromBigInt(b)
}

func mustTimestamp(t testing.TB, text string) arrow.Timestamp {
	t.Helper()
	v, err := ParseTimestamp([]byte(text))
	if err != nil {
		t.Fatalf("ParseTimestamp(%q): %v", text, err)
	}
	return v
}

func tenTo(n int64) *big.Int { return new(big.Int).Exp(big.NewInt(10), big.NewInt(n), nil) }
