package goemit

import (
	"github.com/dave/jennifer/jen"

	"martlet/gen/internal/expr"
	"martlet/gen/internal/plan"
)

// Names of the package that unit tests take.
const (
	unitTestsName = "unitTests"
	goTestName    = "TestModels"
)

// unitTests writes unit_tests.go, the unit tests as data, and project_test.go,
// which has go test run them; neither where there are none.
func (e *emitter) unitTests() error {
	if len(e.plan.UnitTests) == 0 {
		return nil
	}
	f := e.file(nil)
	f.out.Comment(unitTestsName + " are the unit tests of the models, as declared.")
	f.out.Func().Id(unitTestsName).Params().Index().Add(contract("UnitTest")).Block(
		jen.Return(jen.Index().Add(contract("UnitTest")).ValuesFunc(func(g *jen.Group) {
			for _, u := range e.plan.UnitTests {
				g.Line().Add(unitTestValue(u))
			}
			g.Line()
		})))
	if err := e.write("unit_tests.go", f); err != nil {
		return err
	}
	return e.goTest()
}

func unitTestValue(u *plan.UnitTest) *jen.Statement {
	return jen.ValuesFunc(func(g *jen.Group) {
		g.Line().Id("Name").Op(":").Lit(u.Name)
		if u.Description != "" {
			g.Line().Id("Description").Op(":").Lit(sentence(u.Description))
		}
		g.Line().Id("Model").Op(":").Lit(u.Model.Name)
		if u.Now != nil {
			g.Line().Id("Now").Op(":").Add(literal(u.Now, expr.Type{Kind: expr.TimestampTZ}))
		}
		if len(u.Given) > 0 {
			g.Line().Id("Given").Op(":").Index().Add(contract("Table")).ValuesFunc(func(g *jen.Group) {
				for _, t := range u.Given {
					g.Line().Add(tableValue(t))
				}
				g.Line()
			})
		}
		g.Line().Id("Expect").Op(":").Add(contract("Table")).Add(tableValue(u.Expect))
		if u.Ordered {
			g.Line().Id("Ordered").Op(":").True()
		}
		g.Line()
	})
}

// tableValue is rows written down, a line each:
//
//	{Relation: "users", Columns: []string{"id", "seen"}, Rows: [][]any{
//		{int64(1), nil},
//	}}
func tableValue(t *plan.Table) *jen.Statement {
	return jen.ValuesFunc(func(g *jen.Group) {
		g.Id("Relation").Op(":").Lit(t.Relation.Name)
		if len(t.Columns) > 0 {
			g.Id("Columns").Op(":").Add(stringList(t.Relation.Names(t.Columns)))
		}
		if len(t.Rows) == 0 {
			return
		}
		g.Id("Rows").Op(":").Index().Index().Any().ValuesFunc(func(g *jen.Group) {
			for _, row := range t.Rows {
				g.Line().ValuesFunc(func(g *jen.Group) {
					for i, v := range row {
						g.Add(cellValue(v, t.Relation.Columns[t.Columns[i]].Type))
					}
				})
			}
			g.Line()
		})
	})
}

// cellValue is a constant that has its type in an any.
func cellValue(v any, t expr.Type) *jen.Statement {
	if v == nil {
		return jen.Nil()
	}
	if t.Kind == expr.Int64 || t.Kind == expr.Float64 {
		return goType(t).Call(literal(v, t))
	}
	return literal(v, t)
}

// goTest writes the Go test that runs them:
//
//	func TestModels(t *testing.T) {
//		project := Project()
//		for i := range project.UnitTests {
//			u := &project.UnitTests[i]
//			t.Run(u.Name, func(t *testing.T) { ... })
//		}
//	}
func (e *emitter) goTest() error {
	f := e.file(nil)
	f.out.ImportName(unittestPkg, "unittest")
	param := jen.Id("t").Op("*").Qual("testing", "T")
	f.out.Comment(goTestName + " runs the unit tests of the models.")
	f.out.Func().Id(goTestName).Params(param).Block(
		jen.Id("project").Op(":=").Id("Project").Call(),
		jen.For(jen.Id("i").Op(":=").Range().Id("project").Dot("UnitTests")).Block(
			jen.Id("u").Op(":=").Op("&").Id("project").Dot("UnitTests").Index(jen.Id("i")),
			jen.Id("t").Dot("Run").Call(jen.Id("u").Dot("Name"), jen.Func().Params(param).Block(
				jen.List(jen.Id("difference"), jen.Err()).Op(":=").Qual(unittestPkg, "Run").Call(jen.Id("project"), jen.Id("u"), jen.Qual(memoryPkg, "DefaultAllocator")),
				jen.If(jen.Err().Op("!=").Nil()).Block(jen.Id("t").Dot("Fatal").Call(jen.Err())),
				jen.If(jen.Id("difference").Op("!=").Lit("")).Block(jen.Id("t").Dot("Errorf").Call(jen.Lit("%s: %s"), jen.Id("u").Dot("Model"), jen.Id("difference"))),
			)),
		),
	)
	return e.write("project_test.go", f)
}
