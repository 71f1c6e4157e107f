package expr

import (
	"fmt"

	pg "github.com/pganalyze/pg_query_go/v6"
)

// boolExpr checks AND, OR and NOT. Each argument of AND is checked knowing
// that those before it were not false, of OR that they were not true: only then
// does its value matter.
func (c *checker) boolExpr(b *pg.BoolExpr) Node {
	at := c.at(b.GetLocation())
	if b.GetBoolop() == pg.BoolExprType_NOT_EXPR {
		arg := c.condition(b.GetArgs()[0], "the argument of NOT")
		if arg == nil {
			return nil
		}
		return newNot(arg, at)
	}
	and := b.GetBoolop() == pg.BoolExprType_AND_EXPR
	what := "an argument of OR"
	if and {
		what = "an argument of AND"
	}
	var args []Node
	ok, known := true, nothing
	for _, a := range b.GetArgs() {
		arg := c.assuming(known, func() Node { return c.condition(a, what) })
		if arg == nil {
			ok = false
			continue
		}
		args = append(args, arg)
		if and {
			known = known.or(imply(arg).notFalse())
		} else {
			known = known.or(imply(arg).notTrue())
		}
	}
	switch {
	case !ok:
		return nil
	case and:
		return newAnd(args, at)
	}
	return newOr(args, at)
}

func (c *checker) nullTest(t *pg.NullTest) Node {
	arg := c.value(t.GetArg())
	if arg == nil {
		return nil
	}
	return newIsNull(arg, t.GetNulltesttype() == pg.NullTestType_IS_NOT_NULL, c.at(t.GetLocation()))
}

func (c *checker) booleanTest(t *pg.BooleanTest) Node {
	at := c.at(t.GetLocation())
	arg := c.condition(t.GetArg(), "what is tested for being true, false or unknown")
	if arg == nil {
		return nil
	}
	switch t.GetBooltesttype() {
	case pg.BoolTestType_IS_TRUE:
		return &IsBool{boolean(false, at), arg, true, false}
	case pg.BoolTestType_IS_NOT_TRUE:
		return &IsBool{boolean(false, at), arg, true, true}
	case pg.BoolTestType_IS_FALSE:
		return &IsBool{boolean(false, at), arg, false, false}
	case pg.BoolTestType_IS_NOT_FALSE:
		return &IsBool{boolean(false, at), arg, false, true}
	case pg.BoolTestType_IS_UNKNOWN:
		return newIsNull(arg, false, at)
	}
	return newIsNull(arg, true, at)
}

// meet converts nodes to their common type, or reports why they have none.
// Null is left as it is where nothing else says what it is.
func (c *checker) meet(nodes []Node, what string) ([]Node, Type) {
	t, clash := commonType(nodes)
	if clash >= 0 {
		n := nodes[clash]
		c.problem(n.Offset(), NoCommonType, fmt.Sprintf("%s must have one type, but this is %s and what stands before it %s",
			what, n.Type(), t), castHelp(n.Type(), t))
		return nil, Type{}
	}
	out := make([]Node, len(nodes))
	for i, n := range nodes {
		if out[i] = c.coerced(n, t); out[i] == nil {
			return nil, Type{}
		}
	}
	return out, t
}

// coerced converts implicitly, or reports why it cannot.
func (c *checker) coerced(n Node, t Type) Node {
	out, err := coerce(n, t)
	if err == nil {
		return out
	}
	if _, ok := err.(badText); ok {
		return c.problem(n.Offset(), BadLiteral, fmt.Sprintf("%s is not of type %s: %s", SQL(n), t, err), "")
	}
	return c.problem(n.Offset(), NoCommonType, fmt.Sprintf("this is of type %s where %s is expected", n.Type(), t), castHelp(n.Type(), t))
}

func castHelp(from, to Type) string {
	if f := findCast(from.Kind, to.Kind); f != nil || from.Temporal() && to.Temporal() {
		return fmt.Sprintf("write a cast: cast(x as %s)", to)
	}
	if f := findCast(to.Kind, from.Kind); f != nil {
		return fmt.Sprintf("write a cast: cast(x as %s)", from)
	}
	return ""
}

// compare checks a comparison.
func (c *checker) compare(op string, left, right Node, at int) Node {
	pair, t := c.meet([]Node{left, right}, "the two sides of "+op)
	if pair == nil {
		return nil
	}
	if t.Kind == Null {
		pair[0], pair[1] = settle(pair[0], String), settle(pair[1], String)
	}
	return newCompare(op, pair[0], pair[1], at)
}

// distinct checks IS [NOT] DISTINCT FROM; next to null it is IS [NOT] NULL.
func (c *checker) distinct(left, right Node, not bool, at int) Node {
	pair, _ := c.meet([]Node{left, right}, "the two sides of IS DISTINCT FROM")
	switch {
	case pair == nil:
		return nil
	case isNull(pair[1]):
		return newIsNull(pair[0], !not, at)
	case isNull(pair[0]):
		return newIsNull(pair[1], !not, at)
	}
	return &Distinct{boolean(false, at), pair[0], pair[1], not}
}

