package goemit

import (
	"strings"

	"github.com/dave/jennifer/jen"

	"martlet/gen/internal/expr"
	"martlet/gen/internal/plan"
)

// fields names the Go fields of a relation's columns, in views and builders.
func fields(r *plan.Relation) []string {
	n := newNamer("Key", "Reserve", "NewRecord", "Release")
	out := make([]string, len(r.Columns))
	for i, c := range r.Columns {
		out[i] = n.pick(exported(c.Name))
	}
	return out
}

// view writes the typed view of a record, and the key of a row for messages:
//
//	type UserAccountView struct {
//		UserID arrowops.Column[int64] // Identifier of the account.
//	}
//
//	func ViewUserAccount(rec arrow.Record) UserAccountView
//	func (v UserAccountView) Key(i int) string
func (f *file) view(r *plan.Relation) {
	names := fields(r)
	doc(f.out, f.name+"View is a record of "+r.Name+", column by column. It borrows the record.", r.Description)
	f.out.Type().Id(f.name + "View").StructFunc(func(g *jen.Group) {
		for i, c := range r.Columns {
			field := g.Id(names[i]).Add(viewType(c.Type))
			if c.Description != "" {
				field.Comment("// " + sentence(c.Description))
			}
		}
	})
	f.out.Line()
	f.out.Comment("View" + f.name + " looks at a record of " + r.Name + ".")
	f.out.Func().Id("View" + f.name).Params(jen.Id("rec").Qual(arrowPkg, "Record")).Id(f.name + "View").Block(
		jen.Return(jen.Id(f.name + "View").ValuesFunc(func(g *jen.Group) {
			for i, c := range r.Columns {
				g.Line().Id(names[i]).Op(":").Add(viewOf(c.Type)).Call(jen.Id("rec").Dot("Column").Call(jen.Lit(i)))
			}
			g.Line()
		})),
	)
	f.key(r, names)
}

// key writes the text that names a row in messages; personal columns are redacted.
func (f *file) key(r *plan.Relation, names []string) {
	if len(r.Grain) == 0 {
		return
	}
	f.out.Line()
	f.out.Comment("Key names row i in messages, by " + strings.Join(r.Names(r.Grain), ", ") + ".")
	f.out.Func().Params(jen.Id("v").Id(f.name + "View")).Id("Key").Params(jen.Id("i").Int()).String().Block(
		jen.Return(keyText(r, r.Grain, names, jen.Id("v"))))
}

// keyText names row i of a view by some columns; personal ones are redacted:
//
//	contract.KeyPart("user_id", v.UserID.Valid(i), value.FormatInt64(v.UserID.At(i)))
func keyText(r *plan.Relation, columns []int, names []string, view *jen.Statement) *jen.Statement {
	var parts []jen.Code
	for _, k := range columns {
		c := r.Columns[k]
		column := view.Clone().Dot(names[k])
		shown := formatted(c.Type, column.Clone().Dot("At").Call(jen.Id("i")))
		if c.PII {
			shown = contract("Redacted")
		}
		parts = append(parts, contract("KeyPart").Call(jen.Lit(c.Name), column.Clone().Dot("Valid").Call(jen.Id("i")), shown))
	}
	return joinKey(parts)
}

// joinKey puts the parts of a key together.
func joinKey(parts []jen.Code) *jen.Statement {
	out := jen.Add(parts[0])
	for _, p := range parts[1:] {
		out = out.Op("+").Lit(", ").Op("+").Add(p)
	}
	return out
}

