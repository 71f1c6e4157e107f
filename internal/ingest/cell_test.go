package ingest

import (
	"math/big"
	"strconv"
	"testing"

	"pgregory.net/rapid"
)

func TestCellText(t *testing.T) {
	tests := []struct {
		name     string
		cell     cell
		declared string
		want     string
	}{
		{"date", cell{kind: numberCell, raw: "34526"}, "date", "1994-07-11"},
		{"date with a time", cell{kind: numberCell, raw: "34526.5"}, "date", "1994-07-11 12:00:00"},
		{"timestamp", cell{kind: numberCell, raw: "45390.459652777776"}, "timestamp", "2024-04-08 11:01:54"},
		{"timestamp at midnight", cell{kind: numberCell, raw: "45390"}, "timestamp", "2024-04-08 00:00:00"},
		{"timestamptz has no offset", cell{kind: numberCell, raw: "45390"}, "timestamptz", "2024-04-08 00:00:00"},
		{"fraction", cell{kind: numberCell, raw: "45390.500005787037"}, "timestamp", "2024-04-08 12:00:00.5"},
		{"no day", cell{kind: numberCell, raw: "60"}, "date", "60"},
		{"negative", cell{kind: numberCell, raw: "-3.5"}, "timestamp", "-3.5"},
		{"text under timestamp", cell{kind: textCell, raw: "soon"}, "timestamp", "soon"},
		{"iso", cell{kind: isoCell, raw: "2024-04-08T11:01:54"}, "timestamp", "2024-04-08T11:01:54"},
		{"integer", cell{kind: numberCell, raw: "13456"}, "int64", "13456"},
		{"integer under string", cell{kind: numberCell, raw: "13456"}, "string", "13456"},
		{"date under int64", cell{kind: numberCell, raw: "34526", look: looksDate}, "int64", "34526"},
		{"date under string", cell{kind: numberCell, raw: "34526", look: looksDate}, "string", "1994-07-11"},
		{"date with a time under string", cell{kind: numberCell, raw: "34526.5", look: looksDate}, "string", "1994-07-11 12:00:00"},
		{"timestamp under string", cell{kind: numberCell, raw: "34526", look: looksTimestamp}, "string", "1994-07-11 00:00:00"},
		{"no date under string", cell{kind: numberCell, raw: "-1", look: looksDate}, "string", "-1"},
		{"true", cell{kind: boolCell, raw: "1"}, "bool", "true"},
		{"false", cell{kind: boolCell, raw: "0"}, "string", "false"},
		{"odd boolean", cell{kind: boolCell, raw: "maybe"}, "bool", "maybe"},
		{"error", cell{kind: errorCell, raw: "#N/A"}, "int64", "#N/A"},
		{"text", cell{kind: textCell, raw: " Yes "}, "bool", " Yes "},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := string(test.cell.appendText([]byte("<"), test.declared, epoch1900)); got != "<"+test.want {
				t.Errorf("%q; want %q", got, "<"+test.want)
			}
		})
	}
}

func TestAppendNumber(t *testing.T) {
	for lexeme, want := range map[string]string{
		"0":                       "0",
		"-0":                      "0",
		"0.0":                     "0",
		"007":                     "007",
		"-5":                      "-5",
		"5.0":                     "5",
		"1E3":                     "1000",
		"1.5E3":                   "1500",
		"1.1000000000000001":      "1.1",
		"0.30000000000000004":     "0.30000000000000004",
		"9.9999999999999995E-8":   "0.0000001",
		"1E+20":                   "100000000000000000000",
		"9007199254740993":        "9007199254740993",
		"-9223372036854775808":    "-9223372036854775808",
		"9223372036854775807":     "9223372036854775807",
		"0.1234567890123456789":   "0.1234567890123456789",
		"1E-300":                  "1e-300",
		"-1.5E-300":               "-1.5e-300",
		"1.7976931348623157E+308": "1.7976931348623157e308",
		"12x":                     "12x",
		"":                        "",
	} {
		if got := string(appendNumber(nil, lexeme)); got != want {
			t.Errorf("appendNumber(%q) = %q; want %q", lexeme, got, want)
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
			text := string(appendNumber(nil, lexeme))
			back, err := strconv.ParseFloat(text, 64)
			if err != nil || back != f {
				t.Fatalf("%s was written as %s", lexeme, text)
			}
		}
		n := rapid.Int64().Draw(t, "integer")
		if text := string(appendNumber(nil, strconv.FormatInt(n, 10))); text != strconv.FormatInt(n, 10) {
			t.Fatalf("%d was written as %s", n, text)
		}
	})
}

func FuzzAppendNumber(f *testing.F) {
	f.Add("1.1000000000000001")
	f.Add("-12E-5")
	f.Fuzz(func(t *testing.T, lexeme string) {
		d, ok := parseDecimal(lexeme)
		if !ok {
			return
		}
		want, valid := new(big.Rat).SetString(lexeme)
		if !valid {
			t.Fatalf("%q was read as a number", lexeme)
		}
		if got, ok := new(big.Rat).SetString(string(d.append([]byte{}))); d.digits != "" && (!ok || got.Cmp(want) != 0) {
			t.Fatalf("%q was written as %q", lexeme, d.append(nil))
		}
	})
}

func TestFormatLook(t *testing.T) {
	for code, want := range map[string]dateLook{
		"General":                     plainNumber,
		"0.00":                        plainNumber,
		"#,##0;[Red]-#,##0":           plainNumber,
		"yyyy-mm-dd":                  looksDate,
		"mmm":                         looksDate,
		"dd/mm/yyyy hh:mm":            looksTimestamp,
		"d mmm yy h AM/PM":            looksTimestamp,
		"hh:mm:ss":                    plainNumber,
		"[h]:mm":                      plainNumber,
		"mm:ss.0":                     plainNumber,
		`0 "days"`:                    plainNumber,
		`0\d`:                         plainNumber,
		"0_d":                         plainNumber,
		"[$-409]d-mmm-yy":             looksDate,
		"[$-F400]h:mm:ss\\ AM/PM":     plainNumber,
		`"unclosed`:                   plainNumber,
		"0;dd":                        plainNumber,
		`yyyy\-mm\-dd\Thh:mm:ss`:      looksTimestamp,
		`_("$"* #,##0_);_("$"* (#)_)`: plainNumber,
	} {
		if got := formatLook(code); got != want {
			t.Errorf("formatLook(%q) = %d; want %d", code, got, want)
		}
	}
}

func TestCellName(t *testing.T) {
	for want, at := range map[string][2]int{"A1": {1, 1}, "Z9": {26, 9}, "AA10": {27, 10}, "AZ1": {52, 1}, "BA1": {53, 1}, "ZZ1": {702, 1}, "AAA1": {703, 1}, "XFD1048576": {16384, 1048576}} {
		if got := CellName(at[0], at[1]); got != want {
			t.Errorf("CellName(%v) = %s; want %s", at, got, want)
		}
	}
}
