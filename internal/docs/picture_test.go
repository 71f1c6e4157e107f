package docs

import (
	"strings"
	"testing"

	"martlet/internal/contract"
)

func TestNameLines(t *testing.T) {
	for name, want := range map[string]string{
		"":                                  "",
		"mart_users":                        "mart_users",
		"stg_sample_db__user_account_types": "stg_sample_db__|user_account_|types",
		"a_b_c_d":                           "a_b_c_d",
		"one_of_very_many_words_that_fill_four_lines_at_least": "one_of_very_many_|words_that_fill_|four_lines_at_le…",
		strings.Repeat("x", 30):                                strings.Repeat("x", 16) + "…",
	} {
		if got := strings.Join(nameLines(name), "|"); got != want {
			t.Errorf("%q: found %q, expected %q", name, got, want)
		}
	}
}

func TestPicture(t *testing.T) {
	a, b, c := &Node{Name: "a"}, &Node{Name: "b", index: 1}, &Node{Name: "c", index: 2}
	a.ReadBy, b.ReadBy = []*Node{b, c}, []*Node{c}
	p := &contract.Project{Places: []contract.Place{{Column: 0, Row: 100, Passes: []int{200}}, {Column: 1, Row: 0}, {Column: 2, Row: 100}}}
	d := newPicture(p, []*Node{a, b, c})
	want := []string{
		"M166 93C186 93 186 27 206 27",
		"M166 93C186 93 186 159 206 159H372C392 159 392 93 412 93", // past b, below it
		"M372 27C392 27 392 93 412 93",
	}
	if got := strings.Join(d.Lines, "\n"); got != strings.Join(want, "\n") {
		t.Errorf("found\n%s", got)
	}
	if d.ViewBox != "-1 -1 580 122" || len(d.Blocks) != 3 {
		t.Errorf("found %s and %d blocks", d.ViewBox, len(d.Blocks))
	}
	p.Places[2].Row = 5000
	if newPicture(p, []*Node{a, b, c}) != nil || newPicture(&contract.Project{}, nil) != nil {
		t.Error("found a picture of what is too large, or of nothing")
	}
}
