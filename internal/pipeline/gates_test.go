package pipeline

import (
	"errors"
	"testing"

	"martlet/internal/contract"
)

// gated is a project of two strands: people, stg and top; other and indep, of
// which other is to have ids that stg has.
func gated(t *testing.T) *run {
	t.Helper()
	node := func(name string, tests ...contract.Test) contract.Node {
		return contract.Node{Name: name, Columns: []contract.Column{{Name: "id"}}, Tests: tests}
	}
	p := &contract.Project{
		Sources: []contract.Source{
			{Node: node("people", contract.Test{Name: "id_there", Kind: "not_null", Severity: contract.Error})},
			{Node: node("other", contract.Test{Name: "id_known", Kind: relationships, Severity: contract.Error})},
		},
		Models: []contract.Model{
			{Node: node("stg"), From: "people"}, {Node: node("top"), From: "stg"}, {Node: node("indep"), From: "other"},
		},
		Relationships: []contract.Relationship{{Child: "other", Test: 0, Parent: "stg"}},
	}
	g, err := newGraph(p)
	if err != nil {
		t.Fatal(err)
	}
	r := &run{project: p, graph: g, settings: &settings{}, observers: make([]*observer, len(g.nodes))}
	for _, n := range g.nodes {
		r.observers[n.index] = &observer{node: n, tests: make([]contract.TestResult, len(n.Tests)), ended: true}
	}
	return r
}

func (r *run) closedNames() (names string) {
	g := r.closeGates()
	for _, n := range r.graph.nodes {
		if g.closes(n) {
			names += n.Name + " "
		}
	}
	return names
}

func TestGatesOfTwoStrands(t *testing.T) {
	people, other := 0, 1
	for name, test := range map[string]struct {
		spoil func(r *run)
		want  string
	}{
		"nothing": {func(*run) {}, ""},
		"people":  {func(r *run) { r.observers[people].tests[0].Failures = 1 }, "stg top "},
		"other":   {func(r *run) { r.observers[other].tests[0].Failures = 1 }, "indep "},
		"a relationships test against a closed node is not decided": {func(r *run) {
			r.observers[people].tests[0].Failures, r.observers[other].tests[0].Failures = 1, 1
		}, "stg top "},
		"an expression of stg": {func(r *run) { r.failures.Add(contract.Failure{Node: "stg", Column: "id", Err: errors.New("x")}) }, "top "},
		"a warning": {func(r *run) {
			r.graph.nodes[people].Tests[0].Severity = contract.Warn
			r.observers[people].tests[0].Failures = 1
		}, ""},
		"a warning, strictly": {func(r *run) {
			r.settings.warnError = true
			r.graph.nodes[people].Tests[0].Severity = contract.Warn
			r.observers[people].tests[0].Failures = 1
		}, "stg top "},
	} {
		r := gated(t)
		test.spoil(r)
		if got := r.closedNames(); got != test.want {
			t.Errorf("%s: closed are %q, want %q", name, got, test.want)
		}
	}
	r := gated(t)
	r.observers[people].tests[0].Failures = 1
	g := r.closeGates()
	if child := r.graph.byName["other"]; !g.closesTest(child, 0) || g.closes(child) {
		t.Error("the relationships test is told, or its node is not")
	}
}
