package expr

import (
	"fmt"
	"slices"
	"strings"

	pg "github.com/pganalyze/pg_query_go/v6"

	"martlet/gen/internal/diag"
)

// call checks what is written as a function.
func (c *checker) call(f *pg.FuncCall) Node {
	at := c.at(f.GetLocation())
	name, qualified := functionName(f)
	if qualified {
		return c.problem(at, UnknownFunction, fmt.Sprintf("there is no function %s: functions have no schema here", name), "")
	}
	if f.GetOver() != nil {
		return c.problem(at, Unsupported, name+" OVER (...): window functions are not supported", "use dedupe, group_by or a join's aggregate")
	}
	if f.GetFuncVariadic() {
		return c.problem(at, Unsupported, "VARIADIC is not supported", "write the arguments out")
	}
	if kind, ok := aggregates[name]; ok {
		return c.aggregate(kind, name, f, at)
	}
	if help, ok := refusedFunctions[name]; ok {
		return c.problem(at, UnknownFunction, fmt.Sprintf("the function %s is not supported", name), help)
	}
	if !slices.Contains(functionNames(), name) {
		return c.unknownFunction(name, at)
	}
	if what := aggregateOnly(f); what != "" {
		return c.problem(at, MisplacedAggregate, fmt.Sprintf("%s is for aggregates, and %s is not one", what, name), "")
	}
	if n, ok := c.special(name, f.GetArgs(), at); ok {
		return n
	}
	if of, ok := synonyms[name]; ok {
		name = of
	}
	return c.strict(name, f.GetArgs(), at)
}

// unknownFunction reports one with the nearest there is, or all there are.
func (c *checker) unknownFunction(name string, at int) Node {
	p := Problem{Offset: at, Code: UnknownFunction, Message: fmt.Sprintf("there is no function %q", name)}
	if p.Suggestion = diag.Nearest(name, functionNames()); p.Suggestion == "" {
		p.Help = "there are " + strings.Join(functionNames(), ", ")
	}
	return c.report(p)
}

// functionName is the name, without the schema of PostgreSQL's own functions.
func functionName(f *pg.FuncCall) (name string, qualified bool) {
	var names []string
	for _, n := range f.GetFuncname() {
		names = append(names, n.GetString_().GetSval())
	}
	if len(names) == 2 && names[0] == "pg_catalog" {
		return names[1], false
	}
	return strings.Join(names, "."), len(names) > 1
}

// aggregateOnly names what a call has that only aggregates take.
func aggregateOnly(f *pg.FuncCall) string {
	switch {
	case f.GetAggFilter() != nil:
		return "FILTER"
	case f.GetAggDistinct():
		return "DISTINCT"
	case f.GetAggStar():
		return "*"
	case f.GetAggWithinGroup():
		return "WITHIN GROUP"
	case len(f.GetAggOrder()) > 0:
		return "ORDER BY"
	}
	return ""
}

// special checks the functions that are more than an entry of the table; not
// ok where name is none of them.
func (c *checker) special(name string, args []*pg.Node, at int) (n Node, ok bool) {
	switch name {
	case "now":
		return c.now(args, at), true
	case "concat":
		return c.concat(args, at), true
	case "regexp_like":
		return c.regexpLike(args, at), true
	case "date_trunc":
		return c.dateTrunc(args, at), true
	case "extract", "date_part":
		return c.extract(name, args, at), true
	case "age_years":
		return c.ageYears(args, at), true
	case "mod":
		return c.mod(args, at), true
	case "round":
		return c.round(args, at), true
	}
	return nil, false
}

// refusedFunctions are PostgreSQL's with another way to say it here.
var refusedFunctions = map[string]string{
	"timezone":              "casts between timestamp and timestamptz use the schema's timezone",
	"position":              "use LIKE '%text%', starts_with or split_part",
	"strpos":                "use LIKE '%text%', starts_with or split_part",
	"left":                  "use substring(x, 1, n)",
	"right":                 "use substring",
	"trunc":                 "use floor, or round",
	"overlay":               "use substring and ||",
	"age":                   "use age_years(birth, at)",
	"to_date":               "cast text as date",
	"to_timestamp":          "cast text as timestamp",
	"to_char":               "cast to string, or use extract",
	"random":                "a run is a pure function of its inputs",
	"clock_timestamp":       "use now(), the run's as-of time",
	"string_agg":            "the aggregates are " + strings.Join(aggregateNames(), ", "),
	"array_agg":             "the aggregates are " + strings.Join(aggregateNames(), ", "),
	"generate_series":       "functions that give several rows have no place in an expression",
	"unnest":                "functions that give several rows have no place in an expression",
	"regexp_matches":        "use regexp_like(x, 'pattern')",
	"transaction_timestamp": "use now(), the run's as-of time",
}

