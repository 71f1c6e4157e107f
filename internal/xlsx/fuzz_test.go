package xlsx

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"regexp"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"
)

// fuzzBook is a workbook that lends its strings and styles to sheets.
func fuzzBook(f *testing.F) *Book {
	f.Helper()
	b, err := bookOf(oneSheet("").zipped(f), DefaultLimits())
	if err == nil {
		err = b.loadStrings()
	}
	if err != nil {
		f.Fatal(err)
	}
	return b
}

// readSheet gives the cells of a sheet as dump does, read with a buffer of that size.
func readSheet(t *testing.T, b *Book, in io.Reader, buffer int) (string, error) {
	r := &Rows{book: b, sheet: &b.sheets[0], scan: newScanner(in, buffer)}
	if err := r.begin(); err != nil {
		return "", r.locate(err)
	}
	var out strings.Builder
	for last := 0; ; {
		row, err := r.Next()
		if err == io.EOF {
			return out.String(), nil
		}
		if err != nil {
			return "", err
		}
		if row.Number <= last {
			t.Fatalf("row %d after row %d", row.Number, last)
		}
		last = row.Number
		column := 0
		for _, c := range row.Cells {
			if c.Column <= column || c.Column > MaxColumns || !utf8.Valid(c.Raw) || c.Kind == Number && !IsNumber(c.Raw) {
				t.Fatalf("after column %d: %+v", column, c)
			}
			column = c.Column
			fmt.Fprintf(&out, "%s %s%s %q\n", CellName(c.Column, row.Number), kindNames[c.Kind], formatNames[c.Format], c.Raw)
		}
	}
}

// Rows of a sheet, by the streaming reader and by encoding/xml as a whole.
func FuzzSheet(f *testing.F) {
	b := fuzzBook(f)
	for _, test := range cellTests {
		f.Add("<row>" + test.cell + "</row>")
	}
	for _, rows := range []string{
		`<row r="2" hidden="1"><c r="C2"><v>1</v></c><c r="A2" t="s"><v>1</v></c></row><row><c/></row>`,
		`<row r="1"/></sheetData><mergeCells><mergeCell ref="A1:B2"/></mergeCells><sheetData>`, "<row><c></row>", "&", "]]>",
	} {
		f.Add(rows)
	}
	f.Fuzz(func(t *testing.T, rows string) {
		sheet := `<worksheet ` + mainNS + `><sheetData>` + rows + `</sheetData></worksheet>`
		got, err := readSheet(t, b, strings.NewReader(sheet), scanBuffer)
		for _, in := range []io.Reader{iotest.OneByteReader(strings.NewReader(sheet)), iotest.DataErrReader(strings.NewReader(sheet))} {
			if again, err2 := readSheet(t, b, in, 32); again != got || (err == nil) != (err2 == nil) {
				t.Fatalf("%q in pieces:\n%s%v\nat once:\n%s%v", rows, again, err2, got, err)
			}
		}
		if err != nil || incomparable.MatchString(sheet) || beyondNaive.MatchString(rows) {
			return
		}
		if want := naiveSheet(t, b, sheet); got != want {
			t.Fatalf("%q:\ngot\n%s\nwant\n%s", rows, got, want)
		}
	})
}

// beyondNaive is what naiveSheet does not take apart: prefixes, texts of many
// elements, and what stands twice.
var beyondNaive = regexp.MustCompile(`<[^>]*:|<is|<ext|sheetData|<!\[CDATA|xmlns`)

type naiveRow struct {
	Number string `xml:"r,attr"`
	Cells  []struct {
		Name    string    `xml:"r,attr"`
		Type    string    `xml:"t,attr"`
		Style   string    `xml:"s,attr"`
		Value   *string   `xml:"v"`
		Formula *struct{} `xml:"f"`
	} `xml:"c"`
}

// naiveSheet reads a sheet that was read without an error, with encoding/xml.
func naiveSheet(t *testing.T, b *Book, sheet string) string {
	var parsed struct {
		Rows []naiveRow `xml:"sheetData>row"`
	}
	if err := xml.Unmarshal([]byte(sheet), &parsed); err != nil {
		t.Fatalf("%q: %v", sheet, err)
	}
	var out strings.Builder
	number := 0
	for _, row := range parsed.Rows {
		number++
		if row.Number != "" {
			fmt.Sscan(strings.TrimLeft(row.Number, "0"), &number)
		}
		column := 0
		lines := map[int]string{}
		for _, c := range row.Cells {
			column++
			if c.Name != "" {
				column, _, _ = parseReference([]byte(c.Name))
			}
			value, kind, ok := naiveCell(b, c.Type, c.Style, c.Value, c.Formula != nil)
			if ok {
				lines[column] = fmt.Sprintf("%s %s %q\n", CellName(column, number), kind, value)
			}
		}
		for column := range MaxColumns {
			if len(lines) == 0 {
				break
			}
			out.WriteString(lines[column+1])
			delete(lines, column+1)
		}
	}
	return out.String()
}

