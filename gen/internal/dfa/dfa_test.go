package dfa_test

import (
	"errors"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"martlet/gen/internal/dfa"
	"martlet/internal/value"
)

const email = `^[^@\s]+@[^@\s]+\.[^@\s]+$`

// compiled gives the matcher of a pattern that has a DFA, as generated code has it.
func compiled(t testing.TB, pattern string) (*dfa.DFA, *value.DFA) {
	t.Helper()
	d, err := dfa.Compile(pattern)
	if err != nil {
		t.Fatalf("%s: %v", pattern, err)
	}
	classes, end, next := d.Text()
	return d, value.NewDFA(classes, end, next...)
}

// patterns are of every construct; the number is how many states the smallest
// automaton has, counted by hand for the first ones, 0 where nobody did.
var patterns = []struct {
	pattern string
	states  int
}{
	{`a`, 3}, {`^a`, 3}, {`a$`, 4}, {`^a$`, 4}, {``, 3}, {`^$`, 3}, {`^[A-Z]{2}$`, 5}, {`^a*$`, 3}, {`(?s)^.$`, 0},
	{email, 0}, {`\S`, 3}, {`(?i)straße`, 0}, {`(?i)k`, 0}, {`^(?:\+|00)[1-9][0-9]{6,14}$`, 0}, {`(?m)^b$`, 0}, {`(?m)$^`, 0},
	{`(?m)^$`, 0}, {`$^`, 0}, {`^\p{Lu}`, 0}, {`\p{Greek}$`, 0}, {`[^\x00-\x7f]`, 0}, {`ab|cd|^e`, 0}, {`(a|b)*abb`, 0}, {`x{2,5}y?`, 0},
	{`\x{FFFD}`, 0}, {`^.{3}$`, 0}, {`^..$`, 0}, {`[\x{10000}-\x{10ffff}]`, 0}, {`[\x{d7ff}\x{e000}]`, 0}, {`é|ü`, 0}, {`^[^é]*$`, 0}, {`\z`, 0}, {`\Aab`, 0},
	{`(?:)*`, 0}, {`a*?b+?`, 0}, {`^[0-9a-f]{8}-[0-9a-f]{4}$`, 0}, {`[^\s\p{Z}]`, 0}, {`(?s).*\n$`, 0}, {`[[:alpha:]]+\d`, 0},
}

var texts = []string{"", "a", "b", "é", "ab", "abb", "ababb", "aXbb", "\n", "a\n", "\na", "b\n", "\nb\n", "a\nb\nc", "STRASSE", "Straße", "STRAßE", "K", "K", "k", "a@b.c", "a@b", "x @y.z", "a@b.c ",
	"名前@例え.jp", "AB", "ABC", "Ab", "+4912345678", "004912345678", "xxy", "xxxxxx", "Ω", "ω1", "Ä1", "\U0001F600", "\u00a0", " \t", "\ufffd", "deadbeef-0123", "e", "cd", "\xff", "a\xc3", "\xe2\x82", "\xe2\x82a", "\xf0\x90\x80", "\xed\xa0\x80", "\xc0\x80", "\xf4\x90\x80\x80", "\xe0\x80\x80", "aé\xc3é"}

// TestAgainstRegexp holds every pattern on every text to package regexp. That
// looks for a literal byte by byte, so for a literal U+FFFD it does not count
// broken bytes as one, as it does elsewhere.
func TestAgainstRegexp(t *testing.T) {
	for _, p := range patterns {
		d, m := compiled(t, p.pattern)
		if p.states > 0 && len(d.Next) != p.states {
			t.Errorf("%s has %d states, want %d", p.pattern, len(d.Next), p.states)
		}
		re := regexp.MustCompile(p.pattern)
		for _, text := range texts {
			if p.pattern == `\x{FFFD}` && !utf8.ValidString(text) {
				continue
			}
			if got, want := m.Match(text), re.MatchString(text); got != want {
				t.Errorf("%s on %q: %v, regexp says %v", p.pattern, text, got, want)
			}
		}
	}
}

