package goemit

import (
	"github.com/dave/jennifer/jen"

	"martlet/gen/internal/expr"
)

// Joins by the key of dedupe: what is joined stands under the ids of the kept rows.

// byBase gives the columns of a join that match the key of dedupe, none where an
// aggregate may have no value on some row: then every row has to be computed, of
// keys that the base lacks too, so that no failure goes unnoticed.
func (m *modelFile) byBase(j *joinPart) []int {
	if m.model.Dedupe == nil {
		return nil
	}
	if j.fold != nil {
		for _, a := range j.fold.Aggregates {
			for _, n := range []expr.Node{a.Arg, a.By, a.Filter} {
				if n != nil && mayFail(n) {
					return nil
				}
			}
		}
	}
	right, _ := partedJoin(j, m.model.Dedupe.Key)
	return right
}

// prepareLooks names how the stages look at columns of a join by the key of dedupe.
func (m *modelFile) prepareLooks(j *joinPart, used []int, names *namer) {
	j.looks = map[int]string{}
	for _, c := range used {
		store, _ := m.store(expr.NewColumn(j.index+1, c, "", j.Columns[c].Type, true, 0))
		if len(j.byBase) > 0 && store != nil && j.Columns[c].Type.Kind != expr.String {
			j.looks[c] = names.pick(j.field + exported(j.Columns[c].Name))
		} else {
			j.probed = true
		}
	}
}

// marks says whether a join by the key of dedupe has to know which kept rows it matches.
func (j *joinPart) marks() bool { return j.probed || j.fold == nil || j.fold.isNew() != "_" }

// foundAtOnce gives the column of a joined input by which the kept rows of all rows
// of a batch are found at once.
func (m *modelFile) foundAtOnce(j *joinPart) (column int, ok bool) {
	if len(j.byBase) == 0 {
		return 0, false
	}
	return m.baseKeys(j).column()
}

// addAtOnce writes how a batch whose kept rows are found at once is added, column by
// column:
//
//	joined.ids = slices.Grow(joined.ids[:0], len(origins))[:len(origins)]
//	joined.rows = contract.Sequence(joined.rows, 0, len(origins))
//	m.kept.keys.FindAll(joined.ids, in.UserID, joined.rows)
//	rows := arrowops.Found(joined.ids, joined.rows)
//	joined.matched.AddAll(joined.ids, rows)
//	joined.closedAt.AddTake(joined.ids, in.ClosedAt, rows)
//
// Of several rows that are not aggregated the first counts:
//
//	rows = joined.matched.Claim(joined.ids, rows)
//	joined.gender.SetTake(joined.ids, in.Gender, rows)
func (m *modelFile) addAtOnce(g *jen.Group, j *joinPart, column int) {
	of := func(name string) *jen.Statement { return jen.Id("joined").Dot(name) }
	g.Add(of("ids").Op("=").Qual("slices", "Grow").Call(of("ids").Index(jen.Op(":").Lit(0)), jen.Len(jen.Id("origins"))).Index(jen.Op(":").Len(jen.Id("origins"))))
	g.Add(of("rows").Op("=").Add(contract("Sequence")).Call(of("rows"), jen.Lit(0), jen.Len(jen.Id("origins"))))
	g.Id("m").Dot("kept").Dot("keys").Dot("FindAll").Call(of("ids"), jen.Id("in").Dot(j.views[column]), of("rows"))
	g.Id("rows").Op(":=").Add(ops("Found")).Call(of("ids"), of("rows"))
	if j.fold != nil {
		m.foldAtOnce(g, j)
		return
	}
	g.Id("rows").Op("=").Add(of("matched")).Dot("Claim").Call(of("ids"), jen.Id("rows"))
	for _, c := range j.columns {
		g.Add(of(j.members[c]).Dot("SetTake").Call(of("ids"), jen.Id("in").Dot(j.views[c]), jen.Id("rows")))
	}
}

// foldAtOnce writes addAtOnce for a join that aggregates. What cannot be added column
// by column is added row by row:
//
//	for _, i := range rows {
//		id := joined.ids[i]
//		...
//	}
func (m *modelFile) foldAtOnce(g *jen.Group, j *joinPart) {
	ids := jen.Id("joined").Dot("ids")
	rest := m.joinBody(j)
	if j.fold.isNew() != "_" {
		rest.emit(matchOne())
		m.foldKeys(rest, j.fold, "joined", nil)
	} else if j.marks() {
		g.Id("joined").Dot("matched").Dot("AddAll").Call(ids.Clone(), jen.Id("rows"))
	}
	for i, a := range j.fold.Aggregates {
		if takesRows(a) {
			m.takeAggregate(g, j, i)
		} else {
			m.foldAggregate(rest, j.fold, i, "joined")
		}
	}
	if each := rest.statements(); len(each) > 0 {
		if j.fold.scratch {
			g.Var().Id("scratch").Index().Byte()
		}
		g.For(jen.List(jen.Id("_"), jen.Id("i")).Op(":=").Range().Id("rows")).Block(
			append([]jen.Code{jen.Id("id").Op(":=").Add(ids).Index(jen.Id("i"))}, each...)...)
	}
}

