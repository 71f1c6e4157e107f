package xlsx

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const (
	oneRow     = `<row><c s="1"><v>45390</v></c><c t="s"><v>0</v></c></row>`
	oneRowRead = "A1 number date \"45390\"\nB1 text \"first\"\n"
	strictMain = "http://purl.oclc.org/ooxml/spreadsheetml/main"
	strictRel  = "http://purl.oclc.org/ooxml/officeDocument/relationships"
)

// moved gives a part another name.
func (p parts) moved(from, to string) parts {
	other := p.with(to, p[from])
	delete(other, from)
	return other
}

// replaced replaces a text in a part, or in all where the name is "".
func (p parts) replaced(name, old, text string) parts {
	other := parts{}
	for n, v := range p {
		if name == "" || n == name {
			v = strings.ReplaceAll(v, old, text)
		}
		other[n] = v
	}
	return other
}

// prefixed has every element of a part with the prefix x.
func (p parts) prefixed(name string) parts {
	text := strings.NewReplacer("</", "</x:", "<?", "<?", "<", "<x:", ` xmlns=`, ` xmlns:x=`).Replace(p[name])
	return p.with(name, text)
}

// Sound workbooks that no two programs write alike; all of the same cells.
func TestFormsOfWorkbooks(t *testing.T) {
	const (
		book, rels, sheet, styles, texts = "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/worksheets/sheet1.xml", "xl/styles.xml", "xl/sharedStrings.xml"
	)
	plain := oneSheet(oneRow)
	forms := map[string]parts{
		"plain":                      plain,
		"prefixed":                   plain.prefixed(sheet).prefixed(texts).prefixed(styles).prefixed(rels).prefixed(book),
		"strict":                     plain.replaced("", "http://schemas.openxmlformats.org/spreadsheetml/2006/main", strictMain).replaced("", "http://schemas.openxmlformats.org/officeDocument/2006/relationships", strictRel),
		"absolute targets":           plain.replaced(rels, `Target="`, `Target="/xl/`).replaced("_rels/.rels", `Target="`, `Target="/`),
		"targets that go up":         plain.replaced(rels, `Target="`, `Target="../xl/./`),
		"other names":                plain.moved(texts, "a/texts.xml").moved(styles, "a/looks.xml").moved(sheet, "a/b/cells.xml").replaced(rels, "sharedStrings.xml", "../a/texts.xml").replaced(rels, "styles.xml", "/a/looks.xml").replaced(rels, "worksheets/sheet1.xml", "/a/b/cells.xml"),
		"workbook elsewhere":         plain.moved(book, "w/book.xml").moved(rels, "w/_rels/book.xml.rels").replaced("_rels/.rels", "xl/workbook.xml", "w/book.xml").replaced("w/_rels/book.xml.rels", `Target="`, `Target="../xl/`),
		"workbook at the root":       plain.moved(book, "book.xml").moved(rels, "_rels/book.xml.rels").replaced("_rels/.rels", "xl/workbook.xml", "book.xml").replaced("_rels/book.xml.rels", `Target="`, `Target="xl/`),
		"names in another case":      plain.moved(sheet, "xl/Worksheets/Sheet1.XML").moved(texts, "XL/SharedStrings.xml"),
		"names with backslashes":     plain.moved(sheet, `xl\worksheets\sheet1.xml`),
		"external relationships":     plain.replaced(rels, "</Relationships>", `<Relationship Id="rId1" Type="`+relType+`externalLink" Target="x" TargetMode="External"/></Relationships>`),
		"relationships of others":    plain.replaced(rels, "</Relationships>", `<Relationship Id="rId9" Type="http://example.org/styles" Target="other.xml"/></Relationships>`),
		"no content types":           func() parts { p := plain.with("x", ""); delete(p, "[Content_Types].xml"); delete(p, "x"); return p }(),
		"byte order marks":           plain.replaced("", xmlHead, byteOrderMark+xmlHead),
		"no declarations":            plain.replaced("", xmlHead, ""),
		"comments and instructions":  plain.replaced(sheet, "<row>", "<!-- <row> --><?p <row>?><row><!-- -->"),
		"white space":                plain.replaced(sheet, "><", ">\r\n\t<"),
		"styles of formats alone":    plain.with(styles, `<styleSheet `+mainNS+`><cellXfs><xf/><xf numFmtId="14"/></cellXfs></styleSheet>`),
		"fonts that are not there":   plain.replaced(styles, `<xf numFmtId="164"/>`, `<xf numFmtId="164" fontId="9" applyFont="1" fillId="9" applyFill="1" borderId="9" applyBorder="1"/>`),
		"built in and defined":       plain.replaced(styles, `"164"`, `"2"`),
		"alternate content":          plain.replaced(sheet, "</sheetData>", `</sheetData><mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"><mc:Choice xmlns:z="u" Requires="z"><z:a/></mc:Choice></mc:AlternateContent><extLst><ext uri="u"><x14:sheetData xmlns:x14="u"><row/>text</x14:sheetData></ext></extLst>`),
		"namespaces of rows":         plain.replaced(sheet, "<row>", `<row xmlns:x14ac="u" x14ac:dyDescent="0.25" spans="1:2">`),
		"a count of strings that is": plain.replaced(texts, `uniqueCount="3"`, `uniqueCount="99999999999"`),
		"strings with extensions":    plain.replaced(texts, "</sst>", `<extLst><ext uri="u"/></extLst></sst>`),
	}
	for name, p := range forms {
		t.Run(name, func(t *testing.T) {
			if got, err := dumpBytes(t, p.zipped(t)); err != nil || got != oneRowRead {
				t.Errorf("got\n%s%v\nwant\n%s", got, err, oneRowRead)
			}
		})
	}
	t.Run("without styles and strings", func(t *testing.T) {
		p := oneSheet(`<row><c><v>1</v></c><c s="0"><v>2</v></c></row>`).replaced(rels, relType+"styles", "u").replaced(rels, relType+"sharedStrings", "u")
		delete(p, styles)
		delete(p, texts)
		if got, err := dumpBytes(t, p.zipped(t)); err != nil || got != "A1 number \"1\"\nB1 number \"2\"\n" {
			t.Errorf("%q, %v", got, err)
		}
	})
}

