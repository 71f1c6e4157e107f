package ingest

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"martlet/internal/contract"
	"martlet/internal/xlsx"
)

// Fault is a cell of a workbook that has no value which the text of its seed
// could carry: the record is to be rejected for it.
type Fault struct {
	Record int64  // from 1
	Column int    // declared column
	Reason string // what was found, what was expected and what to do; nothing of the cell's text
}

// maxFaults bounds the faults of a sheet that are kept.
const maxFaults = 100_000

// conversion writes a sheet as CSV: a header line, then one record for each row
// after the header down to the last that holds anything, so that record k is
// the row k below the header. The header is the first row in which anything can
// be seen; the columns are written in declared order whatever the order in the
// sheet.
//
// A cell is written as the text of its column's declared type (formulas by the
// result stored with them), no cell as nothing, empty text as "". Fields stand
// in quotes only where they have to; lines end in one LF.
//
// The errors say the cell, and all that is wrong with the header, or with the
// cells outside of it, comes at once (of cells, the first in each column).
type conversion struct {
	sheet      *sheet
	columns    []contract.Column
	extra      bool // the sheet may have columns that are not declared
	out        *draft
	writer     recordWriter
	headerRow  int      // 0 before it is found
	first      int      // column of the sheet in which the header begins
	last       int      // and in which it ends
	index      []int    // the sheet's column of each declared one
	target     []int    // the declared column of each of the sheet's, or -1
	passedOver []string // columns that are not declared
	records    int64
	faults     []cellFault
	fields     []*xlsx.Cell // of one record, by declared column
	problems   []error
	outside    map[int]bool // columns whose values without a header problems has
}

// cellFault is a fault with its place in the seed.
type cellFault struct {
	record int64
	column int // declared
	fault  fault
}

// convertSheet converts a sheet to a seed.
func convertSheet(ctx context.Context, s *sheet, spec SeedSpec, out *draft) (*conversion, error) {
	c := &conversion{sheet: s, columns: spec.Columns, extra: spec.ExtraColumns, out: out}
	c.writer = recordWriter{ctx: ctx, out: out, days: s.book}
	if err := s.each(ctx, c.begin, c.row); err != nil {
		return nil, err
	}
	if c.headerRow == 0 {
		return nil, fmt.Errorf("%s!%s: found no cells; expected a header with %s: fill the sheet, or name another", s.file, s.name, columnNames(spec.Columns))
	}
	if err := errors.Join(c.problems...); err != nil {
		return nil, err
	}
	return c, c.writer.flush()
}

// begin starts anew.
func (c *conversion) begin() error {
	*c = conversion{sheet: c.sheet, columns: c.columns, extra: c.extra, out: c.out, outside: map[int]bool{},
		writer: recordWriter{ctx: c.writer.ctx, out: c.out, days: c.sheet.book}}
	return c.out.reset()
}

// header names the cell of each column's header: "B1".
func (c *conversion) header() []string {
	names := make([]string, len(c.index))
	for j, column := range c.index {
		names[j] = xlsx.CellName(column, c.headerRow)
	}
	return names
}

func (c *conversion) row(row *xlsx.Row) error {
	if c.headerRow == 0 {
		return c.readHeader(row)
	}
	if len(row.Cells) == 0 {
		return nil
	}
	return c.record(row)
}

// readHeader takes the first row in which anything can be seen for the header.
func (c *conversion) readHeader(row *xlsx.Row) error {
	names := c.names(row.Cells)
	if names == nil {
		return nil
	}
	c.headerRow = row.Number
	place := func(i int) string { return c.sheet.place(c.first+max(i, 0), row.Number) }
	index, passedOver, err := findColumns(names, c.columns, c.extra, place)
	if err != nil {
		return err
	}
	c.passedOver = passedOver
	c.target = make([]int, len(names))
	for i := range c.target {
		c.target[i] = -1
	}
	declared := make([]string, len(c.columns))
	for j, column := range c.columns {
		c.target[index[j]] = j
		c.index = append(c.index, index[j]+c.first)
		declared[j] = column.Name
	}
	c.writer.header(declared)
	c.fields = make([]*xlsx.Cell, len(c.columns))
	return nil
}

// names reads a row as a header, from the first to the last cell in which
// anything can be seen; nil for a row without.
func (c *conversion) names(cells []xlsx.Cell) (names []string) {
	for i := range cells {
		cell := &cells[i]
		if cell.Kind == xlsx.Text && len(cell.Raw) == 0 {
			continue
		}
		if names == nil {
			c.first = cell.Column
		}
		for len(names) < cell.Column-c.first {
			names = append(names, "")
		}
		text, _ := appendText(nil, cell, "", c.sheet.book)
		names = append(names, string(text))
		c.last = cell.Column
	}
	return names
}

// record writes one row, and before it the blank rows that were passed over.
func (c *conversion) record(row *xlsx.Row) error {
	for c.headerRow+int(c.records)+1 < row.Number {
		if err := c.append(); err != nil {
			return err
		}
	}
	for i := range row.Cells {
		cell := &row.Cells[i]
		if cell.Column < c.first || cell.Column > c.last {
			c.complainOutside(cell, row.Number)
			continue
		}
		if j := c.target[cell.Column-c.first]; j >= 0 {
			c.fields[j] = cell
		}
	}
	if err := c.append(); err != nil {
		return err
	}
	clear(c.fields)
	if len(c.faults) > maxFaults {
		return fmt.Errorf("%s!%s: found more than %d cells without a value, the last in row %d; expected fewer: the sheet is probably not what its header says", c.sheet.file, c.sheet.name, maxFaults, row.Number)
	}
	return nil
}

// append adds the record of the fields.
func (c *conversion) append() error {
	c.records++
	return c.writer.record(c.fields, func(j int) string { return c.columns[j].Type }, func(j int, _ *xlsx.Cell, f fault) {
		c.faults = append(c.faults, cellFault{record: c.records, column: j, fault: f})
	})
}

// notes says what a person should know of the sheet.
func (c *conversion) notes() []string {
	notes := c.sheet.notes()
	if len(c.passedOver) > 0 {
		notes = append(notes, "columns that are not declared are passed over: "+strings.Join(c.passedOver, ", "))
	}
	return notes
}

// complainOutside reports a value in a column without a header, once a column.
func (c *conversion) complainOutside(cell *xlsx.Cell, row int) {
	if c.outside[cell.Column] || cell.Kind == xlsx.Text && len(cell.Raw) == 0 {
		return
	}
	c.outside[cell.Column] = true
	c.problems = append(c.problems, fmt.Errorf("%s: found a value in a column without a header; expected none: name the column in row %d and declare it, or clear it",
		c.sheet.place(cell.Column, row), c.headerRow))
}
