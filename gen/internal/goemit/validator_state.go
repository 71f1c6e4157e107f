package goemit

import (
	"github.com/dave/jennifer/jen"

	"martlet/gen/internal/expr"
	"martlet/gen/internal/plan"
)

// The tests that remember something from row to row, in members of the struct.

// uniqueTest writes a uniqueness test. It fails once for each value that stands
// in more than one row, as dbt counts. Keys that have to be encoded are added row
// by row:
//
//	if n, id := v.pair.AddBytes(v.pairKey); n > 1 && results[2].Repeat(i, id, n) {
//		...
//	}
func (v *validator) uniqueTest(b *body, t *plan.Test, index int) {
	name := v.names.pickAll(unexported(t.Name), func(name string) []string { return []string{name, name + "Key", name + "Rows"} })
	nodes := make([]expr.Node, len(t.Columns))
	for i, c := range t.Columns {
		nodes[i] = column(c, v.of.Columns[c])
	}
	k := keys{owner: "v", name: name, nodes: nodes}
	v.members = append(v.members, k.repeatMembers()...)
	v.setup = append(v.setup, k.repeatSetup()...)
	if !k.encoded() {
		v.uniqueColumn(b, t, index, k)
		return
	}
	ok, add := k.addEncoded(b, t.NullsCount)
	b.emit(guarded(ok, append(add, jen.If(jen.List(jen.Id("n"), jen.Id("id")).Op(":=").Add(k.table().Dot("AddBytes").Call(k.buffer())),
		jen.Id("n").Op(">").Lit(1).Op("&&").Add(result(index)).Dot("Repeat").Call(jen.Id("i"), jen.Id("id"), jen.Id("n"))).
		Block(v.show(t, index))))...)
}

// uniqueColumn writes a uniqueness test of a column, which is added as a whole
// behind the loop, or in those rows that the loop finds the test sees:
//
//	for _, r := range v.userID.AddAll(in.UserID, false) {
//		if i := r.Row; results[1].Repeat(i, r.ID, r.N) {
//			...
//		}
//	}
func (v *validator) uniqueColumn(b *body, t *plan.Test, index int, k keys) {
	src, nulls := jen.Id("in").Dot(fields(v.of)[t.Columns[0]]), jen.Lit(t.NullsCount)
	add := k.table().Dot("AddAll").Call(src, nulls)
	rows := jen.Id("v").Dot(k.name + "Rows")
	if t.Where != nil {
		v.members = append(v.members, jen.Id(k.name+"Rows").Index().Int())
		b.emit(rows.Clone().Op("=").Append(rows.Clone(), jen.Id("i")))
		add = k.table().Dot("AddRows").Call(src, rows.Clone(), nulls)
	}
	found := jen.Id("r")
	v.behind = append(v.behind, jen.Comment("// "+t.Name), jen.For(jen.List(jen.Id("_"), found).Op(":=").Range().Add(add)).Block(
		jen.If(jen.Id("i").Op(":=").Add(found.Clone().Dot("Row")),
			result(index).Dot("Repeat").Call(jen.Id("i"), found.Clone().Dot("ID"), found.Clone().Dot("N"))).
			Block(v.show(t, index))))
	if t.Where != nil {
		v.behind = append(v.behind, rows.Clone().Op("=").Add(rows.Clone()).Index(jen.Op(":").Lit(0)))
	}
}

