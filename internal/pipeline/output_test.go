package pipeline

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/ipc"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"github.com/apache/arrow/go/v17/parquet"
	"github.com/apache/arrow/go/v17/parquet/file"
	"github.com/apache/arrow/go/v17/parquet/pqarrow"
)

// Texts that a spreadsheet would compute are made harmless in the CSV file, and
// counted beside it; the Arrow file has them as they are.
func TestNeutralizedCellsAreCounted(t *testing.T) {
	d := onDisk(t, map[string]string{"users": "id,email,n\n1,=1+1,-5\n2,@x;,\n3,a@x,5\n", "events": "id,email,n\n"})
	d.expect(d.build(), exitDone)
	if got := d.text("out/mart.csv"); !strings.Contains(got, "\n1,=1+1,-4\n2,@x;,\n") || strings.Contains(d.stdout.String(), "neutralized") {
		t.Errorf("it was not asked for:\n%s\n%s", got, d.stdout.String())
	}
	plain := d.text("out/mart.arrow")
	d.project.Models[2].Neutralize = true
	d.expect(d.build(), exitDone, "out/mart.arrow  ", "out/mart.csv  40 bytes, 2 cells neutralized\n")
	if got, want := d.text("out/mart.csv"), "id,email,n\n1,'=1+1,-4\n2,\"'@x;\",\n3,a@x,6\n"; got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	if said := d.text("target/run_results.json"); strings.Count(said, `"neutralized_cells": 2`) != 1 {
		t.Errorf("run_results.json has\n%s", said)
	}
	if d.text("out/mart.arrow") != plain {
		t.Error("the Arrow file was touched")
	}
	d.write("seeds/users.csv", "id,email,n\n3,a@x,5\n")
	d.expect(d.build(), exitDone, "out/mart.csv  19 bytes, 0 cells neutralized\n")
	r, err := ipc.NewFileReader(strings.NewReader(plain))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	rec, err := r.Record(0)
	if err != nil || rec.Column(1).(*array.String).Value(0) != "=1+1" {
		t.Errorf("the Arrow file has %v, %v", rec, err)
	}
}

// manyUsers are so many that a file has several batches, with four emails.
const manyUsers = 70_000

func usersCSV() string {
	var seed strings.Builder
	seed.WriteString("id,email,n\n")
	for i := range manyUsers {
		fmt.Fprintf(&seed, "%d,%s,%d\n", i*10+1, []string{"", "a@x", "é@x", "c@x"}[i%4], i%12)
	}
	return seed.String()
}

// The bytes of no format depend on the number of threads, however it is compressed.
func TestBytesOfEveryFormat(t *testing.T) {
	d := onDisk(t, map[string]string{"users": usersCSV(), "events": "id,email,n\n"})
	mart := &d.project.Models[2]
	mart.Formats = []string{"parquet", "csv", "arrow"}
	mart.Dictionaries = map[string][]string{"email": {"c@x", "never@x", "a@x", "é@x"}}
	for _, compression := range []string{"lz4", "zstd"} {
		mart.Compression = compression
		first := map[string]string{}
		for _, threads := range []string{"1", "5"} {
			d.expect(d.build("--threads", threads), exitDone, "out/mart.parquet  ")
			for _, name := range []string{"out/mart.arrow", "out/mart.csv", "out/mart.parquet"} {
				got := d.text(name)
				if want, ok := first[name]; got == "" || ok && got != want {
					t.Errorf("%s, compression %s: other bytes with %s threads", name, compression, threads)
				}
				first[name] = got
			}
		}
		sameRows(t, first["out/mart.arrow"], first["out/mart.parquet"])
	}
}

// sameRows checks that the email of each row, in the Arrow file a dictionary, is
// the same in a Parquet file, whose row groups have the rows of the batches.
func sameRows(t *testing.T, arrowFile, parquetFile string) {
	t.Helper()
	batches, err := ipc.NewFileReader(strings.NewReader(arrowFile))
	if err != nil {
		t.Fatal(err)
	}
	defer batches.Close()
	groups, err := file.NewParquetReader(strings.NewReader(parquetFile))
	if err != nil {
		t.Fatal(err)
	}
	defer groups.Close()
	if batches.NumRecords() != 2 || groups.NumRowGroups() != 2 || groups.NumRows() != manyUsers || groups.RowGroup(0).NumRows() != 65536 {
		t.Errorf("%d batches, %d row groups, %d rows", batches.NumRecords(), groups.NumRowGroups(), groups.NumRows())
	}
	table, err := pqarrow.ReadTable(context.Background(), strings.NewReader(parquetFile), parquet.NewReaderProperties(nil), pqarrow.ArrowReadProperties{}, memory.NewGoAllocator())
	if err != nil {
		t.Fatal(err)
	}
	var emails []string
	for _, chunk := range table.Column(1).Data().Chunks() {
		for i := range chunk.Len() {
			emails = append(emails, chunk.ValueStr(i))
		}
	}
	for b := range batches.NumRecords() {
		rec, err := batches.RecordAt(b)
		if err != nil {
			t.Fatal(err)
		}
		column := rec.Column(1).(*array.Dictionary)
		for i := range column.Len() {
			got := column.ValueStr(i)
			if row := b*65536 + i; got != emails[row] || got != []string{array.NullValueStr, "a@x", "é@x", "c@x"}[row%4] {
				t.Fatalf("row %d is %q in Arrow and %q in Parquet", row, got, emails[row])
			}
		}
	}
}

// A value that a dictionary lacks is for the test to tell, and nothing is published;
// where none does, the run cannot be done. A run that publishes nothing writes text.
func TestValueNotInDictionary(t *testing.T) {
	d := onDisk(t, nil)
	mart := &d.project.Models[2]
	mart.Dictionaries = map[string][]string{"email": {"a@x", "b@x"}}
	d.expect(d.build(), exitImpeded, "internal error: mart.arrow lacks rows")
	d.write("seeds/users.csv", "id,email,n\n1,Secret@x,1000000\n")
	d.expect(d.build(), exitBadData, "FAIL")
	if said := d.stdout.String() + d.stderr.String(); strings.Contains(said, "Secret") || strings.Contains(said, "dictionary") {
		t.Errorf("it said\n%s", said)
	}
	if d.text("out/mart.arrow") != "" {
		t.Error("it was published")
	}
	d.expect(d.build("--select", "mart"), exitDone, "target/partial/mart.arrow")
	if got := d.text("target/partial/mart.arrow"); !strings.Contains(got, "Secret@x") {
		t.Errorf("the file has %q", got)
	}
}

// What a run that leaves something out has left is no file of the next one.
func TestPartialParquetIsCleared(t *testing.T) {
	d := onDisk(t, nil)
	d.project.Models[2].Formats = []string{"parquet"}
	d.expect(d.build("--select", "mart"), exitDone, "target/partial/mart.parquet")
	d.expect(d.build("--select", "stg"), exitDone)
	if d.text("target/partial/mart.parquet") != "" {
		t.Error("the file of an earlier run is still there")
	}
}
