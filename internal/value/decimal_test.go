package value

import (
	"errors"
	"fmt"
	"math/big"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow/decimal128"
	"pgregory.net/rapid"
)

func TestParseDecimal(t *testing.T) {
	for _, c := range []struct {
		text             string
		precision, scale int32
		want             string // the digits, or nothing for an error
	}{
		{"1.5", 10, 2, "150"}, {" -0.05 ", 10, 2, "-5"}, {"+7", 10, 0, "7"}, {".5", 10, 2, "50"}, {"5.", 10, 2, "500"}, {"1e3", 10, 2, "100000"},
		{"1.500000", 10, 2, "150"}, {"1e-2", 10, 2, "1"}, {"-0", 10, 2, "0"}, {"0e99999999999", 10, 2, "0"}, {"123456789012345678.90e-10", 38, 20, "1234567890123456789000000000"},
		{"99999999999999999999999999999999999999", 38, 0, "99999999999999999999999999999999999999"},
		{"-0.00000000000000000000000000000000000001", 38, 38, "-1"},
		{"99999999.99", 10, 2, "9999999999"}, {"000000000000099999999.99000", 10, 2, "9999999999"},
		{"100000000", 10, 2, ""}, {"1.005", 10, 2, ""}, {"1e-3", 10, 2, ""}, {"", 10, 2, ""}, {".", 10, 2, ""}, {"1e", 10, 2, ""}, {"NaN", 10, 2, ""},
		{"1e999999999999", 10, 2, ""}, {"1e-999999999999", 10, 2, ""}, {"1,5", 10, 2, ""}, {"100000000000000000000000000000000000000", 38, 0, ""}, {"1.0.0", 10, 2, ""},
	} {
		got, err := ParseDecimal([]byte(c.text), c.precision, c.scale)
		if c.want == "" {
			var e *DecimalError
			if !errors.As(err, &e) || e.Precision != c.precision || e.Scale != c.scale || !errors.Is(err, ErrDecimal) {
				t.Errorf("ParseDecimal(%q, %d, %d) = %v, %v; want a DecimalError", c.text, c.precision, c.scale, got, err)
			}
			continue
		}
		if err != nil || got != mustDecimal(t, c.want) {
			t.Errorf("ParseDecimal(%q, %d, %d) = %v, %v; want %s", c.text, c.precision, c.scale, got.BigInt(), err, c.want)
		}
	}
}

func TestDecimalError(t *testing.T) {
	for want, e := range map[string]DecimalError{
		"expected a decimal(10,2): at most 8 digits before the point and 2 after it": {10, 2},
		"expected a decimal(5,0): a whole number of at most 5 digits":                {5, 0},
	} {
		if e.Error() != want {
			t.Errorf("%q, want %q", e.Error(), want)
		}
	}
}

func TestAppendDecimal(t *testing.T) {
	for _, c := range []struct {
		digits string
		scale  int32
		want   string
	}{
		{"0", 0, "0"}, {"0", 2, "0.00"}, {"-5", 2, "-0.05"}, {"150", 2, "1.50"}, {"50", 2, "0.50"}, {"5", 0, "5"}, {"-120", 1, "-12.0"},
		{"-1", 38, "-0.00000000000000000000000000000000000001"},
		{"99999999999999999999999999999999999999", 0, "99999999999999999999999999999999999999"},
		{"-18446744073709551616", 6, "-18446744073709.551616"},
	} {
		v := mustDecimal(t, c.digits)
		if got := FormatDecimal(v, c.scale); got != c.want || DecimalToString(v, int64(c.scale)) != c.want {
			t.Errorf("FormatDecimal(%s, %d) = %q, want %q", c.digits, c.scale, got, c.want)
		}
	}
}

func TestDecimalRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := anyDecimal(38).Draw(t, "v")
		scale := rapid.Int32Range(0, 38).Draw(t, "scale")
		text := AppendDecimal([]byte("x"), v, scale)[1:]
		if got, err := ParseDecimal(text, 38, scale); err != nil || got != v {
			t.Fatalf("ParseDecimal(%q) = %v, %v; want %v", text, got.BigInt(), err, v.BigInt())
		}
		if got, err := StringToDecimal(string(text), 38, int64(scale)); err != nil || got != v {
			t.Fatalf("StringToDecimal(%q) = %v, %v; want %v", text, got.BigInt(), err, v.BigInt())
		}
		exact := new(big.Rat).SetFrac(v.BigInt(), tenTo(int64(scale)))
		if want := exact.FloatString(int(scale)); string(text) != want {
			t.Fatalf("AppendDecimal = %q, want %q", text, want)
		}
	})
}

