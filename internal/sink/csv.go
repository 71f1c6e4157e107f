package sink

import (
	"fmt"
	"io"

	"github.com/apache/arrow/go/v17/arrow"
)

// flushAt is how much text a CSV sink gathers before it writes.
const flushAt = 64 << 10

// CSVOptions says how a CSV file differs from what it is by default.
type CSVOptions struct {
	// NeutralizeFormulas puts a ' before each text, of a string column, that a
	// spreadsheet may take for a formula (see formulaLike), and quotes around
	// texts with a semicolon or a tab. Nothing else is changed.
	NeutralizeFormulas bool
}

// NewCSV makes a sink of CSV as RFC 4180 has it, but for line ends of one LF:
// a header line, then a line a row. A null is nothing, empty text is "" in
// quotes, other text stands in quotes only where it has to (it holds a comma,
// a quote or a line end); values are written as package value formats them.
//
// A null in an output of one column is therefore an empty line, which some
// readers skip.
func NewCSV(w io.Writer, schema *arrow.Schema, o CSVOptions) (*CSV, error) {
	if err := checkSchema(schema); err != nil {
		return nil, err
	}
	s := &CSV{w: w, schema: schema, text: make([]byte, 0, flushAt+4<<10)}
	for i, f := range schema.Fields() {
		if f.Type.ID() == arrow.STRING && o.NeutralizeFormulas {
			c := &neutralColumn{}
			s.columns, s.neutral = append(s.columns, c), append(s.neutral, c)
		} else {
			s.columns = append(s.columns, newColumn(f.Type))
		}
		if i > 0 {
			s.text = append(s.text, ',')
		}
		s.text = appendText(s.text, f.Name, &special)
	}
	s.text = append(s.text, '\n')
	return s, nil
}

// CSV is a sink of one CSV file.
type CSV struct {
	state
	w       io.Writer
	schema  *arrow.Schema
	columns []column
	neutral []*neutralColumn // among columns
	text    []byte           // not yet written
}

// Neutralized is how many fields got a ' because they looked like formulas.
func (s *CSV) Neutralized() int64 {
	var n int64
	for _, c := range s.neutral {
		n += c.touched
	}
	return n
}

// Write implements Sink.
func (s *CSV) Write(rec arrow.Record) error {
	if err := s.writable(); err != nil {
		return err
	}
	if err := checkRecord(s.schema, rec); err != nil {
		return s.fail(err)
	}
	for i, c := range s.columns {
		c.bind(rec.Column(i))
		defer c.unbind()
	}
	for row := range int(rec.NumRows()) {
		s.text = s.columns[0].append(s.text, row)
		for _, c := range s.columns[1:] {
			s.text = append(s.text, ',')
			s.text = c.append(s.text, row)
		}
		s.text = append(s.text, '\n')
		if len(s.text) >= flushAt {
			if err := s.flush(); err != nil {
				return err
			}
		}
	}
	return nil
}

// Close implements Sink.
func (s *CSV) Close() error {
	if s.closed || s.err != nil {
		s.closed = true
		return s.err
	}
	s.closed = true
	return s.flush()
}

// flush writes the text gathered so far.
func (s *CSV) flush() error {
	n, err := s.w.Write(s.text)
	if err == nil && n < len(s.text) {
		err = io.ErrShortWrite
	}
	if err != nil {
		return s.fail(fmt.Errorf("could not write CSV: %w", err))
	}
	s.text = s.text[:0]
	return nil
}

// special marks the bytes for which a field needs quotes.
var special = [256]bool{',': true, '"': true, '\r': true, '\n': true}

// appendText adds a text that is not null, in quotes where it is empty or holds
// one of the bytes that need them.
func appendText(dst []byte, text string, quoted *[256]bool) []byte {
	if text == "" {
		return append(dst, `""`...)
	}
	if !holdsAny(text, quoted) {
		return append(dst, text...)
	}
	dst = append(dst, '"')
	dst = appendDoubled(dst, text)
	return append(dst, '"')
}

// holdsAny says whether a text has one of the bytes that are marked.
func holdsAny(text string, marked *[256]bool) bool {
	for i := range len(text) {
		if marked[text[i]] {
			return true
		}
	}
	return false
}

// appendDoubled adds a text with its quotes doubled.
func appendDoubled(dst []byte, text string) []byte {
	from := 0
	for i := range len(text) {
		if text[i] == '"' {
			dst = append(dst, text[from:i+1]...)
			from = i // the quote again, as the first byte of the next piece
		}
	}
	return append(dst, text[from:]...)
}
