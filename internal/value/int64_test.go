package value

import (
	"math"
	"math/big"
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestParseInt64(t *testing.T) {
	for text, want := range map[string]int64{
		"0": 0, "-0": 0, "+5": 5, " 12\t": 12, "007": 7, "9223372036854775807": math.MaxInt64,
		"-9223372036854775808": math.MinInt64, "1.0": 1, "1e3": 1000, "1.3456E4": 13456, "-12.50e1": -125, ".5e1": 5, "5.": 5,
		"9223372036854775807.000": math.MaxInt64, "922337203685477580.7e1": math.MaxInt64, "-9.223372036854775808e18": math.MinInt64,
		"00000000000000000000000000000000000000001": 1, "1000000000000000000000000000000000000000e-39": 1, "0e99999999999": 0,
	} {
		if got, err := ParseInt64([]byte(text)); got != want || err != nil {
			t.Errorf("ParseInt64(%q) = %d, %v; want %d", text, got, err, want)
		}
	}
	for text, want := range map[string]error{
		"": ErrInt64, " ": ErrInt64, "-": ErrInt64, "- 5": ErrInt64, "1 2": ErrInt64, "1,000": ErrInt64, "0x10": ErrInt64, "1_0": ErrInt64,
		"1.5": ErrInt64, "1e-1": ErrInt64, "1e": ErrInt64, "1e+": ErrInt64, ".": ErrInt64, "e5": ErrInt64, "1.0.0": ErrInt64, "1e5.0": ErrInt64, "NaN": ErrInt64,
		"9223372036854775808": ErrInt64Range, "-9223372036854775809": ErrInt64Range, "1e19": ErrInt64Range, "1e999999999999999": ErrInt64Range,
		"18446744073709551616": ErrInt64Range, "99999999999999999999999": ErrInt64Range, "1e-999999999999999": ErrInt64,
	} {
		if got, err := ParseInt64([]byte(text)); got != 0 || err != want {
			t.Errorf("ParseInt64(%q) = %d, %v; want %v", text, got, err, want)
		}
	}
}

func TestInt64RoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := anyInt64().Draw(t, "v")
		text := AppendInt64(nil, v)
		if got, err := ParseInt64(text); got != v || err != nil {
			t.Fatalf("ParseInt64(%q) = %d, %v", text, got, err)
		}
		if got, err := StringToInt64(Int64ToString(v)); got != v || err != nil || FormatInt64(v) != string(text) {
			t.Fatalf("StringToInt64(%q) = %d, %v", text, got, err)
		}
	})
}

func TestInt64Arithmetic(t *testing.T) {
	type op struct {
		name string
		got  func(a, b int64) (int64, error)
		want func(z, a, b *big.Int) *big.Int
	}
	ops := []op{
		{"+", AddInt64, (*big.Int).Add},
		{"-", SubInt64, (*big.Int).Sub},
		{"*", MulInt64, (*big.Int).Mul},
		{"/", DivInt64, (*big.Int).Quo},
		{"%", ModInt64, (*big.Int).Rem},
		{"neg", func(a, _ int64) (int64, error) { return NegInt64(a) }, func(z, a, _ *big.Int) *big.Int { return z.Neg(a) }},
		{"abs", func(a, _ int64) (int64, error) { return AbsInt64(a) }, func(z, a, _ *big.Int) *big.Int { return z.Abs(a) }},
	}
	rapid.Check(t, func(t *rapid.T) {
		a, b := anyInt64().Draw(t, "a"), anyInt64().Draw(t, "b")
		for _, op := range ops {
			got, err := op.got(a, b)
			if b == 0 && (op.name == "/" || op.name == "%") {
				if err != ErrDivisionByZero {
					t.Fatalf("%d %s 0: %v", a, op.name, err)
				}
				continue
			}
			want := op.want(new(big.Int), big.NewInt(a), big.NewInt(b))
			switch {
			case !want.IsInt64():
				if err != ErrOverflow || got != 0 {
					t.Fatalf("%d %s %d = %d, %v; want ErrOverflow", a, op.name, b, got, err)
				}
			case err != nil || got != want.Int64():
				t.Fatalf("%d %s %d = %d, %v; want %v", a, op.name, b, got, err, want)
			}
		}
	})
}

// numeralPattern is the grammar of a number in decimal.
var numeralPattern = regexp.MustCompile(`^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$`)

// exactNumber reads s by the standard library, not ok where it is no number or
// has an exponent that is beyond it.
func exactNumber(s string) (r *big.Rat, isNumber, ok bool) {
	s = strings.Trim(s, " \t\n\v\f\r")
	if !numeralPattern.MatchString(s) {
		return nil, false, true
	}
	if i := strings.IndexAny(s, "eE"); i >= 0 && len(strings.TrimLeft(s[i+1:], "+-0")) > 3 {
		return nil, true, false
	}
	r, ok = new(big.Rat).SetString(s)
	return r, true, ok
}

func FuzzParseInt64(f *testing.F) {
	for _, s := range []string{"0", "-9223372036854775808", "1e3", "9223372036854775808", "1.50e1", "1e-2", "000100e-2", " 1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		want, isNumber, ok := exactNumber(s)
		if !ok {
			return
		}
		got, err := ParseInt64([]byte(s))
		switch {
		case !isNumber || !want.IsInt():
			if err != ErrInt64 && err != ErrInt64Range {
				t.Fatalf("ParseInt64(%q) = %d, %v", s, got, err)
			}
		case !want.Num().IsInt64():
			if err != ErrInt64Range {
				t.Fatalf("ParseInt64(%q) = %d, %v; want ErrInt64Range", s, got, err)
			}
		case err != nil || got != want.Num().Int64():
			t.Fatalf("ParseInt64(%q) = %d, %v; want %v", s, got, err, want)
		}
	})
}

func TestInt64Failures(t *testing.T) {
	const least, most = math.MinInt64, math.MaxInt64
	for name, f := range map[string]struct {
		do   func() (int64, error)
		want error
	}{
		"1 / 0":      {func() (int64, error) { return DivInt64(1, 0) }, ErrDivisionByZero},
		"0 % 0":      {func() (int64, error) { return ModInt64(0, 0) }, ErrDivisionByZero},
		"least / -1": {func() (int64, error) { return DivInt64(least, -1) }, ErrOverflow},
		"least % -1": {func() (int64, error) { return ModInt64(least, -1) }, nil},
		"-least":     {func() (int64, error) { return NegInt64(least) }, ErrOverflow},
		"|least|":    {func() (int64, error) { return AbsInt64(least) }, ErrOverflow},
		"most + 1":   {func() (int64, error) { return AddInt64(most, 1) }, ErrOverflow},
		"least - 1":  {func() (int64, error) { return SubInt64(least, 1) }, ErrOverflow},
		"0 - least":  {func() (int64, error) { return SubInt64(0, least) }, ErrOverflow},
		"least * -1": {func() (int64, error) { return MulInt64(least, -1) }, ErrOverflow},
	} {
		if v, err := f.do(); v != 0 || err != f.want {
			t.Errorf("%s = %d, %v; want %v", name, v, err, f.want)
		}
	}
}
