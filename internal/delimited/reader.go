package delimited

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"sync"

	"martlet/internal/contract"
)

const (
	// chunkBytes is how much text is cut at once: little enough that it is still
	// in the processor's cache when its fields are parsed.
	chunkBytes = 256 << 10
	// maxRecord bounds a record, and with it what a quote that is never closed
	// makes the reader hold.
	maxRecord = 1 << 28
	// maxRagged is how many records are left out before the reader gives up.
	maxRagged = 100_000
	// keptChunks is how many given-back chunks are kept for the next ones.
	keptChunks = 16
)

// Reader reads a file with a header as chunks of records.
//
// Its text is RFC 4180, strictly, in the dialect that is declared: quotes
// enclose a whole field and are doubled within. A line ends in LF or CR LF; in
// quotes both are text and stay as they are. A byte order mark is dropped. A
// blank line is a record of one null where the file has one column, and ragged
// elsewhere.
type Reader struct {
	file    format
	in      io.Reader
	size    int          // of the text of a chunk
	names   []string     // in the header
	next    *Chunk       // its text, as far as it was read; nil at the end
	ended   error        // why there is no more to read: io.EOF or an error
	taken   func() int64 // bytes of the file that were read; nil where nobody knows
	counted int64        // of them, those of the chunks given
	close   func() error

	// Of the chunks that were placed.
	records int64
	lines   int // and of the header
	ragged  int

	pool   sync.Mutex // guards the following
	free   []*Chunk
	closed bool
}

// NewReader reads the header of a text that is not compressed. Messages call it
// by name.
func NewReader(in io.Reader, name string, dialect contract.Dialect) (*Reader, error) {
	return newReader(in, newFormat(name, dialect), dialect.Encoding, chunkBytes)
}

// newReader is NewReader with chunks of about the given size.
func newReader(in io.Reader, f *format, encoding string, size int) (r *Reader, err error) {
	r = &Reader{file: *f, size: size, close: func() error { return nil }}
	if r.in, r.file.encoding, err = decode(in, f.name, encoding); err != nil {
		return nil, err
	}
	r.next = r.newChunk()
	if err := r.header(); err != nil {
		return nil, err
	}
	return r, nil
}

// Header is the names of the file's columns. It must not be changed.
func (r *Reader) Header() []string { return r.names }

// Select says which of the file's columns rows are to give as their columns, in
// this order, and the index of the file in the run's list, for origins. It comes
// before Next; without it rows give all columns.
func (r *Reader) Select(columns []int, file int) {
	r.file.columns, r.file.index = columns, file
}

// Close closes the file and lets go of what was kept for further chunks. Those
// that Next gave stay valid. It may be called more than once.
func (r *Reader) Close() error {
	r.pool.Lock()
	defer r.pool.Unlock()
	if r.closed {
		return nil
	}
	r.closed, r.next, r.free = true, nil, nil
	return r.close()
}

// Records is how many records the chunks placed so far have, those left out
// included.
func (r *Reader) Records() int64 { return r.records }

// Position is where the chunks placed so far end, but for its Offset.
func (r *Reader) Position() Position {
	return Position{Records: r.records, Lines: r.lines, Ragged: r.ragged}
}

// Free takes back a chunk, with all that aliases it, to use its memory again.
// It need not be called. It may be called by any goroutine.
func (r *Reader) Free(c *Chunk) {
	r.pool.Lock()
	defer r.pool.Unlock()
	if !r.closed && len(r.free) < keptChunks && max(cap(c.text), cap(c.Rows.Data)) <= 4*chunkBytes {
		r.free = append(r.free, c)
	}
}

// newChunk gives a chunk without text.
func (r *Reader) newChunk() *Chunk {
	r.pool.Lock()
	defer r.pool.Unlock()
	c := &Chunk{}
	if n := len(r.free); n > 0 {
		c = r.free[n-1]
		r.free = r.free[:n-1]
		if cap(c.Rows.Data) > cap(c.text) {
			c.text = c.Rows.Data
		}
	}
	c.file, c.text, c.end, c.plain, c.Size = &r.file, c.text[:0], nil, false, 0
	return c
}

// Next gives the next chunk, yet to be split. It is for one goroutine at a time,
// which need not be that of Place. At the end of the file the error is io.EOF,
// and there is no other: what is wrong with the file is for Place to say.
func (r *Reader) Next() (*Chunk, error) {
	c := r.next
	if c == nil {
		return nil, io.EOF
	}
	for want := r.size; ; want = min(2*want, r.file.longest+1) {
		r.fill(c, want)
		end, plain := r.end(c.text)
		if end > 0 {
			c.plain = plain
			r.cut(c, end)
			break
		}
		if r.ended == nil && len(c.text) > r.file.longest {
			r.ended = errTooLong
		}
		if r.ended != nil || r.faulty(c) {
			c.end, r.next = r.ended, nil
			break
		}
	}
	if r.taken != nil {
		taken := r.taken()
		c.Size, r.counted = taken-r.counted, taken
	}
	if r.next == nil && len(c.text) == 0 && c.end == io.EOF {
		return nil, io.EOF
	}
	return c, nil
}

