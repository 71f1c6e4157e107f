package ingest

import (
	"archive/zip"
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"martlet/internal/contract"
	"martlet/internal/xlsx"
)

// write makes a workbook in a temporary folder and gives its path.
func write(t testing.TB, fill func(f *excelize.File)) string {
	t.Helper()
	f := excelize.NewFile()
	fill(f)
	path := filepath.Join(t.TempDir(), "book.xlsx")
	if err := f.SaveAs(path); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// put sets cells of a sheet by name.
func put(t *testing.T, f *excelize.File, sheet string, cells map[string]any) {
	t.Helper()
	for name, value := range cells {
		if err := f.SetCellValue(sheet, name, value); err != nil {
			t.Fatal(err)
		}
	}
}

// convert converts a sheet and reads it back, as a seed or, without columns, as
// it stands.
func convert(t *testing.T, path, sheet string, columns []contract.Column) (string, int64, error) {
	t.Helper()
	out := filepath.Join(t.TempDir(), "out.csv")
	if columns == nil {
		results, err := ConvertBook(t.Context(), path, []string{sheet}, filepath.Dir(out), DefaultLimits())
		if err != nil {
			return "", 0, err
		}
		text, err := os.ReadFile(results[0].Path)
		return string(text), results[0].Rows, err
	}
	c, err := convertFile(t, path, sheet, columns, out)
	if err != nil {
		return "", 0, err
	}
	text, err := os.ReadFile(out)
	return string(text), c.records, err
}

// convertFile converts a sheet to the file out.
func convertFile(t *testing.T, path, sheet string, columns []contract.Column, out string) (*conversion, error) {
	t.Helper()
	book, err := xlsx.Open(path, path, DefaultLimits().Limits)
	if err != nil {
		return nil, err
	}
	defer book.Close()
	d, err := newDraft(out, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer d.drop()
	c, err := convertSheet(t.Context(), newSheet(book, path, sheet), SeedSpec{Columns: columns}, d)
	if err != nil {
		return nil, err
	}
	if _, err := c.verify(t.Context()); err != nil {
		t.Fatal(err)
	}
	return c, d.place()
}

func column(name, typ string) contract.Column { return contract.Column{Name: name, Type: typ} }

func TestConvert(t *testing.T) {
	path := write(t, func(f *excelize.File) {
		put(t, f, "Sheet1", map[string]any{
			// Two blank rows and a blank column first.
			"B3": "id", "C3": "name", "D3": "born", "E3": "seen", "F3": "ok", "G3": "rate",
			"B4": 1, "C4": " Yes ", "D4": 34526, "E4": 45390.459652777776, "F4": true, "G4": 0.1,
			"B6": 2, "C6": `a,"b"`, "D6": "unknown", "E6": "2024-04-08 11:01:54", "F6": "n", "G6": 1e20,
			"B7": 9007199254740993, "C7": "line\nbreak", "D7": 34526.25, "E7": 60, "F7": 0, "G7": "",
			"B8": "x", "C8": "2024", "F8": false,
		})
	})
	columns := []contract.Column{column("name", "string"), column("id", "int64"), column("born", "date"), column("seen", "timestamp"), column("ok", "bool"), column("rate", "decimal(4,1)")}
	got, rows, err := convert(t, path, "Sheet1", columns)
	want := `name,id,born,seen,ok,rate
 Yes ,1,1994-07-11,2024-04-08 11:01:54,true,0.1
,,,,,
"a,""b""",2,unknown,2024-04-08 11:01:54,n,100000000000000000000
"line
break",9007199254740993,1994-07-11 06:00:00,60,0,""
2024,x,,,false,
`
	if err != nil || rows != 5 || got != want {
		t.Errorf("%d, %v\n%s\nwant\n%s", rows, err, got, want)
	}
}

func TestConvertStyles(t *testing.T) {
	path := write(t, func(f *excelize.File) {
		put(t, f, "Sheet1", map[string]any{
			"A1": "a", "B1": "b", "C1": "c", "D1": "d",
			"A2": 45390, "B2": 45390.459652777776, "C2": 45390, "D2": 0.5,
			"A3": time.Date(2024, 4, 8, 11, 1, 54, 0, time.UTC),
		})
		custom := `dd\.mm\.yyyy hh:mm`
		for cell, style := range map[string]*excelize.Style{"A2": {NumFmt: 14}, "B2": {NumFmt: 22}, "C2": {CustomNumFmt: &custom}, "D2": {NumFmt: 20}} {
			id, err := f.NewStyle(style)
			if err != nil {
				t.Fatal(err)
			}
			if err := f.SetCellStyle("Sheet1", cell, cell, id); err != nil {
				t.Fatal(err)
			}
		}
	})
	got, _, err := convert(t, path, "Sheet1", nil)
	want := "a,b,c,d\n2024-04-08,2024-04-08 11:01:54,2024-04-08 00:00:00,12:00:00\n2024-04-08 11:01:54,,,\n"
	if err != nil || got != want {
		t.Errorf("%q, %v; want %q", got, err, want)
	}
}

func TestConvert1904(t *testing.T) {
	path := write(t, func(f *excelize.File) {
		yes := true
		if err := f.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &yes}); err != nil {
			t.Fatal(err)
		}
		put(t, f, "Sheet1", map[string]any{"A1": "day", "A2": 0, "A3": 43928, "A4": 60})
	})
	got, _, err := convert(t, path, "Sheet1", []contract.Column{column("day", "date")})
	if want := "day\n1904-01-01\n2024-04-08\n1904-03-01\n"; err != nil || got != want {
		t.Errorf("%q, %v; want %q", got, err, want)
	}
}

