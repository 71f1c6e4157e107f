package goemit

import (
	"slices"

	"github.com/dave/jennifer/jen"

	"martlet/gen/internal/expr"
	"martlet/gen/internal/plan"
)

// hasValidator says whether a relation has tests of its own; relationships are
// checked apart.
func hasValidator(r *plan.Relation) bool {
	return slices.ContainsFunc(r.Tests, func(t *plan.Test) bool { return t.Parent == nil && !t.Unique() })
}

// validator writes the checker of a relation's tests: one pass over each batch
// for those that look at a row by itself, and one for those that remember rows;
// what the plan proves is looked at in passes of its own, on demand:
//
//	func (v *UserAccountValidator) Check(b contract.Batch, results []contract.TestResult) {
//		in := ViewUserAccount(b.Record)
//		// not_null_user_account_user_id
//		for i := range in.UserID.Nulls() {
//			if results[0].Fail(i) {
//				results[0].Show(contract.Example{...})
//			}
//		}
//		for i := range b.Len() {
//			email, emailOK := in.Email.Get(i)
//			// matches_user_account_email
//			if emailOK && !userAccountPattern.Match(email) && results[1].Fail(i) {
//				results[1].Show(contract.Example{...})
//			}
//		}
//		if v.env.NoProofs {
//			v.checkProved(b, results)
//		}
//	}
type validator struct {
	*file
	of             *plan.Relation
	members, setup []jen.Code            // of the struct
	names          *namer                // of the members
	latest         map[*plan.Test]string // of recency, the member that has the latest value
	behind         []jen.Code            // of the loops of the pass at hand
}

func (f *file) validator(r *plan.Relation) {
	if !hasValidator(r) {
		return
	}
	v := &validator{file: f, of: r, names: newNamer("env", "checkProved", "followProved"), latest: map[*plan.Test]string{}}
	typ := f.name + "Validator"
	passes := v.passes([]*pass{
		{name: "Check", comment: "Check implements contract.Validator.", of: func(t *plan.Test) bool { return !follows(t) && !t.Unique() && t.Proved == "" }},
		{name: "checkProved", comment: "checkProved checks what the plan proves.", of: func(t *plan.Test) bool { return !follows(t) && !t.Unique() && t.Proved != "" }},
		{name: "Follow", comment: "Follow implements contract.Validator.", of: func(t *plan.Test) bool { return follows(t) && t.Proved == "" }},
		{name: "followProved", comment: "followProved checks what the plan proves.", of: func(t *plan.Test) bool { return follows(t) && t.Proved != "" }},
	})
	finish := v.finish()
	v.structure(typ, "checks the tests of "+r.Name+".")
	for _, p := range passes {
		v.method(typ, p.comment, p.name).Params(batchOf(p.body), resultsOf(p.body)).Block(p.body...)
	}
	v.method(typ, "Finish implements contract.Validator.", "Finish").Params(resultsOf(finish)).Block(finish...)
}

// structure writes the struct and its constructor.
func (v *validator) structure(typ, does string) {
	v.out.Line()
	v.out.Comment(typ + " " + does)
	v.out.Type().Id(typ).Struct(append([]jen.Code{jen.Id("env").Op("*").Add(contract("Env"))}, v.members...)...)
	v.out.Line()
	v.out.Func().Id("new" + typ).Params(jen.Id("env").Op("*").Add(contract("Env"))).Op("*").Id(typ).Block(
		jen.Return(jen.Op("&").Id(typ).Values(append([]jen.Code{jen.Id("env").Op(":").Id("env")}, v.setup...)...)))
}

func (v *validator) method(typ, comment, name string) *jen.Statement {
	v.out.Line()
	v.out.Comment(comment)
	return v.out.Func().Params(jen.Id("v").Op("*").Id(typ)).Id(name)
}

// resultsOf and batchOf are parameters of a method, blank where its body does not
// use them.

func resultsOf(body []jen.Code) jen.Code {
	return jen.Id(usedName(body, "results")).Index().Add(contract("TestResult"))
}

func batchOf(body []jen.Code) jen.Code {
	return jen.Id(usedName(body, "b")).Add(contract("Batch"))
}

