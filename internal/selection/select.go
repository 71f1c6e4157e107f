package selection

import "fmt"

// Graph is what there is to select: the nodes and tests of a project.
type Graph struct {
	Items []Item
}

// Item is one node or test.
type Item struct {
	IsTest bool
	Reads  []int               // items: a node's inputs, the nodes that a test looks at
	Values map[Method][]string // what a criterion may ask for; one that matches is enough
}

// Set has a mark for each item of a graph.
type Set []bool

// Select gives the items that include names and exclude does not; no include
// names them all. Notes are the criteria that match nothing, for people.
func (g *Graph) Select(include, exclude []*Expression) (selected Set, notes []string) {
	s := &selector{graph: g, readers: g.readers()}
	if len(include) == 0 {
		selected = g.None()
		for i := range selected {
			selected[i] = true
		}
	} else {
		selected = s.expressions(include)
	}
	selected.subtract(s.expressions(exclude))
	return selected, s.notes
}

// Descendants are the items that rest on any of some.
func (g *Graph) Descendants(some Set) Set { return walk(some, g.readers(), all) }

// Ancestors are the items that any of some rests on.
func (g *Graph) Ancestors(some Set) Set { return walk(some, g.reads(), all) }

// None is an empty set.
func (g *Graph) None() Set { return make(Set, len(g.Items)) }

func (g *Graph) reads() [][]int {
	reads := make([][]int, len(g.Items))
	for i := range g.Items {
		reads[i] = g.Items[i].Reads
	}
	return reads
}

// readers are the items that read each item.
func (g *Graph) readers() [][]int {
	readers := make([][]int, len(g.Items))
	for i := range g.Items {
		for _, input := range g.Items[i].Reads {
			readers[input] = append(readers[input], i)
		}
	}
	return readers
}

// walk marks what is reached from some in at least one and at most depth steps.
func walk(some Set, next [][]int, depth int) Set {
	reached := make(Set, len(some))
	var front []int
	for i, marked := range some {
		if marked {
			front = append(front, i)
		}
	}
	for ; depth != 0 && len(front) > 0; depth-- {
		var further []int
		for _, i := range front {
			for _, j := range next[i] {
				if !reached[j] {
					reached[j] = true
					further = append(further, j)
				}
			}
		}
		front = further
	}
	return reached
}

func (s Set) add(other Set) {
	for i, marked := range other {
		s[i] = s[i] || marked
	}
}

func (s Set) subtract(other Set) {
	for i, marked := range other {
		s[i] = s[i] && !marked
	}
}

func (s Set) intersect(other Set) {
	for i, marked := range other {
		s[i] = s[i] && marked
	}
}

// Empty says whether nothing is in the set.
func (s Set) Empty() bool {
	for _, marked := range s {
		if marked {
			return false
		}
	}
	return true
}

// selector evaluates expressions over one graph.
type selector struct {
	graph   *Graph
	readers [][]int
	notes   []string
}

func (s *selector) expressions(list []*Expression) Set {
	union := s.graph.None()
	for _, e := range list {
		for _, criteria := range e.union {
			union.add(s.intersection(e, criteria))
		}
	}
	return union
}

func (s *selector) intersection(e *Expression, criteria []criterion) Set {
	set := s.criterion(e, criteria[0])
	for _, c := range criteria[1:] {
		set.intersect(s.criterion(e, c))
	}
	return set
}

// criterion gives what matches, with the relatives asked for and the tests of
// all these.
func (s *selector) criterion(e *Expression, c criterion) Set {
	set := s.graph.None()
	for i := range s.graph.Items {
		for _, value := range s.graph.Items[i].Values[c.method] {
			set[i] = set[i] || c.matches(value)
		}
	}
	if set.Empty() {
		s.note(e, c)
	}
	relatives := s.graph.None()
	if c.at {
		relatives.add(walk(set, s.readers, all))
		relatives.add(set)
		relatives.add(s.graph.Ancestors(relatives))
	}
	relatives.add(walk(set, s.graph.reads(), c.before))
	relatives.add(walk(set, s.readers, c.behind))
	set.add(relatives)
	for i := range s.graph.Items {
		for _, node := range s.graph.Items[i].Reads {
			set[i] = set[i] || s.graph.Items[i].IsTest && set[node]
		}
	}
	return set
}

// note says that a criterion matches nothing, and what may be meant.
func (s *selector) note(e *Expression, c criterion) {
	text := fmt.Sprintf("%s: %q matches nothing", e.place(c.column), c.text)
	if closed, _ := valuesOf(c.method); closed == nil {
		if near := Nearest(c.value, s.graph.values(c.method)); near != "" {
			text += fmt.Sprintf("; did you mean %q?", near)
		} else {
			text += "; `build list` shows what there is"
		}
	}
	s.notes = append(s.notes, text)
}
