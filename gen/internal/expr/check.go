package expr

import (
	"cmp"
	"fmt"
	"slices"

	pg "github.com/pganalyze/pg_query_go/v6"

	"martlet/gen/internal/diag"
)

// Problem is one thing wrong with an expression.
type Problem struct {
	Offset     int // the byte of the expression's text, from 0 to its length
	Code       diag.Code
	Message    string
	Suggestion string // the nearest known name, or ""
	Help       string // what to do, or ""
}

// Resolved is what a name stands for.
type Resolved struct {
	Input, Index int
	Name         string // as messages and the plan show it: qualified where that helps
	Type         Type
	Nullable     bool
}

// Scope resolves the names of columns; qualifier is "" where none is written.
// The Offset of its Problem is filled in by the checker. A Problem without a
// code stands for one that was reported before.
type Scope interface {
	Column(qualifier, name string) (Resolved, *Problem)
}

// Options says what an expression may have.
type Options struct {
	Aggregates bool
}

// Check parses src and checks it in scope. It gives every problem there is,
// sorted by offset, but none that only follows from another one; the node is
// nil where there are any. A bare null is of type Null. The result is never an
// interval.
func Check(src string, scope Scope, opt Options) (Node, []Problem) {
	stmt, problem := parse(selectPrefix, src)
	if problem != nil {
		return nil, []Problem{*problem}
	}
	root, problem := target(stmt, src)
	if problem != nil {
		return nil, []Problem{*problem}
	}
	c := &checker{src: src, prefix: len(selectPrefix), scope: scope, opt: opt}
	n := c.value(root)
	return c.result(n)
}

// OrderTerm is one term of an ordering. Nulls come last in either direction.
type OrderTerm struct {
	Expr Node
	Desc bool
}

// CheckOrderBy parses and checks what stands after ORDER BY. The terms are nil
// where there are problems.
func CheckOrderBy(src string, scope Scope) ([]OrderTerm, []Problem) {
	stmt, problem := parse(orderPrefix, src)
	if problem != nil {
		return nil, []Problem{*problem}
	}
	if clause := clauseOf(stmt); clause != "" {
		return nil, []Problem{{Offset: firstWord(src, clause), Code: NotOneExpression,
			Message: clause + " does not belong in an ordering", Help: "an ordering is a list of expressions, each with ASC or DESC"}}
	}
	if len(stmt.GetSortClause()) == 0 {
		return nil, []Problem{{Code: NotOneExpression, Message: "there is no ordering, only a comment"}}
	}
	c := &checker{src: src, prefix: len(orderPrefix), scope: scope}
	var terms []OrderTerm
	for _, s := range stmt.GetSortClause() {
		terms = append(terms, c.orderTerm(s.GetSortBy()))
	}
	if _, problems := c.result(nil); len(problems) > 0 {
		return nil, problems
	}
	return terms, nil
}

func (c *checker) orderTerm(s *pg.SortBy) OrderTerm {
	n := c.value(s.GetNode())
	switch {
	case s.GetSortbyDir() == pg.SortByDir_SORTBY_USING:
		c.problem(c.offset(s.GetNode()), UnsupportedOrdering, "an ordering USING an operator is not supported", "write ASC or DESC")
	case s.GetSortbyNulls() == pg.SortByNulls_SORTBY_NULLS_FIRST:
		c.problem(c.offset(s.GetNode()), UnsupportedOrdering, "NULLS FIRST is not supported: nulls always come last", "remove it, or order by \"x is not null\" first")
	}
	if l, ok := n.(*Literal); ok {
		c.problem(l.Offset(), UnsupportedOrdering, fmt.Sprintf("a constant, %s, orders nothing", SQL(l)), "name a column")
	}
	return OrderTerm{n, s.GetSortbyDir() == pg.SortByDir_SORTBY_DESC}
}

// checker checks one expression. Its methods give nil for what they reported.
type checker struct {
	src         string
	prefix      int // bytes before src in the text that was parsed
	scope       Scope
	opt         Options
	problems    []Problem
	known       facts  // the columns that are not null here
	inAggregate string // the aggregate whose arguments are being checked, or ""
	depth       int
	tooDeep     bool // reported, once
}

func (c *checker) result(n Node) (Node, []Problem) {
	if len(c.problems) > 0 {
		slices.SortStableFunc(c.problems, func(a, b Problem) int { return cmp.Compare(a.Offset, b.Offset) })
		return nil, slices.Compact(c.problems)
	}
	return n, nil
}

// problem reports and gives nil, the node of what could not be checked.
func (c *checker) problem(offset int, code diag.Code, message, help string) Node {
	return c.report(Problem{Offset: offset, Code: code, Message: message, Help: help})
}

func (c *checker) report(p Problem) Node {
	p.Offset = clampOffset(p.Offset, c.src)
	c.problems = append(c.problems, p)
	return nil
}

// at turns a location of the parser, -1 where it has none, into an offset.
func (c *checker) at(location int32) int { return clampOffset(int(location)-c.prefix, c.src) }