// monotonicTest compares each value with the last one before it that is not null:
//
//	if readingOK {
//		if v.readingSeen && reading < v.readingLast && results[2].Fail(i) {
//			...
//		}
//		v.readingLast, v.readingSeen = reading, true
//	}
func (v *validator) monotonicTest(b *body, t *plan.Test, index int) {
	name := v.names.pickAll(unexported(t.Name), func(name string) []string { return []string{name + "Last", name + "Seen"} })
	c := v.of.Columns[t.Columns[0]]
	found := b.value(column(t.Columns[0], c))
	last, seen := jen.Id("v").Dot(name+"Last"), jen.Id("v").Dot(name+"Seen")
	typ, before, keep := goType(c.Type), last.Clone(), found.v.copy()
	if c.Type.Kind == expr.String { // the text's memory is the batch's
		typ, before, keep = jen.Index().Byte(), jen.String().Call(last.Clone()), jen.Append(last.Clone().Index(jen.Op(":").Lit(0)), found.v.copy().Op("..."))
	}
	v.members = append(v.members, jen.Id(name+"Last").Add(typ), jen.Id(name+"Seen").Bool())
	fail := operand(result(index).Dot("Fail").Call(jen.Id("i")))
	breaks := compare(c.Type, opposite[t.Order], found.v, operand(before))
	look := []jen.Code{
		jen.If(and(operand(seen.Clone()), breaks, fail).copy()).Block(v.show(t, index)),
		jen.List(last, seen).Op("=").List(keep, jen.True()),
	}
	if found.ok.isTrue() {
		b.emit(look...)
		return
	}
	guarded := jen.If(found.ok.copy()).Block(look...)
	if t.NullsFail {
		guarded.Else().If(fail.copy()).Block(v.show(t, index))
	}
	b.emit(guarded)
}

// latestTest keeps the latest value for the end.
func (v *validator) latestTest(b *body, t *plan.Test) {
	c := v.of.Columns[t.Columns[0]]
	found := b.value(column(t.Columns[0], c))
	name := v.names.pick(unexported(t.Name))
	v.latest[t] = name
	v.members = append(v.members, jen.Id(name).Add(ops("Max")).Types(goType(c.Type)))
	add := jen.Id("v").Dot(name).Dot("Add").Call(jen.Lit(0), found.v.copy())
	if found.ok.isTrue() {
		b.emit(add)
		return
	}
	b.emit(jen.If(found.ok.copy()).Block(add))
}

// finish decides the tests of the relation as a whole:
//
//	// recency_orders_placed_at
//	placedAt, placedAtOK := v.recencyOrdersPlacedAt.Get(0)
//	switch {
//	case !placedAtOK:
//		results[4].Miss("no value")
//	case placedAt < v.env.AsOf-86400000000 /* 24h0m0s */ :
//		results[4].Miss(value.FormatTimestamp(placedAt))
//	}
func (v *validator) finish() []jen.Code {
	var out []jen.Code
	names := newNamer("n")
	for i, t := range v.of.Tests {
		switch {
		case t.Instant != nil:
			out = append(append(out, jen.Comment("// "+t.Name)), v.recency(t, i, names)...)
		case t.Whole():
			out = append(out, jen.Comment("// "+t.Name), v.rowCount(t, i))
		}
	}
	return out
}

func (v *validator) recency(t *plan.Test, index int, names *namer) []jen.Code {
	b := newBody(v.file, names, func(c *expr.Column) source {
		return source{of: jen.Id("v").Dot(v.latest[t]), at: jen.Lit(0), name: c.Name}
	})
	c := v.of.Columns[t.Columns[0]]
	read := b.load(column(t.Columns[0], c))
	found := b.value(t.Instant)
	text := formatted(c.Type, jen.Id(read.v))
	if t.PII {
		text = contract("Redacted")
	}
	within := jen.Lit(int(t.Within.Microseconds())).Add(remark(t.Within.String()))
	b.emit(jen.Switch().Block(
		jen.Case(jen.Op("!").Id(read.ok)).Block(result(index).Dot("Miss").Call(jen.Lit("no value"))),
		jen.Case(found.v.at(precCompare).Op("<").Id("v").Dot("env").Dot("AsOf").Op("-").Add(within)).Block(result(index).Dot("Miss").Call(text)),
	))
	return b.statements()
}

// rowCount compares the number of rows seen with its bounds.
func (v *validator) rowCount(t *plan.Test, index int) jen.Code {
	var outside []code
	for _, bound := range []struct {
		limit *int64
		op    string
	}{{t.Min, "<"}, {t.Max, ">"}} {
		if bound.limit != nil {
			outside = append(outside, infix(bound.op, precCompare, operand(jen.Id("n")), operand(jen.Lit(int(*bound.limit)))))
		}
	}
	return jen.If(jen.Id("n").Op(":=").Add(result(index)).Dot("Rows"), or(outside...).copy()).Block(
		result(index).Dot("Miss").Call(val("FormatInt64").Call(jen.Id("n")).Op("+").Lit(" rows")))
}