// Sheets that are hidden, that have no cells, and the days of 1904.
func TestSheetsAndDays(t *testing.T) {
	p := oneSheet(oneRow).replaced("xl/workbook.xml", "</sheets>",
		`<sheet name="H &amp; ü" sheetId="2" state="hidden" r:id="rId1"/><sheet name="a name that is far longer than any spreadsheet program takes" sheetId="3" state="veryHidden" r:id="rId1"/>`+
			`<sheet name="Chart" sheetId="4" state="visible" r:id="rId9"/></sheets>`).
		replaced("xl/_rels/workbook.xml.rels", "</Relationships>", `<Relationship Id="rId9" Type="`+relType+`chartsheet" Target="chartsheets/sheet1.xml"/></Relationships>`)
	b, err := openBytes(t, p.zipped(t))
	if err != nil {
		t.Fatal(err)
	}
	var list string
	for _, s := range b.Sheets() {
		list += fmt.Sprintf("%s %v %v\n", s.Name, s.Hidden, s.Cells)
	}
	want := "S false true\nH & ü true true\na name that is far longer than any spreadsheet program takes true true\nChart false false\n"
	if list != want {
		t.Errorf("got\n%swant\n%s", list, want)
	}
	if got, err := dump(b, "H & ü"); err != nil || got != oneRowRead {
		t.Errorf("a hidden sheet: %q, %v", got, err)
	}
	for sheet, want := range map[string]string{
		"Chart": "b.xlsx!Chart: found a sheet without cells",
		"s":     `b.xlsx: found no sheet "s"; expected one of S, `,
	} {
		if _, err := b.Rows(sheet); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%v; want %s", err, want)
		}
	}
	for pr, want := range map[string]string{"": "2024-04-08", `<workbookPr date1904="1"/>`: "2028-04-09", `<workbookPr date1904="true"/>`: "2028-04-09", `<workbookPr date1904="0"/>`: "2024-04-08"} {
		b, err := openBytes(t, p.replaced("xl/workbook.xml", "<sheets>", pr+"<sheets>").zipped(t))
		if err != nil {
			t.Fatal(err)
		}
		if got, ok := momentOf(b.days, "45390"); !ok || got.Format("2006-01-02") != want {
			t.Errorf("%s: %v; want %s", pr, got, want)
		}
	}
}

