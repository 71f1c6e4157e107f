package expr

import (
	"fmt"
	"strings"

	pg "github.com/pganalyze/pg_query_go/v6"
)

// operation checks what PostgreSQL's grammar makes of infix and prefix
// operators, BETWEEN, IN, LIKE, IS DISTINCT FROM and NULLIF.
func (c *checker) operation(e *pg.A_Expr) Node {
	at := c.at(e.GetLocation())
	name := ""
	if names := e.GetName(); len(names) > 0 {
		name = names[len(names)-1].GetString_().GetSval()
	}
	switch e.GetKind() {
	case pg.A_Expr_Kind_AEXPR_OP:
		if len(e.GetName()) > 1 {
			return c.problem(at, Unsupported, "OPERATOR() is not supported", "write the operator alone")
		}
		return c.operator(name, e, at)
	case pg.A_Expr_Kind_AEXPR_DISTINCT, pg.A_Expr_Kind_AEXPR_NOT_DISTINCT:
		if pair, ok := c.values([]*pg.Node{e.GetLexpr(), e.GetRexpr()}); ok {
			return c.distinct(pair[0], pair[1], e.GetKind() == pg.A_Expr_Kind_AEXPR_NOT_DISTINCT, at)
		}
		return nil
	case pg.A_Expr_Kind_AEXPR_NULLIF:
		if pair, ok := c.values([]*pg.Node{e.GetLexpr(), e.GetRexpr()}); ok {
			return c.nullIf(pair[0], pair[1], at)
		}
		return nil
	case pg.A_Expr_Kind_AEXPR_IN:
		if nodes, ok := c.values(append([]*pg.Node{e.GetLexpr()}, e.GetRexpr().GetList().GetItems()...)); ok {
			return c.in(nodes, name == "<>", at)
		}
		return nil
	case pg.A_Expr_Kind_AEXPR_BETWEEN, pg.A_Expr_Kind_AEXPR_NOT_BETWEEN:
		if v, ok := c.values(append([]*pg.Node{e.GetLexpr()}, e.GetRexpr().GetList().GetItems()...)); ok {
			return c.between(v[0], v[1], v[2], e.GetKind() == pg.A_Expr_Kind_AEXPR_NOT_BETWEEN, at)
		}
		return nil
	case pg.A_Expr_Kind_AEXPR_LIKE, pg.A_Expr_Kind_AEXPR_ILIKE:
		return c.like(e, name, at)
	case pg.A_Expr_Kind_AEXPR_BETWEEN_SYM, pg.A_Expr_Kind_AEXPR_NOT_BETWEEN_SYM:
		return c.problem(at, Unsupported, "BETWEEN SYMMETRIC is not supported", "write the lower bound first: x BETWEEN least(a, b) AND greatest(a, b)")
	case pg.A_Expr_Kind_AEXPR_SIMILAR:
		return c.problem(at, Unsupported, "SIMILAR TO is not supported", "use LIKE, or regexp_like(x, 'pattern')")
	case pg.A_Expr_Kind_AEXPR_OP_ANY, pg.A_Expr_Kind_AEXPR_OP_ALL:
		return c.problem(at, Unsupported, "ANY and ALL are not supported", "use IN (...)")
	}
	return c.problem(at, Unsupported, "this operator is not supported", "")
}

// operator checks a symbol between two operands, or before one.
func (c *checker) operator(name string, e *pg.A_Expr, at int) Node {
	if help, ok := refusedOperators[name]; ok {
		return c.problem(at, Unsupported, "the operator "+name+" is not supported", help)
	}
	if e.GetLexpr() == nil {
		return c.unary(name, e.GetRexpr(), at)
	}
	left, right := c.expr(e.GetLexpr()), c.expr(e.GetRexpr())
	if left == nil || right == nil {
		return nil
	}
	switch name {
	case "=", "<>", "<", "<=", ">", ">=":
		if c.interval(left) || c.interval(right) {
			return nil
		}
		return c.compare(name, left, right, at)
	case "||":
		return c.concatText(left, right, at)
	case "+", "-", "*", "/", "%":
		return c.arithmetic(name, left, right, at)
	}
	return c.problem(at, Unsupported, "the operator "+name+" is not supported", supportedOperators)
}

const supportedOperators = "there are + - * / % || = <> < <= > >="

// refusedOperators are those with a better way to say it.
var refusedOperators = map[string]string{
	"~":   "use regexp_like(x, 'pattern')",
	"~*":  "use regexp_like(x, '(?i)pattern')",
	"!~":  "use not regexp_like(x, 'pattern')",
	"!~*": "use not regexp_like(x, '(?i)pattern')",
	"^":   "multiply",
}

