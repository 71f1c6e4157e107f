package plan

import (
	"fmt"
	"slices"
	"strings"

	"martlet/gen/internal/expr"
	"martlet/gen/internal/schema"
)

// model plans one model, its inputs first. Where something is wrong the model
// has its columns all the same, so that what reads them is checked too.
func (b *builder) model(decl *schema.Model) *Model {
	m := &Model{
		Relation:    Relation{Name: decl.Name.Value, Description: decl.Description.Value, Tags: values(decl.Tags), path: decl.Path()},
		Layer:       decl.Layer.Value,
		Incremental: decl.Incremental,
		Complete:    decl.Complete,
	}
	m.output(decl.Output)
	from := b.relation(decl.From, m.path)
	if from == nil {
		m.From = &Relation{Name: decl.From.Value}
		m.unknownColumns(decl)
		return m
	}
	m.From = from
	sc := &scope{inputs: []input{{name: from.Name, relation: from, columns: from.Columns}}}
	b.dedupe(m, decl, sc)
	b.joins(m, decl, sc)
	if decl.Where != nil {
		m.Where = b.condition(*decl.Where, sc, m.path+", where")
	}
	if len(decl.GroupBy) > 0 {
		m.Group = b.groupKeys(decl.GroupBy, sc, m.path+", group_by")
	}
	if a := decl.KeysOf(); a != nil {
		b.audienceKeys(m, a, sc)
	}
	for _, c := range decl.Columns {
		b.column(m, c, sc)
	}
	b.grain(m, decl)
	return m
}

// unknownColumns declares the model's columns without a type.
func (m *Model) unknownColumns(decl *schema.Model) {
	if decl.KeysOf() != nil {
		m.keyColumns()
	}
	for _, c := range decl.Columns {
		m.Columns = append(m.Columns, &Column{Name: c.Name.Value})
		m.Exprs = append(m.Exprs, nil)
	}
}

func (b *builder) dedupe(m *Model, decl *schema.Model, sc *scope) {
	d := decl.Dedupe
	if d == nil {
		return
	}
	path := m.path + ", dedupe"
	m.Dedupe = &Dedupe{Key: b.columnsOf(m.From, d.Key, path)}
	if d.OrderBy.Value == "" {
		return
	}
	terms, problems := expr.CheckOrderBy(d.OrderBy.Value, sc)
	b.problems(d.OrderBy, path, problems)
	m.Dedupe.Order = terms
}

// condition checks an expression that must be boolean.
func (b *builder) condition(src schema.Text, sc expr.Scope, path string) expr.Node {
	n, problems := expr.Check(src.Value, sc, expr.Options{})
	b.problems(src, path, problems)
	if n == nil || len(problems) > 0 {
		return nil
	}
	return b.boolean(n, src, path)
}

func (b *builder) boolean(n expr.Node, src schema.Text, path string) expr.Node {
	if n.Type().Kind == expr.Null {
		n, _ = expr.Coerce(n, expr.Type{Kind: expr.Bool})
	}
	if n.Type().Kind != expr.Bool {
		b.report(src.At(n.Offset()), path, TypeMismatch, "this is of type "+n.Type().String()+"; a condition must be bool", "", "")
		return nil
	}
	return n
}

// column plans one column of a model.
func (b *builder) column(m *Model, decl *schema.ModelColumn, sc *scope) {
	path := schema.ColumnPath(m.path, decl.Name.Value)
	c := &Column{Name: decl.Name.Value, Description: decl.Description.Value, Declared: decl.Expr.Value}
	m.Columns = append(m.Columns, c)
	src := decl.Expr.Value
	if decl.Expr.Pos == decl.Name.Pos {
		src = `"` + src + `"` // a name by itself is never a keyword of SQL
	}
	n, problems := expr.Check(src, sc, expr.Options{Aggregates: m.Group != nil})
	b.problems(decl.Expr, path, problems)
	if len(problems) > 0 || n == nil || !b.storable(n, decl.Expr, path) {
		m.Exprs = append(m.Exprs, nil)
		return
	}
	c.Type, c.Nullable = n.Type(), n.Nullable()
	b.lineage(c, n, sc)
	if decl.PII != nil {
		c.PII = *decl.PII
	}
	if decl.Nullable != nil {
		b.declaredNullable(c, *decl.Nullable, decl, path)
	}
	if m.Group != nil {
		n = b.grouped(m.Group, n, decl.Expr, path)
	}
	m.Exprs = append(m.Exprs, n)
}

