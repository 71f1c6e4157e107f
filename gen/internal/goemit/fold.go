package goemit

import (
	"fmt"

	"github.com/dave/jennifer/jen"

	"martlet/gen/internal/expr"
	"martlet/gen/internal/plan"
)

// foldPart is a fold in Go: a struct of a key table and one accumulator an
// aggregate. Joins that aggregate and group_by are both one.
type foldPart struct {
	*plan.Fold
	typ     string
	names   *namer
	aggs    []string       // the accumulators' fields
	args    map[int]string // arg_max, arg_min: the stores of their arguments
	stores  map[int]string // the keys that outputs read, by index
	scratch bool           // some aggregate encodes its values
}

// newFold names a fold's parts; named gives aggregates the names of columns.
func (m *modelFile) newFold(typ string, fold *plan.Fold, named map[int]string) *foldPart {
	f := &foldPart{Fold: fold, typ: typ, names: newNamer("keys", "keysKey", "matched", "ids", "rows", "picked", "origins"), args: map[int]string{}, stores: map[int]string{}}
	for i, a := range fold.Aggregates {
		name := unexported(string(a.Kind))
		if n := named[i]; n != "" {
			name = unexported(n)
		} else if c, ok := a.Arg.(*expr.Column); ok {
			name = unexported(string(a.Kind) + "_" + lastPart(c.Name))
		}
		f.aggs = append(f.aggs, f.names.pick(name))
		if isArgBest(a) {
			f.args[i] = f.names.pick(name + "Of")
		}
		if a.Kind == expr.Count && a.Distinct && distinctFunction(a.Arg.Type()) != "" {
			f.scratch = true
		}
	}
	outputs := fold.Outputs
	if outputs == nil {
		outputs = m.model.Exprs
	}
	for _, n := range outputs {
		if n == nil {
			continue
		}
		expr.Walk(n, func(x expr.Node) bool {
			if c, ok := x.(*expr.Column); ok && c.Input == plan.GroupKey && f.stores[c.Index] == "" {
				f.stores[c.Index] = f.names.pick(keyName(fold.Keys[c.Index], c.Index))
			}
			return true
		})
	}
	return f
}

func keyName(n expr.Node, index int) string {
	if c, ok := n.(*expr.Column); ok {
		return unexported(lastPart(c.Name))
	}
	return fmt.Sprintf("key%d", index+1)
}

// lastPart is a column's name without its qualifier.
func lastPart(name string) string {
	for i := len(name) - 1; i >= 0; i-- {
		if name[i] == '.' {
			return name[i+1:]
		}
	}
	return name
}

// id is the name of a group's id, where anything is kept under it.
func (f *foldPart) id() string {
	if len(f.stores) == 0 && len(f.aggs) == 0 {
		return "_"
	}
	return "id"
}

// isNew is the name for whether a group is new, where that has to be known.
func (f *foldPart) isNew() string {
	if len(f.stores) == 0 {
		return "_"
	}
	return "isNew"
}

func (f *foldPart) keys(owner string) keys { return keys{owner: owner, name: "keys", nodes: f.Keys} }

func isArgBest(a *expr.Aggregate) bool { return a.Kind == expr.ArgMax || a.Kind == expr.ArgMin }

// foldStruct writes the struct.
func (m *modelFile) foldStruct(f *foldPart, comment string, keys []jen.Code) {
	m.out.Line()
	doc(m.out, comment, "")
	m.out.Type().Id(f.typ).StructFunc(func(g *jen.Group) {
		for _, member := range keys {
			g.Add(member)
		}
		for k := range f.Keys {
			if name := f.stores[k]; name != "" {
				g.Id(name).Add(storeType(f.Keys[k].Type()))
			}
		}
		for i, a := range f.Aggregates {
			g.Id(f.aggs[i]).Add(accumulator(a)).Comment(sentence(expr.SQL(a)))
			if isArgBest(a) {
				g.Id(f.args[i]).Add(storeType(a.Arg.Type()))
			}
		}
		if m.groups == f {
			g.Id("origins").Index().Add(contract("Origin"))
		}
	})
}

// setup makes what the struct needs beside its keys, as elements of its literal.
func (f *foldPart) setup() []jen.Code {
	var out []jen.Code
	for i, a := range f.Aggregates {
		if !isArgBest(a) {
			continue
		}
		compare := jen.Qual("cmp", "Compare").Types(goType(a.By.Type()))
		switch three := comparison(a.By.Type()); {
		case three != nil:
			compare = three
		case a.By.Type().Kind == expr.String:
			compare = jen.Qual("strings", "Compare")
		}
		best := "NewArgMax"
		if a.Kind == expr.ArgMin {
			best = "NewArgMin"
		}
		out = append(out, jen.Id(f.aggs[i]).Op(":").Add(ops(best)).Call(compare))
	}
	return out
}

