package xlsx

import (
	"errors"
	"fmt"
	"io"
)

// Kind is how a workbook stores a cell.
type Kind uint8

const (
	Number  Kind = iota // Raw is a decimal number, as written
	Text                // Raw is the text, which may be empty
	Bool                // Raw is 0 or 1
	ISO                 // Raw is an ISO 8601 date or time
	Error               // Raw is what the sheet shows: #N/A
	Formula             // a formula without a stored result; Raw is empty
	BadText             // a text with what no text can hold: half a character, or NUL; Raw has it as the file writes it, _xD83D_
)

// Cell is one cell that holds something.
type Cell struct {
	Column int // from 1
	Kind   Kind
	Format Format // what its number format makes of a Number
	Raw    []byte // not to be changed: cells may share it
}

// Row is one row that stands in a sheet; it may have no cells.
type Row struct {
	Number int // from 1
	Hidden bool
	Cells  []Cell // that hold something, ascending by column
}

// Rows reads one sheet, row by row. It holds one row at a time.
type Rows struct {
	book  *Book
	sheet *Sheet
	ahead *readAhead
	scan  *scanner
	row   Row
	texts []byte // of the row's cells
	ends  []int  // of each cell's in texts
	bytes int64  // of the row's texts, shared ones included
	err   error  // what Next gave last, if it was the last: io.EOF if all was read

	closed bool

	hiddenColumns []Area
	merged        []Area
}

// Rows reads a sheet. What it gives is certain only once Next has given io.EOF:
// the checksum of the sheet is known at its end. The caller closes it.
func (b *Book) Rows(sheet string) (*Rows, error) {
	found, err := b.find(sheet)
	if err != nil {
		return nil, err
	}
	if err := b.loadStrings(); err != nil {
		return nil, fmt.Errorf("%s: %w", b.name, err)
	}
	r := &Rows{book: b, sheet: found}
	part, err := b.archive.open(found.part)
	if err != nil {
		return nil, fmt.Errorf("%s!%s: %w", b.name, sheet, err)
	}
	r.ahead = newReadAhead(part)
	r.scan = newScanner(r.ahead, part.room(scanBuffer))
	if err := r.begin(); err != nil {
		r.ahead.Close()
		return nil, r.locate(err)
	}
	return r, nil
}

// Close ends the reading, wherever it is.
func (r *Rows) Close() error {
	if r.closed {
		return nil
	}
	r.closed = true
	if r.err == nil {
		r.err = errors.New("the rows were closed")
	}
	r.ahead.Close()
	return nil
}

// Merged lists the merged areas, in their order in the file. It is known once
// Next has given io.EOF.
func (r *Rows) Merged() []Area { return r.merged }

// HiddenColumns lists the blocks of hidden columns; rows of the areas mean nothing.
func (r *Rows) HiddenColumns() []Area { return r.hiddenColumns }

// begin reads up to the rows.
func (r *Rows) begin() error {
	if err := r.scan.root(mainSpace, "worksheet"); err != nil {
		return err
	}
	for {
		more, err := r.scan.child()
		switch {
		case err != nil:
			return err
		case !more:
			return r.scan.fail(r.scan.pos, "found a sheet without rows (sheetData)")
		case r.scan.space == mainSpace && string(r.scan.name) == "sheetData":
			return nil
		case r.scan.space == mainSpace && string(r.scan.name) == "cols":
			err = r.columns()
		default:
			err = r.scan.skip()
		}
		if err != nil {
			return err
		}
	}
}

// columns reads which columns are hidden.
func (r *Rows) columns() error {
	for {
		more, err := r.scan.child()
		if !more || err != nil {
			return err
		}
		if hidden, _ := r.scan.attr("hidden"); truth(hidden) {
			low, _ := r.scan.attr("min")
			high, _ := r.scan.attr("max")
			a := Area{Left: count(low), Right: count(high)}
			if a.Left < 1 || a.Right < a.Left || a.Right > MaxColumns || len(r.hiddenColumns) == MaxColumns {
				return r.scan.fail(r.scan.pos, "found columns that no sheet has")
			}
			r.hiddenColumns = append(r.hiddenColumns, a)
		}
		if err := r.scan.skip(); err != nil {
			return err
		}
	}
}

// finish reads what follows the rows, to the end of the part.
func (r *Rows) finish() error {
	s := r.scan
	for {
		more, err := s.child()
		switch {
		case err != nil:
			return err
		case !more:
			return s.end()
		case s.space == mainSpace && string(s.name) == "sheetData":
			return s.fail(s.pos, "found rows (sheetData) twice")
		case s.space == mainSpace && string(s.name) == "mergeCells":
			err = r.mergeCells()
		default:
			err = s.skip()
		}
		if err != nil {
			return err
		}
	}
}

// maxMerged bounds the merged areas that are held in memory.
const maxMerged = 1 << 20

func (r *Rows) mergeCells() error {
	for {
		more, err := r.scan.child()
		if !more || err != nil {
			return err
		}
		name, _ := r.scan.attr("ref")
		area, ok := parseArea(name)
		switch {
		case !ok:
			return r.scan.fail(r.scan.pos, "found merged cells %.40q, which no sheet has", name)
		case len(r.merged) == maxMerged:
			return fmt.Errorf("found more than %d merged areas; expected less: no spreadsheet program could show them", maxMerged)
		}
		r.merged = append(r.merged, area)
		if err := r.scan.skip(); err != nil {
			return err
		}
	}
}

// locate says of an error in which sheet, and after which row, it came up.
func (r *Rows) locate(err error) error {
	var at *cellError
	if errors.As(err, &at) {
		return fmt.Errorf("%s!%s!%s: %s", r.book.name, r.sheet.Name, at.cell, at.problem)
	}
	return fmt.Errorf("%s!%s: after row %d: %w", r.book.name, r.sheet.Name, r.row.Number, inPart(r.sheet.part, err))
}

// cellError is about one cell or row.
type cellError struct{ cell, problem string }

func (e *cellError) Error() string { return e.cell + ": " + e.problem }

// Next gives the next row that stands in the sheet, ascending; it is valid until
// the next call. After the last one the error is io.EOF, and any other error
// says that the sheet cannot be relied upon, the rows before included.
func (r *Rows) Next() (*Row, error) {
	if r.err != nil {
		return nil, r.err
	}
	more, err := r.scan.child()
	if err == nil && more {
		if err = r.readRow(); err == nil {
			return &r.row, nil
		}
	}
	if err == nil {
		err = r.finish()
	}
	if r.err = io.EOF; err != nil {
		r.err = r.locate(err)
	}
	return nil, r.err
}

// count reads a number of an attribute; -1 for what is none.
func count(text []byte) int {
	n := 0
	for _, c := range text {
		if c < '0' || c > '9' || n > 1<<30 {
			return -1
		}
		n = n*10 + int(c-'0')
	}
	if len(text) == 0 {
		return -1
	}
	return n
}

// truth reads an attribute of yes or no, which is no where it is absent.
func truth(text []byte) bool { return string(text) == "1" || string(text) == "true" }
