package goemit

import (
	"fmt"
	"strings"

	"github.com/dave/jennifer/jen"

	"martlet/gen/internal/expr"
)

// value compiles an expression to its value and whether it is null.
func (b *body) value(n expr.Node) nullable {
	if v, ok := b.computed[n]; ok {
		return v
	}
	switch n := n.(type) {
	case *expr.Column:
		return b.read(n)
	case *expr.Literal:
		if n.Value == nil {
			return nullable{operand(zero(n.Type())), boolean(false)}
		}
		if v, ok := n.Value.(bool); ok {
			return present(boolean(v))
		}
		return present(operand(literal(n.Value, n.Type())))
	case *expr.Now:
		return present(operand(b.now.Clone()))
	case *expr.Call:
		if !b.noHoist && invariant(n) {
			return b.hoist(n)
		}
		return b.call(n)
	case *expr.Case:
		return b.caseWhen(n)
	case *expr.Coalesce:
		return b.coalesce(n)
	case *expr.NullIf:
		return b.nullIf(n)
	case *expr.Extreme:
		return b.extreme(n)
	case *expr.Concat:
		return b.concat(n)
	case *expr.Compare:
		l, r := b.value(n.Left), b.value(n.Right)
		return nullable{compare(n.Left.Type(), n.Op, l.v, r.v), and(l.ok, r.ok)}
	case *expr.Match:
		arg := b.value(n.Arg)
		return nullable{b.match(n, arg.v), arg.ok}
	case *expr.Not:
		arg := b.value(n.Arg)
		return nullable{not(arg.v), arg.ok}
	}
	return b.threeValued(n)
}

// threeValued compiles AND, OR, IN and the IS tests as values.
func (b *body) threeValued(n expr.Node) nullable {
	if n.Type().Kind != expr.Bool {
		panic(fmt.Sprintf("goemit: no value for %T", n))
	}
	isTrue := b.cond(n, true)
	if !n.Nullable() {
		return present(isTrue)
	}
	isTrue = b.bind(isTrue, "holds")
	return nullable{isTrue, or(isTrue, b.cond(n, false))}
}

// call compiles a strict function: null where an argument is. One that can fail
// runs only where no argument is null:
//
//	var total int64
//	totalOK := aOK && bOK
//	if totalOK {
//		var err error
//		if total, err = value.AddInt64(a, b); err != nil {
//			...
//		}
//	}
func (b *body) call(n *expr.Call) nullable {
	var args []jen.Code
	ok := boolean(true)
	for _, a := range n.Args {
		v := b.value(a)
		args = append(args, v.v.copy())
		ok = and(ok, v.ok)
	}
	if ok.isFalse() {
		return nullable{operand(zero(n.Type())), ok}
	}
	if widens(n) {
		return nullable{operand(args[0].(*jen.Statement)), ok}
	}
	for _, x := range n.Extra {
		args = append(args, jen.Lit(int(x)))
	}
	if n.Func.Zone {
		args = append(args, jen.Id(b.file.zone()))
	}
	call := val(n.Func.Go).Call(args...)
	if !n.Func.Fails {
		return nullable{operand(call), ok}
	}
	result, stop := b.local(resultName(n.Func.Go)), b.giveUp()
	failed := jen.Err().Op("!=").Nil()
	tried := jen.If(jen.List(jen.Id("_"), jen.Err()).Op(":=").Add(call), failed).Block(stop...)
	if ok.isTrue() {
		b.emit(result.mention(jen.List(jen.Id(result.name), jen.Err()).Op(":=").Add(call).Line().If(failed).Block(stop...), tried))
		return present(result.code())
	}
	b.emit(result.declare(goType(n.Type())))
	ok = b.bind(ok, result.name+"OK")
	b.emit(jen.If(ok.copy()).Block(result.mention(jen.Var().Err().Error().Line().
		If(jen.List(jen.Id(result.name), jen.Err()).Op("=").Add(call), failed).Block(stop...), tried)))
	return nullable{result.code(), ok}
}

