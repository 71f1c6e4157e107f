package plan

import (
	"fmt"
	"slices"

	"martlet/gen/internal/diag"
	"martlet/gen/internal/expr"
	"martlet/gen/internal/schema"
)

// An audience is planned as the two models that it stands for. The model of its keys
// groups the rows of the base input by the key, where it is not null, and asks
// of all rows of a group whether the filter holds; the published model keeps those
// groups. So nothing after the plan knows of audiences. What is special is what may be
// published: no column has personal data but as a hash.

// keyColumns declares the columns that every model of keys has, without their types.
func (m *Model) keyColumns() (key, member *Column) {
	key, member = &Column{Name: schema.KeyColumn}, &Column{Name: schema.MemberColumn}
	m.Columns = append(m.Columns, key, member)
	m.Exprs = append(m.Exprs, nil, nil)
	return key, member
}

// audienceKeys plans the model of an audience's keys, but for the columns declared.
func (b *builder) audienceKeys(m *Model, a *schema.Audience, sc *scope) {
	key, member := m.keyColumns()
	member.Description = "Whether the filter of " + a.Name.Value + " is true of every row with the key."
	m.Group = b.groupKeys([]schema.Text{a.Key}, sc, m.path+", key")
	if len(m.Group.Keys) > 0 {
		n := m.Group.Keys[0]
		m.Where = expr.NewIsNotNull(n)
		b.computed(m, 0, key, n, a.Key, sc)
	}
	if n := b.condition(a.Filter, sc, m.path+", filter"); n != nil {
		b.computed(m, 1, member, expr.NewBoolAnd(expr.NewIsTrue(n)), a.Filter, sc)
	}
}

// computed gives a column of a model of groups its expression.
func (b *builder) computed(m *Model, index int, c *Column, n expr.Node, src schema.Text, sc *scope) {
	c.Type, c.Nullable = n.Type(), n.Nullable()
	b.lineage(c, n, sc)
	m.Exprs[index] = b.grouped(m.Group, n, src, m.path)
}

// audiences refuses columns of audiences that would publish personal data otherwise
// than as a hash.
func (b *builder) audiences() {
	all := b.plan.lineage()
	for _, m := range b.plan.Models {
		decl := b.models[m.Name]
		if decl.KeysOf() == nil {
			continue
		}
		first := len(m.Columns) - len(decl.Columns)
		for i, c := range decl.Columns {
			b.audienceColumn(all, m, m.Exprs[first+i], c)
		}
	}
}

// audienceColumn looks at what one column of an audience is computed from.
func (b *builder) audienceColumn(all lineage, m *Model, n expr.Node, decl *schema.ModelColumn) {
	refuse := func(pos diag.Pos, message, help string) {
		b.report(pos, schema.ColumnPath(m.path, decl.Name.Value), PersonalAudience, message, "", help)
	}
	cleared := decl.PII != nil && !*decl.PII
	m.baseColumns(n, false, func(c *expr.Column, offset int, hashed bool) {
		read := m.From.Columns[c.Index]
		switch {
		case read.PII && !hashed:
			refuse(decl.Expr.At(offset), read.Name+" holds personal data, which an audience has as a hash only",
				"write sha256("+read.Name+"), or leave the column out")
		case read.PII && cleared:
			refuse(decl.Pos, "pii = false, but a hash of "+read.Name+" still tells people apart", "leave pii out: the column stays personal")
			cleared = false
		case !hashed:
			if of, hidden := all.hidden(m.From, c.Index); hidden {
				refuse(decl.Expr.At(offset), fmt.Sprintf("%s still is the personal %s, which pii = false on the way does not change", read.Name, of),
					"write sha256("+read.Name+"), or leave the column out")
			}
		}
	})
	expr.Walk(n, func(x expr.Node) bool {
		call, ok := x.(*expr.Call)
		if !ok || call.Func.Name != "sha256" {
			return true
		}
		if !m.tellsKey(call.Args[0]) {
			b.otherHash(all, m, call.Args[0], decl)
		}
		return false
	})
}

// otherHash refuses a hash of what the key is made from that does not tell the key, and
// of personal data where the key is no personal one: of several keys with one hash, or of
// one that stands at several, an objection would count for a part.
func (b *builder) otherHash(all lineage, m *Model, hashed expr.Node, decl *schema.ModelColumn) {
	personal := false // the key
	var roots []ColumnRef
	m.baseColumns(m.Group.Keys[0], false, func(c *expr.Column, _ int, _ bool) {
		_, is := all.hidden(m.From, c.Index)
		personal, roots = personal || is, append(roots, m.From.Columns[c.Index].Lineage...)
	})
	told := false
	m.baseColumns(hashed, true, func(c *expr.Column, offset int, _ bool) {
		of := m.From.Columns[c.Index]
		ofKey := slices.ContainsFunc(of.Lineage, func(root ColumnRef) bool { return slices.Contains(roots, root) })
		if _, is := all.hidden(m.From, c.Index); told || !is || personal && !ofKey {
			return
		}
		told = true
		b.report(decl.Expr.At(offset), schema.ColumnPath(m.path, decl.Name.Value), PersonalAudience,
			"the hash is not that of the key, so that one account that objects does not keep "+of.Name+" out of the rows of others", "",
			"hash the key as it is, and spell in key what is to be hashed")
	})
}

