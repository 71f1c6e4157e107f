package xlsx

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"

	"github.com/xuri/excelize/v2"
)

// What excelize is given stands where it looks for it; it takes no other path
// for the styles.
const (
	slimWorkbook  = "xl/workbook.xml"
	slimStyles    = "xl/styles.xml"
	slimRelations = `<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
		`<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="` + slimWorkbook + `"/></Relationships>`
)

// ask has excelize answer what it is good at: which sheets are hidden, how
// days are counted, and which number formats styles have. It gets copies of the
// two parts that say so, read and checked here, and no sheet.
func (b *Book) ask(workbook, styles string, styled bool) (err error) {
	defer func() {
		if recover() != nil { // at its hands
			err = damaged("what %s or the styles say cannot be understood", workbook)
		}
	}()
	given := map[string]string{slimWorkbook: workbook}
	if styled {
		given[slimStyles] = styles
	}
	file, err := b.slim(given)
	if err != nil {
		return err
	}
	sheets := file.WorkBook.Sheets.Sheet
	if len(sheets) != len(b.sheets) {
		return damaged("%s lists its sheets in a way that can be read as two", workbook)
	}
	for i, s := range sheets {
		if s.Name != b.sheets[i].Name {
			return damaged("%s lists its sheets in a way that can be read as two", workbook)
		}
		b.sheets[i].Hidden = s.State != "" && s.State != "visible"
	}
	b.days = epoch1900
	if p := file.WorkBook.WorkbookPr; p != nil && p.Date1904 {
		b.days = epoch1904
	}
	b.formats, err = formats(file)
	if !styled {
		b.formats = []Format{General}
	}
	return err
}

// slim makes the workbook that excelize is given, of parts by the names that
// they have there.
func (b *Book) slim(given map[string]string) (*excelize.File, error) {
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	put := func(name string, text []byte) error {
		part, err := w.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
		if err == nil {
			_, err = part.Write(text)
		}
		return err
	}
	if err := put(relationsName(""), []byte(slimRelations)); err != nil {
		return nil, err
	}
	for name, part := range given {
		text, err := b.archive.read(part)
		if err == nil {
			err = inPart(part, wellFormed(text))
		}
		if err == nil {
			err = put(name, text)
		}
		if err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	file, err := excelize.OpenReader(&out)
	if err != nil { // which tells of Go's types
		return nil, damaged("its list of sheets or its styles have another form than the format's")
	}
	return file, nil
}

// wellFormed reads a document to its end.
func wellFormed(text []byte) error {
	s := newScanner(bytes.NewReader(text), min(len(text), partBuffer))
	for {
		if _, err := s.next(); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// formats lists what each style makes of a number.
func formats(file *excelize.File) ([]Format, error) {
	styles := file.Styles
	own := map[int]Format{}
	if styles.NumFmts != nil {
		for _, n := range styles.NumFmts.NumFmt {
			f := parseFormat(n.FormatCode)
			if other, twice := own[n.NumFmtID]; twice && other != f {
				return nil, damaged("it has two number formats %d", n.NumFmtID)
			}
			own[n.NumFmtID] = f
		}
	}
	if styles.CellXfs == nil {
		return nil, nil
	}
	list := make([]Format, len(styles.CellXfs.Xf))
	for i, xf := range styles.CellXfs.Xf {
		if xf.NumFmtID == nil {
			continue // General
		}
		id, f := *xf.NumFmtID, Unknown
		if o, ok := own[id]; ok { // some programs define what is built in
			f = o
		} else if 0 <= id && id <= lastBuiltin {
			f = builtinFormat(id)
		}
		list[i] = f
	}
	return list, nil
}

// format is what a style makes of a number.
func (b *Book) format(style int) (Format, error) {
	if style >= len(b.formats) {
		return General, fmt.Errorf("found the style %d, which the workbook does not have", style)
	}
	return b.formats[style], nil
}
