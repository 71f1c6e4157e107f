package goemit

import (
	"github.com/dave/jennifer/jen"

	"martlet/gen/internal/expr"
	"martlet/gen/internal/plan"
)

// parser writes what turns CSV records into record batches, a column at a time:
//
//	func (p *UserAccountParser) Parse(rows *contract.Rows, rejects *contract.Rejects) (arrow.Record, error) {
//		p.out.Reserve(rows.Len())
//		p.parseUserID(rows, rejects)
//		return p.out.NewRecord()
//	}
func (f *file) parser(s *plan.Source) {
	typ, names := f.name+"Parser", fields(&s.Relation)
	f.out.Line()
	f.out.Comment(typ + " reads records of " + s.Name + " from CSV.")
	f.out.Type().Id(typ).Struct(jen.Id("out").Op("*").Id(f.name + "Builder"))
	f.out.Line()
	f.out.Comment("Parse implements contract.Parser.")
	f.out.Func().Params(jen.Id("p").Op("*").Id(typ)).Id("Parse").
		Params(jen.Id("rows").Op("*").Add(contract("Rows")), jen.Id("rejects").Op("*").Add(contract("Rejects"))).
		Params(jen.Qual(arrowPkg, "Record"), jen.Error()).
		BlockFunc(func(g *jen.Group) {
			g.Id("p").Dot("out").Dot("Reserve").Call(jen.Id("rows").Dot("Len").Call())
			for _, name := range names {
				g.Id("p").Dot("parse"+name).Call(jen.Id("rows"), jen.Id("rejects"))
			}
			g.Return(jen.Id("p").Dot("out").Dot("NewRecord").Call())
		})
	for i, c := range s.Columns {
		f.parseColumn(typ, names[i], i, c)
	}
	f.out.Line()
	f.out.Comment("Release implements contract.Parser.")
	f.out.Func().Params(jen.Id("p").Op("*").Id(typ)).Id("Release").Params().Block(jen.Id("p").Dot("out").Dot("Release").Call())
}

// parseColumn writes the loop over one column:
//
//	for i := range rows.Len() {
//		field := rows.Field(i, 0)
//		if len(field) == 0 {
//			out.AppendNull()
//			continue
//		}
//		v, err := value.ParseInt64(field)
//		if err != nil {
//			rejects.Add(i, 0, err)
//		}
//		out.AppendOption(v, err == nil)
//	}
func (f *file) parseColumn(typ, name string, index int, c *plan.Column) {
	f.out.Line()
	f.out.Func().Params(jen.Id("p").Op("*").Id(typ)).Id("parse"+name).
		Params(jen.Id("rows").Op("*").Add(contract("Rows")), jen.Id("rejects").Op("*").Add(contract("Rejects"))).
		Block(
			jen.Id("out").Op(":=").Id("p").Dot("out").Dot(name),
			jen.For(jen.Id("i").Op(":=").Range().Id("rows").Dot("Len").Call()).BlockFunc(func(g *jen.Group) {
				null := []jen.Code{jen.Id("out").Dot("AppendNull").Call(), jen.Continue()}
				if !c.Nullable {
					null = append([]jen.Code{jen.Id("rejects").Dot("Add").Call(jen.Id("i"), jen.Lit(index), contract("ErrRequired"))}, null...)
				}
				if c.Type.Kind == expr.String {
					g.List(jen.Id("field"), jen.Id("ok")).Op(":=").Id("rows").Dot("Text").Call(jen.Id("i"), jen.Lit(index))
					g.If(jen.Op("!").Id("ok")).Block(null...)
					g.Id("out").Dot("AppendBytes").Call(jen.Id("field"))
					return
				}
				g.Id("field").Op(":=").Id("rows").Dot("Field").Call(jen.Id("i"), jen.Lit(index))
				g.If(jen.Len(jen.Id("field")).Op("==").Lit(0)).Block(null...)
				args := []jen.Code{jen.Id("field")}
				if c.Type.Kind == expr.Decimal {
					args = append(args, jen.Lit(c.Type.Precision), jen.Lit(c.Type.Scale))
				}
				g.List(jen.Id("v"), jen.Err()).Op(":=").Add(val("Parse" + typeName(c.Type))).Call(args...)
				g.If(jen.Err().Op("!=").Nil()).Block(jen.Id("rejects").Dot("Add").Call(jen.Id("i"), jen.Lit(index), jen.Err()))
				g.Id("out").Dot("AppendOption").Call(jen.Id("v"), jen.Err().Op("==").Nil())
			}),
		)
}

