package goemit

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/dave/jennifer/jen"

	"martlet/gen/internal/expr"
	"martlet/gen/internal/plan"
)

func (m *modelFile) dedupeType() string { return unexported(m.name) + "Kept" }

// dedupeKeys is the table of dedupe's keys, a member of the struct in owner.
func (m *modelFile) dedupeKeys(owner string) keys {
	d := m.model.Dedupe
	nodes := make([]expr.Node, len(d.Key))
	for i, k := range d.Key {
		c := m.model.From.Columns[k]
		nodes[i] = expr.NewColumn(0, k, c.Name, c.Type, c.Nullable, 0)
	}
	return keys{owner: owner, name: "keys", nodes: nodes}
}

// stored lists the columns of the base input that outlive dedupe: those used
// after it, those it orders by, and its key.
func (m *modelFile) stored() []int {
	used := map[int]bool{}
	for at := range m.uses {
		if at[0] == 0 {
			used[at[1]] = true
		}
	}
	for _, k := range m.model.Dedupe.Key {
		used[k] = true
	}
	for _, t := range m.model.Dedupe.Order {
		if c, ok := t.Expr.(*expr.Column); ok {
			used[c.Index] = true
		}
	}
	var columns []int
	for i := range m.model.From.Columns {
		if used[i] {
			columns = append(columns, i)
		}
	}
	return columns
}

// computed lists the terms of the order that are more than a column. They are
// computed once a row, into stores by row and, of the rows kept, by id.
func (m *modelFile) computed() []int {
	var terms []int
	if m.model.Dedupe != nil {
		for i, t := range m.model.Dedupe.Order {
			if _, bare := t.Expr.(*expr.Column); !bare {
				terms = append(terms, i)
			}
		}
	}
	return terms
}

// orderField names the stores of a computed term.
func orderField(term int) string { return fmt.Sprintf("order%d", term+1) }

// orderTerm is the Input of a column that stands for a computed term; its Index
// is that of the term.
const orderTerm = -3

// dedupe writes the struct that holds the winning rows, and its methods:
//
//	type martKept struct {
//		keys    *arrowops.IntKeys[int64]
//		userID  arrowops.Store[int64]
//		origins arrowops.Store[contract.Origin]
//	}
func (m *modelFile) dedupe() {
	d, columns := m.model.Dedupe, m.stored()
	names := newNamer("keys", "keysKey", "origins", "add", "set", "view", "drop")
	for _, t := range m.computed() {
		names.pick(orderField(t))
	}
	members := make(map[int]string, len(columns))
	for _, c := range columns {
		members[c] = names.pick(unexported(m.inputs[c]))
	}
	m.out.Line()
	doc(m.out, m.dedupeType()+" keeps one row of "+m.model.From.Name+" for each "+strings.Join(m.model.From.Names(d.Key), ", ")+".", "")
	m.out.Type().Id(m.dedupeType()).StructFunc(func(g *jen.Group) {
		for _, member := range m.dedupeKeys("").members() {
			g.Add(member)
		}
		for _, c := range columns {
			g.Id(members[c]).Add(storeType(m.model.From.Columns[c].Type))
		}
		for _, t := range m.computed() {
			g.Id(orderField(t)).Add(storeType(d.Order[t].Expr.Type())).Comment(sentence(expr.SQL(d.Order[t].Expr)))
		}
		g.Id("origins").Add(ops("Store")).Types(contract("Origin"))
	})
	m.dedupeRows(d)
	for _, t := range m.computed() {
		m.orderMethod(d, t)
	}
	if len(d.Order) > 0 {
		m.wins(d, members)
	}
	m.dedupeAdd(columns, members)
	m.dedupeSet(columns, members)
	m.dedupeView(columns, members)
	m.dedupeDrop(columns, members)
}

