package pipeline

import (
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
}

// wanted is what a reading takes from one node.
type wanted struct {
	origins map[contract.Origin]bool
	keys    map[string]map[string]bool // by columns
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
	slices.SortStableFunc(a.fields, func(x, y field) int { return int(min(1, max(-1, x.origin-y.origin))) })
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
	for _, r := range q.node.readsOf(q.column) {
		rows, missing, known := t.beside(q, r.Input)
		ready = ready && known
		if missing != "" {
			a.missing = append(a.missing, missing)
		}
		from := q.node.inputs[r.Input]
		for _, other := range rows {
			candidates = append(candidates, candidate{question{from, other.origin, r.Column}, other.values[r.Column]})
		}
	}
	if !ready {
		return answer{}, false
	}
	value := row.values[q.column]
	if same := slices.DeleteFunc(slices.Clone(candidates), func(c candidate) bool { return c.value != value }); len(same) > 0 {
		candidates = same
	}
	for _, c := range candidates {
		further, known := t.follow(c.question)
		ready = ready && known
		a.fields, a.missing = append(a.fields, further.fields...), append(a.missing, further.missing...)
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

// beside gives the rows of an input that went into a row: of the base the one of
// its origin, or all of its group; of a join those that match. missing says
// what a join did not find.
func (t *tracer) beside(q question, input int) (rows []*tracedRow, missing string, ready bool) {
	base, known := t.row(q.node.inputs[0], q.origin)
	if !known || base == nil {
		return nil, "", known
	}
	if input == 0 {
		if columns := q.node.model.GroupBy; len(columns) > 0 {
			key, _ := keyOf(base, columns)
			rows, known = t.set(q.node.inputs[0], columns, key)
			return rows, "", known
		}
		return []*tracedRow{base}, "", true
	}
	matches := q.node.model.On[input-1]
	columns := make([]string, len(matches))
	left := make([]tracedValue, len(matches))
	for i, m := range matches {
		columns[i] = m.Right
		from := []*tracedRow{base}
		if m.Left.Input > 0 {
			if from, missing, known = t.beside(q, m.Left.Input); !known || len(from) == 0 {
				return nil, missing, known
			}
		}
		left[i] = from[0].values[m.Left.Column]
		if !left[i].ok {
			return nil, "", true // null matches nothing
		}
	}
	joined := q.node.inputs[input]
	if rows, known = t.set(joined, columns, keyText(left)); known && len(rows) == 0 {
		missing = fmt.Sprintf("no row of %s has %s", joined.Name, joined.keyShown(columns, left))
	}
	return rows, missing, known
}

// keyShown writes a key for people, personal parts redacted.
func (n *node) keyShown(columns []string, values []tracedValue) string {
	parts := make([]string, len(columns))
	for i, c := range columns {
		parts[i] = c + "=" + contract.Redacted
		if !n.pii(c) {
			parts[i] = c + "=" + report.Printable(values[i].text)
		}
	}
	return strings.Join(parts, ", ")
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

// set gives the rows of a node that have a key, and asks for them where they are
// not known.
func (t *tracer) set(n *node, columns []string, key string) (rows []*tracedRow, known bool) {
	names := strings.Join(columns, "\x00")
	if rows, known = t.sets[setRef{n, names, key}]; known {
		return rows, true
	}
	w := t.want(n)
	if w.keys[names] == nil {
		w.keys[names] = map[string]bool{}
	}
	w.keys[names][key] = true
	return nil, false
}

func (t *tracer) want(n *node) *wanted {
	w := t.need[n]
	if w == nil {
		w = &wanted{origins: map[contract.Origin]bool{}, keys: map[string]map[string]bool{}}
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
			for key := range keys {
				if _, found := t.sets[setRef{n, names, key}]; !found {
					t.sets[setRef{n, names, key}] = nil
				}
			}
		}
	}
}