// storable says whether a column can hold the expression's values.
func (b *builder) storable(n expr.Node, src schema.Text, path string) bool {
	if n.Type().Kind == expr.Null {
		b.report(src.At(n.Offset()), path, NoType, "a bare null has no type", "", "write a cast: null::string")
		return false
	}
	return true
}

func (b *builder) declaredNullable(c *Column, nullable bool, decl *schema.ModelColumn, path string) {
	if !nullable && c.Nullable {
		b.report(decl.Pos, path, MayBeNull, "nullable = false, but "+decl.Expr.Value+" may be null", "", "give it a value for that case, as with coalesce, or drop nullable")
	}
	c.Nullable = nullable
}

// lineage notes what the column is computed from; personal data stays personal,
// and a column handed on as it is keeps its description.
func (b *builder) lineage(c *Column, n expr.Node, sc *scope) {
	expr.Walk(n, func(x expr.Node) bool {
		if ref, ok := x.(*expr.Column); ok {
			in := sc.at(ref)
			for _, r := range sc.reads(ref) {
				if !slices.Contains(c.Inputs, r) {
					c.Inputs = append(c.Inputs, r)
				}
			}
			for _, l := range in.Lineage {
				if !slices.Contains(c.Lineage, l) {
					c.Lineage = append(c.Lineage, l)
				}
			}
			c.PII = c.PII || in.PII
			if _, bare := n.(*expr.Column); bare && c.Description == "" {
				c.Description = in.Description
			}
		}
		return true
	})
	slices.SortFunc(c.Lineage, func(x, y ColumnRef) int { return strings.Compare(x.String(), y.String()) })
}

// grain settles which columns identify a row of the model.
func (b *builder) grain(m *Model, decl *schema.Model) {
	m.provenKeys()
	declared := b.columnsOf(&m.Relation, decl.Grain, m.path+", grain")
	if len(decl.Grain) == 0 {
		if len(m.keys) > 0 {
			m.Grain, m.Proof = m.keys[0].columns, m.proofSource()
		}
		return
	}
	if declared == nil {
		return
	}
	m.Grain = declared
	if m.Relation.identifies(declared) {
		m.Proof = m.proofSource()
		return
	}
	m.Proof = ByTesting
	m.keys = append(m.keys, key{columns: declared})
}

func (m *Model) proofSource() Proof {
	switch {
	case m.Group != nil:
		return ByGroup
	case m.Dedupe != nil:
		return ByDedupe
	}
	return ByInput
}

// provenKeys carries the keys of the base input through to the output columns
// that hand them on unchanged.
func (m *Model) provenKeys() {
	input, keys := 0, m.From.keys
	switch {
	case m.Group != nil:
		all := make([]int, len(m.Group.Keys))
		for i := range all {
			all[i] = i
		}
		input, keys = GroupKey, []key{{all, "the group_by of " + m.Name}}
	case m.Dedupe != nil:
		keys = append([]key{{m.Dedupe.Key, "the dedupe of " + m.Name}}, keys...)
	}
	for _, k := range keys {
		if mapped, ok := m.handedOn(input, k.columns); ok {
			m.keys = append(m.keys, key{mapped, k.by})
		}
	}
}

// handedOn finds, for each column of a key, an output column that is just it.
func (m *Model) handedOn(input int, key []int) ([]int, bool) {
	var mapped []int
	for _, k := range key {
		at := slices.IndexFunc(m.Exprs, func(n expr.Node) bool {
			c, ok := n.(*expr.Column)
			return ok && c.Input == input && c.Index == k
		})
		if at < 0 {
			return nil, false
		}
		mapped = append(mapped, at)
	}
	return mapped, len(mapped) > 0
}

// identifies says whether the columns include some known key.
func (r *Relation) identifies(columns []int) bool {
	return slices.ContainsFunc(r.keys, within(columns))
}

