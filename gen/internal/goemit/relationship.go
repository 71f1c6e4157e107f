package goemit

import (
	"github.com/dave/jennifer/jen"

	"martlet/gen/internal/expr"
	"martlet/gen/internal/plan"
)

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

// relation is one relationships test while it is written.
type relation struct {
	*file
	of            *plan.Relation
	test          *plan.Test
	typ           string
	child, parent keys
	key           []stored // the columns that name a row of the child
}

// stored is a column of the first row of each of the child's keys.
type stored struct {
	column *plan.Column
	index  int
	name   string // of the store; empty for a personal column, which is not shown
}

// relationship writes one: the keys of both sides, compared when both are known.
//
//	type ordersCustomerCheck struct {
//		child, parent *arrowops.IntKeys[int64]
//		rows          []int64               // of the child, by key
//		first         contract.Firsts       // the first of them
//		orderID       arrowops.Store[int64] // and what names it
//	}
func (e *emitter) relationship(f *file, r *plan.Relation, t *plan.Test) {
	c := &relation{file: f, of: r, test: t, typ: e.checks[t],
		child: sideOf(r, t.Columns[0], "child"), parent: sideOf(t.Parent, t.Field, "parent")}
	c.key = c.keyStores()
	members := append(append(c.child.members(), c.parent.members()...),
		jen.Id("rows").Index().Int64().Comment("of the child, by key"),
		jen.Id("first").Add(contract("Firsts")).Comment("the first row of each key"))
	for _, k := range c.key {
		if k.name != "" {
			members = append(members, jen.Id(k.name).Add(storeType(k.column.Type)).Comment("of the same row"))
		}
	}
	setup, env := append(c.child.setup(), c.parent.setup()...), jen.Id("_")
	if t.Where != nil {
		members = append([]jen.Code{jen.Id("env").Op("*").Add(contract("Env"))}, members...)
		setup, env = append([]jen.Code{jen.Id("env").Op(":").Id("env")}, setup...), jen.Id("env")
	}
	f.out.Line()
	doc(f.out, c.typ+" checks that "+r.Name+"."+t.Column(r)+" is "+t.Expected+".", "")
	f.out.Type().Id(c.typ).Struct(members...)
	f.out.Line()
	f.out.Func().Id(newCheck(c.typ)).Params(env.Op("*").Add(contract("Env"))).Add(contract("RelationshipCheck")).Block(
		jen.Return(jen.Op("&").Id(c.typ).Values(setup...)))
	c.addChild()
	c.method("AddParent").Params(jen.Id("b").Add(contract("Batch"))).Block(c.side(t.Parent, func(b *body) {
		b.emit(c.parent.enter(b)...)
	})...)
	c.finish()
	c.orphans()
	c.part("PartChild", r, t.Columns[0])
	c.part("PartParent", t.Parent, t.Field)
}

// part writes the numbers of the rows of one side, by the column compared.
func (c *relation) part(name string, side *plan.Relation, column int) {
	in := jen.Id("in").Op(":=").Id("View" + c.names[side]).Call(jen.Id("b").Dot("Record"))
	c.method(name).Params(jen.Id("b").Add(contract("Batch")), jen.Id("part").Index().Uint32()).Block(
		append([]jen.Code{in}, partRows(c.file, side, []int{column})...)...)
}

// keyStores are the columns of the child's grain.
func (c *relation) keyStores() []stored {
	names := newNamer("env", "child", "childKey", "parent", "parentKey", "rows", "first")
	var out []stored
	for _, i := range c.of.Grain {
		k := stored{column: c.of.Columns[i], index: i}
		if !k.column.PII {
			k.name = names.pick(unexported(k.column.Name))
		}
		out = append(out, k)
	}
	return out
}

func (c *relation) method(name string) *jen.Statement {
	c.out.Line()
	c.out.Comment(name + " implements contract.RelationshipCheck.")
	return c.out.Func().Params(jen.Id("c").Op("*").Id(c.typ)).Id(name)
}

// side writes a loop over a batch of one side.
func (c *relation) side(rel *plan.Relation, write func(b *body), fail ...jen.Code) []jen.Code {
	b := newBody(c.file, newNamer("c", "result"), viewSource(jen.Id("in"), fields(rel), jen.Id("i")), fail...)
	b.now, b.noHoist = jen.Id("c").Dot("env").Dot("AsOf"), true
	write(b)
	return []jen.Code{
		jen.Id("in").Op(":=").Id("View" + c.names[rel]).Call(jen.Id("b").Dot("Record")),
		jen.For(jen.Id("i").Op(":=").Range().Id("b").Dot("Len").Call()).Block(b.statements()...),
	}
}

// behindWhere writes what is done with the rows that the test sees.
func (c *relation) behindWhere(b *body, do []jen.Code) {
	if c.test.Where == nil {
		b.emit(do...)
		return
	}
	b.emit(jen.If(b.cond(c.test.Where, true).copy()).Block(do...))
}

