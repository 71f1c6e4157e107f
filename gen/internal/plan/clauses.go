package plan

import (
	"martlet/gen/internal/expr"
)

// Written is the expression of a column over the rows of the inputs, for people: what
// a fold gives is written out.
func (m *Model) Written(column int) expr.Node { return m.writtenOut(m.Exprs[column]) }

func (m *Model) writtenOut(n expr.Node) expr.Node {
	return expr.Rewrite(n, func(x expr.Node) expr.Node {
		c, ok := x.(*expr.Column)
		switch {
		case !ok || c.Input == 0:
			return x
		case c.Input == GroupKey:
			return m.Group.Keys[c.Index]
		case c.Input == GroupAggregate:
			return m.Group.Aggregates[c.Index]
		}
		if f := m.Joins[c.Input-1].Fold; f != nil {
			return f.writtenOut(c.Index)
		}
		return x
	})
}

// writtenOut is an output of a join's fold, over the rows of its input.
func (f *Fold) writtenOut(output int) expr.Node {
	return expr.Rewrite(f.Outputs[output], func(x expr.Node) expr.Node {
		c, ok := x.(*expr.Column)
		switch {
		case ok && c.Input == GroupKey:
			return f.Keys[c.Index]
		case ok && c.Input == GroupAggregate:
			return f.Aggregates[c.Index]
		}
		return x
	})
}

// Copies says whether a column is nothing but one of an input's: its expression reads
// that and does nothing to it.
func (m *Model) Copies(column int) bool {
	_, plain := m.Written(column).(*expr.Column)
	return plain
}

// WhereReads are the input columns that Where looks at.
func (m *Model) WhereReads() []Read {
	r := &reads{model: m}
	r.expression(m.Where)
	return r.found
}

// TermReads gives the names of the columns of the base that a term of the order looks
// at.
func (m *Model) TermReads(t expr.OrderTerm) []string { return m.From.appendNames(nil, t.Expr) }
