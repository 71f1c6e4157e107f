package goemit

import (
	"github.com/dave/jennifer/jen"

	"martlet/gen/internal/expr"
	"martlet/gen/internal/plan"
)

// compute writes the step that computes the columns of the kept rows.
func (m *modelFile) compute() {
	m.method("compute", "gives the columns of the rows kept.").Params(jen.Id("emit").Add(contract("Emit"))).Error().BlockFunc(func(g *jen.Group) {
		g.Id("m").Dot("out").Dot("Reserve").Call(jen.Len(jen.Id("m").Dot("rows")))
		names := fields(m.relation)
		for i := range m.model.Columns {
			if m.handedOn(i) {
				from := m.inputs[m.model.Exprs[i].(*expr.Column).Index]
				g.Id("m").Dot("out").Dot(names[i]).Dot("AppendTake").Call(jen.Id("m").Dot("in").Dot(from), jen.Id("m").Dot("rows"))
			} else {
				g.Id("m").Dot("append" + names[i]).Call()
			}
		}
		g.List(jen.Id("rec"), jen.Err()).Op(":=").Id("m").Dot("out").Dot("NewRecord").Call()
		g.If(jen.Err().Op("!=").Nil()).Block(jen.Return(jen.Err()))
		g.Return(jen.Id("emit").Call(contract("Batch").Values(
			jen.Id("Record").Op(":").Id("rec"),
			jen.Id("Origins").Op(":").Add(contract("TakeOrigins")).Call(jen.Id("m").Dot("origins"), jen.Id("m").Dot("rows")))))
	})
}

// filter writes the where clause:
//
//	kept := m.rows[:0]
//	for _, i := range m.rows {
//		isInternal, isInternalOK := m.in.IsInternalUser.Get(i)
//		if isInternalOK && !isInternal {
//			kept = append(kept, i)
//		}
//	}
func (m *modelFile) filter() {
	b := m.rowBody("where")
	keep := b.cond(m.model.Where, true)
	b.emit(jen.If(keep.copy()).Block(jen.Id("kept").Op("=").Append(jen.Id("kept"), jen.Id("i"))))
	m.methodSQL("filter", "keeps the rows of which this is true:", expr.SQL(m.model.Where)).Params().BlockFunc(func(g *jen.Group) {
		g.Id("kept").Op(":=").Id("m").Dot("rows").Index(jen.Op(":").Lit(0))
		for _, s := range b.before {
			g.Add(s)
		}
		g.For(jen.List(jen.Id("_"), jen.Id("i")).Op(":=").Range().Id("m").Dot("rows")).Block(b.statements()...)
		g.Id("m").Dot("filtered").Op("+=").Int64().Call(jen.Len(jen.Id("m").Dot("rows")).Op("-").Len(jen.Id("kept")))
		g.Id("m").Dot("rows").Op("=").Id("kept")
	})
}

// column writes the loop that computes one column:
//
//	func (m *MartModel) appendIsReopened() {
//		out := m.out.IsReopened
//		for _, i := range m.rows {
//			reopenedAtOK := m.in.AccountReopenedAt.Valid(i)
//			out.Append(reopenedAtOK)
//		}
//	}
func (m *modelFile) column(index int, c *plan.Column) {
	name := fields(m.relation)[index]
	n := m.model.Exprs[index]
	if ref, ok := n.(*expr.Column); ok && !m.source(ref).fails && !m.source(ref).call {
		m.copyColumn(name, c, m.source(ref))
		return
	}
	b := m.rowBody(c.Name, jen.Id("out").Dot("AppendNull").Call())
	v := b.value(n)
	switch {
	case v.ok.isTrue():
		b.emit(jen.Id("out").Dot("Append").Call(v.v.copy()))
	case v.ok.isFalse():
		b.emit(jen.Id("out").Dot("AppendNull").Call())
	default:
		b.emit(jen.Id("out").Dot("AppendOption").Call(v.v.copy(), v.ok.copy()))
	}
	body := b.statements()
	row := jen.For(jen.List(jen.Id("_"), jen.Id("i")).Op(":=").Range().Id("m").Dot("rows"))
	if !mentions(jen.Block(body...).GoString(), "i") {
		row = jen.For(jen.Range().Id("m").Dot("rows"))
	}
	m.methodSQL("append"+name, "computes "+c.Name+":", expr.SQL(n)).Params().BlockFunc(func(g *jen.Group) {
		g.Id("out").Op(":=").Id("m").Dot("out").Dot(name)
		for _, s := range b.before {
			g.Add(s)
		}
		g.Add(row.Block(body...))
	})
}

// copyColumn writes a column that is one of a join or a group as it is.
func (m *modelFile) copyColumn(name string, c *plan.Column, from source) {
	m.method("append"+name, "copies "+c.Name+".").Params().Block(
		jen.For(jen.List(jen.Id("_"), jen.Id("i")).Op(":=").Range().Id("m").Dot("rows")).Block(
			jen.Id("m").Dot("out").Dot(name).Dot("AppendOption").Call(from.of.Clone().Dot("Get").Call(from.at))))
}

// rowBody makes a body for a loop over m.rows. undo runs, beside the report,
// where a row is given up.
func (m *modelFile) rowBody(clause string, undo ...jen.Code) *body {
	report := jen.Id("m").Dot("fail").Call(jen.Id("i"), jen.Lit(clause), jen.Err())
	b := newBody(m.file, newNamer("out", "kept"), m.source, append(append([]jen.Code{report}, undo...), jen.Continue())...)
	b.abort = []jen.Code{
		jen.For(jen.List(jen.Id("_"), jen.Id("i")).Op(":=").Range().Id("m").Dot("rows")).Block(append([]jen.Code{report}, undo...)...),
		jen.Return(),
	}
	b.now = jen.Id("m").Dot("env").Dot("AsOf")
	b.failed = func() { m.fails = true }
	return b
}

// source says where an expression of the model finds a column at row i.
func (m *modelFile) source(c *expr.Column) source {
	switch {
	case c.Input == plan.GroupKey || c.Input == plan.GroupAggregate:
		return m.groups.source(c, jen.Id("m").Dot("groups"), jen.Id("i"))
	case c.Input == 0:
		return viewSource(jen.Id("m").Dot("in"), m.inputs, jen.Id("i"))(c)
	}
	j := m.joins[c.Input-1]
	return j.source(c, jen.Id("m").Dot(j.field), jen.Id("m").Dot(j.field+"IDs").Index(jen.Id("i")))
}

// failMethod writes how a failing expression is reported.
func (m *modelFile) failMethod() {
	m.method("fail", "reports an expression that has no value at row i.").
		Params(jen.Id("i").Int(), jen.Id("column").String(), jen.Id("err").Error()).
		Block(jen.Id("m").Dot("env").Dot("Failures").Dot("Add").Call(contract("Failure").ValuesFunc(func(g *jen.Group) {
			g.Id("Node").Op(":").Lit(m.model.Name)
			g.Id("Column").Op(":").Id("column")
			g.Id("Origin").Op(":").Id("m").Dot("origins").Index(jen.Id("i"))
			if len(m.model.From.Grain) > 0 && m.groups == nil {
				g.Id("Key").Op(":").Id("m").Dot("in").Dot("Key").Call(jen.Id("i"))
			}
			g.Id("Err").Op(":").Err()
		})))
}
