package goemit

import (
	"slices"

	"github.com/dave/jennifer/jen"

	"martlet/gen/internal/expr"
	"martlet/gen/internal/plan"
)

// hasRepeats says whether a relation has uniqueness tests.
func hasRepeats(r *plan.Relation) bool { return slices.ContainsFunc(r.Tests, (*plan.Test).Unique) }

// repeats writes the checker of a relation's uniqueness tests:
//
//	func (v *UserAccountRepeats) Add(b contract.Batch, results []contract.TestResult)
//	func (v *UserAccountRepeats) Part(test int, b contract.Batch, part []uint32)
func (f *file) repeats(r *plan.Relation) {
	if !hasRepeats(r) {
		return
	}
	v := &validator{file: f, of: r, names: newNamer("env", "addProved")}
	typ := f.name + "Repeats"
	passes := v.passes([]*pass{
		{name: "Add", comment: "Add implements contract.Repeats.", of: func(t *plan.Test) bool { return t.Unique() && t.Proved == "" }},
		{name: "addProved", comment: "addProved checks what the plan proves.", of: func(t *plan.Test) bool { return t.Unique() && t.Proved != "" }},
	})
	v.structure(typ, "checks the uniqueness tests of "+r.Name+".")
	for _, p := range passes {
		v.method(typ, p.comment, p.name).Params(batchOf(p.body), resultsOf(p.body)).Block(p.body...)
	}
	var cases []jen.Code
	for i, t := range r.Tests {
		if t.Unique() {
			cases = append(cases, jen.Case(jen.Lit(i)).Block(partRows(f, r, t.Columns)...))
		}
	}
	v.method(typ, "Part implements contract.Repeats.", "Part").
		Params(jen.Id("test").Int(), jen.Id("b").Add(contract("Batch")), jen.Id("part").Index().Uint32()).
		Block(jen.Id("in").Op(":=").Id("View"+f.names[r]).Call(jen.Id("b").Dot("Record")), jen.Switch(jen.Id("test")).Block(cases...))
}

// partRows writes the loop that numbers rows by a key of theirs:
//
//	for i := range part {
//		part[i] = arrowops.PartInt(in.UserID.At(i))
//	}
func partRows(f *file, r *plan.Relation, key []int) []jen.Code {
	nodes := make([]expr.Node, len(key))
	for i, c := range key {
		nodes[i] = column(c, r.Columns[c])
	}
	b := newBody(f, newNamer("part", "key", "in", "b"), viewSource(jen.Id("in"), fields(r), jen.Id("i")))
	k := keys{nodes: nodes, into: jen.Id("key")}
	values, _ := k.values(b)
	number := jen.Id("part").Index(jen.Id("i")).Op("=")
	var before []jen.Code
	switch {
	case k.encoded():
		before = append(before, jen.Var().Id("key").Index().Byte())
		b.emit(k.encode(values)...)
		b.emit(number.Add(ops("PartBytes")).Call(jen.Id("key")))
	case k.isText():
		b.emit(number.Add(ops("PartText")).Call(values[0].v.copy()))
	default:
		b.emit(number.Add(ops("PartInt")).Call(values[0].v.copy()))
	}
	return append(before, jen.For(jen.Id("i").Op(":=").Range().Id("part")).Block(b.statements()...))
}
