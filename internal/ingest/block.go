package ingest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"unicode/utf8"

	"martlet/internal/contract"
)

// cut cuts as many records off the buffer as there are and belong in one run,
// and gives the outcome of the first that could not be cut.
func (r *Reader) cut(rows *contract.Rows) (o outcome) {
	base, first := r.pos, r.records+1
	final := r.ended == io.EOF
	starts, ends := rows.Start, rows.End
	fields := 0 // of the records accepted
	for fields < contract.BatchRows*r.width {
		if fields+r.width > min(len(starts), len(ends)) {
			starts, ends = extend(starts, fields+r.width), extend(ends, fields+r.width)
		}
		start, end := starts[fields:fields+r.width], ends[fields:fields+r.width]
		var next int
		if next, o = r.split.split(r.buffer, r.pos, base, final, start, end); o != complete {
			break
		}
		if reason := r.refuse(r.buffer[r.pos:next]); reason != "" {
			if fields > 0 {
				break // the next run leaves it out
			}
			if len(r.ragged) == maxRagged {
				o = tooRagged
				break
			}
			r.ragged = append(r.ragged, Ragged{Record: r.records + 1, Line: r.line, Fields: r.fields(next), Reason: reason, Raw: bytes.Clone(r.buffer[r.pos:next])})
			base, first = next, r.records+2
		} else {
			if len(r.split.quoted) > 0 {
				r.split.settle(r.buffer[base:next], start, end)
				rows.Quoted = markQuoted(rows.Quoted, fields, r.split.quoted)
			}
			fields += r.width
		}
		r.pos = next
		r.records++
		r.line += 1 + r.split.newlines
	}
	rows.Data, rows.Start, rows.End = r.buffer[base:r.pos], starts[:fields], ends[:fields]
	for len(rows.Quoted)*64 < fields {
		rows.Quoted = append(rows.Quoted, 0)
	}
	rows.First = contract.MakeOrigin(r.file, first)
	return o
}

// extend makes a slice as long as it can be, n at least. What is new in it may
// be anything.
func extend(s []uint32, n int) []uint32 {
	s = slices.Grow(s, max(n-len(s), 0))
	return s[:cap(s)]
}

// markQuoted sets the bits of a record's quoted fields; the record begins at
// the given field of the run.
func markQuoted(bitmap []uint64, from int, quoted []quotedField) []uint64 {
	for _, q := range quoted {
		f := from + q.field
		for len(bitmap) <= f/64 {
			bitmap = append(bitmap, 0)
		}
		bitmap[f/64] |= 1 << (f % 64)
	}
	return bitmap
}

// refuse says why the record just cut is to be left out, or "".
func (r *Reader) refuse(text []byte) string {
	switch {
	case r.split.fields != r.width && blankLine(text):
		return fmt.Sprintf("found a blank line; expected %s as in the header: delete it", fieldCount(r.width))
	case r.split.fields != r.width:
		return fmt.Sprintf("found %s; expected %d as in the header: add what is missing, or put a field with a comma in quotes", fieldCount(r.split.fields), r.width)
	case !r.split.validText(text):
		return "found bytes that are not UTF-8; expected UTF-8: save the file in that encoding"
	}
	return ""
}

func fieldCount(n int) string {
	if n == 1 {
		return "1 field"
	}
	return fmt.Sprintf("%d fields", n)
}

func blankLine(text []byte) bool {
	return len(bytes.TrimSuffix(bytes.TrimSuffix(text, []byte("\n")), []byte("\r"))) == 0
}

// fields is how many fields the record just cut has, a blank line none.
func (r *Reader) fields(next int) int {
	if blankLine(r.buffer[r.pos:next]) {
		return 0
	}
	return r.split.fields
}

// handOver gives rows their text, which is part of the buffer: the buffer
// itself where less than that is left of it, else a copy. So no byte is copied
// more than twice however the runs fall.
func (r *Reader) handOver(rows *contract.Rows, spare []byte) {
	rest := r.buffer[r.pos:]
	if len(rest) > len(rows.Data) {
		rows.Data = append(spare[:0], rows.Data...)
		return
	}
	if cap(spare) < max(r.block, len(rest)+slack) {
		spare = make([]byte, 0, max(r.block, 2*len(rest)+slack))
	}
	r.buffer, r.pos = append(spare[:0], rest...), 0
}

// fill reads on until the buffer is full. Where that is not possible it sets
// r.ended to the reason.
func (r *Reader) fill() {
	if r.pos > 0 {
		r.buffer = r.buffer[:copy(r.buffer, r.buffer[r.pos:])]
		r.pos = 0
	}
	old := len(r.buffer)
	if old >= maxRecord {
		r.ended = r.dataError(fmt.Sprintf("found a record of more than %d bytes; expected less: a quote is probably never closed", maxRecord))
		return
	}
	if room := cap(r.buffer) - slack - old; room <= r.block/2 {
		r.buffer = slices.Grow(r.buffer, max(old, r.block)+slack)
	}
	n, err := io.ReadFull(r.in, r.buffer[old:cap(r.buffer)-slack])
	r.buffer = r.buffer[:old+n]
	switch {
	case err == io.EOF || err == io.ErrUnexpectedEOF:
		r.ended = io.EOF
	case err != nil:
		r.ended = fmt.Errorf("%s: the file cannot be read: %w", r.name, cause(err))
	}
	if i := bytes.IndexByte(r.buffer[old:], 0); i >= 0 {
		r.buffer = r.buffer[:old+i]
		r.ended = errNotText
	}
}

