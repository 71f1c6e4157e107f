package goemit

import (
	"strings"

	"github.com/dave/jennifer/jen"

	"martlet/gen/internal/expr"
	"martlet/gen/internal/plan"
)

// project writes project.go: the Project value, and what the files share.
func (e *emitter) project() error {
	e.nameChecks()
	f := e.file(nil)
	name := "a project"
	if e.plan.Name != "" {
		name = "the project " + e.plan.Name
	}
	for _, line := range wrap("Package "+e.pkg+" is "+name+", compiled: typed views, builders and validators of its relations, and the transformations of its models.", 90) {
		f.out.PackageComment(line)
	}
	f.out.Comment("This package was written for this version of the runtime; another does not have the name.")
	f.out.Const().Id("_").Op("=").Add(contract("V1"))
	f.out.Line()
	f.out.Comment("Project lists everything, for the runtime to build.")
	f.out.Func().Id("Project").Params().Op("*").Add(contract("Project")).Block(
		jen.Return(jen.Op("&").Add(contract("Project")).ValuesFunc(func(g *jen.Group) { e.projectValue(g) })))
	e.relationships(f)
	if e.zoned {
		f.out.Line()
		f.out.Comment(zoneName + " is where a timestamp meets a timestamptz.")
		f.out.Var().Id(zoneName).Op("=").Add(contract("Zone")).Call(jen.Lit(e.plan.Timezone))
	}
	return e.write("project.go", f)
}

// nameChecks names the types of the relationships tests.
func (e *emitter) nameChecks() {
	for _, r := range e.plan.Relations() {
		for _, t := range r.Tests {
			if t.Parent != nil {
				e.checks[t] = e.types.pickAll(unexported(t.Name)+"Check", func(typ string) []string { return []string{typ, newCheck(typ)} })
			}
		}
	}
}

// newCheck is the constructor of a relationships test.
func newCheck(typ string) string { return "new" + strings.ToUpper(typ[:1]) + typ[1:] }

func (e *emitter) projectValue(g *jen.Group) {
	g.Line().Id("Name").Op(":").Lit(e.plan.Name)
	g.Line().Id("Description").Op(":").Lit(sentence(e.plan.Description))
	g.Line().Id("Timezone").Op(":").Lit(e.plan.Timezone)
	g.Line().Id("Fingerprint").Op(":").Lit(e.plan.Fingerprint())
	g.Line().Id("Sources").Op(":").Index().Add(contract("Source")).ValuesFunc(func(g *jen.Group) {
		for _, s := range e.plan.Sources {
			g.Line().Id(unexported(e.names[&s.Relation]) + "Source").Call()
		}
		g.Line()
	})
	g.Line().Id("Models").Op(":").Index().Add(contract("Model")).ValuesFunc(func(g *jen.Group) {
		for _, m := range e.plan.Models {
			g.Line().Id(unexported(e.names[&m.Relation]) + "Model").Call()
		}
		g.Line()
	})
	var checks []jen.Code
	for _, r := range e.plan.Relations() {
		for i, t := range r.Tests {
			if t.Parent != nil {
				checks = append(checks, jen.Line().Values(
					jen.Id("Child").Op(":").Lit(r.Name), jen.Id("Test").Op(":").Lit(i), jen.Id("Parent").Op(":").Lit(t.Parent.Name),
					jen.Id("New").Op(":").Id(newCheck(e.checks[t]))))
			}
		}
	}
	if len(checks) > 0 {
		g.Line().Id("Relationships").Op(":").Index().Add(contract("Relationship")).Values(append(checks, jen.Line())...)
	}
	if len(e.plan.UnitTests) > 0 {
		g.Line().Id("UnitTests").Op(":").Id(unitTestsName).Call()
	}
	g.Line()
}

// relationships writes the relationships tests.
func (e *emitter) relationships(f *file) {
	for _, r := range e.plan.Relations() {
		for _, t := range r.Tests {
			if t.Parent != nil {
				e.relationship(f, r, t)
			}
		}
	}
}

