package value

import (
	"errors"
	"math"
	"math/big"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestParseFloat64(t *testing.T) {
	for text, want := range map[string]float64{
		"0": 0, " 1.5 ": 1.5, "1.": 1, ".5": .5, "+1": 1, "1e5": 1e5, "4.9e-324": 5e-324, "0e-400": 0, "1.7976931348623157e308": math.MaxFloat64,
		"Infinity": math.Inf(1), "-Infinity": math.Inf(-1), "inf": math.Inf(1), "iNfInItY": math.Inf(1), "-inf": math.Inf(-1),
	} {
		if got, err := ParseFloat64([]byte(text)); got != want || err != nil {
			t.Errorf("ParseFloat64(%q) = %v, %v; want %v", text, got, err, want)
		}
	}
	if got, err := ParseFloat64([]byte("nan")); got == got || err != nil {
		t.Errorf("ParseFloat64(nan) = %v, %v", got, err)
	}
	for text, want := range map[string]error{
		"": ErrFloat64, ".": ErrFloat64, "1e": ErrFloat64, "1_0": ErrFloat64, "0x10": ErrFloat64, "-0X1p4": ErrFloat64, "0x_1p0": ErrFloat64, "1,5": ErrFloat64, "12a": ErrFloat64, "infin": ErrFloat64,
		"1e400": ErrFloat64Range, "-1e400": ErrFloat64Range, "1e-400": ErrFloat64Range, "2e-324": ErrFloat64Range,
	} {
		if got, err := ParseFloat64([]byte(text)); got != 0 || err != want {
			t.Errorf("ParseFloat64(%q) = %v, %v; want %v", text, got, err, want)
		}
	}
}

// The texts are PostgreSQL's.
func TestAppendFloat64(t *testing.T) {
	for want, v := range map[string]float64{
		"1e+17": 1e17, "1e+15": 1e15, "100000000000000": 1e14, "1.2345678901234568e+17": 123456789012345678, "0.0001": 1e-4, "1e-05": 1e-5,
		"-0": math.Copysign(0, -1), "0": 0, "1e+300": 1e300, "1.5e-07": 1.5e-7, "5e-324": 5e-324, "0.1": .1, "2.5": 2.5,
		"9.999999999999999e+22": 1e23, "1.9999999999999998e+23": 2e23, "8.409999999999999e+21": 8.41e21, "1.1e+22": 1.1e22, "-9.999999999999999e+22": -1e23,
		"9.007199254740992e+15": 1 << 53, "NaN": math.NaN(), "Infinity": math.Inf(1), "-Infinity": math.Inf(-1),
	} {
		if got := FormatFloat64(v); got != want || Float64ToString(v) != want {
			t.Errorf("FormatFloat64(%g) = %q, want %q", v, got, want)
		}
	}
}

func TestFloat64RoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := anyFloat64().Draw(t, "v")
		text := AppendFloat64([]byte("x"), v)
		if text[0] != 'x' {
			t.Fatalf("AppendFloat64 wrote over dst: %q", text)
		}
		got, err := ParseFloat64(text[1:])
		if err != nil || got != got != (v != v) || v == v && math.Float64bits(got) != math.Float64bits(v) {
			t.Fatalf("ParseFloat64(%q) = %v, %v; want %v", text[1:], got, err, v)
		}
	})
}

// Around powers of ten the shortest text may lie half-way between two floats.
func TestAppendFloat64Halfway(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := float64(rapid.Int64Range(1, 99999).Draw(t, "n")) * math.Pow10(rapid.IntRange(11, 34).Draw(t, "e"))
		text := AppendFloat64(nil, v)
		if back, err := ParseFloat64(text); back != v || err != nil {
			t.Fatalf("ParseFloat64(%q) = %v, %v", text, back, err)
		}
		exact, ok := new(big.Rat).SetString(string(text))
		if !ok {
			t.Fatalf("AppendFloat64 gives %q", text)
		}
		distance := func(f float64) *big.Rat {
			d := new(big.Rat).SetFloat64(f)
			return d.Abs(d.Sub(d, exact))
		}
		for _, beside := range []float64{math.Nextafter(v, math.Inf(1)), math.Nextafter(v, 0)} {
			if distance(v).Cmp(distance(beside)) >= 0 {
				t.Fatalf("%q is as near to %v as to %v", text, beside, v)
			}
		}
	})
}

