package ingest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"martlet/internal/contract"
	"martlet/internal/xlsx"
)

// Converted is one sheet that ConvertBook wrote.
type Converted struct {
	Sheet   string
	Path    string // of the CSV file; "" for a sheet without cells, such as a chart
	Rows    int64
	Columns int
	Values  int64 // written, read back and compared
	Faults  int64 // cells whose value could not be written; the notes say which
	Notes   []string
}

// ConvertBook writes the sheets of the workbook at path as CSV files to a
// folder, one a sheet, called as it is: all of them, or those named. Line k is
// row k, and every line has a field for each column up to the last that holds
// anything; there is no header unless the sheet has one. Cells are written as
// they would be for string columns: dates and times by their number formats,
// numbers in their shortest form.
//
// Nothing is put into the folder unless all sheets can be. What has no value
// (a formula without a stored result, half a character) is a fault, and noted.
func ConvertBook(ctx context.Context, path string, sheets []string, folder string, limits Limits) ([]Converted, error) {
	book, err := xlsx.Open(path, path, limits.Limits)
	if err != nil {
		return nil, err
	}
	defer book.Close() // only read
	chosen, err := chooseSheets(book, path, sheets)
	if err != nil {
		return nil, err
	}
	var results []Converted
	var problems []error
	var drafts []*draft
	defer func() {
		for _, d := range slices.Backward(drafts) { // the first knows whether the folder was there
			d.drop()
		}
	}()
	taken := map[string]string{}
	for _, each := range chosen {
		if !each.Cells {
			results = append(results, Converted{Sheet: each.Name, Notes: []string{"it has no cells, as a chart has none"}})
			continue
		}
		name := fileName(each.Name)
		if other, ok := taken[strings.ToLower(name)]; ok {
			problems = append(problems, fmt.Errorf("%s!%s: its file would be called %s as that of sheet %s is; expected one file a sheet: rename one, or name it with --sheet", path, each.Name, name, other))
			continue
		}
		taken[strings.ToLower(name)] = each.Name
		d, err := newDraft(filepath.Join(folder, name), limits.Temporary)
		if err != nil {
			return nil, fmt.Errorf("%s: the file cannot be written: %w", filepath.Join(folder, name), cause(err))
		}
		drafts = append(drafts, d)
		g := &grid{sheet: newSheet(book, path, each.Name), out: d}
		result, err := g.convert(ctx)
		if stop := stopped(ctx); stop != nil {
			return nil, stop
		}
		if err != nil {
			problems = append(problems, err)
			continue
		}
		results = append(results, result)
	}
	for _, d := range drafts {
		if info, err := os.Lstat(d.target); err == nil && !info.Mode().IsRegular() {
			problems = append(problems, fmt.Errorf("%s: found something else than a file; expected none, or a file to replace: move it, or name another folder with --out", d.target))
		}
	}
	if err := errors.Join(append(problems, book.Unchanged())...); err != nil {
		return nil, err
	}
	for i, d := range drafts {
		if err := d.place(); err != nil {
			return nil, fmt.Errorf("%s: the file cannot be written, %d of %d were: %w", d.target, i, len(drafts), cause(err))
		}
	}
	return results, nil
}

// chooseSheets gives the sheets named, or all where none is.
func chooseSheets(book *xlsx.Book, path string, names []string) (chosen []xlsx.Sheet, err error) {
	all := book.Sheets()
	if len(names) == 0 {
		return all, nil
	}
	var problems []error
	for _, name := range names {
		i := slices.IndexFunc(all, func(s xlsx.Sheet) bool { return s.Name == name })
		if i < 0 {
			problems = append(problems, noSheet(path, name, all))
			continue
		}
		if !slices.Contains(chosen, all[i]) {
			chosen = append(chosen, all[i])
		}
	}
	return chosen, errors.Join(problems...)
}

func noSheet(path, name string, all []xlsx.Sheet) error {
	names := make([]string, len(all))
	for i, s := range all {
		names[i] = s.Name
	}
	return fmt.Errorf("%s: found no sheet %q; expected one of %s: name one of these, or add the sheet", path, name, strings.Join(names, ", "))
}

