package layout

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/goccy/go-graphviz"

	"martlet/internal/contract"
)

// Node is a relation of a project.
type Node struct {
	Layer  string // the sources are one
	Inputs []int  // what it reads, by number; each comes before it
}

// Lay gives the place of each node. The same nodes have the same places. An error
// is of Graphviz, and none is known that a graph could lead to.
func Lay(nodes []Node) ([]contract.Place, error) {
	if len(nodes) == 0 {
		return nil, nil
	}
	d := newDrawing(nodes)
	ctx := context.Background()
	engine, err := graphviz.New(ctx)
	if err != nil {
		return nil, err
	}
	defer engine.Close()
	graph, err := graphviz.ParseBytes([]byte(d.dot()))
	if err != nil {
		return nil, err
	}
	defer graph.Close()
	var plain bytes.Buffer
	if err := engine.Render(ctx, graph, "plain", &plain); err != nil {
		return nil, err
	}
	heights, err := readPlain(plain.String())
	if err != nil {
		return nil, err
	}
	return d.places(heights), nil
}

// drawing is a graph as dot is given it: an edge reaches from one column to the
// next, and one that reaches further passes those between at places of its own,
// which all edges of one node share.
type drawing struct {
	nodes  []Node
	column []int
	reach  []int // of each node, the column of the rightmost one that reads it
}

func newDrawing(nodes []Node) *drawing {
	d := &drawing{nodes: nodes, column: columns(nodes), reach: make([]int, len(nodes))}
	for n := range nodes {
		for _, input := range nodes[n].Inputs {
			d.reach[input] = max(d.reach[input], d.column[n])
		}
	}
	return d
}

// In dot's inches: a node is one high, and a pass leaves room for a line.
const (
	nodeGap    = 0.25
	passHeight = 0.2
)

// dot writes the graph in the language of dot.
func (d *drawing) dot() string {
	var s strings.Builder
	fmt.Fprintf(&s, "digraph {\nrankdir=LR; splines=false; nodesep=%v; node [shape=box, fixedsize=true, width=1, height=1, label=\"\"];\n", nodeGap)
	d.writeColumns(&s)
	for n := range d.nodes {
		for c := d.column[n] + 1; c < d.reach[n]; c++ {
			fmt.Fprintf(&s, "%s -> %s [weight=4];\n", d.at(n, c-1), d.at(n, c))
		}
	}
	for n := range d.nodes {
		seen := map[int]bool{}
		for _, input := range d.nodes[n].Inputs {
			if !seen[input] {
				fmt.Fprintf(&s, "%s -> %s;\n", d.at(input, d.column[n]-1), d.at(n, d.column[n]))
			}
			seen[input] = true
		}
	}
	s.WriteString("}\n")
	return s.String()
}

// writeColumns writes what stands in each column. A chain through all of them
// keeps apart what no edge does.
func (d *drawing) writeColumns(s *strings.Builder) {
	last := 0
	for _, c := range d.column {
		last = max(last, c)
	}
	for c := range last + 1 {
		fmt.Fprintf(s, "c%d [height=0.01];\n", c)
		if c > 0 {
			fmt.Fprintf(s, "c%d -> c%d [weight=0];\n", c-1, c)
		}
		fmt.Fprintf(s, "{ rank=same; c%d;", c)
		for n := range d.nodes {
			switch {
			case d.column[n] == c:
				fmt.Fprintf(s, " %s;", d.at(n, c))
			case d.column[n] < c && c < d.reach[n]:
				fmt.Fprintf(s, " %s [height=%v];", d.at(n, c), passHeight)
			}
		}
		s.WriteString(" }\n")
	}
}

// at names a node, or where its edges pass a column further right.
func (d *drawing) at(n, column int) string {
	if column == d.column[n] {
		return fmt.Sprintf("n%d", n)
	}
	return fmt.Sprintf("n%d_%d", n, column)
}

// readPlain reads dot's plain format for how high each node stands, in inches.
func readPlain(text string) (map[string]float64, error) {
	heights := map[string]float64{}
	for line := range strings.Lines(text) {
		words := strings.Fields(line)
		if len(words) < 4 || words[0] != "node" {
			continue
		}
		y, err := strconv.ParseFloat(words[3], 64)
		if err != nil {
			return nil, fmt.Errorf("graphviz: found %q, expected the place of a node", strings.TrimSpace(line))
		}
		heights[words[1]] = y
	}
	return heights, nil
}

// places makes places of heights, which dot counts from the bottom.
func (d *drawing) places(heights map[string]float64) []contract.Place {
	top := math.Inf(-1)
	for n := range d.nodes {
		for c := d.column[n]; c == d.column[n] || c < d.reach[n]; c++ {
			top = max(top, heights[d.at(n, c)])
		}
	}
	row := func(n, column int) int {
		return int(math.Round((top - heights[d.at(n, column)]) / (1 + nodeGap) * contract.RowUnits))
	}
	places := make([]contract.Place, len(d.nodes))
	for n := range d.nodes {
		places[n] = contract.Place{Column: d.column[n], Row: row(n, d.column[n])}
		for c := d.column[n] + 1; c < d.reach[n]; c++ {
			places[n].Passes = append(places[n].Passes, row(n, c))
		}
	}
	return places
}
