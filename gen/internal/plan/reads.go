package plan

import (
	"slices"

	"martlet/gen/internal/expr"
)

// Read is a column of one of a model's inputs: 0 is the base, k is Joins[k-1]. Part says
// of what a column reads that its value may be told by this one but never is this one,
// as that of "a - b" or "not a" is neither; that of "greatest(a, b)" is.
type Read struct {
	Input  int
	Column string
	Part   bool
}

// Reads are the input columns that a column of the model is computed from, one
// step back, in the order its expression names them. What is folded is read
// through: an aggregate reads the columns of the rows it is over.
func (m *Model) Reads(column int) []Read {
	r := &reads{model: m}
	r.expression(m.Exprs[column])
	own := &reads{model: m}
	own.chosen(m.Exprs[column])
	for i, read := range r.found {
		r.found[i].Part = !slices.Contains(own.found, read)
	}
	return r.found
}

// chosen adds the columns one of which, perhaps in another spelling, is the value of an
// expression.
func (r *reads) chosen(n expr.Node) {
	m := r.model
	choose(n, m.Group, func(c *expr.Column) {
		if c.Input == 0 || m.Joins[c.Input-1].Fold == nil {
			r.column(c)
			return
		}
		j := m.Joins[c.Input-1]
		choose(j.Fold.Outputs[c.Index], j.Fold, func(of *expr.Column) { r.add(c.Input, j.Input.Columns[of.Index].Name) })
	})
}

// choose visits the columns one of which is the value of an expression; f is what it
// groups by, nil where it does not.
func choose(n expr.Node, f *Fold, visit func(*expr.Column)) {
	c, is := n.(*expr.Column)
	if !is {
		for _, value := range choices(n) {
			choose(value, f, visit)
		}
		return
	}
	if behind := f.behind(c); behind != nil {
		choose(behind, f, visit)
		return
	}
	visit(c)
}

// choices are the parts of an expression one of whose values its own value is: false is
// that of "a and b" where one of them is, true where both are.
func choices(n expr.Node) []expr.Node {
	switch n := n.(type) {
	case *expr.And:
		return allColumns(n.Args)
	case *expr.Or:
		return allColumns(n.Args)
	case *expr.Aggregate:
		if n.Kind == expr.BoolAnd || n.Kind == expr.BoolOr {
			return []expr.Node{n.Arg}
		}
	}
	return carried(n)
}

// allColumns are expressions that are columns, all of them; else it gives none, as what
// is not a column may have told.
func allColumns(args []expr.Node) []expr.Node {
	if slices.ContainsFunc(args, func(n expr.Node) bool { _, is := n.(*expr.Column); return !is }) {
		return nil
	}
	return args
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
	if read := (Read{Input: input, Column: column}); !slices.Contains(r.found, read) {
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