// widens says whether a call gives a decimal more digits before the point and
// changes nothing else: the value stays as it is.
func widens(n *expr.Call) bool {
	from, to := n.Args[0].Type(), n.Type()
	return n.Func.Go == "RescaleDecimal" && from.Scale == to.Scale && from.Precision <= to.Precision
}

// resultName names the result of a function: AddInt64 gives sum.
func resultName(function string) string {
	for prefix, name := range map[string]string{
		"Add": "sum", "Sub": "difference", "Mul": "product", "Div": "quotient", "Mod": "remainder",
		"Round": "rounded", "Rescale": "rescaled", "StringTo": "parsed", "Int64To": "converted",
		"Float64To": "converted", "DecimalTo": "converted",
	} {
		if strings.HasPrefix(function, prefix) {
			return name
		}
	}
	return "result"
}

// caseWhen compiles CASE to a switch, or to nested ifs where a condition needs
// statements that must run only if those before it were not true.
//
//	var bucket string
//	switch {
//	case seen >= since:
//		bucket = "0-30 days"
//	default:
//		bucket = "over 30 days"
//	}
func (b *body) caseWhen(n *expr.Case) nullable {
	result, known := b.local("result"), boolean(true)
	b.emit(result.declare(goType(n.Type())))
	var ok *local
	if n.Nullable() {
		ok = b.local(result.name + "OK")
		known = ok.code()
		b.emit(ok.declare(jen.Bool()))
	}
	branch := func(n expr.Node) []jen.Code {
		return b.nested(func() {
			v := b.value(n)
			if v.ok.isFalse() {
				return
			}
			b.emit(result.set(v.v.copy()))
			if ok != nil {
				b.emit(ok.set(v.ok.copy()))
			}
		})
	}
	type when struct {
		before []jen.Code
		cond   code
		then   []jen.Code
	}
	whens := make([]when, len(n.Whens))
	plain := true
	for i, w := range n.Whens {
		whens[i].before = b.nested(func() { whens[i].cond = b.cond(w.Cond, true) })
		whens[i].then = branch(w.Then)
		plain = plain && (i == 0 || len(whens[i].before) == 0)
	}
	otherwise := branch(n.Else)
	b.emit(whens[0].before...)
	if plain {
		b.emit(jen.Switch().BlockFunc(func(g *jen.Group) {
			for _, w := range whens {
				g.Case(w.cond.copy()).Block(w.then...)
			}
			if len(otherwise) > 0 {
				g.Default().Block(otherwise...)
			}
		}))
		return nullable{result.code(), known}
	}
	for i := len(whens) - 1; i >= 0; i-- {
		s := jen.If(whens[i].cond.copy()).Block(whens[i].then...)
		if len(otherwise) > 0 {
			s = s.Else().Block(otherwise...)
		}
		otherwise = []jen.Code{s}
		if i > 0 {
			otherwise = append(whens[i].before, s)
		}
	}
	b.emit(otherwise...)
	return nullable{result.code(), known}
}

// coalesce takes the first argument that is not null:
//
//	name, nameOK := nick, nickOK
//	if !nameOK {
//		name, nameOK = given, givenOK
//	}
func (b *body) coalesce(n *expr.Coalesce) nullable {
	if l, ok := n.Args[len(n.Args)-1].(*expr.Literal); ok && len(n.Args) == 2 && l.Type().Kind == expr.Bool && l.Value != nil {
		// coalesce(x, false) is "x is true"; coalesce(x, true) is "x is not false".
		want := l.Value == false
		return present(flip(b.cond(n.Args[0], want), want))
	}
	args := notNull(n.Args)
	first := b.value(args[0])
	if first.ok.isTrue() || len(args) == 1 {
		return first
	}
	known, ok := b.local("known"), first.ok
	b.emit(known.define(typed(first.v, n.Type())))
	var knownOK *local
	for _, arg := range args[1:] {
		var next nullable
		inner := b.nested(func() { next = b.value(arg) })
		always := next.ok.isTrue()
		if knownOK == nil && !always {
			knownOK = b.local(known.name + "OK")
			b.emit(knownOK.define(ok.copy()))
			ok = knownOK.code()
		}
		set := append(inner, known.set(next.v.copy()))
		if !always {
			set = append(set, knownOK.set(next.ok.copy()))
		}
		b.emit(jen.If(not(ok).copy()).Block(set...))
		if always {
			return present(known.code())
		}
	}
	return nullable{known.code(), ok}
}

