package docs

import (
	"strings"
	"testing"
)

// shownTokens writes tokens as <class text>, plain ones as they are.
func shownTokens(all []Token) string {
	var s strings.Builder
	for _, t := range all {
		if t.Class == "" {
			s.WriteString(t.Text)
		} else {
			s.WriteString("<" + t.Class + " " + t.Text + ">")
		}
	}
	return s.String()
}

func TestTokens(t *testing.T) {
	for sql, want := range map[string]string{
		"":                                "",
		"nullif(lower(trim(email)), '')":  "<function nullif>(<function lower>(<function trim>(email)), <string ''>)",
		"a is not null -- it's":           "a <keyword is> <keyword not> <keyword null> <comment -- it's>",
		"x = 'it''s' or \"a\"\"b\" > 1.5": "x = <string 'it''s'> <keyword or> <name \"a\"\"b\"> > <number 1.5>",
		"'open":                           "<string 'open>",
		"max(at) filter (where ok) as m1": "<function max>(<keyword at>) <keyword filter> (<keyword where> ok) <keyword as> m1",
		"größe+row$-1":                    "größe+row$-<number 1>",
	} {
		if got := shownTokens(tokens(sql)); got != want {
			t.Errorf("%s: found %s, expected %s", sql, got, want)
		}
	}
}

// FuzzTokens holds the tokens of any text to be the text.
func FuzzTokens(f *testing.F) {
	for _, sql := range []string{"select 1", "'a", "\"", "--", "\xff'\n", "é_1$("} {
		f.Add(sql)
	}
	f.Fuzz(func(t *testing.T, sql string) {
		var s strings.Builder
		for _, token := range tokens(sql) {
			if token.Text == "" {
				t.Fatal("an empty token")
			}
			s.WriteString(token.Text)
		}
		if s.String() != sql {
			t.Fatalf("found %q, expected %q", s.String(), sql)
		}
	})
}

func TestBreaks(t *testing.T) {
	for name, want := range map[string]string{"": "", "a": "a", "stg_sample_db__user_acc": "stg_|sample_|db__|user_|acc", "_a": "_a", "__": "__", "a_": "a_", "a.b_c": "a.|b_|c"} {
		if got := strings.Join(breaks(name), "|"); got != want {
			t.Errorf("%q: found %q, expected %q", name, got, want)
		}
	}
}