// wantDecimal checks a result against the exact number n/d, to be rounded half
// away from zero to at most precision digits.
func wantDecimal(t *rapid.T, what string, got decimal128.Num, err error, n, d *big.Int, precision int64) {
	t.Helper()
	want := roundHalfAway(n, d)
	if new(big.Int).Abs(want).Cmp(tenTo(precision)) >= 0 {
		if err != ErrDecimalOverflow || got != (decimal128.Num{}) {
			t.Fatalf("%s = %v, %v; want ErrDecimalOverflow, since it is %v", what, got.BigInt(), err, want)
		}
		return
	}
	if err != nil || got.BigInt().Cmp(want) != 0 {
		t.Fatalf("%s = %v, %v; want %v", what, got.BigInt(), err, want)
	}
}

// roundHalfAway is n/d: floor(|n|/|d| + 1/2) with the sign.
func roundHalfAway(n, d *big.Int) *big.Int {
	two := big.NewInt(2)
	num := new(big.Int).Abs(n)
	num.Mul(num, two).Add(num, new(big.Int).Abs(d))
	num.Div(num, new(big.Int).Mul(two, new(big.Int).Abs(d)))
	if n.Sign()*d.Sign() < 0 {
		num.Neg(num)
	}
	return num
}

func TestDecimalArithmetic(t *testing.T) {
	one := big.NewInt(1)
	rapid.Check(t, func(t *rapid.T) {
		a, b := anyDecimal(38).Draw(t, "a"), anyDecimal(38).Draw(t, "b")
		x, y := a.BigInt(), b.BigInt()
		p := rapid.Int64Range(1, 38).Draw(t, "precision")
		got, err := AddDecimal(a, b, p)
		wantDecimal(t, "+", got, err, new(big.Int).Add(x, y), one, p)
		got, err = SubDecimal(a, b, p)
		wantDecimal(t, "-", got, err, new(big.Int).Sub(x, y), one, p)
		got, err = MulDecimal(a, b, p)
		wantDecimal(t, "*", got, err, new(big.Int).Mul(x, y), one, p)
		got, err = ModDecimal(a, b)
		if y.Sign() == 0 {
			if err != ErrDivisionByZero {
				t.Fatalf("%v %% 0: %v", x, err)
			}
		} else {
			wantDecimal(t, "%", got, err, new(big.Int).Rem(x, y), one, 38)
		}
		if CompareDecimal(a, b) != x.Cmp(y) {
			t.Fatalf("CompareDecimal(%v, %v) = %d", x, y, CompareDecimal(a, b))
		}
		wantDecimal(t, "neg", NegDecimal(a), nil, new(big.Int).Neg(x), one, 38)
		wantDecimal(t, "abs", AbsDecimal(a), nil, new(big.Int).Abs(x), one, 38)
	})
}

func TestDivDecimal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := anyDecimal(38).Draw(t, "a"), anyDecimal(38).Draw(t, "b")
		sa, sb := rapid.Int64Range(0, 38).Draw(t, "scaleA"), rapid.Int64Range(0, 38).Draw(t, "scaleB")
		p := rapid.Int64Range(1, 38).Draw(t, "precision")
		s := rapid.Int64Range(0, p).Draw(t, "scale")
		got, err := DivDecimal(a, b, sa, sb, p, s)
		if b.Sign() == 0 {
			if err != ErrDivisionByZero {
				t.Fatalf("%v / 0: %v", a.BigInt(), err)
			}
			return
		}
		n := new(big.Int).Mul(a.BigInt(), tenTo(s+sb))
		d := new(big.Int).Mul(b.BigInt(), tenTo(sa))
		wantDecimal(t, fmt.Sprintf("%v / %v", a.BigInt(), b.BigInt()), got, err, n, d, p)
	})
}