// sourceValue writes the source as the runtime sees it.
func (f *file) sourceValue(s *plan.Source) {
	f.node(&s.Relation)
	f.out.Line()
	f.out.Func().Id(unexported(f.name) + "Source").Params().Add(contract("Source")).BlockFunc(func(g *jen.Group) {
		f.nodeWithValidator(g, &s.Relation)
		g.Return(contract("Source").ValuesFunc(func(g *jen.Group) {
			g.Line().Id("Node").Op(":").Id("node")
			if s.Workbook != "" {
				g.Line().Id("Workbook").Op(":").Lit(s.Workbook)
				g.Line().Id("Sheet").Op(":").Lit(s.Sheet)
			}
			g.Line().Id("Seed").Op(":").Lit(s.Seed)
			if d := dialectValue(s.Dialect); d != nil {
				g.Line().Id("Dialect").Op(":").Add(d)
			}
			if s.ExtraColumns {
				g.Line().Id("ExtraColumns").Op(":").True()
			}
			if a := allowanceValue(s.MaxRejects); a != nil {
				g.Line().Id("MaxRejects").Op(":").Add(a)
			}
			if s.Freshness != nil {
				g.Line().Id("Freshness").Op(":").Add(f.freshnessValue(s.Freshness))
			}
			g.Line().Id("NewParser").Op(":").Func().Params(jen.Id("env").Op("*").Add(contract("Env"))).Add(contract("Parser")).Block(
				jen.Return(jen.Op("&").Id(f.name + "Parser").Values(jen.Id("out").Op(":").Id("New" + f.name + "Builder").Call(jen.Id("env").Dot("Memory")))))
			g.Line()
		}))
	})
}

// dialectValue is how the source's files are written, nil where as always.
func dialectValue(d plan.Dialect) *jen.Statement {
	var members []jen.Code
	if d.Delimiter != 0 {
		members = append(members, jen.Id("Delimiter").Op(":").LitRune(rune(d.Delimiter)))
	}
	if d.Quote != 0 {
		members = append(members, jen.Id("Quote").Op(":").LitRune(rune(d.Quote)))
	}
	if d.Unquoted {
		members = append(members, jen.Id("Unquoted").Op(":").True())
	}
	if len(d.Nulls) > 0 {
		members = append(members, jen.Id("Nulls").Op(":").Add(stringList(d.Nulls)))
	}
	if d.Encoding != "" {
		members = append(members, jen.Id("Encoding").Op(":").Lit(d.Encoding))
	}
	if members == nil {
		return nil
	}
	return contract("Dialect").Values(members...)
}

// allowanceValue is how many rejects the source may have, nil where none.
func allowanceValue(a plan.Allowance) *jen.Statement {
	switch {
	case a.PerMillion > 0:
		return contract("Allowance").Values(jen.Id("PerMillion").Op(":").Lit(int(a.PerMillion)))
	case a.Records > 0:
		return contract("Allowance").Values(jen.Id("Records").Op(":").Lit(int(a.Records)))
	}
	return nil
}

// nodeWithValidator copies the relation's description and gives it its validator.
// The description itself cannot name it: the validator's records name the description.
func (f *file) nodeWithValidator(g *jen.Group, r *plan.Relation) {
	g.Id("node").Op(":=").Id(f.nodeName())
	if hasValidator(r) {
		g.Id("node").Dot("NewValidator").Op("=").Func().Params(jen.Id("env").Op("*").Add(contract("Env"))).Add(contract("Validator")).Block(
			jen.Return(jen.Id("new" + f.name + "Validator").Call(jen.Id("env"))))
	}
}
