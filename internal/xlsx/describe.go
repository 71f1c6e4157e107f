package xlsx

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"slices"

	"github.com/xuri/excelize/v2"
)

// stub stands for every sheet in what excelize is given.
const stub = `<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData/></worksheet>`

// ask has excelize answer what it is good at: which sheets are hidden, how
// styles show numbers, and how days are counted. It gets copies of the parts
// that say so, read and checked here, and no sheet.
func (b *Book) ask(workbook string, related map[string]relation) (err error) {
	defer func() {
		if p := recover(); p != nil { // at its hands, on styles that refer to nothing
			err = damaged("%v", p)
		}
	}()
	file, err := b.slim(workbook, related)
	if err != nil {
		return err
	}
	names := file.GetSheetList()
	if !slices.EqualFunc(names, b.sheets, func(name string, s Sheet) bool { return name == s.Name }) {
		return damaged("%s lists its sheets in a way that can be read as two", workbook)
	}
	for i := range b.sheets {
		visible, err := file.GetSheetVisible(b.sheets[i].Name)
		if err != nil {
			return damaged("%s: %w", workbook, err)
		}
		b.sheets[i].Hidden = !visible
	}
	properties, err := file.GetWorkbookProps()
	if err != nil {
		return damaged("%s: %w", workbook, err)
	}
	b.days = epoch1900
	if properties.Date1904 != nil && *properties.Date1904 {
		b.days = epoch1904
	}
	b.looks = &looks{file: file}
	_, b.looks.styled, err = only(related, relStyles)
	return err
}

// slim makes the workbook that excelize is given.
func (b *Book) slim(workbook string, related map[string]relation) (*excelize.File, error) {
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	put := func(name string, text []byte) error {
		part, err := w.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
		if err == nil {
			_, err = part.Write(text)
		}
		return err
	}
	parts := []string{"[Content_Types].xml", relationsName(""), workbook, relationsName(workbook)}
	for _, r := range related {
		if r.kind == relStyles || r.kind == relTheme {
			parts = append(parts, r.target)
		}
	}
	slices.Sort(parts)
	for _, name := range slices.Compact(parts) {
		if !b.archive.has(name) {
			return nil, damaged("found no part %s", name)
		}
		text, err := b.archive.read(name)
		if err == nil {
			err = inPart(name, wellFormed(text))
		}
		if err == nil {
			err = put(name, text)
		}
		if err != nil {
			return nil, err
		}
	}
	for _, sheet := range b.sheets {
		if err := put(sheet.part, []byte(stub)); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	file, err := excelize.OpenReader(&out)
	if err != nil {
		return nil, damaged("%w", err)
	}
	return file, nil
}

// wellFormed reads a document to its end.
func wellFormed(text []byte) error {
	s := newScanner(bytes.NewReader(text))
	for {
		if _, err := s.next(); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// looks says what the styles of a workbook make of numbers.
type looks struct {
	file   *excelize.File
	styled bool // the workbook has styles
	known  []look
}

type look struct {
	found  bool
	format Format
}

// maxStyles is how many styles a workbook may have; Excel takes 65,490.
const maxStyles = 1 << 17

// format is what a style makes of a number.
func (l *looks) format(style int) (f Format, err error) {
	if style < len(l.known) && l.known[style].found {
		return l.known[style].format, nil
	}
	if !l.styled && style == 0 {
		return General, nil
	}
	if style >= maxStyles {
		return General, fmt.Errorf("found the style %d; expected at most %d", style, maxStyles)
	}
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("found a style that refers to nothing (%v)", p)
		}
	}()
	s, err := l.file.GetStyle(style)
	switch {
	case err != nil:
		return General, fmt.Errorf("found the style %d, which the workbook does not have", style)
	case s.CustomNumFmt != nil:
		f = parseFormat(*s.CustomNumFmt)
	default:
		f = builtinFormat(s.NumFmt)
	}
	for len(l.known) <= style {
		l.known = append(l.known, look{})
	}
	l.known[style] = look{found: true, format: f}
	return f, nil
}
