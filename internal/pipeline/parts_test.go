package pipeline

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"

	"martlet/internal/contract"
)

// batches makes batches of one row each, whose ids are 0, 1 ...
func batches(mem memory.Allocator, n int) []contract.Batch {
	var out []contract.Batch
	for i := range n {
		b := array.NewRecordBuilder(mem, rowSchema())
		b.Field(0).(*array.Int64Builder).Append(int64(i))
		b.Field(1).AppendNull()
		b.Field(2).AppendNull()
		out = append(out, contract.Batch{Record: b.NewRecord(), Origins: []contract.Origin{contract.MakeOrigin(0, int64(i+1))}})
		b.Release()
	}
	return out
}

func TestSpoolGivesTheSameToEveryReader(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	s := newSpool(3)
	defer s.release()
	var seen [3][]int64
	reader := func(k int) contract.Emit {
		return func(b contract.Batch) error {
			defer b.Release()
			seen[k] = append(seen[k], b.Record.Column(0).(*array.Int64).Value(0))
			return nil
		}
	}
	tee := s.tee(reader(0))
	for _, b := range batches(mem, 4) {
		if err := tee(b); err != nil {
			t.Fatal(err)
		}
	}
	s.begin()
	s.end(nil)
	before := mem.CurrentAlloc()
	s.begin()
	if err := s.replay(t.Context(), reader(1)); err != nil {
		t.Fatal(err)
	}
	if mem.CurrentAlloc() != before {
		t.Error("a replay that is not the last one gave memory back")
	}
	s.begin()
	if err := s.replay(t.Context(), reader(2)); err != nil {
		t.Fatal(err)
	}
	if mem.CurrentAlloc() != 0 {
		t.Errorf("the last replay left %d bytes", mem.CurrentAlloc())
	}
	for k := range seen {
		if !slices.Equal(seen[k], []int64{0, 1, 2, 3}) {
			t.Errorf("reader %d saw %v", k, seen[k])
		}
	}
}

// A reader that has begun and is yet to look finds the batches, although another
// began after it and is through already.
func TestSpoolWaitsForReadersThatHaveBegun(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	s := newSpool(3)
	defer s.release()
	s.begin()
	s.batches = batches(mem, 4)
	s.end(nil)
	s.begin()
	s.begin()
	for range 2 {
		rows := 0
		if err := s.replay(t.Context(), func(b contract.Batch) error {
			defer b.Release()
			rows += b.Len()
			return nil
		}); err != nil || rows != 4 {
			t.Errorf("%d rows, %v", rows, err)
		}
	}
}

func TestSpoolIsReleasedWhereAReaderFails(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	for _, more := range []int{1, 0} {
		s := newSpool(2 + more)
		s.begin()
		s.batches = batches(mem, 4)
		s.end(nil)
		s.begin()
		failing := func(b contract.Batch) error {
			defer b.Release()
			if b.Record.Column(0).(*array.Int64).Value(0) == 2 {
				return errors.New("full")
			}
			return nil
		}
		if err := s.replay(t.Context(), failing); err == nil {
			t.Error("the error was lost")
		}
		s.release()
	}
}

func TestBadRowsAndOthersAreAllRows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 40).Draw(t, "rows")
		isBad := rapid.SliceOfN(rapid.Bool(), n, n).Draw(t, "bad")
		var bad badRows
		var want []int
		for i, b := range isBad {
			if b {
				bad = append(bad, i)
			} else {
				want = append(want, i)
			}
		}
		if got := bad.others(n); !slices.Equal(got, want) {
			t.Fatalf("got %v, want %v", got, want)
		}
	})
}

func TestStopwatchSumsUpTheTimeOfAllGoroutines(t *testing.T) {
	s := newStopwatch(3)
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			defer s.time(1)()
			time.Sleep(2 * time.Millisecond)
		})
	}
	end := s.time(0)
	group.Wait()
	end()
	one := s.nodes[1]
	if one.spent < 8*time.Millisecond || one.completed.Sub(one.started) < 2*time.Millisecond {
		t.Errorf("node 1 got %v between %v and %v", one.spent, one.started, one.completed)
	}
	if s.nodes[0].started.IsZero() || !s.nodes[2].started.IsZero() {
		t.Error("started is wrong")
	}
}

func TestGraphRefusesWhatDoesNotHoldTogether(t *testing.T) {
	p := fixture()
	p.Models[0].From = "later"
	p.Models[1].Name = "users"
	p.Relationships[0].Test = 7
	_, err := newGraph(p)
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{`"stg" reads "later"`, `two nodes are named "users"`, "test 7"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in %v", want, err)
		}
	}
}