// accumulator is the arrowops type that computes an aggregate.
func accumulator(a *expr.Aggregate) *jen.Statement {
	switch a.Kind {
	case expr.Count:
		if !a.Distinct {
			return ops("Count")
		}
		switch a.Arg.Type().Kind {
		case expr.Int64, expr.Date, expr.Timestamp, expr.TimestampTZ:
			return ops("CountDistinctInt").Types(goType(a.Arg.Type()))
		}
		return ops("CountDistinctString")
	case expr.BoolAnd:
		return ops("BoolAnd")
	case expr.BoolOr:
		return ops("BoolOr")
	case expr.ArgMax:
		return jen.Op("*").Add(ops("ArgMax")).Types(goType(a.By.Type()))
	case expr.ArgMin:
		return jen.Op("*").Add(ops("ArgMin")).Types(goType(a.By.Type()))
	}
	function := map[expr.AggregateKind]string{expr.Min: "Min", expr.Max: "Max", expr.Sum: "Sum", expr.Avg: "Avg"}[a.Kind]
	t := a.Arg.Type()
	if a.Kind == expr.Min || a.Kind == expr.Max {
		switch t.Kind {
		case expr.Int64, expr.Date, expr.Timestamp, expr.TimestampTZ:
			return ops(function).Types(goType(t))
		}
	}
	return ops(function + typeName(t))
}

// distinctFunction encodes values that count(distinct) has no table of its own for.
func distinctFunction(t expr.Type) string {
	switch t.Kind {
	case expr.Bool, expr.Float64, expr.Decimal:
		return "AppendKey" + typeName(t)
	}
	return ""
}

// fails says whether an output may have no value for some group: a sum that
// does not fit its type, or a function that fails.
func (f *foldPart) fails(output expr.Node) bool {
	fails := mayFail(output)
	expr.Walk(output, func(x expr.Node) bool {
		if c, ok := x.(*expr.Column); ok && c.Input == plan.GroupAggregate {
			fails = fails || sumMayFail(f.Aggregates[c.Index])
		}
		return !fails
	})
	return fails
}

// sumMayFail says whether an aggregate is a sum of exact numbers, which has an end.
func sumMayFail(a *expr.Aggregate) bool {
	return a.Kind == expr.Sum && a.Arg.Type().Kind != expr.Float64
}

// source says where an output reads a key or an aggregate of the group at an id.
func (f *foldPart) source(c *expr.Column, owner *jen.Statement, at jen.Code) source {
	if c.Input == plan.GroupKey {
		name := f.stores[c.Index]
		return source{of: owner.Clone().Dot(name), at: at, name: name}
	}
	a, name := f.Aggregates[c.Index], f.aggs[c.Index]
	src := source{of: owner.Clone().Dot(name), at: at, name: name}
	switch {
	case isArgBest(a):
		src.of = owner.Clone().Dot(f.args[c.Index])
	case sumMayFail(a):
		src.fails = true
	case a.Kind == expr.Avg && a.Arg.Type().Kind == expr.Decimal:
		src.at = jen.List(at, jen.Lit(a.Arg.Type().Scale))
	}
	return src
}

// fold writes the step that adds the current row to the group id. A group seen
// for the first time stores its key, as row gives it (nil: the fold's own keys).
func (m *modelFile) fold(b *body, f *foldPart, owner string, isNew []jen.Code) {
	m.foldKeys(b, f, owner, isNew)
	for i := range f.Aggregates {
		m.foldAggregate(b, f, i, owner)
	}
}

// foldKeys writes what a group seen for the first time does.
func (m *modelFile) foldKeys(b *body, f *foldPart, owner string, isNew []jen.Code) {
	isNew = append(b.nested(func() {
		for k, n := range f.Keys {
			if name := f.stores[k]; name != "" {
				v := b.value(n)
				b.emit(jen.Id(owner).Dot(name).Dot("Set").Call(jen.Id("id"), v.v.copy(), v.ok.copy()))
			}
		}
	}), isNew...)
	if len(isNew) > 0 {
		b.emit(jen.If(jen.Id("isNew")).Block(isNew...))
	}
}

