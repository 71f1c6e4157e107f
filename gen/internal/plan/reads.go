package plan

import (
	"slices"

	"martlet/gen/internal/expr"
)

// Read is a column of one of a model's inputs: 0 is the base, k is Joins[k-1].
type Read struct {
	Input  int
	Column string
}

// Reads are the input columns that a column of the model is computed from, one
// step back, in the order its expression names them. What is folded is read
// through: an aggregate reads the columns of the rows it is over.
func (m *Model) Reads(column int) []Read {
	r := &reads{model: m}
	r.expression(m.Exprs[column])
	return r.found
}

// GroupColumns are the columns of the base that the rows of a group have in
// common; ok is false where the model does not group by such columns alone.
func (m *Model) GroupColumns() (columns []string, ok bool) {
	if m.Group == nil {
		return nil, false
	}
	for _, key := range m.Group.Keys {
		c, plain := key.(*expr.Column)
		if !plain || c.Input != 0 {
			return nil, false
		}
		columns = append(columns, m.From.Columns[c.Index].Name)
	}
	return columns, true
}

// Match is what a pair of the join's condition compares: its left side, and the
// column of Input.
func (m *Model) Match(j *Join, pair int) (left Read, right string) {
	r := &reads{model: m}
	r.column(j.Left[pair])
	return r.found[0], j.Input.Columns[j.Right[pair]].Name
}

// Aggregated says whether the left side of a pair of the join's condition is what an
// earlier join computed from all rows that it found.
func (m *Model) Aggregated(j *Join, pair int) bool {
	c := j.Left[pair]
	return c.Input > 0 && m.Joins[c.Input-1].Fold != nil
}

// reads collects what the expressions of a model read.
type reads struct {
	model *Model
	found []Read
}

func (r *reads) add(input int, column string) {
	if read := (Read{input, column}); !slices.Contains(r.found, read) {
		r.found = append(r.found, read)
	}
}

func (r *reads) expression(n expr.Node) {
	expr.Walk(n, func(x expr.Node) bool {
		if c, ok := x.(*expr.Column); ok {
			r.column(c)
		}
		return true
	})
}

func (r *reads) column(c *expr.Column) {
	switch m := r.model; {
	case c.Input == GroupKey:
		r.expression(m.Group.Keys[c.Index])
	case c.Input == GroupAggregate:
		r.expression(m.Group.Aggregates[c.Index])
	case c.Input == 0:
		r.add(0, m.From.Columns[c.Index].Name)
	case m.Joins[c.Input-1].Fold == nil:
		r.add(c.Input, m.Joins[c.Input-1].Input.Columns[c.Index].Name)
	default:
		r.folded(c.Input, c.Index)
	}
}

// folded reads through a column that a join's fold gives.
func (r *reads) folded(input, column int) {
	j := r.model.Joins[input-1]
	rows := func(n expr.Node) {
		expr.Walk(n, func(x expr.Node) bool {
			if c, ok := x.(*expr.Column); ok {
				r.add(input, j.Input.Columns[c.Index].Name)
			}
			return true
		})
	}
	expr.Walk(j.Fold.Outputs[column], func(x expr.Node) bool {
		c, ok := x.(*expr.Column)
		switch {
		case ok && c.Input == GroupKey:
			rows(j.Fold.Keys[c.Index])
		case ok:
			rows(j.Fold.Aggregates[c.Index])
		}
		return true
	})
}
