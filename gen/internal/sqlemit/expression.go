package sqlemit

import (
	"fmt"
	"slices"
	"strings"

	"martlet/gen/internal/expr"
	"martlet/gen/internal/plan"
)

// How tightly operators bind, loosest first.
const (
	bindOr = iota + 1
	bindAnd
	bindNot
	bindIs
	bindCompare
	bindLike // LIKE, ILIKE, IN
	bindOther
	bindAdd
	bindMultiply
	bindMinus
	bindAtom
)

// printer writes expressions.
type printer struct {
	*script
	column    func(input, index int) string
	qualifier string // of the base input; empty where names stand alone
}

// text is SQL and how tightly its outermost operator binds.
type text struct {
	sql  string
	bind int
}

func atom(format string, args ...any) text { return text{fmt.Sprintf(format, args...), bindAtom} }

// sql writes n, in parentheses where it binds less tightly than least.
func (p *printer) sql(n expr.Node, least int) string {
	return p.text(n).at(least)
}

func (t text) at(least int) string {
	if t.bind < least {
		return "(" + t.sql + ")"
	}
	return t.sql
}

func (p *printer) all(nodes []expr.Node, least int) []string {
	out := make([]string, len(nodes))
	for i, n := range nodes {
		out[i] = p.sql(n, least)
	}
	return out
}

func (p *printer) function(name string, args ...expr.Node) text {
	return atom("%s(%s)", name, strings.Join(p.all(args, 0), ", "))
}

// named is a column of the base input.
func (p *printer) named(column string) string {
	if p.qualifier == "" {
		return name(column)
	}
	return name(p.qualifier) + "." + name(column)
}

// row is the column by which the base input is ordered.
func (p *printer) row() string {
	if p.qualifier == "" {
		return Row
	}
	return name(p.qualifier) + "." + Row
}

// over puts keys and aggregates in the place of the columns of a fold; f is nil
// for an expression over rows.
func over(f *plan.Fold, n expr.Node) expr.Node {
	return expr.Rewrite(n, func(n expr.Node) expr.Node {
		if c, ok := n.(*expr.Column); ok {
			switch c.Input {
			case plan.GroupKey:
				return f.Keys[c.Index]
			case plan.GroupAggregate:
				return f.Aggregates[c.Index]
			}
		}
		return n
	})
}

func (p *printer) text(n expr.Node) text {
	switch n := n.(type) {
	case *expr.Column:
		return atom("%s", p.column(n.Input, n.Index))
	case *expr.Literal:
		return literal(n)
	case *expr.Now:
		return atom("%s()", p.macro(AsOf))
	case *expr.And:
		return p.connected(n.Args, " and ", bindAnd, "not ", "false")
	case *expr.Or:
		return p.connected(n.Args, " or ", bindOr, "", "true")
	case *expr.Not:
		return text{"not " + p.sql(n.Arg, bindNot), bindNot}
	case *expr.Compare:
		left, right := plainly(n.Left, n.Right)
		pair := p.meeting([]expr.Node{left, right}, bindOther)
		return text{pair[0] + " " + n.Op + " " + pair[1], bindCompare}
	case *expr.Distinct:
		return text{p.sql(n.Left, bindCompare) + " is" + not(n.Not) + " distinct from " + p.sql(n.Right, bindCompare), bindIs}
	case *expr.IsNull:
		return text{p.sql(n.Arg, bindCompare) + " is" + not(n.Not) + " null", bindIs}
	case *expr.IsBool:
		return text{fmt.Sprintf("%s is%s %t", p.sql(n.Arg, bindCompare), not(n.Not), n.Want), bindIs}
	case *expr.In:
		return text{p.sql(n.Arg, bindOther) + not(n.Not) + " in (" + strings.Join(p.all(n.List, 0), ", ") + ")", bindLike}
	case *expr.Case:
		return p.caseWhen(n)
	case *expr.Coalesce:
		return atom("coalesce(%s)", strings.Join(p.meeting(n.Args, 0), ", "))
	case *expr.NullIf:
		return p.function("nullif", n.Left, n.Right)
	case *expr.Extreme:
		return p.function(map[bool]string{true: "greatest", false: "least"}[n.Greatest], n.Args...)
	case *expr.Concat:
		return p.function("concat", n.Args...)
	case *expr.Match:
		return p.match(n)
	case *expr.Call:
		return p.call(n)
	case *expr.Aggregate:
		return p.aggregate(n)
	}
	panic(fmt.Sprintf("sqlemit: no SQL known of %T", n))
}

func not(is bool) string {
	if is {
		return " not"
	}
	return ""
}

func isNull(n expr.Node) bool {
	l, ok := n.(*expr.Literal)
	return ok && l.Value == nil
}

func (p *printer) caseWhen(n *expr.Case) text {
	out := "case"
	for _, w := range n.Whens {
		out += " when " + p.sql(w.Cond, 0) + " then " + p.sql(w.Then, 0)
	}
	if !isNull(n.Else) {
		out += " else " + p.sql(n.Else, 0)
	}
	return text{out + " end", bindAtom}
}

// match: DuckDB's LIKE has no escape unless one is named.
func (p *printer) match(n *expr.Match) text {
	if n.Syntax == expr.RegExp {
		return atom("regexp_matches(%s, %s)", p.sql(n.Arg, 0), quote(n.Pattern))
	}
	out := p.sql(n.Arg, bindOther) + " " + string(n.Syntax) + " " + quote(n.Pattern)
	if n.Escape != 0 && strings.ContainsRune(n.Pattern, n.Escape) {
		out += " escape " + quote(string(n.Escape))
	}
	return text{out, bindLike}
}

// meeting writes what meets at one type: decimals written out without the zeros
// that they have for it, where there is another to have the type.
func (p *printer) meeting(nodes []expr.Node, least int) []string {
	out := p.all(nodes, least)
	typed := slices.ContainsFunc(nodes, func(n expr.Node) bool {
		_, literal := n.(*expr.Literal)
		return !literal
	})
	for i, n := range nodes {
		if l, ok := n.(*expr.Literal); ok && l.Value != nil && typed && n.Type().Kind == expr.Decimal {
			out[i] = number(shortest(expr.FormatValue(l.Value, n.Type()))).at(least)
		}
	}
	return out
}
