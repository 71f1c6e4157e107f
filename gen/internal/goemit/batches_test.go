package goemit_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow/ipc"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"martlet/internal/contract"
	"martlet/internal/scratch"
)

const batchesSchema = `
name = "batches"

[[source]]
name = "t"
columns = [{ name = "id", type = "int64" }, { name = "n", type = "int64" }]

[[model]]
name = "copied"
from = "t"
columns = [{ name = "id" }, { name = "n" }, { name = "next", expr = "n + 1" }]
output = {}

[[model]]
name = "deduped"
from = "t"
dedupe = { key = ["id"] }
joins = [{ input = "grouped", on = ["id"] }]
columns = [{ name = "id" }, { name = "n" }, { name = "rows", expr = "grouped.rows" }]
output = {}

[[model]]
name = "grouped"
from = "t"
group_by = ["id"]
columns = [{ name = "id" }, { name = "rows", expr = "count(*)" }]
output = {}
`

// TestBatches runs projects over one batch to the last row, and over a row more.
// The last record is a second one of the first id.
func TestBatches(t *testing.T) {
	program := scratch.Compile(t, map[string]string{"batches": batchesSchema})
	for _, ids := range []int{contract.BatchRows - 1, contract.BatchRows, contract.BatchRows + 1} {
		t.Run(fmt.Sprint(ids), func(t *testing.T) {
			root := t.TempDir()
			var seed, copied, deduped, grouped strings.Builder
			seed.WriteString("id,n\n")
			copied.WriteString("id,n,next\n")
			deduped.WriteString("id,n,rows\n1,-1,2\n")
			grouped.WriteString("id,rows\n1,2\n")
			for id := 1; id <= ids; id++ {
				fmt.Fprintf(&seed, "%d,%d\n", id, id%7)
				fmt.Fprintf(&copied, "%d,%d,%d\n", id, id%7, id%7+1)
				if id > 1 {
					fmt.Fprintf(&deduped, "%d,%d,1\n", id, id%7)
					fmt.Fprintf(&grouped, "%d,1\n", id)
				}
			}
			seed.WriteString("1,-1\n")
			copied.WriteString("1,-1,0\n")
			put(t, filepath.Join(root, "seeds", "t.csv"), seed.String())
			if got := program.Run(t, "batches", "--root", root); got.Exit != 0 {
				t.Fatalf("exit status %d\n%s\n%s", got.Exit, got.Stdout, got.Stderr)
			}
			for model, want := range map[string]string{"copied": copied.String(), "deduped": deduped.String(), "grouped": grouped.String()} {
				if read(t, filepath.Join(root, "out", model+".csv")) != want {
					t.Errorf("%s.csv is not what it should be", model)
				}
				fullBatches(t, filepath.Join(root, "out", model+".arrow"))
			}
		})
	}
}

// fullBatches checks that all batches of a file but the last are full.
func fullBatches(t *testing.T, path string) {
	t.Helper()
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r, err := ipc.NewFileReader(f, ipc.WithAllocator(mem))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	for i := range r.NumRecords() {
		rec, err := r.Record(i)
		if err != nil {
			t.Fatal(err)
		}
		if n := rec.NumRows(); n > contract.BatchRows || n < contract.BatchRows && i < r.NumRecords()-1 {
			t.Errorf("%s: batch %d has %d rows", filepath.Base(path), i, n)
		}
	}
}
