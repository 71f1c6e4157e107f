package goemit

import (
	"github.com/dave/jennifer/jen"

	"martlet/gen/internal/plan"
	"martlet/internal/layout"
)

// layoutNodes are the relations in the order of plan.Relations.
func layoutNodes(p *plan.Plan) []layout.Node {
	nodes := make([]layout.Node, 0, len(p.Sources)+len(p.Models))
	number := map[*plan.Relation]int{}
	for _, s := range p.Sources {
		number[&s.Relation] = len(nodes)
		nodes = append(nodes, layout.Node{Layer: "source"})
	}
	for _, m := range p.Models {
		node := layout.Node{Layer: "model " + m.Layer, Inputs: []int{number[m.From]}}
		for _, j := range m.Joins {
			node.Inputs = append(node.Inputs, number[j.Input])
		}
		number[&m.Relation] = len(nodes)
		nodes = append(nodes, node)
	}
	return nodes
}

// placesValue is where the relations stand in a drawing of the lineage, in the
// order of plan.Relations:
//
//	[]contract.Place{
//		{Column: 0, Row: 100, Passes: []int{80}},
//		{Column: 2, Row: 100},
//	}
func (e *emitter) placesValue() (*jen.Statement, error) {
	places, err := layout.Lay(layoutNodes(e.plan))
	if err != nil {
		return nil, err
	}
	return jen.Index().Add(contract("Place")).ValuesFunc(func(g *jen.Group) {
		for _, p := range places {
			g.Line().ValuesFunc(func(g *jen.Group) {
				g.Id("Column").Op(":").Lit(p.Column)
				g.Id("Row").Op(":").Lit(p.Row)
				if len(p.Passes) > 0 {
					g.Id("Passes").Op(":").Index().Int().ValuesFunc(func(g *jen.Group) {
						for _, row := range p.Passes {
							g.Lit(row)
						}
					})
				}
			})
		}
		g.Line()
	}), nil
}
