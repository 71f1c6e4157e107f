package goemit

import (
	"time"

	"github.com/dave/jennifer/jen"

	"martlet/gen/internal/expr"
	"martlet/gen/internal/plan"
)

// freshness writes what finds when a source was last loaded, a batch at a time:
//
//	type userAccountFreshness struct {
//		env    *contract.Env
//		latest arrowops.Max[arrow.Timestamp]
//	}
//
//	func (f *userAccountFreshness) Add(b contract.Batch) {
//		in := ViewUserAccount(b.Record)
//		for i := range b.Len() {
//			lastUpdated, lastUpdatedOK := in.LastUpdated.Get(i)
//			if lastUpdatedOK {
//				f.latest.Add(0, lastUpdated)
//			}
//		}
//	}
//
//	func (f *userAccountFreshness) Latest() (arrow.Timestamp, bool) {
//		latest, latestOK := f.latest.Get(0)
//		return value.ToTimestampTZ(latest, projectZone), latestOK
//	}
func (f *file) freshness(s *plan.Source) {
	if s.Freshness == nil {
		return
	}
	typ := f.freshnessName()
	f.out.Line()
	docSQL(f.out, typ+" finds when "+s.Name+" was last loaded:", maxSQL(s.Freshness))
	f.out.Type().Id(typ).Struct(
		jen.Id("env").Op("*").Add(contract("Env")),
		jen.Id("latest").Add(ops("Max")).Types(goType(s.Freshness.LoadedAt.Type())))
	f.out.Line()
	f.out.Func().Id("new" + f.name + "Freshness").Params(jen.Id("env").Op("*").Add(contract("Env"))).Add(contract("Freshness")).Block(
		jen.Return(jen.Op("&").Id(typ).Values(jen.Id("env").Op(":").Id("env"))))
	method := func(name string) *jen.Statement {
		f.out.Line()
		f.out.Comment(name + " implements contract.Freshness.")
		return f.out.Func().Params(jen.Id("f").Op("*").Id(typ)).Id(name)
	}
	method("Add").Params(jen.Id("b").Add(contract("Batch"))).Block(f.addLoads(s)...)
	method("Latest").Params().Params(jen.Qual(arrowPkg, "Timestamp"), jen.Bool()).Block(f.latestLoad(s.Freshness)...)
}

// freshnessName is the type that finds the freshness of the source.
func (f *file) freshnessName() string { return unexported(f.name) + "Freshness" }

// maxSQL is what is found, in SQL.
func maxSQL(p *plan.Freshness) string {
	sql := "max(" + expr.SQL(p.LoadedAt) + ")"
	if p.Filter != nil {
		sql += " filter (where " + expr.SQL(p.Filter) + ")"
	}
	return sql
}

// addLoads is the loop over a batch. Where the filter is not true loaded_at is
// not computed, so that it cannot fail there.
func (f *file) addLoads(s *plan.Source) []jen.Code {
	failure := contract("Failure").ValuesFunc(func(g *jen.Group) {
		g.Id("Node").Op(":").Lit(s.Name)
		g.Id("Column").Op(":").Lit("freshness")
		g.Id("Origin").Op(":").Id("b").Dot("Origins").Index(jen.Id("i"))
		if len(s.Grain) > 0 {
			g.Id("Key").Op(":").Id("in").Dot("Key").Call(jen.Id("i"))
		}
		g.Id("Err").Op(":").Err()
	})
	b := newBody(f, newNamer("f"), viewSource(jen.Id("in"), fields(&s.Relation), jen.Id("i")),
		jen.Id("f").Dot("env").Dot("Failures").Dot("Add").Call(failure), jen.Continue())
	b.now = jen.Id("f").Dot("env").Dot("AsOf")
	b.noHoist = true
	keep := boolean(true)
	if s.Freshness.Filter != nil {
		keep = b.cond(s.Freshness.Filter, true)
	}
	var at nullable
	inner := b.nested(func() { at = b.value(s.Freshness.LoadedAt) })
	add := []jen.Code{jen.Id("f").Dot("latest").Dot("Add").Call(jen.Lit(0), at.v.copy())}
	if len(inner) > 0 {
		b.emit(guarded(keep, append(inner, guarded(at.ok, add)...))...)
	} else {
		b.emit(guarded(and(keep, at.ok), add)...)
	}
	loop := eachRow(b)
	if identifiers(loop)["in"] == 0 {
		return loop
	}
	return append([]jen.Code{jen.Id("in").Op(":=").Id("View" + f.name).Call(jen.Id("b").Dot("Record"))}, loop...)
}

// latestLoad gives the latest value found, in the project's timezone where it
// has none of its own.
func (f *file) latestLoad(p *plan.Freshness) []jen.Code {
	b := newBody(f, newNamer("f"), func(*expr.Column) source {
		return source{of: jen.Id("f").Dot("latest"), at: jen.Lit(0), name: "latest"}
	})
	latest := b.value(p.Instant)
	b.emit(jen.Return(latest.v.copy(), latest.ok.copy()))
	return b.statements()
}

// freshnessValue is the declaration, as the runtime sees it.
func (f *file) freshnessValue(p *plan.Freshness) *jen.Statement {
	return jen.Op("&").Add(contract("FreshnessRule")).ValuesFunc(func(g *jen.Group) {
		g.Line().Id("LoadedAt").Op(":").Lit(sentence(p.Declared))
		if p.Filter != nil {
			g.Line().Id("Filter").Op(":").Lit(sentence(p.DeclaredFilter))
		}
		for _, limit := range []struct {
			name string
			is   time.Duration
		}{{"WarnAfter", p.WarnAfter}, {"ErrorAfter", p.ErrorAfter}} {
			if limit.is > 0 {
				g.Line().Id(limit.name).Op(":").Add(minutes(limit.is))
			}
		}
		if p.Timed() {
			g.Line().Id("Timed").Op(":").True()
		}
		g.Line().Id("New").Op(":").Id("new" + f.name + "Freshness")
		g.Line()
	})
}

// minutes is a duration of whole minutes in Go, in the largest unit it is whole in.
func minutes(d time.Duration) *jen.Statement {
	if d%time.Hour == 0 {
		return jen.Lit(int(d/time.Hour)).Op("*").Qual("time", "Hour")
	}
	return jen.Lit(int(d/time.Minute)).Op("*").Qual("time", "Minute")
}