// arguments checks the arguments of a function that takes between least and most.
func (c *checker) arguments(name string, args []*pg.Node, least, most, at int) []Node {
	out, ok := c.values(args)
	if len(args) < least || len(args) > most {
		want := fmt.Sprint(least)
		if most > least {
			want = fmt.Sprintf("%d to %d", least, most)
		}
		c.problem(at, BadArguments, fmt.Sprintf("%s takes %s arguments, not %d", name, want, len(args)), "")
		return nil
	}
	if !ok {
		return nil
	}
	return out
}

// strict checks a call of the table's functions of one name.
func (c *checker) strict(name string, args []*pg.Node, at int) Node {
	nodes, ok := c.values(args)
	if !ok {
		return nil
	}
	f := choose(overloads(name), nodes)
	if f == nil {
		return c.wrongArguments(name, nodes, at)
	}
	for i, k := range f.Args {
		t := Type{Kind: k}
		if k == Decimal {
			t = nodes[i].Type()
		}
		if nodes[i] = c.coerced(nodes[i], t); nodes[i] == nil {
			return nil
		}
	}
	if f.Result != Decimal {
		return newCall(f, Type{Kind: f.Result}, at, nil, nodes...)
	}
	t := nodes[0].Type()
	if f.Go == "AbsDecimal" {
		return newCall(f, t, at, nil, nodes...)
	}
	// floor and ceil keep the scale; the result has none.
	whole := newCall(f, Type{Decimal, min(maxPrecision, t.Precision+1), t.Scale}, at, []int64{int64(t.Scale)}, nodes...)
	return convert(whole, Type{Decimal, min(maxPrecision, t.whole()+1), 0})
}

// choose picks the overload that needs the fewest conversions, the first of
// those; nil where none fits.
func choose(fs []*Func, args []Node) *Func {
	var best *Func
	least := 0
	for _, f := range fs {
		conversions, ok := f.conversions(args)
		if ok && (best == nil || conversions < least) {
			best, least = f, conversions
		}
	}
	return best
}

// conversions counts how many arguments would be converted.
func (f *Func) conversions(args []Node) (n int, ok bool) {
	if len(args) != len(f.Args) {
		return 0, false
	}
	for i, k := range f.Args {
		from := args[i].Type().Kind
		switch {
		case from == k:
		case adapts(args[i]) && k != Decimal,
			from == Int64 && k == Float64, from == Date && k == Timestamp, from == Decimal && k == Float64:
			n++
		default:
			return 0, false
		}
	}
	return n, true
}

func (c *checker) wrongArguments(name string, args []Node, at int) Node {
	found := make([]string, len(args))
	for i, a := range args {
		found[i] = a.Type().String()
	}
	var forms []string
	for _, f := range overloads(name) {
		forms = append(forms, f.signature())
	}
	help := "there is " + strings.Join(forms, ", ")
	return c.problem(at, BadArguments, fmt.Sprintf("%s does not take (%s)", name, strings.Join(found, ", ")), help)
}

func (c *checker) now(args []*pg.Node, at int) Node {
	if len(args) > 0 {
		return c.problem(at, BadArguments, "now takes no arguments", "")
	}
	return &Now{base{Type{Kind: TimestampTZ}, false, at}}
}

// concat checks concat(...), which takes a null as empty text and anything but
// bool as its text. (PostgreSQL writes booleans as t and f here.)
func (c *checker) concat(args []*pg.Node, at int) Node {
	nodes, ok := c.values(args)
	if !ok {
		return nil
	}
	if len(nodes) == 0 {
		return c.problem(at, BadArguments, "concat needs at least one argument", "")
	}
	for i, n := range nodes {
		if n.Type().Kind == Bool {
			return c.problem(n.Offset(), BadArguments, "concat does not take a bool", "write a cast: cast(x as string)")
		}
		nodes[i] = c.cast(n, Type{Kind: String}, n.Offset())
	}
	return &Concat{base{Type{Kind: String}, false, at}, nodes}
}

func (c *checker) mod(args []*pg.Node, at int) Node {
	pair := c.arguments("mod", args, 2, 2, at)
	if pair == nil {
		return nil
	}
	return c.arithmetic("%", pair[0], pair[1], at)
}

