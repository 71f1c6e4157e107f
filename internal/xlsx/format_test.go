package xlsx

import (
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestParseFormat(t *testing.T) {
	for code, want := range map[string]Format{
		"General":                     General,
		"general":                     General,
		"":                            General,
		"@":                           General,
		"0.00":                        General,
		"0.00E+00":                    General,
		"##0.0e-0":                    General,
		"# ?/?":                       General,
		"#,##0;[Red]-#,##0":           General,
		`0 "days"`:                    General,
		`0\d`:                         General,
		"0_d":                         General,
		"0*d":                         General,
		`"unclosed y`:                 General,
		"[unclosed y":                 General,
		"[Red]0":                      General,
		"[>=100]0;dd":                 General,
		"0;dd":                        General,
		";yyyy":                       General,
		`_("$"* #,##0_);_("$"* (#)_)`: General,
		"[$EUR-407] 0":                General,
		"0 B":                         General,
		"yyyy-mm-dd":                  Date,
		"YYYY/MM/DD":                  Date,
		"mmm":                         Date,
		"m":                           Date,
		"mmmm yy":                     Date,
		"dddd":                        Date,
		"[$-409]d-mmm-yy":             Date,
		"[$-F800]dddd, mmmm dd, yyyy": Date,
		`[$-411]ggge"年"m"月"d"日";@`:    Date,
		"[$-41E]d/m/bb":               Date,
		"e/m/d":                       Date,
		"[Red]yyyy":                   Date,
		"dd/mm/yyyy hh:mm":            DateTime,
		"d mmm yy h AM/PM":            DateTime,
		"yyyy [h]":                    DateTime,
		`yyyy\-mm\-dd\Thh:mm:ss`:      DateTime,
		"hh:mm:ss":                    Time,
		"mm:ss.0":                     Time,
		"ss":                          Time,
		"h AM/PM":                     Time,
		"[$-F400]h:mm:ss\\ AM/PM":     Time,
		"[h]:mm":                      Elapsed,
		"[hh]:mm:ss":                  Elapsed,
		"[mm]:ss":                     Elapsed,
		"[ss].00":                     Elapsed,
		"[H]:MM":                      Elapsed,
		`[h] "hours and" m "minutes"`: Elapsed,
		`"it is" yyyy`:                Date,
		"[$-409]h:mm AM/PM;@":         Time,
	} {
		if got := parseFormat(code); got != want {
			t.Errorf("parseFormat(%q) = %d; want %d", code, got, want)
		}
	}
}

// The built-in formats by their codes, where ECMA-376 has them for every language.
func TestBuiltinFormats(t *testing.T) {
	codes := map[int]string{
		0: "General", 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00", 12: "# ?/?", 13: "# ??/??",
		14: "mm-dd-yy", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 18: "h:mm AM/PM", 19: "h:mm:ss AM/PM", 20: "h:mm", 21: "h:mm:ss", 22: "m/d/yy h:mm",
		37: "#,##0 ;(#,##0)", 38: "#,##0 ;[Red](#,##0)", 39: "#,##0.00;(#,##0.00)", 40: "#,##0.00;[Red](#,##0.00)", 45: "mm:ss", 46: "[h]:mm:ss", 47: "mmss.0", 48: "##0.0E+0", 49: "@",
		59: "t0", 62: "t#,##0.00", 67: "t0%", 70: "t# ??/??", 81: "d/m/bb",
	}
	for id, code := range codes {
		if got, want := builtinFormat(id), parseFormat(code); got != want {
			t.Errorf("builtinFormat(%d) = %d; want %d, as %s", id, got, want, code)
		}
	}
}

var (
	literal  = regexp.MustCompile(`"[^"]*("|$)|\\.|_.|\*.|[\\_*]$`)
	bracket  = regexp.MustCompile(`\[[^\]]*(\]|$)`)
	duration = regexp.MustCompile(`(?i)\[(h+|m+|s+)(\]|$)`)
	years    = regexp.MustCompile(`(?i)[yd]|e([^+-]|$)|b(b|1|2)`)
	clocks   = regexp.MustCompile(`(?i)[hs]|am/pm`)
)

// formatted is parseFormat by patterns, for codes without quotes in brackets and the like.
func formatted(code string) Format {
	code = literal.ReplaceAllString(code, "\x01")
	elapsed := false
	if i := strings.IndexByte(bracket.ReplaceAllStringFunc(code, func(s string) string { return strings.Repeat("\x01", len(s)) }), ';'); i >= 0 {
		code = code[:i]
	}
	elapsed = duration.MatchString(code)
	code = bracket.ReplaceAllString(code, "\x01")
	code = regexp.MustCompile(`(?i)general`).ReplaceAllString(code, "\x01")
	date, clock := years.MatchString(code), clocks.MatchString(code)
	month := strings.ContainsAny(regexp.MustCompile(`(?i)am/pm`).ReplaceAllString(code, ""), "mM")
	switch {
	case date && (clock || elapsed):
		return DateTime
	case date, month && !clock && !elapsed:
		return Date
	case elapsed:
		return Elapsed
	case clock:
		return Time
	}
	return General
}

func TestParseFormatByPatterns(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		code := strings.Join(rapid.SliceOf(rapid.SampledFrom([]string{
			"yyyy", "yy", "mm", "m", "d", "h", "ss", "AM/PM", "am/pm", "General", "GENERAL", "0", "#,##0.00", "E+00", "e-0", "e", "bb", "b1", "b",
			`"text d"`, `\d`, "_d", "*d", "[h]", "[mm]", "[s]", "[hm]", "[Red]", "[$-409]", "[$d-409]", "[<1]", ";", "/", ":", " ", "@", "%", "?",
		})).Draw(t, "pieces"), "")
		if got, want := parseFormat(code), formatted(code); got != want {
			t.Fatalf("parseFormat(%q) = %d; want %d", code, got, want)
		}
	})
}

func FuzzFormat(f *testing.F) {
	for _, code := range []string{"yyyy-mm-dd", "[h]:mm", `"`, "[", `\`, "General", "0.00E+00", "AM/PM"} {
		f.Add(code)
	}
	f.Fuzz(func(t *testing.T, code string) {
		got := parseFormat(code)
		if strings.ContainsAny(code, "\n\x01") || nested.MatchString(code) {
			return // the patterns do not know what begins within another thing
		}
		if want := formatted(code); got != want {
			t.Fatalf("parseFormat(%q) = %d; want %d", code, got, want)
		}
	})
}

var nested = regexp.MustCompile(`\[[^\]]*["\\_*\[]|[\\_*][^\x00-\x7f]|[^\x00-\x7f]`)
