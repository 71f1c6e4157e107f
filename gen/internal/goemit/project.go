package goemit

import (
	"strings"

	"github.com/dave/jennifer/jen"
)

// project writes project.go: the Project value, and what the files share.
func (e *emitter) project() error {
	places, err := e.placesValue()
	if err != nil {
		return err
	}
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
		jen.Return(jen.Op("&").Add(contract("Project")).ValuesFunc(func(g *jen.Group) { e.projectValue(g, places) })))
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

func (e *emitter) projectValue(g *jen.Group, places *jen.Statement) {
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
					jen.Id("Field").Op(":").Lit(t.Parent.Columns[t.Field].Name),
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
	if e.plan.Increments != nil {
		g.Line().Id("Increments").Op(":").Add(e.incrementsValue(e.plan.Increments))
	}
	g.Line().Id("Places").Op(":").Add(places)
	g.Line()
}
