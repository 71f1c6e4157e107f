package sqlemit

import (
	"strings"

	"martlet/gen/internal/expr"
)

// connected writes arguments of and, or of or. DuckDB computes them all, in any
// order; so what an earlier one may keep from failing is asked for in a case.
func (p *printer) connected(args []expr.Node, operator string, bind int, decides, result string) text {
	if len(args) == 1 {
		return p.text(args[0])
	}
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

// constant says whether an expression reads no column.
func constant(n expr.Node) bool {
	reads := false
	expr.Walk(n, func(n expr.Node) bool {
		_, column := n.(*expr.Column)
		reads = reads || column
		return !reads
	})
	return !reads
}
