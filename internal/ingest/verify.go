package ingest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"math/big"
	"strconv"
	"strings"
	"time"

	"martlet/internal/contract"
	"martlet/internal/delimited"
	"martlet/internal/xlsx"
)

// readBack says by an error that a CSV file is not what the sheet holds. It
// reads both again and compares every field with its cell by other means than
// those the field was written with: numbers as doubles or, where they are
// integers, as fractions; times as the serial numbers they stand for.
type readBack struct {
	ctx     context.Context
	sheet   *sheet
	records *recordReader
	columns []contract.Column // types; empty ones for a sheet without a schema
	index   []int             // the sheet's column of each
	before  int               // the row of the sheet that record 0 is
	record  int               // last read
	fields  []*xlsx.Cell      // of a record, by column
	target  map[int]int       // the column of a sheet's
	values  int64             // compared
}

// verify compares what a conversion wrote with the sheet, and gives the number
// of values compared.
func (c *conversion) verify(ctx context.Context) (values int64, err error) {
	in, err := c.out.open()
	if err != nil {
		return 0, err
	}
	defer in.Close() // only read
	reader, err := openSeed(in, c.out.target, c.columns)
	if err != nil {
		return 0, err
	}
	v := &readBack{sheet: c.sheet, records: &recordReader{reader: reader}, columns: c.columns, index: c.index, before: c.headerRow}
	return v.compare(ctx)
}

func (v *readBack) compare(ctx context.Context) (values int64, err error) {
	v.ctx = ctx
	v.fields = make([]*xlsx.Cell, len(v.index))
	v.target = make(map[int]int, len(v.index))
	for j, column := range v.index {
		v.target[column] = j
	}
	begin := func() error { return nil } // the merged areas are known by now
	if err := v.sheet.each(ctx, begin, v.row); err != nil {
		return 0, err
	}
	switch more, err := v.records.next(); {
	case err != nil:
		return 0, v.wrong(err)
	case more:
		return 0, v.wrong(fmt.Errorf("it has more records than the sheet has rows"))
	}
	return v.values, nil
}

// row compares one row, and the blank ones before it.
func (v *readBack) row(row *xlsx.Row) error {
	if row.Number <= v.before || len(row.Cells) == 0 {
		return nil
	}
	clear(v.fields)
	for i := range row.Cells {
		if j, ok := v.target[row.Cells[i].Column]; ok {
			v.fields[j] = &row.Cells[i]
		}
	}
	for v.before+v.record < row.Number {
		if v.record%1024 == 0 {
			if err := stopped(v.ctx); err != nil {
				return err
			}
		}
		more, err := v.records.next()
		if err == nil && !more {
			err = errors.New("it has fewer records than the sheet has rows")
		}
		if err != nil {
			return v.wrong(err)
		}
		v.record++
		for j, cell := range v.fields {
			if v.before+v.record < row.Number {
				cell = nil
			}
			text, ok := v.records.field(j)
			if cell != nil && cell.Kind != xlsx.Formula {
				v.values++
			}
			if !sameValue(cell, v.columns[j].Type, text, ok, v.sheet.book.Date1904()) {
				return v.wrong(fmt.Errorf("the field of cell %s is not what the cell holds", xlsx.CellName(v.index[j], v.before+v.record)))
			}
		}
	}
	return nil
}

// wrong is an error of this program, and never of the user's data.
func (v *readBack) wrong(err error) error {
	return fmt.Errorf("%s!%s: read back, the CSV differs from the sheet: %w; nothing was written: this is a bug, please report it", v.sheet.file, v.sheet.name, err)
}

// recordReader gives the records of a CSV file one by one.
type recordReader struct {
	reader *delimited.Reader
	chunk  *delimited.Chunk
	at     int
}

func (r *recordReader) next() (more bool, err error) {
	for r.at++; r.chunk == nil || r.at >= r.chunk.Rows.Len(); r.at = 0 {
		if r.chunk != nil {
			r.reader.Free(r.chunk)
		}
		if r.chunk, err = r.reader.Next(); err == io.EOF {
			return false, nil
		} else if err != nil {
			return false, err
		}
		r.chunk.Split()
		if err := r.reader.Place(r.chunk); err != nil {
			return false, err
		}
		if len(r.chunk.Ragged) > 0 {
			return false, errors.New("a record has not as many fields as the header")
		}
	}
	return true, nil
}