// interval reports an interval where none may stand.
func (c *checker) interval(n Node) bool {
	if n.Type().Kind != Interval {
		return false
	}
	c.problem(n.Offset(), MisplacedInterval, "an interval can only be added to or subtracted from a date or timestamp", "")
	return true
}

// unary checks a sign.
func (c *checker) unary(name string, operand *pg.Node, at int) Node {
	if name != "-" && name != "+" {
		return c.problem(at, Unsupported, "the operator "+name+" is not supported before an operand", supportedOperators)
	}
	arg := c.value(operand)
	if arg == nil {
		return nil
	}
	if adapts(arg) || !arg.Type().Numeric() {
		return c.problem(at, BadArguments, fmt.Sprintf("%s takes a number, but this is of type %s", name, arg.Type()), "")
	}
	if name == "+" {
		return arg
	}
	return newCall(find("-", arg.Type().Kind), arg.Type(), at, nil, arg)
}

// concatText checks ||, which PostgreSQL also has between text and anything else.
func (c *checker) concatText(left, right Node, at int) Node {
	if c.interval(left) || c.interval(right) {
		return nil
	}
	if left.Type().Kind != String && right.Type().Kind != String && left.Type().Kind != Null && right.Type().Kind != Null {
		return c.problem(at, BadArguments, fmt.Sprintf("|| joins text, but its sides are %s and %s", left.Type(), right.Type()),
			"cast one of them: cast(x as string)")
	}
	text := Type{Kind: String}
	return newCall(find("||", String, String), text, at, nil, c.cast(left, text, at), c.cast(right, text, at))
}

// arithmetic checks + - * / % between numbers, and + and - with dates and timestamps.
func (c *checker) arithmetic(op string, left, right Node, at int) Node {
	if left.Type().Temporal() || right.Type().Temporal() || left.Type().Kind == Interval || right.Type().Kind == Interval {
		return c.timeArithmetic(op, left, right, at)
	}
	if adapts(left) && adapts(right) || !numericOrAdapts(left) || !numericOrAdapts(right) {
		return c.noOperator(op, left, right, at)
	}
	if adapts(left) {
		left = c.coerced(left, adaptTo(left, right.Type()))
	}
	if adapts(right) && left != nil {
		right = c.coerced(right, adaptTo(right, left.Type()))
	}
	if left == nil || right == nil {
		return nil
	}
	if left.Type().Kind == Decimal || right.Type().Kind == Decimal {
		if left.Type().Kind != Float64 && right.Type().Kind != Float64 {
			return c.decimalArithmetic(op, left, right, at)
		}
	}
	t, _ := common(left.Type(), right.Type())
	left, right = c.coerced(left, t), c.coerced(right, t)
	if left == nil || right == nil {
		return nil
	}
	f := find(op, t.Kind, t.Kind)
	if f == nil {
		return c.problem(at, BadArguments, op+" does not take float64", "cast to a decimal")
	}
	return newCall(f, t, at, nil, left, right)
}

func numericOrAdapts(n Node) bool { return n.Type().Numeric() || adapts(n) }

// adaptTo is the type that literal text or a null takes beside a number: the
// number's, but a decimal with the digits that the text has.
func adaptTo(n Node, other Type) Type {
	if l, ok := n.(*Literal); ok && other.Kind == Decimal {
		if text, ok := l.Value.(string); ok {
			if _, t, err := parseNumber(strings.TrimSpace(text)); err == nil {
				return t
			}
		}
	}
	return other
}

func (c *checker) noOperator(op string, left, right Node, at int) Node {
	help := ""
	switch {
	case adapts(left) && adapts(right):
		help = "cast one of them, or write a typed literal: date '2020-01-01'"
	case left.Type().Kind == String || right.Type().Kind == String:
		help = "cast text to a number: cast(x as int64); || joins text"
	}
	return c.problem(at, BadArguments, fmt.Sprintf("there is no operator %s for %s and %s", op, left.Type(), right.Type()), help)
}

