package ingest

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"martlet/internal/xlsx"
)

// sheet is one sheet of a workbook as its conversions see it: what is covered
// by a merged area is not there.
type sheet struct {
	book   *xlsx.Book
	file   string // name of the workbook, for messages
	name   string
	hidden bool

	surveyed bool        // merged is known
	merged   []xlsx.Area // by their first row

	// Of the last reading.
	hiddenRows    []int
	hiddenColumns []xlsx.Area
	covered       int64  // cells with a value that a merged area covers
	firstCovered  string // the first of them
}

// newSheet finds a sheet of an open workbook.
func newSheet(book *xlsx.Book, file, name string) *sheet {
	s := &sheet{book: book, file: file, name: name}
	for _, each := range book.Sheets() {
		if each.Name == name {
			s.hidden = each.Hidden
		}
	}
	return s
}

// place names a cell of the sheet for messages.
func (s *sheet) place(column, row int) string {
	return fmt.Sprintf("%s!%s!%s", s.file, s.name, xlsx.CellName(column, row))
}

// each gives every row to do, ascending. A file tells which cells are merged
// only behind its rows, so where there are any, the first reading is done again
// with what it has found; begin is called before each.
func (s *sheet) each(ctx context.Context, begin func() error, do func(row *xlsx.Row) error) error {
	for {
		if err := begin(); err != nil {
			return err
		}
		merged, err := s.read(ctx, do)
		if err != nil || s.surveyed || len(merged) == 0 {
			s.surveyed = s.surveyed || err == nil
			return err
		}
		s.surveyed, s.merged = true, merged
		slices.SortStableFunc(s.merged, func(a, b xlsx.Area) int { return cmp.Compare(a.Top, b.Top) })
	}
}

// read is one reading of the sheet.
func (s *sheet) read(ctx context.Context, do func(row *xlsx.Row) error) (merged []xlsx.Area, err error) {
	rows, err := s.book.Rows(s.name)
	if err != nil {
		return nil, err
	}
	defer rows.Close() // only read
	s.hiddenRows, s.covered, s.firstCovered = nil, 0, ""
	open := cover{areas: s.merged}
	for n := 0; ; n++ {
		if n%1024 == 0 {
			if err := stopped(ctx); err != nil {
				return nil, err
			}
		}
		row, err := rows.Next()
		if err == io.EOF {
			s.hiddenColumns = rows.HiddenColumns()
			return rows.Merged(), nil
		}
		if err != nil {
			return nil, err
		}
		if len(s.merged) > 0 {
			s.uncover(&open, row)
		}
		if row.Hidden && len(row.Cells) > 0 {
			s.hiddenRows = append(s.hiddenRows, row.Number)
		}
		if err := do(row); err != nil {
			return nil, err
		}
	}
}

// uncover takes out of a row what merged areas cover.
func (s *sheet) uncover(open *cover, row *xlsx.Row) {
	open.advance(row.Number)
	row.Cells = slices.DeleteFunc(row.Cells, func(c xlsx.Cell) bool {
		if !open.covers(c.Column, row.Number) {
			return false
		}
		if s.covered++; s.covered == 1 {
			s.firstCovered = xlsx.CellName(c.Column, row.Number)
		}
		return true
	})
}

// cover is the merged areas that reach into one row after the other.
type cover struct {
	areas []xlsx.Area // yet to begin, by their first row
	open  []xlsx.Area
}

func (c *cover) advance(row int) {
	c.open = slices.DeleteFunc(c.open, func(a xlsx.Area) bool { return a.Bottom < row })
	for len(c.areas) > 0 && c.areas[0].Top <= row {
		c.open, c.areas = append(c.open, c.areas[0]), c.areas[1:]
	}
}

// covers says whether a cell stands in a merged area and is not its first.
func (c *cover) covers(column, row int) bool {
	for _, a := range c.open {
		if a.Left <= column && column <= a.Right && row <= a.Bottom && (column != a.Left || row != a.Top) {
			return true
		}
	}
	return false
}

// notes says what a person who looks at the sheet may not see, or see otherwise.
func (s *sheet) notes() (notes []string) {
	if s.hidden {
		notes = append(notes, "the sheet is hidden")
	}
	if n := len(s.hiddenRows); n > 0 {
		notes = append(notes, fmt.Sprintf("%s hidden (%s)", counted(n, "row is", "rows are"), few(ranges(s.hiddenRows))))
	}
	if n := len(s.hiddenColumns); n > 0 {
		var names []string
		columns := 0
		for _, a := range s.hiddenColumns {
			columns += a.Right - a.Left + 1
			names = append(names, span(xlsx.ColumnName(a.Left), xlsx.ColumnName(a.Right)))
		}
		notes = append(notes, fmt.Sprintf("%s hidden (%s)", counted(columns, "column is", "columns are"), few(names)))
	}
	if n := len(s.merged); n > 0 {
		names := make([]string, 0, n)
		for _, a := range s.merged {
			names = append(names, a.String())
		}
		note := fmt.Sprintf("%s merged (%s): the value stands in the first cell alone", counted(n, "area is", "areas are"), few(names))
		if s.covered > 0 {
			note += fmt.Sprintf("; %s out of sight, the first in %s, left out", counted(int(s.covered), "value", "values"), s.firstCovered)
		}
		notes = append(notes, note)
	}
	return notes
}

func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// few lists the first of some names.
func few(names []string) string {
	const shown = 5
	if len(names) > shown {
		return strings.Join(names[:shown], ", ") + ", ..."
	}
	return strings.Join(names, ", ")
}

// ranges writes ascending numbers, those that follow each other as one: 5-7.
func ranges(numbers []int) (list []string) {
	for i := 0; i < len(numbers); {
		j := i
		for j+1 < len(numbers) && numbers[j+1] == numbers[j]+1 {
			j++
		}
		list = append(list, span(fmt.Sprint(numbers[i]), fmt.Sprint(numbers[j])))
		i = j + 1
	}
	return list
}

func span(first, last string) string {
	if first == last {
		return first
	}
	return first + "-" + last
}

// stopped is why the context has ended, if it has.
func stopped(ctx context.Context) error {
	if ctx.Err() == nil {
		return nil
	}
	return context.Cause(ctx)
}