// builder writes the record builder:
//
//	type UserAccountBuilder struct {
//		UserID *arrowops.Builder[int64]
//	}
//
//	func NewUserAccountBuilder(mem contract.Allocator) *UserAccountBuilder
//	func (b *UserAccountBuilder) Reserve(rows int)
//	func (b *UserAccountBuilder) NewRecord() (arrow.Record, error)
//	func (b *UserAccountBuilder) Release()
func (f *file) builder(r *plan.Relation) {
	names, typ := fields(r), f.name+"Builder"
	each := func(g *jen.Group, do func(column *jen.Statement, c *plan.Column)) {
		for i, c := range r.Columns {
			do(jen.Id("b").Dot(names[i]), c)
		}
	}
	method := func(name string) *jen.Statement { return f.out.Func().Params(jen.Id("b").Op("*").Id(typ)).Id(name) }

	f.out.Line()
	f.out.Comment(typ + " builds records of " + r.Name + "; every row is appended to every column.")
	f.out.Type().Id(typ).StructFunc(func(g *jen.Group) {
		for i, c := range r.Columns {
			g.Id(names[i]).Add(builderType(c.Type))
		}
	})
	f.out.Line()
	f.out.Comment("New" + typ + " makes an empty builder. Release frees it.")
	f.out.Func().Id("New" + typ).Params(jen.Id("mem").Add(contract("Allocator"))).Op("*").Id(typ).Block(
		jen.Return(jen.Op("&").Id(typ).ValuesFunc(func(g *jen.Group) {
			for i, c := range r.Columns {
				g.Line().Id(names[i]).Op(":").Add(newBuilder(c.Type, jen.Id("mem")))
			}
			g.Line()
		})),
	)
	f.out.Line()
	f.out.Comment("Reserve makes room for that many more rows.")
	method("Reserve").Params(jen.Id("rows").Int()).BlockFunc(func(g *jen.Group) {
		each(g, func(column *jen.Statement, _ *plan.Column) { g.Add(column.Dot("Reserve").Call(jen.Id("rows"))) })
	})
	f.out.Line()
	f.out.Comment("NewRecord gives the rows appended so far, which the caller owns, and starts anew.")
	f.out.Comment("It fails where the text of a column does not fit one Arrow array.")
	method("NewRecord").Params().Params(jen.Qual(arrowPkg, "Record"), jen.Error()).BlockFunc(func(g *jen.Group) {
		each(g, func(column *jen.Statement, c *plan.Column) {
			if familyOf(c.Type) == text {
				g.If(jen.Err().Op(":=").Add(column.Dot("Err").Call()), jen.Err().Op("!=").Nil()).Block(jen.Return(jen.Nil(), jen.Err()))
			}
		})
		g.Return(contract("NewRecord").CallFunc(func(g *jen.Group) {
			g.Id(f.nodeName()).Dot("Schema")
			each(g, func(column *jen.Statement, _ *plan.Column) { g.Line().Add(column.Dot("NewArray").Call()) })
			g.Line()
		}), jen.Nil())
	})
	f.out.Line()
	f.out.Comment("Release frees what the builder holds.")
	method("Release").Params().BlockFunc(func(g *jen.Group) {
		each(g, func(column *jen.Statement, _ *plan.Column) { g.Add(column.Dot("Release").Call()) })
	})
}

// nodeName is the variable that describes the relation.
func (f *file) nodeName() string { return nodeName(f.name) }

func nodeName(relation string) string { return unexported(relation) + "Node" }

// node writes the description of a relation, ready for the runtime; m is nil for a
// source.
func (f *file) node(r *plan.Relation, fingerprint string, m *plan.Model) {
	f.out.Line()
	f.out.Comment(f.nodeName() + " describes " + r.Name + " to the runtime.")
	f.out.Var().Id(f.nodeName()).Op("=").Add(contract("Define")).Call(contract("Node").ValuesFunc(func(g *jen.Group) {
		g.Line().Id("Name").Op(":").Lit(r.Name)
		if r.Description != "" {
			g.Line().Id("Description").Op(":").Lit(r.Description)
		}
		g.Line().Id("Fingerprint").Op(":").Lit(fingerprint)
		g.Line().Id("Columns").Op(":").Index().Add(contract("Column")).ValuesFunc(func(g *jen.Group) {
			for i := range r.Columns {
				g.Line().Add(columnValue(r, i, m))
			}
			g.Line()
		})
		if len(r.Grain) > 0 {
			g.Line().Id("Grain").Op(":").Add(stringList(r.Names(r.Grain)))
		}
		if len(r.Tags) > 0 {
			g.Line().Id("Tags").Op(":").Add(stringList(r.Tags))
		}
		if len(r.Tests) > 0 {
			g.Line().Id("Tests").Op(":").Index().Add(contract("Test")).ValuesFunc(func(g *jen.Group) {
				for _, t := range r.Tests {
					g.Line().Add(testValue(r, t))
				}
				g.Line()
			})
		}
		g.Line()
	}))
}

