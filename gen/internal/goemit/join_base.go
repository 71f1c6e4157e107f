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

// joinTouch writes what prepares additions under ids that are in no order:
//
//	func (j *martJoinClosures) touch(ids []int) {
//		j.matched.Touch(ids)
//		j.closedAt.Store().Touch(ids)
//	}
func (m *modelFile) joinTouch(j *joinPart) {
	m.out.Line()
	m.out.Comment("touch prepares additions under the first of some ids.")
	m.out.Func().Params(jen.Id("j").Op("*").Id(j.typ)).Id("touch").Params(jen.Id("ids").Index().Int()).BlockFunc(func(g *jen.Group) {
		touch := func(of *jen.Statement) { g.Add(of.Dot("Touch").Call(jen.Id("ids"))) }
		touch(jen.Id("j").Dot("matched"))
		for _, c := range j.columns {
			touch(jen.Id("j").Dot(j.members[c]))
		}
		if j.fold == nil {
			return
		}
		for i, a := range j.fold.Aggregates {
			acc := jen.Id("j").Dot(j.fold.aggs[i])
			switch {
			case a.Kind == expr.Min || a.Kind == expr.Max || a.Kind == expr.BoolAnd || a.Kind == expr.BoolOr:
				touch(acc.Dot("Store").Call())
			case a.Kind == expr.Count && !a.Distinct, a.Kind == expr.Sum && a.Arg.Type().Kind == expr.Int64:
				touch(acc)
			}
		}
	})
}

// foundAtOnce gives the column of a joined input by which the kept rows of all rows
// of a batch are found at once.
func (m *modelFile) foundAtOnce(j *joinPart) (column int, ok bool) {
	if len(j.byBase) == 0 {
		return 0, false
	}
	return m.baseKeys(j).column()
}

// findAtOnce writes that:
//
//	joined.ids = slices.Grow(joined.ids[:0], len(origins))[:len(origins)]
//	joined.rows = contract.Sequence(joined.rows, 0, len(origins))
//	m.kept.keys.FindAll(joined.ids, in.UserID, joined.rows)
func (m *modelFile) findAtOnce(g *jen.Group, j *joinPart, column int) {
	ids, rows := jen.Id("joined").Dot("ids"), jen.Id("joined").Dot("rows")
	g.Add(ids.Clone().Op("=").Qual("slices", "Grow").Call(ids.Clone().Index(jen.Op(":").Lit(0)), jen.Len(jen.Id("origins"))).Index(jen.Op(":").Len(jen.Id("origins"))))
	g.Add(rows.Clone().Op("=").Add(contract("Sequence")).Call(rows.Clone(), jen.Lit(0), jen.Len(jen.Id("origins"))))
	g.Id("m").Dot("kept").Dot("keys").Dot("FindAll").Call(ids, jen.Id("in").Dot(j.views[column]), rows)
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
// id of the kept row it matches:
//
//	if id < 0 {
//		continue
//	}
//	_, known := joined.matched.Get(id)
//	if !known {
//		joined.matched.Set(id, true, true)
//	}
func (m *modelFile) addByBase(j *joinPart, b *body) {
	if _, ok := m.foundAtOnce(j); !ok {
		b.emit(m.baseKeys(j).find(b)...)
	}
	b.emit(jen.If(jen.Id("id").Op("<").Lit(0)).Block(jen.Continue()))
	first := []jen.Code{jen.Id("joined").Dot("matched").Dot("Set").Call(jen.Id("id"), jen.True(), jen.True())}
	if j.fold == nil {
		first = append(first, b.nested(func() { j.set(b) })...)
	}
	b.emit(jen.List(jen.Id("_"), jen.Id("known")).Op(":=").Id("joined").Dot("matched").Dot("Get").Call(jen.Id("id")),
		jen.If(jen.Op("!").Id("known")).Block(first...))
	if j.fold == nil {
		return
	}
	if j.fold.isNew() != "_" {
		b.emit(jen.Id("isNew").Op(":=").Op("!").Id("known"))
	}
	m.fold(b, j.fold, "joined", nil)
}

// probeByBase writes what says which kept rows have a match:
//
//	for _, i := range m.rows {
//		id := m.first + i
//		if _, ok := m.closures.matched.Get(id); !ok {
//			id = -1
//		}
//		m.closuresIDs[i] = id
//	}
func (m *modelFile) probeByBase(j *joinPart) {
	ids := func() *jen.Statement { return jen.Id("m").Dot(j.field + "IDs") }
	m.method(m.stage, "probe"+j.name, "finds the rows with a match in "+j.Input.Name+", which stands under their own ids.").Params().Block(
		ids().Op("=").Qual("slices", "Grow").Call(ids().Index(jen.Op(":").Lit(0)), jen.Len(jen.Id("m").Dot("origins"))).
			Index(jen.Op(":").Len(jen.Id("m").Dot("origins"))),
		jen.For(jen.List(jen.Id("_"), jen.Id("i")).Op(":=").Range().Id("m").Dot("rows")).Block(
			jen.Id("id").Op(":=").Id("m").Dot("first").Op("+").Id("i"),
			jen.If(jen.List(jen.Id("_"), jen.Id("ok")).Op(":=").Id("m").Dot(j.field).Dot("matched").Dot("Get").Call(jen.Id("id")), jen.Op("!").Id("ok")).Block(
				jen.Id("id").Op("=").Lit(-1)),
			ids().Index(jen.Id("i")).Op("=").Id("id")),
	)
}
