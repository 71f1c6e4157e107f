package sink

import (
	"fmt"
	"io"

	"github.com/apache/arrow/go/v17/arrow"
)

// CSVOptions says how a CSV file differs from what it is by default.
type CSVOptions struct {
	// NeutralizeFormulas puts a ' before each text, of a string column, that a
	// spreadsheet may take for a formula (see formulaLike), and quotes around
	// texts with a semicolon or a tab. Nothing else is changed.
	NeutralizeFormulas bool
}

// NewCSVFormat is CSV as RFC 4180 has it, but for line ends of one LF: a header
// line, then a line a row. A null is nothing, empty text is "" in quotes, other
// text stands in quotes only where it has to (it holds a comma, a quote or a line
// end); values are written as package value formats them.
//
// A null in an output of one column is therefore an empty line, which some
// readers skip.
//
// It refuses a schema with a type that an output cannot have.
func NewCSVFormat(schema *arrow.Schema, o CSVOptions) (Format, error) {
	if err := checkSchema(schema); err != nil {
		return nil, err
	}
	f := &csvFormat{schema: schema, options: o}
	for i, field := range schema.Fields() {
		if i > 0 {
			f.header = append(f.header, ',')
		}
		f.header = appendText(f.header, []byte(field.Name), special)
	}
	f.header = append(f.header, '\n')
	return f, nil
}

// NewCSV makes a sink of CSV: see NewCSVFormat.
func NewCSV(w io.Writer, schema *arrow.Schema, o CSVOptions) (*CSV, error) {
	f, err := NewCSVFormat(schema, o)
	if err != nil {
		return nil, err
	}
	return &CSV{newStream(f, w)}, nil
}

// CSV is a sink of one CSV file.
type CSV struct{ stream }

// Neutralized is how many fields got a ' because they looked like formulas.
func (s *CSV) Neutralized() int64 { return s.touched }

type csvFormat struct {
	schema  *arrow.Schema
	options CSVOptions
	header  []byte
	spare   spare
}

func (f *csvFormat) NewEncoder() Encoder {
	e := &csvEncoder{format: f}
	for _, field := range f.schema.Fields() {
		c := newColumn(field.Type, f.options)
		e.columns = append(e.columns, c)
		if text, ok := c.(*stringColumn); ok {
			e.texts = append(e.texts, text)
		}
	}
	return e
}

type csvEncoder struct {
	format  *csvFormat
	columns []column
	texts   []*stringColumn // among columns
	band    band
}

func (e *csvEncoder) Encode(rec arrow.Record) (*Block, error) {
	if err := checkRecord(e.format.schema, rec); err != nil {
		return nil, err
	}
	for i, c := range e.columns {
		c.bind(rec.Column(i))
		defer c.unbind()
	}
	text := e.format.spare.take()
	for lo, rows := 0, int(rec.NumRows()); lo < rows; lo += bandRows {
		text = e.appendLines(text, lo, min(bandRows, rows-lo))
	}
	block := &Block{format: e.format, rows: rec.NumRows(), text: text}
	block.free = func() { e.format.spare.give(text) }
	for _, c := range e.texts {
		block.neutralized += c.touched
		c.touched = 0
	}
	return block, nil
}

// appendLines adds the lines of at most bandRows rows. Where a text is so long
// that they would not fit in the cache, they are fewer at a time.
func (e *csvEncoder) appendLines(dst []byte, lo, rows int) []byte {
	room := 0
	for _, c := range e.columns {
		room += c.room(lo, rows)
	}
	if half := rows / 2; half > 0 && room*rows > bandBytes {
		dst = e.appendLines(dst, lo, half)
		return e.appendLines(dst, lo+half, rows-half)
	}
	e.band.begin(lo, rows, room)
	for i, c := range e.columns {
		e.band.end = ','
		if i == len(e.columns)-1 {
			e.band.end = '\n'
		}
		c.fill(&e.band)
	}
	return e.band.appendTo(dst)
}

func (f *csvFormat) NewWriter(w io.Writer) Writer {
	return &csvWriter{w: whole{w}, format: f}
}

type csvWriter struct {
	state
	format *csvFormat
	w      io.Writer
	begun  bool // the header is written
}

func (w *csvWriter) Write(block *Block) error {
	if err := w.writable(); err != nil {
		return err
	}
	if block.format != Format(w.format) {
		return w.fail(errForeign)
	}
	return w.fail(w.put(block.text))
}

func (w *csvWriter) Close() error {
	return w.close(func() error { return w.put(nil) })
}

// put writes text, after the header if that is still to come.
func (w *csvWriter) put(text []byte) error {
	if !w.begun {
		w.begun = true
		if err := w.put(w.format.header); err != nil {
			return err
		}
	}
	if len(text) == 0 {
		return nil
	}
	if _, err := w.w.Write(text); err != nil {
		return fmt.Errorf("could not write CSV: %w", err)
	}
	return nil
}
