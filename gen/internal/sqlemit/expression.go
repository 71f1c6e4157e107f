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

// output writes an element of a select.
func (p *printer) output(n expr.Node, column string) string {
	if small(n) {
		return as(p.wide(n), column)
	}
	return as(p.long(n), column)
}

// key writes an element of group by, where a number is a position.
func (p *printer) key(n expr.Node) string {
	if _, literal := n.(*expr.Literal); literal || small(n) {
		return p.sql(n, bindAtom) + "::" + typeName(n.Type())
	}
	return p.sql(n, 0)
}

// long writes an expression on several lines where it is long, and can be.
func (p *printer) long(n expr.Node) string {
	whole := p.sql(n, 0)
	if len(whole) <= lineWidth-30 {
		return whole
	}
	switch n := n.(type) {
	case *expr.And, *expr.Or:
		return p.longer(n, whole)
	case *expr.Case:
		lines := []string{"case"}
		for _, w := range n.Whens {
			lines = append(lines, fmt.Sprintf("  when %s then %s", p.sql(w.Cond, 0), p.sql(w.Then, 0)))
		}
		if !isNull(n.Else) {
			lines = append(lines, "  else "+p.sql(n.Else, 0))
		}
		return strings.Join(append(lines, "end"), "\n")
	}
	return whole
}

// longer breaks a conjunction or disjunction, unless what it says is guarded.
func (p *printer) longer(n expr.Node, whole string) string {
	switch n := n.(type) {
	case *expr.And:
		if !slices.ContainsFunc(n.Args[1:], guarded) {
			return strings.Join(p.all(n.Args, bindNot), "\n  and ")
		}
	case *expr.Or:
		if !slices.ContainsFunc(n.Args[1:], guarded) {
			return strings.Join(p.all(n.Args, bindAnd), "\n  or ")
		}
	}
	return whole
}

// connected writes arguments of and, or of or. DuckDB computes them all, in any
// order; so what an earlier one may keep from failing is asked for in a case.
func (p *printer) connected(args []expr.Node, operator string, bind int, decides, result string) text {
	last := len(args) - 1
	for last > 0 && !guarded(args[last]) {
		last--
	}
	if last == 0 {
		return text{strings.Join(p.all(args, bind+1), operator), bind}
	}
	before := p.connected(args[:last], operator, bind, decides, result).at(bind + 1)
	after := strings.Join(append([]string{before}, p.all(args[last:], bind+1)...), operator)
	return atom("case when %s%s then %s else %s end", decides, before, result, after)
}

// guarded says whether an expression has what people keep from failing by a
// condition: a division, a cast of text.
func guarded(n expr.Node) bool {
	found := false
	expr.Walk(n, func(n expr.Node) bool {
		if c, ok := n.(*expr.Call); ok {
			divides := c.Func.Name == "/" || c.Func.Name == "%"
			found = found || divides && !nonZero(c.Args[1]) || c.Func.Fails && c.Func.Args[0] == expr.String
		}
		return !found
	})
	return found
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

// aggregate: DuckDB's own arg_max keeps the first of a tie and passes over a
// null argument, its sums of integers are wider than ours.
func (p *printer) aggregate(n *expr.Aggregate) text {
	filter := ""
	if n.Filter != nil {
		filter = p.sql(n.Filter, 0)
	}
	var out string
	switch n.Kind {
	case expr.ArgMax, expr.ArgMin:
		out = fmt.Sprintf("last(%s order by %s)", p.sql(n.Arg, 0), strings.Join(append(p.ordered(n.By), p.row()), ", "))
		if n.Kind == expr.ArgMin {
			out = fmt.Sprintf("first(%s order by %s desc)", p.sql(n.Arg, 0), strings.Join(append(p.ordered(n.By), p.row()), ", "))
		}
		if n.By.Nullable() {
			known := p.sql(n.By, bindCompare) + " is not null"
			if filter = known; n.Filter != nil {
				filter = p.sql(n.Filter, bindNot) + " and " + known
			}
		}
	default:
		arg := "*"
		if n.Arg != nil {
			arg = p.sql(n.Arg, 0)
		}
		if n.Distinct {
			arg = "distinct " + arg
		}
		out = string(n.Kind) + "(" + arg + ")"
	}
	t := text{out, bindAtom}
	if filter != "" {
		t = text{out + " filter (where " + filter + ")", bindMinus} // in parentheses before a cast
	}
	if n.Kind == expr.Sum && n.Type().Kind == expr.Int64 {
		return atom("%s::bigint", t.at(bindAtom))
	}
	return t
}

// ordered writes a term of order by, or none for a constant, which DuckDB refuses.
func (p *printer) ordered(n expr.Node) []string {
	if constant(n) {
		return nil
	}
	return []string{p.sql(n, 0)}
}
