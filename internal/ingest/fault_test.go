package ingest

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"martlet/internal/contract"
)

// faulty is a sheet in which each kind of fault stands once, and other cells of
// the same rows are sound.
const faulty = `<row r="3"><c r="C3" t="str"><v>name</v></c><c r="B3" t="str"><v>id</v></c><c r="D3" t="str"><v>born</v></c></row>
	<row r="4"><c r="B4"><v>1</v></c><c r="C4" t="e"><v>#N/A</v></c><c r="D4"><v>34526</v></c></row>
	<row r="5"><c r="B5"><f>1+1</f></c><c r="C5" t="inlineStr"><is><t>_xD83D__xDE00_ and _xD83D_</t></is></c><c r="D5"><v>60</v></c></row>
	<row r="7"><c r="B7"><v>7</v></c><c r="C7" t="inlineStr"><is><t>_x0000_</t></is></c></row>`

var faultyColumns = []contract.Column{column("id", "int64"), column("name", "string"), column("born", "date")}

// A cell without a value is in the seed as the workbook writes it, and a fault
// for as long as the seed is known to come from there.
func TestFaults(t *testing.T) {
	p := newProject(t)
	book, err := os.ReadFile(sheetXML(t, faulty+sheetEnd))
	if err != nil {
		t.Fatal(err)
	}
	p.write("raw_data/book.xlsx", string(book))
	p.specs = []SeedSpec{{Source: "user", Workbook: "raw_data/book.xlsx", Sheet: "Sheet1", Seed: "seeds/user.csv", Columns: faultyColumns}}
	want := []Fault{
		{1, 1, faultReasons[errorCell]}, {2, 0, faultReasons[noResult]}, {2, 1, faultReasons[badText]}, {2, 2, faultReasons[noDay]}, {4, 1, faultReasons[badText]},
	}
	check := func(when string) SeedResult {
		t.Helper()
		r := p.seeds(false)[0]
		if !slices.Equal(r.Faults, want) {
			t.Errorf("%s: %+v", when, r.Faults)
		}
		return r
	}
	r := check("made")
	if got, seed := p.read("seeds/user.csv"), "id,name,born\n1,#N/A,1994-07-11\n,\U0001F600 and _xD83D_,60\n,,\n7,_x0000_,\n"; got != seed {
		t.Errorf("%q, want %q", got, seed)
	}
	if r.Values != 7 || r.Rows != 4 {
		t.Errorf("%d values, %d rows", r.Values, r.Rows)
	}
	if lock := p.read(LockPath); !strings.Contains(lock, `faults          = ["C4 error","B5 no_result","C5 bad_text","D5 no_day","C7 bad_text"]`) {
		t.Error(lock)
	}
	check("as it was")
	p.remove("raw_data/book.xlsx")
	check("the workbook absent")
	p.write("seeds/user.csv", "id,name,born\n2,two,\n")
	if r := p.seeds(true)[0]; len(r.Faults) > 0 {
		t.Errorf("edited and kept: %+v", r.Faults)
	}
}

// Faults that somebody edited are not passed over: a record would be let in.
func TestLockFaultsEdited(t *testing.T) {
	entry := lockEntry{Seed: "s", Header: []string{"B3", "C3"}}
	for _, fault := range []string{"B4", "B4 oops", "D4 error", "B3 error", "B error", ""} {
		entry.Faults = []string{fault}
		if _, err := parseLock(lock{"s": entry}.format()); err == nil || !strings.Contains(err.Error(), "expected a cell below the header") {
			t.Errorf("%q: %v", fault, err)
		}
	}
}

// What a person may not see in a sheet is converted all the same, and noted.
func TestNotes(t *testing.T) {
	path := write(t, func(f *excelize.File) {
		put(t, f, "Sheet1", map[string]any{"A1": "a", "B1": "b", "C1": "c", "A2": 1, "A3": 2, "A4": 3, "A6": 5, "B2": "x", "C2": "anchor", "C3": "covered"})
		for _, err := range []error{
			f.SetRowVisible("Sheet1", 3, false), f.SetRowVisible("Sheet1", 4, false), f.SetRowVisible("Sheet1", 6, false),
			f.SetColVisible("Sheet1", "B", false),
		} {
			if err != nil {
				t.Fatal(err)
			}
		}
		if _, err := f.NewSheet("other"); err != nil {
			t.Fatal(err)
		}
		f.SetActiveSheet(1)
		if err := f.SetSheetVisible("Sheet1", false); err != nil {
			t.Fatal(err)
		}
	})
	covered := sheetXML(t, `<row r="1"><c r="A1" t="str"><v>a</v></c><c r="B1" t="str"><v>b</v></c></row>
		<row r="2"><c r="A2" t="str"><v>anchor</v></c><c r="B2"><v>1</v></c></row><row r="3"><c r="A3" t="str"><v>covered</v></c><c r="B3"><v>2</v></c></row>
		</sheetData><mergeCells count="1"><mergeCell ref="A2:A3"/></mergeCells></worksheet>`)
	tests := []struct {
		path, csv string
		notes     []string
	}{
		{path, "a,b,c\n1,x,anchor\n2,,covered\n3,,\n,,\n5,,\n", []string{"the sheet is hidden", "3 rows are hidden (3-4, 6)", "1 column is hidden (B)"}},
		{covered, "a,b\nanchor,1\n,2\n", []string{"1 area is merged (A2:A3): the value stands in the first cell alone; 1 value out of sight, the first in A3, left out"}},
	}
	for _, test := range tests {
		results, err := ConvertBook(t.Context(), test.path, []string{"Sheet1"}, t.TempDir(), DefaultLimits())
		if err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(results[0].Path)
		if err != nil || string(text) != test.csv || !slices.Equal(results[0].Notes, test.notes) {
			t.Errorf("%q, %q, %v", text, results[0].Notes, err)
		}
	}
}