// TestRandomPatterns makes patterns of pieces, and texts of characters that the
// pieces are about.
func TestRandomPatterns(t *testing.T) {
	atom := rapid.SampledFrom([]string{"a", "b", "é", `\n`, ".", "(?s:.)", "[ab]", "[^a]", `\d`, `\s`, `\S`, `\pL`, `(?i:k)`, "^", "$", "(?m:^)", "(?m:$)", `\A`, `\z`, "[a-é]", "@", "😀"})
	repeat := rapid.SampledFrom([]string{"", "", "", "*", "+", "?", "{2}", "{0,3}", "*?"})
	character := rapid.SampledFrom([]string{"a", "b", "é", "ê", "\n", "1", " ", "k", "K", "K", "@", "😀", "z", "\xff", "\xc3", "\xe2\x82"})
	rapid.Check(t, func(t *rapid.T) {
		var branches []string
		for range rapid.IntRange(1, 3).Draw(t, "branches") {
			var b strings.Builder
			for range rapid.IntRange(0, 4).Draw(t, "atoms") {
				b.WriteString("(?:" + atom.Draw(t, "atom") + ")" + repeat.Draw(t, "repeat"))
			}
			branches = append(branches, b.String())
		}
		pattern := strings.Join(branches, "|")
		d, err := dfa.Compile(pattern)
		if err != nil {
			t.Skip(err)
		}
		classes, end, next := d.Text()
		m, re := value.NewDFA(classes, end, next...), regexp.MustCompile(pattern)
		for range 20 {
			text := strings.Join(rapid.SliceOfN(character, 0, 8).Draw(t, "text"), "")
			if got, want := m.Match(text), re.MatchString(text); got != want {
				t.Fatalf("%s on %q: %v, regexp says %v", pattern, text, got, want)
			}
		}
	})
}

func FuzzMatch(f *testing.F) {
	for _, p := range patterns {
		for _, text := range texts[:12] {
			f.Add(p.pattern, text)
		}
	}
	f.Fuzz(func(t *testing.T, pattern, text string) {
		if len(pattern) > 40 || !utf8.ValidString(text) {
			return
		}
		re, err := regexp.Compile(pattern)
		if err != nil {
			return
		}
		d, err := dfa.Compile(pattern)
		if err != nil {
			if !errors.Is(err, dfa.ErrTooLarge) && !errors.Is(err, dfa.ErrWordBoundary) {
				t.Fatalf("%q: %v", pattern, err)
			}
			return
		}
		classes, end, next := d.Text()
		if got, want := value.NewDFA(classes, end, next...).Match(text), re.MatchString(text); got != want {
			t.Errorf("%q on %q: %v, regexp says %v", pattern, text, got, want)
		}
	})
}

func TestWhatHasNoDFA(t *testing.T) {
	for pattern, want := range map[string]error{
		`\bword\b`: dfa.ErrWordBoundary, `a\B`: dfa.ErrWordBoundary,
		`a.{14}b`: dfa.ErrTooLarge, `[ab]*a[ab]{900}`: dfa.ErrTooLarge, `^(?:\pL|\pN){1,200}$`: dfa.ErrTooLarge,
	} {
		if _, err := dfa.Compile(pattern); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", pattern, err, want)
		}
	}
	if _, err := dfa.Compile(`(`); err == nil {
		t.Error("an open parenthesis is a pattern")
	}
}

func TestSamePatternSameDFA(t *testing.T) {
	for _, p := range patterns {
		first, _ := compiled(t, p.pattern)
		for range 3 {
			if again, _ := compiled(t, p.pattern); !reflect.DeepEqual(first, again) {
				t.Errorf("%s gives another automaton", p.pattern)
			}
		}
	}
}

// TestOrdinaryPatternsFit holds that what people write is not refused.
func TestOrdinaryPatternsFit(t *testing.T) {
	for _, pattern := range []string{
		email, `(?i)^[a-z0-9._%+-]+@[a-z0-9.-]+\.[a-z]{2,}$`, `^[\p{L} '-]+$`, `^\p{L}+$`, `^\d{4}-\d{2}-\d{2}$`, `^https?://[^\s/]+(/\S*)?$`,
		`^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$`, `^(?:[0-9]{1,3}\.){3}[0-9]{1,3}$`, `^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$`, `(?i)gmail\.com$`, `^\w+$`, `[^\s\p{Z}]`,
	} {
		d, err := dfa.Compile(pattern)
		if err != nil {
			t.Errorf("%s: %v", pattern, err)
			continue
		}
		t.Logf("%s: %d states, %d classes", pattern, len(d.Next), d.Classes)
	}
}

// BenchmarkEmail compares the automaton with package regexp.
func BenchmarkEmail(b *testing.B) {
	emails := []string{"ada.lovelace@example.org", "bo@x.de", "maria.garcia-lopez@mail.example.com", "not an address", "zoë@exämple.org"}
	_, m := compiled(b, email)
	re := regexp.MustCompile(email)
	for name, match := range map[string]func(string) bool{"dfa": m.Match, "regexp": re.MatchString} {
		b.Run(name, func(b *testing.B) {
			n := 0
			for i := range b.N {
				if match(emails[i%len(emails)]) {
					n++
				}
			}
			_ = n
		})
	}
}
