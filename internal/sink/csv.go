package sink

import (
	"fmt"
	"io"

	"github.com/apache/arrow/go/v17/arrow"
)

// flushAt is how much text a CSV sink gathers before it writes.
const flushAt = 64 << 10

// NewCSV makes a sink of CSV as RFC 4180 has it, but for line ends of one LF:
// a header line, then a line a row. A null is nothing, empty text is "" in
// quotes, other text stands in quotes only where it has to (it holds a comma,
// a quote or a line end); values are written as package value formats them.
//
// A null in an output of one column is therefore an empty line, which some
// readers skip.
func NewCSV(w io.Writer, schema *arrow.Schema) (Sink, error) {
	if err := checkSchema(schema); err != nil {
		return nil, err
	}
	s := &csvSink{w: w, schema: schema, text: make([]byte, 0, flushAt+4<<10)}
	for i, f := range schema.Fields() {
		s.columns = append(s.columns, newColumn(f.Type))
		if i > 0 {
			s.text = append(s.text, ',')
		}
		s.text = appendText(s.text, f.Name)
	}
	s.text = append(s.text, '\n')
	return s, nil
}

type csvSink struct {
	state
	w       io.Writer
	schema  *arrow.Schema
	columns []column
	text    []byte // not yet written
}

func (s *csvSink) Write(rec arrow.Record) error {
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

func (s *csvSink) Close() error {
	if s.closed || s.err != nil {
		s.closed = true
		return s.err
	}
	s.closed = true
	return s.flush()
}

// flush writes the text gathered so far.
func (s *csvSink) flush() error {
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

// appendText adds a text that is not null.
func appendText(dst []byte, text string) []byte {
	if text == "" {
		return append(dst, `""`...)
	}
	for i := range len(text) {
		if special[text[i]] {
			return appendQuoted(dst, text)
		}
	}
	return append(dst, text...)
}

// appendQuoted adds a text in quotes, its own quotes doubled.
func appendQuoted(dst []byte, text string) []byte {
	dst = append(dst, '"')
	from := 0
	for i := range len(text) {
		if text[i] == '"' {
			dst = append(dst, text[from:i+1]...)
			from = i // the quote again, as the first byte of the next piece
		}
	}
	dst = append(dst, text[from:]...)
	return append(dst, '"')
}
