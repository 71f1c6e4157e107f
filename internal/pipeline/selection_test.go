package pipeline

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"martlet/internal/contract"
)

// chosen makes the scope of a selection.
func chosen(t rapid.TB, p *contract.Project, include ...string) (*graph, *scope) {
	t.Helper()
	g, err := newGraph(p)
	if err != nil {
		t.Fatal(err)
	}
	all := newCatalogue(p, g)
	expressions, err := parseExpressions("--select", include)
	if err != nil {
		t.Fatal(err)
	}
	selected, _, err := (&choice{include: expressions}).of(all, "")
	if err != nil {
		t.Fatal(err)
	}
	return g, newScope(g, all, selected)
}

// What is computed for a selection is held against reachability found by
// following every path.
func TestScope(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := &contract.Project{Sources: []contract.Source{{Node: contract.Node{Name: "n0"}}}}
		reads := map[string][]string{}
		size := rapid.IntRange(1, 8).Draw(t, "nodes")
		for i := 1; i < size; i++ {
			m := contract.Model{Node: contract.Node{Name: fmt.Sprintf("n%d", i)}}
			m.From = fmt.Sprintf("n%d", rapid.IntRange(0, i-1).Draw(t, "from"))
			if rapid.Bool().Draw(t, "joins") {
				m.Joins = []string{fmt.Sprintf("n%d", rapid.IntRange(0, i-1).Draw(t, "join"))}
			}
			if rapid.Bool().Draw(t, "output") {
				m.Formats = []string{"csv"}
			}
			if rapid.Bool().Draw(t, "tests") {
				m.Tests = []contract.Test{{Name: "t_" + m.Name}, {Name: "grain_" + m.Name, Grain: true}}
			}
			reads[m.Name] = m.Inputs()
			p.Models = append(p.Models, m)
		}
		var reaches func(from, to string) bool
		reaches = func(from, to string) bool {
			return from == to || slices.ContainsFunc(reads[from], func(next string) bool { return reaches(next, to) })
		}
		target := fmt.Sprintf("n%d", rapid.IntRange(0, size-1).Draw(t, "target"))
		before, behind := rapid.Bool().Draw(t, "before"), rapid.Bool().Draw(t, "behind")
		word := target
		if before {
			word = "+" + word
		}
		if behind {
			word += "+"
		}
		g, s := chosen(t, p, word)
		partial := false
		for _, n := range g.nodes {
			asked := n.Name == target || before && reaches(target, n.Name) || behind && reaches(n.Name, target)
			runs := reaches(target, n.Name) || behind && slices.ContainsFunc(g.nodes, func(m *node) bool { return reaches(m.Name, target) && reaches(m.Name, n.Name) })
			output := n.model != nil && len(n.model.Formats) > 0
			partial = partial || (output || len(n.Tests) > 0) && !asked || !runs
			if s.selected[n.index] != asked || s.runs[n.index] != runs || s.writes[n.index] != (asked && output) {
				t.Fatalf("%s, node %s: selected %v, want %v; runs %v, want %v; writes %v, want %v", word, n.Name,
					s.selected[n.index], asked, s.runs[n.index], runs, s.writes[n.index], asked && output)
			}
			if len(n.Tests) > 0 && (s.tests[n.index][0] != asked || s.tests[n.index][1] != runs) {
				t.Fatalf("%s, node %s: tests %v, want %v, %v", word, n.Name, s.tests[n.index], asked, runs)
			}
		}
		if s.partial != partial {
			t.Fatalf("%s: partial is %v", word, s.partial)
		}
	})
}

// ran are the nodes and tests in run_results.json, in order: the names of nodes
// that were only computed in brackets.
func (d *diskProject) ran() string {
	d.t.Helper()
	earlier, err := readResults(filepath.Join(d.root, "target"))
	if err != nil {
		d.t.Fatal(err)
	}
	var names []string
	for _, r := range earlier.Results {
		name := r.ID[strings.LastIndexByte(r.ID, '.')+1:]
		if !r.Selected {
			name = "(" + name + ")"
		}
		names = append(names, name)
	}
	return strings.Join(names, " ")
}

// files are the names of files that match a pattern below the root.
func (d *diskProject) files(pattern string) string {
	d.t.Helper()
	found, err := filepath.Glob(filepath.Join(d.root, pattern))
	if err != nil {
		d.t.Fatal(err)
	}
	for i := range found {
		found[i] = filepath.Base(found[i])
	}
	return strings.Join(found, " ")
}

