package pipeline

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow/ipc"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"martlet/internal/contract"
)

// TestThresholdsDecide holds the statuses of a test that fails on 3 of 10 rows.
func TestThresholdsDecide(t *testing.T) {
	var seed strings.Builder
	seed.WriteString("id,email,n\n")
	for id := 1; id <= 10; id++ {
		fmt.Fprintf(&seed, "%d,a@x,%d\n", id, 100_000+max(0, 4-id))
	}
	for _, x := range []struct {
		severity        contract.Severity
		warnIf, errorIf contract.Threshold
		exit            int
		word, status    string
	}{
		{contract.Error, "", "", exitBadData, "FAIL  range_lonely_n: 3 of 10 rows", "fail"},
		{contract.Error, "", "> 3", exitDone, "WARN  range_lonely_n: 3 of 10 rows", "warn"},
		{contract.Error, "", ">= 30%", exitBadData, "FAIL  range_lonely_n", "fail"},
		{contract.Error, "> 30%", "> 30%", exitDone, "5 passed, 0 warned, 0 failed", "pass"},
		{contract.Warn, "", "> 0", exitDone, "WARN  range_lonely_n", "warn"},
		{contract.Warn, "> 3", "> 0", exitDone, "5 passed, 0 warned, 0 failed", "pass"},
		{contract.Error, "> 0", "= 4", exitDone, "WARN  range_lonely_n", "warn"},
	} {
		d := onDisk(t, map[string]string{"lonely": seed.String()})
		test := &d.project.Sources[2].Tests[1]
		test.Severity, test.WarnIf, test.ErrorIf = x.severity, x.warnIf, x.errorIf
		d.expect(d.build(), x.exit, x.word)
		if got := d.results()["test.sample.range_lonely_n"]; got != x.status {
			t.Errorf("%+v: %s", x, got)
		}
		if x.exit != exitDone {
			d.unpublished()
		}
	}
}

// storing is the fixture with tests that keep what fails: a range, in lonely,
// and the relationships of events.
func storing(t *testing.T, seeds map[string]string) *diskProject {
	d := onDisk(t, seeds)
	d.project.Sources[1].Tests[0].Store = true
	d.project.Sources[1].Tests[0].Severity = contract.Warn
	d.project.Sources[2].Tests[1].Store = true
	return d
}

func TestFailingRowsAreStored(t *testing.T) {
	d := storing(t, map[string]string{
		"lonely": "id,email,n\n1,a@x,1\n2,\"b, c\",100001\n3,,\n4,,200000\n",
		"events": "id,email,n\n1,,\n9,,4\n3,z@x,\n9,,5\n7,,\n",
	})
	d.expect(d.build(), exitBadData, "stored, 2 rows: "+filepath.Join(d.root, "target/failures/range_lonely_n.arrow"), "stored, 3 rows: ")
	for name, want := range map[string]string{
		"range_lonely_n":          "id,email,n,martlet_origin\n2,\"b, c\",100001,seeds/lonely.csv:3\n4,,200000,seeds/lonely.csv:5\n",
		"relationships_events_id": "id,email,n,martlet_origin\n9,,4,seeds/events.csv:3\n9,,5,seeds/events.csv:5\n7,,,seeds/events.csv:6\n",
	} {
		if got := d.text("target/failures/" + name + ".csv"); got != want {
			t.Errorf("%s is\n%s\nwant\n%s", name, got, want)
		}
		path := filepath.Join(d.root, "target/failures", name+".arrow")
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o640 {
			t.Errorf("%v, %v", info, err)
		}
		if rows := arrowRows(t, path); rows != int64(strings.Count(want, "\n")-1) {
			t.Errorf("%s has %d rows in Arrow", name, rows)
		}
	}
	d.onlyStored("range_lonely_n.arrow", "range_lonely_n.csv", "relationships_events_id.arrow", "relationships_events_id.csv")

	// What a run stored is gone with the next, whatever becomes of that.
	d.write("seeds/lonely.csv", "id,email,n\n1,a@x,1\n")
	d.write("seeds/events.csv", "id,email,n\n1,,\n")
	d.expect(d.build(), exitDone, "5 passed")
	d.onlyStored()
	d.write("target/failures/range_lonely_n.csv", "old")
	d.write("target/failures/notes.txt", "of a person")
	d.write("seeds/lonely.csv", "no,such,header\n")
	d.expect(d.build(), exitImpeded)
	d.onlyStored("notes.txt")
}