func TestFaultsOfWorkbooks(t *testing.T) {
	const rels = "xl/_rels/workbook.xml.rels"
	plain := oneSheet(oneRow)
	without := func(name string) parts { p := plain.moved(name, "docProps/other.xml"); return p }
	for name, test := range map[string]struct {
		book parts
		want string
	}{
		"no relationships":         {without("_rels/.rels"), "the workbook is damaged (found no part _rels/.rels)"},
		"no workbook":              {without("xl/workbook.xml"), "found a zip archive without a workbook"},
		"no relationship with it":  {plain.replaced("_rels/.rels", "officeDocument\"", "other\""), "found a zip archive without a workbook"},
		"a binary workbook":        {plain.moved("xl/workbook.xml", "xl/workbook.bin").replaced("_rels/.rels", "workbook.xml", "workbook.bin"), "found a binary workbook (.xlsb)"},
		"no relationships of it":   {without(rels), "the workbook is damaged (found no part " + rels},
		"no sheet":                 {without("xl/worksheets/sheet1.xml"), "the workbook is damaged (xl/workbook.xml, byte"},
		"no strings":               {without("xl/sharedStrings.xml"), "the workbook is damaged (found no part xl/sharedStrings.xml)"},
		"no styles":                {without("xl/styles.xml"), "the workbook is damaged (found no part xl/styles.xml)"},
		"two workbooks":            {plain.replaced("_rels/.rels", "</Rel", `<Relationship Id="b" Type="`+relType+`officeDocument" Target="b.xml"/></Rel`), "the workbook is damaged (it has several parts of the kind officeDocument)"},
		"an id twice":              {plain.replaced(rels, "rId2", "rId1"), "the workbook is damaged (" + rels},
		"no sheets":                {plain.replaced("xl/workbook.xml", "sheets", "leaves"), "found no sheets"},
		"sheets of one name":       {plain.replaced("xl/workbook.xml", "</sheets>", `<sheet name="s" sheetId="2" r:id="rId1"/></sheets>`), "the workbook is damaged (xl/workbook.xml"},
		"a sheet without a name":   {plain.replaced("xl/workbook.xml", `name="S"`, ""), "the workbook is damaged (xl/workbook.xml"},
		"a sheet without a part":   {plain.replaced("xl/workbook.xml", `"rId1"`, `"rId8"`), "the workbook is damaged (xl/workbook.xml"},
		"another list of sheets":   {plain.replaced("xl/workbook.xml", `<sheets>`, `<sheets><x/>`), "the workbook is damaged (xl/workbook.xml"},
		"days of another kind":     {plain.replaced("xl/workbook.xml", `<sheets>`, `<workbookPr dateCompatibility="0"/><sheets>`), "the workbook is damaged (xl/workbook.xml"},
		"a broken list":            {plain.replaced("xl/workbook.xml", "</sheets>", ""), "the workbook is damaged (xl/workbook.xml"},
		"broken styles":            {plain.replaced("xl/styles.xml", "</cellXfs>", ""), "the workbook is damaged (xl/styles.xml"},
		"styles of another kind":   {plain.replaced("xl/styles.xml", "styleSheet", "sheetStyle"), "the workbook is damaged (its list of sheets or its styles"},
		"styles of no numbers":     {plain.replaced("xl/styles.xml", `numFmtId="22"`, `numFmtId="x"`), "the workbook is damaged (its list of sheets or its styles"},
		"two formats of a number":  {plain.replaced("xl/styles.xml", `numFmtId="165"`, `numFmtId="164"`), "the workbook is damaged (it has two number formats 164)"},
		"no cells of styles":       {plain.replaced("xl/styles.xml", `cellXfs`, `other`), "S!A1: found the style 1, which the workbook does not have"},
		"broken strings":           {plain.replaced("xl/sharedStrings.xml", "</si></sst>", ""), "the workbook is damaged (xl/sharedStrings.xml"},
		"strings of another kind":  {plain.replaced("xl/sharedStrings.xml", "sst", "tss"), "the workbook is damaged (xl/sharedStrings.xml"},
		"a bare & in strings":      {plain.replaced("xl/sharedStrings.xml", "first", "secret & Co"), "the workbook is damaged (xl/sharedStrings.xml"},
		"no UTF-8 in strings":      {plain.replaced("xl/sharedStrings.xml", "first", "secret \xff"), "the workbook is damaged (xl/sharedStrings.xml"},
		"a tag in strings":         {plain.replaced("xl/sharedStrings.xml", "first", "Ann <secret>"), "the workbook is damaged (xl/sharedStrings.xml"},
		"UTF-16":                   {plain.with("xl/worksheets/sheet1.xml", "\xff\xfe<\x00a\x00/\x00>\x00"), "S: after row 0: the workbook is damaged (xl/worksheets/sheet1.xml"},
		"Latin-1":                  {plain.replaced("xl/worksheets/sheet1.xml", "UTF-8", "ISO-8859-1"), "S: after row 0: the workbook is damaged (xl/worksheets/sheet1.xml"},
		"an empty sheet":           {plain.with("xl/worksheets/sheet1.xml", ""), "S: after row 0: the workbook is damaged (xl/worksheets/sheet1.xml"},
		"a document type":          {plain.replaced("xl/worksheets/sheet1.xml", "<worksheet", `<!DOCTYPE a [<!ENTITY a "b">]><worksheet`), "S: after row 0: the workbook is damaged (xl/worksheets/sheet1.xml"},
		"a sheet of another space": {plain.replaced("xl/worksheets/sheet1.xml", mainNS, `xmlns="u"`), "S: after row 0: the workbook is damaged (xl/worksheets/sheet1.xml"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := dumpBytes(t, test.book.zipped(t))
			if err == nil {
				t.Fatal("no error")
			}
			message := strings.Replace(err.Error(), "b.xlsx!", "b.xlsx: ", 1)
			if !strings.HasPrefix(message, "b.xlsx: "+test.want) || !strings.Contains(message, "; expected ") {
				t.Errorf("%v\nwant %s...; expected ...", err, test.want)
			}
			if strings.Contains(message, "secret") || strings.Contains(message, "runtime") || strings.Contains(message, "strconv") {
				t.Errorf("the message shows what it should not: %v", err)
			}
		})
	}
}