func TestFloat64Arithmetic(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	type result struct {
		v   float64
		err error
	}
	do := func(v float64, err error) result { return result{v, err} }
	for name, c := range map[string]struct{ got, want result }{
		"1 + 2":             {do(AddFloat64(1, 2)), result{v: 3}},
		"max + max":         {do(AddFloat64(math.MaxFloat64, math.MaxFloat64)), result{err: ErrFloatOverflow}},
		"-max - max":        {do(SubFloat64(-math.MaxFloat64, math.MaxFloat64)), result{err: ErrFloatOverflow}},
		"inf + 1":           {do(AddFloat64(inf, 1)), result{v: inf}},
		"inf - inf":         {do(SubFloat64(inf, inf)), result{v: nan}},
		"1e308 * 10":        {do(MulFloat64(1e308, 10)), result{err: ErrFloatOverflow}},
		"1e-308 * 1e-308":   {do(MulFloat64(1e-308, 1e-308)), result{err: ErrFloatUnderflow}},
		"inf * 0":           {do(MulFloat64(inf, 0)), result{v: nan}},
		"0 * 5":             {do(MulFloat64(0, 5)), result{v: 0}},
		"nan / 0":           {do(DivFloat64(nan, 0)), result{v: nan}},
		"0 / 0":             {do(DivFloat64(0, 0)), result{err: ErrDivisionByZero}},
		"inf / 0":           {do(DivFloat64(inf, 0)), result{err: ErrDivisionByZero}},
		"1 / inf":           {do(DivFloat64(1, inf)), result{v: 0}},
		"inf / inf":         {do(DivFloat64(inf, inf)), result{v: nan}},
		"1e308 / 1e-5":      {do(DivFloat64(1e308, 1e-5)), result{err: ErrFloatOverflow}},
		"1e-308 / 1e300":    {do(DivFloat64(1e-308, 1e300)), result{err: ErrFloatUnderflow}},
		"round(2.5)":        {do(RoundFloat64(2.5), nil), result{v: 2}},
		"round(3.5)":        {do(RoundFloat64(3.5), nil), result{v: 4}},
		"floor(-0.5)":       {do(FloorFloat64(-.5), nil), result{v: -1}},
		"ceil(0.5)":         {do(CeilFloat64(.5), nil), result{v: 1}},
		"-(2)":              {do(NegFloat64(2), nil), result{v: -2}},
		"abs(-2)":           {do(AbsFloat64(-2), nil), result{v: 2}},
		"1e308 - (-1e308)":  {do(SubFloat64(1e308, -1e308)), result{err: ErrFloatOverflow}},
		"9.5 / 2":           {do(DivFloat64(9.5, 2)), result{v: 4.75}},
		"least denormal /2": {do(DivFloat64(5e-324, 2)), result{err: ErrFloatUnderflow}},
	} {
		if c.got.err != c.want.err || c.got.v != c.want.v && !(c.got.v != c.got.v && c.want.v != c.want.v) {
			t.Errorf("%s = %v, want %v", name, c.got, c.want)
		}
	}
}

func TestCompareFloat64(t *testing.T) {
	ordered := []float64{math.Inf(-1), -1, 0, 5e-324, 1, math.Inf(1), math.NaN()}
	for i, a := range ordered {
		for j, b := range ordered {
			if got, want := CompareFloat64(a, b), sign(i-j); got != want {
				t.Errorf("CompareFloat64(%v, %v) = %d, want %d", a, b, got, want)
			}
		}
	}
	if CompareFloat64(math.Copysign(0, -1), 0) != 0 {
		t.Error("-0 is not 0")
	}
}

func sign(n int) int {
	switch {
	case n < 0:
		return -1
	case n > 0:
		return 1
	}
	return 0
}

func FuzzParseFloat64(f *testing.F) {
	for _, s := range []string{"1.5", "1e400", "1e-400", "0x1p4", "1_0", "inf", "NaN", "+.5e-3"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		trimmed := strings.Trim(s, " \t\n\v\f\r")
		got, err := ParseFloat64([]byte(s))
		if cast, castErr := StringToFloat64(s); castErr != err || math.Float64bits(cast) != math.Float64bits(got) {
			t.Fatalf("StringToFloat64(%q) = %v, %v; ParseFloat64 gives %v, %v", s, cast, castErr, got, err)
		}
		if strings.ContainsAny(trimmed, "xX_pP") {
			if err != ErrFloat64 {
				t.Fatalf("ParseFloat64(%q) = %v, %v", s, got, err)
			}
			return
		}
		want, wantErr := strconv.ParseFloat(trimmed, 64)
		switch {
		case errors.Is(wantErr, strconv.ErrRange) || wantErr == nil && want == 0 && strings.ContainsAny(mantissa(trimmed), "123456789"):
			if err != ErrFloat64Range {
				t.Fatalf("ParseFloat64(%q) = %v, %v; want ErrFloat64Range", s, got, err)
			}
		case wantErr != nil:
			if err != ErrFloat64 {
				t.Fatalf("ParseFloat64(%q) = %v, %v; want ErrFloat64", s, got, err)
			}
		case err != nil || math.Float64bits(got) != math.Float64bits(want):
			t.Fatalf("ParseFloat64(%q) = %v, %v; want %v", s, got, err, want)
		}
	})
}

func mantissa(s string) string {
	m, _, _ := strings.Cut(strings.ToLower(s), "e")
	return m
}