// One column: no cell is a blank line, and comes back as null.
func TestConvertOneColumn(t *testing.T) {
	path := write(t, func(f *excelize.File) {
		put(t, f, "Sheet1", map[string]any{"A1": "a", "A2": "x", "A4": "y"})
	})
	got, rows, err := convert(t, path, "Sheet1", declare("a"))
	if want := "a\nx\n\ny\n"; err != nil || rows != 3 || got != want {
		t.Errorf("%d, %q, %v; want %q", rows, got, err, want)
	}
	if back := readText(t, got, declare("a")); len(back) != 3 || back[1][0] != null {
		t.Errorf("%q", back)
	}
}

func TestConvertMergedCells(t *testing.T) {
	path := write(t, func(f *excelize.File) {
		put(t, f, "Sheet1", map[string]any{"A1": "a", "B1": "b", "A2": "x", "B2": 1, "B3": 2})
		if err := f.MergeCell("Sheet1", "A2", "A3"); err != nil {
			t.Fatal(err)
		}
	})
	got, _, err := convert(t, path, "Sheet1", nil)
	if want := "a,b\nx,1\n,2\n"; err != nil || got != want {
		t.Errorf("%q, %v; want %q", got, err, want)
	}
}

// sheetXML makes a workbook whose only sheet has the given rows in its XML.
func sheetXML(t testing.TB, rows string) string {
	t.Helper()
	path := write(t, func(*excelize.File) {})
	from, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer from.Close()
	var out bytes.Buffer
	to := zip.NewWriter(&out)
	for _, part := range from.File {
		w, err := to.Create(part.Name)
		if err != nil {
			t.Fatal(err)
		}
		r, err := part.Open()
		if err != nil {
			t.Fatal(err)
		}
		if part.Name == "xl/worksheets/sheet1.xml" {
			_, err = io.WriteString(w, `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>`+rows)
		} else {
			_, err = io.Copy(w, r)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := to.Close(); err != nil {
		t.Fatal(err)
	}
	raw := filepath.Join(t.TempDir(), "raw.xlsx")
	if err := os.WriteFile(raw, out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return raw
}

const sheetEnd = `</sheetData></worksheet>`

func TestConvertRawCells(t *testing.T) {
	path := sheetXML(t, `<row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c><c r="B1" t="str"><v>b</v></c><c r="C1" t="inlineStr"><is><t>c</t></is></c></row>
		<row r="2"><c r="A2" t="d"><v>2024-04-08T11:01:54</v></c><c r="B2" t="e"><v>#N/A</v></c><c r="C2" t="str"><f>UPPER("x")</f><v>X</v></c></row>
		<row r="3"><c r="A3"><f>1+1.5</f><v>2.5</v></c><c r="B3" t="b"><f>TRUE</f><v>1</v></c><c r="C3" t="str"><f>""</f><v></v></c></row>
		<row r="4"><c r="A4" t="inlineStr"><is><r><t>ri</t></r><r><t xml:space="preserve">ch </t></r></is></c><c r="B4" t="b"/><c r="C4"/></row>
		<row r="5"><c r="A5"/><c r="C5" t="str"><f>""</f><v></v></c></row>`+sheetEnd)
	got, rows, err := convert(t, path, "Sheet1", nil)
	want := "a,b,c\n2024-04-08T11:01:54,#N/A,X\n2.5,true,\"\"\nrich ,,\n,,\"\"\n"
	if err != nil || rows != 5 || got != want {
		t.Errorf("%d, %q, %v; want %q", rows, got, err, want)
	}
}

func TestConvertErrors(t *testing.T) {
	header := map[string]any{"A1": "user_id", "B1": "email"}
	columns := []contract.Column{column("user_id", "int64"), column("email", "string")}
	in := func(cells map[string]any) string {
		return write(t, func(f *excelize.File) { put(t, f, "Sheet1", cells) })
	}
	tests := []struct {
		name, path, sheet string
		want              []string
	}{
		{"no sheet", in(header), "user_account", []string{`: found no sheet "user_account"; expected one of Sheet1: name one of these, or add the sheet`}},
		{"other case", in(header), "sheet1", []string{`: found no sheet "sheet1"; expected one of Sheet1: name one of these, or add the sheet`}},
		{"empty sheet", in(nil), "Sheet1", []string{`!Sheet1: found no cells; expected a header with user_id, email: fill the sheet, or name another`}},
		{"no header", in(map[string]any{"A1": 17, "B1": "ann@example.org"}), "Sheet1", []string{
			`!Sheet1!A1: found none of the declared columns; expected a header with user_id, email: check that the header is there and spelled as declared`,
		}},
		{"all of the header", in(map[string]any{"B2": "email", "C2": "email", "E2": "shoe", "F2": "shoe"}), "Sheet1", []string{
			`!Sheet1!C2: the header "email" stands already at `,
			`!Sheet1!D2: the header is blank; expected the name of a column: name it, or delete the column`,
			`!Sheet1!E2: the column "shoe" is not declared; expected only user_id, email: declare it, or delete it`,
			`!Sheet1!F2: the header stands already at `,
			`!Sheet1!B2: the column "user_id" is missing; expected user_id, email: add it, or take it out of the declaration`,
		}},
		{"data for a header", in(map[string]any{"A1": "email", "B1": "ann@example.org", "C1": "user_id"}), "Sheet1", []string{
			`!Sheet1!B1: the column is not declared, and what stands there is no name of one; expected only user_id, email: check that the header is there, declare the column, or delete it`,
		}},
		{"outside the header", in(map[string]any{"B1": "user_id", "C1": "email", "B2": 1, "A3": "secret", "A4": "secret", "E5": 1}), "Sheet1", []string{
			`!Sheet1!A3: found a value in a column without a header; expected none: name the column in row 1 and declare it, or clear it`,
			`!Sheet1!E5: found a value in a column without a header; expected none: name the column in row 1 and declare it, or clear it`,
		}},
		{"cut short", sheetXML(t, `<row r="1"><c r="A1" t="str"><v>user_id</v></c><c r="B1" t="str"><v>email</v></c></row><row r="2"><c r="A2"><v>1</v>`), "Sheet1", []string{"!Sheet1: after row 2: the workbook is damaged ("}},
		{"no such text", sheetXML(t, `<row r="1"><c r="A1" t="s"><v>99</v></c><c r="B1" t="str"><v>email</v></c></row>`+sheetEnd), "Sheet1", []string{"!Sheet1!A1: found a shared string that the workbook does not have; "}},
		{"no such cell", sheetXML(t, `<row r="1"><c r="?" t="str"><v>user_id</v></c></row>`+sheetEnd), "Sheet1", []string{"!Sheet1: after row 1: the workbook is damaged ("}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, _, err := convert(t, test.path, test.sheet, columns)
			if err == nil {
				t.Fatal("no error")
			}
			lines := strings.Split(err.Error(), "\n")
			if len(lines) != len(test.want) {
				t.Fatalf("%v\nwant %d errors", err, len(test.want))
			}
			for i, want := range test.want {
				if !strings.HasPrefix(lines[i], test.path+want) {
					t.Errorf("%s\nwant %s", lines[i], want)
				}
			}
			if strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), "ann@") {
				t.Errorf("the error shows data: %v", err)
			}
		})
	}
}

