package goemit

import (
	"strconv"
	"strings"

	"github.com/dave/jennifer/jen"

	"martlet/gen/internal/expr"
	"martlet/gen/internal/plan"
)

// matches is the condition of a join:
//
//	{{Left: contract.Read{Column: "user_id"}, Right: "user_id"}}
func matches(p *plan.Model, j *plan.Join) *jen.Statement {
	return jen.ValuesFunc(func(g *jen.Group) {
		for i := range j.Left {
			left, right := p.Match(j, i)
			g.ValuesFunc(func(g *jen.Group) {
				g.Id("Left").Op(":").Add(contract("Read")).Add(readValue(left))
				g.Id("Right").Op(":").Lit(right)
				if p.Aggregated(j, i) {
					g.Id("Aggregated").Op(":").True()
				}
			})
		}
	})
}

// dictionaries are the values of columns by name:
//
//	map[string][]string{
//		"gender": {"F", "M"},
//	}
func dictionaries(p *plan.Model) *jen.Statement {
	return jen.Map(jen.String()).Index().String().ValuesFunc(func(g *jen.Group) {
		for _, d := range p.Dictionaries {
			g.Line().Lit(p.Columns[d.Column].Name).Op(":").ValuesFunc(func(g *jen.Group) {
				for _, v := range d.Values {
					g.Lit(v)
				}
			})
		}
		g.Line()
	})
}

// dedupeValue is how one row of a key is chosen:
//
//	&contract.Dedupe{
//		Key: []string{"user_id"},
//		Order: []contract.Term{
//			{Expr: "last_updated_time", Desc: true, Reads: []string{"last_updated_time"}},
//		},
//	}
func dedupeValue(p *plan.Model) *jen.Statement {
	return jen.Op("&").Add(contract("Dedupe")).ValuesFunc(func(g *jen.Group) {
		g.Line().Id("Key").Op(":").Add(stringList(p.From.Names(p.Dedupe.Key)))
		if len(p.Dedupe.Order) > 0 {
			g.Line().Id("Order").Op(":").Index().Add(contract("Term")).ValuesFunc(func(g *jen.Group) {
				for _, t := range p.Dedupe.Order {
					g.Line().Add(termValue(p, t))
				}
				g.Line()
			})
		}
		g.Line()
	})
}

func termValue(p *plan.Model, t expr.OrderTerm) *jen.Statement {
	return jen.ValuesFunc(func(g *jen.Group) {
		g.Id("Expr").Op(":").Lit(expr.SQL(t.Expr))
		if t.Desc {
			g.Id("Desc").Op(":").True()
		}
		if reads := p.TermReads(t); len(reads) > 0 {
			g.Id("Reads").Op(":").Add(stringList(reads))
		}
	})
}

// readList is a list of what plan.Reads say.
func readList(reads []plan.Read) *jen.Statement {
	return jen.Index().Add(contract("Read")).ValuesFunc(func(g *jen.Group) {
		for _, r := range reads {
			g.Add(readValue(r))
		}
	})
}

// readValue is what a plan.Read says, without its type; the base goes without saying.
func readValue(r plan.Read) *jen.Statement {
	return jen.ValuesFunc(func(g *jen.Group) {
		if r.Input > 0 {
			g.Id("Input").Op(":").Lit(r.Input)
		}
		g.Id("Column").Op(":").Lit(r.Column)
		if r.Part {
			g.Id("Part").Op(":").True()
		}
	})
}

// sqlText writes the model as SQL, as it was given, and says how it is called; "" where
// none was given.
func (f *file) sqlText(p *plan.Model) string {
	text := f.views[p.Name]
	if text == "" {
		return ""
	}
	name := f.types.pick(unexported(f.name) + "SQL")
	literal := jen.Lit(text)
	if strconv.CanBackquote(strings.ReplaceAll(text, "\n", "")) {
		literal = jen.Op("`" + text + "`")
	}
	f.out.Line()
	f.out.Comment(name + " is " + p.Name + " as a view of DuckDB, for people; row$ numbers the rows of a relation.")
	f.out.Const().Id(name).Op("=").Add(literal)
	return name
}

// modelValue writes the model as the runtime sees it.
func (f *file) modelValue(p *plan.Model, parted []int) {
	f.node(&p.Relation, p.Fingerprint(), p)
	view := f.sqlText(p)
	f.out.Line()
	f.out.Func().Id(unexported(f.name) + "Model").Params().Add(contract("Model")).BlockFunc(func(g *jen.Group) {
		f.nodeWithValidator(g, &p.Relation)
		g.Return(contract("Model").ValuesFunc(func(g *jen.Group) {
			g.Line().Id("Node").Op(":").Id("node")
			if p.Layer != "" {
				g.Line().Id("Layer").Op(":").Lit(p.Layer)
			}
			g.Line().Id("From").Op(":").Lit(p.From.Name)
			if len(p.Joins) > 0 {
				var names []string
				for _, j := range p.Joins {
					names = append(names, j.Input.Name)
				}
				g.Line().Id("Joins").Op(":").Add(stringList(names))
				g.Line().Id("On").Op(":").Index().Index().Add(contract("Match")).ValuesFunc(func(g *jen.Group) {
					for _, j := range p.Joins {
						g.Line().Add(matches(p, j))
					}
					g.Line()
				})
			}
			if p.Dedupe != nil {
				g.Line().Id("Dedupe").Op(":").Add(dedupeValue(p))
			}
			if p.Where != nil {
				g.Line().Id("Where").Op(":").Op("&").Add(contract("Condition")).Values(
					jen.Id("Expr").Op(":").Lit(expr.SQL(p.Where)), jen.Id("Reads").Op(":").Add(readList(p.WhereReads())))
			}
			if p.Group != nil {
				g.Line().Id("Grouped").Op(":").True()
			}
			if columns, ok := p.GroupColumns(); ok {
				g.Line().Id("GroupBy").Op(":").Add(stringList(columns))
			}
			if len(parted) > 0 {
				g.Line().Id("Parted").Op(":").Index().Int().ValuesFunc(func(g *jen.Group) {
					for _, input := range parted {
						g.Lit(input)
					}
				})
			}
			if len(p.Formats) > 0 {
				g.Line().Id("Formats").Op(":").Add(stringList(p.Formats))
			}
			if p.Compression != "" {
				g.Line().Id("Compression").Op(":").Lit(p.Compression)
			}
			if len(p.Dictionaries) > 0 {
				g.Line().Id("Dictionaries").Op(":").Add(dictionaries(p))
			}
			if p.Neutralize {
				g.Line().Id("Neutralize").Op(":").True()
			}
			if p.Complete {
				g.Line().Id("Complete").Op(":").True()
			}
			if p.RowByRow() {
				g.Line().Id("RowByRow").Op(":").True()
			}
			if p.Increment != nil {
				g.Line().Id("Increment").Op(":").Add(f.incrementValue(p))
			}
			if view != "" {
				g.Line().Id("SQL").Op(":").Id(view)
			}
			g.Line().Id("New").Op(":").Id("new" + f.name + "Model")
			g.Line()
		}))
	})
}
