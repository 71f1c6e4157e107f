package pipeline

import (
	"cmp"
	"fmt"
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
	more    bool     // there are more fields than these
	grouped bool     // the fields are of the first record of a group, the others are not known
}

// field is one field of a source's record.
type field struct {
	source *node
	origin contract.Origin
	column string
}

// maxFields bounds the fields that are named of a failing row.
const maxFields = 3

// tracer follows values through base inputs, joins and aggregates to their
// sources. Nothing is carried along with the rows of a run for that: it looks at
// what a reading found of them.
//
// Of the columns that an expression reads those count which have the very value in
// question, where there are any that may be it: the greatest of three times is one of
// them, but no part of a sum is the sum, and no false one is why "not a" is false. Of the
// rows that an aggregate is over those count without which the value is another, see
// weigh.
type tracer struct {
	*reading
	most    int  // fields that an answer names
	reveal  bool // personal values, in clear
	answers map[question]answer
	weighed map[weighing]*weights
	members map[question][]row // of groups, by their rows without a column
}

func (r *reading) newTracer(most int) *tracer {
	return &tracer{reading: r, most: most, answers: map[question]answer{}, weighed: map[weighing]*weights{}, members: map[question][]row{}}
}

// trace says where the value of a column came from.
func (t *tracer) trace(r row, column string) (answer, error) {
	q := question{r.node(), r.origin(), column}
	if a, known := t.answers[q]; known {
		return a, nil
	}
	a, err := t.follow(r, column)
	slices.SortStableFunc(a.fields, func(x, y field) int {
		return cmp.Or(cmp.Compare(x.origin, y.origin), cmp.Compare(x.source.at(x.column), y.source.at(y.column)))
	})
	a.fields = slices.Compact(a.fields)
	if len(a.fields) > t.most {
		a.fields, a.more = a.fields[:t.most], true
	}
	t.answers[q] = a
	return a, err
}

// candidate is a value that an expression reads.
type candidate struct {
	row    row
	column string
	part   bool // it never is the value itself, see contract.Read
}

func (t *tracer) follow(r row, column string) (a answer, err error) {
	n := r.node()
	if n.source != nil {
		return answer{fields: []field{{n, r.origin(), column}}}, nil
	}
	var candidates []candidate
	for _, read := range n.readsOf(column) {
		found, err := t.beside(r, read.Input)
		if err != nil {
			return answer{}, err
		}
		gave, err := t.gave(r, column, read.Input, found.rows)
		if err != nil {
			return answer{}, err
		}
		a.missing, a.grouped = append(a.missing, found.missing...), a.grouped || found.partly
		for _, other := range gave {
			candidates = append(candidates, candidate{other, read.Column, read.Part})
		}
	}
	value := r.value(column)
	if same := slices.DeleteFunc(slices.Clone(candidates), func(c candidate) bool { return c.part || c.row.value(c.column) != value }); len(same) > 0 {
		candidates, a.missing = same, nil
	}
	followed := map[string]int{} // by column: of many rows the first are shown
	for _, c := range candidates {
		at := c.row.node().Name + "." + c.column
		if followed[at]++; followed[at] > t.most {
			a.more = true
			continue
		}
		further, err := t.trace(c.row, c.column)
		if err != nil {
			return answer{}, err
		}
		a.fields, a.missing = append(a.fields, further.fields...), append(a.missing, further.missing...)
		a.grouped, a.more = a.grouped || further.grouped, a.more || further.more
	}
	return a, nil
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
	rows    []row
	missing []string // what a join did not find
	partly  bool     // there are others, which are not known
}

// beside gives the rows of an input that went into a row: of the base the one of its
// origin, or all of its group; of a join those that match them.
func (t *tracer) beside(r row, input int) (found companions, err error) {
	if found, err = t.bases(r); err != nil || input == 0 {
		return found, err
	}
	bases := found.rows
	found.rows = nil
	for _, base := range bases {
		joined := r.set.beside(base, input-1)
		if len(joined) == 0 {
			found.missing = append(found.missing, t.missing(r.set, base, input-1)...)
		}
		found.rows = append(found.rows, joined...)
	}
	if len(bases) > 1 { // some may be joined to the same row
		found.rows = distinct(found.rows)
	}
	if len(found.rows) > 0 {
		found.missing = nil
	}
	return found, nil
}

// distinct leaves each row once.
func distinct(rows []row) []row {
	seen := map[row]bool{}
	return slices.DeleteFunc(rows, func(r row) bool {
		again := seen[r]
		seen[r] = true
		return again
	})
}

// missing says what a join looked for beside a row of the base, or that it had a null,
// which matches nothing.
func (t *tracer) missing(s *rowSet, base row, join int) []string {
	input := s.node.inputs[join+1]
	var shown []string
	for _, m := range s.node.model.On[join] {
		if m.Aggregated {
			return []string{untold(s.node, m, input)}
		}
		from, ok := s.leftRow(base, m)
		if !ok {
			return nil // what that row lacks is told of the earlier join
		}
		text, ok := from.text(m.Left.Column)
		switch {
		case !ok:
			return []string{fmt.Sprintf("%s of %s is null", m.Left.Column, from.node().Name)}
		case !t.reveal && (input.pii(m.Right) || from.node().pii(m.Left.Column)):
			text = contract.Redacted
		default:
			text = report.Printable(text)
		}
		shown = append(shown, m.Right+"="+text)
	}
	return []string{fmt.Sprintf("no row of %s has %s", input.Name, strings.Join(shown, ", "))}
}

// untold says that nobody knows which rows a join found.
func untold(n *node, m contract.Match, input *node) string {
	return fmt.Sprintf("which row of %s is joined goes by an aggregate over %s, and is not told", input.Name, n.inputs[m.Left.Input].Name)
}

// bases gives the rows of the base that went into a row.
func (t *tracer) bases(r row) (companions, error) {
	base, ok := r.base()
	switch {
	case !ok:
		return companions{}, nil
	case !r.node().model.Grouped:
		return companions{rows: []row{base}}, nil
	}
	q := question{node: r.node(), origin: r.origin()}
	if rows, known := t.members[q]; known {
		return companions{rows: rows, partly: rows == nil}, nil
	}
	rows, err := t.group(r, base)
	if rows == nil {
		rows = []row{base}
		return companions{rows: rows, partly: true}, err
	}
	t.members[q] = rows
	return companions{rows: rows}, err
}
