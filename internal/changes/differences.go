package changes

import (
	"errors"
	"slices"
	"strings"

	"github.com/apache/arrow/go/v17/arrow"

	"martlet/internal/contract"
	"martlet/internal/sink"
)

// Differences are changes as people want to see them: how many, and the first of
// them in the order of a log.
type Differences struct {
	Counts
	Rows []Difference
}

// Difference is a row that changed. No personal value is in it: contract.Redacted
// stands for those of columns that either state's metadata call so (martlet.pii),
// the key's too.
type Difference struct {
	Operation Operation
	Key       string             // "user_id=17, day=2024-02-29"
	Columns   []ColumnDifference // of an update: those that differ, in their order; else none
}

// ColumnDifference is what a column of a row was and is.
type ColumnDifference struct {
	Column        string
	Before, After Field
}

// Field is a value as text, as a published CSV file has it.
type Field struct {
	Text string
	OK   bool // false is null
}

// Differences gives the counts and the first n rows that changed. The rows that
// were updated are looked for in the state before, which may read all of it.
func (c *Changes) Differences(n int) (*Differences, error) {
	fields, err := sink.NewFields(c.Schema())
	if err != nil {
		return nil, err
	}
	d := &describing{Changes: c, fields: fields, out: &Differences{Counts: c.Counts}, updates: map[string]update{}}
	if n <= 0 || c.Total() == 0 {
		return d.out, nil
	}
	err = c.Each(func(ops []Operation, rows arrow.Record) error {
		d.add(ops[:min(len(ops), n-len(d.out.Rows))], rows)
		if len(d.out.Rows) == n {
			return errEnough
		}
		return nil
	})
	if err != nil && !errors.Is(err, errEnough) {
		return nil, err
	}
	return d.out, d.findUpdates()
}

// describing is Differences on the way to them.
type describing struct {
	*Changes
	fields  *sink.Fields
	out     *Differences
	updates map[string]update // by encoded key, of which the row before is not found yet
}

// update is a row that was updated.
type update struct {
	at    int // in the rows of out
	after []Field
}

// add describes rows of a record that Each gives.
func (d *describing) add(ops []Operation, rows arrow.Record) {
	d.fields.Bind(rows)
	defer d.fields.Unbind()
	d.bindKeys(newer, rows)
	for row, op := range ops {
		if op == Update {
			key := d.table.appendKey(nil, newer, row)
			d.updates[string(key)] = update{at: len(d.out.Rows), after: d.texts(row)}
		}
		d.out.Rows = append(d.out.Rows, Difference{Operation: op, Key: d.key(row)})
	}
}

// findUpdates goes through the state before for the rows that were updated, and
// says what they were.
func (d *describing) findUpdates() error {
	s := d.states[older]
	for i := 0; i < s.NumRecords() && len(d.updates) > 0; i++ {
		rec, err := s.read(i, everyColumn(s.plain))
		if err != nil {
			return err
		}
		d.findIn(rec)
		rec.Release()
	}
	return nil
}

func (d *describing) findIn(rec arrow.Record) {
	d.fields.Bind(rec)
	defer d.fields.Unbind()
	d.bindKeys(older, rec)
	var key []byte
	for row := range int(rec.NumRows()) {
		key = d.table.appendKey(key[:0], older, row)
		if u, ok := d.updates[string(key)]; ok {
			d.out.Rows[u.at].Columns = d.differing(d.texts(row), u.after)
			delete(d.updates, string(key))
		}
	}
}

// bindKeys turns to the key of a record with every column.
func (d *describing) bindKeys(s side, rec arrow.Record) {
	for _, k := range d.table.keys {
		k.bind(s, rec.Column(d.table.columns[k.at]))
	}
}

// texts are the fields of a row of the record at hand. Of values that are not the
// same the texts are not, for every type.
func (d *describing) texts(row int) []Field {
	texts := make([]Field, d.states[newer].plain.NumFields())
	for i := range texts {
		texts[i] = d.text(row, i)
	}
	return texts
}

func (d *describing) text(row, column int) Field {
	text, ok := d.fields.At(row, column)
	return Field{strings.Clone(text), ok} // the record is given back
}

// differing are the columns, of those that make a row changed, with other texts.
func (d *describing) differing(before, after []Field) (found []ColumnDifference) {
	for _, i := range slices.Sorted(slices.Values(d.table.valueColumns())) {
		if before[i] != after[i] {
			found = append(found, ColumnDifference{d.name(i), d.shown(i, before[i]), d.shown(i, after[i])})
		}
	}
	return found
}

// key is the key of a row of the record at hand, as messages have it.
func (d *describing) key(row int) string {
	var parts []string
	for _, i := range d.table.keyColumns() {
		f := d.shown(i, d.text(row, i))
		parts = append(parts, contract.KeyPart(d.name(i), f.OK, f.Text))
	}
	return strings.Join(parts, ", ")
}

func (d *describing) name(column int) string { return d.states[newer].plain.Field(column).Name }

// shown is a field as people may see it.
func (d *describing) shown(column int, f Field) Field {
	if f.OK && slices.ContainsFunc(d.states[:], func(s *state) bool { return personal(s.plain.Field(column)) }) {
		f.Text = contract.Redacted
	}
	return f
}

func personal(f arrow.Field) bool {
	tag, ok := f.Metadata.GetValue("martlet.pii")
	return ok && tag == "true"
}
