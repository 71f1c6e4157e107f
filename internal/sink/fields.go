package sink

import (
	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
)

// Fields reads single fields of batches as the texts that the CSV file would
// have for them, without quotes.
type Fields struct {
	columns []column
	band    band
	texts   []*array.String // of string columns, whose text has no other form
}

// NewFields makes a reader of batches of a schema. It refuses a type that no
// sink writes.
func NewFields(schema *arrow.Schema) (*Fields, error) {
	if err := checkSchema(schema); err != nil {
		return nil, err
	}
	f := &Fields{texts: make([]*array.String, schema.NumFields())}
	for _, field := range schema.Fields() {
		f.columns = append(f.columns, newColumn(field.Type, CSVOptions{}))
	}
	return f, nil
}

// Bind turns to a batch of the schema, which it borrows until the next call or
// Unbind. Unlike an output's batches it may have nulls where none is declared:
// an expression without a value leaves them.
func (f *Fields) Bind(rec arrow.Record) {
	for j, c := range f.columns {
		c.bind(rec.Column(j))
		f.texts[j], _ = rec.Column(j).(*array.String)
	}
}

// Unbind lets go of the batch.
func (f *Fields) Unbind() {
	for j, c := range f.columns {
		c.unbind()
		f.texts[j] = nil
	}
}

// At is the text of a field of the batch; it is not ok where that is null.
func (f *Fields) At(row, column int) (text string, ok bool) {
	if t := f.texts[column]; t != nil {
		if t.IsNull(row) {
			return "", false
		}
		return t.Value(row), true
	}
	c := f.columns[column]
	f.band.begin(row, 1, c.room(row, 1))
	c.fill(&f.band)
	line := f.band.line(0)
	text = string(line[:len(line)-1])
	return text, text != "" // no value of another type has an empty text
}

// AppendField adds a field to a line of CSV, in quotes where it needs them:
// nothing where it is null.
func AppendField(dst []byte, text string, ok bool) []byte {
	if !ok {
		return dst
	}
	return appendText(dst, []byte(text), special)
}