func TestPartOfTheProject(t *testing.T) {
	const whole = "users events lonely stg core mart relationships_events_id not_null_lonely_email range_lonely_n not_null_stg_email range_stg_n"
	cases := []struct {
		args    string // with | between
		ran     string
		partial string // what is in target/partial; published where it is nothing and mart is written
	}{
		{"--select|*", whole, ""},
		{"--select|+mart lonely", whole, ""},
		{"--select|+mart|--select|lonely", whole, ""},
		{"--select|mart", "(users) (events) (stg) (core) mart", "mart.arrow mart.csv"},
		{"-s|+mart", "users events stg core mart relationships_events_id not_null_stg_email range_stg_n", "mart.arrow mart.csv"},
		{"--select|1+core", "(users) events stg core relationships_events_id not_null_stg_email range_stg_n", ""},
		{"--select|core", "(users) (events) (stg) core", ""},
		{"--select|events", "(users) events relationships_events_id", ""},
		{"--select|users", "users (events) relationships_events_id", ""}, // a test of two nodes runs with any of them
		{"--select|stg+", "(users) (events) stg core mart not_null_stg_email range_stg_n", "mart.arrow mart.csv"},
		{"--select|lonely", "lonely not_null_lonely_email range_lonely_n", ""},
		{"--select|test_name:range_stg_n", "(users) (stg) range_stg_n", ""},
		{"--select|test_name:range", "(users) (lonely) (stg) range_lonely_n range_stg_n", ""},
		{"--select|test_type:range,tag:nightly", "(users) (stg) range_stg_n", ""},
		{"--select|layer:*", "(users) (events) stg (core) mart not_null_stg_email range_stg_n", "mart.arrow mart.csv"},
		{"--select|path:seeds/l*", "lonely not_null_lonely_email range_lonely_n", ""},
		{"--exclude|lonely", "users events stg core mart relationships_events_id not_null_stg_email range_stg_n", "mart.arrow mart.csv"},
		{"--exclude|resource_type:test", "users events lonely stg core mart", "mart.arrow mart.csv"},
		{"--exclude|mart", "users events lonely stg core relationships_events_id not_null_lonely_email range_lonely_n not_null_stg_email range_stg_n", ""},
		{"--exclude|source:users", "(users) events lonely stg core mart not_null_lonely_email range_lonely_n not_null_stg_email range_stg_n", "mart.arrow mart.csv"},
	}
	for _, c := range cases {
		d := onDisk(t, nil)
		d.project.Models[0].Tests[1].Tags = []string{"nightly"}
		d.expect(d.build(strings.Split(c.args, "|")...), exitDone)
		if got := d.ran(); got != c.ran {
			t.Errorf("%s ran\n%s, want\n%s", c.args, got, c.ran)
		}
		if got, want := d.text("out/mart.csv") != "", c.ran == whole; got != want {
			t.Errorf("%s: published %v", c.args, got)
		}
		if got := d.files("target/partial/*"); got != c.partial {
			t.Errorf("%s left %s in target/partial, want %s", c.args, got, c.partial)
		}
	}
}

// An output among what is only computed is not written.
func TestUnselectedOutputsAreNotWritten(t *testing.T) {
	for word, want := range map[string]string{"second": "second.csv", "+second": "mart.arrow mart.csv second.csv", "mart+": "mart.arrow mart.csv second.csv"} {
		d := onDisk(t, nil)
		second := d.project.Models[2]
		second.Name, second.From, second.Joins, second.Formats = "second", "mart", nil, []string{"csv"}
		second.New = func(env *contract.Env) contract.Transform { return &rowTransform{env: env, model: "second"} }
		d.project.Models = append(d.project.Models, second)
		d.expect(d.build("--select", word), exitDone, "This run leaves out part of the project")
		if got := d.files("target/partial/*"); got != want {
			t.Errorf("%s left %s in target/partial, want %s", word, got, want)
		}
		d.unpublished()
	}
}

// What a test that is not selected would say is not heard: neither its failures
// nor the rows on which it has no value.
func TestUnselectedTestsSayNothing(t *testing.T) {
	d := onDisk(t, map[string]string{"users": "id,email,n\n1,,100001\n", "events": "id,email,n\n9,,\n"})
	d.expect(d.build(), exitBadData, "range_stg_n", "relationships_events_id")
	d.expect(d.build("--select", "test_name:not_null"), exitDone, "1 warned, 0 failed")
	if strings.Contains(d.stdout.String(), "range_stg_n") {
		t.Errorf("said:\n%s", d.stdout.String())
	}
	d.expect(d.build("--exclude", "test_name:r*"), exitDone, "1 warned, 0 failed")
	d.project.Models[0].NewValidator = func(env *contract.Env) contract.Validator { return undecided{env} }
	d.expect(d.build("--select", "stg"), exitBadData, "stg.test range_stg_n")
	d.expect(d.build("--select", "stg", "--exclude", "range_stg_n"), exitDone)
	d.expect(d.build("--select", "mart"), exitDone)
}