// provedUnique says what keeps the columns from holding a combination twice;
// empty where nothing but a test does.
func (r *Relation) provedUnique(columns []int) string {
	inside := within(columns)
	i := slices.IndexFunc(r.keys, func(k key) bool { return k.by != "" && inside(k) })
	if i < 0 {
		return ""
	}
	return fmt.Sprintf("%s gives one row for each %s", r.keys[i].by, strings.Join(r.Names(r.keys[i].columns), ", "))
}

// within says of a key whether it is among the columns.
func within(columns []int) func(key) bool {
	return func(k key) bool {
		return !slices.ContainsFunc(k.columns, func(c int) bool { return !slices.Contains(columns, c) })
	}
}

// joins plans the joins in order; each widens the scope for those after it.
func (b *builder) joins(m *Model, decl *schema.Model, sc *scope) {
	for _, d := range decl.Joins {
		path := schema.JoinPath(m.path, d.As.Value)
		rel := b.relation(d.Input, path)
		if rel == nil {
			continue
		}
		if d.As.Value == m.From.Name {
			b.report(d.As.Pos, path, AmbiguousInput, "the base input is called "+quote(d.As.Value)+" too", "", `give the join another name with "as"`)
			continue
		}
		j := &Join{Name: d.As.Value, Input: rel}
		ok := b.on(j, d, sc, path)
		switch {
		case len(d.Aggregate) > 0:
			b.aggregate(j, d, path)
		case ok && !rel.identifies(j.Right):
			b.report(d.Pos, path, JoinMultiplies, b.multiplies(j), "",
				"aggregate the join, dedupe "+rel.Name+" by the join key in a model of its own, or declare its grain")
			j.offer(rel.Columns)
		default:
			j.offer(rel.Columns)
		}
		m.Joins = append(m.Joins, j)
		sc.inputs = append(sc.inputs, input{name: j.Name, relation: rel, columns: j.Columns})
	}
}

func (b *builder) multiplies(j *Join) string {
	msg := fmt.Sprintf("%s may hold several rows for one %s: the join would multiply rows", j.Input.Name, strings.Join(j.Input.Names(j.Right), ", "))
	if len(j.Input.Grain) > 0 {
		msg += fmt.Sprintf(" (its grain is %s)", strings.Join(j.Input.Names(j.Input.Grain), ", "))
	}
	return msg
}

// offer gives the join the relation's columns; a left join makes each nullable.
func (j *Join) offer(columns []*Column) {
	for _, c := range columns {
		joined := *c
		joined.Nullable = true
		joined.Inputs = []ColumnRef{{j.Input.Name, c.Name}}
		j.Columns = append(j.Columns, &joined)
	}
}

// on resolves the pairs of columns that a join compares.
func (b *builder) on(j *Join, d *schema.Join, sc *scope, path string) bool {
	ok := true
	for _, pair := range d.On {
		left := b.joinColumn(pair.Left, sc, path)
		right := j.Input.column(pair.Right.Value)
		if right < 0 {
			b.unknownColumn(pair.Right, path, j.Input)
		}
		if left == nil || right < 0 {
			ok = false
			continue
		}
		if r := j.Input.Columns[right]; left.Type() != r.Type && r.Type.Kind != expr.Invalid {
			b.report(pair.Left.Pos, path, TypeMismatch, fmt.Sprintf("%s is %s and %s.%s is %s; joined columns must be of one type",
				pair.Left.Value, left.Type(), j.Input.Name, pair.Right.Value, r.Type), "", "cast one of them in a model before the join")
			ok = false
		}
		j.Left, j.Right = append(j.Left, left), append(j.Right, right)
	}
	return ok
}

func (b *builder) joinColumn(name schema.Text, sc *scope, path string) *expr.Column {
	qualifier, column, dotted := strings.Cut(name.Value, ".")
	if !dotted {
		qualifier, column = "", name.Value
	}
	r, problem := sc.Column(qualifier, column)
	if problem != nil {
		if problem.Code != "" {
			b.report(name.Pos, path, problem.Code, problem.Message, problem.Suggestion, problem.Help)
		}
		return nil
	}
	return expr.NewColumn(r.Input, r.Index, r.Name, r.Type, r.Nullable, 0)
}
