package sqlemit

import (
	"fmt"
	"strings"

	"martlet/gen/internal/expr"
)

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
