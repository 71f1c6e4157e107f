package pipeline

import (
	"cmp"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"martlet/internal/contract"
	"martlet/internal/delimited"
	"martlet/internal/ingest"
)

// detail is what run_results.json has of one node.
type detail struct {
	Status  string
	Message string
	Martlet struct {
		In       int64 `json:"rows_in"`
		Rejected int64
		Out      int64 `json:"rows_out"`
	}
}

// detail reads a node's part of run_results.json.
func (d *diskProject) detail(id string) detail {
	d.t.Helper()
	var file struct {
		Results []struct {
			ID string `json:"unique_id"`
			detail
		}
	}
	if err := json.Unmarshal([]byte(d.text("target/run_results.json")), &file); err != nil {
		d.t.Fatal(err)
	}
	for _, r := range file.Results {
		if r.ID == id {
			return r.detail
		}
	}
	d.t.Fatalf("there is no %s", id)
	return detail{}
}

// allow sets what the source users allows.
func (d *diskProject) allow(a contract.Allowance) { d.project.Sources[0].MaxRejects = a }

const threeBad = "id,email,n\nx,bad@x,y\n2,b@x,2\n1,c@x\n3,e@x,5\n4,f@x,z\n5,g@x,5\n"

// A run goes on without the records that were rejected as long as they are no
// more than allowed, and says so.
func TestAllowedRejects(t *testing.T) {
	for name, allowed := range map[string]contract.Allowance{"3": {Records: 3}, "50%": {PerMillion: 500_000}, "100%": {PerMillion: 1_000_000}} {
		d := onDisk(t, map[string]string{"users": threeBad, "events": "id,email,n\n3,,\n"})
		d.allow(allowed)
		d.expect(d.build(), exitDone, "\n3 records rejected, 3 bad cells:\n  seeds/users.csv:2: column id: found x, ", "\nWARN  users: 3 records rejected of 6, allowed "+name+"\n",
			"Done. 5 tests: 5 passed, 0 warned, 0 failed; 3 records rejected, 3 bad cells. 2 files published in ")
		if got, want := d.text("out/mart.csv"), "id,email,n\n2,b@x,3\n3,e@x,7\n5,g@x,6\n"; got != want {
			t.Errorf("%s: got\n%swant\n%s", name, got, want)
		}
		if !regexp.MustCompile(`\nusers +source +6 +3 +- +- +3 +\d+\.\d+ +warn\n`).MatchString(d.stdout.String()) {
			t.Errorf("the table is\n%s", d.stdout.String())
		}
		got := d.detail("source.sample.users")
		if got.Status != "warn" || got.Message != "3 records rejected of 6, allowed "+name || got.Martlet.Rejected != 3 {
			t.Errorf("%s: %+v", name, got)
		}
		said := d.text("target/run_results.json")
		if !strings.Contains(said, `"rejected": 3,`) || !strings.Contains(said, `"bad_cells": 3,`) || !strings.Contains(said, `"outcome": "done"`) {
			t.Errorf("%s: %s", name, said)
		}
		if rejects := d.text("target/rejects/users.csv"); strings.Count(rejects, "\n") != 5 || !strings.Contains(rejects, "\nseeds/users.csv:4,,") || !strings.Contains(rejects, `,"1,c@x"`+"\n") {
			t.Errorf("%s: rejects\n%s", name, rejects)
		}
	}
}