// A grain that joins rely on is tested wherever it is computed, and only where
// everything else is tested too is the run whole.
func TestGrainIsAlwaysTested(t *testing.T) {
	d := onDisk(t, map[string]string{"users": "id,email,n\n1,a@x,100001\n"})
	stg := &d.project.Models[0]
	stg.Tests = append([]contract.Test{}, stg.Tests...)
	stg.Tests[1].Name, stg.Tests[1].Grain = "grain_stg", true
	d.expect(d.build("--select", "mart"), exitBadData, "grain_stg")
	if got := d.ran(); got != "(users) (events) (stg) (core) mart grain_stg" {
		t.Errorf("ran %s", got)
	}
}

func TestSelectorsThatMatchNothingAreNoted(t *testing.T) {
	d := onDisk(t, nil)
	d.expect(d.build("--select", "mart cor", "--exclude", "lonly"), exitDone,
		`Warning: --select "mart cor", column 6: "cor" matches nothing; did you mean "core"?`,
		`Warning: --exclude "lonly", column 1: "lonly" matches nothing; did you mean "lonely"?`)
}

// result: asks the last run, or another that --state names.
func TestSelectByResult(t *testing.T) {
	d := onDisk(t, map[string]string{"users": "id,email,n\n1,,100001\n3,,1\n"})
	d.expect(d.build(), exitBadData)
	d.write("elsewhere/run_results.json", d.text("target/run_results.json"))
	d.expect(d.build("--select", "result:fail result:warn"), exitBadData)
	if got := d.ran(); got != "(users) (stg) not_null_stg_email range_stg_n" {
		t.Errorf("ran %s", got)
	}
	d.expect(d.build("--select", "1+result:fail", "--exclude", "result:warn"), exitBadData)
	if got := d.ran(); got != "(users) stg range_stg_n" {
		t.Errorf("ran %s", got)
	}
	d.expect(d.build("--select", "mart"), exitDone)
	d.expect(d.build("--select", "result:fail"), exitImpeded, `"result:fail" matches nothing`, "nothing is selected")
	d.expect(d.build("--select", "result:fail", "--state", filepath.Join(d.root, "elsewhere")), exitBadData)
	d.write("target/run_results.json", "{}")
	d.expect(d.build("--select", "result:fail"), exitImpeded, "run_results.json: found something else than the results of a run (args is missing)")
}

// state: compares definitions with those of an earlier run.
func TestSelectByState(t *testing.T) {
	d := onDisk(t, nil)
	print := func(p *contract.Project) {
		for i := range p.Sources {
			p.Sources[i].Fingerprint = "s"
			for j := range p.Sources[i].Tests {
				p.Sources[i].Tests[j].Fingerprint = "t"
			}
		}
		for i := range p.Models {
			p.Models[i].Fingerprint = "m"
			for j := range p.Models[i].Tests {
				p.Models[i].Tests[j].Fingerprint = "t"
			}
		}
	}
	print(d.project)
	d.expect(d.build(), exitDone)
	state := filepath.Join(d.root, "before")
	d.write("before/manifest.json", d.text("target/manifest.json"))
	list := func(word string) string {
		t.Helper()
		if status := d.run("list", "--select", word, "--state", state, "--output", "json"); status == exitImpeded {
			d.expect(status, exitImpeded, "nothing is selected")
			return ""
		}
		return strings.Join(d.listed(), " ")
	}
	if got := list("state:modified"); got != "" {
		t.Errorf("modified: %s", got)
	}
	d.project.Models[1].Fingerprint = "other"
	d.project.Models[0].Tests[1].Fingerprint = "other"
	third := d.project.Models[2]
	third.Name = "third"
	d.project.Models = append(d.project.Models, third)
	for word, want := range map[string]string{
		"state:modified":                       "core third range_stg_n",
		"state:modified+":                      "core mart third range_stg_n",
		"state:new":                            "third",
		"state:unmodified,resource_type:model": "stg mart not_null_stg_email range_stg_n", // a test with its node
		"state:old,layer:mart":                 "mart",
	} {
		if got := list(word); got != want {
			t.Errorf("%s: %s, want %s", word, got, want)
		}
	}
	d.write("before/manifest.json", `{"nodes": {"model.sample.stg": {}}}`)
	d.expect(d.run("list", "--select", "state:new", "--state", state), exitImpeded, "manifest.json: found something else than the manifest of a run (model.sample.stg has no fingerprint)")
}
