package docs

import (
	"fmt"

	"martlet/internal/contract"
)

// graph is what the scripts draw and search: the island of JSON.
type graph struct {
	Layers   []string    `json:"layers"`
	RowUnits int         `json:"rowUnits"`
	Nodes    []graphNode `json:"nodes"` // in the order of view.Nodes
	Tests    []graphTest `json:"tests"`
}

type graphNode struct {
	Name        string        `json:"name"`
	Kind        string        `json:"kind"`
	Layer       int           `json:"layer"`
	State       string        `json:"state"`
	Word        string        `json:"word"` // for the state
	Rows        string        `json:"rows,omitempty"`
	Description string        `json:"description,omitempty"`
	Reads       []int         `json:"reads"`
	Column      int           `json:"column"` // where it stands
	Row         int           `json:"row"`
	Passes      []int         `json:"passes,omitempty"`
	Columns     []graphColumn `json:"columns"`
}

type graphColumn struct {
	Name        string `json:"name"`
	Type        string `json:"type"`
	Description string `json:"description,omitempty"`
	// Reads are what it is computed from, one step back: the node and its column, by
	// number.
	Reads [][2]int `json:"reads,omitempty"`
}

type graphTest struct {
	Name        string `json:"name"`
	Node        int    `json:"node"`
	Column      string `json:"column,omitempty"`
	Description string `json:"description,omitempty"`
	Expected    string `json:"expected,omitempty"`
	State       string `json:"state"`
	Word        string `json:"word"`
}

// newGraph is the graph of a project whose places the generator has found.
func newGraph(p *contract.Project, v *view) (graph, error) {
	g := graph{RowUnits: contract.RowUnits, Nodes: []graphNode{}, Tests: []graphTest{}}
	if len(p.Places) != len(v.Nodes) {
		return g, fmt.Errorf("the project has %d nodes and places for %d in a drawing: run go generate ./... and build it anew", len(v.Nodes), len(p.Places))
	}
	layer := map[string]int{}
	for i, l := range v.Layers {
		layer[l.Name] = i
		g.Layers = append(g.Layers, l.Name)
	}
	columns := columnNumbers(v.Nodes)
	for i, n := range v.Nodes {
		out := graphNode{Name: n.Name, Kind: n.Kind, Layer: layer[n.Layer], State: n.State.Class(), Word: n.State.String(),
			Description: n.Description, Reads: []int{}, Column: p.Places[i].Column, Row: p.Places[i].Row, Passes: p.Places[i].Passes}
		if n.Rows != nil {
			out.Rows = n.Rows.String()
		}
		for _, input := range n.Reads {
			out.Reads = append(out.Reads, input.index)
		}
		for _, c := range n.Columns {
			out.Columns = append(out.Columns, graphColumn{Name: c.Name, Type: c.Type, Description: c.Description, Reads: columnReads(c, n.inputs, columns)})
		}
		g.Nodes = append(g.Nodes, out)
	}
	for _, t := range v.Tests {
		g.Tests = append(g.Tests, graphTest{Name: t.Name, Node: t.Node.index, Column: t.Column, Description: t.Description,
			Expected: t.Expected, State: t.State.Class(), Word: t.State.String()})
	}
	return g, nil
}

// columnNumbers are the places of the columns of each node, by name.
func columnNumbers(nodes []*Node) []map[string]int {
	all := make([]map[string]int, len(nodes))
	for i, n := range nodes {
		all[i] = map[string]int{}
		for k, c := range n.Columns {
			all[i][c.Name] = k
		}
	}
	return all
}

// columnReads are what a column is computed from, each once; inputs are those of its
// model, the base first.
func columnReads(c *Column, inputs []*Node, columns []map[string]int) [][2]int {
	var reads [][2]int
	seen := map[[2]int]bool{}
	for _, r := range c.reads {
		from := inputs[r.Input].index
		read := [2]int{from, columns[from][r.Column]}
		if !seen[read] {
			reads = append(reads, read)
		}
		seen[read] = true
	}
	return reads
}