// assuming checks with more columns known not to be null.
func (c *checker) assuming(more facts, check func() Node) Node {
	outer := c.known
	c.known = outer.or(more)
	defer func() { c.known = outer }()
	return check()
}

// value checks an expression that must not be an interval.
func (c *checker) value(n *pg.Node) Node {
	v := c.expr(n)
	if v != nil && v.Type().Kind == Interval {
		return c.problem(v.Offset(), MisplacedInterval, "an interval can only be added to or subtracted from a date or timestamp", "")
	}
	return v
}

// condition checks an expression that must be boolean; what says where it stands.
func (c *checker) condition(n *pg.Node, what string) Node {
	v := c.value(n)
	if v == nil {
		return nil
	}
	b, err := coerce(v, Type{Kind: Bool})
	if err != nil {
		return c.problem(v.Offset(), NotBoolean, fmt.Sprintf("%s must be bool, but this is of type %s", what, v.Type()),
			booleanHelp(v.Type()))
	}
	return b
}

func booleanHelp(t Type) string {
	switch {
	case t.Numeric():
		return "compare it: x <> 0"
	case t.Kind == String:
		return "compare it, or cast it: cast(x as bool)"
	}
	return "compare it, or test it with IS NOT NULL"
}

// values checks several expressions; not ok where one of them is nil.
func (c *checker) values(list []*pg.Node) (out []Node, ok bool) {
	ok = true
	for _, n := range list {
		v := c.value(n)
		ok = ok && v != nil
		out = append(out, v)
	}
	return out, ok
}

// expr checks any expression, intervals included.
func (c *checker) expr(n *pg.Node) Node {
	c.depth++
	defer func() { c.depth-- }()
	if c.depth > maxDepth {
		if !c.tooDeep {
			c.tooDeep = true
			c.problem(c.offset(n), TooDeep, fmt.Sprintf("the expression nests more than %d levels deep here", maxDepth), splitHelp)
		}
		return nil
	}
	switch n := n.GetNode().(type) {
	case *pg.Node_ColumnRef:
		return c.column(n.ColumnRef)
	case *pg.Node_AConst:
		return c.constant(n.AConst)
	case *pg.Node_TypeCast:
		return c.typeCast(n.TypeCast)
	case *pg.Node_BoolExpr:
		return c.boolExpr(n.BoolExpr)
	case *pg.Node_NullTest:
		return c.nullTest(n.NullTest)
	case *pg.Node_BooleanTest:
		return c.booleanTest(n.BooleanTest)
	case *pg.Node_AExpr:
		return c.operation(n.AExpr)
	case *pg.Node_CaseExpr:
		return c.caseExpr(n.CaseExpr)
	case *pg.Node_CoalesceExpr:
		return c.coalesce(n.CoalesceExpr)
	case *pg.Node_MinMaxExpr:
		return c.extreme(n.MinMaxExpr)
	case *pg.Node_FuncCall:
		return c.call(n.FuncCall)
	case *pg.Node_SqlvalueFunction:
		return c.sqlValue(n.SqlvalueFunction)
	}
	return c.refuse(n)
}

func (c *checker) column(ref *pg.ColumnRef) Node {
	at := c.at(ref.GetLocation())
	var names []string
	for _, f := range ref.GetFields() {
		if f.GetAStar() != nil {
			return c.problem(at, Unsupported, "* is not an expression", "name the columns one by one; count(*) counts rows")
		}
		names = append(names, f.GetString_().GetSval())
	}
	if len(names) > 2 {
		return c.problem(at, Unsupported, "a column is named by at most an input and a column", "write input.column")
	}
	qualifier := ""
	if len(names) == 2 {
		qualifier = names[0]
	}
	r, problem := c.scope.Column(qualifier, names[len(names)-1])
	if problem != nil {
		p := *problem
		p.Offset = at
		return c.report(p)
	}
	nullable := r.Nullable && !c.known.has(columnKey{r.Input, r.Index})
	return NewColumn(r.Input, r.Index, r.Name, r.Type, nullable, at)
}

func (c *checker) constant(k *pg.A_Const) Node {
	at := c.at(k.GetLocation())
	if k.GetIsnull() {
		return literalAt(nil, Type{Kind: Null}, at)
	}
	switch v := k.GetVal().(type) {
	case *pg.A_Const_Boolval:
		return literalAt(v.Boolval.GetBoolval(), Type{Kind: Bool}, at)
	case *pg.A_Const_Sval:
		return literalAt(v.Sval.GetSval(), Type{Kind: String}, at)
	case *pg.A_Const_Ival:
		return literalAt(int64(v.Ival.GetIval()), Type{Kind: Int64}, at)
	case *pg.A_Const_Fval:
		n, t, err := parseNumber(v.Fval.GetFval())
		if err != nil {
			return c.problem(at, BadLiteral, err.Error(), "")
		}
		return literalAt(n, t, at)
	}
	return c.problem(at, Unsupported, "bit strings are not supported", "")
}