func TestIdentity(t *testing.T) {
	inputs := []digest{{"a", "11"}, {"b", "22"}}
	want := identity("f", 5, inputs)
	if want != identity("f", 5, slices.Clone(inputs)) {
		t.Error("the same run has another identity")
	}
	for name, got := range map[string]string{
		"schema": identity("g", 5, inputs), "as-of": identity("f", 6, inputs), "digest": identity("f", 5, []digest{{"a", "11"}, {"b", "23"}}),
		"order": identity("f", 5, []digest{{"b", "22"}, {"a", "11"}}), "fewer": identity("f", 5, inputs[:1]),
		"cut elsewhere": identity("f", 5, []digest{{"a1", "1"}, {"b", "22"}}),
	} {
		if got == want {
			t.Errorf("%s: the same identity", name)
		}
	}
}

func TestPlaces(t *testing.T) {
	root := t.TempDir()
	if err := os.WriteFile(filepath.Join(root, "a.csv"), []byte("id\n1\n\"2\n2\"\n3\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	plain := &node{Node: &contract.Node{}, source: &contract.Source{Seed: "a.csv"}}
	booked := &node{Node: &contract.Node{}, source: &contract.Source{Seed: "a.csv", Workbook: "raw/b.xlsx", Sheet: "s"}} // which is absent
	p := newPlaces(root)
	p.files = []seedFile{{node: plain}, {node: booked}, {node: plain}}
	p.files[0].Path, p.files[1].Path, p.files[2].Path = "a.csv", "a.csv", "gone.csv"
	cases := map[contract.Origin]string{
		contract.MakeOrigin(0, 1): "a.csv:2",
		contract.MakeOrigin(0, 3): "a.csv:5",
		contract.MakeOrigin(1, 2): "a.csv:3",
		contract.MakeOrigin(2, 9): "gone.csv, record 9",
		contract.MakeOrigin(3, 1): "an unknown place",
		0:                         "an unknown place",
	}
	var all []contract.Origin
	for o := range cases {
		all = append(all, o)
	}
	p.locate(all)
	for o, want := range cases {
		if got := p.of(o, nil, ""); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

// A source of several files is read in the order of their paths.
func TestExtractsAreReadInOrder(t *testing.T) {
	d := onDisk(t, nil)
	d.project.Sources[0].Seed = "extracts/users_*.csv"
	d.write("extracts/users_2.csv", "id,email,n\n1,second@x,1\n5,,x\n")
	d.write("extracts/users_10.csv", "id,email,n\n1,first@x,1\n3,e@x,5\n")
	d.expect(d.build(), exitBadData, "extracts/users_2.csv:3: column n: found x")
	d.write("extracts/users_2.csv", "id,email,n\n1,second@x,1\n5,f@x,2\n")
	d.expect(d.build(), exitDone)
	// The first row of 1 is that of users_10: 1 + 2 events + 2 rows in stg.
	if got, want := d.text("out/mart.csv"), "id,email,n\n1,first@x,5\n3,e@x,7\n5,f@x,3\n"; got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

func TestSeedsComeFromWorkbooks(t *testing.T) {
	d := onDisk(t, nil)
	users := &d.project.Sources[0]
	users.Workbook, users.Sheet, users.Seed = "raw_data/book.xlsx", "people", "seeds/people.csv"
	book := excelize.NewFile()
	defer book.Close()
	for cell, value := range map[string]any{"A1": "id", "B1": "email", "C1": "n", "A2": 1, "B2": "a@x", "C2": 1, "A3": 3, "B3": "b@x", "C3": 200000} {
		if err := errors.Join(book.SetCellValue("Sheet1", cell, value)); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(book.SetSheetName("Sheet1", "people"), os.MkdirAll(filepath.Join(d.root, "raw_data"), 0o750), book.SaveAs(filepath.Join(d.root, "raw_data/book.xlsx"))); err != nil {
		t.Fatal(err)
	}
	d.expect(d.run("seed", "--root", d.root), exitDone, "seeds/people.csv     2  written", "seeds/events.csv     -  unchanged")
	if got := d.text("seeds/people.csv"); got != "id,email,n\n1,a@x,1\n3,b@x,200000\n" {
		t.Errorf("seed: %q", got)
	}
	d.expect(d.run("seed", "--root", d.root), exitDone, "seeds/people.csv     2  unchanged")
	d.expect(d.build(), exitBadData, "id=3 at seeds/people.csv:3 (raw_data/book.xlsx!people!A3): found 200000")
	d.write("seeds/people.csv", "id,email,n\n1,a@x,1\n3,b@x,2\n") // by hand
	d.expect(d.build(), exitImpeded, "seeds/people.csv", "build seed --force")
	d.expect(d.run("seed", "--root", d.root), exitImpeded, "build seed --force")
	d.expect(d.run("seed", "--root", d.root, "--force"), exitDone, "written")
	if err := os.Remove(filepath.Join(d.root, "seeds/people.csv")); err != nil {
		t.Fatal(err)
	}
	d.expect(d.build(), exitBadData, "seed seeds/people.csv: 2 rows from raw_data/book.xlsx")
}
