package changes

import (
	"slices"
	"strings"

	"github.com/apache/arrow/go/v17/arrow"

	"martlet/internal/contract"
	"martlet/internal/sink"
)

// Key is the values by which a row is known, in the order of the key's columns.
type Key []KeyField

// KeyField is one of them.
type KeyField struct {
	Column string
	Field
}

// String is the key as messages have it: "user_id=17, day=2024-02-29".
func (k Key) String() string {
	parts := make([]string, len(k))
	for i, f := range k {
		parts[i] = contract.KeyPart(f.Column, f.OK, f.Text)
	}
	return strings.Join(parts, ", ")
}

// describing puts rows of both states into words.
type describing struct {
	*Changes
	fields  *sink.Fields
	waiting map[string]*updated // by encoded key, of which the row before is not found yet
}

// updated is a row that stands in both states, as text by column.
type updated struct {
	key           Key
	before, after []Field
}

func (c *Changes) describe() (*describing, error) {
	fields, err := sink.NewFields(c.Schema())
	if err != nil {
		return nil, err
	}
	return &describing{Changes: c, fields: fields, waiting: map[string]*updated{}}, nil
}

// bind turns to a record with every column. Whoever binds one unbinds fields.
func (d *describing) bind(s side, rec arrow.Record) {
	d.fields.Bind(rec)
	for _, k := range d.table.keys {
		k.bind(s, rec.Column(d.table.columns[k.at]))
	}
}

// updated begins to describe a row of the state after, to which d is bound.
func (d *describing) updated(row int) *updated {
	u := &updated{key: d.key(row), after: d.texts(row)}
	d.waiting[string(d.table.appendKey(nil, newer, row))] = u
	return u
}

// findBefore goes through the state before for the rows that were updated.
func (d *describing) findBefore() error {
	s := d.states[older]
	for i := 0; i < s.NumRecords() && len(d.waiting) > 0; i++ {
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
	d.bind(older, rec)
	defer d.fields.Unbind()
	var key []byte
	for row := range int(rec.NumRows()) {
		key = d.table.appendKey(key[:0], older, row)
		if u, ok := d.waiting[string(key)]; ok {
			u.before = d.texts(row)
			delete(d.waiting, string(key))
		}
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

// key is that of a row of the record at hand, as people may see it.
func (d *describing) key(row int) (k Key) {
	for _, i := range d.table.keyColumns() {
		k = append(k, KeyField{d.name(i), d.shown(i, d.text(row, i))})
	}
	return k
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
