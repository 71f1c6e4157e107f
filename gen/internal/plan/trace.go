package plan

import (
	"fmt"
	"slices"
	"strings"

	"martlet/gen/internal/expr"
)

// lineage has the models of a plan by their relations; what it does not have is a
// source.
type lineage map[*Relation]*Model

func (p *Plan) lineage() lineage {
	all := lineage{}
	for _, m := range p.Models {
		all[&m.Relation] = m
	}
	return all
}

// origin follows a column through the base inputs to the source that has it as it
// is. Rows which a dedupe or a group_by on the way brings together have the same
// value there; lost says why a column has no such origin.
func (all lineage) origin(r *Relation, column int) (source *Relation, of int, lost string) {
	for {
		m := all[r]
		if m == nil {
			return r, column, ""
		}
		if column, lost = m.baseColumn(column); lost != "" {
			return nil, 0, lost
		}
		r = m.From
	}
}

// baseColumn is the column of the base that a column of the model is, one step of
// origin.
func (m *Model) baseColumn(column int) (base int, lost string) {
	name, n := m.Columns[column].Name, m.Exprs[column]
	if key, ok := n.(*expr.Column); ok && key.Input == GroupKey {
		n = m.Group.Keys[key.Index]
	}
	c, bare := n.(*expr.Column)
	switch {
	case m.Dedupe != nil && m.Group != nil: // nothing tells at which row a group of kept rows began
		return 0, fmt.Sprintf("%s dedupes and groups at once, which two models can do", m.Name)
	case !bare || c.Input == GroupAggregate:
		return 0, fmt.Sprintf("%s computes %s from others", m.Name, name)
	case c.Input > 0:
		return 0, fmt.Sprintf("%s has %s from its join %s", m.Name, name, m.Joins[c.Input-1].Name)
	case m.Dedupe != nil && !slices.Contains(m.Dedupe.Key, c.Index):
		return 0, fmt.Sprintf("the dedupe of %s brings rows together that differ in %s", m.Name, m.From.Columns[c.Index].Name)
	}
	return c.Index, ""
}

// rowByRow is the source of whose rows those of r are computed one by one, nil
// where they are not.
func (all lineage) rowByRow(r *Relation) (source *Relation) {
	for m := all[r]; m != nil; m = all[r] {
		if !m.RowByRow() {
			return nil
		}
		r = m.From
	}
	return r
}

// below visits what r rests on, itself first; none twice in one set.
func (all lineage) below(r *Relation, seen map[*Relation]bool, visit func(*Relation)) {
	if seen[r] {
		return
	}
	seen[r] = true
	visit(r)
	if m := all[r]; m != nil {
		for _, input := range m.inputs() {
			all.below(input, seen, visit)
		}
	}
}

// trace is how the rows of one incremental model depend on those of sources: a row
// of a relation that is keyed depends on the rows of other keyed relations which
// have its key, and on sources that are read whole.
type trace struct {
	models lineage
	model  *Model
	key    []int               // of its columns
	keyed  map[*Relation][]int // the columns that are the key, in its order
	// whole are the sources that are read by something else than the key; of those
	// that are anywhere too, no lookup tells whom a new row touches.
	whole, anywhere map[*Relation]bool
	lookups         []Lookup
}

// newTrace follows a key whose columns have an origin.
func newTrace(all lineage, m *Model, key []int) *trace {
	t := &trace{models: all, model: m, key: key, keyed: map[*Relation][]int{}, whole: map[*Relation]bool{}, anywhere: map[*Relation]bool{}}
	t.read(&m.Relation, key)
	return t
}

// read notes that a relation is read by the key: its base first, so that joins give
// way to it.
func (t *trace) read(r *Relation, key []int) {
	if t.keyed[r] != nil {
		return
	}
	t.keyed[r] = key
	m := t.models[r]
	if m == nil {
		return
	}
	base := make([]int, len(key))
	for i, c := range key {
		base[i], _ = m.baseColumn(c)
	}
	t.read(m.From, base)
	for _, j := range m.Joins {
		if right, ok := j.matched(base); ok && t.traced(j.Input, right) {
			t.read(j.Input, right)
		} else {
			t.readWhole(m, base, j)
		}
	}
}