func TestTooManyRejectsFailTheRun(t *testing.T) {
	for name, allowed := range map[string]contract.Allowance{"2": {Records: 2}, "49.9999%": {PerMillion: 499_999}} {
		d := onDisk(t, nil)
		d.allow(allowed)
		d.expect(d.build(), exitDone)
		good := d.text("out/mart.csv")
		d.write("seeds/users.csv", threeBad)
		d.write("seeds/events.csv", "id,email,n\n3,,\n")
		d.expect(d.build(), exitBadData, "\nERROR users: 3 records rejected of 6, allowed "+name+"\n", "Failed. ", "are untouched", "Nothing published")
		if d.text("out/mart.csv") != good {
			t.Errorf("%s: the published data changed", name)
		}
		if got := d.detail("source.sample.users"); got.Status != "error" {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// What a source allows it allows itself.
func TestAllowanceIsOfOneSource(t *testing.T) {
	d := onDisk(t, map[string]string{"users": threeBad, "events": "id,email,n\n3,,\n", "lonely": "id,email,n\n1,,x\n"})
	d.allow(contract.Allowance{Records: 4})
	d.expect(d.build(), exitBadData, "WARN  users: 3 records rejected of 6, allowed 4\n", "ERROR lonely: 1 record rejected of 1, none allowed\n")
	d.unpublished()
}

// A percentage is of all records of a source: early ones that are bad do not
// keep later ones from being written, nor does a file that is bad as a whole.
func TestPercentageIsJudgedAtTheEnd(t *testing.T) {
	d := onDisk(t, map[string]string{"events": "id,email,n\n"})
	d.project.Sources[0].Seed = "extracts/*.csv"
	d.project.Models[0].Formats = []string{"csv"} // stg, which is written as it is read
	d.allow(contract.Allowance{PerMillion: 20})   // 0.002%
	d.write("extracts/1.csv", "id,email,n\nx,,\n")
	d.write("extracts/2.csv", "id,email,n\nx,,\n"+strings.Repeat("1,a@x,\n", 99_998))
	d.expect(d.build(), exitDone, "WARN  users: 2 records rejected of 100,000, allowed 0.002%\n")
	if d.text("out/mart.csv") != "id,email,n\n1,a@x,\n" || strings.Count(d.text("out/stg.csv"), "\n1,a@x,") != 99_998 {
		t.Errorf("published: %q and %d rows of stg", d.text("out/mart.csv"), strings.Count(d.text("out/stg.csv"), "\n1,a@x,"))
	}
	d.write("extracts/2.csv", "id,email,n\nx,,\n"+strings.Repeat("1,a@x,\n", 99_997))
	d.expect(d.build(), exitBadData, "ERROR users: 2 records rejected of 99,999, allowed 0.002%\n")
}

// Nobody knows how many records a file has whose rest cannot be read.
func TestAFileCutShortIsNeverAllowed(t *testing.T) {
	d := onDisk(t, map[string]string{"users": "id,email,n\n1,,1\n2,\"b@x,3\n", "events": "id,email,n\n"})
	d.allow(contract.Allowance{PerMillion: 1_000_000})
	d.expect(d.build(), exitBadData, "\n1 file not read to the end:\n  seeds/users.csv:3: ", "4 passed, 1 warned, 0 failed; 1 file not read to the end")
	d.unpublished()
}

// A complete model rests on no source with a reject, and on nothing else.
func TestCompleteModels(t *testing.T) {
	bad := "id,email,n\n1,,x\n3,e@x,5\n"
	build := func(complete int, seeds map[string]string, args ...string) (*diskProject, int) {
		d := onDisk(t, seeds)
		for i := range d.project.Sources {
			d.project.Sources[i].MaxRejects = contract.Allowance{Records: 1}
		}
		d.project.Models[complete].Complete = true
		return d, d.build(args...)
	}
	const stg, core, mart = 0, 1, 2
	const promise = "the model is complete, which allows no reject in what it rests on: "

	d, exit := build(mart, map[string]string{"users": bad, "events": bad})
	d.expect(exit, exitBadData, "WARN  users: 1 record rejected of 2, allowed 1\n", "WARN  events: 1 record rejected of 2, allowed 1\n",
		"ERROR mart: "+promise+"1 record rejected of users, 1 record rejected of events\n")
	d.unpublished()
	if got := d.detail("model.sample.mart"); got.Status != "error" || !strings.HasPrefix(got.Message, promise) {
		t.Errorf("%+v", got)
	}

	d, exit = build(mart, map[string]string{"lonely": "id,email,n\n1,,x\n"})
	d.expect(exit, exitDone, "WARN  lonely: 1 record rejected of 1, allowed 1\n", "2 files published")
	if strings.Contains(d.stdout.String(), promise) {
		t.Errorf("it is said to be broken:\n%s", d.stdout.String())
	}

	d, exit = build(stg, map[string]string{"events": "id,email,n\n1,,\n3,,x\n"}) // stg reads users alone
	d.expect(exit, exitDone, "WARN  events: 1 record rejected of 2, allowed 1\n")

	d, exit = build(core, map[string]string{"events": "id,email,n\n1,,\n3,,x\n"})
	d.expect(exit, exitBadData, "ERROR core: "+promise+"1 record rejected of events\n")

	// A model that is not run is not promised anything.
	d, exit = build(mart, map[string]string{"users": bad, "events": "id,email,n\n"}, "--select", "stg")
	d.expect(exit, exitDone, "WARN  users: 1 record rejected of 2, allowed 1\n")
}

// What is personal stands in the file of rejects alone.
func TestRejectsInClearStandInTheirFileAlone(t *testing.T) {
	d := onDisk(t, map[string]string{"users": "id,email,n\n1,secret@x,hush\n3,hidden@x\n3,e@x,5\n", "events": "id,email,n\n"})
	d.allow(contract.Allowance{Records: 2})
	d.project.Sources[0].Columns = slices.Clone(d.project.Sources[0].Columns)
	d.project.Sources[0].Columns[2].PII = true
	d.expect(d.build(), exitDone, "column n: found <redacted>, expected a whole number")
	for _, word := range []string{"secret", "hush", "hidden"} {
		if strings.Contains(d.stdout.String()+d.stderr.String()+d.text("target/run_results.json"), word) {
			t.Errorf("%s is shown to everybody", word)
		}
		if !strings.Contains(d.text("target/rejects/users.csv"), word) {
			t.Errorf("%s is lost", word)
		}
	}
}

// The number of threads is not seen in what is rejected and published.
func TestRejectsAtAnyNumberOfThreads(t *testing.T) {
	var users strings.Builder
	users.WriteString("id,email,n\n")
	for i := range 150_000 {
		switch {
		case i%1000 == 3:
			fmt.Fprintf(&users, "x%d,,y\n", i)
		case i%1000 == 5:
			users.WriteString("1\n")
		default:
			fmt.Fprintf(&users, "%d,,1\n", i)
		}
	}
	var want []string
	for _, threads := range []string{"1", "2", "7"} {
		d := onDisk(t, map[string]string{"users": users.String(), "events": "id,email,n\n"})
		d.allow(contract.Allowance{PerMillion: 2000})
		d.expect(d.build("--threads", threads), exitDone, "300 records rejected, 300 bad cells", "WARN  users: 300 records rejected of 150,000, allowed 0.2%")
		shown, _, _ := strings.Cut(d.stdout.String()[strings.Index(d.stdout.String(), "\n300 records"):], "all of them")
		got := []string{d.text("out/mart.csv"), d.text("out/mart.arrow"), d.text("target/rejects/users.csv"), shown}
		if want == nil {
			want = got
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s threads: another result", threads)
		}
	}
}

// Rows in are rows kept and rows rejected; the file of rejects has each of the
// latter; and the run goes on exactly where the allowance has room for them.
func TestRowsInAreRowsKeptAndRowsRejected(t *testing.T) {
	d := onDisk(t, map[string]string{"events": "id,email,n\n"})
	line := rapid.SampledFrom([]struct {
		text string
		bad  int // lines in the file of rejects
	}{{"1,a@x,1", 0}, {"2,,", 0}, {"3,\"two\nlines, one field\",2", 0}, {"x,a@x,1", 1}, {"y,\"q\"\"q\",z", 2}, {"1,,z", 1}, {"1,a@x", 1}, {"1,2,3,4", 1}, {"", 1}})
	rapid.Check(t, func(rt *rapid.T) {
		var text strings.Builder
		text.WriteString("id,email,n\n")
		var rows, rejected, lines int64
		for _, l := range rapid.SliceOfN(line, 0, 30).Draw(rt, "records") {
			text.WriteString(l.text + "\n")
			rows++
			lines += int64(l.bad)
			rejected += int64(min(l.bad, 1))
		}
		allowed := contract.Allowance{Records: rapid.Int64Range(0, 12).Draw(rt, "count")}
		if rapid.Bool().Draw(rt, "percentage") {
			allowed = contract.Allowance{PerMillion: rapid.SampledFrom([]int64{0, 1, 100_000, 250_000, 333_333, 500_000, 1_000_000}).Draw(rt, "millionths")}
		}
		share := new(big.Rat).Mul(big.NewRat(allowed.PerMillion, 1_000_000), big.NewRat(rows, 1))
		want := exitBadData
		if rejected <= allowed.Records || big.NewRat(rejected, 1).Cmp(share) <= 0 {
			want = exitDone
		}
		d.allow(allowed)
		d.write("seeds/users.csv", text.String())
		if got := d.build("--threads", fmt.Sprint(rapid.IntRange(1, 3).Draw(rt, "threads"))); got != want {
			rt.Fatalf("exit status %d, want %d: %d of %d, allowed %v\n%s%s", got, want, rejected, rows, allowed, d.stdout.String(), d.stderr.String())
		}
		if got := d.detail("source.sample.users").Martlet; got.In != rows || got.Rejected != rejected || got.Out != rows-rejected {
			rt.Fatalf("%+v, want %d rows, %d of them rejected", got, rows, rejected)
		}
		records, err := csv.NewReader(strings.NewReader(d.text("target/rejects/users.csv"))).ReadAll()
		if err != nil {
			rt.Fatal(err)
		}
		origins := map[string]bool{}
		for _, r := range records[min(1, len(records)):] {
			origins[r[0]] = true
		}
		if int64(len(records)) != lines+min(lines, 1) || int64(len(origins)) != rejected {
			rt.Fatalf("%d lines of %d records, want %d of %d:\n%s", len(records), len(origins), lines, rejected, d.text("target/rejects/users.csv"))
		}
	})
}

// Faults of a whole file against the rejects of a piece of it, by a map.
func TestFaultsMeetRejects(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const width = 3
		cell := rapid.Custom(func(t *rapid.T) [2]int {
			return [2]int{rapid.IntRange(0, 20).Draw(t, "row"), rapid.IntRange(0, width-1).Draw(t, "column")}
		})
		distinct := func(name string) [][2]int { return rapid.SliceOfNDistinct(cell, 0, 15, rapid.ID).Draw(t, name) }
		first, n := rapid.Int64Range(1, 8).Draw(t, "first"), rapid.IntRange(1, 12).Draw(t, "rows")
		rows := &contract.Rows{Count: n, Width: width, Base: contract.MakeOrigin(5, first), Skipped: rapid.SliceOfN(rapid.IntRange(0, n), 0, 4).Draw(t, "skipped")}
		slices.Sort(rows.Skipped)

		want := map[[2]int]string{}
		var cells []contract.Reject
		for _, c := range distinct("rejects") {
			if c[0] < n {
				cells = append(cells, contract.Reject{Row: c[0], Column: c[1], Err: errors.New("a number")})
				want[c] = "a number"
			}
		}
		var faults []ingest.Fault
		for _, c := range distinct("faults") {
			record := int64(c[0]) + 1
			faults = append(faults, ingest.Fault{Record: record, Column: c[1], Reason: "found #N/A"})
			for row := range n { // records that were left out have none
				if rows.Origin(row).Record() == record {
					want[[2]int{row, c[1]}] = "found #N/A"
				}
			}
		}
		slices.SortFunc(faults, func(a, b ingest.Fault) int {
			return cmp.Or(cmp.Compare(a.Record, b.Record), cmp.Compare(a.Column, b.Column))
		})
		got := map[[2]int]string{}
		merged := withFaults(cells, faults, rows)
		for _, r := range merged {
			got[[2]int{r.Row, r.Column}] = r.Err.Error()
		}
		if len(merged) != len(want) || fmt.Sprint(got) != fmt.Sprint(want) {
			t.Fatalf("got %v, want %v", merged, want)
		}
	})
}

// A fault rejects its record, whatever the parser made of it, and is told as it
// was found.
func TestFaultsAreRejects(t *testing.T) {
	root := t.TempDir()
	g, err := newGraph(fixture())
	if err != nil {
		t.Fatal(err)
	}
	users := g.nodes[0]
	l := newRejectLog(filepath.Join(root, "rejects"), 3)
	l.expect(1, []ingest.Fault{{Record: 2, Column: 2, Reason: "found #N/A; expected a whole number"}, {Record: 9, Column: 0, Reason: "found #REF!; expected a whole number"}})
	// A record whose field n was left empty, one with a reject, and one that is none.
	reader, err := delimited.NewReader(strings.NewReader("id,email,n\n1,a,5\n2,b,\n3,c,x\nx\r\n"), "t.csv", contract.Dialect{})
	if err != nil {
		t.Fatal(err)
	}
	reader.Select([]int{0, 1, 2}, 1)
	chunk, err := reader.Next()
	if err != nil {
		t.Fatal(err)
	}
	chunk.Split()
	if err := reader.Place(chunk); err != nil {
		t.Fatal(err)
	}
	bad, err := l.note(&observer{node: users}, 1, &chunk.Rows, []contract.Reject{{Row: 2, Column: 2, Err: errors.New("a whole number")}}, chunk.Ragged)
	if err != nil || !slices.Equal(bad, badRows{1, 2}) {
		t.Fatalf("bad rows are %v, %v", bad, err)
	}
	if l.counts.Records != 3 || l.counts.Cells != 2 || l.counts.Lines != 3 {
		t.Errorf("%+v", l.counts)
	}
	if x := l.first()[0]; x.found != "found #N/A; expected a whole number" || x.expected != "" || x.column != "n" {
		t.Errorf("%+v", x)
	}
	p := newPlaces(root)
	p.files = make([]seedFile, 2)
	p.files[1].node, p.files[1].Path = users, "gone.csv"
	paths, err := l.finish(p)
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(paths[0])
	want := "origin,column,reason,id,email,n,raw\n" +
		"\"gone.csv, record 2\",n,found #N/A; expected a whole number,2,b,,\"2,b,\"\n" +
		"\"gone.csv, record 3\",n,expected a whole number,3,c,x,\"3,c,x\"\n" +
		"\"gone.csv, record 4\",,\"found 1 field; expected 3 as in the header: add what is missing, or put a field with a comma in quotes\",,,,x\n"
	if err != nil || string(got) != want {
		t.Errorf("%v, got\n%s\nwant\n%s", err, got, want)
	}
}
