package delimited

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"martlet/internal/contract"
)

// Ragged is a record that is left out of a chunk's rows: it has not as many
// fields as the header, or is not text of the file's encoding.
type Ragged struct {
	Record int64  // from 1, the header not counted
	Line   int    // at which it begins
	Fields int    // how many it has; 0 for a blank line
	Reason string // what was found and what was expected
	Raw    []byte // the record as it stands in the file, without its line end; part of the chunk's memory
}

// Chunk is a run of whole records of a file. Split gives it its rows, Place
// their numbers.
type Chunk struct {
	Rows   contract.Rows // contract.BatchRows at most; their fields alias the chunk's memory
	Ragged []Ragged      // the records left out, in order
	Size   int64         // bytes of the file that were read for the chunk, before they were decoded

	file  *format
	text  []byte // slack bytes can be read behind it
	plain bool   // it is known to have no quotes
	end   error  // why the file ends with the chunk: io.EOF or an error; nil where it does not

	index  index
	start  []uint32 // memory for the rows' places
	stop   []uint32
	bounds []uint32
	lines  int   // line ends in the text
	bad    error // what is wrong behind the last record; lines and records count from the chunk's first
}

// errors that stand in Chunk.end.
var (
	errNUL     = errors.New("a NUL byte")
	errTooLong = errors.New("a record that is too long")
)

// Split finds the records and fields of the chunk. Chunks may be split side by
// side.
func (c *Chunk) Split() {
	c.complete()
	quote := c.file.quote
	if c.plain || quote != 0 && bytes.IndexByte(c.text, quote) < 0 {
		quote = 0
	}
	c.index.find(c.text, c.file.delimiter, quote)
	c.lines = bytes.Count(c.text, []byte{'\n'})
	valid := !c.index.wide || utf8.Valid(c.text)
	c.Rows = contract.Rows{Data: c.text, Width: c.file.width, Column: c.file.columns, Quoted: c.Rows.Quoted[:0], Skipped: c.Rows.Skipped[:0]}
	c.Ragged, c.bad = c.Ragged[:0], nil
	read := len(c.text)
	if quote != 0 || !valid || !c.regular() {
		read = c.irregular(valid)
	}
	c.conclude(read)
	if len(c.file.nulls) > 0 {
		c.nulls()
	}
}

// complete ends the text before a NUL byte, or gives the last line of the file
// the line end that it may lack.
func (c *Chunk) complete() {
	if nul := bytes.IndexByte(c.text, 0); nul >= 0 {
		c.text, c.end = c.text[:nul], errNUL
	}
	if n := len(c.text); c.end == io.EOF && n > 0 && c.text[n-1] != '\n' {
		c.text = append(c.text, '\n')
	}
}

// regular makes rows of a text without quotes of which every record is a row:
// the index already has the places of their fields. It gives up where one is not.
func (c *Chunk) regular() bool {
	ends, width := c.index.ends, c.file.width
	if c.lines*width != len(ends)-1 || len(c.text) > 0 && c.text[len(c.text)-1] != '\n' {
		return false
	}
	returns := 0
	for f := width; f < len(ends); f += width {
		end := ends[f]
		if c.text[end] != '\n' {
			return false
		}
		if c.text[max(end, 1)-1] == '\r' {
			returns++
		}
	}
	c.Rows.Start, c.Rows.End, c.Rows.Count = ends, ends, c.lines
	if returns == 0 {
		return true
	}
	c.stop = append(c.stop[:0], ends...)
	c.Rows.End = c.stop
	for f := width; f < len(ends); f += width {
		c.stop[f] = uint32(lineEnd(c.text, int(ends[f-1]+1), int(ends[f])))
	}
	return true
}

// lineEnd leaves a CR before a line end out of the field that ends there.
func lineEnd(text []byte, field, end int) int {
	if end > field && text[end-1] == '\r' {
		return end - 1
	}
	return end
}

// irregular makes rows of any text, and gives the place behind the last whole
// record. valid says that all of it is UTF-8.
func (c *Chunk) irregular(valid bool) (read int) {
	ends := c.index.ends[1:]
	c.start, c.stop, c.bounds = room(c.start, len(ends)+1), room(c.stop, len(ends)+1), c.bounds[:0]
	begin, first, line := 0, 0, 0 // of the record: its place, its first end, its line
	doubled := c.index.doubled
	counted := 0 // the text before this has so many line ends
	for i, end := range ends {
		if c.text[end] != '\n' {
			continue
		}
		fields := ends[first : i+1]
		stop := lineEnd(c.text, max(begin, int(c.index.ends[i]+1)), int(end))
		reason := c.refuse(len(fields), c.text[begin:stop], valid)
		if reason == "" {
			doubled = c.record(begin, stop, fields, doubled)
		} else {
			line += bytes.Count(c.text[counted:begin], []byte{'\n'})
			counted = begin
			count := len(fields)
			if begin == stop {
				count = 0
			}
			c.Ragged = append(c.Ragged, Ragged{
				Record: int64(c.Rows.Count + len(c.Ragged) + 1), Line: line, Fields: count, Reason: reason, Raw: c.text[begin:stop:stop],
			})
			c.Rows.Skipped = append(c.Rows.Skipped, c.Rows.Count)
		}
		begin, first = int(end)+1, i+1
	}
	c.Rows.Start, c.Rows.End, c.Rows.Bounds = c.start, c.stop, c.bounds
	return begin
}