func TestRoundDecimals(t *testing.T) {
	one := big.NewInt(1)
	rapid.Check(t, func(t *rapid.T) {
		a := anyDecimal(38).Draw(t, "a")
		scale := rapid.Int64Range(0, 38).Draw(t, "scale")
		digits := rapid.Int64Range(-45, 45).Draw(t, "digits")
		x := a.BigInt()

		got, err := RoundDecimal(a, scale, digits)
		want := x
		if digits < scale {
			unit := tenTo(scale - digits)
			want = roundHalfAway(x, unit)
			want.Mul(want, unit)
		}
		wantDecimal(t, "round", got, err, want, one, 38)

		unit := tenTo(scale)
		floor := new(big.Int).Div(x, unit) // Euclidean, so floor for a positive unit
		got, err = FloorDecimal(a, scale)
		wantDecimal(t, "floor", got, err, new(big.Int).Mul(floor, unit), one, 38)
		ceil := new(big.Int).Neg(x)
		ceil.Neg(ceil.Div(ceil, unit))
		got, err = CeilDecimal(a, scale)
		wantDecimal(t, "ceil", got, err, ceil.Mul(ceil, unit), one, 38)

		p := rapid.Int64Range(1, 38).Draw(t, "precision")
		to := rapid.Int64Range(0, p).Draw(t, "to")
		got, err = RescaleDecimal(a, scale, p, to)
		wantDecimal(t, "rescale", got, err, new(big.Int).Mul(x, tenTo(to)), unit, p)
	})
}

// The results are PostgreSQL's.
func TestRoundDecimalExamples(t *testing.T) {
	for _, c := range []struct {
		text   string
		scale  int32
		digits int64
		want   string
	}{
		{"2.5", 1, 0, "3.0"}, {"-2.5", 1, 0, "-3.0"}, {"125.5", 1, -1, "130.0"}, {"155.5", 1, -2, "200.0"}, {"99", 0, -3, "0"}, {"5000", 0, -4, "10000"}, {"1.25", 2, 1, "1.30"}, {"1.25", 2, 5, "1.25"},
	} {
		v, err := ParseDecimal([]byte(c.text), 38, c.scale)
		if err != nil {
			t.Fatal(err)
		}
		got, err := RoundDecimal(v, int64(c.scale), c.digits)
		if text := FormatDecimal(got, c.scale); text != c.want || err != nil {
			t.Errorf("round(%s, %d) = %s, %v; want %s", c.text, c.digits, text, err, c.want)
		}
	}
}

func TestUint128(t *testing.T) {
	words := rapid.OneOf(rapid.Uint64(), rapid.SampledFrom([]uint64{0, 1, 1 << 63, 1<<64 - 1}), rapid.Uint64Range(0, 1000))
	rapid.Check(t, func(t *rapid.T) {
		u := uint128{words.Draw(t, "uhi"), words.Draw(t, "ulo")}
		v := uint128{words.Draw(t, "vhi"), words.Draw(t, "vlo")}
		x, y := u.big(), v.big()
		if back, ok := fromBig(x); back != u || !ok {
			t.Fatalf("fromBig(%v) = %v, %v", x, back, ok)
		}
		if u.less(v) != (x.Cmp(y) < 0) {
			t.Fatalf("%v < %v is %v", x, y, u.less(v))
		}
		product := new(big.Int).Mul(x, y)
		if got, ok := u.mul(v); ok != (product.BitLen() <= 128) || ok && got.big().Cmp(product) != 0 {
			t.Fatalf("%v * %v = %v, %v; want %v", x, y, got.big(), ok, product)
		}
		if v.isZero() {
			return
		}
		q, r := u.quoRem(v)
		wantQ, wantR := new(big.Int).QuoRem(x, y, new(big.Int))
		if q.big().Cmp(wantQ) != 0 || r.big().Cmp(wantR) != 0 {
			t.Fatalf("%v / %v = %v rest %v; want %v rest %v", x, y, q.big(), r.big(), wantQ, wantR)
		}
		if got, want := u.quoRound(v).big(), roundHalfAway(x, y); got.Cmp(want) != 0 {
			t.Fatalf("%v / %v rounded = %v, want %v", x, y, got, want)
		}
	})
	if _, ok := fromBig(new(big.Int).Lsh(big.NewInt(1), 128)); ok {
		t.Error("2^128 fits in 128 bits")
	}
}

