package pipeline

import (
	"martlet/internal/contract"
	"martlet/internal/manifest"
	"martlet/internal/selection"
)

// catalogue is the project as selectors see it: every node of the graph, at its
// index, and behind them every test.
type catalogue struct {
	graph *selection.Graph
	// By item: the unique id, and what tells whether it is defined as it was.
	ids, prints []string
	items       map[string]int // by unique id
	first       []int          // the item of a node's first test, by index of the node
}

func newCatalogue(p *contract.Project, g *graph) *catalogue {
	c := &catalogue{graph: &selection.Graph{}, items: map[string]int{}, first: make([]int, len(g.nodes))}
	for _, n := range g.nodes {
		c.add(manifest.ID(string(n.kind()), p.Name, n.Name), n.Fingerprint, nodeItem(n))
	}
	parents := map[[2]int]int{}
	for _, r := range p.Relationships {
		parents[[2]int{g.byName[r.Child].index, r.Test}] = g.byName[r.Parent].index
	}
	for _, n := range g.nodes {
		c.first[n.index] = len(c.ids)
		for i := range n.Tests {
			item := testItem(&n.Tests[i])
			item.Reads = []int{n.index}
			if parent, related := parents[[2]int{n.index, i}]; related {
				item.Reads = append(item.Reads, parent)
			}
			c.add(manifest.ID(manifest.TestType, p.Name, n.Tests[i].Name), n.Tests[i].Fingerprint, item)
		}
	}
	return c
}

// addUnitTests adds the project's unit tests, each a test of its model, and gives
// the item of the first. They are no part of a run.
func (c *catalogue) addUnitTests(p *contract.Project, g *graph) (first int) {
	first = len(c.ids)
	for i := range p.UnitTests {
		u := &p.UnitTests[i]
		c.add(manifest.ID(unitTestType, p.Name, u.Name), "", selection.Item{
			IsTest: true, Reads: []int{g.byName[u.Model].index},
			Values: map[selection.Method][]string{
				selection.Name: {u.Name}, selection.ResourceType: {unitTestType}, selection.TestName: {u.Name}, selection.TestType: {"unit"},
			},
		})
	}
	return first
}

// unitTestType is dbt's resource type of unit tests.
const unitTestType = "unit_test"

func (c *catalogue) add(id, print string, item selection.Item) {
	c.items[id] = len(c.ids)
	c.ids, c.prints = append(c.ids, id), append(c.prints, print)
	c.graph.Items = append(c.graph.Items, item)
}

// test is the item of a node's test.
func (c *catalogue) test(n *node, i int) int { return c.first[n.index] + i }

// set is the items with these unique ids, as far as there are any.
func (c *catalogue) set(ids []string) selection.Set {
	set := c.graph.None()
	for _, id := range ids {
		if i, found := c.items[id]; found {
			set[i] = true
		}
	}
	return set
}

func nodeItem(n *node) selection.Item {
	item := selection.Item{Values: map[selection.Method][]string{
		selection.Name: {n.Name}, selection.Tag: n.Tags, selection.ResourceType: {string(n.kind())},
	}}
	for _, input := range n.inputs {
		item.Reads = append(item.Reads, input.index)
	}
	switch {
	case n.source != nil:
		item.Values[selection.Source] = []string{n.Name}
		item.Values[selection.Path] = []string{n.source.Seed}
		if n.source.Workbook != "" {
			item.Values[selection.Path] = append(item.Values[selection.Path], n.source.Workbook)
		}
	case n.model.Layer != "":
		item.Values[selection.Layer] = []string{n.model.Layer}
	}
	return item
}

func testItem(t *contract.Test) selection.Item {
	return selection.Item{IsTest: true, Values: map[selection.Method][]string{
		selection.Name: {t.Name}, selection.Tag: t.Tags, selection.ResourceType: {manifest.TestType},
		selection.TestName: {t.Name, t.Kind}, selection.TestType: testTypes(t.Kind),
	}}
}

// testTypes are the words for a kind of test: its own, and dbt's.
func testTypes(kind string) []string {
	if kind == "expression" { // written for one node
		return []string{kind, "data", "singular"}
	}
	return []string{kind, "data", "generic"}
}
