package xlsx

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"
)

// excelizeTypes are the types that excelize gives a cell, by what it is here.
var excelizeTypes = map[Kind][]excelize.CellType{
	Number: {excelize.CellTypeUnset, excelize.CellTypeNumber},
	Text:   {excelize.CellTypeSharedString, excelize.CellTypeInlineString, excelize.CellTypeFormula},
	Bool:   {excelize.CellTypeBool},
	ISO:    {excelize.CellTypeDate},
	Error:  {excelize.CellTypeError},
	// A formula without a result may have the type of what stood there before.
	Formula: {excelize.CellTypeUnset, excelize.CellTypeNumber, excelize.CellTypeFormula, excelize.CellTypeSharedString, excelize.CellTypeInlineString, excelize.CellTypeBool, excelize.CellTypeDate},
}

// secondOpinion compares every cell of a workbook with what excelize reads.
func secondOpinion(t rapid.TB, content []byte) (cells int) {
	t.Helper()
	b, err := bookOf(content, DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	file, err := excelize.OpenReader(bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if got := file.GetSheetList(); !slices.EqualFunc(got, b.sheets, func(name string, s Sheet) bool { return name == s.Name }) {
		t.Fatalf("excelize has the sheets %q, and here are %v", got, b.sheets)
	}
	for _, s := range b.sheets {
		if visible, err := file.GetSheetVisible(s.Name); err != nil || visible == s.Hidden {
			t.Fatalf("%s: hidden %v, and of excelize %v, %v", s.Name, s.Hidden, !visible, err)
		}
		cells += compareSheet(t, b, file, s.Name)
	}
	return cells
}

func compareSheet(t rapid.TB, b *Book, file *excelize.File, sheet string) (cells int) {
	t.Helper()
	others, err := file.GetRows(sheet, excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	covered := coveredCells(t, file, sheet)
	rows, err := b.Rows(sheet)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for {
		row, err := rows.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if visible, err := file.GetRowVisible(sheet, row.Number); err != nil || visible == row.Hidden {
			t.Fatalf("%s, row %d: hidden %v, and of excelize %v, %v", sheet, row.Number, row.Hidden, !visible, err)
		}
		for _, c := range row.Cells {
			cells++
			name := CellName(c.Column, row.Number)
			typ, err := file.GetCellType(sheet, name)
			if covered[name] {
				typ = excelizeTypes[c.Kind][0] // it answers for the first cell of the merged ones
			}
			value := ""
			if row.Number <= len(others) && c.Column <= len(others[row.Number-1]) {
				value = others[row.Number-1][c.Column-1]
				others[row.Number-1][c.Column-1] = ""
			}
			if err != nil || !slices.Contains(excelizeTypes[c.Kind], typ) || value != string(c.Raw) {
				t.Fatalf("%s!%s: %s %q, and of excelize type %d, %q, %v", sheet, name, kindNames[c.Kind], c.Raw, typ, value, err)
			}
		}
	}
	for i, row := range others {
		for j, value := range row {
			if value != "" {
				t.Fatalf("%s!%s: only excelize has a value: %q", sheet, CellName(j+1, i+1), value)
			}
		}
	}
	compareAreas(t, file, sheet, rows)
	return cells
}

// coveredCells are the cells of merged ones but for the first.
func coveredCells(t rapid.TB, file *excelize.File, sheet string) map[string]bool {
	t.Helper()
	merged, err := file.GetMergeCells(sheet, true)
	if err != nil {
		t.Fatal(err)
	}
	covered := map[string]bool{}
	for _, m := range merged {
		area, _ := parseArea([]byte(m.GetStartAxis() + ":" + m.GetEndAxis()))
		for row := area.Top; row <= area.Bottom; row++ {
			for column := area.Left; column <= area.Right; column++ {
				covered[CellName(column, row)] = row > area.Top || column > area.Left
			}
		}
	}
	return covered
}

func compareAreas(t rapid.TB, file *excelize.File, sheet string, rows *Rows) {
	t.Helper()
	merged, err := file.GetMergeCells(sheet, true)
	if err != nil || len(merged) != len(rows.Merged()) {
		t.Fatalf("%s: merged %v, and of excelize %v, %v", sheet, rows.Merged(), merged, err)
	}
	for i, m := range merged {
		if got := rows.Merged()[i].String(); got != m.GetStartAxis()+":"+m.GetEndAxis() {
			t.Fatalf("%s: merged %s, and of excelize %v", sheet, got, m)
		}
	}
	for column := 1; column <= 8; column++ {
		hidden := slices.ContainsFunc(rows.HiddenColumns(), func(a Area) bool { return a.Left <= column && column <= a.Right })
		if visible, err := file.GetColVisible(sheet, ColumnName(column)); err != nil || visible == hidden {
			t.Fatalf("%s, column %d: hidden %v, and of excelize %v, %v", sheet, column, hidden, !visible, err)
		}
	}
}

// drawText draws what people and programs write into cells.
func drawText(t *rapid.T) string {
	return rapid.OneOf(
		rapid.StringMatching(`[ -~]{0,12}`),
		rapid.SampledFrom([]string{"", " ", "00042", " x ", "a\nb", "a\tb", "a\r\nb", "<&>\"'", "_x000D_", "_x005F_", "é日本😀", "=1+1", "#N/A", "true", "1e5", "]]>", "\uFFFD"}),
	).Draw(t, "text")
}

func drawValue(t *rapid.T) any {
	return rapid.OneOf(
		rapid.Map(rapid.Int(), func(n int) any { return n }),
		rapid.Map(rapid.Float64(), func(f float64) any { return f }),
		rapid.Map(rapid.Float64Range(-1e6, 1e6), func(f float64) any { return f }),
		rapid.Map(rapid.Bool(), func(b bool) any { return b }),
		rapid.Map(rapid.Custom(drawText), func(s string) any { return s }),
		rapid.Map(rapid.Int64Range(-2e9, 9e9), func(n int64) any { return time.Unix(n, 123456789).UTC() }),
		rapid.Map(rapid.Int64Range(0, 1e15), func(n int64) any { return time.Duration(n) }),
		rapid.Just(any(nil)),
	).Draw(t, "value")
}

// excelize writes a workbook cell by cell.
func writeCells(t *rapid.T, file *excelize.File, sheet string) {
	for range rapid.IntRange(0, 20).Draw(t, "cells") {
		cell := CellName(rapid.IntRange(1, 8).Draw(t, "column"), rapid.IntRange(1, 12).Draw(t, "row"))
		var err error
		switch rapid.IntRange(0, 9).Draw(t, "what") {
		case 0:
			err = file.SetCellFormula(sheet, cell, "1+1")
		case 1:
			err = file.SetCellRichText(sheet, cell, []excelize.RichTextRun{{Text: drawText(t)}, {Text: drawText(t), Font: &excelize.Font{Bold: true}}})
		case 2:
			err = file.MergeCell(sheet, cell, cell[:1]+"12")
		case 3:
			err = file.SetCellDefault(sheet, cell, fmt.Sprint(rapid.Int().Draw(t, "number")))
		default:
			err = file.SetCellValue(sheet, cell, drawValue(t))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for range rapid.IntRange(0, 2).Draw(t, "hidden") {
		if err := errors.Join(file.SetRowVisible(sheet, rapid.IntRange(1, 12).Draw(t, "row"), false), file.SetColVisible(sheet, ColumnName(rapid.IntRange(1, 8).Draw(t, "column")), false)); err != nil {
			t.Fatal(err)
		}
	}
}

// excelize writes a workbook as a stream, its texts inline.
func writeStream(t *rapid.T, file *excelize.File, sheet string) {
	w, err := file.NewStreamWriter(sheet)
	if err != nil {
		t.Fatal(err)
	}
	for row := 1; row <= 12; row += rapid.IntRange(1, 4).Draw(t, "step") {
		values := rapid.SliceOfN(rapid.Custom(drawValue), 0, 6).Draw(t, "values")
		if err := w.SetRow(CellName(rapid.IntRange(1, 3).Draw(t, "from"), row), values, excelize.RowOpts{Hidden: rapid.Bool().Draw(t, "hidden")}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
}

func TestSecondOpinionOnWrittenBooks(t *testing.T) {
	cells := 0
	rapid.Check(t, func(t *rapid.T) {
		file := excelize.NewFile()
		defer file.Close()
		for i, sheet := range []string{"Sheet1", "ü & Co", "veryHidden"} {
			if i > 0 {
				if _, err := file.NewSheet(sheet); err != nil {
					t.Fatal(err)
				}
			}
			if rapid.Bool().Draw(t, "stream") {
				writeStream(t, file, sheet)
			} else {
				writeCells(t, file, sheet)
			}
		}
		if err := file.SetSheetVisible("veryHidden", false, true); err != nil {
			t.Fatal(err)
		}
		var content bytes.Buffer
		if err := file.Write(&content); err != nil {
			t.Fatal(err)
		}
		cells += secondOpinion(t, content.Bytes())
	})
	t.Logf("%d cells", cells)
}

// The sample, and a real workbook where there is one beside the repository.
func TestSecondOpinionOnFiles(t *testing.T) {
	for _, path := range []string{sampleBook, filepath.Join("..", "..", "..", "shared", "data", "ae_sample_db.xlsx")} {
		t.Run(filepath.Base(filepath.Dir(path)), func(t *testing.T) {
			content, err := os.ReadFile(path)
			if errors.Is(err, fs.ErrNotExist) && path != sampleBook {
				t.Skip("there is none")
			}
			if err != nil {
				t.Fatal(err)
			}
			if cells := secondOpinion(t, content); cells == 0 {
				t.Error("no cells")
			}
		})
	}
}

// excelizeDiffers says where excelize reads a cell of cellTests as another, and why.
var excelizeDiffers = map[string]string{
	"escaped pair":               "it takes each code unit by itself, and nothing of a surrogate",
	"escaped half":               "it drops a code unit that is no character, unseen",
	"escaped escape":             "it does not replace escapes in the results of formulas, which are of the type ST_Xstring too",
	"escapes in pieces are none": "it puts the runs together before it looks for escapes",
	"false in letters":           "it gives the letters",
	"number amid white space":    "it gives the white space",
	"attributes of others":       "it takes an attribute of any namespace for the cell's own",
}

func TestSecondOpinionOnCells(t *testing.T) {
	for name, test := range cellTests {
		t.Run(name, func(t *testing.T) {
			file, err := excelize.OpenReader(bytes.NewReader(oneSheet(`<row r="1">` + strings.Replace(test.cell, "<c", `<c r="A1"`, 1) + `</row>`).zipped(t)))
			if err != nil {
				t.Fatal(err)
			}
			defer file.Close()
			value, err := file.GetCellValue("S", "A1", excelize.Options{RawCellValue: true})
			got := fmt.Sprintf("%q", value)
			_, want, _ := strings.Cut(test.want, `"`)
			if test.want == "" {
				want = `"`
			}
			same := err == nil && got == `"`+want
			if reason, differs := excelizeDiffers[name]; same == differs {
				t.Errorf("%s: excelize has %s, %v; here it is %s; reason %q", test.cell, got, err, test.want, reason)
			}
		})
	}
}