// relationship writes one: the keys of both sides, compared when both are known.
//
//	type ordersCustomerCheck struct {
//		child, parent *arrowops.IntKeys[int64]
//		rows          []int64           // of the child, by key
//		first         []contract.Origin // the first of them
//	}
func (e *emitter) relationship(f *file, r *plan.Relation, t *plan.Test) {
	typ := e.checks[t]
	child, parent := sideOf(r, t.Columns[0], "child"), sideOf(t.Parent, t.Field, "parent")
	f.out.Line()
	doc(f.out, typ+" checks that "+r.Name+"."+t.Column(r)+" is "+t.Expected+".", "")
	f.out.Type().Id(typ).Struct(append(append(child.members(), parent.members()...),
		jen.Id("seen").Int64().Comment("rows of the child"),
		jen.Id("rows").Index().Int64().Comment("the same, by key"),
		jen.Id("first").Index().Add(contract("Origin")).Comment("the first row of each key"))...)
	f.out.Line()
	f.out.Func().Id(newCheck(typ)).Params().Add(contract("RelationshipCheck")).Block(
		jen.Return(jen.Op("&").Id(typ).Values(append(child.setup(), parent.setup()...)...)))

	method := func(name string) *jen.Statement {
		f.out.Line()
		f.out.Comment(name + " implements contract.RelationshipCheck.")
		return f.out.Func().Params(jen.Id("c").Op("*").Id(typ)).Id(name)
	}
	side := func(rel *plan.Relation, lookup func(b *body) []jen.Code) []jen.Code {
		b := newBody(f, newNamer("c"), viewSource(jen.Id("in"), fields(rel), jen.Id("i")))
		b.emit(lookup(b)...)
		return []jen.Code{
			jen.Id("in").Op(":=").Id("View" + e.names[rel]).Call(jen.Id("b").Dot("Record")),
			jen.For(jen.Id("i").Op(":=").Range().Id("b").Dot("Len").Call()).Block(b.statements()...),
		}
	}
	batch := jen.Id("b").Add(contract("Batch"))
	rows, first := jen.Id("c").Dot("rows"), jen.Id("c").Dot("first")
	method("AddChild").Params(batch).Block(append(
		[]jen.Code{jen.Id("c").Dot("seen").Op("+=").Int64().Call(jen.Id("b").Dot("Len").Call())},
		side(r, func(b *body) []jen.Code {
			return child.assign(b, false, "id", "isNew", func(lookup []jen.Code) []jen.Code {
				return append(lookup,
					jen.If(jen.Id("isNew")).Block(
						rows.Clone().Op("=").Append(rows.Clone(), jen.Lit(0)),
						first.Clone().Op("=").Append(first.Clone(), jen.Id("b").Dot("Origins").Index(jen.Id("i")))),
					rows.Clone().Index(jen.Id("id")).Op("++"))
			})
		})...)...)
	method("AddParent").Params(batch).Block(side(t.Parent, parent.enter)...)
	f.finishRelationship(method("Finish"), r, t, child)
}

// sideOf is the key table of one side.
func sideOf(r *plan.Relation, column int, name string) keys {
	c := r.Columns[column]
	return keys{"c", name, []expr.Node{expr.NewColumn(0, column, c.Name, c.Type, c.Nullable, 0)}}
}

// finishRelationship writes the comparison: every row of a child's key that the
// parent lacks is a failure.
func (f *file) finishRelationship(fn *jen.Statement, r *plan.Relation, t *plan.Test, child keys) {
	t0 := r.Columns[t.Columns[0]].Type
	example := jen.Dict{jen.Id("Origin"): jen.Id("c").Dot("first").Index(jen.Id("id"))}
	if !t.PII && !child.encoded() {
		example[jen.Id("Value")] = formatted(t0, jen.Id("key"))
	}
	fn.Params(jen.Id("result").Op("*").Add(contract("TestResult"))).Block(
		jen.Id("result").Dot("Rows").Op("=").Id("c").Dot("seen"),
		jen.For(jen.Id("id").Op(":=").Range().Id("c").Dot("child").Dot("Len").Call()).Block(
			jen.List(jen.Id("key"), jen.Id("_")).Op(":=").Id("c").Dot("child").Dot("Get").Call(jen.Id("id")),
			jen.If(jen.Id("c").Dot("parent").Dot("Find").Call(jen.Id("key")).Op(">=").Lit(0)).Block(jen.Continue()),
			jen.If(jen.Id("result").Dot("Fail").Call()).Block(jen.Id("result").Dot("Show").Call(contract("Example").Values(example))),
			jen.Id("result").Dot("Failures").Op("+=").Id("c").Dot("rows").Index(jen.Id("id")).Op("-").Lit(1),
		),
	)
}