// dedupeRows writes how a batch is taken in. Rows with a new key are kept column by
// column; there may be no others.
//
//	kept, known := &m.kept, m.kept.keys.Len()
//	m.ids = slices.Grow(m.ids[:0], len(m.origins))[:len(m.origins)]
//	m.began, m.again = kept.keys.AssignAll(m.ids, m.in.UserID, m.began[:0], m.again[:0])
//	kept.add(known, m.in, m.origins, m.began)
//	for _, i := range m.again {
//		if id := m.ids[i]; m.wins(i, id) {
//			kept.set(id, m.in, m.origins, i)
//		}
//	}
//	m.folded += int64(len(m.again))
func (m *modelFile) dedupeRows(d *plan.Dedupe) {
	of := func(name string) *jen.Statement { return jen.Id("m").Dot(name) }
	m.method(m.stage, "dedupe", "keeps the winning rows of the batch at hand.").Params().BlockFunc(func(g *jen.Group) {
		for _, t := range m.computed() {
			g.Id("m").Dot("compute" + exported(orderField(t))).Call()
		}
		g.List(jen.Id("kept"), jen.Id("known")).Op(":=").List(jen.Op("&").Id("m").Dot("kept"), of("kept").Dot("keys").Dot("Len").Call())
		g.Add(of("ids").Op("=").Qual("slices", "Grow").Call(of("ids").Index(jen.Op(":").Lit(0)), jen.Len(of("origins"))).Index(jen.Op(":").Len(of("origins"))))
		m.dedupeAssign(g)
		g.Id("kept").Dot("add").Call(jen.Id("known"), of("in"), of("origins"), of("began"))
		for _, t := range m.computed() {
			g.Id("kept").Dot(orderField(t)).Dot("AppendTake").Call(jen.Id("known"),
				of(orderField(t)).Dot("View").Call(jen.Lit(0), jen.Len(of("origins"))), of("began"))
		}
		again := []jen.Code{jen.Id("kept").Dot("set").Call(jen.Id("id"), of("in"), of("origins"), jen.Id("i"))}
		for _, t := range m.computed() {
			v := fmt.Sprintf("term%d", t+1)
			again = append(again, jen.List(jen.Id(v), jen.Id(v+"OK")).Op(":=").Add(of(orderField(t))).Dot("Get").Call(jen.Id("i")),
				jen.Id("kept").Dot(orderField(t)).Dot("Set").Call(jen.Id("id"), jen.Id(v), jen.Id(v+"OK")))
		}
		id := jen.Id("id").Op(":=").Add(of("ids")).Index(jen.Id("i"))
		if len(d.Order) > 0 {
			again = []jen.Code{jen.If(id, of("wins").Call(jen.Id("i"), jen.Id("id"))).Block(again...)}
		} else {
			again = append([]jen.Code{id}, again...)
		}
		g.For(jen.List(jen.Id("_"), jen.Id("i")).Op(":=").Range().Add(of("again"))).Block(again...)
		g.Add(of("folded").Op("+=").Int64().Call(jen.Len(of("again"))))
	})
}

// dedupeAssign writes how each row of the batch gets the id of its key, and which rows
// have a new one. Keys that have to be encoded go one by one:
//
//	m.began, m.again = m.began[:0], m.again[:0]
//	for i := range m.origins {
//		...
//		id, isNew := kept.keys.AssignBytes(kept.keysKey)
//		m.ids[i] = id
//		if isNew {
//			m.began = append(m.began, i)
//		} else {
//			m.again = append(m.again, i)
//		}
//	}
func (m *modelFile) dedupeAssign(g *jen.Group) {
	k := m.dedupeKeys("kept")
	of := func(name string) *jen.Statement { return jen.Id("m").Dot(name) }
	none := func(name string) *jen.Statement { return of(name).Index(jen.Op(":").Lit(0)) }
	if c, ok := k.column(); ok {
		g.List(of("began"), of("again")).Op("=").Id("kept").Dot("keys").Dot("AssignAll").Call(of("ids"), of("in").Dot(m.inputs[c]), none("began"), none("again"))
		return
	}
	b := newBody(m.file, newNamer("kept", "known"), viewSource(of("in"), m.inputs, jen.Id("i")))
	b.emit(k.lookup(b, true, "id", "isNew")...)
	b.emit(of("ids").Index(jen.Id("i")).Op("=").Id("id"),
		jen.If(jen.Id("isNew")).Block(of("began").Op("=").Append(of("began"), jen.Id("i"))).
			Else().Block(of("again").Op("=").Append(of("again"), jen.Id("i"))))
	g.List(of("began"), of("again")).Op("=").List(none("began"), none("again"))
	g.For(jen.Id("i").Op(":=").Range().Add(of("origins"))).Block(b.statements()...)
}

