package xlsx

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

const benchRows = 50_000

// benchBook is a workbook of accounts, its texts shared or inline.
func benchBook(b *testing.B, shared bool) string {
	b.Helper()
	var rows, texts strings.Builder
	for i := range benchRows {
		fmt.Fprintf(&rows, `<row r="%d" spans="1:5"><c r="A%d"><v>%d</v></c>`, i+1, i+1, 1_000_000+i*7)
		if shared {
			fmt.Fprintf(&rows, `<c r="B%d" t="s"><v>%d</v></c>`, i+1, i)
			fmt.Fprintf(&texts, `<si><t>person%d@example.org</t></si>`, i)
		} else {
			fmt.Fprintf(&rows, `<c r="B%d" t="inlineStr"><is><t>person%d@example.org</t></is></c>`, i+1, i)
		}
		fmt.Fprintf(&rows, `<c r="C%d" s="2"><v>%.10f</v></c><c r="D%d" s="2"><v>%.10f</v></c><c r="E%d" t="b"><v>%d</v></c></row>`,
			i+1, 45000+float64(i)/997, i+1, 45100+float64(i)/991, i+1, i&1)
	}
	book := oneSheet(rows.String())
	if shared {
		book["xl/sharedStrings.xml"] = xmlHead + `<sst ` + mainNS + `>` + texts.String() + `</sst>`
	}
	path := filepath.Join(b.TempDir(), "b.xlsx")
	if err := os.WriteFile(path, book.zipped(b), 0o600); err != nil {
		b.Fatal(err)
	}
	return path
}

// A sheet read by this package, by excelize's raw rows, and inflated only.
func BenchmarkSheet(b *testing.B) {
	for name, shared := range map[string]bool{"shared": true, "inline": false} {
		path := benchBook(b, shared)
		b.Run(name+"/ours", func(b *testing.B) { benchReader(b, path, readOurs) })
		b.Run(name+"/excelize", func(b *testing.B) { benchReader(b, path, readExcelize) })
		b.Run(name+"/inflate", func(b *testing.B) { benchReader(b, path, inflateOnly) })
	}
}

func benchReader(b *testing.B, path string, read func(path string) (cells int, err error)) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := read(path); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(benchRows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

func readOurs(path string) (cells int, err error) {
	book, err := Open(path, path, DefaultLimits())
	if err != nil {
		return 0, err
	}
	defer book.Close()
	rows, err := book.Rows("S")
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	for {
		row, err := rows.Next()
		if err == io.EOF {
			return cells, nil
		}
		if err != nil {
			return cells, err
		}
		cells += len(row.Cells)
	}
}

func readExcelize(path string) (cells int, err error) {
	file, err := excelize.OpenFile(path, excelize.Options{RawCellValue: true})
	if err != nil {
		return 0, err
	}
	defer file.Close()
	rows, err := file.Rows("S")
	if err != nil {
		return 0, err
	}
	for rows.Next() {
		values, err := rows.Columns()
		if err != nil {
			return cells, err
		}
		cells += len(values)
	}
	return cells, rows.Close()
}

// inflateOnly is the floor: the bytes of the sheet and the strings, inflated and
// counted.
func inflateOnly(path string) (size int, err error) {
	book, err := Open(path, path, DefaultLimits())
	if err != nil {
		return 0, err
	}
	defer book.Close()
	for _, part := range []string{book.sheets[0].part, book.strings} {
		in, err := book.archive.open(part)
		if err != nil {
			return 0, err
		}
		n, err := io.Copy(io.Discard, in)
		if err != nil {
			return 0, err
		}
		size += int(n)
	}
	return size, nil
}
