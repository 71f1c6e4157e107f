package expr

import "maps"

// facts is a set of columns known not to be null. Every is the set of all
// columns, which holds where a case cannot arise ("what if true is null").
type facts struct {
	every   bool
	columns map[columnKey]bool
}

type columnKey struct{ input, index int }

var (
	nothing = facts{}
	every   = facts{every: true}
)

func (f facts) has(k columnKey) bool { return f.every || f.columns[k] }

// or is the union: both sets hold.
func (f facts) or(g facts) facts {
	switch {
	case f.every || g.every:
		return every
	case len(f.columns) == 0:
		return g
	case len(g.columns) == 0:
		return f
	}
	union := maps.Clone(f.columns)
	maps.Copy(union, g.columns)
	return facts{columns: union}
}

// and is the intersection: one of the sets holds, but not known which.
func (f facts) and(g facts) facts {
	if f.every {
		return g
	}
	both := map[columnKey]bool{}
	for k := range f.columns {
		if g.has(k) {
			both[k] = true
		}
	}
	return facts{columns: both}
}

// outcome is what each outcome of an expression says of the columns in it. For
// an expression that is not boolean, isTrue and isFalse are both "not null".
type outcome struct{ isTrue, isFalse, isNull facts }

// notNull is what holds where the expression has a value.
func (o outcome) notNull() facts { return o.isTrue.and(o.isFalse) }

// notTrue is what holds where a condition failed, notFalse what holds where it
// may still be true. Null belongs to both: AND and CASE go on past a null, so
// "x > 1" on the left of AND says nothing of x on its right.
func (o outcome) notTrue() facts  { return o.isFalse.and(o.isNull) }
func (o outcome) notFalse() facts { return o.isTrue.and(o.isNull) }

// always is the outcome of what tells the same whether true or false.
func always(notNull facts) outcome { return outcome{notNull, notNull, nothing} }

// imply derives what the outcomes of n say.
func imply(n Node) outcome {
	o := implyValue(n)
	if !n.Nullable() {
		o.isNull = every
	}
	return o
}

func implyValue(n Node) outcome {
	switch n := n.(type) {
	case *Column:
		return always(facts{columns: map[columnKey]bool{{n.Input, n.Index}: true}})
	case *Literal:
		return implyLiteral(n)
	case *And:
		return implyAnd(n.Args)
	case *Or:
		negated := implyAnd(negations(n.Args))
		return outcome{negated.isFalse, negated.isTrue, negated.isNull}
	case *Not:
		o := imply(n.Arg)
		return outcome{o.isFalse, o.isTrue, o.isNull}
	case *Compare:
		return always(imply(n.Left).notNull().or(imply(n.Right).notNull()))
	case *Call:
		return always(allNotNull(n.Args))
	case *Match:
		return always(imply(n.Arg).notNull())
	case *NullIf:
		return always(imply(n.Left).notNull())
	case *IsNull:
		o := imply(n.Arg)
		return test(o.isNull, o.notNull(), n.Not)
	case *IsBool:
		o := imply(n.Arg)
		if n.Want {
			return test(o.isTrue, o.notTrue(), n.Not)
		}
		return test(o.isFalse, o.notFalse(), n.Not)
	case *Distinct:
		return test(nothing, equalNotNull(n.Left, n.Right).or(equalNotNull(n.Right, n.Left)), n.Not)
	case *In:
		found := imply(n.Arg).notNull()
		o := test(found, found.or(allNotNull(n.List)), n.Not)
		o.isNull = nothing // unlike the other tests, it can be
		return o
	case *Coalesce:
		o := outcome{every, every, every}
		for _, a := range n.Args {
			next := imply(a)
			o = outcome{o.isTrue.and(next.isTrue), o.isFalse.and(next.isFalse), nothing}
		}
		return o
	case *Extreme:
		o := every
		for _, a := range n.Args {
			o = o.and(imply(a).notNull())
		}
		return always(o)
	}
	// The others, aggregates among them, tell nothing of the columns in them.
	return always(nothing)
}

func implyLiteral(l *Literal) outcome {
	switch l.Value {
	case nil:
		return outcome{every, every, nothing}
	case true:
		return outcome{nothing, every, every}
	case false:
		return outcome{every, nothing, every}
	}
	return always(nothing)
}

// implyAnd: true where all are true; false where one of them is; null where
// none is false.
func implyAnd(args []Node) outcome {
	o := outcome{nothing, every, nothing}
	for _, a := range args {
		next := imply(a)
		o.isTrue = o.isTrue.or(next.isTrue)
		o.isFalse = o.isFalse.and(next.isFalse)
		o.isNull = o.isNull.or(next.notFalse())
	}
	return o
}

// negations turns a OR b into NOT (NOT a AND NOT b).
func negations(args []Node) []Node {
	out := make([]Node, len(args))
	for i, a := range args {
		out[i] = newNot(a, a.Offset())
	}
	return out
}

func allNotNull(nodes []Node) facts {
	f := nothing
	for _, n := range nodes {
		f = f.or(imply(n).notNull())
	}
	return f
}

// equalNotNull is what holds where a and b are not distinct: where a is never
// null, neither is b.
func equalNotNull(a, b Node) facts {
	if a.Nullable() {
		return nothing
	}
	return imply(b).notNull()
}

// test is the outcome of a test that is never null.
func test(isTrue, isFalse facts, not bool) outcome {
	if not {
		isTrue, isFalse = isFalse, isTrue
	}
	return outcome{isTrue, isFalse, every}
}