func FuzzParseDecimal(f *testing.F) {
	for _, s := range []string{"1.5", "-.05", "1e-3", "1.005", "99999999.99", "1e8", "0e999", "1.10e-1"} {
		f.Add(s, uint8(10), uint8(2))
	}
	f.Add("99999999999999999999999999999999999999", uint8(38), uint8(0))
	f.Add("-1e-38", uint8(38), uint8(38))
	f.Fuzz(func(t *testing.T, s string, p, sc uint8) {
		precision := int32(p%38) + 1
		scale := int32(sc) % (precision + 1)
		want, isNumber, ok := exactNumber(s)
		if !ok {
			return
		}
		got, err := ParseDecimal([]byte(s), precision, scale)
		rounded, castErr := StringToDecimal(s, int64(precision), int64(scale))
		if !isNumber {
			if err == nil || castErr == nil {
				t.Fatalf("ParseDecimal(%q) = %v, %v; cast %v", s, got, err, castErr)
			}
			return
		}
		if strings.Contains(s, " ") && err == nil {
			if _, err := ParseDecimal([]byte(strings.TrimSpace(s)), precision, scale); err != nil {
				t.Fatalf("spaces matter in %q", s)
			}
		}
		want.Mul(want, new(big.Rat).SetInt(tenTo(int64(scale))))
		nearest := roundHalfAway(want.Num(), want.Denom())
		fits := new(big.Int).Abs(nearest).Cmp(tenTo(int64(precision))) < 0
		if (err == nil) != (want.IsInt() && fits) || err == nil && got.BigInt().Cmp(want.Num()) != 0 {
			t.Fatalf("ParseDecimal(%q, %d, %d) = %v, %v; want %v", s, precision, scale, got.BigInt(), err, want)
		}
		if (castErr == nil) != fits || fits && rounded.BigInt().Cmp(nearest) != 0 {
			t.Fatalf("StringToDecimal(%q, %d, %d) = %v, %v; want %v", s, precision, scale, rounded.BigInt(), castErr, nearest)
		}
	})
}

func TestDecimalFailures(t *testing.T) {
	nines := mustDecimal(t, strings.Repeat("9", 38))
	for name, f := range map[string]struct {
		do   func() (decimal128.Num, error)
		want error
	}{
		"sum beyond 2^127":    {func() (decimal128.Num, error) { return AddDecimal(nines, nines, 38) }, ErrDecimalOverflow},
		"sum beyond 10^38":    {func() (decimal128.Num, error) { return AddDecimal(nines, decimal128.FromI64(1), 38) }, ErrDecimalOverflow},
		"difference":          {func() (decimal128.Num, error) { return SubDecimal(nines.Negate(), nines, 38) }, ErrDecimalOverflow},
		"product":             {func() (decimal128.Num, error) { return MulDecimal(nines, decimal128.FromI64(2), 38) }, ErrDecimalOverflow},
		"product of 256 bits": {func() (decimal128.Num, error) { return MulDecimal(nines, nines, 38) }, ErrDecimalOverflow},
		"quotient":            {func() (decimal128.Num, error) { return DivDecimal(nines, decimal128.FromI64(1), 0, 38, 38, 38) }, ErrDecimalOverflow},
		"division by zero":    {func() (decimal128.Num, error) { return DivDecimal(nines, decimal128.Num{}, 0, 0, 38, 0) }, ErrDivisionByZero},
		"rest by zero":        {func() (decimal128.Num, error) { return ModDecimal(nines, decimal128.Num{}) }, ErrDivisionByZero},
		"round":               {func() (decimal128.Num, error) { return RoundDecimal(nines, 2, 0) }, ErrDecimalOverflow},
		"round beyond 2^128":  {func() (decimal128.Num, error) { return RoundDecimal(nines, 0, -38) }, ErrDecimalOverflow},
		"ceil":                {func() (decimal128.Num, error) { return CeilDecimal(nines, 1) }, ErrDecimalOverflow},
		"floor":               {func() (decimal128.Num, error) { return FloorDecimal(nines.Negate(), 1) }, ErrDecimalOverflow},
		"rescale up":          {func() (decimal128.Num, error) { return RescaleDecimal(nines, 0, 38, 38) }, ErrDecimalOverflow},
		"rescale down":        {func() (decimal128.Num, error) { return RescaleDecimal(nines, 2, 36, 0) }, ErrDecimalOverflow},
	} {
		if v, err := f.do(); v != (decimal128.Num{}) || err != f.want {
			t.Errorf("%s = %v, %v; want %v", name, v.BigInt(), err, f.want)
		}
	}
}