// fileName is what the file of a sheet is called.
func fileName(sheet string) string {
	name := strings.Map(func(r rune) rune {
		if r < ' ' || strings.ContainsRune(`/\:*?"<>|`, r) {
			return '_'
		}
		return r
	}, sheet)
	return strings.TrimLeft(name, ".") + ".csv"
}

// grid writes a sheet as it stands, without a schema.
type grid struct {
	sheet  *sheet
	out    *draft
	width  int // the last column that holds anything
	row    int // last written
	cells  []*xlsx.Cell
	writer recordWriter
	shown  faultCount // errors, which are written as they are shown
	faults [countFaults]faultCount
}

// faultCount counts cells and knows the first.
type faultCount struct {
	n     int64
	first string
}

func (f *faultCount) add(column, row int) {
	if f.n++; f.n == 1 {
		f.first = xlsx.CellName(column, row)
	}
}

// convert reads the sheet three times: for how wide it is, to write it, and to
// compare what was written.
func (g *grid) convert(ctx context.Context) (Converted, error) {
	measure := func(row *xlsx.Row) error {
		if n := len(row.Cells); n > 0 {
			g.width = max(g.width, row.Cells[n-1].Column)
		}
		return nil
	}
	if err := g.sheet.each(ctx, func() error { g.width = 0; return nil }, measure); err != nil {
		return Converted{}, err
	}
	g.cells = make([]*xlsx.Cell, g.width)
	begin := func() error {
		g.writer = recordWriter{ctx: ctx, out: g.out, days: g.sheet.book}
		return g.out.reset()
	}
	if err := g.sheet.each(ctx, begin, g.write); err != nil {
		return Converted{}, err
	}
	if err := g.writer.flush(); err != nil {
		return Converted{}, err
	}
	compared, err := g.verify(ctx)
	if err != nil {
		return Converted{}, err
	}
	r := Converted{Sheet: g.sheet.name, Path: g.out.target, Rows: int64(g.row), Columns: g.width, Values: compared, Notes: g.sheet.notes()}
	if g.shown.n > 0 {
		r.Notes = append(r.Notes, fmt.Sprintf("%s, the first in %s: written as shown", counted(int(g.shown.n), "cell shows an error", "cells show errors"), g.shown.first))
	}
	for f, count := range g.faults {
		if count.n > 0 {
			r.Faults += count.n
			r.Notes = append(r.Notes, fmt.Sprintf("%s, the first in %s: %s", counted(int(count.n), "cell has no value", "cells have no value"), count.first, faultReasons[f]))
		}
	}
	return r, nil
}

// write writes one row, and before it the blank ones that were passed over.
func (g *grid) write(row *xlsx.Row) error {
	if len(row.Cells) == 0 {
		return nil
	}
	for g.row+1 < row.Number {
		if err := g.append(); err != nil {
			return err
		}
	}
	for i := range row.Cells {
		g.cells[row.Cells[i].Column-1] = &row.Cells[i]
	}
	defer clear(g.cells)
	return g.append()
}

func (g *grid) append() error {
	g.row++
	return g.writer.record(g.cells, func(int) string { return "" }, func(_ int, c *xlsx.Cell, f fault) {
		if f == errorCell {
			g.shown.add(c.Column, g.row)
		} else {
			g.faults[f].add(c.Column, g.row)
		}
	})
}

// verify compares what was written with the sheet.
func (g *grid) verify(ctx context.Context) (values int64, err error) {
	if g.width == 0 {
		return 0, nil
	}
	columns, index := make([]contract.Column, g.width), make([]int, g.width)
	header := make([]byte, 0, 8*g.width)
	for i := range columns {
		index[i] = i + 1
		columns[i].Name = strconv.Itoa(i)
		header = append(strconv.AppendInt(header, int64(i), 10), ',')
	}
	header[len(header)-1] = '\n'
	in, err := g.out.open()
	if err != nil {
		return 0, err
	}
	defer in.Close() // only read
	reader, err := openSeed(io.MultiReader(bytes.NewReader(header), in), g.out.target, columns)
	if err != nil {
		return 0, err
	}
	v := &readBack{sheet: g.sheet, records: &recordReader{reader: reader}, columns: columns, index: index}
	return v.compare(ctx)
}
