package goemit

import (
	"fmt"

	"github.com/dave/jennifer/jen"

	"martlet/gen/internal/expr"
	"martlet/gen/internal/plan"
)

// compute writes the step that computes the columns of the kept rows.
func (m *modelFile) compute() {
	m.method(m.stage, "compute", "gives the columns of the rows kept.").Params().Params(contract("Batch"), jen.Error()).BlockFunc(func(g *jen.Group) {
		g.Id("m").Dot("out").Dot("Reserve").Call(jen.Len(jen.Id("m").Dot("rows")))
		names := fields(m.relation)
		for i := range m.model.Columns {
			if m.handedOn(i) {
				index := m.model.Exprs[i].(*expr.Column).Index
				if m.keepsRows() {
					g.Id("m").Dot("out").Dot(names[i]).Dot("Keep").Call(jen.Id("m").Dot("record").Dot("Column").Call(jen.Lit(index)))
					continue
				}
				from := m.inputs[index]
				g.Id("m").Dot("out").Dot(names[i]).Dot("AppendTake").Call(jen.Id("m").Dot("in").Dot(from), jen.Id("m").Dot("rows"))
			} else {
				g.Id("m").Dot("append" + names[i]).Call()
			}
		}
		g.List(jen.Id("rec"), jen.Err()).Op(":=").Id("m").Dot("out").Dot("NewRecord").Call()
		g.If(jen.Err().Op("!=").Nil()).Block(jen.Return(contract("Batch").Values(), jen.Err()))
		origins := contract("TakeOrigins").Call(jen.Id("m").Dot("origins"), jen.Id("m").Dot("rows"))
		if m.keepsRows() {
			origins = jen.Id("m").Dot("origins")
		}
		g.Return(contract("Batch").Values(
			jen.Id("Record").Op(":").Id("rec"),
			jen.Id("Origins").Op(":").Add(origins)), jen.Nil())
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
		m.copyColumn(name, c, ref)
		return
	}
	b := m.body(m.failing(), c.Name, jen.Id("out").Dot("AppendNull").Call())
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
	if identifiers(body)["i"] == 0 {
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

// copyColumn writes a column that is one of a join or a group as it is:
//
//	m.out.Gender.AppendStore(&m.attributes.gender, m.attributesIDs, m.rows)
//
// or, where a stage looks at it, by AppendTake of the rows.
func (m *modelFile) copyColumn(name string, c *plan.Column, ref *expr.Column) {
	from := m.source(ref)
	out := jen.Id("m").Dot("out").Dot(name)
	body := jen.For(jen.List(jen.Id("_"), jen.Id("i")).Op(":=").Range().Id("m").Dot("rows")).Block(
		out.Clone().Dot("AppendOption").Call(from.of.Clone().Dot("Get").Call(from.at)))
	if from.view {
		body = out.Clone().Dot("AppendTake").Call(from.of, jen.Id("m").Dot("rows"))
	} else if store, isPointer := m.store(ref); store != nil {
		if !isPointer {
			store = jen.Op("&").Add(store)
		}
		body = out.Clone().Dot("AppendStore").Call(store, jen.Id("m").Dot(m.joins[ref.Input-1].field+"IDs"), jen.Id("m").Dot("rows"))
	}
	m.method(m.stage, "append"+name, "copies "+c.Name+".").Params().Block(body)
}

// store is what keeps a column of a join as it is, by id, and nil where that is no
// store; of an aggregate it is a pointer.
func (m *modelFile) store(ref *expr.Column) (store *jen.Statement, isPointer bool) {
	if ref.Input <= 0 {
		return nil, false
	}
	j := m.joins[ref.Input-1]
	owner := jen.Id("m").Dot(j.field)
	if j.fold == nil {
		return owner.Dot(j.members[ref.Index]), false
	}
	c, bare := j.Fold.Outputs[ref.Index].(*expr.Column)
	if !bare {
		return nil, false
	}
	if c.Input == plan.GroupKey {
		return owner.Dot(j.fold.stores[c.Index]), false
	}
	switch a := j.fold.Aggregates[c.Index]; a.Kind {
	case expr.ArgMax, expr.ArgMin:
		return owner.Dot(j.fold.args[c.Index]), false
	case expr.Min, expr.Max, expr.BoolAnd, expr.BoolOr:
		return owner.Dot(j.fold.aggs[c.Index]).Dot("Store").Call(), true
	}
	return nil, false
}

// failing is the method that reports a failure of a column: of a row, or of a group.
func (m *modelFile) failing() string {
	if m.groups != nil {
		return "failGroup"
	}
	return "fail"
}

// rowBody makes a body for a loop over the rows of a batch.
func (m *modelFile) rowBody(clause string, undo ...jen.Code) *body {
	return m.body("fail", clause, undo...)
}

// body makes a body for a loop over m.rows. A row is given up by the method fail;
// undo runs beside it.
func (m *modelFile) body(fail, clause string, undo ...jen.Code) *body {
	report := jen.Id("m").Dot(fail).Call(jen.Id("i"), jen.Lit(clause), jen.Err())
	b := newBody(m.file, newNamer("out", "kept", "groups"), m.source, append(append([]jen.Code{report}, undo...), jen.Continue())...)
	b.abort = []jen.Code{
		jen.For(jen.List(jen.Id("_"), jen.Id("i")).Op(":=").Range().Id("m").Dot("rows")).Block(append([]jen.Code{report}, undo...)...),
		jen.Return(),
	}
	b.now = jen.Id("m").Dot("env").Dot("AsOf")
	b.failed = func() { m.fails[fail] = true }
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
	if look := j.looks[c.Index]; look != "" {
		return source{of: jen.Id("m").Dot(look), at: jen.Id("i"), view: true, name: j.Columns[c.Index].Name}
	}
	return j.source(c, jen.Id("m").Dot(j.field), jen.Id("m").Dot(j.field+"IDs").Index(jen.Id("i")))
}

// failMethods write how a failing expression is reported: with the key of the
// row, or of the group, and where it comes from.
func (m *modelFile) failMethods() {
	from := m.model.From
	if m.fails["fail"] {
		columns := from.Grain
		if len(columns) == 0 && m.model.Dedupe != nil {
			columns = m.model.Dedupe.Key
		}
		var key *jen.Statement
		if len(columns) > 0 {
			key = keyText(from, columns, m.inputs, jen.Id("m").Dot("in"))
		}
		m.failMethod("fail", "reports an expression that has no value at row i.", key)
	}
	if m.fails["failGroup"] {
		m.failMethod("failGroup", "reports an expression that has no value for group i.", m.groupKey())
	}
}

func (m *modelFile) failMethod(name, comment string, key *jen.Statement) {
	m.method(m.stage, name, comment).
		Params(jen.Id("i").Int(), jen.Id("column").String(), jen.Id("err").Error()).
		BlockFunc(func(g *jen.Group) {
			if key != nil && name == "failGroup" {
				m.groupKeyValues(g)
			}
			g.Id("m").Dot("env").Dot("Failures").Dot("Add").Call(contract("Failure").ValuesFunc(func(g *jen.Group) {
				g.Id("Node").Op(":").Lit(m.model.Name)
				g.Id("Column").Op(":").Id("column")
				g.Id("Origin").Op(":").Id("m").Dot("origins").Index(jen.Id("i"))
				if key != nil {
					g.Id("Key").Op(":").Add(key)
				}
				g.Id("Err").Op(":").Err()
			}))
		})
}

// groupKeyValues reads those keys of group i that the fold stores.
func (m *modelFile) groupKeyValues(g *jen.Group) {
	for k, n := range m.model.Group.Keys {
		store := m.groups.stores[k]
		if store == "" {
			continue
		}
		v := jen.Id(fmt.Sprintf("key%d", k+1))
		if m.personal(n) {
			v = jen.Id("_")
		}
		g.List(v, jen.Id(fmt.Sprintf("key%dOK", k+1))).Op(":=").Id("m").Dot("groups").Dot(store).Dot("Get").Call(jen.Id("i"))
	}
}

// groupKey is the text of what groupKeyValues has read, nil where that is nothing.
func (m *modelFile) groupKey() *jen.Statement {
	var parts []jen.Code
	for k, n := range m.model.Group.Keys {
		if m.groups.stores[k] == "" {
			continue
		}
		shown := contract("Redacted")
		if !m.personal(n) {
			shown = formatted(n.Type(), jen.Id(fmt.Sprintf("key%d", k+1)))
		}
		parts = append(parts, contract("KeyPart").Call(jen.Lit(expr.SQL(n)), jen.Id(fmt.Sprintf("key%dOK", k+1)), shown))
	}
	if len(parts) == 0 {
		return nil
	}
	return joinKey(parts)
}

// personal says whether an expression over rows reads personal data.
func (m *modelFile) personal(n expr.Node) bool {
	found := false
	expr.Walk(n, func(x expr.Node) bool {
		if c, ok := x.(*expr.Column); ok {
			columns := m.model.From.Columns
			if c.Input > 0 {
				columns = m.model.Joins[c.Input-1].Columns
			}
			found = found || columns[c.Index].PII
		}
		return !found
	})
	return found
}
