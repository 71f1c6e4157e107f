package expr

import (
	"fmt"
	"strings"

	pg "github.com/pganalyze/pg_query_go/v6"

	"martlet/gen/internal/diag"
)

// typeNames are the names of types in SQL, PostgreSQL's and ours.
var typeNames = map[string]Kind{
	"bool": Bool, "boolean": Bool,
	"int64": Int64, "int8": Int64, "bigint": Int64, "int4": Int64, "int": Int64, "integer": Int64,
	"float64": Float64, "float8": Float64,
	"decimal": Decimal, "numeric": Decimal,
	"string": String, "text": String, "varchar": String,
	"date": Date, "timestamp": Timestamp, "timestamptz": TimestampTZ, "interval": Interval,
}

// refusedTypes are PostgreSQL's types that have a near relation here.
var refusedTypes = map[string]string{
	"float4": "use float64", "real": "use float64", "int2": "use int64", "smallint": "use int64",
	"bpchar": "use string", "char": "use string", "name": "use string",
	"time": "use timestamp", "timetz": "use timestamptz",
}

// typeCast checks CAST, :: and typed literals such as date '2020-01-01'.
func (c *checker) typeCast(e *pg.TypeCast) Node {
	at := c.offsetOfCast(e)
	t, problem := c.typeName(e.GetTypeName())
	if problem != nil {
		c.report(*problem)
		c.expr(e.GetArg()) // for the problems in it
		return nil
	}
	if t.Kind == Interval {
		return c.intervalLiteral(e, at)
	}
	arg := c.value(e.GetArg())
	if arg == nil {
		return nil
	}
	if l, ok := arg.(*Literal); ok && l.Value != nil && arg.Type().Kind == String {
		return c.coerced(literalAt(l.Value, l.Type(), at), t)
	}
	return c.cast(arg, t, at)
}

// offsetOfCast: the parser does not place typed literals, but it does their types.
func (c *checker) offsetOfCast(e *pg.TypeCast) int {
	if e.GetLocation() < 0 {
		return c.at(e.GetTypeName().GetLocation())
	}
	return c.at(e.GetLocation())
}

// cast converts explicitly, or reports that there is no such cast. A constant
// that can be converted exactly stays one.
func (c *checker) cast(n Node, t Type, at int) Node {
	if l, ok := n.(*Literal); ok {
		if v, ok := convertLiteral(l.Value, l.Type(), t); ok {
			return literalAt(v, t, at)
		}
	}
	if n.Type().Kind == Null {
		return literalAt(nil, t, at)
	}
	if out := convert(n, t); out != nil {
		return out
	}
	return c.problem(at, NoCast, fmt.Sprintf("there is no cast from %s to %s", n.Type(), t), castsFrom(n.Type().Kind))
}

func castsFrom(from Kind) string {
	var to []string
	for k := Bool; k <= TimestampTZ; k++ {
		if k == from && k != Decimal || findCast(from, k) != nil || from == Date && k == TimestampTZ || from == TimestampTZ && k == Date {
			to = append(to, k.String())
		}
	}
	return fmt.Sprintf("%s can be cast to %s", from, strings.Join(to, ", "))
}

// typeName resolves a type in SQL.
func (c *checker) typeName(n *pg.TypeName) (Type, *Problem) {
	at := c.at(n.GetLocation())
	var names []string
	for _, part := range n.GetNames() {
		names = append(names, part.GetString_().GetSval())
	}
	name := strings.TrimPrefix(strings.Join(names, "."), "pg_catalog.")
	if len(n.GetArrayBounds()) > 0 || n.GetSetof() || n.GetPctType() {
		return Type{}, &Problem{Offset: at, Code: Unsupported, Message: "arrays and sets are not supported"}
	}
	kind, ok := typeNames[name]
	if !ok {
		p := &Problem{Offset: at, Code: UnknownTypeName, Message: fmt.Sprintf("there is no type %q", name), Help: refusedTypes[name]}
		if p.Help == "" {
			p.Suggestion = diag.Nearest(name, knownTypeNames())
			p.Help = "the types are " + strings.Join(Types(), ", ")
		}
		return Type{}, p
	}
	if kind == Interval { // its modifiers are read with the literal
		return Type{Kind: Interval}, nil
	}
	if kind == Decimal {
		return c.decimalName(n, at)
	}
	if len(n.GetTypmods()) > 0 {
		return Type{}, &Problem{Offset: at, Code: Unsupported, Message: fmt.Sprintf("%s takes no length or precision here", name),
			Help: "cast to " + kind.String() + "; cut text with substring, times with date_trunc"}
	}
	return Type{Kind: kind}, nil
}

func (c *checker) decimalName(n *pg.TypeName, at int) (Type, *Problem) {
	mods := n.GetTypmods()
	numbers := make([]int, 2)
	for i, m := range mods {
		k := m.GetAConst()
		if i > 1 || k == nil || k.GetIval() == nil {
			return Type{}, &Problem{Offset: at, Code: UnknownTypeName, Message: "a decimal's precision and scale are two whole numbers", Help: "write decimal(10,2)"}
		}
		numbers[i] = int(k.GetIval().GetIval())
	}
	if len(mods) == 0 {
		return Type{}, &Problem{Offset: at, Code: UnknownTypeName, Message: "a decimal needs its precision and scale", Help: "write decimal(10,2)"}
	}
	t, err := decimalType(numbers[0], numbers[1])
	if err != nil {
		return Type{}, &Problem{Offset: at, Code: UnknownTypeName, Message: err.Error()}
	}
	return t, nil
}

func knownTypeNames() []string {
	names := make([]string, 0, len(typeNames))
	for name := range typeNames {
		names = append(names, name)
	}
	return names
}

// intervalUnits are the modifiers of INTERVAL '1' MONTH as the grammar numbers them.
var intervalUnits = map[int32]string{1 << 1: "month", 1 << 2: "year", 1 << 3: "day", 1 << 10: "hour", 1 << 11: "minute", 1 << 12: "second"}

// intervalLiteral reads interval '30 days', and interval '30' day.
func (c *checker) intervalLiteral(e *pg.TypeCast, at int) Node {
	arg := e.GetArg().GetAConst()
	if arg == nil || arg.GetSval() == nil {
		return c.problem(at, NotLiteral, "an interval is a literal", "write interval '30 days'")
	}
	text := arg.GetSval().GetSval()
	if mods := e.GetTypeName().GetTypmods(); len(mods) > 0 {
		name, ok := intervalUnits[mods[0].GetAConst().GetIval().GetIval()]
		if number, rest := cutNumber(strings.TrimSpace(text)); !ok || len(mods) > 1 || number == "" || rest != "" {
			return c.problem(at, Unsupported, "this form of interval is not supported", "write the units inside the quotes: interval '1 month 2 days'")
		}
		text += " " + name
	}
	iv, err := parseInterval(text)
	if err != nil {
		return c.problem(at, BadLiteral, fmt.Sprintf("'%s' is not an interval: %s", text, err), "")
	}
	return literalAt(iv, Type{Kind: Interval}, at)
}
