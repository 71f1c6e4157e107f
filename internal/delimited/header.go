package delimited

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"unicode/utf8"

	"martlet/internal/contract"
)

// maxColumns is how many columns a spreadsheet may have; a file may have no more.
const maxColumns = 16384

// headerBytes is how much is read for a header at first: many files may be open
// before their records are read.
const headerBytes = 16 << 10

// header reads the names of the columns. Any error means that the file is not
// what its name says.
func (r *Reader) header() error {
	c := r.next
	for want := min(r.size, headerBytes); ; want *= 2 {
		r.fill(c, want)
		probe := Chunk{file: &r.file, text: c.text, end: r.ended}
		probe.complete()
		probe.index.find(probe.text, r.file.delimiter, r.file.quote)
		last := slices.IndexFunc(probe.index.ends[1:], func(end uint32) bool { return probe.text[end] == '\n' })
		switch {
		case last >= 0:
			return r.takeNames(&probe, last+1)
		case probe.index.fault != noFault:
			return fmt.Errorf("%s:1: the header is not CSV: %s", r.file.name, r.file.faultText(probe.index.fault))
		case probe.end == errNUL:
			return r.nulFound(1 + bytes.Count(probe.text, []byte{'\n'}))
		case probe.end == io.EOF && len(probe.text) == 0:
			return fmt.Errorf("%s: found an empty file; expected a header: export it again", r.file.name)
		case probe.end == io.EOF:
			return fmt.Errorf("%s:1: the header is not CSV: found a quote that is never closed; expected another", r.file.name)
		case probe.end != nil:
			return probe.end
		case len(c.text) > r.file.longest:
			return fmt.Errorf("%s:1: found a header of more than %d bytes; expected less: a quote is probably never closed", r.file.name, r.file.longest)
		}
	}
}

// takeNames takes the record of the first so many fields of the text for the
// header, and the text behind it for the first record's.
func (r *Reader) takeNames(probe *Chunk, fields int) error {
	end := int(probe.index.ends[fields]) + 1
	text := probe.text[:end]
	switch {
	case !utf8.Valid(text):
		return fmt.Errorf("%s:1: found bytes that are not %s; expected CSV in %[2]s: save the file in that encoding", r.file.name, r.file.encoding)
	case bytes.Count(text, []byte("\r")) > bytes.Count(text, []byte("\r\n")):
		return fmt.Errorf("%s:1: found a line end of CR alone; expected LF or CR LF: save the file with those", r.file.name)
	case fields > maxColumns:
		return fmt.Errorf("%s:1: found %d columns; expected %d at most", r.file.name, fields, maxColumns)
	}
	r.file.width = fields
	// A row has as many bytes as fields at least, so that this bounds the rows.
	r.size = min(r.size, contract.BatchRows*fields)
	for i := range fields {
		r.file.columns = append(r.file.columns, i)
	}
	record := Chunk{file: &r.file, text: append(make([]byte, 0, 2*end+slack), text...)}
	record.Split()
	for i := range fields {
		r.names = append(r.names, string(record.Rows.Field(0, i)))
	}
	r.lines = record.lines
	r.next.text = append(r.next.text[:0], r.next.text[min(end, len(r.next.text)):]...)
	return nil
}
