package xlsx

import (
	"fmt"
	"slices"
)

// readRow reads the row that is open.
func (r *Rows) readRow() error {
	s := r.scan
	if s.space != mainSpace || string(s.name) != "row" {
		return s.fail(s.pos, "found <%.40s> among the rows", s.name)
	}
	last := r.row.Number
	r.row.Number, r.row.Hidden = last+1, false
	for _, a := range s.attrs {
		switch string(a.name) {
		case "r":
			r.row.Number = count(a.value)
		case "hidden":
			r.row.Hidden = truth(a.value)
		}
	}
	if n := r.row.Number; n <= last || n > MaxRows {
		r.row.Number = last
		return s.fail(s.pos, "found row %d after row %d; expected rows to ascend", n, last)
	}
	if limit := r.book.archive.limits.Rows; limit > 0 && r.row.Number > limit {
		return fmt.Errorf("found row %d; expected at most %d: if it is a sound workbook, raise the limit \"rows\"", r.row.Number, limit)
	}
	r.row.Cells, r.texts, r.ends, r.bytes = r.row.Cells[:0], r.texts[:0], r.ends[:0], 0
	column, ascending := 0, true
	for {
		more, err := s.child()
		if err != nil {
			return err
		}
		if !more {
			break
		}
		if s.space != mainSpace || string(s.name) != "c" {
			if s.space != mainSpace || string(s.name) != "extLst" {
				return s.fail(s.pos, "found <%.40s> among the cells", s.name)
			}
			if err := s.skip(); err != nil {
				return err
			}
			continue
		}
		next, err := r.readCell(column + 1)
		if err != nil {
			return err
		}
		ascending = ascending && next > column
		column = next
	}
	return r.settle(ascending)
}

// settle gives the cells of the row the texts that are the row's own, which have
// moved while there came more, and puts them into the order of their columns.
func (r *Rows) settle(ascending bool) error {
	cells, from := r.row.Cells, 0
	for i := range cells {
		if cells[i].Raw == nil {
			cells[i].Raw = r.texts[from:r.ends[i]:r.ends[i]]
		}
		from = r.ends[i]
	}
	if ascending {
		return nil
	}
	slices.SortFunc(cells, func(a, b Cell) int { return a.Column - b.Column })
	for i := 1; i < len(cells); i++ {
		if cells[i].Column == cells[i-1].Column {
			return r.cellError(cells[i].Column, "found the cell twice; expected it once: open the workbook in a spreadsheet program and save it again")
		}
	}
	return nil
}

func (r *Rows) cellError(column int, format string, args ...any) error {
	return &cellError{cell: CellName(column, r.row.Number), problem: fmt.Sprintf(format, args...)}
}

// cellType is the type that a cell declares (ECMA-376 part 1, 18.18.11).
type cellType uint8

const (
	typeNumber cellType = iota
	typeShared
	typeInline
	typeString // of a formula
	typeBool
	typeISO
	typeError
	typeUnknown
)

func parseType(name []byte) cellType {
	switch string(name) {
	case "n":
		return typeNumber
	case "s":
		return typeShared
	case "inlineStr":
		return typeInline
	case "str":
		return typeString
	case "b":
		return typeBool
	case "d":
		return typeISO
	case "e":
		return typeError
	}
	return typeUnknown
}

// readCell reads the cell that is open and gives its column, which is next
// where it does not say.
func (r *Rows) readCell(next int) (column int, err error) {
	s := r.scan
	column, style, typ := next, 0, typeNumber
	for _, a := range s.attrs {
		switch string(a.name) {
		case "r":
			c, row, ok := parseReference(a.value)
			if !ok || row != r.row.Number {
				return 0, s.fail(s.pos, "found the cell %.40q in row %d", a.value, r.row.Number)
			}
			column = c
		case "s":
			if style = count(a.value); style < 0 {
				return 0, r.cellError(column, "found the style %.40q; expected a number", a.value)
			}
		case "t":
			if typ = parseType(a.value); typ == typeUnknown {
				return 0, r.cellError(column, "found a cell of the type %.40q; expected one of those that the format has: save the workbook again in a spreadsheet program", a.value)
			}
		}
	}
	if limit := r.book.archive.limits.Columns; column > MaxColumns || limit > 0 && column > limit {
		return 0, r.cellError(column, "found column %d; expected at most %d: if it is a sound workbook, raise the limit \"columns\"", column, limit)
	}
	content, err := r.content(column, typ)
	if err != nil {
		return 0, err
	}
	return column, r.add(column, typ, style, content)
}

// spaceBytes is XML's white space, which means nothing around what is no text.
const spaceBytes = " \t\r\n"

// cellContent is what stands within a cell.
type cellContent struct {
	text    []byte // of the value or the inline string
	value   bool   // there is a value (v)
	inline  bool   // there is an inline string (is)
	formula bool
	bad     bool // see unescape
}

