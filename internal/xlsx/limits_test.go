package xlsx

import (
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
)

// Each limit, at what it lets pass and at what it does not.
func TestLimits(t *testing.T) {
	book := oneSheet(`<row r="3"><c r="E3" t="s"><v>2</v></c></row>`)
	content := book.zipped(t)
	size := func(name string) int64 { return int64(len(book[name])) }
	largest := size("xl/workbook.xml")
	for name := range book {
		largest = max(largest, size(name))
	}
	const texts = int64(len("first"+"rich ") + 3*8)
	for name, test := range map[string]struct {
		set  func(l *Limits, n int64)
		pass int64 // at least
		want string
	}{
		"entries": {func(l *Limits, n int64) { l.Entries = int(n) }, int64(len(book)), "b.xlsx: found 7 files in the archive; expected at most 6"},
		"part":    {func(l *Limits, n int64) { l.Part = n }, largest, fmt.Sprintf("of %d bytes; expected at most %d", largest, largest-1)},
		"rows":    {func(l *Limits, n int64) { l.Rows = int(n) }, 3, "b.xlsx!S: after row 3: found row 3; expected at most 2"},
		"columns": {func(l *Limits, n int64) { l.Columns = int(n) }, 5, "b.xlsx!S!E3: found column 5; expected at most 4"},
		"strings": {func(l *Limits, n int64) { l.Strings = n }, texts, fmt.Sprintf("b.xlsx: found shared strings of more than %d bytes; expected less", texts-1)},
	} {
		t.Run(name, func(t *testing.T) {
			for _, n := range []int64{0, test.pass, test.pass + 1} {
				limits := DefaultLimits()
				test.set(&limits, n)
				if _, err := dumpWithin(t, content, limits); err != nil {
					t.Errorf("a limit of %d: %v", n, err)
				}
			}
			limits := DefaultLimits()
			test.set(&limits, test.pass-1)
			_, err := dumpWithin(t, content, limits)
			if err == nil || !strings.Contains(err.Error(), test.want) || !strings.HasSuffix(err.Error(), `if it is a sound workbook, raise the limit "`+name+`"`) {
				t.Errorf("%v\nwant ...%s...", err, test.want)
			}
		})
	}
}

func dumpWithin(t *testing.T, content []byte, limits Limits) (string, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "b.xlsx")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	b, err := Open(path, "b.xlsx", limits)
	if err != nil {
		return "", err
	}
	defer b.Close()
	return dump(b, "S")
}

// A sheet that inflates to a thousand times its size.
func TestLimitOfRatio(t *testing.T) {
	p := oneSheet(oneRow)
	bomb := p.replaced(sheetPart, "<sheetData>", strings.Repeat("<!--"+strings.Repeat(" ", ratioFrom/8)+"-->", 8)+"<sheetData>").zipped(t)
	_, err := dumpWithin(t, bomb, DefaultLimits())
	if err == nil || !strings.Contains(err.Error(), "inflating to more than 500 times its size; expected less: if it is a sound workbook, raise the limit \"ratio\"") {
		t.Error(err)
	}
	limits := DefaultLimits()
	limits.Ratio = 0
	if got, err := dumpWithin(t, bomb, limits); err != nil || got != oneRowRead {
		t.Errorf("without a limit: %v", err)
	}
}

// Bounds that nobody can raise.
func TestBounds(t *testing.T) {
	long := strings.Repeat("x", 1<<20)
	for name, test := range map[string]struct {
		book parts
		want string
	}{
		"a text in pieces":   {oneSheet(`<row><c t="str"><v>` + strings.Repeat("<![CDATA["+long+"]]>", 17) + `</v></c></row>`), "found a text of more than 16777216 bytes"},
		"a text of runs":     {oneSheet(`<row><c t="inlineStr"><is>` + strings.Repeat("<r><t>"+long+"</t></r>", 18) + `</is></c></row>`), "found a text of more than 16777216 bytes"},
		"one string shared":  {oneSheet(`<row>`+strings.Repeat(`<c t="s"><v>0</v></c>`, 300)+`</row>`).replaced("xl/sharedStrings.xml", "first", long), "found a row with more than 268435456 bytes of text"},
		"elements in others": {oneSheet(strings.Repeat("<row>", 1)).replaced(sheetPart, "<dimension", strings.Repeat("<a>", 300)+"<dimension"), "found more than 256 elements within each other"},
		"attributes":         {oneSheet(oneRow).replaced(sheetPart, "<dimension", "<dimension"+counted(300, " a%d=''")), "found more than 256 attributes"},
		"namespaces":         {oneSheet(oneRow).replaced(sheetPart, "<dimension", "<a"+counted(200, " xmlns:a%d='u'")+"><b"+counted(200, " xmlns:b%d='u'")+"/></a><dimension"), "found more than 256 namespaces"},
		"more sheets":        {oneSheet(oneRow).replaced("xl/workbook.xml", "</sheets>", counted(300, `<sheet name="a%d" r:id="rId1"/>`)+"</sheets>"), "found more sheets than parts"},
	} {
		t.Run(name, func(t *testing.T) {
			limits := DefaultLimits()
			limits.Ratio = 0
			if _, err := dumpWithin(t, test.book.zipped(t), limits); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("%v; want ...%s", err, test.want)
			}
		})
	}
}

