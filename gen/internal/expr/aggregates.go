package expr

import (
	"fmt"
	"slices"

	pg "github.com/pganalyze/pg_query_go/v6"
)

// aggregates are the names of aggregates. Only count is never null.
var aggregates = map[string]AggregateKind{
	"min": Min, "max": Max, "count": Count, "sum": Sum, "avg": Avg,
	"bool_and": BoolAnd, "every": BoolAnd, "bool_or": BoolOr, "arg_max": ArgMax, "arg_min": ArgMin,
}

func aggregateNames() []string {
	var names []string
	for name := range aggregates {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// aggregate checks an aggregate call: where it stands, its arguments, its filter.
func (c *checker) aggregate(kind AggregateKind, name string, f *pg.FuncCall, at int) Node {
	switch {
	case c.inAggregate != "":
		return c.problem(at, NestedAggregate, fmt.Sprintf("%s stands inside %s", name, c.inAggregate), "aggregate in an earlier model first")
	case !c.opt.Aggregates:
		return c.problem(at, MisplacedAggregate, fmt.Sprintf("%s is an aggregate, and rows are not aggregated here", name),
			"aggregates belong to a model with group_by, or to a join's aggregate")
	case f.GetAggWithinGroup() || len(f.GetAggOrder()) > 0:
		return c.problem(at, Unsupported, "ORDER BY inside an aggregate is not supported", "use arg_max(x, by) or arg_min(x, by)")
	case f.GetAggDistinct() && kind != Count:
		return c.problem(at, Unsupported, fmt.Sprintf("%s(DISTINCT ...) is not supported", name), "only count takes DISTINCT")
	case f.GetAggStar() && kind != Count:
		return c.problem(at, BadArguments, name+" does not take *", "")
	}
	// What is known of columns outside is known of a group, not of its rows.
	outer := c.known
	c.inAggregate, c.known = name, nothing
	defer func() { c.inAggregate, c.known = "", outer }()
	a := &Aggregate{base: base{offset: at, nullable: kind != Count}, Kind: kind, Distinct: f.GetAggDistinct()}
	ok := true
	if f.GetAggFilter() != nil {
		if a.Filter = c.condition(f.GetAggFilter(), "the filter of "+name); a.Filter == nil {
			ok = false
		} else {
			c.known = imply(a.Filter).isTrue
		}
	}
	return c.aggregateOf(a, name, f, ok)
}

// aggregateOf checks the arguments of an aggregate and gives it its type.
func (c *checker) aggregateOf(a *Aggregate, name string, f *pg.FuncCall, ok bool) Node {
	at, want := a.offset, 1
	switch {
	case f.GetAggStar():
		want = 0
	case a.Kind == ArgMax || a.Kind == ArgMin:
		want = 2
	}
	args := c.arguments(name, f.GetArgs(), want, want, at)
	if len(args) != want || !ok {
		return nil
	}
	for _, n := range args {
		if n.Type().Kind == Null {
			return c.problem(n.Offset(), BadArguments, fmt.Sprintf("%s of a bare null has no type", name), "cast it")
		}
	}
	a.typ = Type{Kind: Int64} // of count(*)
	if want > 0 {
		a.Arg = args[0]
		t, takes := aggregateType(a.Kind, args[0].Type())
		if takes != "" {
			return c.problem(args[0].Offset(), BadArguments, fmt.Sprintf("%s takes %s, but this is of type %s", name, takes, args[0].Type()), "")
		}
		a.typ = t
	}
	if want == 2 {
		a.By = args[1]
	}
	return a
}

// aggregateType is the type of an aggregate of values of type t, or what it takes instead.
func aggregateType(kind AggregateKind, t Type) (result Type, takes string) {
	switch kind {
	case Count:
		return Type{Kind: Int64}, ""
	case Sum, Avg:
		if !t.Numeric() {
			return Type{}, "a number"
		}
		if kind == Avg {
			return Type{Kind: Float64}, ""
		}
		if t.Kind == Decimal {
			return Type{Decimal, maxPrecision, t.Scale}, ""
		}
	case BoolAnd, BoolOr:
		if t.Kind != Bool {
			return Type{}, "a bool"
		}
	}
	return t, ""
}
