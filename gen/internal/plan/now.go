package plan

import (
	"fmt"
	"slices"

	"martlet/gen/internal/expr"
	"martlet/gen/internal/schema"
)

// callsNow says whether an expression calls now().
func callsNow(n expr.Node) bool {
	calls := false
	expr.Walk(n, func(n expr.Node) bool {
		_, now := n.(*expr.Now)
		calls = calls || now
		return !calls
	})
	return calls
}

// part is an expression of a model, and what it is called.
type part struct {
	name string
	node expr.Node
}

// clauses are the expressions that decide which rows a model has and what its
// columns are computed from, but not the columns.
func (m *Model) clauses() (parts []part) {
	add := func(name string, nodes ...expr.Node) {
		for _, n := range nodes {
			parts = append(parts, part{name, n})
		}
	}
	if m.Dedupe != nil {
		for _, o := range m.Dedupe.Order {
			add("the order of its dedupe", o.Expr)
		}
	}
	fold := func(name string, f *Fold) {
		add(name, f.Outputs...)
		for _, a := range f.Aggregates {
			add(name, a)
		}
	}
	for _, j := range m.Joins {
		if j.Fold != nil {
			fold("the aggregates of its join "+j.Name, j.Fold)
		}
	}
	add("its where", m.Where)
	if m.Group != nil {
		add("its group_by", m.Group.Keys...)
		fold("an aggregate", m.Group)
	}
	return parts
}

// computed are the model's columns.
func (m *Model) computed() (parts []part) {
	for i, n := range m.Exprs {
		parts = append(parts, part{"its column " + m.Columns[i].Name, n})
	}
	return parts
}

// nowUpstream reports what makes rows of an incremental model change without any
// new input, beside its own columns.
func (b *builder) nowUpstream(all lineage, m *Model) {
	report := func(r *Relation, parts []part) {
		var names []string
		for _, p := range parts {
			if callsNow(p.node) && !slices.Contains(names, p.name) {
				names = append(names, p.name)
				b.report(b.models[m.Name].IncrementalPos, m.path, NowUpstream,
					fmt.Sprintf("%s calls now() in %s: rows would change without any new input", r.Name, p.name), "",
					"call now() in columns of "+m.Name+" alone, or leave incremental out")
			}
		}
	}
	report(&m.Relation, m.clauses())
	all.below(&m.Relation, map[*Relation]bool{}, func(r *Relation) {
		if rests := all[r]; rests != nil && rests != m {
			report(r, append(rests.clauses(), rests.computed()...))
		}
	})
}

// refresh plans how the columns of an incremental model that depend on now() are
// computed anew from its own rows.
func (b *builder) refresh(m *Model) *Increment {
	out := new(Increment)
	nodes := make([]expr.Node, len(m.Exprs))
	for i, c := range m.Columns {
		nodes[i] = expr.NewColumn(0, i, c.Name, c.Type, c.Nullable, 0)
		if !callsNow(m.Exprs[i]) {
			continue
		}
		out.Timed = append(out.Timed, i)
		constant := true
		nodes[i] = expr.Rewrite(m.Exprs[i], func(n expr.Node) expr.Node {
			read, ok := n.(*expr.Column)
			if !ok {
				return n
			}
			constant = false
			own, ok := m.handedOn(read.Input, []int{read.Index})
			if !ok {
				b.notHandedOn(m, i, read)
				return n
			}
			return expr.NewColumn(0, own[0], m.Columns[own[0]].Name, read.Type(), read.Nullable(), read.Offset())
		})
		if constant {
			out.Constant = append(out.Constant, i)
		}
	}
	if len(out.Timed) > 0 {
		out.Refresh = nodes
	}
	return out
}

func (b *builder) notHandedOn(m *Model, column int, read *expr.Column) {
	decl := b.models[m.Name].Columns[column]
	b.report(decl.Expr.At(read.Offset()), schema.ColumnPath(m.path, decl.Name.Value), NowReads,
		fmt.Sprintf("this is computed from now() and %s, which is no column of %s: as time goes by, an incremental model is computed anew from its own rows", read.Name, m.Name), "",
		"add a column that is just "+read.Name+" to those of "+m.Name)
}