// orderMethod writes how a computed term of the order is given for each row of
// the batch; a row for which it fails is reported and comes last.
func (m *modelFile) orderMethod(d *plan.Dedupe, term int) {
	n := d.Order[term].Expr
	store := func(v, ok jen.Code) *jen.Statement {
		return jen.Id("m").Dot(orderField(term)).Dot("Set").Call(jen.Id("i"), v, ok)
	}
	b := m.rowBody("dedupe", store(zero(n.Type()), jen.False()))
	b.column, b.noHoist = viewSource(jen.Id("m").Dot("in"), m.inputs, jen.Id("i")), true
	v := b.value(n)
	b.emit(store(v.v.copy(), v.ok.copy()))
	m.methodSQL("compute"+exported(orderField(term)), "computes a term of the order, for each row:", expr.SQL(n)).Params().Block(
		jen.For(jen.Id("i").Op(":=").Range().Id("m").Dot("origins")).Block(b.statements()...))
}

// wins writes the order of dedupe:
//
//	func (m *MartModel) wins(i, id int) bool {
//		updatedAt, updatedAtOK := m.in.UpdatedAt.Get(i)
//		keptUpdatedAt, keptUpdatedAtOK := m.kept.updatedAt.Get(id)
//		if c := arrowops.CompareDesc(updatedAt, updatedAtOK, keptUpdatedAt, keptUpdatedAtOK); c != 0 {
//			return c < 0
//		}
//		return true
//	}
func (m *modelFile) wins(d *plan.Dedupe, members map[int]string) {
	names := newNamer("c")
	row := newBody(m.file, names, func(c *expr.Column) source {
		if c.Input == orderTerm {
			return source{of: jen.Id("m").Dot(orderField(c.Index)), at: jen.Id("i"), name: "term"}
		}
		return viewSource(jen.Id("m").Dot("in"), m.inputs, jen.Id("i"))(c)
	})
	held := newBody(m.file, names, func(c *expr.Column) source {
		if c.Input == orderTerm {
			return source{of: jen.Id("m").Dot("kept").Dot(orderField(c.Index)), at: jen.Id("id"), name: "kept_term"}
		}
		return source{of: jen.Id("m").Dot("kept").Dot(members[c.Index]), at: jen.Id("id"), name: "kept_" + c.Name}
	})
	var tests []jen.Code
	var order []string
	for i, t := range d.Order {
		by := t.Expr
		if _, bare := by.(*expr.Column); !bare {
			by = expr.NewColumn(orderTerm, i, "", by.Type(), true, 0)
		}
		a, z := row.value(by), held.value(by)
		direction := "Asc"
		sql := expr.SQL(t.Expr)
		if t.Desc {
			direction, sql = "Desc", sql+" desc"
		}
		order = append(order, sql)
		args := []jen.Code{a.v.copy(), a.ok.copy(), z.v.copy(), z.ok.copy()}
		compare := ops("Compare" + direction)
		if three := comparison(t.Expr.Type()); three != nil {
			compare, args = ops("CompareFunc"+direction), append(args, three)
		}
		tests = append(tests, jen.If(jen.Id("c").Op(":=").Add(compare).Call(args...), jen.Id("c").Op("!=").Lit(0)).Block(jen.Return(jen.Id("c").Op("<").Lit(0))))
	}
	statements := append(append(row.statements(tests...), held.statements(tests...)...), tests...)
	m.methodSQL("wins", "says whether row i comes before the row kept under id, nulls last; of equal rows the later wins. The order is:",
		strings.Join(order, ", ")).Params(jen.List(jen.Id("i"), jen.Id("id")).Int()).Bool().Block(append(statements, jen.Return(jen.True()))...)
}

// dedupeAdd writes how rows are kept under new ids:
//
//	k.email.AppendTake(id, in.Email, rows)
func (m *modelFile) dedupeAdd(columns []int, members map[int]string) {
	m.out.Line()
	m.out.Comment("add keeps the given rows of in under the ids from id on, which are new.")
	m.out.Func().Params(jen.Id("k").Op("*").Id(m.dedupeType())).Id("add").
		Params(jen.Id("id").Int(), jen.Id("in").Id(m.input+"View"), jen.Id("origins").Index().Add(contract("Origin")), jen.Id("rows").Index().Int()).
		BlockFunc(func(g *jen.Group) {
			for _, c := range columns {
				g.Id("k").Dot(members[c]).Dot("AppendTake").Call(jen.Id("id"), jen.Id("in").Dot(m.inputs[c]), jen.Id("rows"))
			}
			g.Id("k").Dot("origins").Dot("AppendTake").Call(jen.Id("id"), ops("ColumnOf").Call(jen.Id("origins")), jen.Id("rows"))
		})
}

