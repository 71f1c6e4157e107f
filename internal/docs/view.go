package docs

import (
	"html/template"
	"slices"

	"martlet/internal/contract"
)

// view is all that the templates know, in words and numbers for people.
type view struct {
	Style  template.CSS
	Script template.JS
	Policy string

	Project     string
	Description string
	Nodes       []*Node // sources, then models
	Layers      []Layer // those of the nodes, from left to right
	Tests       []*Test // of all nodes, the worst first
	Run         *Run    // nil where none has been
	Ages        *Ages   // nil where nothing is known of them
	Graph       graph
	Picture     *Picture // nil where there is none
}

// Failed says whether the last run did: what was wrong then stands before all else.
func (v *view) Failed() bool { return v.Run != nil && v.Run.State == Failed }

// Layer is the nodes that belong together, as the sources do.
type Layer struct {
	Name  string
	Nodes []*Node
}

// Node is a source or a model.
type Node struct {
	Name        string
	Kind        string // source or model
	Layer       string
	Description string
	State       State // the worse of its own and its tests'
	Message     string
	Rows        *Rows // nil where the last run did not compute it
	Facts       []Fact
	Steps       []Step
	Reads       []*Node
	ReadBy      []*Node
	Columns     []*Column
	Tests       []*Test
	SQL         []Token
	Freshness   *Freshness // nil where nothing is known of it
	Profile     *Profile   // the same

	index  int
	inputs []*Node // of a model: the base, then each join
}

// Fact is one thing that is to be known of a node.
type Fact struct {
	Name  string
	Words string
	Code  []string // names, shown as such
}

// Column is a column of a node.
type Column struct {
	Node        *Node
	Name        string
	Type        string
	Nullable    bool
	PII         bool
	Key         bool // it belongs to the grain
	Description string
	Expr        []Token // nil where it is handed on as it is
	From        []string
	Tests       []*Test
	Profile     *ColumnProfile // nil where nothing is known of it

	reads []contract.Read
}

// Test is a test of a node and what the last run found.
type Test struct {
	Node        *Node
	Name        string
	Kind        string
	Column      string
	Severity    string
	Description string
	Expected    string
	Where       string
	Tags        []string
	Proved      string
	State       State
	Message     string
	ByProof     bool
	Rows        int64
	Examples    []example
	Files       []string
	History     History

	pii bool
}

// newView puts together what is known of a project.
func newView(p *contract.Project, f *found) (*view, error) {
	v := &view{Project: p.Name, Description: p.Description}
	byName := map[string]*Node{}
	add := func(n *Node) {
		n.index = len(v.Nodes)
		byName[n.Name] = n
		v.Nodes = append(v.Nodes, n)
	}
	for i := range p.Sources {
		add(newSource(&p.Sources[i]))
	}
	for i := range p.Models {
		add(newModel(&p.Models[i], byName))
	}
	for _, n := range v.Nodes {
		for _, t := range n.Tests {
			t.History = newHistory(f.history[t.Name])
		}
		v.Tests = append(v.Tests, n.Tests...)
	}
	v.addRun(p, f)
	v.addFreshness(p, f.sources)
	v.addProfiles(p.Name, f.profiles, f.before)
	sortTests(v.Tests)
	v.Layers = layers(v.Nodes)
	var err error
	if v.Graph, err = newGraph(p, v); err == nil {
		v.Picture = newPicture(p, v.Nodes)
	}
	return v, err
}

// layers are the nodes by their layer, in the order in which these first appear.
func layers(nodes []*Node) []Layer {
	var all []Layer
	for _, n := range nodes {
		at := slices.IndexFunc(all, func(l Layer) bool { return l.Name == n.Layer })
		if at < 0 {
			at = len(all)
			all = append(all, Layer{Name: n.Layer})
		}
		all[at].Nodes = append(all[at].Nodes, n)
	}
	return all
}

// sortTests puts the worst first.
func sortTests(tests []*Test) {
	slices.SortStableFunc(tests, func(a, b *Test) int { return int(b.State) - int(a.State) })
}
