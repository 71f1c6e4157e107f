// Package docstest makes up projects of any size, and what runs of them would have
// left, to be looked at on a page.
package docstest

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"martlet/internal/contract"
	"martlet/internal/docs"
	"martlet/internal/layout"
	"martlet/internal/manifest"
	"martlet/internal/profile"
)

// layers of a made-up project: of how many nodes of 100 each is, and from how far
// back its models read.
var layers = []struct {
	name  string
	share int
}{{"", 25}, {"staging", 25}, {"intermediate", 30}, {"mart", 20}}

// Project makes up a project of so many nodes with so many columns each.
func Project(seed uint64, nodes, columns int) (*contract.Project, error) {
	r := rand.New(rand.NewPCG(seed, 0))
	p := &contract.Project{Name: "warehouse", Description: "A made-up warehouse, to see what a large one looks like.", Timezone: "UTC", Fingerprint: strings.Repeat("0a", 32)}
	var all []*contract.Node
	var layer []int
	var graph []layout.Node
	for len(all) < nodes {
		n, l := len(all), 0
		for l < len(layers)-1 && n*100 >= nodes*sharesUpTo(l) {
			l++
		}
		if l == 0 {
			s := contract.Source{Node: node(r, fmt.Sprintf("raw_%s_%03d", word(r), n), columns), Seed: fmt.Sprintf("seeds/raw_%03d.csv", n)}
			p.Sources = append(p.Sources, s)
			all, graph = append(all, &s.Node), append(graph, layout.Node{Layer: "source"})
		} else {
			m, inputs := model(r, n, l, columns, all, layer)
			p.Models = append(p.Models, m)
			all, graph = append(all, &m.Node), append(graph, layout.Node{Layer: layers[l].name, Inputs: inputs})
		}
		layer = append(layer, l)
	}
	var err error
	p.Places, err = layout.Lay(graph)
	return p, err
}

func sharesUpTo(l int) (sum int) {
	for _, x := range layers[:l+1] {
		sum += x.share
	}
	return sum
}

func word(r *rand.Rand) string {
	words := []string{"account", "order", "payment", "shipment", "consent", "session", "invoice", "campaign", "product", "refund"}
	return words[r.IntN(len(words))]
}

func node(r *rand.Rand, name string, columns int) contract.Node {
	n := contract.Node{Name: name, Description: "What is known of each " + word(r) + ", as of the last load.", Grain: []string{"id"}}
	for c := range columns {
		column := contract.Column{Name: fmt.Sprintf("%s_%02d", word(r), c), Type: "string", Nullable: true, Description: "The " + word(r) + " that the " + word(r) + " belongs to; null where it is not told."}
		if c == 0 {
			column = contract.Column{Name: "id", Type: "int64", Description: "Identifies the row."}
		}
		n.Columns = append(n.Columns, column)
	}
	for _, kind := range []string{"not_null", "unique"} {
		n.Tests = append(n.Tests, contract.Test{Name: kind + "_" + name + "_id", Kind: kind, Column: "id", Severity: contract.Error, Expected: "what it should"})
	}
	return n
}

// model makes up a model that reads models of the layer before, now and then of its
// own, and seldom any node.
func model(r *rand.Rand, n, l, columns int, all []*contract.Node, layer []int) (contract.Model, []int) {
	var near, own []int
	for i := range all {
		switch layer[i] {
		case l - 1:
			near = append(near, i)
		case l:
			own = append(own, i)
		}
	}
	inputs := []int{near[r.IntN(len(near))]}
	if l == 1 {
		inputs[0] = near[n%len(near)]
	}
	for l > 1 && len(inputs) < 4 && r.IntN(3) > 0 {
		switch k := r.IntN(12); {
		case k == 0:
			inputs = append(inputs, r.IntN(len(all)))
		case k < 3 && len(own) > 0:
			inputs = append(inputs, own[r.IntN(len(own))])
		default: // from about where the others are, as teams do
			inputs = append(inputs, near[min(len(near)-1, max(0, (inputs[0]-near[0])+r.IntN(7)-3))])
		}
	}
	m := contract.Model{Node: node(r, fmt.Sprintf("%s_%s_%03d", layers[l].name[:3], word(r), n), columns), Layer: layers[l].name}
	m.From = all[inputs[0]].Name
	for _, i := range inputs[1:] {
		m.Joins = append(m.Joins, all[i].Name)
		m.On = append(m.On, []contract.Match{{Left: contract.Read{Column: "id"}, Right: "id"}})
	}
	for c := range m.Columns {
		input := r.IntN(len(inputs))
		from := all[inputs[input]]
		k := r.IntN(len(from.Columns))
		m.Columns[c].Reads = []contract.Read{{Input: input, Column: from.Columns[k].Name}}
		m.Columns[c].Expr = fmt.Sprintf("nullif(lower(trim(%s)), '')", from.Columns[k].Name)
	}
	m.SQL = fmt.Sprintf("create or replace view %s as\nselect *\nfrom %s;\n", m.Name, m.From)
	return m, inputs
}

