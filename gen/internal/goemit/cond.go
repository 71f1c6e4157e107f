package goemit

import (
	"github.com/dave/jennifer/jen"

	"martlet/gen/internal/expr"
)

// cond compiles "n is true" (want) or "n is false" of a boolean expression:
// two-valued, so that three-valued logic costs nothing where only one outcome
// counts. Null is neither.
func (b *body) cond(n expr.Node, want bool) code {
	switch n := n.(type) {
	case *expr.Literal:
		v, known := n.Value.(bool)
		return boolean(known && v == want)
	case *expr.And:
		return b.lazy(n.Args, want, want)
	case *expr.Or:
		return b.lazy(n.Args, want, !want)
	case *expr.Not:
		return b.cond(n.Arg, !want)
	case *expr.IsNull:
		return flip(b.present(n.Arg), n.Not == want)
	case *expr.IsBool:
		return flip(b.cond(n.Arg, n.Want), n.Not != want)
	case *expr.Distinct:
		return flip(b.distinct(n), n.Not != want)
	case *expr.Compare:
		l, r := b.value(n.Left), b.value(n.Right)
		op := n.Op
		if !want {
			op = opposite[op]
		}
		return and(l.ok, r.ok, compare(n.Left.Type(), op, l.v, r.v))
	case *expr.Match:
		arg := b.value(n.Arg)
		return and(arg.ok, flip(b.match(n, arg.v), want))
	case *expr.In:
		return b.in(n, want != n.Not)
	}
	v := b.value(n)
	return and(v.ok, flip(v.v, want))
}

// flip is c, or its negation where keep is false.
func flip(c code, keep bool) code {
	if keep {
		return c
	}
	return not(c)
}

// present says whether an expression is not null. Where it cannot fail, only
// what that depends on is computed.
func (b *body) present(n expr.Node) code {
	if mayFail(n) {
		return b.value(n).ok
	}
	if !n.Nullable() {
		return boolean(true)
	}
	switch n := n.(type) {
	case *expr.Column:
		return b.isPresent(n)
	case *expr.Call:
		return and(b.eachPresent(n.Args...)...)
	case *expr.Compare:
		return and(b.eachPresent(n.Left, n.Right)...)
	case *expr.Match:
		return b.present(n.Arg)
	case *expr.Not:
		return b.present(n.Arg)
	case *expr.Coalesce:
		return or(b.eachPresent(n.Args...)...)
	case *expr.Extreme:
		return or(b.eachPresent(n.Args...)...)
	}
	return b.value(n).ok
}

func (b *body) eachPresent(nodes ...expr.Node) []code {
	out := make([]code, len(nodes))
	for i, n := range nodes {
		out[i] = b.present(n)
	}
	return out
}

// lazy joins "is want" of each argument with && or ||. An argument that needs
// statements of its own is evaluated only where those before it left it open:
//
//	both := a > 0
//	if both {
//		quotient, err := value.DivInt64(b, a)
//		...
//		both = quotient > 1
//	}
func (b *body) lazy(args []expr.Node, want, all bool) code {
	join, name := or, "either"
	if all {
		join, name = and, "both"
	}
	for _, arg := range args {
		// A constant may settle it, and then nothing else is looked at.
		if l, ok := arg.(*expr.Literal); ok {
			if known := b.cond(l, want); all && known.isFalse() || !all && known.isTrue() {
				return known
			}
		}
	}
	out := b.cond(args[0], want)
	for _, arg := range args[1:] {
		var next code
		inner := b.nested(func() { next = b.cond(arg, want) })
		if len(inner) == 0 {
			out = join(out, next)
			continue
		}
		v := b.names.pick(name)
		b.emit(jen.Id(v).Op(":=").Add(out.copy()))
		inner = append(inner, jen.Id(v).Op("=").Add(next.copy()))
		b.emit(jen.If(flip(operand(jen.Id(v)), all).copy()).Block(inner...))
		out = operand(jen.Id(v))
	}
	return out
}

// opposite of each comparison, where neither side is null.
var opposite = map[string]string{"=": "<>", "<>": "=", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}

var goOperator = map[string]string{"=": "==", "<>": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}

// compare compares two values of one type. Floats order NaN last and equal to
// itself; decimals are structs; booleans order false first.
func compare(t expr.Type, op string, l, r code) code {
	if r.lit != nil && (op == "=" || op == "<>") {
		return flip(l, *r.lit == (op == "="))
	}
	g := goOperator[op]
	if f := comparison(t); f != nil && (t.Kind != expr.Bool || g != "==" && g != "!=") {
		return infix(g, precCompare, operand(f.Call(l.copy(), r.copy())), operand(jen.Lit(0)))
	}
	return code{s: l.at(precAdd).Op(g).Add(r.at(precAdd)), prec: precCompare}
}

// comparison is the three-way comparison of types that < does not serve, else nil.
func comparison(t expr.Type) *jen.Statement {
	switch t.Kind {
	case expr.Float64, expr.Decimal, expr.Bool:
		return val("Compare" + typeName(t))
	}
	return nil
}

// distinct is IS DISTINCT FROM.
func (b *body) distinct(n *expr.Distinct) code {
	l, r := b.value(n.Left), b.value(n.Right)
	differ := compare(n.Left.Type(), "<>", l.v, r.v)
	switch {
	case l.ok.isTrue() && r.ok.isTrue():
		return differ
	case l.ok.isTrue():
		return or(not(r.ok), differ)
	case r.ok.isTrue():
		return or(not(l.ok), differ)
	}
	return or(infix("!=", precCompare, l.ok, r.ok), and(l.ok, differ))
}

// in is IN (want) or its opposite; both are false where it is null.
func (b *body) in(n *expr.In, want bool) code {
	arg := b.value(n.Arg)
	if set, ok := b.file.set(n); ok {
		found := operand(jen.Id(set).Call(arg.v.copy()))
		return and(arg.ok, flip(found, want))
	}
	arg.v = b.bind(arg.v, "sought")
	var parts []code
	for _, item := range n.List {
		v := b.value(item)
		if want {
			parts = append(parts, and(v.ok, compare(n.Arg.Type(), "=", arg.v, v.v)))
		} else {
			parts = append(parts, v.ok, compare(n.Arg.Type(), "<>", arg.v, v.v))
		}
	}
	if want {
		return and(arg.ok, or(parts...))
	}
	return and(append([]code{arg.ok}, parts...)...)
}

// match tests text against a pattern that the file compiles once.
func (b *body) match(n *expr.Match, arg code) code {
	return operand(jen.Id(b.file.pattern(n)).Dot("Match").Call(arg.copy()))
}