// round checks round(x) and round(x, digits). A decimal is rounded half away
// from zero and has as many digits after the point as asked for; a float is
// rounded half to even, and only to a whole number.
func (c *checker) round(args []*pg.Node, at int) Node {
	nodes := c.arguments("round", args, 1, 2, at)
	if nodes == nil {
		return nil
	}
	x := nodes[0]
	digits := int64(0)
	if len(nodes) == 2 {
		l, ok := nodes[1].(*Literal)
		if ok {
			digits, ok = l.Value.(int64)
		}
		switch {
		case !ok:
			return c.problem(nodes[1].Offset(), NotLiteral, "the number of digits must be a literal whole number", "")
		case x.Type().Kind == Float64:
			return c.problem(at, BadArguments, "round with a number of digits does not take float64", "cast to a decimal: round(cast(x as decimal(18,4)), 2)")
		case x.Type().Kind == Int64:
			x = rescaled(x, decimalOf(x), 0)
		}
	}
	if x.Type().Kind != Decimal {
		if f := choose(overloads("round"), []Node{x}); f != nil && len(nodes) == 1 {
			if x = c.coerced(x, Type{Kind: Float64}); x == nil {
				return nil
			}
			return newCall(f, Type{Kind: Float64}, at, nil, x)
		}
		return c.wrongArguments("round", nodes, at)
	}
	return roundDecimal(x, digits, at)
}

func roundDecimal(x Node, digits int64, at int) Node {
	t := x.Type()
	if digits >= int64(t.Scale) {
		return x
	}
	digits = max(digits, -maxPrecision-1)
	wider := Type{Decimal, min(maxPrecision, t.Precision+1), t.Scale}
	rounded := newCall(find("round", Decimal), wider, at, []int64{int64(t.Scale), digits}, x)
	scale := int(max(digits, 0))
	return convert(rounded, Type{Decimal, min(maxPrecision, t.whole()+1+scale), scale})
}

// sqlValue checks the functions that are written without parentheses.
func (c *checker) sqlValue(f *pg.SQLValueFunction) Node {
	at := c.at(f.GetLocation())
	name := strings.ToLower(strings.TrimPrefix(f.GetOp().String(), "SVFOP_"))
	help := "a column of that name is written in double quotes: \"" + name + "\""
	switch f.GetOp() {
	case pg.SQLValueFunctionOp_SVFOP_CURRENT_TIMESTAMP:
		return &Now{base{Type{Kind: TimestampTZ}, false, at}}
	case pg.SQLValueFunctionOp_SVFOP_CURRENT_DATE:
		help = "use cast(now() as date)"
	case pg.SQLValueFunctionOp_SVFOP_LOCALTIMESTAMP, pg.SQLValueFunctionOp_SVFOP_LOCALTIMESTAMP_N:
		help = "use cast(now() as timestamp)"
	case pg.SQLValueFunctionOp_SVFOP_CURRENT_TIMESTAMP_N:
		help = "use now()"
	}
	return c.problem(at, Unsupported, name+" is not supported", help)
}

// refuse reports a construct that is not part of the language.
func (c *checker) refuse(n *pg.Node) Node {
	what, help := "this construct", ""
	switch n.GetNode().(type) {
	case *pg.Node_SubLink:
		what, help = "a subquery", "use a join, or a relationships test"
	case *pg.Node_AArrayExpr:
		what, help = "an array", "use IN (...)"
	case *pg.Node_RowExpr:
		what, help = "a row of several values", "compare the values one by one, joined by AND"
	case *pg.Node_AIndirection:
		what = "a subscript or a field of a value"
	case *pg.Node_ParamRef:
		what, help = "a parameter", "write the value"
	case *pg.Node_CollateClause:
		what, help = "COLLATE", "text is compared byte by byte"
	case *pg.Node_NamedArgExpr:
		what, help = "a named argument", "arguments go by position"
	case *pg.Node_SetToDefault:
		what = "DEFAULT"
	case *pg.Node_GroupingFunc:
		what = "GROUPING"
	case *pg.Node_XmlExpr, *pg.Node_XmlSerialize:
		what = "XML"
	}
	if what == "this construct" && strings.Contains(fmt.Sprintf("%T", n.GetNode()), "Json") {
		what = "JSON"
	}
	if help == "" {
		help = "there are operators, CASE, CAST, and the functions of the reference"
	}
	return c.problem(c.offset(n), Unsupported, what+" is not supported", help)
}
