package goemit

import (
	"slices"
	"strings"

	"github.com/dave/jennifer/jen"

	"martlet/gen/internal/plan"
)

// partFunc is a contract.Part of a relation: the function, and the columns by which
// it numbers rows.
type partFunc struct {
	name    string
	columns []int
}

// nameParts names the functions that number rows, none twice.
func (e *emitter) nameParts() {
	increments := e.plan.Increments
	if increments == nil {
		return
	}
	name := func(r *plan.Relation, columns []int) {
		if e.part(r, columns) != "" {
			return
		}
		names := fields(r)
		by := ""
		for _, c := range columns {
			by += names[c]
		}
		e.parts[r] = append(e.parts[r], partFunc{e.types.pick(unexported(e.names[r]) + "By" + by), columns})
	}
	for i, s := range increments.Sources {
		if s.Key != nil {
			name(&e.plan.Sources[i].Relation, s.Key)
		}
	}
	for _, m := range increments.Models {
		if m.Increment != nil {
			name(&m.Relation, m.Increment.Key)
		}
	}
	for _, l := range increments.Lookups {
		name(l.Input, l.OfInput)
		name(l.Base, l.OfBase)
		name(l.Base, l.Key)
	}
}

// part is the function that numbers rows of a relation by columns, empty where there
// is none.
func (e *emitter) part(r *plan.Relation, columns []int) string {
	i := slices.IndexFunc(e.parts[r], func(p partFunc) bool { return slices.Equal(p.columns, columns) })
	if i < 0 {
		return ""
	}
	return e.parts[r][i].name
}

// partFunctions writes those of the file's relation:
//
//	func userAccountByUserID(b contract.Batch, part []uint32) {
//		in := ViewUserAccount(b.Record)
//		for i := range part {
//			part[i] = arrowops.PartInt(in.UserID.At(i))
//		}
//	}
func (f *file) partFunctions() {
	for _, p := range f.parts[f.relation] {
		f.out.Line()
		doc(f.out, p.name+" numbers rows of "+f.relation.Name+" by "+strings.Join(f.relation.Names(p.columns), ", ")+", see contract.Part.", "")
		f.out.Func().Id(p.name).Params(jen.Id("b").Add(contract("Batch")), jen.Id("part").Index().Uint32()).
			Block(append([]jen.Code{jen.Id("in").Op(":=").Id("View" + f.name).Call(jen.Id("b").Dot("Record"))}, partRows(f, f.relation, p.columns)...)...)
	}
}

// refresh writes what computes the columns of a model that depend on now() anew: a
// model of the model itself.
func (f *file) refresh(p *plan.Model) {
	if p.Increment == nil || p.Increment.Refresh == nil {
		return
	}
	f.transformation(&plan.Model{Relation: p.Relation, From: &p.Relation, Exprs: p.Increment.Refresh}, f.name+"Refresh", f.name+"RefreshStage")
}

// incrementValue is the model's contract.Increment.
func (f *file) incrementValue(p *plan.Model) *jen.Statement {
	increment := p.Increment
	return jen.Op("&").Add(contract("Increment")).ValuesFunc(func(g *jen.Group) {
		g.Id("Part").Op(":").Id(f.part(&p.Relation, increment.Key))
		if increment.Refresh == nil {
			return
		}
		g.Id("Timed").Op(":").Add(intList(increment.Timed))
		if len(increment.Constant) > 0 {
			g.Id("Constant").Op(":").Add(intList(increment.Constant))
		}
		g.Id("Refresh").Op(":").Id("new" + f.name + "Refresh")
	})
}

// incrementsValue is the project's contract.Increments:
//
//	&contract.Increments{
//		Sources: []contract.KeyedSource{
//			{Key: []string{"user_id"}, Part: userAccountByUserID},
//			{Whole: true},
//		},
//		Models: []string{"mart"},
//	}
func (e *emitter) incrementsValue(increments *plan.Increments) *jen.Statement {
	names := make([]string, len(increments.Models))
	for i, m := range increments.Models {
		names[i] = m.Name
	}
	return jen.Op("&").Add(contract("Increments")).ValuesFunc(func(g *jen.Group) {
		g.Line().Id("Sources").Op(":").Index().Add(contract("KeyedSource")).ValuesFunc(func(g *jen.Group) {
			for i, s := range increments.Sources {
				g.Line().Add(e.keyedSource(&e.plan.Sources[i].Relation, s))
			}
			g.Line()
		})
		if len(increments.Lookups) > 0 {
			g.Line().Id("Lookups").Op(":").Index().Add(contract("Lookup")).ValuesFunc(func(g *jen.Group) {
				for _, l := range increments.Lookups {
					g.Line().Add(e.lookup(l))
				}
				g.Line()
			})
		}
		g.Line().Id("Models").Op(":").Add(stringList(names))
		g.Line()
	})
}

func (e *emitter) keyedSource(r *plan.Relation, s plan.KeyedSource) *jen.Statement {
	return jen.ValuesFunc(func(g *jen.Group) {
		if s.Key != nil {
			g.Id("Key").Op(":").Add(stringList(r.Names(s.Key)))
			g.Id("Part").Op(":").Id(e.part(r, s.Key))
		}
		if s.Whole {
			g.Id("Whole").Op(":").True()
		}
		if s.Anywhere {
			g.Id("Anywhere").Op(":").True()
		}
	})
}

func (e *emitter) lookup(l plan.Lookup) *jen.Statement {
	return jen.Values(
		jen.Line().Id("Input").Op(":").Lit(l.Input.Name), jen.Id("Base").Op(":").Lit(l.Base.Name),
		jen.Line().Id("OfInput").Op(":").Id(e.part(l.Input, l.OfInput)),
		jen.Id("OfBase").Op(":").Id(e.part(l.Base, l.OfBase)),
		jen.Id("Key").Op(":").Id(e.part(l.Base, l.Key)),
		jen.Line(),
	)
}

func intList(items []int) *jen.Statement {
	return jen.Index().Int().ValuesFunc(func(g *jen.Group) {
		for _, i := range items {
			g.Lit(i)
		}
	})
}
