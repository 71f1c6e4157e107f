package pipeline

import (
	"errors"

	"martlet/internal/selection"
)

// choice is what the command line selects: dbt's --select, --exclude and
// --state, made sense of.
type choice struct {
	include, exclude []*selection.Expression
	state            string   // folder of an earlier run; the target folder where empty
	only             []string // the unique ids selected, whatever the expressions say: of a retry
}

// parseExpressions reads the values of --select or --exclude.
func parseExpressions(flag string, texts []string) (list []*selection.Expression, err error) {
	var problems []error
	for _, text := range texts {
		e, err := selection.Parse(flag, text)
		list, problems = append(list, e), append(problems, err)
	}
	return list, errors.Join(problems...)
}

// uses says whether a selector asks for what a method does.
func (c *choice) uses(method selection.Method) bool {
	for _, list := range [][]*selection.Expression{c.include, c.exclude} {
		for _, e := range list {
			if e.Uses(method) {
				return true
			}
		}
	}
	return false
}

// of gives the items of the catalogue that are selected, and notes on selectors
// that match nothing. An error is a fault of the command line: nothing is
// selected, or there is no earlier run to ask.
func (c *choice) of(all *catalogue, target string) (selected selection.Set, notes []string, err error) {
	if c.only != nil {
		return all.set(c.only), nil, nil
	}
	if err := all.recall(c, target); err != nil {
		return nil, nil, err
	}
	selected, notes = all.graph.Select(c.include, c.exclude)
	if !selected.Empty() {
		return selected, notes, nil
	}
	problems := []error{errors.New("nothing is selected; `build list` shows what there is")}
	for _, note := range notes {
		problems = append(problems, errors.New(note))
	}
	return nil, nil, errors.Join(problems...)
}

// scope is what a run does, and whether that is enough to publish.
//
// Selected nodes and tests are asked for. Nothing is kept between runs, so what
// they rest on is computed with them, but neither tested nor written: only a
// declared grain is always tested, as joins rely on it.
type scope struct {
	selected []bool   // by index of the node: asked for, not only computed
	runs     []bool   // computed
	writes   []bool   // of the selected, the outputs
	tests    [][]bool // which tests of a node run
	partial  bool     // a node, an output or a test is left out
}

// includes says whether the run computes n.
func (s *scope) includes(n *node) bool { return s.runs[n.index] }

// newScope makes the scope of what is selected.
//
// Only a run that leaves out nothing may publish: all tests of the project have
// passed then, and all its inputs are in the run's identity.
func newScope(g *graph, all *catalogue, selected selection.Set) *scope {
	size := len(g.nodes)
	s := &scope{selected: make([]bool, size), runs: make([]bool, size), writes: make([]bool, size), tests: make([][]bool, size)}
	reached := all.graph.Ancestors(selected)
	for _, n := range g.nodes {
		s.selected[n.index] = selected[n.index]
		s.runs[n.index] = selected[n.index] || reached[n.index]
		output := n.model != nil && len(n.model.Formats) > 0
		s.writes[n.index] = output && selected[n.index]
		s.partial = s.partial || !s.runs[n.index] || output && !selected[n.index]
		s.tests[n.index] = make([]bool, len(n.Tests))
		for i := range n.Tests {
			s.tests[n.index][i] = selected[all.test(n, i)] || n.Tests[i].Grain && s.runs[n.index]
			s.partial = s.partial || !s.tests[n.index][i]
		}
	}
	return s
}