// takesRows says whether an accumulator takes rows of a column of the joined input.
func takesRows(a *expr.Aggregate) bool {
	if a.Kind == expr.Count {
		return !a.Distinct
	}
	if c, bare := a.Arg.(*expr.Column); !bare || c.Input != 0 {
		return false
	}
	switch a.Arg.Type().Kind {
	case expr.Int64:
		return a.Kind == expr.Min || a.Kind == expr.Max || a.Kind == expr.Sum
	case expr.Date, expr.Timestamp, expr.TimestampTZ:
		return a.Kind == expr.Min || a.Kind == expr.Max
	}
	return false
}

// takeAggregate writes how such an accumulator takes them, of rows that its filter, and
// count its argument, picks:
//
//	picked := joined.picked[:0]
//	for _, i := range rows {
//		...
//		if optIn {
//			picked = append(picked, i)
//		}
//	}
//	joined.userOptInAt.AddTake(joined.ids, in.PreferenceAt, picked)
func (m *modelFile) takeAggregate(g *jen.Group, j *joinPart, index int) {
	a, b := j.fold.Aggregates[index], m.joinBody(j)
	picks := boolean(true)
	if a.Filter != nil {
		picks = b.cond(a.Filter, true)
	}
	args := []jen.Code{jen.Id("joined").Dot("ids")}
	switch {
	case a.Kind != expr.Count:
		args = append(args, jen.Id("in").Dot(j.views[a.Arg.(*expr.Column).Index]))
	case a.Arg != nil:
		picks = and(picks, b.value(a.Arg).ok)
	}
	if !picks.isTrue() {
		picked := jen.Id("joined").Dot("picked")
		b.emit(jen.If(picks.copy()).Block(picked.Clone().Op("=").Append(picked.Clone(), jen.Id("i"))))
		g.Add(picked.Clone().Op("=").Add(picked.Clone()).Index(jen.Op(":").Lit(0)))
		g.For(jen.List(jen.Id("_"), jen.Id("i")).Op(":=").Range().Id("rows")).Block(b.statements()...)
		args = append(args, picked)
	} else {
		args = append(args, jen.Id("rows"))
	}
	g.Id("joined").Dot(j.fold.aggs[index]).Dot("AddTake").Call(args...)
}

// baseKeys is the table of the kept rows' keys, asked for those of a joined input.
func (m *modelFile) baseKeys(j *joinPart) keys {
	nodes := make([]expr.Node, len(j.byBase))
	for i, k := range j.byBase {
		c := j.Input.Columns[k]
		nodes[i] = expr.NewColumn(0, k, c.Name, c.Type, c.Nullable, 0)
	}
	return keys{owner: "m.kept", name: "keys", nodes: nodes, into: jen.Id("key")}
}

// addByBase writes the step that adds the current row to what stands under the
// id of the kept row it matches, where the rows of a batch are not found at once:
//
//	if id < 0 {
//		continue
//	}
//	isNew := joined.matched.Add(id)
//	if isNew {
//		...
//	}
func (m *modelFile) addByBase(j *joinPart, b *body) {
	b.emit(m.baseKeys(j).find(b)...)
	b.emit(jen.If(jen.Id("id").Op("<").Lit(0)).Block(jen.Continue()))
	switch {
	case j.fold == nil:
		b.emit(matchOne(), jen.If(jen.Id("isNew")).Block(b.nested(func() { j.set(b) })...))
		return
	case j.fold.isNew() != "_":
		b.emit(matchOne())
	case j.marks():
		b.emit(jen.Id("joined").Dot("matched").Dot("Add").Call(jen.Id("id")))
	}
	m.fold(b, j.fold, "joined", nil)
}

// matchOne writes that the kept row of the current one has a match.
func matchOne() jen.Code {
	return jen.Id("isNew").Op(":=").Id("joined").Dot("matched").Dot("Add").Call(jen.Id("id"))
}

// probeByBase writes what says which kept rows have a match:
//
//	m.closuresIDs = slices.Grow(m.closuresIDs[:0], len(m.origins))[:len(m.origins)]
//	m.closures.matched.Match(m.closuresIDs, m.first, m.rows)
func (m *modelFile) probeByBase(j *joinPart) {
	ids := func() *jen.Statement { return jen.Id("m").Dot(j.field + "IDs") }
	m.method(m.stage, "probe"+j.name, "finds the rows with a match in "+j.Input.Name+", which stands under their own ids.").Params().Block(
		ids().Op("=").Qual("slices", "Grow").Call(ids().Index(jen.Op(":").Lit(0)), jen.Len(jen.Id("m").Dot("origins"))).
			Index(jen.Op(":").Len(jen.Id("m").Dot("origins"))),
		jen.Id("m").Dot(j.field).Dot("matched").Dot("Match").Call(ids(), jen.Id("m").Dot("first"), jen.Id("m").Dot("rows")),
	)
}
