package docs

import (
	"strings"
	"testing"

	"martlet/internal/contract"
)

func TestSteps(t *testing.T) {
	m := &contract.Model{
		From: "accounts", Joins: []string{"countries", "letters"},
		On: [][]contract.Match{
			{{Left: contract.Read{Column: "country"}, Right: "country"}},
			{{Left: contract.Read{Column: "id"}, Right: "account"}, {Left: contract.Read{Column: "day"}, Right: "day"}},
		},
		Dedupe:  &contract.Dedupe{Key: []string{"id"}, Order: []contract.Term{{Expr: "changed_at", Desc: true}, {Expr: "length(name)"}}},
		Where:   &contract.Condition{Expr: "not is_internal"},
		Grouped: true, GroupBy: []string{"country", "day"},
	}
	want := []string{
		"Starts from accounts",
		"Keeps one row for each id the first by changed_at desc, length(name)",
		"Looks up countries by country",
		"Looks up letters where account = id and day = day",
		"Keeps only rows with not is_internal",
		"Makes one row for each country day",
	}
	var got []string
	for _, s := range steps(m) {
		words := append([]string{s.Words, s.Node}, s.Names...)
		words = append(words, s.Then)
		for _, token := range s.Code {
			words = append(words, token.Text)
		}
		got = append(got, strings.Join(strings.Fields(strings.Join(words, " ")), " "))
	}
	plain := func(s string) string { return strings.ReplaceAll(s, " ", "") } // tokens bring spaces of their own
	if plain(strings.Join(got, "\n")) != plain(strings.Join(want, "\n")) {
		t.Errorf("found\n%s\nexpected\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if s := steps(&contract.Model{From: "accounts", Grouped: true}); len(s) != 2 || s[1].Words != "Makes groups of rows one row each" {
		t.Errorf("found %v", s)
	}
}
