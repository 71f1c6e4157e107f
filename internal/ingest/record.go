package ingest

import (
	"bytes"
	"context"

	"martlet/internal/xlsx"
)

// flushAt is how much text is gathered before it is written.
const flushAt = 64 << 10

// recordWriter writes rows of cells as records of CSV. Fields stand in quotes
// only where they have to; lines end in one LF.
type recordWriter struct {
	ctx   context.Context // looked at whenever text is written
	out   *draft
	days  days
	text  []byte // not yet written
	field []byte // the text of one cell
}

// header adds the line of the columns' names.
func (w *recordWriter) header(names []string) {
	for j, name := range names {
		if j > 0 {
			w.text = append(w.text, ',')
		}
		w.text = appendField(w.text, []byte(name))
	}
	w.text = append(w.text, '\n')
}

// record adds a record with a field for each cell, nothing where it is nil. A
// field is of the type that declared gives; faulty is told of each fault.
func (w *recordWriter) record(cells []*xlsx.Cell, declared func(j int) string, faulty func(j int, c *xlsx.Cell, f fault)) error {
	for j, c := range cells {
		if j > 0 {
			w.text = append(w.text, ',')
		}
		if c == nil {
			continue
		}
		var f fault
		w.field, f = appendText(w.field[:0], c, declared(j), w.days)
		if f != noFault {
			faulty(j, c, f)
		}
		if c.Kind != xlsx.Formula {
			w.text = appendField(w.text, w.field)
		}
	}
	w.text = append(w.text, '\n')
	if len(w.text) < flushAt {
		return nil
	}
	return w.flush()
}

// flush writes what was gathered.
func (w *recordWriter) flush() error {
	if err := stopped(w.ctx); err != nil {
		return err
	}
	_, err := w.out.Write(w.text)
	w.text = w.text[:0]
	return err
}

// appendField writes a field that is not null.
func appendField(dst, text []byte) []byte {
	quote := len(text) == 0
	for _, b := range text {
		quote = quote || special[b]
	}
	if !quote {
		return append(dst, text...)
	}
	dst = append(dst, '"')
	for len(text) > 0 {
		n := bytes.IndexByte(text, '"')
		if n < 0 {
			break
		}
		dst = append(append(dst, text[:n+1]...), '"')
		text = text[n+1:]
	}
	return append(append(dst, text...), '"')
}

// special marks the bytes for which a field needs quotes.
var special = [256]bool{',': true, '"': true, '\r': true, '\n': true}
