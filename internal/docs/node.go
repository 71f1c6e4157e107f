package docs

import (
	"fmt"
	"slices"
	"strings"

	"martlet/internal/contract"
	"martlet/internal/report"
)

// The layers of nodes for which the schema names none.
const (
	sourceLayer = "sources"
	modelLayer  = "models"
)

func newSource(s *contract.Source) *Node {
	n := newNode(&s.Node, "source", sourceLayer)
	n.fact("File", "", s.Seed)
	if s.Workbook != "" {
		n.fact("Made from", "", s.Workbook+"!"+s.Sheet)
	}
	if s.MaxRejects != (contract.Allowance{}) {
		n.fact("Rejects allowed", s.MaxRejects.String())
	}
	return n
}

func newModel(m *contract.Model, byName map[string]*Node) *Node {
	layer := m.Layer
	if layer == "" {
		layer = modelLayer
	}
	n := newNode(&m.Node, "model", layer)
	n.SQL = tokens(m.SQL)
	n.Steps = steps(m)
	if len(m.Formats) > 0 {
		n.fact("Published as", strings.Join(m.Formats, ", "))
	}
	if m.Increment != nil {
		n.fact("Built", "incrementally: only the keys that new records touch are computed anew")
	}
	if m.Complete {
		n.fact("Complete", "refuses to be built where any record it rests on was rejected")
	}
	for _, name := range m.Inputs() {
		input := byName[name]
		n.inputs = append(n.inputs, input)
		if !slices.Contains(n.Reads, input) {
			n.Reads = append(n.Reads, input)
			input.ReadBy = append(input.ReadBy, n)
		}
	}
	for i, c := range n.Columns {
		c.From = m.Columns[i].Lineage
		if !m.Columns[i].Copy {
			c.Expr = tokens(m.Columns[i].Expr)
		}
	}
	return n
}

func newNode(c *contract.Node, kind, layer string) *Node {
	n := &Node{Name: c.Name, Kind: kind, Layer: layer, Description: c.Description}
	if len(c.Grain) > 0 {
		n.fact("One row for each", "", c.Grain...)
	}
	if len(c.Tags) > 0 {
		n.fact("Tags", "", c.Tags...)
	}
	for i := range c.Columns {
		d := &c.Columns[i]
		n.Columns = append(n.Columns, &Column{Node: n, Name: d.Name, Type: d.Type, Nullable: d.Nullable, PII: d.PII,
			Key: slices.Contains(c.Grain, d.Name), Description: d.Description, reads: d.Reads})
	}
	for i := range c.Tests {
		t := newTest(n, &c.Tests[i])
		n.Tests = append(n.Tests, t)
		if at := slices.IndexFunc(n.Columns, func(c *Column) bool { return c.Name == t.Column }); at >= 0 {
			n.Columns[at].Tests = append(n.Columns[at].Tests, t)
		}
	}
	return n
}

func (n *Node) fact(name, words string, code ...string) {
	n.Facts = append(n.Facts, Fact{name, words, code})
}

func newTest(n *Node, t *contract.Test) *Test {
	return &Test{Node: n, Name: t.Name, Kind: t.Kind, Column: t.Column, Severity: string(t.Severity), Description: t.Description,
		Expected: t.Expected, Where: t.Where, Tags: t.Tags, Proved: t.Proved, pii: t.PII}
}

// Step is one thing that a model does with its rows, in the order in which they are
// done.
type Step struct {
	Words string
	Node  string   // what is read; empty where nothing is
	Names []string // the columns of a key
	Then  string   // words before Code
	Code  []Token  // a condition or an order
}

// steps says how a model's rows come about.
func steps(m *contract.Model) []Step {
	all := []Step{{Words: "Starts from", Node: m.From}}
	if m.Dedupe != nil {
		all = append(all, dedupeStep(m.Dedupe))
	}
	for i, input := range m.Joins {
		all = append(all, joinStep(input, m.On[i]))
	}
	if m.Where != nil {
		all = append(all, Step{Words: "Keeps only rows with", Code: tokens(m.Where.Expr)})
	}
	switch {
	case m.Grouped && len(m.GroupBy) > 0:
		all = append(all, Step{Words: "Makes one row for each", Names: m.GroupBy})
	case m.Grouped:
		all = append(all, Step{Words: "Makes groups of rows one row each"})
	}
	return all
}

func joinStep(input string, on []contract.Match) Step {
	var same, all []string
	for _, match := range on {
		all = append(all, fmt.Sprintf("%s = %s", match.Right, match.Left.Column))
		if match.Right == match.Left.Column {
			same = append(same, match.Right)
		}
	}
	s := Step{Words: "Looks up", Node: input, Then: "by", Code: tokens(strings.Join(same, ", "))}
	if len(same) < len(all) {
		s.Then, s.Code = "where", tokens(strings.Join(all, " and "))
	}
	return s
}

func dedupeStep(d *contract.Dedupe) Step {
	s := Step{Words: "Keeps one row for each", Names: d.Key}
	var order []string
	for _, t := range d.Order {
		term := t.Expr
		if t.Desc {
			term += " desc"
		}
		order = append(order, term)
	}
	if len(order) > 0 {
		s.Then, s.Code = "the first by", tokens(strings.Join(order, ", "))
	}
	return s
}

// Rows is what became of the rows of a node in the last run.
type Rows struct{ Rejected, Filtered, Folded, Out int64 }

// String is how many there are.
func (r *Rows) String() string { return report.Plural(r.Out, "row") }

// Lost is what became of those that did not come out.
func (r *Rows) Lost() []string {
	var parts []string
	for _, part := range []struct {
		rows int64
		word string
	}{{r.Rejected, "rejected"}, {r.Folded, "merged"}, {r.Filtered, "filtered"}} {
		if part.rows > 0 {
			parts = append(parts, report.Count(part.rows)+" "+part.word)
		}
	}
	return parts
}