// A seed of merged cells is the sheet's with only the first cell of each.
func TestSeedOfMergedCells(t *testing.T) {
	path := sheetXML(t, `<row r="1"><c r="A1" t="str"><v>a</v></c><c r="B1" t="str"><v>b</v></c></row>
		<row r="2"><c r="A2" t="str"><v>one</v></c><c r="B2" t="str"><v>hidden</v></c></row><row r="3"><c r="A3" t="str"><v>two</v></c></row>
		<row r="4"><c r="A4" t="str"><v>three</v></c><c r="B4" t="str"><v>x</v></c></row>
		</sheetData><mergeCells><mergeCell ref="A3:A4"/><mergeCell ref="A2:B2"/></mergeCells></worksheet>`)
	got, _, err := convert(t, path, "Sheet1", declare("b", "a"))
	if want := "b,a\n,one\n,two\nx,\n"; err != nil || got != want {
		t.Errorf("%q, %v; want %q", got, err, want)
	}
}

// Every sheet becomes a file or none does, and what has no value is told.
func TestConvertBook(t *testing.T) {
	folder := t.TempDir()
	path := write(t, func(f *excelize.File) {
		put(t, f, "Sheet1", map[string]any{"B3": 1.5})
		if _, err := f.NewSheet("empty"); err != nil {
			t.Fatal(err)
		}
		if _, err := f.NewSheet("..a<b"); err != nil {
			t.Fatal(err)
		}
		put(t, f, "..a<b", map[string]any{"A1": "=x"})
	})
	results, err := ConvertBook(t.Context(), path, nil, filepath.Join(folder, "csv"), DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	want := []Converted{
		{Sheet: "Sheet1", Path: filepath.Join(folder, "csv", "Sheet1.csv"), Rows: 3, Columns: 2, Values: 1},
		{Sheet: "empty", Path: filepath.Join(folder, "csv", "empty.csv")},
		{Sheet: "..a<b", Path: filepath.Join(folder, "csv", "a_b.csv"), Rows: 1, Columns: 1, Values: 1},
	}
	texts := []string{",\n,\n,1.5\n", "", "=x\n"}
	for i, r := range results {
		text, err := os.ReadFile(r.Path)
		if r.Notes != nil || r.Sheet != want[i].Sheet || r.Path != want[i].Path || r.Rows != want[i].Rows || r.Columns != want[i].Columns || r.Values != want[i].Values || string(text) != texts[i] {
			t.Errorf("%+v, %q, %v; want %+v", r, text, err, want[i])
		}
	}
	faults := sheetXML(t, faulty+sheetEnd)
	results, err = ConvertBook(t.Context(), faults, nil, folder, DefaultLimits())
	if err != nil || results[0].Faults != 3 || len(results[0].Notes) != 3 {
		t.Errorf("%+v, %v", results, err)
	}
	if results, err = ConvertBook(t.Context(), path, []string{"empty", "empty"}, folder, DefaultLimits()); err != nil || len(results) != 1 {
		t.Errorf("a sheet named twice: %+v, %v", results, err)
	}
	missing := filepath.Join(folder, "missing")
	if _, err := ConvertBook(t.Context(), path, []string{"Sheet1", "nobody"}, missing, DefaultLimits()); err == nil {
		t.Error("a sheet that is not there: no error")
	}
	taken := filepath.Join(folder, "taken")
	if err := os.MkdirAll(filepath.Join(taken, "empty.csv"), 0o750); err != nil {
		t.Fatal(err)
	}
	if _, err := ConvertBook(t.Context(), path, nil, taken, DefaultLimits()); err == nil || !strings.Contains(err.Error(), "found something else than a file") {
		t.Errorf("a folder called as a sheet: %v", err)
	}
	broken := sheetXML(t, `<row r="1"><c r="A1"><v>x</v></c></row>`+sheetEnd)
	if _, err := ConvertBook(t.Context(), broken, nil, filepath.Join(folder, "broken"), DefaultLimits()); err == nil {
		t.Error("a damaged sheet: no error")
	}
	for name, want := range map[string]string{missing: "", taken: "empty.csv", filepath.Join(folder, "broken"): ""} {
		entries, _ := os.ReadDir(name)
		var names []string
		for _, entry := range entries {
			names = append(names, entry.Name())
		}
		if got := strings.Join(names, " "); got != want {
			t.Errorf("%s has %q, want %q", name, got, want)
		}
		if _, err := os.Stat(name); want == "" && err == nil {
			t.Errorf("%s was made", name)
		}
	}
	small := DefaultLimits()
	small.Temporary = 3
	if _, err := ConvertBook(t.Context(), path, nil, filepath.Join(folder, "small"), small); err == nil || !strings.Contains(err.Error(), `raise the limit "temporary"`) {
		t.Error(err)
	}
}

// stopAt is a context that is cancelled once it was asked for n more times, by
// whatever goroutine.
type stopAt struct {
	context.Context
	cancel context.CancelFunc
	n      atomic.Int64
}

func (s *stopAt) Err() error {
	if s.n.Add(-1) == 0 {
		s.cancel()
	}
	return s.Context.Err()
}

// Wherever a conversion is stopped, it leaves nothing behind.
func TestStoppedConversionsLeaveNothing(t *testing.T) {
	p := newProject(t)
	for n := 1; ; n++ {
		ctx, cancel := context.WithCancel(t.Context())
		stop := &stopAt{Context: ctx, cancel: cancel}
		stop.n.Store(int64(n))
		_, err := Seeds(stop, p.root, p.specs, false, DefaultLimits(), nil)
		cancel()
		if err == nil {
			if n < 4 {
				t.Fatalf("it was asked %d times", n)
			}
			return
		}
		if !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
		if entries, err := os.ReadDir(p.path("seeds")); err == nil {
			t.Fatalf("left behind: %v", entries)
		}
	}
}

// A cell far down and far right in a file of no size is bounded by what is to be
// written, and held in no memory.
func TestASheetOfOneFarCell(t *testing.T) {
	path := sheetXML(t, `<row r="1048576"><c r="ALL1048576"><v>1</v></c></row>`+sheetEnd)
	small := DefaultLimits()
	small.Temporary = 1 << 20
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := ConvertBook(t.Context(), path, nil, filepath.Join(t.TempDir(), "far"), small)
	runtime.ReadMemStats(&after)
	if err == nil || !strings.Contains(err.Error(), `raise the limit "temporary"`) {
		t.Error(err)
	}
	if grown := after.TotalAlloc - before.TotalAlloc; grown > 32<<20 {
		t.Errorf("%d bytes were allocated", grown)
	}
}

// A seed that was kept by force while its workbook was absent is not taken for
// the workbook's when that is back.
func TestAWorkbookThatComesBack(t *testing.T) {
	p := newProject(t)
	p.specs = p.specs[:1]
	p.seeds(false)
	book := p.read("raw_data/book.xlsx")
	p.remove("raw_data/book.xlsx")
	p.write("seeds/user.csv", userSeed+"9,by hand\n")
	p.seeds(true)
	p.write("raw_data/book.xlsx", book)
	_, err := Seeds(t.Context(), p.root, p.specs, false, DefaultLimits(), nil)
	if err == nil || !strings.Contains(err.Error(), "found the seed that was kept as it is while raw_data/book.xlsx was absent") {
		t.Fatal(err)
	}
	if p.seeds(true); p.read("seeds/user.csv") != userSeed {
		t.Errorf("%q", p.read("seeds/user.csv"))
	}
	p.seeds(false)
}

// What a killed process left is removed by and by, and nothing else is.
func TestAbandonedDrafts(t *testing.T) {
	p := newProject(t)
	p.seeds(false)
	old := time.Now().Add(-2 * abandoned)
	for name, stays := range map[string]bool{".user.csv-123": false, ".user.csv-9x": true, ".other.csv-1": true, "user.csv-1": true} {
		p.write("seeds/"+name, "x")
		if err := os.Chtimes(p.path("seeds/"+name), old, old); err != nil {
			t.Fatal(err)
		}
		p.workbook(name)
		if _, err := Seeds(t.Context(), p.root, p.specs, false, DefaultLimits(), nil); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(p.path("seeds/" + name)); (err == nil) != stays {
			t.Errorf("%s: %v", name, err)
		}
	}
}
