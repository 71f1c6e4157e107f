package pipeline

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"martlet/internal/contract"
	"martlet/internal/report"
)

// question asks where a value came from: that of a column in the row of a node
// which has the given origin.
type question struct {
	node   *node
	origin contract.Origin
	column string
}

// answer is what is known of a question: the fields of the sources that gave
// the value, or what was looked for and is not there.
type answer struct {
	fields  []field
	missing []string // "no row of stg_preferences has user_id=1004"
	grouped bool     // the fields are of the first record of a group, the others are not known
}

// field is one field of a source's record.
type field struct {
	source *node
	origin contract.Origin
	column string
}

// maxFields bounds the fields that an answer names.
const maxFields = 3

// tracer follows values through base inputs, joins and aggregates to their
// sources. Nothing is carried along with the rows of a run for that: it reads
// the plan again and takes the rows it needs, first those with the origins asked
// for, then those that joins and groups put beside them, and so on. Each round
// is one reading.
//
// Of the columns that an expression reads, and of the rows that an aggregate is
// over, those count which have the very value in question, where there are any:
// the greatest of three times is one of them.
type tracer struct {
	graph *graph
	rows  map[rowRef]*tracedRow   // by origin; nil where there is none
	sets  map[setRef][]*tracedRow // by key
	need  map[*node]*wanted       // what the next reading is to take
}

type rowRef struct {
	node   *node
	origin contract.Origin
}

// setRef names the rows of a node that have a key in some columns.
type setRef struct {
	node    *node
	columns string // joined by NUL
	key     string
	prefer  preference
}

// wanted is what a reading takes from one node.
type wanted struct {
	origins map[contract.Origin]bool
	keys    map[string]map[string][]preference // by columns, then key
}

// tracedRow is a row as text, by column.
type tracedRow struct {
	origin contract.Origin
	values map[string]tracedValue
}

// tracedValue is a value as text; ok is false for null.
type tracedValue struct {
	text string
	ok   bool
}

func newTracer(g *graph) *tracer {
	return &tracer{graph: g, rows: map[rowRef]*tracedRow{}, sets: map[setRef][]*tracedRow{}}
}

// maxRounds bounds the readings: two for each join on the way.
const maxRounds = 24

// trace answers questions. read reads the nodes given and has take look at every
// batch of theirs.
func (t *tracer) trace(ctx context.Context, questions []question, read func(nodes []*node, take func(n *node, b contract.Batch)) error) (map[question]answer, error) {
	answers := map[question]answer{}
	for range maxRounds {
		t.need = map[*node]*wanted{}
		for _, q := range questions {
			if _, done := answers[q]; done {
				continue
			}
			if a, ready := t.answer(q); ready {
				answers[q] = a
			}
		}
		if len(t.need) == 0 {
			return answers, nil
		}
		if err := context.Cause(ctx); err != nil {
			return answers, err
		}
		nodes := slices.SortedFunc(maps.Keys(t.need), func(a, b *node) int { return a.index - b.index })
		if err := read(nodes, t.take); err != nil {
			return answers, err
		}
		t.settle()
	}
	return answers, errors.New("internal error: a value is traced through more joins than there are; please report this")
}

// answer follows a question as far as the rows taken so far allow; where they do
// not, it asks for more and is not ready.
func (t *tracer) answer(q question) (a answer, ready bool) {
	a, ready = t.follow(q)
	slices.SortStableFunc(a.fields, func(x, y field) int { return cmp.Compare(x.origin, y.origin) })
	a.fields = slices.Compact(a.fields)
	a.fields = a.fields[:min(len(a.fields), maxFields)]
	return a, ready
}

// candidate is one field that an expression reads.
type candidate struct {
	question
	value tracedValue
}

func (t *tracer) follow(q question) (a answer, ready bool) {
	if q.node.source != nil {
		return answer{fields: []field{{q.node, q.origin, q.column}}}, true
	}
	row, known := t.row(q.node, q.origin)
	if !known {
		return answer{}, false
	}
	if row == nil {
		return answer{}, true // of a row that the model does not give: its base is all there is to say
	}
	var candidates []candidate
	ready = true
	value := row.values[q.column]
	for _, r := range q.node.readsOf(q.column) {
		found := t.beside(q, r, value)
		ready = ready && found.known
		a.missing, a.grouped = append(a.missing, found.missing...), a.grouped || found.partly
		from := q.node.inputs[r.Input]
		for _, other := range found.rows {
			candidates = append(candidates, candidate{question{from, other.origin, r.Column}, other.values[r.Column]})
		}
	}
	if !ready {
		return answer{}, false
	}
	if same := slices.DeleteFunc(slices.Clone(candidates), func(c candidate) bool { return c.value != value }); len(same) > 0 {
		candidates, a.missing = same, nil
	}
	followed := map[string]int{} // by column: of many rows the first are shown
	for _, c := range candidates {
		at := c.node.Name + "." + c.column
		if followed[at]++; followed[at] > maxFields {
			continue
		}
		further, known := t.follow(c.question)
		ready = ready && known
		a.fields, a.missing = append(a.fields, further.fields...), append(a.missing, further.missing...)
		a.grouped = a.grouped || further.grouped
	}
	return a, ready
}

// readsOf are the input columns that a column of a model is computed from.
func (n *node) readsOf(column string) []contract.Read {
	for i := range n.Columns {
		if n.Columns[i].Name == column {
			return n.Columns[i].Reads
		}
	}
	return nil
}