// errNotText stands in r.ended until the line is known.
var errNotText = errors.New("a NUL byte")

// ending is why there are no more records, r.ended having been set. What the
// buffer still holds is the beginning of a record.
func (r *Reader) ending() error {
	rest := r.buffer[r.pos:]
	switch {
	case r.ended == errNotText:
		r.ended = fmt.Errorf("%s:%d: found a NUL byte; expected text: the file is damaged, or no CSV in UTF-8; export it again",
			r.name, r.line+bytes.Count(rest, []byte{'\n'}))
	case r.ended == io.EOF && len(rest) > 0:
		r.ended = r.dataError("found a quote that is never closed; expected another: close it, or double it if it is text")
	}
	r.buffer, r.pos = r.buffer[:0], 0
	return r.ended
}

// dataError is about the record at r.pos.
func (r *Reader) dataError(problem string) error {
	return &DataError{Path: r.name, Line: r.line, Record: r.records + 1, Problem: problem}
}

// broken is the error of an outcome that is neither complete nor incomplete.
func (r *Reader) broken(o outcome) error {
	switch o {
	case bareQuote:
		return r.dataError("found a quote in a field that does not begin with one; expected quotes around the whole field: enclose it, and double the quotes in it")
	case afterQuote:
		return r.dataError("found text behind the closing quote of a field; expected a comma or the end of the line: double the quotes in the field")
	}
	return r.dataError(fmt.Sprintf("found more than %d records that are no rows of this file; expected none: the file is probably not what its header says", maxRagged))
}

// maxColumns is how many columns a spreadsheet may have; a file may have no more.
const maxColumns = 16384

// header reads the names of the columns. Any error means that the file is not
// what its name says.
func (r *Reader) header() ([]string, error) {
	r.fill()
	switch {
	case bytes.HasPrefix(r.buffer, []byte("\xef\xbb\xbf")):
		r.pos = 3
	case bytes.HasPrefix(r.buffer, []byte("\xff\xfe")), bytes.HasPrefix(r.buffer, []byte("\xfe\xff")):
		return nil, fmt.Errorf("%s: found UTF-16; expected CSV in UTF-8: save the file in that encoding", r.name)
	case bytes.HasPrefix(r.buffer, []byte("PK\x03\x04")):
		return nil, fmt.Errorf("%s: found a zip archive, as a workbook is; expected CSV: convert it, or name the right file", r.name)
	}
	for {
		_, o := r.split.split(r.buffer, r.pos, r.pos, r.ended == io.EOF, nil, nil)
		switch {
		case o == complete:
			return r.names()
		case o != incomplete:
			return nil, fmt.Errorf("%s:%d: the header is not CSV: %s", r.name, r.line, r.broken(o).(*DataError).Problem)
		case r.ended == io.EOF && r.pos == len(r.buffer):
			return nil, fmt.Errorf("%s: found an empty file; expected a header: export it again", r.name)
		case r.ended == io.EOF:
			return nil, fmt.Errorf("%s:%d: the header is not CSV: found a quote that is never closed; expected another", r.name, r.line)
		case r.ended != nil:
			return nil, r.ending()
		}
		r.fill()
	}
}

// names takes the record at pos, known to be complete, for the header.
func (r *Reader) names() ([]string, error) {
	start, end := make([]uint32, r.split.fields), make([]uint32, r.split.fields)
	next, _ := r.split.split(r.buffer, r.pos, r.pos, r.ended == io.EOF, start, end)
	text := r.buffer[r.pos:next]
	if !utf8.Valid(text) {
		return nil, fmt.Errorf("%s:%d: found bytes that are not UTF-8; expected CSV in UTF-8: save the file in that encoding", r.name, r.line)
	}
	if bytes.Count(text, []byte("\r")) > bytes.Count(text, []byte("\r\n")) {
		return nil, fmt.Errorf("%s:%d: found a line end of CR alone; expected LF or CR LF: save the file with those", r.name, r.line)
	}
	if r.split.fields > maxColumns {
		return nil, fmt.Errorf("%s:%d: found %d columns; expected %d at most", r.name, r.line, r.split.fields, maxColumns)
	}
	r.split.settle(text, start, end)
	names := make([]string, r.split.fields)
	for i := range names {
		names[i] = string(text[start[i]:end[i]])
	}
	r.line += 1 + r.split.newlines
	r.pos = next
	return names, nil
}