// onlyStored fails the test where the folder of failing rows has other files.
func (d *diskProject) onlyStored(want ...string) {
	d.t.Helper()
	entries, err := os.ReadDir(filepath.Join(d.root, "target/failures"))
	if err != nil && !os.IsNotExist(err) {
		d.t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		got = append(got, e.Name())
	}
	if strings.Join(got, " ") != strings.Join(want, " ") {
		d.t.Errorf("target/failures has %v, want %v", got, want)
	}
}

func arrowRows(t *testing.T, path string) (rows int64) {
	t.Helper()
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	r, err := ipc.NewFileReader(bytes.NewReader(content), ipc.WithAllocator(mem))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	for i := range r.NumRecords() {
		rec, err := r.RecordAt(i)
		if err != nil {
			t.Fatal(err)
		}
		rows += rec.NumRows()
		rec.Release()
	}
	return rows
}

// TestLimitBoundsWhatIsStored and not what is counted, over several batches.
func TestLimitBoundsWhatIsStored(t *testing.T) {
	const rows = 3 * contract.BatchRows / 2
	var lonely, events strings.Builder
	lonely.WriteString("id,email,n\n")
	events.WriteString("id,email,n\n")
	for id := range rows {
		fmt.Fprintf(&lonely, "%d,a@x,200000\n", id)
		fmt.Fprintf(&events, "%d,,\n", id+1000)
	}
	for _, limit := range []int64{0, 1, contract.BatchRows, contract.BatchRows + 1} {
		d := storing(t, map[string]string{"lonely": lonely.String(), "events": events.String()})
		d.project.Sources[1].Tests[0].Limit, d.project.Sources[2].Tests[1].Limit = limit, limit
		d.expect(d.build(), exitBadData, "FAIL  range_lonely_n: 98,304 of 98,304 rows", "WARN  relationships_events_id: 98,304 of 98,304 rows")
		want := limit
		if limit == 0 {
			want = rows
		}
		for _, name := range []string{"range_lonely_n", "relationships_events_id"} {
			path := filepath.Join(d.root, "target/failures", name)
			if got := arrowRows(t, path+".arrow"); got != want {
				t.Errorf("limit %d: %s has %d rows", limit, name, got)
			}
			if got := int64(strings.Count(d.text("target/failures/"+name+".csv"), "\n")) - 1; got != want {
				t.Errorf("limit %d: %s has %d lines", limit, name, got)
			}
		}
	}
}

// TestFailingRowsThatCannotBeStored end the run, which says so.
func TestFailingRowsThatCannotBeStored(t *testing.T) {
	d := storing(t, map[string]string{"lonely": "id,email,n\n1,a@x,100001\n"})
	d.write("target/failures", "a file in the way")
	d.expect(d.build(), exitImpeded, "target/failures")
}

// proved is the fixture with a range that the plan claims to hold.
func proved(t *testing.T, seed string) *diskProject {
	d := onDisk(t, map[string]string{"lonely": seed})
	d.project.Sources[2].Tests[1].Proved = "the sky is blue"
	return d
}

func TestProvedTestsRunOnDemand(t *testing.T) {
	d := proved(t, "id,email,n\n1,a@x,1\n")
	d.expect(d.build(), exitDone, "Done. 5 tests: 5 passed (1 by proof), 0 warned")
	if text := d.text("target/run_results.json"); !strings.Contains(text, `"proved": "the sky is blue"`) || !strings.Contains(text, `"by_proof": true`) {
		t.Errorf("the proof is not told: %s", text)
	}
	d.expect(d.build("--no-proofs"), exitDone, "Done. 5 tests: 5 passed, 0 warned")
	if text := d.text("target/run_results.json"); !strings.Contains(text, `"proved": "the sky is blue"`) || strings.Contains(text, `"by_proof"`) || !strings.Contains(text, `"no_proofs": true`) {
		t.Errorf("the test did not run: %s", text)
	}
}

// TestDisprovedTestsAreInternalErrors, unless expressions failed: those leave
// nulls where the plan has none.
func TestDisprovedTestsAreInternalErrors(t *testing.T) {
	d := proved(t, "id,email,n\n1,a@x,100001\n")
	d.expect(d.build("--no-proofs"), exitImpeded, "internal error: test range_lonely_n cannot fail, as the sky is blue, and failed 1 time; please report this")
	d.unpublished()
	d.write("seeds/users.csv", "id,email,n\n1,a@x,13\n")
	d.expect(d.build("--no-proofs"), exitBadData, "division by zero", "FAIL  range_lonely_n")
}