// notNull leaves null constants out, but for the last.
func notNull(args []expr.Node) []expr.Node {
	var out []expr.Node
	for i, arg := range args {
		l, ok := arg.(*expr.Literal)
		if isNull := ok && l.Value == nil; !isNull || len(out) == 0 && i == len(args)-1 {
			out = append(out, arg)
		}
	}
	return out
}

// typed gives a number its type, where := would give it another.
func typed(c code, t expr.Type) *jen.Statement {
	if text := c.s.GoString(); strings.ContainsAny(text[:1], "-0123456789") {
		return goType(t).Call(c.copy())
	}
	return c.copy()
}

// nullIf is null where both sides are equal.
func (b *body) nullIf(n *expr.NullIf) nullable {
	l := b.value(n.Left)
	l.v = b.bind(l.v, "given")
	r := b.value(n.Right)
	differ := compare(n.Left.Type(), "<>", l.v, r.v)
	return nullable{l.v, and(l.ok, or(not(r.ok), differ))}
}

// extreme is the greatest or least of the arguments that are not null:
//
//	latest := createdAt
//	if closedAtOK && closedAt > latest {
//		latest = closedAt
//	}
func (b *body) extreme(n *expr.Extreme) nullable {
	name, op := "least", "<"
	if n.Greatest {
		name, op = "greatest", ">"
	}
	args := notNull(n.Args)
	first := b.value(args[0])
	if len(args) == 1 {
		return first
	}
	v := b.local(name)
	b.emit(v.define(typed(first.v, n.Type())))
	best := nullable{v.code(), first.ok}
	if !best.ok.isTrue() {
		ok := b.local(v.name + "OK")
		b.emit(ok.define(first.ok.copy()))
		best.ok = ok.code()
	}
	for _, arg := range args[1:] {
		next := b.value(arg)
		if next.ok.isFalse() {
			continue
		}
		next.v = b.bind(next.v, "candidate")
		better := compare(n.Type(), op, next.v, best.v)
		if best.ok.isTrue() {
			b.emit(jen.If(and(next.ok, better).copy()).Block(best.v.copy().Op("=").Add(next.v.copy())))
			continue
		}
		b.emit(jen.If(and(next.ok, or(not(best.ok), better)).copy()).Block(
			jen.List(best.v.copy(), best.ok.copy()).Op("=").List(next.v.copy(), jen.True())))
		if next.ok.isTrue() {
			best.ok = boolean(true)
		}
	}
	return best
}

// concat joins its arguments, passing over nulls. A column holds empty text
// under null; anything else is looked at first.
func (b *body) concat(n *expr.Concat) nullable {
	var out *code
	for _, arg := range n.Args {
		v := b.value(arg)
		if _, column := arg.(*expr.Column); !column && !v.ok.isTrue() {
			part := b.local("part")
			b.emit(part.declare(jen.String()), part.mention(jen.If(v.ok.copy()).Block(jen.Id(part.name).Op("=").Add(v.v.copy())), jen.Null()))
			v.v = part.code()
		}
		if out == nil {
			out = &v.v
			continue
		}
		joined := infix("+", precAdd, *out, v.v)
		out = &joined
	}
	if out == nil {
		return present(operand(jen.Lit("")))
	}
	return present(*out)
}
