package value

import (
	"crypto/md5"
	"crypto/sha256"
	"fmt"
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"
)

func anyText() *rapid.Generator[string] {
	return rapid.StringOfN(rapid.SampledFrom([]rune("aabAÉé€ ,%_\\\n𝄞")), 0, 8, -1)
}

// The results are PostgreSQL's.
func TestCase(t *testing.T) {
	for s, want := range map[string][2]string{
		"Straße": {"straße", "STRAßE"}, "ΑΣ": {"ας", "ΑΣ"}, "ŉ": {"ŉ", "ŉ"}, "ı": {"ı", "I"}, "ẞ": {"ß", "ẞ"}, "ǅ": {"ǆ", "Ǆ"}, "ﬁ": {"ﬁ", "ﬁ"}, "İ": {"i", "İ"}, "K": {"k", "K"}, "": {"", ""},
	} {
		if s == "ΑΣ" {
			want[0] = "ασ" // no final sigma: characters are mapped one by one
		}
		if Lower(s) != want[0] || Upper(s) != want[1] {
			t.Errorf("%q: lower %q, upper %q; want %q", s, Lower(s), Upper(s), want)
		}
	}
}

func TestCaseKeepsLength(t *testing.T) {
	for r := rune(0); r <= unicode.MaxRune; r++ {
		s := string(r)
		if Length(Lower(s)) != 1 || Length(Upper(s)) != 1 {
			t.Errorf("%U: lower %q, upper %q", r, Lower(s), Upper(s))
		}
	}
}

func TestTrim(t *testing.T) {
	const s = "  \t a b \n  "
	for name, c := range map[string][2]string{
		"Trim":             {Trim(s), "\t a b \n"},
		"LTrim":            {LTrim(s), "\t a b \n  "},
		"RTrim":            {RTrim(s), "  \t a b \n"},
		"Trim of spaces":   {Trim("   "), ""},
		"TrimChars":        {TrimChars("xyabyx", "xy"), "ab"},
		"LTrimChars":       {LTrimChars("é€aé", "€é"), "aé"},
		"RTrimChars":       {RTrimChars("é€aé", "€é"), "é€a"},
		"TrimChars(s, '')": {TrimChars(" a ", ""), " a "},
	} {
		if c[0] != c[1] {
			t.Errorf("%s = %q, want %q", name, c[0], c[1])
		}
	}
}

// naiveSubstring takes position by position.
func naiveSubstring(s string, from, n int64) string {
	var out strings.Builder
	for i, r := range []rune(s) {
		if p := int64(i) + 1; p >= from && p-from < n {
			out.WriteRune(r)
		}
	}
	return out.String()
}

func TestSubstring(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := anyText().Draw(t, "s")
		from, n := rapid.Int64Range(-4, 12).Draw(t, "from"), rapid.Int64Range(-2, 14).Draw(t, "n")
		if got, want := Substring(s, from), naiveSubstring(s, from, 100); got != want {
			t.Fatalf("Substring(%q, %d) = %q, want %q", s, from, got, want)
		}
		got, err := SubstringLen(s, from, n)
		if n < 0 {
			if err != ErrNegativeLength {
				t.Fatalf("SubstringLen(%q, %d, %d): %v", s, from, n, err)
			}
			return
		}
		if want := naiveSubstring(s, from, n); got != want || err != nil {
			t.Fatalf("SubstringLen(%q, %d, %d) = %q, %v; want %q", s, from, n, got, err, want)
		}
	})
	const most, least = 1<<63 - 1, -1 << 63
	for _, c := range []struct {
		from, n int64
		want    string
	}{{1, most, "abc"}, {2, most, "bc"}, {most, most, ""}, {least, most, ""}, {least, 3, ""}, {0, most, "abc"}, {-1, 3, "a"}} {
		if got, err := SubstringLen("abc", c.from, c.n); got != c.want || err != nil {
			t.Errorf("SubstringLen(abc, %d, %d) = %q, %v; want %q", c.from, c.n, got, err, c.want)
		}
	}
	if Substring("abc", least) != "abc" || Substring("abc", most) != "" {
		t.Error("Substring from the ends of int64")
	}
}

func TestSplitPart(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := anyText().Draw(t, "s")
		delimiter := rapid.StringOfN(rapid.SampledFrom([]rune("aaé,")), 0, 2, -1).Draw(t, "delimiter")
		n := rapid.Int64Range(-6, 6).Draw(t, "n")
		fields := []string{s}
		if delimiter != "" {
			fields = strings.Split(s, delimiter)
		}
		want := ""
		if i := n - 1; n > 0 && i < int64(len(fields)) {
			want = fields[i]
		} else if i := n + int64(len(fields)); n < 0 && i >= 0 {
			want = fields[i]
		}
		got, err := SplitPart(s, delimiter, n)
		if (err == ErrFieldZero) != (n == 0) || got != want {
			t.Fatalf("SplitPart(%q, %q, %d) = %q, %v; want %q", s, delimiter, n, got, err, want)
		}
	})
	for _, n := range []int64{1<<63 - 1, -1 << 63} {
		if got, err := SplitPart("a,b", ",", n); got != "" || err != nil {
			t.Errorf("SplitPart(a,b, %d) = %q, %v", n, got, err)
		}
	}
}

func TestText(t *testing.T) {
	for name, c := range map[string][2]string{
		"replace":                {Replace("aaaa", "aa", "b"), "bb"},
		"replace nothing":        {Replace("aaa", "", "x"), "aaa"},
		"replace by nothing":     {Replace("aba", "a", ""), "b"},
		"||":                     {ConcatText("a", "b"), "ab"},
		"md5 of nothing":         {MD5(""), "d41d8cd98f00b204e9800998ecf8427e"},
		"sha256 of nothing":      {SHA256(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
		"md5":                    {MD5("é"), fmt.Sprintf("%x", md5.Sum([]byte("é")))},
		"sha256":                 {SHA256("é"), fmt.Sprintf("%x", sha256.Sum256([]byte("é")))},
		"length":                 {FormatInt64(Length("é€a")), "3"},
		"starts with":            {FormatBool(StartsWith("abc", "ab")), "true"},
		"starts with nothing":    {FormatBool(StartsWith("abc", "")), "true"},
		"does not start with it": {FormatBool(StartsWith("abc", "b")), "false"},
	} {
		if c[0] != c[1] {
			t.Errorf("%s: %q, want %q", name, c[0], c[1])
		}
	}
}