// matched gives the columns of the joined input that equal columns of the base.
func (j *Join) matched(base []int) (right []int, ok bool) {
	for _, c := range base {
		i := slices.IndexFunc(j.Left, func(l *expr.Column) bool { return l.Input == 0 && l.Index == c })
		if i < 0 || j.Left[i].Type() != j.Input.Columns[j.Right[i]].Type {
			return nil, false
		}
		right = append(right, j.Right[i])
	}
	return right, true
}

// traced says whether a relation can be read by these columns: they go back to a
// source that is not known by others.
func (t *trace) traced(r *Relation, key []int) bool {
	var source *Relation
	columns := make([]int, len(key))
	for i, c := range key {
		var lost string
		if source, columns[i], lost = t.models.origin(r, c); lost != "" {
			return false
		}
	}
	known := t.keyed[source]
	return known == nil || slices.Equal(known, columns)
}

// readWhole notes that a join of m, whose base has the key, reads its input by
// anything else. Which of its rows changed is known of those that come one by one
// from a source, and of those that a grain tells apart.
func (t *trace) readWhole(m *Model, key []int, j *Join) {
	var left []int
	for _, l := range j.Left {
		if l.Input == 0 {
			left = append(left, l.Index)
		}
	}
	known := len(left) == len(j.Left) && (t.models.rowByRow(j.Input) != nil || len(j.Input.Grain) > 0)
	t.models.below(j.Input, map[*Relation]bool{}, func(r *Relation) {
		if t.models[r] == nil {
			t.whole[r] = true
			t.anywhere[r] = t.anywhere[r] || !known
		}
	})
	if known {
		t.lookups = append(t.lookups, Lookup{Input: j.Input, Base: m.From, OfInput: j.Right, OfBase: left, Key: key})
	}
}

// sources are those whose rows have the key, by name.
func (t *trace) sources() []*Relation {
	var out []*Relation
	for r := range t.keyed {
		if t.models[r] == nil {
			out = append(out, r)
		}
	}
	slices.SortFunc(out, func(a, b *Relation) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// types are those of the key.
func (t *trace) types() []expr.Type {
	out := make([]expr.Type, len(t.key))
	for i, c := range t.key {
		out[i] = t.model.Columns[c].Type
	}
	return out
}

// typesText shows the key with its types: "user_id int64, month date".
func (t *trace) typesText() string {
	parts := make([]string, len(t.key))
	for i, c := range t.key {
		parts[i] = t.model.Columns[c].Name + " " + t.model.Columns[c].Type.String()
	}
	return strings.Join(parts, ", ")
}

// text shows what the key is and where it is found:
//
//	by user_id: user_account.user_id; country whole, found by country_code
func (t *trace) text(p *Plan) string {
	var keyed, whole []string
	for _, s := range p.Sources {
		r := &s.Relation
		if key := t.keyed[r]; key != nil {
			keyed = append(keyed, r.Name+"."+strings.Join(r.Names(key), " and "))
		}
		if t.whole[r] {
			whole = append(whole, "; "+r.Name+" whole, "+t.found(r))
		}
	}
	return "by " + strings.Join(t.model.Names(t.key), ", ") + ": " + strings.Join(keyed, ", ") + strings.Join(whole, "")
}

// found says how the keys are found that a new row touches of a source that is read
// whole.
func (t *trace) found(source *Relation) string {
	if t.anywhere[source] {
		return "a new row touches every key"
	}
	var by []string
	for _, l := range t.lookups {
		name := strings.Join(l.Base.Names(l.OfBase), " and ")
		t.models.below(l.Input, map[*Relation]bool{}, func(r *Relation) {
			if r == source && !slices.Contains(by, name) {
				by = append(by, name)
			}
		})
	}
	return "found by " + strings.Join(by, ", ")
}
