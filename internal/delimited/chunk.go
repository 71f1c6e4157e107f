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
