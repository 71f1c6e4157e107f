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

// parseColumn writes the loop over one column.
func (f *file) parseColumn(typ, name string, index int, c *plan.Column) {
	f.out.Line()
	f.out.Func().Params(jen.Id("p").Op("*").Id(typ)).Id("parse"+name).
		Params(jen.Id("rows").Op("*").Add(contract("Rows")), jen.Id("rejects").Op("*").Add(contract("Rejects"))).
		BlockFunc(func(g *jen.Group) {
			g.Id("out").Op(":=").Id("p").Dot("out").Dot(name)
			if c.Type.Kind == expr.String {
				parseText(g, index, c)
			} else {
				parseValue(g, index, c)
			}
		})
}

// parseText writes the body of parseColumn for a column of text:
//
//	for i := range out.Extend(rows.Fields(1)) {
//		if rows.IsNull(i, 1) {
//			out.SetNull(i)
//		}
//	}
func parseText(g *jen.Group, index int, c *plan.Column) {
	g.For(jen.Id("i").Op(":=").Range().Id("out").Dot("Extend").Call(jen.Id("rows").Dot("Fields").Call(jen.Lit(index)))).Block(
		jen.If(jen.Id("rows").Dot("IsNull").Call(jen.Id("i"), jen.Lit(index))).BlockFunc(func(g *jen.Group) {
			required(g, index, c)
			g.Id("out").Dot("SetNull").Call(jen.Id("i"))
		}),
	)
}

// quick names the method of value.Fields that reads the fields of a column which
// are in the usual form, where there is one, and gives the others.
var quick = map[expr.Kind]string{expr.Bool: "Bools", expr.Int64: "Int64s", expr.Date: "Dates", expr.Timestamp: "Timestamps"}

// parseValue writes the body of parseColumn for a column of any other type:
//
//	values := out.Extend(rows.Len())
//	for i, field := range rows.Fields(0).Int64s(values) {
//		if len(field) == 0 {
//			out.SetNull(i)
//			continue
//		}
//		v, err := value.ParseInt64(field)
//		if err != nil {
//			rejects.Add(i, 0, err)
//			out.SetNull(i)
//			continue
//		}
//		values[i] = v
//	}
func parseValue(g *jen.Group, index int, c *plan.Column) {
	args := []jen.Code{jen.Id("field")}
	if c.Type.Kind == expr.Decimal {
		args = append(args, jen.Lit(c.Type.Precision), jen.Lit(c.Type.Scale))
	}
	rest := jen.Id("rows").Dot("Fields").Call(jen.Lit(index))
	if method, ok := quick[c.Type.Kind]; ok {
		rest = rest.Dot(method).Call(jen.Id("values"))
	} else {
		rest = rest.Dot("All").Call()
	}
	g.Id("values").Op(":=").Id("out").Dot("Extend").Call(jen.Id("rows").Dot("Len").Call())
	g.For(jen.List(jen.Id("i"), jen.Id("field")).Op(":=").Range().Add(rest)).Block(
		jen.If(jen.Len(jen.Id("field")).Op("==").Lit(0)).BlockFunc(func(g *jen.Group) {
			required(g, index, c)
			g.Id("out").Dot("SetNull").Call(jen.Id("i"))
			g.Continue()
		}),
		jen.List(jen.Id("v"), jen.Err()).Op(":=").Add(val("Parse"+typeName(c.Type))).Call(args...),
		jen.If(jen.Err().Op("!=").Nil()).Block(
			jen.Id("rejects").Dot("Add").Call(jen.Id("i"), jen.Lit(index), jen.Err()),
			jen.Id("out").Dot("SetNull").Call(jen.Id("i")),
			jen.Continue(),
		),
		jen.Id("values").Index(jen.Id("i")).Op("=").Id("v"),
	)
}

// required writes the reject of an empty field that has to have a value.
func required(g *jen.Group, index int, c *plan.Column) {
	if !c.Nullable {
		g.Id("rejects").Dot("Add").Call(jen.Id("i"), jen.Lit(index), contract("ErrRequired"))
	}
}

// sourceValue writes the source as the runtime sees it.
func (f *file) sourceValue(s *plan.Source) {
	f.node(&s.Relation, s.Fingerprint(), nil)
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
	if hasRepeats(r) {
		g.Id("node").Dot("NewRepeats").Op("=").Func().Params(jen.Id("env").Op("*").Add(contract("Env"))).Add(contract("Repeats")).Block(
			jen.Return(jen.Id("new" + f.name + "Repeats").Call(jen.Id("env"))))
	}
}