func naiveCell(b *Book, typ, style string, v *string, formula bool) (value, kind string, ok bool) {
	if v != nil {
		value = *v
	}
	if typ == "str" && v != nil {
		plain, good := unescaped(value)
		if !good {
			return plain, "bad text", true
		}
		return plain, "text", true
	}
	if value = strings.Trim(value, " \t\r\n"); value == "" {
		return "", "formula", formula
	}
	switch typ {
	case "s":
		n := 0
		fmt.Sscan(strings.TrimLeft(value, "0")+" 0", &n)
		return []string{"first", "", "rich "}[n], "text", true
	case "b":
		return strings.NewReplacer("true", "1", "false", "0").Replace(value), "bool", true
	case "e":
		return value, "error", true
	case "d":
		return value, "iso", true
	}
	n := 0
	fmt.Sscan(strings.TrimLeft(style, "0")+" 0", &n)
	return value, "number" + []string{"", " date", " datetime", " elapsed", " time", ""}[n], true
}

// The shared strings, by the streaming reader and by encoding/xml as a whole.
func FuzzSharedStrings(f *testing.F) {
	for _, texts := range []string{
		`<si><t>a</t></si><si/><si><r><t>b_x000D_</t></r><rPh><t>no</t></rPh></si>`, `<si><t xml:space="preserve"> </t><phoneticPr/></si>`, "<si><t>_xD83D_</t></si>", "<si><t>&</t></si>", "<si>x</si>", "<x:si/>",
	} {
		f.Add(texts)
	}
	f.Fuzz(func(t *testing.T, texts string) {
		part := `<sst ` + mainNS + `>` + texts + `</sst>`
		got, err := loadTable(strings.NewReader(part), scanBuffer)
		again, err2 := loadTable(iotest.OneByteReader(strings.NewReader(part)), 32)
		if got != again || (err == nil) != (err2 == nil) {
			t.Fatalf("%q in pieces:\n%s%v\nat once:\n%s%v", texts, again, err2, got, err)
		}
		if err != nil || incomparable.MatchString(part) || regexp.MustCompile(`<[^>]*:|xmlns|<ext|</sst|<!\[CDATA`).MatchString(strings.ReplaceAll(texts, `xml:space`, "")) {
			return
		}
		type run struct {
			XMLName xml.Name
			Text    string `xml:",chardata"`
			Texts   []struct {
				Text string `xml:",chardata"`
			} `xml:"t"`
		}
		var parsed struct {
			Strings []struct {
				Parts []run `xml:",any"`
			} `xml:"si"`
		}
		if err := xml.Unmarshal([]byte(part), &parsed); err != nil {
			t.Fatalf("%q: %v", texts, err)
		}
		var want strings.Builder
		for _, s := range parsed.Strings {
			text, ok := "", true
			add := func(raw string) {
				plain, good := unescaped(raw)
				text, ok = text+plain, ok && good
			}
			for _, p := range s.Parts {
				switch p.XMLName.Local {
				case "t":
					add(p.Text)
				case "r":
					for _, each := range p.Texts {
						add(each.Text)
					}
				}
			}
			fmt.Fprintf(&want, "%q %v\n", text, !ok)
		}
		if got != want.String() {
			t.Fatalf("%q:\ngot\n%s\nwant\n%s", texts, got, want.String())
		}
	})
}

func loadTable(in io.Reader, buffer int) (string, error) {
	table := &stringTable{}
	if err := table.load(newScanner(in, buffer), 0); err != nil {
		return "", err
	}
	var out strings.Builder
	for i := range table.ends {
		text, bad, _ := table.get(i)
		fmt.Fprintf(&out, "%q %v\n", text, bad)
	}
	return out.String(), nil
}

// Whole files: no panic, a message that says what was expected, and the same each time.
func FuzzWorkbook(f *testing.F) {
	f.Add(oneSheet(oneRow).zipped(f))
	f.Add(archived(f, oneSheet(oneRow).rawParts(f)))
	f.Add([]byte("PK\x03\x04"))
	f.Fuzz(func(t *testing.T, content []byte) {
		limits := DefaultLimits()
		limits.Part = 1 << 22
		got, err := everything(content, limits)
		again, err2 := everything(bytes.Clone(content), limits)
		if got != again || fmt.Sprint(err) != fmt.Sprint(err2) {
			t.Fatalf("%q, %v; and again %q, %v", got, err, again, err2)
		}
		if err != nil && !strings.Contains(err.Error(), "expected") {
			t.Fatalf("the error does not say what was expected: %v", err)
		}
		if !utf8.ValidString(got) {
			t.Fatalf("%q", got)
		}
	})
}
