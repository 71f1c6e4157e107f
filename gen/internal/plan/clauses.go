package plan

import (
	"strings"

	"martlet/gen/internal/expr"
)

// Text is the expression of a column for people: as it was declared, or where that is
// but the name of something that a join aggregates, as that was.
func (m *Model) Text(column int) string {
	declared := m.Columns[column].Declared
	if c, ok := m.Exprs[column].(*expr.Column); ok && c.Input > 0 && m.Joins[c.Input-1].Fold != nil {
		declared = m.Joins[c.Input-1].Columns[c.Index].Declared
	} else if ok || declared == "" {
		return expr.SQL(m.Written(column))
	}
	return outdented(declared)
}

// outdented takes from the lines behind the first the white space that all of them
// begin with, but for blank ones.
func outdented(sql string) string {
	lines := strings.Split(strings.TrimSpace(sql), "\n")
	least := len(sql)
	for _, l := range lines[1:] {
		if text := strings.TrimLeft(l, " \t\r"); text != "" {
			least = min(least, len(l)-len(text))
		}
	}
	for i, l := range lines[1:] {
		lines[i+1] = l[min(least, len(l)):]
	}
	return strings.Join(lines, "\n")
}

// Written is the expression of a column over the rows of the inputs: what a fold
// gives is written out.
func (m *Model) Written(column int) expr.Node { return m.writtenOut(m.Exprs[column]) }

func (m *Model) writtenOut(n expr.Node) expr.Node {
	return expr.Rewrite(n, func(x expr.Node) expr.Node {
		c, ok := x.(*expr.Column)
		switch {
		case !ok || c.Input == 0:
			return x
		case c.Input == GroupKey:
			return m.writtenOut(m.Group.Keys[c.Index])
		case c.Input == GroupAggregate:
			return m.writtenOut(m.Group.Aggregates[c.Index])
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
