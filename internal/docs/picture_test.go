package docs

import (
	"strings"
	"testing"

	"martlet/internal/contract"
)

func TestTwoLines(t *testing.T) {
	for name, want := range map[string]string{
		"":                                  "",
		"mart_users":                        "mart_users",
		"stg_sample_db__user_acc":           "stg_sample_db__user_acc",
		"stg_sample_db__user_account_types": "stg_sample_db__user_|account_types",
		"a_name_of_so_many_words_that_it_fills_three_lines_or_more": "a_name_of_so_many_words_|that_it_fills_three_lin…",
		strings.Repeat("x", 30): strings.Repeat("x", 24) + "|" + strings.Repeat("x", 6),
	} {
		if got := strings.Join(twoLines(name), "|"); got != want {
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
		"M208 81C238 81 238 23 268 23",
		"M208 81C238 81 238 139 268 139H476C506 139 506 81 536 81", // past b, below it
		"M476 23C506 23 506 81 536 81",
	}
	if got := strings.Join(d.Lines, "\n"); got != strings.Join(want, "\n") {
		t.Errorf("found\n%s", got)
	}
	if d.ViewBox != "-1 -1 746 106" || len(d.Blocks) != 3 {
		t.Errorf("found %s and %d blocks", d.ViewBox, len(d.Blocks))
	}
	p.Places[2].Row = 5000
	if newPicture(p, []*Node{a, b, c}) != nil || newPicture(&contract.Project{}, nil) != nil {
		t.Error("found a picture of what is too large, or of nothing")
	}
}