// field is a field of the record; not ok is null.
func (r *recordReader) field(j int) (text []byte, ok bool) { return r.chunk.Rows.Text(r.at, j) }

// sameValue says whether a field holds what a cell does; a nil cell is none.
func sameValue(c *xlsx.Cell, declared string, text []byte, ok, date1904 bool) bool {
	if c == nil || c.Kind == xlsx.Formula {
		return !ok
	}
	switch {
	case !ok:
		return false
	case c.Kind == xlsx.Bool:
		return string(text) == strconv.FormatBool(string(c.Raw) == "1")
	case bytes.Equal(text, c.Raw):
		return true
	case c.Kind == xlsx.ISO:
		return sameInstant(string(c.Raw), string(text))
	case c.Kind != xlsx.Number:
		return false
	}
	timed := declared == "date" || declared == "timestamp" || declared == "timestamptz" ||
		(declared == "string" || declared == "") && c.Format != xlsx.General && c.Format != xlsx.Unknown
	if timed {
		serial, found := serialOf(string(text), date1904)
		cell, err := strconv.ParseFloat(string(c.Raw), 64)
		if found && err == nil {
			return math.Abs(serial-cell) <= timeTolerance(cell)
		}
	}
	return sameNumber(string(c.Raw), string(text))
}

// sameNumber compares numbers: as fractions where either is an integer, else as
// doubles, which is what a workbook holds.
func sameNumber(a, b string) bool {
	x, okX := new(big.Rat).SetString(a)
	y, okY := new(big.Rat).SetString(b)
	if !okX || !okY || strings.ContainsAny(b, "_xXpP/") {
		return false
	}
	if x.Cmp(y) == 0 {
		return true
	}
	f, _ := x.Float64()
	g, _ := y.Float64()
	return f == g && !x.IsInt() && !y.IsInt()
}

func sameInstant(a, b string) bool {
	read := func(s string) (time.Time, bool) {
		for _, layout := range []string{"2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02T15:04", "2006-01-02"} {
			if t, err := time.Parse(layout, s); err == nil {
				return t, true
			}
		}
		return time.Time{}, false
	}
	x, okX := read(a)
	y, okY := read(b)
	return okX && okY && x.Equal(y)
}

// serialOf is the serial number of a date, a time or a duration as written, by
// the definition of serial numbers alone.
func serialOf(text string, date1904 bool) (float64, bool) {
	if negative := strings.HasPrefix(text, "-"); strings.IndexByte(text, ':') >= 0 && !strings.Contains(text, " ") {
		var hours, minutes int
		var seconds float64
		if n, err := fmt.Sscanf(strings.TrimPrefix(text, "-"), "%d:%d:%g", &hours, &minutes, &seconds); n != 3 || err != nil {
			return 0, false
		}
		serial := (float64(hours)*3600 + float64(minutes)*60 + seconds) / 86400
		if negative {
			serial = -serial
		}
		return serial, true
	}
	layout := "2006-01-02"
	if len(text) > len(layout) {
		layout = "2006-01-02 15:04:05"
	}
	t, err := time.Parse(layout, text)
	if err != nil {
		return 0, false
	}
	first := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	switch {
	case date1904:
		first = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	case t.Before(time.Date(1900, 3, 1, 0, 0, 0, 0, time.UTC)):
		first = time.Date(1899, 12, 31, 0, 0, 0, 0, time.UTC) // no 29th of February 1900 between
	}
	micros := t.UnixMicro() - first.UnixMicro()
	const day = 86400 * 1_000_000
	return float64(micros/day) + float64(micros%day)/day, true
}

// timeTolerance is how far a time may be from the serial number it was made of:
// a microsecond and a half, and what a number of that size in 15 digits leaves open.
func timeTolerance(serial float64) float64 {
	digits := math.Pow(10, math.Ceil(math.Log10(math.Abs(serial)+1))-15)
	return 1.5e-6/86400 + 1.1*digits
}