// room is memory for n numbers at least.
func room(s []uint32, n int) []uint32 {
	if cap(s) < n {
		return make([]uint32, n+n/4)
	}
	return s[:cap(s)]
}

// record adds one row, which stands from begin to stop. doubled are the
// doubled quotes from there on, of which it gives those behind.
func (c *Chunk) record(begin, stop int, ends, doubled []uint32) []uint32 {
	r := &c.Rows
	f := r.Count * r.Width
	start, end := c.start[f:f+len(ends)], c.stop[f+1:f+1+len(ends)]
	quote := c.file.quote
	field := begin
	for j, to := range ends {
		if j == len(ends)-1 {
			to = uint32(stop)
		}
		if field < int(to) && c.text[field] == quote && quote != 0 {
			for len(r.Quoted) <= (f+j)/64 {
				r.Quoted = append(r.Quoted, 0)
			}
			r.Quoted[(f+j)/64] |= 1 << ((f + j) % 64)
			for len(doubled) > 0 && doubled[0] < uint32(begin) {
				doubled = doubled[1:] // of a record left out
			}
			if len(doubled) > 0 && doubled[0] < to {
				start[j], end[j], doubled = c.undouble(field+1, int(to)-1, doubled)
			} else {
				start[j], end[j] = uint32(field), to-1
			}
		} else {
			start[j], end[j] = uint32(field-1), to
		}
		field = int(ends[j]) + 1
	}
	c.bounds = append(c.bounds, uint32(begin), uint32(stop))
	r.Count++
	return doubled
}

// undouble writes what a field that has doubled quotes stands for behind the
// text, and gives its places there.
func (c *Chunk) undouble(from, to int, doubled []uint32) (start, end uint32, rest []uint32) {
	data := c.Rows.Data
	start = uint32(len(data)) - 1
	for len(doubled) > 0 && int(doubled[0]) < to {
		second := int(doubled[0])
		data = append(data, c.text[from:second]...)
		from, doubled = second+1, doubled[1:]
	}
	c.Rows.Data = append(data, c.text[from:to]...)
	return start, uint32(len(c.Rows.Data)), doubled
}

// refuse says why a record is to be left out, or "".
func (c *Chunk) refuse(fields int, text []byte, valid bool) string {
	width := c.file.width
	switch {
	case !valid && !utf8.Valid(text):
		return fmt.Sprintf("found bytes that are not %s; expected %[1]s: save the file in that encoding", c.file.encoding)
	case fields == width:
		return ""
	case len(text) == 0:
		return fmt.Sprintf("found a blank line; expected %s as in the header: delete it", fieldCount(width))
	case c.file.quote == 0:
		return fmt.Sprintf("found %s; expected %d as in the header: add what is missing, or take %s out of the field that has one", fieldCount(fields), width, c.file.separator())
	}
	return fmt.Sprintf("found %s; expected %d as in the header: add what is missing, or put a field with %s in quotes", fieldCount(fields), width, c.file.separator())
}

func fieldCount(n int) string {
	if n == 1 {
		return "1 field"
	}
	return fmt.Sprintf("%d fields", n)
}

// conclude says what is wrong behind the last whole record, which ends before
// the given place.
func (c *Chunk) conclude(read int) {
	data := func(problem string) error {
		return &DataError{
			Path: c.file.name, Record: int64(c.Rows.Count + len(c.Ragged) + 1),
			Line: bytes.Count(c.text[:read], []byte{'\n'}), Problem: problem,
		}
	}
	switch {
	case c.index.fault != noFault:
		c.bad = data(c.file.faultText(c.index.fault))
	case c.end == io.EOF && read < len(c.text):
		c.bad = data("found a quote that is never closed; expected another: close it, or double it if it is text")
	case c.end == errTooLong:
		c.bad = data(fmt.Sprintf("found a record of more than %d bytes; expected less: a quote is probably never closed", c.file.longest))
	case c.end == errNUL:
		c.bad = &nulError{line: c.lines}
	case c.end != nil && c.end != io.EOF:
		c.bad = c.end
	}
}

// nulError is a NUL byte at a line of the chunk, from 0.
type nulError struct{ line int }

func (*nulError) Error() string { return errNUL.Error() }

// nulls makes the fields that are words for null empty, which is null without
// quotes.
func (c *Chunk) nulls() {
	r := &c.Rows
	if r.Bounds == nil {
		c.bounds = c.bounds[:0]
		for i := range r.Count {
			c.bounds = append(c.bounds, r.Start[i*r.Width]+1, r.End[(i+1)*r.Width])
		}
		c.stop = append(c.stop[:0], r.End...)
		r.End, r.Bounds = c.stop, c.bounds
	}
	for f := range r.Count * r.Width {
		field := r.Data[r.Start[f]+1 : r.End[f+1]]
		if len(field) == 0 || f/64 < len(r.Quoted) && r.Quoted[f/64]>>(f%64)&1 == 1 {
			continue
		}
		for _, word := range c.file.nulls {
			if string(field) == word {
				r.End[f+1] = r.Start[f] + 1
				break
			}
		}
	}
}
