package sqlemit

import (
	"martlet/gen/internal/expr"
)

// cast writes a conversion, by :: where DuckDB converts as PostgreSQL does.
func (p *printer) cast(n *expr.Call) text {
	x := n.Args[0]
	switch n.Func.Go {
	case "RescaleDecimal":
		if cut, ok := x.(*expr.Call); ok && cutTo(cut) == n.Type().Scale {
			return p.text(x)
		}
	case "DecimalToFloat64": // DuckDB rounds what has more digits than a float twice
		if x.Type().Precision > 15 {
			return atom("%s::varchar::double", p.sql(x, bindAtom))
		}
	case "Float64ToDecimal":
		return atom("%s(%s)::%s", p.macro("pg_numeric"), p.sql(x, 0), typeName(n.Type()))
	case "Float64ToString":
		return p.function(p.macro("pg_float"), x)
	case "StringToBool":
		return p.function(p.macro("pg_boolean"), x)
	case "StringToInt64":
		return p.function(p.macro("pg_bigint"), x)
	case "StringToFloat64", "StringToDecimal", "StringToDate", "StringToTimestamp", "StringToTimestampTZ":
		return atom("trim(%s)::%s", p.sql(x, 0), typeName(n.Type()))
	case "TimestampTZToString":
		return p.function(p.macro("pg_instant"), x)
	case "ToTimestampTZ":
		if plain, ok := p.sameClock(n); ok {
			return plain
		}
	case "TimestampToDate":
		if c, ok := x.(*expr.Call); ok && c.Func.Name == "date_trunc" {
			return atom("%s::date", p.truncated(c, day(c.Args[0])).at(bindAtom))
		}
	}
	return atom("%s::%s", p.sql(x, bindAtom), typeName(n.Type()))
}

// cutTo gives the digits after the point that DuckDB leaves a decimal that is
// rounded: no cast is needed to take the zeros away. -1 is for anything else.
func cutTo(n *expr.Call) int {
	switch n.Func.Go {
	case "RoundDecimal":
		return int(max(n.Extra[1], 0))
	case "FloorDecimal", "CeilDecimal":
		return 0
	}
	return -1
}

// sameClock writes an interval that is added to an instant on the clock of a
// zone without changes as one that is added to the instant.
func (p *printer) sameClock(n *expr.Call) (text, bool) {
	if p.plan.Timezone != "UTC" {
		return text{}, false
	}
	add, ok := n.Args[0].(*expr.Call)
	if !ok || add.Func.Go != "AddInterval" {
		return text{}, false
	}
	local, ok := add.Args[0].(*expr.Call)
	if !ok || local.Func.Go != "ToTimestamp" {
		return text{}, false
	}
	return p.added(local.Args[0], intervalOf(add)), true
}

// plainly leaves out, of two things that meet, the conversion that DuckDB makes
// by itself: of one of them, to the type that the other has.
func plainly(left, right expr.Node) (l, r expr.Node) {
	if from, ok := widened(left); ok && !converted(right) {
		return from, right
	}
	if from, ok := widened(right); ok && !converted(left) {
		return left, from
	}
	return left, right
}

func converted(n expr.Node) bool {
	c, ok := n.(*expr.Call)
	_, literal := n.(*expr.Literal)
	return literal || ok && c.Func.Name == "cast"
}

// widened gives what a conversion is of that loses nothing, whatever the value.
func widened(n expr.Node) (expr.Node, bool) {
	c, ok := n.(*expr.Call)
	if !ok || c.Func.Name != "cast" {
		return nil, false
	}
	x := c.Args[0]
	from, to := x.Type(), c.Type()
	switch c.Func.Go {
	case "Int64ToFloat64", "DateToTimestamp", "ToTimestampTZ":
		return x, true
	case "Int64ToDecimal":
		return x, to.Precision-to.Scale >= 19
	case "RescaleDecimal":
		return x, to.Scale >= from.Scale && to.Precision-to.Scale >= from.Precision-from.Scale
	case "DecimalToFloat64":
		return x, from.Precision <= 15
	}
	return nil, false
}
