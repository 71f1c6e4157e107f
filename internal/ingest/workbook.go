package ingest

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"
)

// Workbook is an open xlsx file. It is not safe for concurrent use.
type Workbook struct {
	name   string // for messages
	digest string
	file   *excelize.File
	days   epoch
	looks  map[int]dateLook // of styles met
}

// Open reads the workbook at path. The caller closes it.
func Open(path string) (*Workbook, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("%s: the workbook cannot be read: %w", path, cause(err))
	}
	return openWorkbook(content, path)
}

// openWorkbook opens a workbook in memory and calls it name in messages.
func openWorkbook(content []byte, name string) (w *Workbook, err error) {
	defer catch(name, &err)
	file, err := excelize.OpenReader(bytes.NewReader(content), excelize.Options{RawCellValue: true})
	if err != nil {
		return nil, fmt.Errorf("%s: found no xlsx workbook (%w); expected one: save the file as .xlsx, without a password", name, err)
	}
	w = &Workbook{name: name, digest: digest(content), file: file, days: epoch1900, looks: map[int]dateLook{}}
	properties, err := file.GetWorkbookProps()
	if err != nil {
		return nil, errors.Join(malformed(name, err), file.Close())
	}
	if properties.Date1904 != nil && *properties.Date1904 {
		w.days = epoch1904
	}
	if len(w.Sheets()) == 0 {
		return nil, errors.Join(fmt.Errorf("%s: found no xlsx workbook (no sheets); expected one: save the file as .xlsx", name), file.Close())
	}
	return w, nil
}

// Close gives up what the workbook holds.
func (w *Workbook) Close() error { return w.file.Close() }

// Sheets lists the names of the sheets in the order of their tabs.
func (w *Workbook) Sheets() []string { return w.file.GetSheetList() }

// SHA256 is the digest of the file, in hex.
func (w *Workbook) SHA256() string { return w.digest }

func digest(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}

// rowReader is the seam between a sheet as some library gives it and its
// conversion: the rows that hold cells, ascending.
type rowReader interface {
	// next gives the number of the row, from 1, and its cells, the first being
	// that of column A; more is false after the last. The cells may be used
	// until the next call.
	next() (row int, cells []cell, more bool, err error)
}

// rows reads one sheet.
func (w *Workbook) rows(sheet string) (r rowReader, err error) {
	defer catch(w.name, &err)
	if !slices.Contains(w.Sheets(), sheet) {
		return nil, fmt.Errorf("%s: found no sheet %q; expected one of %s: name one of these, or add the sheet",
			w.name, sheet, strings.Join(w.Sheets(), ", "))
	}
	// Any question about a cell makes the library parse the sheet as a whole,
	// which tells errors that its iterator of rows passes over.
	if _, err := w.file.GetCellType(sheet, "A1"); err != nil {
		return nil, malformed(w.name, err)
	}
	width, last, err := extent(w.file, sheet)
	if err != nil {
		return nil, malformed(w.name, err)
	}
	merged, err := mergedCells(w.file, sheet)
	if err != nil {
		return nil, malformed(w.name, err)
	}
	return &sheetRows{book: w, sheet: sheet, last: last, merged: merged, cells: make([]cell, width)}, nil
}

// extent gives the last column and row that hold a value or a formula.
func extent(file *excelize.File, sheet string) (width, last int, err error) {
	rows, err := file.Rows(sheet)
	if err != nil {
		return 0, 0, err
	}
	for row := 1; rows.Next(); row++ {
		values, err := rows.Columns()
		if err != nil {
			return 0, 0, errors.Join(err, rows.Close())
		}
		if len(values) > 0 {
			last = row
		}
		width = max(width, len(values))
	}
	return width, last, rows.Close()
}

// area is a block of cells, its corners included.
type area struct{ left, top, right, bottom int }