func usedName(body []jen.Code, name string) string {
	if identifiers(body)[name] == 0 {
		return "_"
	}
	return name
}

// passes compiles passes that there is something to do in. One that is not
// exported is called by the one before it, where what is proved is looked at too.
func (v *validator) passes(all []*pass) (passes []*pass) {
	for _, p := range all {
		p.body = v.pass(p.of)
		if p.name == unexported(p.name) {
			if len(p.body) == 0 {
				continue
			}
			public := passes[len(passes)-1]
			public.body = append(public.body, jen.If(jen.Id("v").Dot("env").Dot("NoProofs")).Block(
				jen.Id("v").Dot(p.name).Call(jen.Id("b"), jen.Id("results"))))
		}
		passes = append(passes, p)
	}
	return passes
}

// pass is one pass over a batch, for some of the tests.
type pass struct {
	name, comment string
	of            func(*plan.Test) bool
	body          []jen.Code
}

// follows says whether a test depends on rows before, but needs to remember few.
func follows(t *plan.Test) bool { return t.Order != "" || t.Instant != nil }

// pass writes one pass over a batch for some of the tests.
func (v *validator) pass(chosen func(*plan.Test) bool) []jen.Code {
	var out []jen.Code
	b := v.body()
	for i, t := range v.of.Tests {
		switch {
		case t.Parent != nil || !chosen(t):
		case t.Row != nil && mayFail(t.Row) || t.Where != nil && mayFail(t.Where):
			own := v.failingBody(t)
			out = append(out, v.test(own, t, i)...)
			out = append(out, eachRow(own)...)
		case t.Kind == "not_null" && t.Where == nil && v.of.Columns[t.Columns[0]].Nullable:
			out = append(out, v.notNull(t, i)...)
		default:
			out = append(out, v.test(b, t, i)...)
		}
	}
	out = append(out, b.before...)
	out = append(append(out, eachRow(b)...), v.behind...)
	v.behind = nil
	if identifiers(out)["in"] > 0 {
		out = append([]jen.Code{jen.Id("in").Op(":=").Id("View" + v.name).Call(jen.Id("b").Dot("Record"))}, out...)
	}
	return out
}

func (v *validator) body(fail ...jen.Code) *body {
	b := newBody(v.file, newNamer(), viewSource(jen.Id("in"), fields(v.of), jen.Id("i")), fail...)
	b.now = jen.Id("v").Dot("env").Dot("AsOf")
	return b
}

// failingBody is that of a test with an expression that can fail: it has a loop
// of its own, so that the other tests see the row all the same.
func (v *validator) failingBody(t *plan.Test) *body {
	b := v.body(noteFailure(jen.Id("v"), v.of, t), jen.Continue())
	b.noHoist = true
	return b
}

// noteFailure notes that a test's expression has no value on row i.
func noteFailure(owner *jen.Statement, r *plan.Relation, t *plan.Test) jen.Code {
	return owner.Clone().Dot("env").Dot("Failures").Dot("Add").Call(contract("Failure").ValuesFunc(func(g *jen.Group) {
		g.Id("Node").Op(":").Lit(r.Name)
		g.Id("Column").Op(":").Lit("test " + t.Name)
		g.Id("Origin").Op(":").Id("b").Dot("Origins").Index(jen.Id("i"))
		if len(r.Grain) > 0 {
			g.Id("Key").Op(":").Id("in").Dot("Key").Call(jen.Id("i"))
		}
		g.Id("Err").Op(":").Err()
	}))
}