// A real workbook, where there is one.
func TestConvertSample(t *testing.T) {
	path := filepath.Join("..", "..", "..", "shared", "data", "ae_sample_db.xlsx")
	if _, err := os.Stat(path); err != nil {
		t.Skipf("the sample workbook is not here: %v", err)
	}
	got, rows, err := convert(t, path, "user_account", []contract.Column{
		column("user_id", "int64"), column("email", "string"), column("created_timestamp", "timestamp"), column("last_updated", "timestamp"), column("internal_user", "bool"),
	})
	lines := strings.Split(got, "\n")
	if err != nil || rows != 2 || len(lines) != 4 {
		t.Fatalf("%d, %v", rows, err)
	}
	if !strings.HasPrefix(lines[1], "13456,") || !strings.HasSuffix(lines[1], ",2024-04-01 00:03:32,2024-04-08 11:01:54,false") {
		t.Error("the first account is not as in the workbook")
	}
	got, _, err = convert(t, path, "user_account_attributes", []contract.Column{
		column("user_id", "int64"), column("gender", "string"), column("country", "string"), column("date_of_birth", "date"),
	})
	if want := "user_id,gender,country,date_of_birth\n13456678,M,GB,1994-07-11\n65433356,F,GB,1976-03-08\n"; err != nil || got != want {
		t.Errorf("the attributes are not as in the workbook: %v", err)
	}
}