// companions are the rows of an input that went into a row.
type companions struct {
	rows    []*tracedRow
	missing []string // what a join did not find
	partly  bool     // there are others, which are not known
	known   bool
}

// beside gives the rows of an input that went into a row: of the base the one of
// its origin, or all of its group; of a join those that match them. Of many
// rows those are kept in any case in which what is read has the value wanted.
func (t *tracer) beside(q question, read contract.Read, wanted tracedValue) companions {
	base := t.bases(q, read, wanted)
	if !base.known || read.Input == 0 {
		return base
	}
	found := companions{partly: base.partly, known: true}
	for _, row := range base.rows {
		joined := t.joined(q, row, read, wanted)
		found.known = found.known && joined.known
		found.rows, found.missing = append(found.rows, joined.rows...), append(found.missing, joined.missing...)
	}
	if len(found.rows) > 0 {
		found.missing = nil
	}
	return found
}

// bases gives the rows of the base that went into a row.
func (t *tracer) bases(q question, read contract.Read, wanted tracedValue) companions {
	input := q.node.inputs[0]
	base, known := t.row(input, q.origin)
	switch {
	case !known || base == nil:
		return companions{known: known}
	case !q.node.model.Grouped:
		return companions{rows: []*tracedRow{base}, known: true}
	case len(q.node.model.GroupBy) == 0 || q.node.model.Where != nil: // nobody knows which rows where has left
		return companions{rows: []*tracedRow{base}, partly: true, known: true}
	}
	prefer := preference{}
	if read.Input == 0 {
		prefer = preference{read.Column, wanted}
	}
	rows, known := t.set(input, q.node.model.GroupBy, keyOf(base, q.node.model.GroupBy), prefer)
	return companions{rows: rows, known: known}
}

// joined gives the rows of a join that match a row of the base.
func (t *tracer) joined(q question, base *tracedRow, read contract.Read, wanted tracedValue) companions {
	matches := q.node.model.On[read.Input-1]
	columns := make([]string, len(matches))
	left := make([]tracedValue, len(matches))
	shown := make([]string, len(matches))
	input := q.node.inputs[read.Input]
	for i, m := range matches {
		columns[i] = m.Right
		from := base
		if m.Left.Input > 0 {
			earlier := t.joined(q, base, m.Left, tracedValue{})
			if !earlier.known || len(earlier.rows) == 0 {
				return companions{missing: earlier.missing, known: earlier.known}
			}
			from = earlier.rows[0]
		}
		if left[i] = from.values[m.Left.Column]; !left[i].ok {
			return companions{known: true} // null matches nothing
		}
		shown[i] = m.Right + "=" + contract.Redacted
		if !input.pii(m.Right) && !q.node.inputs[m.Left.Input].pii(m.Left.Column) {
			shown[i] = m.Right + "=" + report.Printable(left[i].text)
		}
	}
	rows, known := t.set(input, columns, keyText(left), preference{read.Column, wanted})
	found := companions{rows: rows, known: known}
	if known && len(rows) == 0 {
		found.missing = []string{fmt.Sprintf("no row of %s has %s", input.Name, strings.Join(shown, ", "))}
	}
	return found
}

// row gives the row of a node that has an origin, nil where there is none, and
// asks for it where that is not known.
func (t *tracer) row(n *node, origin contract.Origin) (row *tracedRow, known bool) {
	if row, known = t.rows[rowRef{n, origin}]; known {
		return row, true
	}
	// What the row rests on has the same origin, and is needed soon.
	for ; ; n = n.inputs[0] {
		if _, known := t.rows[rowRef{n, origin}]; !known {
			t.want(n).origins[origin] = true
		}
		if n.source != nil {
			return nil, false
		}
	}
}

// preference is a value of a column for which rows are kept, however many there
// are of their key; without a column there is none.
type preference struct {
	column string
	value  tracedValue
}

// set gives the rows of a node that have a key, and asks for them where they are
// not known.
func (t *tracer) set(n *node, columns []string, key string, prefer preference) (rows []*tracedRow, known bool) {
	names := strings.Join(columns, "\x00")
	if rows, known = t.sets[setRef{n, names, key, prefer}]; known {
		return rows, true
	}
	w := t.want(n)
	if w.keys[names] == nil {
		w.keys[names] = map[string][]preference{}
	}
	if !slices.Contains(w.keys[names][key], prefer) {
		w.keys[names][key] = append(w.keys[names][key], prefer)
	}
	return nil, false
}

func (t *tracer) want(n *node) *wanted {
	w := t.need[n]
	if w == nil {
		w = &wanted{origins: map[contract.Origin]bool{}, keys: map[string]map[string][]preference{}}
		t.need[n] = w
	}
	return w
}

// settle notes that what was asked for and not found is not there.
func (t *tracer) settle() {
	for n, w := range t.need {
		for origin := range w.origins {
			if _, found := t.rows[rowRef{n, origin}]; !found {
				t.rows[rowRef{n, origin}] = nil
			}
		}
		for names, keys := range w.keys {
			for key, preferences := range keys {
				for _, prefer := range preferences {
					if _, found := t.sets[setRef{n, names, key, prefer}]; !found {
						t.sets[setRef{n, names, key, prefer}] = nil
					}
				}
			}
		}
	}
}
