package sqlemit

import (
	"fmt"
	"slices"
	"strings"

	"martlet/gen/internal/expr"
)

// call writes a strict function, an operator or a cast. DuckDB forgets the type
// of one that it finds to be null before it runs, as it is where an argument is.
func (p *printer) call(n *expr.Call) text {
	t := p.callText(n)
	known := constant(n) || slices.ContainsFunc(n.Args, func(arg expr.Node) bool { return constant(arg) && arg.Nullable() })
	if n.Func.Name != "cast" && n.Nullable() && known {
		return atom("%s::%s", t.at(bindAtom), typeName(n.Type()))
	}
	return t
}

func (p *printer) callText(n *expr.Call) text {
	switch n.Func.Name {
	case "cast":
		return p.cast(n)
	case "date_trunc":
		return p.trunc(n)
	case "extract":
		return p.extract(n)
	case "+", "-", "*", "/", "%", "||":
		return p.operator(n)
	}
	switch n.Func.Go {
	case "Trim", "TrimChars":
		return p.function("trim", n.Args...)
	case "Upper":
		return p.function(p.macro("pg_upper"), n.Args...)
	case "Substring", "SubstringLen":
		return p.substring(n)
	case "SplitPart":
		if !positive(n.Args[2]) || !textual(n.Args[1]) {
			return p.function(p.macro("pg_split_part"), n.Args...)
		}
	case "RoundFloat64":
		return p.function(p.macro("pg_round"), n.Args...)
	case "RoundDecimal":
		return p.round(n)
	case "AgeYears":
		return atom("extract(year from age(%s, %s))", p.sql(day(n.Args[1]), 0), p.sql(day(n.Args[0]), 0))
	}
	return p.function(n.Func.Name, n.Args...)
}

// operator writes what stands between two operands, or before one.
func (p *printer) operator(n *expr.Call) text {
	name, bind := n.Func.Name, bindAdd
	switch n.Func.Go {
	case "AddInterval":
		return p.addInterval(n)
	case "NegInt64", "NegFloat64", "NegDecimal":
		return text{"- " + p.sql(n.Args[0], bindMinus), bindMinus} // apart, so that two do not start a comment
	case "AddDays", "SubDays": // DuckDB adds 32-bit days
		days := p.sql(n.Args[1], bindAdd+1)
		if !small(n.Args[1]) {
			days = p.sql(n.Args[1], bindAtom) + "::integer"
		}
		return text{p.sql(n.Args[0], bindAdd) + " " + name + " " + days, bindAdd}
	case "DivInt64", "DivFloat64", "ModInt64", "ModDecimal":
		return p.divide(n)
	case "DivDecimal":
		return p.quotient(n)
	case "MulInt64", "MulFloat64", "MulDecimal":
		bind = bindMultiply
	case "ConcatText":
		return text{p.sql(n.Args[0], bindOther) + " || " + p.sql(n.Args[1], bindOther+1), bindOther}
	}
	l, r := plainly(n.Args[0], n.Args[1])
	left, right := p.sql(l, bind), p.sql(r, bind+1)
	switch n.Func.Go {
	case "AddInt64", "SubInt64", "MulInt64":
		if small(l) && small(r) {
			left = p.wide(l)
		}
	case "AddDecimal", "SubDecimal", "MulDecimal":
		if n.Type().Precision > 18 && in64(l) && in64(r) {
			left = fmt.Sprintf("%s::decimal(38,%d)", p.sql(l, bindAtom), l.Type().Scale)
		}
	}
	return text{left + " " + name + " " + right, bind}
}

// in64 says whether a number meets decimals in 64 bits. Of two such DuckDB's sums
// and products are of 64 bits too, and fail where they have more digits.
func in64(n expr.Node) bool {
	if n.Type().Kind == expr.Int64 {
		return small(n)
	}
	return n.Type().Precision <= 18
}

// divide: DuckDB divides integers with //, and what is divided by zero is null
// or infinite.
func (p *printer) divide(n *expr.Call) text {
	op := n.Func.Name
	if n.Func.Go == "DivInt64" {
		op = "//"
	}
	l, r := n.Args[0], n.Args[1]
	if n.Func.Go == "ModDecimal" && r.Type() != l.Type() {
		l, r = plainly(l, r)
	}
	if !nonZero(r) {
		macro := map[string]string{"//": "pg_div", "/": "pg_divide", "%": "pg_mod"}[op]
		return p.function(p.macro(macro), l, r)
	}
	left := p.sql(l, bindMultiply)
	if small(l) && small(r) {
		left = p.wide(l)
	}
	return text{left + " " + op + " " + p.sql(r, bindMultiply+1), bindMultiply}
}

// nonZero says whether a divisor is never zero, though perhaps null.
func nonZero(n expr.Node) bool {
	switch n := n.(type) {
	case *expr.Literal:
		return n.Value == nil || strings.ContainsAny(expr.FormatValue(n.Value, n.Type()), "123456789IN")
	case *expr.NullIf:
		l, ok := n.Right.(*expr.Literal)
		return ok && l.Value != nil && !nonZero(l)
	case *expr.Call: // of a constant, or of what is not zero
		if n.Func.Go == "Int64ToFloat64" || n.Func.Go == "NegInt64" || n.Func.Go == "NegFloat64" || n.Func.Go == "NegDecimal" {
			return nonZero(n.Args[0])
		}
	}
	return false
}

// quotient of decimals, which DuckDB divides as floats.
func (p *printer) quotient(n *expr.Call) text {
	scale := max(n.Args[0].Type().Scale, n.Args[1].Type().Scale)
	return p.function(p.quotientMacro(scale, n.Type().Scale), n.Args...)
}

// round: DuckDB's keeps the number of digits before the point, which is one too
// few for what is rounded there.
func (p *printer) round(n *expr.Call) text {
	x, digits := n.Args[0], n.Extra[1]
	t := x.Type()
	switch {
	case digits > 0:
		return atom("round(%s, %d)", p.sql(x, 0), digits)
	case digits == 0:
		return p.function("round", x)
	case -digits > int64(t.Precision-t.Scale):
		return atom("case when %s is not null then 0 end", p.sql(x, bindCompare))
	}
	return atom("round(%s::%s, %d)", p.sql(x, bindAtom), typeName(n.Type()), digits)
}

// substring: DuckDB counts positions below 1 from the end, PostgreSQL before the text.
func (p *printer) substring(n *expr.Call) text {
	if positive(n.Args[1]) && (len(n.Args) == 2 || natural(n.Args[2])) {
		return p.function("substring", n.Args...)
	}
	if len(n.Args) == 2 {
		return p.function(p.macro("pg_substring_from"), n.Args...)
	}
	return p.function(p.macro("pg_substring"), n.Args...)
}

func positive(n expr.Node) bool {
	l, ok := n.(*expr.Literal)
	v, whole := int64(0), false
	if ok {
		v, whole = l.Value.(int64)
	}
	return whole && v > 0
}

func natural(n expr.Node) bool {
	l, ok := n.(*expr.Literal)
	return ok && l.Value == int64(0) || positive(n)
}

// textual says whether a literal is text and not empty.
func textual(n expr.Node) bool {
	l, ok := n.(*expr.Literal)
	s, text := "", false
	if ok {
		s, text = l.Value.(string)
	}
	return text && s != ""
}
