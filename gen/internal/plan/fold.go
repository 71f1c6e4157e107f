package plan

import (
	"fmt"
	"slices"

	"martlet/gen/internal/expr"
	"martlet/gen/internal/schema"
)

// groupKeys checks the expressions of group_by.
func (b *builder) groupKeys(keys []schema.Text, sc *scope, path string) *Fold {
	f := new(Fold)
	for _, src := range keys {
		n, problems := expr.Check(src.Value, sc, expr.Options{})
		b.problems(src, path, problems)
		if len(problems) == 0 && n != nil && b.storable(n, src, path) {
			f.Keys = append(f.Keys, n)
		}
	}
	return f
}

// aggregate plans a join that folds its input to one row a join key.
func (b *builder) aggregate(j *Join, d *schema.Join, path string) {
	rel := j.Input
	sc := &scope{inputs: []input{{name: rel.Name, relation: rel, columns: rel.Columns}}}
	f := new(Fold)
	for _, k := range j.Right {
		c := rel.Columns[k]
		f.Keys = append(f.Keys, expr.NewColumn(0, k, c.Name, c.Type, c.Nullable, 0))
	}
	for _, decl := range d.Aggregate {
		at := schema.ColumnPath(path, decl.Name.Value)
		c := &Column{Name: decl.Name.Value, Nullable: true, Declared: decl.Expr.Value}
		j.Columns = append(j.Columns, c)
		n, problems := expr.Check(decl.Expr.Value, sc, expr.Options{Aggregates: true})
		b.problems(decl.Expr, at, problems)
		if len(problems) > 0 || n == nil || !b.storable(n, decl.Expr, at) {
			f.Outputs = append(f.Outputs, nil)
			continue
		}
		c.Type = n.Type()
		b.lineage(c, n, sc)
		f.Outputs = append(f.Outputs, b.grouped(f, n, decl.Expr, at))
	}
	j.Fold = f
}

// grouped rewrites an expression over rows to one over groups: its keys and its
// aggregates, which it adds to the fold. A column that is neither is an error.
func (b *builder) grouped(f *Fold, n expr.Node, src schema.Text, path string) expr.Node {
	given := map[expr.Node]expr.Node{} // what stands for keys and aggregates; the outermost count
	expr.Walk(n, func(x expr.Node) bool {
		if k := f.key(x); k >= 0 {
			given[x] = expr.NewColumn(GroupKey, k, expr.SQL(x), x.Type(), x.Nullable(), x.Offset())
		} else if a, ok := x.(*expr.Aggregate); ok {
			given[x] = expr.NewColumn(GroupAggregate, f.add(a), expr.SQL(a), a.Type(), a.Nullable(), a.Offset())
		}
		return given[x] == nil
	})
	out := expr.Rewrite(n, func(x expr.Node) expr.Node {
		if g, ok := given[x]; ok {
			return g
		}
		return x
	})
	expr.Walk(out, func(x expr.Node) bool {
		if c, ok := x.(*expr.Column); ok && c.Input >= 0 {
			b.report(src.At(c.Offset()), path, Ungrouped, fmt.Sprintf("%s is neither grouped by nor inside an aggregate", c.Name), "",
				"add it to the keys, or say which of its values is meant: min, max, arg_max ...")
		}
		return true
	})
	return out
}

// key gives the index of the key that an expression is, or -1.
func (f *Fold) key(n expr.Node) int {
	return slices.IndexFunc(f.Keys, func(key expr.Node) bool { return expr.Equal(n, key) })
}

// add gives the index of an aggregate in the fold, new or equal to one there.
func (f *Fold) add(a *expr.Aggregate) int {
	for i, known := range f.Aggregates {
		if expr.Equal(known, a) {
			return i
		}
	}
	f.Aggregates = append(f.Aggregates, a)
	return len(f.Aggregates) - 1
}
