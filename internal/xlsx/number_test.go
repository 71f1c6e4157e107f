package xlsx

import (
	"math/big"
	"regexp"
	"strconv"
	"testing"

	"pgregory.net/rapid"
)

func TestAppendNumber(t *testing.T) {
	for lexeme, want := range map[string]string{
		"0":                       "0",
		"-0":                      "0",
		"0.0":                     "0",
		"007":                     "007",
		"-5":                      "-5",
		"+5":                      "5",
		"5.0":                     "5",
		"5.":                      "5",
		".5":                      "0.5",
		"1E3":                     "1000",
		"1.5E3":                   "1500",
		"1.1000000000000001":      "1.1",
		"0.30000000000000004":     "0.30000000000000004",
		"9.9999999999999995E-8":   "0.0000001",
		"1E+20":                   "100000000000000000000",
		"9007199254740993":        "9007199254740993",
		"9007199254740993.0":      "9007199254740993",
		"-9223372036854775808":    "-9223372036854775808",
		"9223372036854775807":     "9223372036854775807",
		"0.1234567890123456789":   "0.1234567890123456789",
		"1E-300":                  "1e-300",
		"-1.5E-300":               "-1.5e-300",
		"1.7976931348623157E+308": "1.7976931348623157e308",
		"12x":                     "12x",
		"":                        "",
	} {
		if got := string(AppendNumber([]byte("<"), []byte(lexeme))); got != "<"+want {
			t.Errorf("AppendNumber(%q) = %q; want %q", lexeme, got, "<"+want)
		}
	}
}

// Every double comes back from what is written of it, and every integer
// digit by digit.
func TestAppendNumberLosesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := rapid.Float64().Draw(t, "double")
		for _, digits := range []int{17, -1} {
			lexeme := strconv.FormatFloat(f, 'G', digits, 64)
			text := string(AppendNumber(nil, []byte(lexeme)))
			back, err := strconv.ParseFloat(text, 64)
			if err != nil || back != f {
				t.Fatalf("%s was written as %s", lexeme, text)
			}
		}
		n := rapid.Int64().Draw(t, "integer")
		if text := string(AppendNumber(nil, strconv.AppendInt(nil, n, 10))); text != strconv.FormatInt(n, 10) {
			t.Fatalf("%d was written as %s", n, text)
		}
	})
}

// lexical is xsd:double but for INF and NaN, and with the bound on exponents aside.
var lexical = regexp.MustCompile(`^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?$`)

func FuzzNumber(f *testing.F) {
	for _, lexeme := range []string{"1.1000000000000001", "-12E-5", "00042", ".5", "5.", "+1e400", "1e401", "0x1p-2", "1_0", "NaN", "-0e5"} {
		f.Add(lexeme)
	}
	f.Fuzz(func(t *testing.T, lexeme string) {
		ok := IsNumber([]byte(lexeme))
		if ok && !lexical.MatchString(lexeme) {
			t.Fatalf("%q is taken for a number", lexeme)
		}
		d, parsed := parseDecimal([]byte(lexeme), nil)
		if ok != parsed {
			t.Fatalf("%q is a number %v, and %v digit by digit", lexeme, ok, parsed)
		}
		if !ok {
			if text := string(AppendNumber(nil, []byte(lexeme))); text != lexeme {
				t.Fatalf("%q is no number and was written as %q", lexeme, text)
			}
			return
		}
		want, valid := new(big.Rat).SetString(lexeme)
		if !valid {
			t.Fatalf("%q is taken for a number", lexeme)
		}
		if got, ok := new(big.Rat).SetString(string(d.append(nil))); len(d.digits) != 0 && (!ok || got.Cmp(want) != 0) {
			t.Fatalf("%q was written as %q", lexeme, d.append(nil))
		}
		// What is written is the same double, in fewer digits if in others.
		double, _ := want.Float64()
		text := string(AppendNumber(nil, []byte(lexeme)))
		if got, err := strconv.ParseFloat(text, 64); err == nil && got != double {
			t.Fatalf("%q was written as %q", lexeme, text)
		}
	})
}

func TestNumbersAreChecked(t *testing.T) {
	for lexeme, want := range map[string]bool{
		"1": true, "-1.5e-7": true, "+.5E+10": true, "1e400": true, "1e401": false, "1e-401": false, "1e99999999999999999999": false,
		"": false, ".": false, "-": false, "e5": false, "1e": false, "1e+": false, "1.2.3": false, "1,5": false, " 1": false, "١": false, "1e0x1": false, "INF": false,
	} {
		if got := IsNumber([]byte(lexeme)); got != want {
			t.Errorf("IsNumber(%q) = %v", lexeme, got)
		}
	}
}

func TestNamesOfCells(t *testing.T) {
	for want, at := range map[string][2]int{"A1": {1, 1}, "Z9": {26, 9}, "AA10": {27, 10}, "AZ1": {52, 1}, "BA1": {53, 1}, "ZZ1": {702, 1}, "AAA1": {703, 1}, "XFD1048576": {16384, 1048576}} {
		if got := CellName(at[0], at[1]); got != want {
			t.Errorf("CellName(%v) = %s; want %s", at, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		column, row := rapid.IntRange(1, MaxColumns).Draw(t, "column"), rapid.IntRange(1, MaxRows).Draw(t, "row")
		if c, r, ok := parseReference([]byte(CellName(column, row))); !ok || c != column || r != row {
			t.Fatalf("%s is read as column %d, row %d, %v", CellName(column, row), c, r, ok)
		}
	})
	for name, want := range map[string]string{"A2:B5": "A2:B5", "c4": "C4:C4", "B5:A2": "", "A1:": "", ":A1": "", "A1:B2:C3": "", "A:B": "", "1:2": "", "": ""} {
		area, ok := parseArea([]byte(name))
		if ok != (want != "") || ok && area.String() != want {
			t.Errorf("parseArea(%q) = %v, %v; want %s", name, area, ok, want)
		}
	}
}