func mergedCells(file *excelize.File, sheet string) ([]area, error) {
	merged, err := file.GetMergeCells(sheet, true)
	if err != nil {
		return nil, err
	}
	areas := make([]area, len(merged))
	for i, m := range merged {
		a := &areas[i]
		var startErr, endErr error
		a.left, a.top, startErr = excelize.CellNameToCoordinates(m.GetStartAxis())
		a.right, a.bottom, endErr = excelize.CellNameToCoordinates(m.GetEndAxis())
		if err := errors.Join(startErr, endErr); err != nil {
			return nil, err
		}
	}
	return areas, nil
}

// sheetRows reads a sheet cell by cell through excelize, which has parsed it whole.
type sheetRows struct {
	book   *Workbook
	sheet  string
	row    int // last given
	last   int
	merged []area
	cells  []cell
}

func (r *sheetRows) next() (row int, cells []cell, more bool, err error) {
	defer catch(r.book.name, &err)
	if r.row == r.last {
		return 0, nil, false, nil
	}
	r.row++
	for i := range r.cells {
		if r.cells[i], err = r.cell(i+1, r.row); err != nil {
			return 0, nil, false, malformed(r.book.name, err)
		}
	}
	return r.row, r.cells, true, nil
}

// cell reads one cell. All cells of a merged area but the first are none: the
// library would repeat the first's value there.
func (r *sheetRows) cell(column, row int) (cell, error) {
	for _, a := range r.merged {
		if a.left <= column && column <= a.right && a.top <= row && row <= a.bottom && (column != a.left || row != a.top) {
			return cell{}, nil
		}
	}
	name := CellName(column, row)
	kind, err := r.book.file.GetCellType(r.sheet, name)
	if err != nil {
		return cell{}, err
	}
	raw, err := r.book.file.GetCellValue(r.sheet, name)
	if err != nil {
		return cell{}, err
	}
	switch kind {
	case excelize.CellTypeUnset, excelize.CellTypeNumber:
		return r.number(name, raw)
	case excelize.CellTypeSharedString, excelize.CellTypeInlineString, excelize.CellTypeFormula:
		return cell{kind: textCell, raw: raw}, nil
	}
	if raw == "" {
		return cell{}, nil
	}
	switch kind {
	case excelize.CellTypeBool:
		return cell{kind: boolCell, raw: raw}, nil
	case excelize.CellTypeDate:
		return cell{kind: isoCell, raw: raw}, nil
	}
	return cell{kind: errorCell, raw: raw}, nil
}

// number reads a cell that is a number or nothing.
func (r *sheetRows) number(name, raw string) (cell, error) {
	if raw == "" {
		formula, err := r.book.file.GetCellFormula(r.sheet, name)
		if formula != "" {
			return cell{kind: unknownCell}, err
		}
		return cell{}, err
	}
	style, err := r.book.file.GetCellStyle(r.sheet, name)
	return cell{kind: numberCell, raw: raw, look: r.book.look(style)}, err
}

// look says whether a style shows numbers as dates.
func (w *Workbook) look(style int) dateLook {
	look, known := w.looks[style]
	if !known {
		if s, err := w.file.GetStyle(style); err == nil && s.CustomNumFmt != nil {
			look = formatLook(*s.CustomNumFmt)
		} else if err == nil {
			look = builtinLook(s.NumFmt)
		}
		w.looks[style] = look
	}
	return look
}

// CellName names a cell as spreadsheets do; column and row count from 1.
func CellName(column, row int) string {
	return fmt.Sprintf("%s%d", columnName(column), row)
}

func columnName(column int) string {
	name := ""
	for ; column > 0; column = (column - 1) / 26 {
		name = string(rune('A'+(column-1)%26)) + name
	}
	return name
}

func malformed(name string, err error) error {
	return fmt.Errorf("%s: the workbook is damaged (%w); expected what a spreadsheet program saves: open it in one and save it again", name, err)
}

// catch makes an error of a panic in the library that reads workbooks, which a
// damaged file can bring about.
func catch(name string, err *error) {
	if p := recover(); p != nil {
		*err = malformed(name, fmt.Errorf("%v", p))
	}
}

// cause is an error of the os package without the path, which messages have already.
func cause(err error) error {
	var at *os.PathError
	if errors.As(err, &at) {
		return at.Err
	}
	return err
}