func TestFilesThatAreNone(t *testing.T) {
	folder := t.TempDir()
	for content, want := range map[string]string{
		"":                                   "b.xlsx: found no xlsx workbook",
		"P":                                  "b.xlsx: found no xlsx workbook",
		"user_id,email\n":                    "b.xlsx: found no xlsx workbook",
		"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1..": "b.xlsx: found an old .xls file or one with a password",
		"PK\x03\x04 and nothing more":        "b.xlsx: the workbook is damaged (the archive: zip: not a valid zip file)",
	} {
		if _, err := openBytes(t, []byte(content)); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: %v; want %s", content, err, want)
		}
	}
	for path, want := range map[string]string{
		folder:                          "b.xlsx: found a folder",
		filepath.Join(folder, "no"):     "b.xlsx: the workbook cannot be read: no such file",
		filepath.Join(folder, "no/no"):  "b.xlsx: the workbook cannot be read: no such file",
		filepath.Join(os.DevNull, "no"): "b.xlsx: the workbook cannot be read: not a directory",
	} {
		if _, err := Open(path, "b.xlsx", DefaultLimits()); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%v; want %s", err, want)
		}
	}
}

func TestUnchanged(t *testing.T) {
	content := oneSheet(oneRow).zipped(t)
	path := filepath.Join(t.TempDir(), "b.xlsx")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	b, err := Open(path, "b.xlsx", DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	if err := b.Unchanged(); err != nil {
		t.Error(err)
	}
	if digest, err := Digest(bytes.NewReader(content)); err != nil || digest != b.SHA256() || len(digest) != 64 {
		t.Errorf("%s, %v; want %s", digest, err, b.SHA256())
	}
	if err := os.WriteFile(path, append(content, 0), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := b.Unchanged(); err == nil || !strings.Contains(err.Error(), "was changed while it was read") {
		t.Errorf("a changed workbook: %v", err)
	}
}
