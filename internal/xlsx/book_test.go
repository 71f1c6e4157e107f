package xlsx

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// parts is a workbook by its parts.
type parts map[string]string

const (
	xmlHead = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"
	mainNS  = `xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"`
	relType = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
)

// oneSheet is a sound workbook with a sheet S of the given rows.
func oneSheet(rows string) parts {
	return parts{
		"[Content_Types].xml": xmlHead + `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">` +
			`<Default Extension="xml" ContentType="application/xml"/><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
			`<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>` +
			`<Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>`,
		"_rels/.rels": xmlHead + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
			`<Relationship Id="rId1" Type="` + relType + `officeDocument" Target="xl/workbook.xml"/></Relationships>`,
		"xl/workbook.xml": xmlHead + `<workbook ` + mainNS + ` xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">` +
			`<sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": xmlHead + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
			`<Relationship Id="rId1" Type="` + relType + `worksheet" Target="worksheets/sheet1.xml"/>` +
			`<Relationship Id="rId2" Type="` + relType + `sharedStrings" Target="sharedStrings.xml"/>` +
			`<Relationship Id="rId3" Type="` + relType + `styles" Target="styles.xml"/></Relationships>`,
		"xl/styles.xml": xmlHead + `<styleSheet ` + mainNS + `><numFmts count="3"><numFmt numFmtId="164" formatCode="yyyy\-mm\-dd"/>` +
			`<numFmt numFmtId="165" formatCode="[h]:mm:ss"/><numFmt numFmtId="166" formatCode="0.00E+00"/></numFmts>` +
			`<fonts count="1"><font/></fonts><fills count="1"><fill/></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>` +
			`<cellXfs count="6"><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="22"/><xf numFmtId="165"/><xf numFmtId="21"/><xf numFmtId="166"/></cellXfs></styleSheet>`,
		"xl/sharedStrings.xml": xmlHead + `<sst ` + mainNS + ` count="3" uniqueCount="3"><si><t>first</t></si><si><t/></si>` +
			`<si><r><t>ri</t></r><rPh sb="0" eb="1"><t>no</t></rPh><r><rPr><b/></rPr><t xml:space="preserve">ch </t></r><phoneticPr fontId="1"/></si></sst>`,
		"xl/worksheets/sheet1.xml": xmlHead + `<worksheet ` + mainNS + `><dimension ref="A1"/><sheetData>` + rows + `</sheetData></worksheet>`,
	}
}

// zipped is the file, its parts in the order of their names.
func (p parts) zipped(t testing.TB) []byte {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, name := range sorted(p) {
		part, err := w.Create(name)
		if err == nil {
			_, err = io.WriteString(part, p[name])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func (p parts) with(name, text string) parts {
	other := parts{}
	for n, v := range p {
		other[n] = v
	}
	other[name] = text
	return other
}

func sorted(p parts) []string {
	names := make([]string, 0, len(p))
	for name := range p {
		names = append(names, name)
	}
	// [Content_Types].xml first, as programs write it.
	for i := range names {
		for j := i; j > 0 && names[j] < names[j-1]; j-- {
			names[j], names[j-1] = names[j-1], names[j]
		}
	}
	return names
}

// openBytes opens a workbook of the given content, called b.xlsx.
func openBytes(t testing.TB, content []byte) (*Book, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "b.xlsx")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	b, err := Open(path, "b.xlsx", DefaultLimits())
	if err == nil {
		t.Cleanup(func() { _ = b.Close() })
	}
	return b, err
}

// dump gives every cell of a sheet, a line each: "B3 number plain 1.5".
func dump(b *Book, sheet string) (string, error) {
	rows, err := b.Rows(sheet)
	if err != nil {
		return "", err
	}
	defer rows.Close()
	var out strings.Builder
	for {
		row, err := rows.Next()
		if err == io.EOF {
			return out.String(), nil
		}
		if err != nil {
			return out.String(), err
		}
		for _, c := range row.Cells {
			fmt.Fprintf(&out, "%s %s%s %q\n", CellName(c.Column, row.Number), kindNames[c.Kind], formatNames[c.Format], c.Raw)
		}
	}
}

var (
	kindNames   = [...]string{Number: "number", Text: "text", Bool: "bool", ISO: "iso", Error: "error", Formula: "formula", BadText: "bad text"}
	formatNames = [...]string{General: "", Date: " date", DateTime: " datetime", Time: " time", Elapsed: " elapsed", Unknown: " of an unknown format"}
)

func dumpBytes(t testing.TB, content []byte) (string, error) {
	t.Helper()
	b, err := openBytes(t, content)
	if err != nil {
		return "", err
	}
	return dump(b, "S")
}

func TestCellsAsTheyStand(t *testing.T) {
	rows := `<row r="1"><c r="A1" t="s"><v>0</v></c><c r="C1" s="1"><v>45390</v></c></row>` +
		`<row><c><v>1.5</v></c><c t="b"><v>1</v></c><c t="e"><v>#N/A</v></c><c t="str"><f>A1</f><v></v></c><c><f>A1</f></c></row>` +
		`<row r="5" hidden="1"><c r="B5" t="inlineStr"><is><t xml:space="preserve"> x </t></is></c><c r="A5" t="s"><v> 2 </v></c><c r="D5" s="2"><v>1E-3</v></c></row>`
	got, err := dumpBytes(t, oneSheet(rows).zipped(t))
	want := `A1 text "first"
C1 number date "45390"
A2 number "1.5"
B2 bool "1"
C2 error "#N/A"
D2 text ""
E2 formula ""
A5 text "rich "
B5 text " x "
D5 number datetime "1E-3"
`
	if err != nil || got != want {
		t.Errorf("got\n%s%v\nwant\n%s", got, err, want)
	}
}