func isNull(n Node) bool {
	l, ok := n.(*Literal)
	return ok && l.Value == nil
}

// in checks [NOT] IN; the argument comes first in nodes.
func (c *checker) in(nodes []Node, not bool, at int) Node {
	all, t := c.meet(nodes, "the values of IN")
	if all == nil {
		return nil
	}
	if t.Kind == Null {
		for i := range all {
			all[i] = settle(all[i], String)
		}
	}
	return &In{boolean(anyNullable(all), at), all[0], all[1:], not}
}

// between is two comparisons, as in PostgreSQL.
func (c *checker) between(arg, low, high Node, not bool, at int) Node {
	if not {
		below, above := c.compare("<", arg, low, at), c.compare(">", arg, high, at)
		if below == nil || above == nil {
			return nil
		}
		return newOr([]Node{below, above}, at)
	}
	from, to := c.compare(">=", arg, low, at), c.compare("<=", arg, high, at)
	if from == nil || to == nil {
		return nil
	}
	return newAnd([]Node{from, to}, at)
}

// caseExpr checks both forms of CASE. A result is checked knowing that its
// condition is true, what comes later that the conditions before were not.
func (c *checker) caseExpr(e *pg.CaseExpr) Node {
	at := c.at(e.GetLocation())
	var arg Node
	ok := true
	if e.GetArg() != nil {
		arg = c.value(e.GetArg())
		ok = arg != nil
	}
	passed := nothing
	var whens []When
	var results []Node
	for _, w := range e.GetArgs() {
		w := w.GetCaseWhen()
		cond := c.assuming(passed, func() Node { return c.caseCondition(e.GetArg() != nil, arg, w) })
		o := outcome{}
		if cond != nil {
			o = imply(cond)
		}
		then := c.assuming(passed.or(o.isTrue), func() Node { return c.value(w.GetResult()) })
		ok = ok && cond != nil && then != nil
		whens = append(whens, When{Cond: cond})
		results = append(results, then)
		passed = passed.or(o.notTrue())
	}
	var otherwise Node = literalAt(nil, Type{Kind: Null}, at)
	if e.GetDefresult() != nil {
		otherwise = c.assuming(passed, func() Node { return c.value(e.GetDefresult()) })
	}
	if !ok || otherwise == nil {
		return nil
	}
	results, t := c.meet(append(results, otherwise), "the results of CASE")
	if results == nil {
		return nil
	}
	for i := range whens {
		whens[i].Then = results[i]
	}
	return &Case{base{t, anyNullable(results), at}, whens, results[len(whens)]}
}

// caseCondition checks what stands after WHEN: a condition, or in the simple
// form a value that CASE's argument is compared with.
func (c *checker) caseCondition(simple bool, arg Node, w *pg.CaseWhen) Node {
	if !simple {
		return c.condition(w.GetExpr(), "the condition after WHEN")
	}
	v := c.value(w.GetExpr())
	if v == nil || arg == nil {
		return nil
	}
	return c.compare("=", arg, v, v.Offset())
}

// coalesce checks COALESCE: an argument counts only where those before are null.
func (c *checker) coalesce(e *pg.CoalesceExpr) Node {
	var args []Node
	ok, known := true, nothing
	for _, a := range e.GetArgs() {
		arg := c.assuming(known, func() Node { return c.value(a) })
		if arg == nil {
			ok = false
			continue
		}
		args = append(args, arg)
		if arg.Nullable() { // after one that is never null, nothing is evaluated
			known = known.or(imply(arg).isNull)
		}
	}
	if !ok {
		return nil
	}
	args, t := c.meet(args, "the arguments of coalesce")
	if args == nil {
		return nil
	}
	return &Coalesce{base{t, allNullable(args), c.at(e.GetLocation())}, args}
}

func (c *checker) extreme(e *pg.MinMaxExpr) Node {
	name, greatest := "least", e.GetOp() == pg.MinMaxOp_IS_GREATEST
	if greatest {
		name = "greatest"
	}
	args, ok := c.values(e.GetArgs())
	if !ok {
		return nil
	}
	args, t := c.meet(args, "the arguments of "+name)
	if args == nil {
		return nil
	}
	return &Extreme{base{t, allNullable(args), c.at(e.GetLocation())}, greatest, args}
}

// nullIf checks NULLIF. Its type is that of its first argument, whatever the
// comparison needs; where the two differ it is written out as a CASE.
func (c *checker) nullIf(left, right Node, at int) Node {
	pair, t := c.meet([]Node{left, right}, "the arguments of nullif")
	if pair == nil {
		return nil
	}
	own := left.Type()
	if own == t || adapts(left) {
		return &NullIf{base{t, true, at}, pair[0], pair[1]}
	}
	equal := newCompare("=", pair[0], pair[1], at)
	return &Case{base{own, true, at}, []When{{equal, literalAt(nil, own, at)}}, left}
}