// foldAggregate writes how the current row is added to an aggregate of the group id.
func (m *modelFile) foldAggregate(b *body, f *foldPart, index int, owner string) {
	a, keep := f.Aggregates[index], boolean(true)
	if a.Filter != nil {
		keep = b.cond(a.Filter, true)
	}
	var ok code
	var add []jen.Code
	inner := b.nested(func() { ok, add = m.add(b, f, index, owner) })
	if len(inner) > 0 {
		// What computes the argument must not run where the filter is not true.
		add = append(inner, guarded(ok, add)...)
		ok = boolean(true)
	}
	b.emit(guarded(and(keep, ok), add)...)
}

// guarded puts statements under a condition.
func guarded(c code, statements []jen.Code) []jen.Code {
	if c.isTrue() {
		return statements
	}
	return []jen.Code{jen.If(c.copy()).Block(statements...)}
}

// add gives the addition of the current row's value to an accumulator, and the
// condition under which it counts:
//
//	if paidAtOK {
//		joined.lastPaidAt.Add(id, paidAt)
//	}
func (m *modelFile) add(b *body, f *foldPart, index int, owner string) (code, []jen.Code) {
	a := f.Aggregates[index]
	acc := func() *jen.Statement { return jen.Id(owner).Dot(f.aggs[index]) }
	if a.Arg == nil {
		return boolean(true), []jen.Code{acc().Dot("Add").Call(jen.Id("id"))}
	}
	arg := b.value(a.Arg)
	ok, add := arg.ok, []jen.Code{acc().Dot("Add").Call(jen.Id("id"), arg.v.copy())}
	switch {
	case isArgBest(a):
		by := b.value(a.By)
		ok = by.ok
		add = []jen.Code{jen.If(acc().Dot("Wins").Call(jen.Id("id"), by.v.copy())).Block(
			jen.Id(owner).Dot(f.args[index]).Dot("Set").Call(jen.Id("id"), arg.v.copy(), arg.ok.copy()))}
	case a.Kind == expr.Count && !a.Distinct:
		add = []jen.Code{acc().Dot("Add").Call(jen.Id("id"))}
	case a.Kind == expr.Count && distinctFunction(a.Arg.Type()) != "":
		scratch := jen.Id("scratch")
		add = []jen.Code{
			scratch.Clone().Op("=").Add(ops(distinctFunction(a.Arg.Type()))).Call(scratch.Clone().Index(jen.Op(":").Lit(0)), arg.v.copy(), jen.True()),
			acc().Dot("AddBytes").Call(jen.Id("id"), scratch.Clone()),
		}
	}
	return ok, add
}

// group writes the loop that folds the kept rows into groups, and the struct.
func (m *modelFile) group() {
	f := m.groups
	m.foldStruct(f, f.typ+" holds one row for each "+sentence(exprNames(f.Keys))+".", f.keys("").members())
	b := m.rowBody("group_by")
	origins := jen.Id("groups").Dot("origins")
	newGroup := []jen.Code{origins.Clone().Op("=").Append(origins.Clone(), jen.Id("m").Dot("origins").Index(jen.Id("i"))),
		jen.Id("m").Dot("began").Op("=").Append(jen.Id("m").Dot("began"), jen.Id("i"))}
	b.computed = map[expr.Node]nullable{}
	for k, n := range f.Keys {
		if name := f.stores[k]; name != "" { // needed for the lookup and for the store
			v := b.value(n)
			v.v = b.bind(v.v, name)
			b.computed[n] = v
		}
	}
	b.emit(f.keys("groups").lookup(b, true, f.id(), "isNew")...)
	m.fold(b, f, "groups", newGroup)
	m.method(m.stage, "group", "adds the kept rows to their groups.").Params().BlockFunc(func(g *jen.Group) {
		g.Id("groups").Op(":=").Op("&").Id("m").Dot("groups")
		g.Id("m").Dot("began").Op("=").Id("m").Dot("began").Index(jen.Op(":").Lit(0))
		g.Id("m").Dot("folded").Op("+=").Int64().Call(jen.Len(jen.Id("m").Dot("rows")))
		if f.scratch {
			g.Var().Id("scratch").Index().Byte()
		}
		for _, s := range b.before {
			g.Add(s)
		}
		g.For(jen.List(jen.Id("_"), jen.Id("i")).Op(":=").Range().Id("m").Dot("rows")).Block(b.statements()...)
	})
}

func exprNames(nodes []expr.Node) string {
	out := ""
	for i, n := range nodes {
		if i > 0 {
			out += ", "
		}
		out += expr.SQL(n)
	}
	return out
}
