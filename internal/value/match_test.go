package value

import (
	"errors"
	"regexp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// The results are PostgreSQL's.
func TestLike(t *testing.T) {
	for _, c := range []struct {
		s, pattern string
		escape     rune
		fold, want bool
	}{
		{"", "", '\\', false, true}, {"", "%", '\\', false, true}, {"", "_", '\\', false, false}, {"a", "", '\\', false, false}, {"a", "%%", '\\', false, true},
		{"abc", "a%c", '\\', false, true}, {"ac", "a%c", '\\', false, true}, {"abd", "a%c", '\\', false, false}, {"aba", "ab%ba", '\\', false, false}, {"abba", "ab%ba", '\\', false, true},
		{"a%c", `a\%c`, '\\', false, true}, {"abc", `a\%c`, '\\', false, false}, {`a\b`, `a\\b`, '\\', false, true}, {`a\b`, `a\b`, 0, false, true}, {"a%", "a#%", '#', false, true},
		{"a\nb", "a%b", '\\', false, true}, {"a\nb", "a_b", '\\', false, true}, {"é", "_", '\\', false, true}, {"é", "__", '\\', false, false}, {"xéy", "%_y", '\\', false, true},
		{"É", "é", '\\', true, true}, {"É", "é", '\\', false, false}, {"AB", "aB", '\\', true, true}, {"ab", "AAb", 'A', true, true}, {"aab", "AAb", 'A', true, false},
		{"anything", "any%", '\\', false, true}, {"anything", "%thing", '\\', false, true}, {"anything", "%yth%", '\\', false, true}, {"anything", "%zz%", '\\', false, false},
		{"anything", "%n_t%g", '\\', false, true}, {"anything", "%n_h%g", '\\', false, false}, {"anything", "%y_h%g", '\\', false, true}, {"aXbXc", "a_b_c", '\\', false, true}, {"%%", "%%%%", '%', false, true}, {"%", "%%", '%', false, true},
	} {
		if got := MustLike(c.pattern, c.escape, c.fold).Match(c.s); got != c.want {
			t.Errorf("%q like %q escape %q (fold %v) is %v", c.s, c.pattern, c.escape, c.fold, got)
		}
	}
}

func TestValidLike(t *testing.T) {
	for _, pattern := range []string{`abc\`, `\`, `%\\\`} {
		if err := ValidLike(pattern, '\\'); !errors.Is(err, ErrLikeEscape) {
			t.Errorf("ValidLike(%q) = %v", pattern, err)
		}
		if err := ValidLike(pattern, 0); err != nil {
			t.Errorf("ValidLike(%q) without an escape = %v", pattern, err)
		}
	}
	if err := ValidLike(`a\\`, '\\'); err != nil {
		t.Error(err)
	}
	defer func() {
		if recover() == nil {
			t.Error("MustLike takes a pattern that ends in its escape")
		}
	}()
	MustLike(`a\`, '\\', false)
}

func TestRegExp(t *testing.T) {
	m := MustRegExp(`^[^@\s]+@[^@\s]+\.[^@\s]+$`)
	for s, want := range map[string]bool{"a@b.c": true, "a@b": false, "": false, "a b@c.d": false} {
		if m.Match(s) != want {
			t.Errorf("Match(%q) is %v", s, !want)
		}
	}
	if !MustRegExp(`b`).Match("abc") {
		t.Error("a pattern without anchors does not match inside")
	}
	if ValidRegExp(`a(`) == nil || ValidRegExp(`(?i)a`) != nil {
		t.Error("ValidRegExp")
	}
	defer func() {
		if recover() == nil {
			t.Error("MustRegExp takes a broken pattern")
		}
	}()
	MustRegExp(`a(`)
}

// naiveLike is the definition, word by word.
func naiveLike(s, pattern []rune, escape rune, fold bool) bool {
	if len(pattern) == 0 {
		return len(s) == 0
	}
	same := func(a, b rune) bool { return a == b || fold && unicode.ToLower(a) == unicode.ToLower(b) }
	switch p := pattern[0]; {
	case p == escape && escape != 0:
		return len(s) > 0 && same(s[0], pattern[1]) && naiveLike(s[1:], pattern[2:], escape, fold)
	case p == '%':
		return naiveLike(s, pattern[1:], escape, fold) || len(s) > 0 && naiveLike(s[1:], pattern, escape, fold)
	case p == '_':
		return len(s) > 0 && naiveLike(s[1:], pattern[1:], escape, fold)
	default:
		return len(s) > 0 && same(s[0], p) && naiveLike(s[1:], pattern[1:], escape, fold)
	}
}

func TestLikeProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOfN(rapid.SampledFrom([]rune("aabAÉé%_")), 0, 10, -1).Draw(t, "text")
		pattern := rapid.StringOfN(rapid.SampledFrom([]rune("aabÉé%%%_\\#")), 0, 8, -1).Draw(t, "pattern")
		checkLike(t, text, pattern, rapid.SampledFrom([]rune{0, '\\', '#', 'a', '%', '_'}).Draw(t, "escape"))
	})
}

func checkLike(t interface{ Fatalf(string, ...any) }, text, pattern string, escape rune) {
	if ValidLike(pattern, escape) != nil {
		return
	}
	for _, fold := range []bool{false, true} {
		want := naiveLike([]rune(text), []rune(pattern), escape, fold)
		if got := MustLike(pattern, escape, fold).Match(text); got != want {
			t.Fatalf("%q like %q escape %q (fold %v) is %v", text, pattern, escape, fold, got)
		}
	}
}

func FuzzLike(f *testing.F) {
	f.Add("abc", "a%c", '\\')
	f.Add("aXbXc", "%_b_%", rune(0))
	f.Add("100%", `%#%`, '#')
	f.Add("ÀÉ", `à_%`, '\\')
	f.Fuzz(func(t *testing.T, text, pattern string, escape rune) {
		// The definition takes time exponential in the number of %.
		if !utf8.ValidString(text) || !utf8.ValidString(pattern) || len(text) > 30 || strings.Count(pattern, "%") > 4 {
			return
		}
		checkLike(t, text, pattern, escape)
	})
}

func FuzzRegExp(f *testing.F) {
	f.Add("a@b.c", `^[^@\s]+@[^@\s]+\.[^@\s]+$`)
	f.Add("x", `(`)
	f.Fuzz(func(t *testing.T, text, pattern string) {
		re, err := regexp.Compile(pattern)
		if (ValidRegExp(pattern) == nil) != (err == nil) {
			t.Fatalf("ValidRegExp(%q) against %v", pattern, err)
		}
		if err == nil && MustRegExp(pattern).Match(text) != re.MatchString(text) {
			t.Fatalf("%q on %q", pattern, text)
		}
	})
}
