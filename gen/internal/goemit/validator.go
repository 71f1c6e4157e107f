package goemit

import (
	"github.com/dave/jennifer/jen"

	"martlet/gen/internal/expr"
	"martlet/gen/internal/plan"
)

// hasValidator says whether a relation has tests of its own; relationships are
// checked apart.
func hasValidator(r *plan.Relation) bool {
	for _, t := range r.Tests {
		if t.Parent == nil {
			return true
		}
	}
	return false
}

// validator writes the checker of a relation's tests, one pass over each batch:
//
//	func (v *UserAccountValidator) Check(b contract.Batch, results []contract.TestResult) {
//		in := ViewUserAccount(b.Record)
//		for i := range b.Len() {
//			userIDOK := in.UserID.Valid(i)
//			// not_null_user_account_user_id
//			if !userIDOK && results[0].Fail() {
//				results[0].Show(contract.Example{...})
//			}
//		}
//	}
func (f *file) validator(r *plan.Relation) {
	if !hasValidator(r) {
		return
	}
	typ := f.name + "Validator"
	var members, setup, passes []jen.Code
	passes = append(passes, countRows(r)...)
	b := newBody(f, newNamer(), viewSource(jen.Id("in"), fields(r), jen.Id("i")))
	b.now = jen.Id("v").Dot("env").Dot("AsOf")
	unique := newNamer("env")
	for i, t := range r.Tests {
		switch {
		case t.Parent != nil:
		case t.Row == nil:
			key := f.uniqueTest(b, r, t, i, unique)
			members, setup = append(members, key.members...), append(setup, key.setup...)
		case mayFail(t.Row):
			passes = append(passes, f.failingTest(r, t, i)...)
		default:
			passes = append(passes, f.rowTest(b, r, t, i)...)
		}
	}
	passes = append(passes, b.before...)
	passes = append(passes, eachRow(b)...)
	if identifiers(passes)["in"] > 0 {
		passes = append([]jen.Code{jen.Id("in").Op(":=").Id("View" + f.name).Call(jen.Id("b").Dot("Record"))}, passes...)
	}
	f.out.Line()
	f.out.Comment(typ + " checks the tests of " + r.Name + ".")
	f.out.Type().Id(typ).Struct(append([]jen.Code{jen.Id("env").Op("*").Add(contract("Env"))}, members...)...)
	f.out.Line()
	f.out.Func().Id("new" + typ).Params(jen.Id("env").Op("*").Add(contract("Env"))).Op("*").Id(typ).Block(
		jen.Return(jen.Op("&").Id(typ).Values(append([]jen.Code{jen.Id("env").Op(":").Id("env")}, setup...)...)))
	f.out.Line()
	f.out.Comment("Check implements contract.Validator.")
	f.out.Func().Params(jen.Id("v").Op("*").Id(typ)).Id("Check").
		Params(jen.Id("b").Add(contract("Batch")), jen.Id("results").Index().Add(contract("TestResult"))).
		Block(passes...)
}

// eachRow is the loop over a batch, or nothing where no row is looked at.
func eachRow(b *body) []jen.Code {
	statements := b.statements()
	if identifiers(statements)["i"] == 0 {
		return nil
	}
	return []jen.Code{jen.For(jen.Id("i").Op(":=").Range().Id("b").Dot("Len").Call()).Block(statements...)}
}

// countRows writes the count of the rows that the tests see.
func countRows(r *plan.Relation) []jen.Code {
	count := func(index jen.Code) *jen.Statement {
		return jen.Id("results").Index(index).Dot("Rows").Op("+=").Int64().Call(jen.Id("b").Dot("Len").Call())
	}
	var each []jen.Code
	for i, t := range r.Tests {
		if t.Parent == nil {
			each = append(each, count(jen.Lit(i)))
		}
	}
	if len(each) < len(r.Tests) {
		return each
	}
	return []jen.Code{jen.For(jen.Id("k").Op(":=").Range().Id("results")).Block(count(jen.Id("k")))}
}

// mayFail says whether evaluating an expression can fail on a row.
func mayFail(n expr.Node) bool {
	fails := false
	expr.Walk(n, func(x expr.Node) bool {
		if c, ok := x.(*expr.Call); ok && c.Func.Fails {
			fails = true
		}
		return !fails
	})
	return fails
}