// dedupeSet writes how a row is kept under an id:
//
//	email, emailOK := in.Email.Get(i)
//	k.email.Set(id, email, emailOK)
func (m *modelFile) dedupeSet(columns []int, members map[int]string) {
	m.out.Line()
	m.out.Comment("set keeps row i of in under id, in place of another.")
	m.out.Func().Params(jen.Id("k").Op("*").Id(m.dedupeType())).Id("set").
		Params(jen.Id("id").Int(), jen.Id("in").Id(m.input+"View"), jen.Id("origins").Index().Add(contract("Origin")), jen.Id("i").Int()).
		BlockFunc(func(g *jen.Group) {
			names := newNamer("k", "in", "id", "i", "origins")
			for _, c := range columns {
				v := names.pick(members[c])
				ok := names.pick(v + "OK")
				g.List(jen.Id(v), jen.Id(ok)).Op(":=").Id("in").Dot(m.inputs[c]).Dot("Get").Call(jen.Id("i"))
				g.Id("k").Dot(members[c]).Dot("Set").Call(jen.Id("id"), jen.Id(v), jen.Id(ok))
			}
			g.Id("k").Dot("origins").Dot("Set").Call(jen.Id("id"), jen.Id("origins").Index(jen.Id("i")), jen.True())
		})
}

// dedupeView writes how kept rows are looked at as if they were a batch.
func (m *modelFile) dedupeView(columns []int, members map[int]string) {
	m.out.Line()
	m.out.Comment("view looks at the rows kept under the ids lo to hi-1; columns that are not kept are empty.")
	m.out.Func().Params(jen.Id("k").Op("*").Id(m.dedupeType())).Id("view").
		Params(jen.List(jen.Id("lo"), jen.Id("hi")).Int()).Id(m.input + "View").
		Block(jen.Return(jen.Id(m.input + "View").ValuesFunc(func(g *jen.Group) {
			for _, c := range columns {
				g.Line().Id(m.inputs[c]).Op(":").Id("k").Dot(members[c]).Dot("View").Call(jen.Id("lo"), jen.Id("hi"))
			}
			g.Line()
		})))
}

// takeKept makes kept rows, and what is joined to them, those that a stage has at hand:
//
//	m.in, m.origins, m.first = m.kept.view(lo, hi), m.kept.origins.View(lo, hi).Values(), lo
//	m.closuresClosedAt = m.closures.closedAt.Store().View(lo, hi)
func (m *modelFile) takeKept(stage *jen.Statement) []jen.Code {
	members := []jen.Code{stage.Clone().Dot("in"), stage.Clone().Dot("origins")}
	kept := jen.Id("m").Dot("kept")
	values := []jen.Code{kept.Clone().Dot("view").Call(jen.Id("lo"), jen.Id("hi")),
		kept.Clone().Dot("origins").Dot("View").Call(jen.Id("lo"), jen.Id("hi")).Dot("Values").Call()}
	if m.probesByBase() {
		members, values = append(members, stage.Clone().Dot("first")), append(values, jen.Id("lo"))
	}
	take := []jen.Code{jen.List(members...).Op("=").List(values...)}
	for _, j := range m.joins {
		if j == nil {
			continue
		}
		for _, c := range slices.Sorted(maps.Keys(j.looks)) {
			store, _ := m.store(expr.NewColumn(j.index+1, c, "", j.Columns[c].Type, true, 0))
			take = append(take, stage.Clone().Dot(j.looks[c]).Op("=").Add(store).Dot("View").Call(jen.Id("lo"), jen.Id("hi")))
		}
	}
	return take
}

// dedupeDrop writes how kept rows are given up:
//
//	k.email.Drop(0, hi)
func (m *modelFile) dedupeDrop(columns []int, members map[int]string) {
	m.out.Line()
	m.out.Comment("drop gives up the rows kept under the ids below hi, in whole chunks.")
	m.out.Func().Params(jen.Id("k").Op("*").Id(m.dedupeType())).Id("drop").Params(jen.Id("hi").Int()).BlockFunc(func(g *jen.Group) {
		for _, c := range columns {
			g.Id("k").Dot(members[c]).Dot("Drop").Call(jen.Lit(0), jen.Id("hi"))
		}
		for _, t := range m.computed() {
			g.Id("k").Dot(orderField(t)).Dot("Drop").Call(jen.Lit(0), jen.Id("hi"))
		}
		g.Id("k").Dot("origins").Dot("Drop").Call(jen.Lit(0), jen.Id("hi"))
	})
}
