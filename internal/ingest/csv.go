package ingest

import (
	"errors"
	"fmt"
	"io"
	"os"
	"sync"

	"martlet/internal/contract"
)

const (
	// blockSize is how much text is cut at once: little enough that it is still
	// in the processor's cache when it is parsed.
	blockSize = 1 << 20
	// maxRecord bounds a record, and with it what a quote that is never closed
	// makes the reader hold.
	maxRecord = 1 << 28
	// maxRagged bounds what the reader keeps of the records it leaves out.
	maxRagged = 100_000
	// keptBlocks is how many given-back runs are kept for the next ones.
	keptBlocks = 8
)

// Ragged is a record that is left out of what Next gives: it has not as many
// fields as the header, or is not UTF-8.
type Ragged struct {
	Record int64  // from 1, the header not counted
	Line   int    // at which it begins
	Fields int    // how many it has; 0 for a blank line
	Reason string // what was found and what was expected
	Raw    []byte // the record as it stands in the file; personal
}

// Reader reads a CSV file with a header as runs of records. Only Free may be
// called from several goroutines.
//
// CSV is RFC 4180, strictly: quotes enclose a whole field and are doubled
// within. A line ends in LF or CR LF; in quotes both are text and stay as they
// are. A byte order mark is dropped. A blank line is a record of one null where
// the file has one column, and ragged elsewhere.
type Reader struct {
	in    io.Reader
	name  string
	file  int
	block int

	columns []int // where the declared ones stand
	width   int   // fields a record

	split   splitter
	buffer  []byte // text read, from the record at pos on; slack bytes follow it
	pos     int
	line    int   // at which the record at pos begins
	records int64 // before pos
	ended   error // why there is no more to read: io.EOF or an error
	ragged  []Ragged

	pool sync.Mutex // guards free
	free []*contract.Rows
}

// OpenCSV opens the file at path and checks that its header has the declared
// columns, in any order. file is its index in the run's list, for origins.
// Messages name it by path; see OpenCSVAs.
func OpenCSV(path string, columns []contract.Column, file int) (*Reader, error) {
	return OpenCSVAs(path, path, columns, file)
}

// OpenCSVAs is OpenCSV for a file that messages call name: its path from the root.
func OpenCSVAs(path, name string, columns []contract.Column, file int) (*Reader, error) {
	in, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("%s: the file cannot be read: %w", name, cause(err))
	}
	r, err := NewReader(in, name, columns, file)
	if err != nil {
		return nil, errors.Join(err, in.Close())
	}
	return r, nil
}

// NewReader is OpenCSVAs for text that comes from elsewhere. If in is an
// io.Closer, Close closes it; after an error that is left to the caller.
func NewReader(in io.Reader, name string, columns []contract.Column, file int) (*Reader, error) {
	return newReader(in, name, columns, file, blockSize)
}

// newReader is NewReader with blocks of at least the given size, which is more
// than slack.
func newReader(in io.Reader, name string, columns []contract.Column, file, block int) (*Reader, error) {
	r := &Reader{in: in, name: name, file: file, block: block, line: 1, buffer: make([]byte, 0, block)}
	header, err := r.header()
	if err != nil {
		return nil, err
	}
	r.columns, err = matchHeader(header, columns, func(i int) string {
		if i < 0 {
			return name + ":1"
		}
		return fmt.Sprintf("%s:1: column %d", name, i+1)
	})
	if err != nil {
		return nil, err
	}
	r.width = len(header)
	return r, nil
}

// Close closes the file. Runs that Next gave stay valid.
func (r *Reader) Close() error {
	if c, ok := r.in.(io.Closer); ok {
		return c.Close()
	}
	return nil
}

// Records is how many records have been seen, those left out included.
func (r *Reader) Records() int64 { return r.records }

// Ragged lists the records left out so far, in order.
func (r *Reader) Ragged() []Ragged { return r.ragged }

// Free takes back a run that Next gave, with all that aliases it, to use its
// memory again. It need not be called.
func (r *Reader) Free(rows *contract.Rows) {
	r.pool.Lock()
	defer r.pool.Unlock()
	if len(r.free) < keptBlocks && cap(rows.Data) <= 2*blockSize {
		r.free = append(r.free, rows)
	}
}

// newRows gives an empty run.
func (r *Reader) newRows() *contract.Rows {
	r.pool.Lock()
	defer r.pool.Unlock()
	rows := &contract.Rows{}
	if n := len(r.free); n > 0 {
		rows = r.free[n-1]
		r.free = r.free[:n-1]
	}
	clear(rows.Quoted)
	rows.Start, rows.End, rows.Quoted, rows.Data = rows.Start[:0], rows.End[:0], rows.Quoted[:0], rows.Data[:0]
	rows.Width, rows.Column = r.width, r.columns
	return rows
}

// Next gives the next run of records: one at least and contract.BatchRows at
// most, their numbers consecutive. Its fields alias its Data. At the end of the
// file the error is io.EOF; a *DataError says that the rest is not CSV; any
// other that the rest cannot be read. The records before are given first, and
// after an error there are no more.
func (r *Reader) Next() (*contract.Rows, error) {
	rows := r.newRows()
	spare := rows.Data
	for {
		o := r.cut(rows)
		if rows.Len() > 0 {
			r.handOver(rows, spare)
			return rows, nil
		}
		if o != incomplete {
			r.ended = r.broken(o)
		}
		if r.ended != nil {
			return nil, r.ending()
		}
		r.fill()
	}
}