// Files makes up what a run of the project would have left: most tests passed.
func Files(seed uint64, p *contract.Project) docs.Files {
	r := rand.New(rand.NewPCG(seed, 1))
	var results []map[string]any
	add := func(kind string, n *contract.Node) {
		results = append(results, map[string]any{"unique_id": manifest.ID(kind, p.Name, n.Name), "status": "success",
			"martlet": map[string]any{"rows_out": r.IntN(1_000_000)}})
		for i := range n.Tests {
			status := "pass"
			switch r.IntN(60) {
			case 0:
				status = "fail"
			case 1, 2:
				status = "warn"
			}
			results = append(results, map[string]any{"unique_id": manifest.ID(manifest.TestType, p.Name, n.Tests[i].Name), "status": status,
				"message": map[string]any{"fail": "3 of 100 rows", "warn": "1 of 100 rows", "pass": nil}[status], "martlet": map[string]any{"rows": 100}})
		}
	}
	for i := range p.Sources {
		add(manifest.SourceType, &p.Sources[i].Node)
	}
	for i := range p.Models {
		add(manifest.ModelType, &p.Models[i].Node)
	}
	text, err := json.Marshal(map[string]any{
		"metadata": map[string]any{"generated_at": "2024-05-01T04:00:12.000000Z"}, "elapsed_time": 12.5, "args": map[string]any{"which": "build"}, "results": results,
		"martlet": map[string]any{"project": p.Name, "schema": p.Fingerprint, "run": strings.Repeat("7", 64), "as_of": "2024-05-01T00:00:00.000000Z", "outcome": "bad data"},
	})
	if err != nil {
		panic(err) // maps of texts and numbers
	}
	return docs.Files{Results: text, Profiles: profiles(r, p)}
}

// profiles makes up what is in the columns of the sources and of the marts.
func profiles(r *rand.Rand, p *contract.Project) []byte {
	all := &profile.Profiles{Version: profile.Version, Project: p.Name}
	add := func(kind string, n *contract.Node) {
		rows := r.Int64N(1_000_000) + 100
		of := profile.Node{UniqueID: manifest.ID(kind, p.Name, n.Name), ResourceType: kind, Name: n.Name, AsOf: "2024-05-01T00:00:00.000000Z", Complete: true, Relation: profile.Relation{Rows: rows}}
		for _, c := range n.Columns {
			of.Columns = append(of.Columns, profile.Column{Name: c.Name, Type: c.Type, Nulls: r.Int64N(rows), Distinct: r.Int64N(rows), Values: values(r, rows)})
		}
		all.Nodes = append(all.Nodes, of)
	}
	for i := range p.Sources {
		add(manifest.SourceType, &p.Sources[i].Node)
	}
	for i := range p.Models {
		if p.Models[i].Layer == "mart" {
			add(manifest.ModelType, &p.Models[i].Node)
		}
	}
	text, err := all.Encode()
	if err != nil {
		panic(err) // texts and numbers
	}
	return text
}

// values makes up those of a column of texts: frequent ones, and how long all are.
func values(r *rand.Rand, rows int64) *profile.Values {
	least, greatest := "aardvark", "zebra"
	v := &profile.Values{Min: &least, Max: &greatest, Counted: rows, Exact: true, Quantiles: []profile.Quantile{}, Histogram: &profile.Histogram{Of: profile.OfLengths}}
	for range 10 {
		v.Top = append(v.Top, profile.Top{Value: word(r), Count: r.Int64N(rows/10) + 1})
	}
	slices.SortFunc(v.Top, func(a, b profile.Top) int { return cmp.Compare(b.Count, a.Count) })
	for i := range 20 {
		v.Histogram.Bins = append(v.Histogram.Bins, profile.Bin{From: strconv.Itoa(i), To: strconv.Itoa(i + 1), Count: r.Int64N(rows)})
	}
	return v
}