func (c *relation) addChild() {
	rows, first := jen.Id("c").Dot("rows"), jen.Id("c").Dot("first")
	body := c.side(c.of, func(b *body) {
		lookup := c.child.assign(b, c.test.NullsFail, "id", "isNew", func(lookup []jen.Code) []jen.Code {
			added := []jen.Code{
				rows.Clone().Op("=").Append(rows.Clone(), jen.Lit(0)),
				first.Clone().Dot("Add").Call(jen.Id("b"), jen.Id("i"), jen.Id("result")),
			}
			for _, k := range c.key {
				if k.name != "" {
					v := b.value(column(k.index, k.column))
					added = append(added, jen.Id("c").Dot(k.name).Dot("Set").Call(jen.Id("id"), v.v.copy(), v.ok.copy()))
				}
			}
			return append(lookup, jen.If(jen.Id("isNew")).Block(added...), rows.Clone().Index(jen.Id("id")).Op("++"))
		})
		if c.test.Where != nil {
			lookup = append([]jen.Code{jen.Id("result").Dot("Rows").Op("++")}, lookup...)
		}
		c.behindWhere(b, lookup)
	}, noteFailure(jen.Id("c"), c.of, c.test), jen.Continue())
	c.method("AddChild").Params(jen.Id("b").Add(contract("Batch")), jen.Id("result").Op("*").Add(contract("TestResult"))).Block(body...)
}

// sideOf is the key table of one side.
func sideOf(r *plan.Relation, index int, name string) keys {
	return keys{owner: "c", name: name, nodes: []expr.Node{column(index, r.Columns[index])}, asked: true}
}

// finish writes the comparison: every row of a child's key that the parent
// lacks is a failure.
func (c *relation) finish() {
	t0 := c.of.Columns[c.test.Columns[0]].Type
	var loads, parts []jen.Code
	names := newNamer("c", "result", "id", "key", "ok")
	for _, k := range c.key {
		if k.name == "" {
			parts = append(parts, contract("KeyPart").Call(jen.Lit(k.column.Name), jen.True(), contract("Redacted")))
			continue
		}
		v := names.pick(k.name)
		loads = append(loads, jen.List(jen.Id(v), jen.Id(v+"OK")).Op(":=").Id("c").Dot(k.name).Dot("Get").Call(jen.Id("id")))
		parts = append(parts, contract("KeyPart").Call(jen.Lit(k.column.Name), jen.Id(v+"OK"), formatted(k.column.Type, jen.Id(v))))
	}
	known, ok, isValue := jen.Id("c").Dot("parent").Dot("Find").Call(jen.Id("key")).Op(">=").Lit(0), jen.Id("_"), jen.True()
	if c.test.NullsFail {
		known, ok, isValue = jen.Id("ok").Op("&&").Add(known), jen.Id("ok"), jen.Id("ok")
	}
	example := contract("Example").ValuesFunc(func(g *jen.Group) {
		for _, place := range []string{"Origin", "Ordinal"} {
			g.Id(place).Op(":").Id("c").Dot("first").Dot(place).Call(jen.Id("id"))
		}
		if len(parts) > 0 {
			g.Id("Key").Op(":").Add(joinKey(parts))
		}
		if !c.test.PII && !c.child.encoded() {
			text := formatted(t0, jen.Id("key"))
			if c.test.NullsFail {
				text = contract("OrNull").Call(jen.Id("ok"), text)
			}
			g.Id("Value").Op(":").Add(text)
		}
	})
	c.method("Finish").Params(jen.Id("result").Op("*").Add(contract("TestResult"))).Block(
		jen.For(jen.Id("id").Op(":=").Range().Id("c").Dot("child").Dot("Len").Call()).Block(
			jen.List(jen.Id("key"), ok).Op(":=").Id("c").Dot("child").Dot("Get").Call(jen.Id("id")),
			jen.If(known).Block(jen.Continue()),
			jen.If(jen.Id("result").Dot("FailRows").Call(jen.Id("c").Dot("rows").Index(jen.Id("id")), isValue)).Block(
				append(loads, jen.Id("result").Dot("Show").Call(example))...),
		),
	)
}

// orphans writes the search for the rows of a batch that the parent lacks.
func (c *relation) orphans() {
	find := c.parent
	find.nodes = c.child.nodes
	body := c.side(c.of, func(b *body) {
		look := b.nested(func() {
			b.emit(find.find(b)...)
			_, ok := find.values(b)
			if c.test.NullsFail {
				ok = boolean(true)
			}
			missing := infix("<", precCompare, operand(jen.Id("id")), operand(jen.Lit(0)))
			b.emit(jen.If(and(ok, missing).copy()).Block(jen.Id("rows").Op("=").Append(jen.Id("rows"), jen.Id("i"))))
		})
		c.behindWhere(b, look)
	}, jen.Continue())
	c.method("Orphans").Params(jen.Id("b").Add(contract("Batch"))).Index().Int().Block(
		append(append([]jen.Code{jen.Var().Id("rows").Index().Int()}, body...), jen.Return(jen.Id("rows")))...)
}
