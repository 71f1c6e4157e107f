package plan

import "testing"

func TestOutdented(t *testing.T) {
	for sql, want := range map[string]string{
		" a ":                         "a",
		"case\n    when a\n  end":     "case\n  when a\nend",
		"case\n\n    when a\n    end": "case\n\nwhen a\nend",
		"a\n \n\t\tb":                 "a\n\nb",
	} {
		if got := outdented(sql); got != want {
			t.Errorf("%q: found %q, want %q", sql, got, want)
		}
	}
}