// content reads the children of the cell that is open. The text is at the end of r.texts.
func (r *Rows) content(column int, typ cellType) (c cellContent, err error) {
	s, from := r.scan, len(r.texts)
	for {
		if !c.value && !c.inline {
			if text, ok := s.literal("v"); ok {
				c.value = true
				if r.texts = append(r.texts, text...); typ == typeString {
					plain, ok := unescape(r.texts[from:])
					r.texts, c.bad = r.texts[:from+len(plain)], !ok
				}
			}
		}
		more, err := s.child()
		if err != nil {
			return c, err
		}
		if !more {
			c.text = r.texts[from:]
			return c, nil
		}
		name := ""
		if s.space == mainSpace {
			name = string(s.name)
		}
		switch {
		case name == "v" && !c.value && !c.inline:
			c.value = true
			if typ != typeString {
				r.texts, err = s.content(r.texts)
				break
			}
			ok := true
			r.texts, ok, err = s.escaped(r.texts)
			c.bad = !ok
		case name == "is" && !c.value && !c.inline:
			ok := true
			c.inline = true
			r.texts, ok, err = s.richText(r.texts)
			c.bad = !ok
		case name == "f" && !c.formula:
			c.formula = true
			err = s.skip()
		case name == "extLst":
			err = s.skip()
		default:
			return c, r.cellError(column, "found <%.40s> in the cell, where none is to be; expected one value: save the workbook again in a spreadsheet program", s.name)
		}
		if err != nil {
			return c, err
		}
	}
}

// add adds the cell to the row if it holds anything.
func (r *Rows) add(column int, typ cellType, style int, c cellContent) (err error) {
	if c.inline != (typ == typeInline) && (c.inline || c.value) {
		return r.cellError(column, "found a value of another kind than the cell's type; expected them to agree: save the workbook again in a spreadsheet program")
	}
	cell := Cell{Column: column}
	from := len(r.texts) - len(c.text)
	switch typ {
	case typeInline, typeString:
		if !c.value && !c.inline {
			return r.nothing(cell, c, from)
		}
		cell.Kind = Text
	case typeShared:
		r.texts = r.texts[:from]
		if c.text = trim(c.text); len(c.text) == 0 {
			return r.blank(cell, c, from)
		}
		ok := false
		if cell.Raw, c.bad, ok = r.book.table.get(count(c.text)); !ok {
			return r.cellError(column, "found a shared string that the workbook does not have; expected its text: the file is damaged, save it again in a spreadsheet program")
		}
		cell.Kind = Text
	default:
		if c.text = trim(c.text); len(c.text) == 0 {
			if typ == typeNumber {
				return r.nothing(cell, c, from)
			}
			return r.blank(cell, c, from)
		}
		n := copy(r.texts[from:], c.text)
		r.texts = r.texts[:from+n]
		if cell.Kind, cell.Format, err = r.scalar(column, typ, style, r.texts[from:]); err != nil {
			return err
		}
	}
	if c.bad {
		cell.Kind = BadText
	}
	return r.append(cell, len(r.texts)-from)
}

// blank is nothing for a cell that declares the type of a value: an empty one
// says neither that there is none nor which it is.
func (r *Rows) blank(cell Cell, c cellContent, from int) error {
	if c.value && !c.formula {
		return r.cellError(cell.Column, "found a cell with a type and an empty value; expected a value, or no cell: the file is damaged, save it again in a spreadsheet program")
	}
	return r.nothing(cell, c, from)
}

// nothing is add for a cell without a value: it is there only if a formula is,
// whose result is not.
func (r *Rows) nothing(cell Cell, c cellContent, from int) error {
	r.texts = r.texts[:from]
	if !c.formula {
		return nil
	}
	cell.Kind = Formula
	return r.append(cell, 0)
}

// maxRowText bounds the text of a row, in which many cells may share a long string.
const maxRowText = 256 << 20

func (r *Rows) append(cell Cell, own int) error {
	if r.bytes += int64(own + len(cell.Raw)); r.bytes > maxRowText {
		return r.cellError(cell.Column, "found a row with more than %d bytes of text; expected less: no spreadsheet program writes so many", maxRowText)
	}
	r.row.Cells, r.ends = append(r.row.Cells, cell), append(r.ends, len(r.texts))
	return nil
}

// scalar checks a value that is no text.
func (r *Rows) scalar(column int, typ cellType, style int, text []byte) (k Kind, f Format, err error) {
	switch typ {
	case typeBool:
		switch string(text) {
		case "true":
			r.texts = append(r.texts[:len(r.texts)-len(text)], '1')
		case "false":
			r.texts = append(r.texts[:len(r.texts)-len(text)], '0')
		case "0", "1":
		default:
			return 0, 0, r.cellError(column, "found a boolean that is neither 0 nor 1; expected one of them: the file is damaged, save it again in a spreadsheet program")
		}
		return Bool, General, nil
	case typeISO:
		return ISO, General, nil
	case typeError:
		return Error, General, nil
	}
	if !IsNumber(text) {
		return 0, 0, r.cellError(column, "found a number that is none; expected digits: the file is damaged, save it again in a spreadsheet program")
	}
	f, err = r.book.format(style)
	if err != nil {
		return 0, 0, r.cellError(column, "%v; expected one that it has: the file is damaged, save it again in a spreadsheet program", err)
	}
	return Number, f, nil
}
