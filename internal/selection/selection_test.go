package selection

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// project is the graph of these tests; each line is an item: its name, what it
// reads, and what else it says of itself.
//
//	users ─> stg ─> core ─> mart
//	events ────────^         ^ also from stg
func project() *Graph {
	items := []struct {
		name, reads string
		values      map[Method][]string
	}{
		{"users", "", map[Method][]string{ResourceType: {"source"}, Source: {"users"}, Path: {"seeds/users.csv", "raw_data/book.xlsx"}, Result: {"success"}}},
		{"events", "", map[Method][]string{ResourceType: {"source"}, Source: {"events"}, Path: {"extracts/2024/events_*.csv"}, Tag: {"nightly"}}},
		{"stg", "users", map[Method][]string{ResourceType: {"model"}, Layer: {"staging"}, Tag: {"nightly", "pii"}}},
		{"core", "stg events", map[Method][]string{ResourceType: {"model"}, Layer: {"intermediate"}, State: {"modified", "old"}}},
		{"mart", "core stg", map[Method][]string{ResourceType: {"model"}, Layer: {"mart"}}},
		{"t_users", "users", map[Method][]string{ResourceType: {"test"}, TestName: {"t_users", "unique"}, TestType: {"data", "generic", "unique"}, Result: {"fail"}}},
		{"t_rel", "events users", map[Method][]string{ResourceType: {"test"}, TestName: {"t_rel", "relationships"}, TestType: {"data", "generic", "relationships"}}},
		{"t_mart", "mart", map[Method][]string{ResourceType: {"test"}, TestName: {"t_mart", "expression"}, TestType: {"data", "singular", "expression"}, Tag: {"nightly"}}},
	}
	g := &Graph{}
	index := map[string]int{}
	for i, item := range items {
		index[item.name] = i
		x := Item{IsTest: strings.HasPrefix(item.name, "t_"), Values: item.values}
		x.Values[Name] = []string{item.name}
		for _, input := range strings.Fields(item.reads) {
			x.Reads = append(x.Reads, index[input])
		}
		g.Items = append(g.Items, x)
	}
	return g
}

func parse(t rapid.TB, flag string, texts ...string) (list []*Expression) {
	t.Helper()
	for _, text := range texts {
		e, err := Parse(flag, text)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, e)
	}
	return list
}

func (g *Graph) names(s Set) string {
	var names []string
	for i, marked := range s {
		if marked {
			names = append(names, g.Items[i].Values[Name][0])
		}
	}
	return strings.Join(names, " ")
}

func TestSelect(t *testing.T) {
	const everything = "users events stg core mart t_users t_rel t_mart"
	cases := []struct{ include, exclude, want string }{
		{"", "", everything},
		{"*", "", everything},
		{"users", "", "users t_users t_rel"}, // t_rel with any of its nodes
		{"stg", "", "stg"},
		{"+stg", "", "users stg t_users t_rel"},
		{"stg+", "", "stg core mart t_mart"},
		{"1+mart", "", "stg core mart t_mart"},
		{"0+mart", "", "mart t_mart"},
		{"users+1", "", "users stg t_users t_rel"},
		{"users+2", "", "users stg core mart t_users t_rel t_mart"},
		{"+core+", "", everything},
		{"1+core+1", "", "events stg core mart t_rel t_mart"},
		{"@stg", "", everything},
		{"@mart", "", everything},
		{"stg core", "", "stg core"},
		{"users+,events+", "", "core mart t_rel t_mart"},
		{"tag:nightly", "", "events stg t_rel t_mart"},
		{"tag:n*,resource_type:model", "", "stg t_mart"},
		{"tag:nightly,layer:staging events", "", "events stg t_rel"},
		{"fqn:stg", "", "stg"},
		{"s?g", "", "stg"},
		{"[cm]*", "", "core mart t_mart"},
		{"[!a-t]*", "", "users t_users t_rel"},
		{"source:*", "", "users events t_users t_rel"},
		{"source:users+1", "", "users stg t_users t_rel"},
		{"layer:mart", "", "mart t_mart"},
		{"resource_type:test", "", "t_users t_rel t_mart"},
		{"test_type:generic", "", "t_users t_rel"},
		{"test_type:expression", "", "t_mart"},
		{"test_name:unique", "", "t_users"},
		{"test_name:t_mart", "", "t_mart"},
		{"+test_name:t_rel", "", "users events t_users t_rel"},
		{"1+result:fail", "", "users t_users t_rel"},
		{"state:modified+", "", "core mart t_mart"},
		{"path:seeds", "", "users t_users t_rel"},
		{"seeds/users.csv", "", "users t_users t_rel"},
		{"./seeds/", "", "users t_users t_rel"},
		{"path:raw_data/*.xlsx", "", "users t_users t_rel"},
		{"path:*.xlsx", "", ""},
		{"path:**/*.xlsx", "", "users t_users t_rel"},
		{"path:extracts/2024/events_7.csv", "", "events t_rel"}, // which the pattern of its seed means
		{"path:extracts/2025/events_7.csv", "", ""},
		{"", "t_*", "users events stg core mart"},
		{"", "users", "events stg core mart t_mart"},
		{"users+", "mart test_name:unique", "users stg core t_rel"},
		{"stg+", "stg,tag:pii", "core mart t_mart"},
		{"users", "users+", ""},
	}
	g := project()
	for _, c := range cases {
		var include, exclude []*Expression
		if c.include != "" {
			include = parse(t, "--select", c.include)
		}
		if c.exclude != "" {
			exclude = parse(t, "--exclude", c.exclude)
		}
		selected, _ := g.Select(include, exclude)
		if got := g.names(selected); got != c.want {
			t.Errorf("--select %q --exclude %q: %q, want %q", c.include, c.exclude, got, c.want)
		}
		if selected.Empty() != (c.want == "") {
			t.Errorf("%q: empty is %v", c.include, selected.Empty())
		}
	}
	if selected, _ := g.Select(parse(t, "--select", "stg", "core"), parse(t, "--exclude", "stg", "events")); g.names(selected) != "core" {
		t.Errorf("flags given twice: %q", g.names(selected))
	}
}