// rowTest writes one test of a row, which fails where its condition is false. It
// gives a remark for outside the loop where that cannot be.
func (f *file) rowTest(b *body, r *plan.Relation, t *plan.Test, index int) []jen.Code {
	var failed code
	compute := b.nested(func() { failed = b.cond(t.Row, false) })
	if failed.isFalse() {
		if mayFail(t.Row) {
			b.emit(compute...)
		}
		return []jen.Code{jen.Comment("// " + t.Name + " holds for every row, by the types.")}
	}
	b.emit(jen.Comment("// " + t.Name))
	b.emit(compute...)
	b.emit(jen.If(and(failed, operand(jen.Id("results").Index(jen.Lit(index)).Dot("Fail").Call())).copy()).Block(f.show(r, t, index)))
	return nil
}

// show keeps a failing row as an example.
func (f *file) show(r *plan.Relation, t *plan.Test, index int) jen.Code {
	return jen.Id("results").Index(jen.Lit(index)).Dot("Show").Call(contract("Example").ValuesFunc(func(g *jen.Group) {
		g.Id("Origin").Op(":").Id("b").Dot("Origins").Index(jen.Id("i"))
		if len(r.Grain) > 0 {
			g.Id("Key").Op(":").Id("in").Dot("Key").Call(jen.Id("i"))
		}
		if len(t.Columns) == 1 && !t.PII && t.Kind != "not_null" {
			c := t.Columns[0]
			g.Id("Value").Op(":").Add(formatted(r.Columns[c].Type, jen.Id("in").Dot(fields(r)[c]).Dot("At").Call(jen.Id("i"))))
		}
	}))
}

// failingTest writes a test whose expression can fail as a loop of its own, so
// that the other tests see the row all the same.
func (f *file) failingTest(r *plan.Relation, t *plan.Test, index int) []jen.Code {
	failure := contract("Failure").ValuesFunc(func(g *jen.Group) {
		g.Id("Node").Op(":").Lit(r.Name)
		g.Id("Column").Op(":").Lit("test " + t.Name)
		g.Id("Origin").Op(":").Id("b").Dot("Origins").Index(jen.Id("i"))
		if len(r.Grain) > 0 {
			g.Id("Key").Op(":").Id("in").Dot("Key").Call(jen.Id("i"))
		}
		g.Id("Err").Op(":").Err()
	})
	b := newBody(f, newNamer(), viewSource(jen.Id("in"), fields(r), jen.Id("i")),
		jen.Id("v").Dot("env").Dot("Failures").Dot("Add").Call(failure), jen.Continue())
	b.now = jen.Id("v").Dot("env").Dot("AsOf")
	b.noHoist = true
	return append(f.rowTest(b, r, t, index), eachRow(b)...)
}

// keyed is a set of keys in a struct: its members and how they are made.
type keyed struct{ members, setup []jen.Code }

// uniqueTest writes a uniqueness test. It fails once for each value that stands
// in more than one row, as dbt counts:
//
//	if userIDOK {
//		id, _ := v.userID.Assign(userID)
//		v.userIDRows.Add(id)
//		if n, _ := v.userIDRows.Get(id); n == 2 && results[1].Fail() {
//			...
//		}
//	}
func (f *file) uniqueTest(b *body, r *plan.Relation, t *plan.Test, index int, names *namer) keyed {
	name := names.pickAll(unexported(t.Name), func(name string) []string { return []string{name, name + "Key", name + "Rows"} })
	counts := name + "Rows"
	nodes := make([]expr.Node, len(t.Columns))
	for i, c := range t.Columns {
		column := r.Columns[c]
		nodes[i] = expr.NewColumn(0, c, column.Name, column.Type, column.Nullable, 0)
	}
	b.emit(jen.Comment("// " + t.Name))
	k := keys{"v", name, nodes}
	count := func(assign []jen.Code) []jen.Code {
		return append(assign,
			jen.Id("v").Dot(counts).Dot("Add").Call(jen.Id("id")),
			jen.If(jen.List(jen.Id("n"), jen.Id("_")).Op(":=").Id("v").Dot(counts).Dot("Get").Call(jen.Id("id")),
				jen.Id("n").Op("==").Lit(2).Op("&&").Id("results").Index(jen.Lit(index)).Dot("Fail").Call()).
				Block(f.show(r, t, index)))
	}
	b.emit(k.assign(b, t.NullsCount, "id", "_", count)...)
	return keyed{
		members: append(k.members(), jen.Id(counts).Add(ops("Count"))),
		setup:   k.setup(),
	}
}
