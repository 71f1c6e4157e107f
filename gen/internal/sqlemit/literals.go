package sqlemit

import (
	"math"
	"strings"

	"martlet/gen/internal/expr"
)

// literal writes a constant so that DuckDB reads it with its type, but for small
// whole numbers: see small.
func literal(l *expr.Literal) text {
	t := l.Type()
	switch {
	case t.Kind == expr.Null:
		return atom("null")
	case l.Value == nil:
		return atom("cast(null as %s)", typeName(t))
	}
	written := expr.FormatValue(l.Value, t)
	switch t.Kind {
	case expr.Bool:
		return atom("%s", written)
	case expr.Int64:
		return number(written)
	case expr.Decimal:
		if t.Scale == 0 { // a whole number written out is an integer
			return atom("%s::%s", parenthesized(written), typeName(t))
		}
		return number(written)
	case expr.Float64:
		return float(l.Value.(float64), written)
	case expr.String:
		return atom("%s", quote(written))
	}
	return atom("%s %s", typeName(t), quote(written))
}

func number(written string) text {
	if written == "-9223372036854775808" { // a sign, and a number too large
		return atom("(-9223372036854775808)::bigint")
	}
	if strings.HasPrefix(written, "-") {
		return text{written, bindMinus}
	}
	return text{written, bindAtom}
}

// shortest leaves out the zeros at the end of a fraction.
func shortest(written string) string {
	if !strings.Contains(written, ".") {
		return written
	}
	return strings.TrimSuffix(strings.TrimRight(written, "0"), ".")
}

func parenthesized(written string) string {
	if strings.HasPrefix(written, "-") {
		return "(" + written + ")"
	}
	return written
}

// float: digits with a point are a decimal, of which not every one gives the
// nearest float.
func float(f float64, written string) text {
	if f == 0 && math.Signbit(f) || len(written) > 15 || strings.ContainsAny(written, "eINn") {
		return atom("%s::double", quote(written))
	}
	return atom("%s::double", parenthesized(written))
}

// small says whether DuckDB computes a whole number in 32 bits: it is written
// out, or chosen among such.
func small(n expr.Node) bool {
	if n.Type().Kind != expr.Int64 {
		return false
	}
	var of []expr.Node
	switch n := n.(type) {
	case *expr.Literal:
		v, ok := n.Value.(int64)
		return ok && v >= math.MinInt32 && v <= math.MaxInt32
	case *expr.Case:
		for _, w := range n.Whens {
			of = append(of, w.Then)
		}
		of = append(of, n.Else)
	case *expr.Coalesce:
		of = n.Args
	case *expr.Extreme:
		of = n.Args
	case *expr.NullIf:
		of = []expr.Node{n.Left}
	case *expr.Call:
		if n.Func.Go == "NegInt64" || n.Func.Go == "AbsInt64" {
			of = n.Args
		}
	case *expr.Aggregate:
		if n.Kind != expr.Count && n.Kind != expr.Sum {
			of = []expr.Node{n.Arg}
		}
	}
	any := false
	for _, n := range of {
		if !small(n) && !isNull(n) {
			return false
		}
		any = any || small(n)
	}
	return any
}

// wide writes a whole number in 64 bits.
func (p *printer) wide(n expr.Node) string { return p.sql(n, bindAtom) + "::bigint" }
