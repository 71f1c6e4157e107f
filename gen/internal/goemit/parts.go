package goemit

import (
	"slices"

	"github.com/dave/jennifer/jen"

	"martlet/gen/internal/expr"
	"martlet/gen/internal/plan"
)

// parting is how a model can be computed in parts: for each input of which rows
// have to meet, the columns that bring them together.
type parting struct {
	inputs []int // the base, 0, first
	keys   [][]int
}

// parting finds columns of the base such that rows which dedupe, group_by or a join
// bring together have the same values there. Joins on other columns are held whole.
func (m *modelFile) parting() (p parting, ok bool) {
	key := m.partKey()
	if len(key) == 0 {
		return parting{}, false
	}
	p = parting{inputs: []int{0}, keys: [][]int{key}}
	for _, j := range m.joins {
		if right, ok := partedJoin(j, key); ok {
			p.inputs, p.keys = append(p.inputs, j.index+1), append(p.keys, right)
		}
	}
	return p, m.holds() || len(p.inputs) > 1
}

// partKey gives the columns of the base that parts are told apart by.
func (m *modelFile) partKey() []int {
	switch {
	case m.model.Dedupe != nil && m.groups != nil:
		return nil // a group has rows of several keys
	case m.model.Dedupe != nil:
		return m.model.Dedupe.Key
	case m.groups != nil:
		return bareColumns(m.model.Group.Keys)
	}
	var best []int
	most := 0
	for _, j := range m.joins {
		left := leftColumns(j)
		n := 0
		for _, other := range m.joins {
			if _, ok := partedJoin(other, left); ok {
				n++
			}
		}
		if n > most {
			best, most = left, n
		}
	}
	return best
}

// bareColumns are those of the base among expressions.
func bareColumns(nodes []expr.Node) (columns []int) {
	for _, n := range nodes {
		if c, ok := n.(*expr.Column); ok && c.Input == 0 && !slices.Contains(columns, c.Index) {
			columns = append(columns, c.Index)
		}
	}
	return columns
}

// leftColumns are the columns of the base that a join matches, nil where it
// matches anything else.
func leftColumns(j *joinPart) []int {
	if j == nil {
		return nil
	}
	nodes := make([]expr.Node, len(j.Left))
	for i, l := range j.Left {
		nodes[i] = l
	}
	columns := bareColumns(nodes)
	if len(columns) < len(nodes) {
		return nil
	}
	return columns
}

// partedJoin gives the columns of a joined input that match those of key, in their
// order; ok is false where the join is on others, or of other types.
func partedJoin(j *joinPart, key []int) (right []int, ok bool) {
	left := leftColumns(j)
	if len(key) == 0 || len(left) != len(key) {
		return nil, false
	}
	for _, k := range key {
		i := slices.Index(left, k)
		if i < 0 || j.Left[i].Type() != j.Input.Columns[j.Right[i]].Type {
			return nil, false
		}
		right = append(right, j.Right[i])
	}
	return right, true
}

// partMethod writes contract.Transform's Part:
//
//	switch input {
//	case 0:
//		in := ViewOrders(b.Record)
//		for i := range part {
//			part[i] = arrowops.PartInt(in.UserID.At(i))
//		}
//	}
func (m *modelFile) partMethod() {
	p, ok := m.parting()
	if !ok {
		return
	}
	var cases []jen.Code
	for i, input := range p.inputs {
		var r *plan.Relation = m.model.From
		if input > 0 {
			r = m.model.Joins[input-1].Input
		}
		in := jen.Id("in").Op(":=").Id("View" + m.names[r]).Call(jen.Id("b").Dot("Record"))
		cases = append(cases, jen.Case(jen.Lit(input)).Block(append([]jen.Code{in}, partRows(m.file, r, p.keys[i])...)...))
	}
	m.method(m.typ, "Part", "implements contract.Transform.").
		Params(jen.Id("input").Int(), jen.Id("b").Add(contract("Batch")), jen.Id("part").Index().Uint32()).
		Block(jen.Switch(jen.Id("input")).Block(cases...))
}
