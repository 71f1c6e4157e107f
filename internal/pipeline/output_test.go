package pipeline

import (
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/ipc"
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