// end is where a chunk of the text is to end: 0 where that cannot be told, or
// where all of it is the last. plain says that there are no quotes in the chunk;
// otherwise there may be.
func (r *Reader) end(text []byte) (end int, plain bool) {
	if len(text) <= r.size && r.ended != nil {
		return 0, false
	}
	window := text[:min(len(text), r.size)]
	quotes := r.quotes(window)
	if end := r.lastEnd(window, quotes); end > 0 {
		return end, quotes == 0
	}
	return r.firstEnd(text, len(window), quotes), false
}

// cut ends a chunk at a place, and begins the next with what is behind.
func (r *Reader) cut(c *Chunk, end int) {
	rest := c.text[end:]
	r.next = r.newChunk()
	r.next.reserve(max(r.size, len(rest)))
	r.next.text = append(r.next.text, rest...)
	c.text = c.text[:end]
}

// reserve makes room for n bytes of text and what may be put behind it.
func (c *Chunk) reserve(n int) {
	if need := n + 1 + slack; cap(c.text) < need {
		c.text = append(make([]byte, 0, need), c.text...)
	}
}

// fill reads on until the chunk has so many bytes of text, or r.ended says why
// there are no more.
func (r *Reader) fill(c *Chunk, want int) {
	c.reserve(want)
	for empty := 0; len(c.text) < want && r.ended == nil; {
		n, err := r.in.Read(c.text[len(c.text):want])
		c.text = c.text[:len(c.text)+n]
		if n > 0 {
			empty = 0
		} else if empty++; empty == 100 && err == nil {
			err = io.ErrNoProgress
		}
		switch {
		case err == io.EOF:
			r.ended = err
		case err != nil:
			r.ended = unreadable(r.file.name, err)
		}
	}
}

// lastEnd is the place behind the last record that ends in a text with so many
// quotes, 0 where none does. A line end is text where the quotes before it are
// odd in number, and ends a record where they are even, so that counting them
// will do. That is wrong behind a quote that stands where none may, and there it
// does not matter.
func (r *Reader) lastEnd(text []byte, quotes int) int {
	for {
		end := bytes.LastIndexByte(text, '\n')
		if end < 0 {
			return 0
		}
		if quotes > 0 {
			quotes -= r.quotes(text[end:])
		}
		if quotes%2 == 0 {
			return end + 1
		}
		text = text[:end]
	}
}

// firstEnd is the place behind the first record that ends behind from or later,
// before which there are so many quotes; 0 where none does.
func (r *Reader) firstEnd(text []byte, from, quotes int) int {
	for {
		end := bytes.IndexByte(text[from:], '\n')
		if end < 0 {
			return 0
		}
		quotes += r.quotes(text[from : from+end])
		from += end + 1
		if quotes%2 == 0 {
			return from
		}
	}
}

// quotes is how many quotes there are in a text.
func (r *Reader) quotes(text []byte) int {
	if r.file.quote == 0 {
		return 0
	}
	return bytes.Count(text, []byte{r.file.quote})
}

// faulty says whether a chunk without the end of a record can have none: it is
// not worth reading on for one.
func (r *Reader) faulty(c *Chunk) bool {
	c.index.find(c.text, r.file.delimiter, r.file.quote)
	return c.index.fault != noFault
}

// Place tells a split chunk where it stands in the file. Chunks must be placed
// in the order in which Next gave them. An error is why there are no more
// records behind those of the chunk: a *DataError says that the rest is not
// delimited text, any other that the rest cannot be read. Chunks behind it must
// not be placed.
func (r *Reader) Place(c *Chunk) error {
	bad := c.bad
	if over := r.ragged + len(c.Ragged) - maxRagged; over > 0 {
		bad = c.leaveOut(len(c.Ragged) - over)
	}
	for i := range c.Ragged {
		c.Ragged[i].Record += r.records
		c.Ragged[i].Line += r.lines + 1
	}
	c.Rows.Base = contract.MakeOrigin(r.file.index, r.records+1)
	var data *DataError
	var nul *nulError
	switch {
	case errors.As(bad, &data):
		data.Record += r.records
		data.Line += r.lines + 1
	case errors.As(bad, &nul):
		bad = r.nulFound(r.lines + 1 + nul.line)
	}
	r.records += int64(c.Rows.Count + len(c.Ragged))
	r.lines += c.lines
	r.ragged += len(c.Ragged)
	return bad
}

func (r *Reader) nulFound(line int) error {
	return fmt.Errorf("%s:%d: found a NUL byte; expected text: the file is damaged, or no CSV in %s; export it again", r.file.name, line, r.file.encoding)
}

// leaveOut drops what stands behind the first ragged records of a chunk, of
// which there are more.
func (c *Chunk) leaveOut(ragged int) error {
	first := c.Ragged[ragged]
	c.Ragged = c.Ragged[:ragged]
	c.Rows.Count = c.Rows.Skipped[ragged]
	c.Rows.Skipped = c.Rows.Skipped[:ragged]
	return &DataError{Path: c.file.name, Record: first.Record, Line: first.Line, Problem: fmt.Sprintf(
		"found more than %d records that are no rows of this file; expected none: the file is probably not what its header says", maxRagged)}
}
