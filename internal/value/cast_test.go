package value

import (
	"math"
	"math/big"
	"strconv"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow/decimal128"
	"pgregory.net/rapid"
)

func TestBoolCasts(t *testing.T) {
	if BoolToInt64(true) != 1 || BoolToInt64(false) != 0 || Int64ToBool(0) || !Int64ToBool(-5) {
		t.Error("bool to int64 and back")
	}
	for _, s := range []string{"tru", "TR", "ye", "t", "on", " yes "} {
		if v, err := StringToBool(s); !v || err != nil {
			t.Errorf("StringToBool(%q) = %v, %v", s, v, err)
		}
	}
	for _, s := range []string{"fals", "Fa", "of", "no", "0"} {
		if v, err := StringToBool(s); v || err != nil {
			t.Errorf("StringToBool(%q) = %v, %v", s, v, err)
		}
	}
	for _, s := range []string{"", " ", "o", "truth", "noo", "2", "yess"} {
		if v, err := StringToBool(s); v || err != ErrBool {
			t.Errorf("StringToBool(%q) = %v, %v", s, v, err)
		}
	}
}

func TestStringToInt64(t *testing.T) {
	for s, want := range map[string]error{
		"12": nil, " +5\n": nil, "-9223372036854775808": nil, "": ErrInt64, "1.0": ErrInt64, "1e3": ErrInt64, "- 5": ErrInt64, "9223372036854775808": ErrInt64Range,
	} {
		v, err := StringToInt64(s)
		ref, refErr := strconv.ParseInt(strings.TrimSpace(s), 10, 64)
		if err != want || (refErr == nil) != (err == nil) || err == nil && v != ref {
			t.Errorf("StringToInt64(%q) = %d, %v; want %v", s, v, err, want)
		}
	}
}

func TestFloat64ToInt64(t *testing.T) {
	for a, want := range map[float64]int64{2.5: 2, 3.5: 4, -2.5: -2, 9223372036854774784: 9223372036854774784, -1 << 63: math.MinInt64, .49: 0} {
		if got, err := Float64ToInt64(a); got != want || err != nil {
			t.Errorf("Float64ToInt64(%v) = %d, %v; want %d", a, got, err, want)
		}
	}
	for _, a := range []float64{math.NaN(), math.Inf(1), math.Inf(-1), 1 << 63, 1e300, math.Nextafter(-1<<63, math.Inf(-1))} {
		if got, err := Float64ToInt64(a); got != 0 || err != ErrOverflow {
			t.Errorf("Float64ToInt64(%v) = %d, %v; want ErrOverflow", a, got, err)
		}
	}
}

func TestInt64ToFloat64(t *testing.T) {
	if Int64ToFloat64(9007199254740993) != 9007199254740992 || Int64ToFloat64(-3) != -3 {
		t.Error("not the nearest")
	}
}

func TestInt64DecimalCasts(t *testing.T) {
	one := big.NewInt(1)
	rapid.Check(t, func(t *rapid.T) {
		n := anyInt64().Draw(t, "n")
		p := rapid.Int64Range(1, 38).Draw(t, "precision")
		s := rapid.Int64Range(0, p).Draw(t, "scale")
		got, err := Int64ToDecimal(n, p, s)
		wantDecimal(t, "int64 to decimal", got, err, new(big.Int).Mul(big.NewInt(n), tenTo(s)), one, p)

		d := anyDecimal(38).Draw(t, "d")
		whole := roundHalfAway(d.BigInt(), tenTo(s))
		back, err := DecimalToInt64(d, s)
		if !whole.IsInt64() {
			if back != 0 || err != ErrOverflow {
				t.Fatalf("DecimalToInt64(%v, %d) = %d, %v; want ErrOverflow", d.BigInt(), s, back, err)
			}
		} else if err != nil || back != whole.Int64() {
			t.Fatalf("DecimalToInt64(%v, %d) = %d, %v; want %v", d.BigInt(), s, back, err, whole)
		}
	})
}

func TestDecimalToFloat64(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := anyDecimal(rapid.SampledFrom([]int{15, 17, 38}).Draw(t, "digits")).Draw(t, "d")
		scale := rapid.Int64Range(0, 38).Draw(t, "scale")
		want, _ := new(big.Rat).SetFrac(d.BigInt(), tenTo(scale)).Float64()
		if got := DecimalToFloat64(d, scale); got != want {
			t.Fatalf("DecimalToFloat64(%v, %d) = %v, want %v", d.BigInt(), scale, got, want)
		}
	})
}

// The texts are PostgreSQL's.
func TestFloat64ToDecimal(t *testing.T) {
	for _, c := range []struct {
		a                float64
		precision, scale int64
		want             string
	}{
		{0.1, 38, 20, "0.10000000000000000000"}, {1.005, 10, 2, "1.01"}, {123456789.123456789, 38, 10, "123456789.1234570000"}, {1e22, 38, 2, "10000000000000000000000.00"},
		{0.12345678901234567, 38, 18, "0.123456789012346000"}, {2.675, 10, 2, "2.68"}, {-2.675, 10, 2, "-2.68"}, {0, 1, 0, "0"}, {5e-324, 38, 38, "0.00000000000000000000000000000000000000"},
	} {
		got, err := Float64ToDecimal(c.a, c.precision, c.scale)
		if text := DecimalToString(got, c.scale); text != c.want || err != nil {
			t.Errorf("Float64ToDecimal(%v, %d, %d) = %s, %v; want %s", c.a, c.precision, c.scale, text, err, c.want)
		}
	}
	for a, want := range map[float64]Error{math.Inf(1): ErrNotFinite, math.Inf(-1): ErrNotFinite, 1e10: ErrDecimalOverflow, 99999999.995: ErrDecimalOverflow, math.MaxFloat64: ErrDecimalOverflow} {
		if got, err := Float64ToDecimal(a, 10, 2); got != (decimal128.Num{}) || err != want {
			t.Errorf("Float64ToDecimal(%v) = %v, %v; want %v", a, got, err, want)
		}
	}
	if _, err := Float64ToDecimal(math.NaN(), 10, 2); err != ErrNotFinite {
		t.Errorf("Float64ToDecimal(NaN): %v", err)
	}
}

// The texts are PostgreSQL's, but for NaN, which a decimal here cannot be.
func TestStringToDecimal(t *testing.T) {
	for s, want := range map[string]string{
		" 1e3 ": "1000.00", ".5": "0.50", "5.": "5.00", "1.005": "1.01", "1e-5": "0.00", "-.5e1": "-5.00", "1.995": "2.00", "-0.005": "-0.01", "0.0049999": "0.00",
	} {
		got, err := StringToDecimal(s, 10, 2)
		if text := DecimalToString(got, 2); text != want || err != nil {
			t.Errorf("StringToDecimal(%q) = %s, %v; want %s", s, text, err, want)
		}
	}
	for s, want := range map[string]error{
		"123456789.5": ErrDecimalOverflow, "99999999.995": ErrDecimalOverflow, "1e1000000": ErrDecimalOverflow,
		".": &decimalErrors[10][2], "1e": &decimalErrors[10][2], "NaN": &decimalErrors[10][2], "": &decimalErrors[10][2],
	} {
		if got, err := StringToDecimal(s, 10, 2); got != (decimal128.Num{}) || err != want {
			t.Errorf("StringToDecimal(%q) = %v, %v; want %v", s, got, err, want)
		}
	}
}