func columnValue(r *plan.Relation, i int, m *plan.Model) *jen.Statement {
	c := r.Columns[i]
	lineage := make([]string, len(c.Lineage))
	for i, l := range c.Lineage {
		lineage[i] = l.String()
	}
	return jen.ValuesFunc(func(g *jen.Group) {
		g.Id("Name").Op(":").Lit(c.Name)
		g.Id("Type").Op(":").Lit(c.Type.String())
		g.Id("Arrow").Op(":").Add(dataType(c.Type))
		if c.Nullable {
			g.Id("Nullable").Op(":").True()
		}
		if c.PII {
			g.Id("PII").Op(":").True()
		}
		if c.Description != "" {
			g.Id("Description").Op(":").Lit(sentence(c.Description))
		}
		if len(lineage) > 0 {
			g.Id("Lineage").Op(":").Add(stringList(lineage))
		}
		if m == nil {
			return
		}
		if reads := m.Reads(i); len(reads) > 0 {
			g.Id("Reads").Op(":").Add(readList(reads))
		}
		g.Id("Expr").Op(":").Lit(m.Text(i))
		if m.Copies(i) {
			g.Id("Copy").Op(":").True()
		}
	})
}

func testValue(r *plan.Relation, t *plan.Test) *jen.Statement {
	return jen.ValuesFunc(func(g *jen.Group) {
		g.Id("Name").Op(":").Lit(t.Name)
		g.Id("Kind").Op(":").Lit(t.Kind)
		if column := t.Column(r); column != "" {
			g.Id("Column").Op(":").Lit(column)
		}
		if t.Severity == "warn" {
			g.Id("Severity").Op(":").Add(contract("Warn"))
		} else {
			g.Id("Severity").Op(":").Add(contract("Error"))
		}
		if t.Description != "" {
			g.Id("Description").Op(":").Lit(sentence(t.Description))
		}
		g.Id("Fingerprint").Op(":").Lit(t.Fingerprint(r))
		if t.Grain {
			g.Id("Grain").Op(":").True()
		}
		g.Id("Expected").Op(":").Lit(sentence(t.Expected))
		text := func(field, value string) {
			if value != "" {
				g.Id(field).Op(":").Lit(value)
			}
		}
		text("Where", sentence(t.WhereText))
		if reads := t.WhereReads(r); len(reads) > 0 {
			g.Id("WhereReads").Op(":").Add(stringList(reads))
		}
		text("WarnIf", t.WarnIf)
		text("ErrorIf", t.ErrorIf)
		if len(t.Tags) > 0 {
			g.Id("Tags").Op(":").Add(stringList(t.Tags))
		}
		if t.Store {
			g.Id("Store").Op(":").True()
		}
		if t.Limit > 0 {
			g.Id("Limit").Op(":").Lit(int(t.Limit))
		}
		if !t.Additive() {
			g.Id("Whole").Op(":").True()
		}
		text("Proved", t.Proved)
		if t.PII {
			g.Id("PII").Op(":").True()
		}
		if reads := t.Reads(r); len(reads) > 0 {
			g.Id("Reads").Op(":").Add(stringList(reads))
		}
	})
}

func stringList(items []string) *jen.Statement {
	return jen.Index().String().ValuesFunc(func(g *jen.Group) {
		for _, s := range items {
			g.Lit(s)
		}
	})
}

// viewSource reads a column of a relation through a view at a row.
func viewSource(view *jen.Statement, names []string, at jen.Code) func(c *expr.Column) source {
	return func(c *expr.Column) source {
		return source{of: view.Clone().Dot(names[c.Index]), at: at, view: true, name: c.Name}
	}
}
