package pipeline

import (
	"errors"
	"fmt"
	"strings"

	"github.com/agext/levenshtein"

	"martlet/internal/contract"
)

// scope is which nodes a run does, and whether that is enough to publish.
type scope struct {
	runs    []bool // by index of the node
	writes  []bool // of these, the outputs that are written
	partial bool   // a node is not run, and so not tested, or an output is not written
}

// includes says whether the run does n.
func (s *scope) includes(n *node) bool { return s.runs[n.index] }

// selectNodes reads the words of --select: names of sources and models, each
// with an optional + before it (and what it reads) or behind it (and what reads
// it). No word selects everything.
//
// Nothing is kept between runs, so what a selected node reads is always run,
// and tested, with it, as is the other side of its relationships tests; the +
// before a name also writes the outputs among what it reads.
//
// Only a run of every node that writes every output may publish: all tests of
// the project have passed then, and all its inputs are in the run's identity.
func selectNodes(g *graph, relationships []contract.Relationship, words []string) (*scope, error) {
	selected, err := selected(g, words)
	if err != nil {
		return nil, err
	}
	s := &scope{runs: selected}
	s.writes = append(s.writes, selected...)
	for changed := true; changed; {
		changed = false
		for _, n := range g.nodes {
			if s.runs[n.index] {
				changed = mark(s.runs, n.inputs) || changed
			}
		}
		for _, r := range relationships {
			if s.runs[g.byName[r.Child].index] {
				changed = mark(s.runs, []*node{g.byName[r.Parent]}) || changed
			}
		}
	}
	for _, n := range g.nodes {
		output := n.model != nil && len(n.model.Formats) > 0
		s.partial = s.partial || !s.runs[n.index] || output && !s.writes[n.index]
		s.writes[n.index] = s.writes[n.index] && output
	}
	return s, nil
}

// selected marks the nodes that words name.
func selected(g *graph, words []string) ([]bool, error) {
	marks := make([]bool, len(g.nodes))
	if len(words) == 0 {
		for i := range marks {
			marks[i] = true
		}
		return marks, nil
	}
	var problems []error
	for _, word := range words {
		name, before := strings.CutPrefix(word, "+")
		name, behind := strings.CutSuffix(name, "+")
		n := g.byName[name]
		if n == nil {
			problems = append(problems, unknownNode(g, name))
			continue
		}
		marks[n.index] = true
		if before {
			markInputs(marks, n)
		}
		if behind {
			markReaders(marks, g, n)
		}
	}
	return marks, errors.Join(problems...)
}

// mark sets the marks of nodes and says whether one was not set yet.
func mark(marks []bool, nodes []*node) (changed bool) {
	for _, n := range nodes {
		changed = changed || !marks[n.index]
		marks[n.index] = true
	}
	return changed
}

func markInputs(marks []bool, n *node) {
	for _, input := range n.inputs {
		marks[input.index] = true
		markInputs(marks, input)
	}
}

// markReaders marks whatever reads n, directly or not. Inputs come before what
// reads them, so one pass does.
func markReaders(marks []bool, g *graph, n *node) {
	reached := make([]bool, len(g.nodes))
	reached[n.index] = true
	for _, m := range g.nodes[n.index:] {
		for _, input := range m.inputs {
			reached[m.index] = reached[m.index] || reached[input.index]
		}
		marks[m.index] = marks[m.index] || reached[m.index]
	}
}

func unknownNode(g *graph, name string) error {
	names := make([]string, len(g.nodes))
	for i, n := range g.nodes {
		names[i] = n.Name
	}
	if near := nearest(name, names); near != "" {
		return fmt.Errorf("--select: there is no source or model %q; did you mean %q?", name, near)
	}
	return fmt.Errorf("--select: there is no source or model %q; `build list` shows them", name)
}

// nearest is the name most like word, or "" where none is like it.
func nearest(word string, names []string) string {
	best, distance := "", max(2, len(word)/3)+1
	for _, name := range names {
		d := levenshtein.Distance(word, name, nil)
		switch {
		case len(word) < 3:
		case strings.HasSuffix(name, word): // the prefix of a layer left out
			d = min(d, 1)
		case strings.HasPrefix(name, word): // cut short
			d = min(d, 2)
		}
		if d < distance {
			best, distance = name, d
		}
	}
	return best
}