// eachRow is the loop over a batch, or nothing where no row is looked at.
func eachRow(b *body) []jen.Code {
	statements := b.statements()
	if len(statements) == 0 {
		return nil
	}
	if identifiers(statements)["i"] == 0 {
		return []jen.Code{jen.For(jen.Range().Id("b").Dot("Len").Call()).Block(statements...)}
	}
	return []jen.Code{jen.For(jen.Id("i").Op(":=").Range().Id("b").Dot("Len").Call()).Block(statements...)}
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

// test writes one test into the loop, behind its where. It gives a remark for
// outside the loop where there is nothing to look at.
func (v *validator) test(b *body, t *plan.Test, index int) []jen.Code {
	var remark []jen.Code
	write := func() { remark = v.kind(b, t, index) }
	if t.Where == nil {
		at := len(b.block)
		write()
		if len(b.block) > at {
			b.block = append(b.block[:at], append([]jen.Code{jen.Comment("// " + t.Name)}, b.block[at:]...)...)
		}
		return remark
	}
	b.emit(jen.Comment("// " + t.Name))
	seen := b.cond(t.Where, true)
	inner := append([]jen.Code{result(index).Dot("Rows").Op("++")}, b.nested(write)...)
	b.emit(jen.If(seen.copy()).Block(inner...))
	return remark
}

func result(index int) *jen.Statement { return jen.Id("results").Index(jen.Lit(index)) }

func (v *validator) kind(b *body, t *plan.Test, index int) []jen.Code {
	switch {
	case t.Row != nil:
		return v.rowTest(b, t, index)
	case t.Unique():
		v.uniqueTest(b, t, index)
	case t.Order != "":
		v.monotonicTest(b, t, index)
	case t.Instant != nil:
		v.latestTest(b, t)
	}
	return nil
}

// notNull writes the test that a column has no nulls, in a loop over these: mostly
// there are none, and no row is looked at.
func (v *validator) notNull(t *plan.Test, index int) []jen.Code {
	nulls := jen.Id("in").Dot(fields(v.of)[t.Columns[0]]).Dot("Nulls").Call()
	return []jen.Code{
		jen.Comment("// " + t.Name),
		jen.For(jen.Id("i").Op(":=").Range().Add(nulls)).Block(
			jen.If(result(index).Dot("Fail").Call(jen.Id("i"))).Block(v.show(t, index))),
	}
}

// rowTest writes one test of a row, which fails where its condition is false.
func (v *validator) rowTest(b *body, t *plan.Test, index int) []jen.Code {
	var failed code
	compute := b.nested(func() { failed = b.cond(t.Row, false) })
	if failed.isFalse() {
		if mayFail(t.Row) {
			b.emit(compute...)
		}
		return []jen.Code{jen.Comment("// " + t.Name + " holds for every row, by the types.")}
	}
	b.emit(compute...)
	call := result(index).Dot("Fail").Call(jen.Id("i"))
	if t.Kind == "accepted_values" || t.Kind == "not_accepted_values" {
		c := v.of.Columns[t.Columns[0]]
		found := b.value(column(t.Columns[0], c))
		call = result(index).Dot("FailValue").Call(jen.Id("i"), formatted(c.Type, found.v.copy()), found.ok.copy())
	}
	b.emit(jen.If(and(failed, operand(call)).copy()).Block(v.show(t, index)))
	return nil
}

// column is a reference to a column of the relation itself.
func column(index int, c *plan.Column) *expr.Column {
	return expr.NewColumn(0, index, c.Name, c.Type, c.Nullable, 0)
}

// show keeps a failing row as an example.
func (v *validator) show(t *plan.Test, index int) jen.Code {
	return result(index).Dot("Show").Call(contract("Example").ValuesFunc(func(g *jen.Group) {
		g.Id("Origin").Op(":").Id("b").Dot("Origins").Index(jen.Id("i"))
		if len(v.of.Grain) > 0 {
			g.Id("Key").Op(":").Id("in").Dot("Key").Call(jen.Id("i"))
		}
		if len(t.Columns) == 1 && !t.PII && t.Kind != "not_null" {
			c := v.of.Columns[t.Columns[0]]
			field := jen.Id("in").Dot(fields(v.of)[t.Columns[0]])
			text := formatted(c.Type, field.Clone().Dot("At").Call(jen.Id("i")))
			if c.Nullable && (t.NullsFail || t.NullsCount || t.Kind == "expression") {
				text = contract("OrNull").Call(field.Clone().Dot("Valid").Call(jen.Id("i")), text)
			}
			g.Id("Value").Op(":").Add(text)
		}
		if len(t.Columns) > 1 && !slices.Equal(t.Columns, v.of.Grain) { // else the key says it
			g.Id("Value").Op(":").Add(keyText(v.of, t.Columns, fields(v.of), jen.Id("in")))
		}
	}))
}
