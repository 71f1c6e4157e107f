package ingest

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"martlet/internal/contract"
)

// flushAt is how much text is gathered before it is written.
const flushAt = 64 << 10

// Convert writes a sheet as CSV: a header line, then one record for each row
// after the header down to the last that is not blank, so that record k is the
// row k below the header. The header is the first row that holds anything; the
// columns are written in declared order whatever the order in the sheet.
//
// A cell is written as the text of its column's declared type (formulas by the
// result stored with them), no cell as nothing, empty text as "". Fields stand
// in quotes only where they have to; lines end in one LF. Where columns is nil,
// those of the header are written as string columns would be.
//
// The errors say the cell, and all that is wrong with the header, or with the
// cells below it, comes at once (of cells, the first in each column). What was written to out before an error is of
// no use.
func (w *Workbook) Convert(sheet string, columns []contract.Column, out io.Writer) (rows int64, err error) {
	rows, _, err = w.convert(sheet, columns, out)
	return rows, err
}

// convert is Convert, and gives the cell of each column's header: "B1".
func (w *Workbook) convert(sheet string, columns []contract.Column, out io.Writer) (rows int64, header []string, err error) {
	c := &conversion{
		days: w.days, out: out, outside: map[int]bool{}, unknown: map[int]bool{},
		place: func(cell string) string { return fmt.Sprintf("%s!%s!%s", w.name, sheet, cell) },
	}
	reader, err := w.rows(sheet)
	if err != nil {
		return 0, nil, err
	}
	for {
		row, cells, more, err := reader.next()
		if err != nil {
			return 0, nil, err
		}
		if !more {
			break
		}
		if c.headerRow == 0 {
			err = c.header(row, cells, columns)
		} else {
			err = c.record(row, cells)
		}
		if err != nil {
			return 0, nil, err
		}
	}
	if c.headerRow == 0 {
		return 0, nil, fmt.Errorf("%s!%s: found no cells; expected a header with %s: fill the sheet, or name another", w.name, sheet, columnNames(columns))
	}
	if err := errors.Join(c.problems...); err != nil {
		return 0, nil, err
	}
	for _, i := range c.index {
		header = append(header, CellName(i+1, c.headerRow))
	}
	return c.records, header, c.flush()
}

// conversion is the state of one Convert.
type conversion struct {
	days      epoch
	out       io.Writer
	place     func(cell string) string
	headerRow int // 0 before it is found
	first     int // column of the sheet in which the header begins, from 0
	last      int // and in which it ends
	index     []int
	types     []string
	records   int64
	text      []byte // not yet written
	field     []byte // the text of one cell
	problems  []error
	outside   map[int]bool // columns whose values without a header problems has
	unknown   map[int]bool // and those whose formulas without a result it has
}

// header takes the first row that is not blank for the header.
func (c *conversion) header(row int, cells []cell, columns []contract.Column) error {
	names, ok := c.names(cells)
	if !ok {
		return nil
	}
	c.headerRow = row
	if columns == nil {
		for _, name := range names {
			columns = append(columns, contract.Column{Name: name})
		}
	}
	var err error
	c.index, err = matchHeader(names, columns, func(i int) string { return c.place(CellName(c.first+max(i, 0)+1, row)) })
	if err != nil {
		return err
	}
	for j, column := range columns {
		c.index[j] += c.first
		c.types = append(c.types, column.Type)
		if j > 0 {
			c.text = append(c.text, ',')
		}
		c.text = appendField(c.text, []byte(column.Name))
	}
	c.text = append(c.text, '\n')
	return nil
}

// names reads a row as a header, from its first to its last cell; it is not ok
// for a blank row.
func (c *conversion) names(cells []cell) (names []string, ok bool) {
	for i, cell := range cells {
		if cell.blank() {
			continue
		}
		if !ok {
			c.first, ok = i, true
		}
		for len(names) < i-c.first {
			names = append(names, "")
		}
		names = append(names, string(cell.appendText(nil, "", c.days)))
		c.last = i
	}
	return names, ok
}

// record writes one row, and before it the blank rows that were passed over.
func (c *conversion) record(row int, cells []cell) error {
	blank := true
	for i, cell := range cells {
		if cell.blank() {
			continue
		}
		blank = false
		if (i < c.first || i > c.last) && !c.outside[i] {
			c.outside[i] = true
			c.problems = append(c.problems, fmt.Errorf("%s: found a value in a column without a header; expected none: name the column in row %d and declare it, or clear it",
				c.place(CellName(i+1, row)), c.headerRow))
		}
		if cell.kind == unknownCell && !c.unknown[i] {
			c.unknown[i] = true
			c.problems = append(c.problems, fmt.Errorf("%s: found a formula without a stored result; expected its value: open the workbook in a spreadsheet program and save it",
				c.place(CellName(i+1, row))))
		}
	}
	if blank {
		return nil
	}
	for c.headerRow+int(c.records)+1 < row {
		c.append(nil)
	}
	c.append(cells)
	if len(c.text) < flushAt {
		return nil
	}
	return c.flush()
}

// append adds one record; without cells, a blank one.
func (c *conversion) append(cells []cell) {
	for j, i := range c.index {
		if j > 0 {
			c.text = append(c.text, ',')
		}
		if i < len(cells) && cells[i].kind != noCell {
			c.field = cells[i].appendText(c.field[:0], c.types[j], c.days)
			c.text = appendField(c.text, c.field)
		}
	}
	c.text = append(c.text, '\n')
	c.records++
}

func (c *conversion) flush() error {
	_, err := c.out.Write(c.text)
	c.text = c.text[:0]
	return err
}

// appendField writes a field that is not null.
func appendField(dst, text []byte) []byte {
	if len(text) > 0 && !bytes.ContainsAny(text, ",\"\r\n") {
		return append(dst, text...)
	}
	dst = append(dst, '"')
	for _, b := range text {
		if b == '"' {
			dst = append(dst, '"')
		}
		dst = append(dst, b)
	}
	return append(dst, '"')
}
