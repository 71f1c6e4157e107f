package pipeline

import (
	"cmp"
	"slices"
	"strings"

	"martlet/internal/contract"
	"martlet/internal/sink"
)

// rowSet holds the rows of a node that were asked for, in their order, and those of
// its inputs that they were computed from.
type rowSet struct {
	node    *node
	demand  demand
	batches []contract.Batch // of reading.held
	// inputs are, of a model, rows of its base and of what it joins: all that the rows
	// are computed from, and whole groups of what it dedupes and groups, perhaps others.
	inputs   []*rowSet
	rejected []rejectedRecord // of a source: records that were asked for and are no rows
	unread   unread           // of a source: records that may have been asked for

	fields  []*sink.Fields // by batch, bound to it
	origins map[contract.Origin]row
	indexes map[string]map[string][]row // by columns, then key
}

// rejectedRecord is a record that has a bad field.
type rejectedRecord struct {
	row   // as far as it could be read
	cells []entry
}

// unread are records of which the key by which rows are asked for could not be read.
type unread struct {
	count int64
	first []contract.Origin
}

func (u *unread) add(o contract.Origin) {
	if u.count++; len(u.first) < maxFields {
		u.first = append(u.first, o)
	}
}

// addOf adds those of some rows with a bad field, which are sorted, in one of the columns.
func (u *unread) addOf(rows *contract.Rows, bad []contract.Reject, columns []int) {
	last := -1
	for _, c := range bad {
		if c.Row != last && slices.Contains(columns, c.Column) {
			last = c.Row
			u.add(rows.Origin(c.Row))
		}
	}
}

// row is one row of a set.
type row struct {
	set       *rowSet
	batch, at int
}

func (r row) node() *node { return r.set.node }

func (r row) origin() contract.Origin { return r.set.batches[r.batch].Origins[r.at] }

// compare tells which of two rows of a set comes first.
func (r row) compare(other row) int {
	return cmp.Or(cmp.Compare(r.batch, other.batch), cmp.Compare(r.at, other.at))
}

// text is a value as CSV has it; it is not ok where that is null.
func (r row) text(column string) (text string, ok bool) {
	text, ok = r.set.fields[r.batch].At(r.at, r.node().at(column))
	return strings.Clone(text), ok
}

// value is a value as keys have it.
func (r row) value(column string) string {
	return string(appendValue(nil, r.set.batches[r.batch].Record.Column(r.node().at(column)), r.at))
}

// values are those of several columns.
func (r row) values(columns []string) []string {
	out := make([]string, len(columns))
	for i, c := range columns {
		out[i] = r.value(c)
	}
	return out
}

// slice is the row and those behind it, n in all, as a batch, which the caller releases.
func (r row) slice(n int) contract.Batch {
	b := r.set.batches[r.batch]
	return contract.Batch{Record: b.Record.NewSlice(int64(r.at), int64(r.at+n)), Origins: b.Origins[r.at : r.at+n]}
}

// add adds a batch, which somebody else releases.
func (s *rowSet) add(b contract.Batch) error {
	fields, err := sink.NewFields(s.node.Schema)
	if err != nil {
		return err
	}
	fields.Bind(b.Record)
	s.batches, s.fields = append(s.batches, b), append(s.fields, fields)
	return nil
}

// Len is how many rows there are.
func (s *rowSet) Len() (rows int) {
	for _, b := range s.batches {
		rows += b.Len()
	}
	return rows
}

// rows are all rows.
func (s *rowSet) rows() []row {
	rows := make([]row, 0, s.Len())
	for i, b := range s.batches {
		for at := range b.Len() {
			rows = append(rows, row{s, i, at})
		}
	}
	return rows
}

// keys are what the rows have in some columns.
func (s *rowSet) keys(columns []string) *keySet {
	keys := newKeySet(columns)
	for _, r := range s.rows() {
		keys.add(r.values(columns))
	}
	return keys
}

// from is the row of an origin.
func (s *rowSet) from(origin contract.Origin) (r row, ok bool) {
	if s.origins == nil {
		s.origins = map[contract.Origin]row{}
		for _, r := range s.rows() {
			s.origins[r.origin()] = r
		}
	}
	r, ok = s.origins[origin]
	return r, ok
}

// with are the rows that have a key in some columns.
func (s *rowSet) with(columns, key []string) []row {
	names := strings.Join(columns, "\x00")
	if s.indexes[names] == nil {
		if s.indexes == nil {
			s.indexes = map[string]map[string][]row{}
		}
		index := map[string][]row{}
		for _, r := range s.rows() {
			of := strings.Join(r.values(columns), "")
			index[of] = append(index[of], r)
		}
		s.indexes[names] = index
	}
	return s.indexes[names][strings.Join(key, "")]
}

// base is the row of the base input that a row of a model has its origin from.
func (r row) base() (base row, ok bool) { return r.set.inputs[0].from(r.origin()) }

// left is what the rows of a join have to have to be beside a row of the base, in
// Match.Right; ok is false where nothing can be.
func (s *rowSet) left(base row, join int) (values []string, ok bool) {
	for _, m := range s.node.model.On[join] {
		from, ok := s.leftRow(base, m)
		if !ok {
			return nil, false
		}
		v := from.value(m.Left.Column)
		if v == null {
			return nil, false
		}
		values = append(values, v)
	}
	return values, true
}

// leftRow is the row that the left side of a condition is of: one of the base, or the
// one that an earlier join has beside it.
func (s *rowSet) leftRow(base row, m contract.Match) (from row, ok bool) {
	if m.Left.Input == 0 {
		return base, true
	}
	earlier := s.beside(base, m.Left.Input-1)
	if len(earlier) == 0 || m.Aggregated {
		return row{}, false
	}
	return earlier[0], true
}

// beside are the rows of a join that a row of the base is joined to.
func (s *rowSet) beside(base row, join int) []row {
	values, ok := s.left(base, join)
	if !ok {
		return nil
	}
	return s.inputs[join+1].with(rights(s.node.model.On[join]), values)
}

// rights are the columns of a joined input that a condition is about.
func rights(on []contract.Match) []string {
	columns := make([]string, len(on))
	for i, m := range on {
		columns[i] = m.Right
	}
	return columns
}