// tellsKey says whether rows with different keys differ in a value, too: it is the key,
// or the key is computed from it alone.
func (m *Model) tellsKey(value expr.Node) bool {
	c, ok := value.(*expr.Column)
	if !ok || c.Input == GroupKey {
		return ok
	}
	a, ok := m.Group.behind(c).(*expr.Aggregate)
	if !ok || len(carried(a)) == 0 {
		return false
	}
	of, ok := a.Arg.(*expr.Column)
	only := ok
	expr.Walk(m.Group.Keys[0], func(x expr.Node) bool {
		read, is := x.(*expr.Column)
		only = only && (!is || read.Index == of.Index)
		return true
	})
	return only
}

// baseColumns visits the columns of the base input that an expression over the groups
// of a model of keys reads, where in its text, and whether only through sha256.
func (m *Model) baseColumns(n expr.Node, hashed bool, visit func(c *expr.Column, offset int, hashed bool)) {
	expr.Walk(n, func(x expr.Node) bool {
		switch x := x.(type) {
		case *expr.Call:
			if x.Func.Name == "sha256" && !hashed {
				m.baseColumns(x.Args[0], true, visit)
				return false
			}
		case *expr.Column:
			of := m.Group.behind(x)
			if of == nil {
				visit(x, x.Offset(), hashed)
				break
			}
			m.baseColumns(of, hashed, func(c *expr.Column, _ int, hashed bool) { visit(c, x.Offset(), hashed) })
		}
		return true
	})
}

// behind is the key or the aggregate that an expression over groups names; nil where
// it names a column of an input.
func (f *Fold) behind(c *expr.Column) expr.Node {
	switch c.Input {
	case GroupKey:
		return f.Keys[c.Index]
	case GroupAggregate:
		return f.Aggregates[c.Index]
	}
	return nil
}

// hidden finds the personal column that a column of r still is, perhaps in another
// spelling or beside other text, although pii = false was said of it on the way.
func (all lineage) hidden(r *Relation, column int) (of ColumnRef, ok bool) {
	if r.Columns[column].PII {
		return ColumnRef{r.Name, r.Columns[column].Name}, true
	}
	m := all[r]
	if m == nil {
		return ColumnRef{}, false
	}
	return all.hiddenIn(m.Exprs[column], m.Group, func(c *expr.Column) (ColumnRef, bool) {
		if c.Input == 0 {
			return all.hidden(m.From, c.Index)
		}
		j := m.Joins[c.Input-1]
		if j.Fold == nil {
			return all.hidden(j.Input, c.Index)
		}
		return all.hiddenIn(j.Fold.Outputs[c.Index], j.Fold, func(c *expr.Column) (ColumnRef, bool) {
			return all.hidden(j.Input, c.Index)
		})
	})
}

// hiddenIn looks at the values that an expression may be; f is what it groups by, nil
// where it does not.
func (all lineage) hiddenIn(n expr.Node, f *Fold, column func(*expr.Column) (ColumnRef, bool)) (of ColumnRef, ok bool) {
	if c, is := n.(*expr.Column); is {
		if behind := f.behind(c); behind != nil {
			return all.hiddenIn(behind, f, column)
		}
		return column(c)
	}
	for _, value := range carried(n) {
		if of, ok = all.hiddenIn(value, f, column); ok {
			return of, true
		}
	}
	return ColumnRef{}, false
}

// carriers are the functions whose result has their first argument in it, as people
// read it.
var carriers = []string{"lower", "upper", "btrim", "ltrim", "rtrim", "replace", "cast"}

// carried are the parts of an expression whose values its own value is, or has in it.
func carried(n expr.Node) (values []expr.Node) {
	switch n := n.(type) {
	case *expr.Call:
		switch {
		case n.Func.Name == "||":
			return n.Args
		case slices.Contains(carriers, n.Func.Name):
			return n.Args[:1]
		}
	case *expr.Coalesce:
		return n.Args
	case *expr.Extreme:
		return n.Args
	case *expr.Concat:
		return n.Args
	case *expr.NullIf:
		return []expr.Node{n.Left}
	case *expr.Case:
		for _, w := range n.Whens {
			values = append(values, w.Then)
		}
		return append(values, n.Else)
	case *expr.Aggregate:
		switch n.Kind {
		case expr.Min, expr.Max, expr.ArgMax, expr.ArgMin:
			return []expr.Node{n.Arg}
		}
	}
	return nil
}
