package pipeline

import (
	"errors"
	"fmt"
	"slices"

	"martlet/internal/contract"
	"martlet/internal/report"
)

// node is a source or a model of the project with its place in the graph.
type node struct {
	*contract.Node
	index  int              // in graph.nodes
	source *contract.Source // nil for a model
	model  *contract.Model  // nil for a source
	inputs []*node          // of a model: the base, then the joined ones; one joined twice stands twice
}

// kind says whether the node is a source or a model.
func (n *node) kind() report.Kind {
	if n.source != nil {
		return report.Source
	}
	return report.Model
}

// at is the index of a column by name, or -1.
func (n *node) at(column string) int {
	return slices.IndexFunc(n.Columns, func(c contract.Column) bool { return c.Name == column })
}

// pii says whether the named column holds personal data.
func (n *node) pii(column string) bool {
	for i := range n.Columns {
		if n.Columns[i].Name == column {
			return n.Columns[i].PII
		}
	}
	return false
}

// piiKey says whether a column that identifies the node's rows is personal, so
// that a row's key must not be shown.
func (n *node) piiKey() bool {
	for _, column := range n.Grain {
		if n.pii(column) {
			return true
		}
	}
	return false
}

// graph is the project as nodes: the sources, then the models, as declared.
// What an Origin has is no index in nodes but one in the run's list of files, of
// which a source may have several.
type graph struct {
	nodes  []*node
	byName map[string]*node
}

// newGraph resolves the names of a project. An error is a fault of the
// generator, as it proves all this before it writes a project down.
func newGraph(p *contract.Project) (*graph, error) {
	g := &graph{byName: map[string]*node{}}
	var problems []error
	add := func(n *node) {
		if g.byName[n.Name] != nil {
			problems = append(problems, fmt.Errorf("two nodes are named %q", n.Name))
		}
		n.index = len(g.nodes)
		g.nodes = append(g.nodes, n)
		g.byName[n.Name] = n
	}
	for i := range p.Sources {
		s := &p.Sources[i]
		add(&node{Node: &s.Node, source: s})
	}
	for i := range p.Models {
		m := &p.Models[i]
		n := &node{Node: &m.Node, model: m}
		for _, name := range m.Inputs() {
			input := g.byName[name]
			if input == nil {
				problems = append(problems, fmt.Errorf("model %q reads %q, which is no source and no earlier model", m.Name, name))
				continue
			}
			n.inputs = append(n.inputs, input)
		}
		add(n)
	}
	for _, r := range p.Relationships {
		child := g.byName[r.Child]
		if child == nil || g.byName[r.Parent] == nil || r.Test < 0 || r.Test >= len(child.Tests) {
			problems = append(problems, fmt.Errorf("a relationships test is of %q and %q, test %d: there is no such pair", r.Child, r.Parent, r.Test))
		}
	}
	if len(problems) > 0 {
		return nil, fmt.Errorf("internal error: the generated project does not hold together: %w", errors.Join(problems...))
	}
	return g, nil
}

// ground is the source that a node's rows have their origins in.
func (n *node) ground() *node {
	for n.source == nil {
		n = n.inputs[0]
	}
	return n
}

// markInputs marks whatever n reads, directly or not, by index.
func markInputs(marks []bool, n *node) {
	for _, input := range n.inputs {
		marks[input.index] = true
		markInputs(marks, input)
	}
}