// decimalArithmetic computes with decimals. Sums keep the greater scale,
// products add the scales, quotients have at least 16 digits after the point as
// far as 38 digits leave room for the whole part of the dividend.
func (c *checker) decimalArithmetic(op string, left, right Node, at int) Node {
	a, b := decimalOf(left), decimalOf(right)
	f, scale := find(op, Decimal, Decimal), max(a.Scale, b.Scale)
	switch op {
	case "+", "-", "%":
		t := commonDecimal(a, b)
		left, right = rescaled(left, a, scale), rescaled(right, b, scale)
		if op == "%" {
			return newCall(f, t, at, nil, left, right)
		}
		t.Precision = min(maxPrecision, t.Precision+1)
		return newCall(f, t, at, []int64{int64(t.Precision)}, left, right)
	case "*":
		if a.Scale+b.Scale > maxPrecision {
			return c.problem(at, DecimalTooLong, fmt.Sprintf("the product of %s and %s would have %d digits after the point; there are at most %d",
				a, b, a.Scale+b.Scale, maxPrecision), "cast one of them to a smaller scale, or to float64")
		}
		t := Type{Decimal, min(maxPrecision, a.Precision+b.Precision), a.Scale + b.Scale}
		return newCall(f, t, at, []int64{int64(t.Precision)}, rescaled(left, a, a.Scale), rescaled(right, b, b.Scale))
	}
	t := Type{Decimal, maxPrecision, max(scale, 16)}
	if maxPrecision-t.Scale < a.whole() {
		t.Scale = max(maxPrecision-a.whole(), scale)
	}
	extra := []int64{int64(a.Scale), int64(b.Scale), int64(t.Precision), int64(t.Scale)}
	return newCall(f, t, at, extra, rescaled(left, a, a.Scale), rescaled(right, b, b.Scale))
}

// decimalOf is the type that an int64 or decimal computes with: an int64 has no
// fraction and 19 digits, or as many as are written out.
func decimalOf(n Node) Type { return meeting(n).asDecimal() }

// rescaled gives a number that computes as decimal t more digits after the point.
func rescaled(n Node, t Type, scale int) Node {
	to := Type{Decimal, min(maxPrecision, t.whole()+scale), scale}
	if t.Scale == scale {
		to = t
	}
	if d, err := coerce(n, to); err == nil {
		return d
	}
	return convert(n, to) // a constant that does not fit fails when running, as a column would
}

// timeArithmetic checks sums and differences of dates, timestamps and intervals.
func (c *checker) timeArithmetic(op string, left, right Node, at int) Node {
	l, r := left.Type().Kind, right.Type().Kind
	if op == "+" && (l == Interval && (right.Type().Temporal()) || l == Int64 && r == Date) {
		left, right, l, r = right, left, r, l
	}
	switch {
	case op != "+" && op != "-" && (l == Interval || r == Interval), l == Interval, r == Interval && !left.Type().Temporal():
		return c.problem(at, MisplacedInterval, "an interval can only be added to or subtracted from a date or timestamp",
			"intervals are literals: interval '1 month 2 days'")
	case op != "+" && op != "-":
	case r == Interval:
		iv := right.(*Literal).Value.(interval)
		if op == "-" {
			iv = iv.negated()
		}
		return addInterval(left, iv, at)
	case l == Date && r == Int64:
		return newCall(find(op, Date, Int64), Type{Kind: Date}, at, nil, left, right)
	case op == "-" && (l == Date && adapts(right) || adapts(left) && r == Date || l == Date && r == Date):
		pair, _ := c.meet([]Node{left, right}, "the two sides of -")
		if pair == nil {
			return nil
		}
		return newCall(find("-", Date, Date), Type{Kind: Int64}, at, nil, pair...)
	case op == "-" && left.Type().Temporal() && right.Type().Temporal():
		return c.problem(at, Unsupported, "the difference of timestamps is an interval, which is not supported",
			"cast both to date for days, subtract extract(epoch from x) for seconds, or use age_years")
	case op == "+" && left.Type().Temporal() && adapts(right) || op == "+" && adapts(left) && right.Type().Temporal(),
		op == "-" && left.Type().Temporal() && adapts(right):
		return c.problem(at, BadArguments, fmt.Sprintf("there is no operator %s for %s and %s", op, left.Type(), right.Type()),
			"write a typed literal: interval '1 day'")
	}
	return c.noOperator(op, left, right, at)
}

// addInterval adds to a date, which becomes a timestamp, or to a timestamp. To a
// timestamptz first the months of an interval are added as the clocks in the
// project's zone count them, then the days likewise, then what is shorter to the
// instant. As in PostgreSQL each step gives an instant: months that lead to an
// hour which clocks skip move it before the days are added.
func addInterval(n Node, iv interval, at int) Node {
	timestamp, timestamptz := Type{Kind: Timestamp}, Type{Kind: TimestampTZ}
	if n.Type().Kind == Date {
		n = convert(n, timestamp)
	}
	if n.Type().Kind == Timestamp {
		return newCall(findGo("AddInterval", Timestamp), timestamp, at, []int64{iv.months, iv.days, iv.micros}, n)
	}
	for _, step := range []interval{{months: iv.months}, {days: iv.days}} {
		if step != (interval{}) {
			local := newCall(findGo("AddInterval", Timestamp), timestamp, at, []int64{step.months, step.days, 0}, convert(n, timestamp))
			n = convert(local, timestamptz)
		}
	}
	if iv.micros != 0 || iv == (interval{}) {
		n = newCall(findGo("AddInterval", TimestampTZ), timestamptz, at, []int64{0, 0, iv.micros}, n)
	}
	return n
}