// What is wrong is said with its place, all of it at once.
func TestParseRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"":                       `--select "" names nothing`,
		" \t":                    "names nothing",
		"a,,b":                   `--select "a,,b", column 3: found nothing beside a comma`,
		"a ,b":                   "column 3: found nothing beside a comma",
		"b,":                     "column 3: found nothing beside a comma",
		"+":                      `column 1: found "+", which names nothing`,
		"a 2+":                   `column 3: found "2+", which names nothing`,
		"tag:":                   "column 1: found \"tag:\", which names nothing",
		"tga:x":                  `column 1: there is no method "tga"; did you mean "tag"?`,
		"a +zzzz:x":              `column 4: there is no method "zzzz"; the methods are fqn, tag, source, path, layer, resource_type, test_type, test_name, result, state`,
		"é 2+state:mo":           `column 11: state is never "mo"; expected one of new, modified, unmodified, old`,
		"result:faild":           `column 8: result is never "faild"; did you mean "fail"?`,
		"@a+":                    "column 3: found + behind a selector with @",
		"99999999999999999999+a": "column 1: found 99999999999999999999 generations",
		"a+99999999999999999999": "column 3: found 99999999999999999999 generations",
		"a\xff":                  "is not UTF-8",
	} {
		if _, err := Parse("--select", text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
	_, err := Parse("--exclude", "tga:x,,state:x")
	if err == nil || strings.Count(err.Error(), "\n") != 2 || strings.Count(err.Error(), `--exclude "tga:x,,state:x", column `) != 3 {
		t.Errorf("not all at once: %v", err)
	}
}

func TestNotes(t *testing.T) {
	g := project()
	for text, want := range map[string]string{
		"users":            "[]",
		"user":             "[--select \"user\", column 1: \"user\" matches nothing; did you mean \"users\"?]",
		"mart +tag:nigtly": "[--select \"mart +tag:nigtly\", column 6: \"+tag:nigtly\" matches nothing; did you mean \"nightly\"?]",
		"layer:xyz":        "[--select \"layer:xyz\", column 1: \"layer:xyz\" matches nothing; `build list` shows what there is]",
		"state:new":        "[--select \"state:new\", column 1: \"state:new\" matches nothing]",
	} {
		if _, notes := g.Select(parse(t, "--select", text), nil); fmt.Sprint(notes) != want {
			t.Errorf("%s: %v, want %s", text, notes, want)
		}
	}
}

func TestUses(t *testing.T) {
	e := parse(t, "--select", "a tag:x,state:new")[0]
	for _, m := range methods {
		if want := slices.Contains([]Method{Name, Tag, State}, m.method); e.Uses(m.method) != want {
			t.Errorf("%s: %v", m.method, !want)
		}
	}
}

func TestNearest(t *testing.T) {
	names := []string{"user_account", "stg_sample_db__user_acc", "mart_users_marketing"}
	for word, want := range map[string]string{"user_acount": "user_account", "mart_user_marketing": "mart_users_marketing",
		"user_acc": "stg_sample_db__user_acc", "mart_user": "mart_users_marketing", "elephant": ""} {
		if got := Nearest(word, names); got != want {
			t.Errorf("%s: %q, want %q", word, got, want)
		}
	}
}

// What docs/selection.md shows can be typed.
func TestExamplesOfTheReference(t *testing.T) {
	text, err := os.ReadFile("../../docs/selection.md")
	if err != nil {
		t.Fatal(err)
	}
	examples := regexp.MustCompile(`--(?:select|exclude) (?:"([^"]*)"|([^ "\n`+"`"+`]+))`).FindAllStringSubmatch(string(text), -1)
	for _, e := range examples {
		if _, err := Parse("--select", e[1]+e[2]); err != nil {
			t.Errorf("%s: %v", e[0], err)
		}
	}
	if len(examples) < 8 {
		t.Errorf("%d examples: %v", len(examples), examples)
	}
	for _, m := range methodNames() {
		if !strings.Contains(string(text), "\n| `"+m+"` | ") {
			t.Errorf("method %s is not in the reference", m)
		}
	}
}