// A part that is held in memory as a whole.
func TestBoundOfSmallParts(t *testing.T) {
	for _, name := range []string{"xl/styles.xml", "xl/workbook.xml", "_rels/.rels"} {
		list := oneSheet(oneRow).rawParts(t)
		find(list, name).header.UncompressedSize64 = maxSmallPart + 1
		if _, err := dumpBytes(t, archived(t, list)); err == nil || !strings.Contains(err.Error(), "found "+name+" of 67108865 bytes; expected at most 67108864") {
			t.Error(err)
		}
	}
}

func counted(n int, form string) string {
	var out strings.Builder
	for i := range n {
		fmt.Fprintf(&out, form, i)
	}
	return out.String()
}

// Wherever the reading ends, nothing is left of it.
func TestNothingIsLeft(t *testing.T) {
	content := largeBook(t)
	random := rand.New(rand.NewPCG(1, 2))
	path := filepath.Join(t.TempDir(), "b.xlsx")
	before, files := runtime.NumGoroutine(), openFiles(t)
	for i := range 200 {
		damaged := append([]byte(nil), content...)
		if i%2 == 0 {
			damaged[random.IntN(len(damaged))] ^= 1
		}
		if err := os.WriteFile(path, damaged, 0o600); err != nil {
			t.Fatal(err)
		}
		b, err := Open(path, "b.xlsx", DefaultLimits())
		if err != nil {
			continue
		}
		if rows, err := b.Rows("S"); err == nil {
			for range random.IntN(500) {
				if _, err := rows.Next(); err != nil {
					break
				}
			}
			if err := rows.Close(); err != nil {
				t.Error(err)
			}
		}
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	}
	if after := runtime.NumGoroutine(); after > before {
		t.Errorf("%d goroutines, and %d before", after, before)
	}
	if after := openFiles(t); after > files {
		t.Errorf("%d files are open, and %d before", after, files)
	}
}

// openFiles is how many files the process has open, or 0 where nothing tells.
func openFiles(t *testing.T) int {
	t.Helper()
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Log(err)
	}
	return len(entries)
}

// generated is a sheet of many rows, made while it is read.
type generated struct {
	rows, next int
	text, rest []byte
}

// rowPieces is a row around its number.
var rowPieces = strings.Split(`<row r="#" x:d="1"><c r="A#"><v>#</v></c><c r="B#" t="inlineStr"><is><t>a &amp; b_x0041_</t></is></c>`+
	`<c r="D#" s="1"><v>45000.5</v></c><c r="C#" t="s"><v>0</v></c></row>`, "#")

func (g *generated) Read(p []byte) (int, error) {
	for len(g.rest) == 0 {
		g.text = g.text[:0]
		switch {
		case g.next == 0:
			g.text = append(g.text, `<worksheet `+mainNS+` xmlns:x="u"><sheetData>`...)
		case g.next <= g.rows:
			for i, piece := range rowPieces {
				if i > 0 {
					g.text = strconv.AppendInt(g.text, int64(g.next), 10)
				}
				g.text = append(g.text, piece...)
			}
		case g.next == g.rows+1:
			g.text = append(g.text, `</sheetData></worksheet>`...)
		default:
			return 0, io.EOF
		}
		g.rest = g.text
		g.next++
	}
	n := copy(p, g.rest)
	g.rest = g.rest[n:]
	return n, nil
}

// What is read takes no memory for a row.
func TestMemoryOfRows(t *testing.T) {
	b, err := bookOf(oneSheet("").zipped(t), DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	if err := b.loadStrings(); err != nil {
		t.Fatal(err)
	}
	const rows = 200_000
	in := &generated{rows: rows}
	r := &Rows{book: b, sheet: &b.sheets[0], scan: newScanner(in, scanBuffer)}
	if err := r.begin(); err != nil {
		t.Fatal(err)
	}
	allocated := func() uint64 {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.TotalAlloc
	}
	var before uint64
	for n := 1; ; n++ {
		row, err := r.Next()
		if err == io.EOF && n == rows+1 {
			break
		}
		if err != nil || row.Number != n || len(row.Cells) != 4 {
			t.Fatalf("row %d: %v", n, err)
		}
		if n == 1000 {
			before = allocated()
		}
	}
	if grown := allocated() - before; grown > 1<<20 {
		t.Errorf("%d bytes were allocated for %d rows", grown, rows)
	}
}
