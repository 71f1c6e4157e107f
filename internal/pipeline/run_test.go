package pipeline

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/ipc"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"martlet/internal/contract"
	"martlet/internal/publish"
)

// results are the statuses in run_results.json, by unique id.
func (d *diskProject) results() map[string]string {
	d.t.Helper()
	var file struct {
		Results []struct {
			ID     string `json:"unique_id"`
			Status string
		}
	}
	if err := json.Unmarshal([]byte(d.text("target/run_results.json")), &file); err != nil {
		d.t.Fatal(err)
	}
	statuses := map[string]string{}
	for _, r := range file.Results {
		statuses[r.ID] = r.Status
	}
	return statuses
}

// unpublished fails the test where there is anything for readers, or left over.
func (d *diskProject) unpublished() {
	d.t.Helper()
	for _, pattern := range []string{"out/*", "out/runs/*", "out/runs/.staging*"} {
		found, err := filepath.Glob(filepath.Join(d.root, pattern))
		if err != nil {
			d.t.Fatal(err)
		}
		for _, path := range found {
			if name := filepath.Base(path); name != "runs" && name != ".lock" {
				d.t.Errorf("%s is there", path)
			}
		}
	}
}

func TestBuildPublishesWhatTheModelsGive(t *testing.T) {
	d := onDisk(t, nil)
	d.expect(d.build(), exitDone, "Done. 5 tests: 5 passed, 0 warned, 0 failed. 2 files published in ",
		"source users: 5 rows\n", "model mart: 3 rows\n", "seed seeds/users.csv: ")
	// By hand: 17 is dropped, the second row of 1 is merged; then the events of
	// an id (2, 0, 1) and its rows in stg (2, 1, 1) are added to n.
	if got, want := d.text("out/mart.csv"), "id,email,n\n1,a@x,5\n2,b@x,3\n3,e@x,7\n"; got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	table := strings.Join(strings.Fields(d.stdout.String()), " ")
	for _, line := range []string{"users source 5 - - - 5", "stg staging 5 - 1 - 4", "core model 4 - - 1 3", "mart mart 3 - - - 3", "lonely source 1 - - - 1", "events source 3 - - - 3"} {
		if !strings.Contains(table, line) {
			t.Errorf("%q is not in\n%s", line, d.stdout.String())
		}
	}
	for _, name := range []string{"out/mart.csv", "out/mart.arrow"} {
		if !strings.Contains(d.stdout.String(), filepath.Join(d.root, name)) {
			t.Errorf("%s is not listed", name)
		}
	}
	for id, status := range d.results() {
		if status != "success" && status != "pass" {
			t.Errorf("%s: %s", id, status)
		}
	}
	if got := len(d.results()); got != 6+5 {
		t.Errorf("%d results", got)
	}
}

func TestOutputCarriesTheRunsIdentity(t *testing.T) {
	d := onDisk(t, nil)
	d.expect(d.build(), exitDone)
	file, err := os.Open(filepath.Join(d.root, "out/mart.arrow"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	r, err := ipc.NewFileReader(file, ipc.WithAllocator(mem))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	metadata := r.Schema().Metadata()
	id, _ := metadata.GetValue("martlet.run")
	for key, want := range map[string]string{"martlet.as_of": "2024-05-01T00:00:00Z", "martlet.schema": "f00d", "martlet.model": "mart", "description": "rows", "martlet.run": id} {
		if got, ok := metadata.GetValue(key); !ok || got != want {
			t.Errorf("%s: %q, %v", key, got, ok)
		}
	}
	target, err := os.Readlink(filepath.Join(d.root, "out/current"))
	if err != nil || len(id) != 64 || target != "runs/"+id[:16] {
		t.Errorf("run %s, current -> %s, %v", id, target, err)
	}
	rec, err := r.Record(0)
	if err != nil {
		t.Fatal(err)
	}
	if got := rec.Column(2).(*array.Int64).Int64Values(); !slices.Equal(got, []int64{5, 3, 7}) || r.NumRecords() != 1 {
		t.Errorf("n is %v in %d batches", got, r.NumRecords())
	}
}

// The published bytes depend on inputs, schema and as-of alone.
func TestThreadsAndPlaceLeaveNoTrace(t *testing.T) {
	var users, events strings.Builder
	users.WriteString("id,email,n\n")
	events.WriteString("id,email,n\n")
	for i := range 80_000 {
		fmt.Fprintf(&users, "%d,user %d,%d\n", i*7919%60_000, i, i%1000+700)
		if i%5 == 0 {
			fmt.Fprintf(&events, "%d,,\n", i%1000*7919%60_000)
		}
	}
	seeds := map[string]string{"users": users.String(), "events": events.String()}
	var want []string
	for _, threads := range []string{"1", "2", "7"} {
		d := onDisk(t, seeds)
		d.expect(d.build("--threads", threads, "--out", filepath.Join(d.root, "elsewhere")), exitDone)
		got := []string{d.text("elsewhere/mart.csv"), d.text("elsewhere/mart.arrow")}
		if want == nil {
			want = got
		}
		if !slices.Equal(got, want) || strings.Count(got[0], "\n") != 54_001 {
			t.Fatalf("%s threads: other bytes, or %d lines", threads, strings.Count(got[0], "\n"))
		}
	}
	d := onDisk(t, seeds)
	d.expect(d.build("--as-of", "2024-05-02"), exitDone)
	if d.text("out/mart.csv") != want[0] || d.text("out/mart.arrow") == want[1] {
		t.Error("the as-of time is to be in the metadata, and nowhere else")
	}
}

func TestRejectsFailTheRunButDoNotEndIt(t *testing.T) {
	d := onDisk(t, nil)
	d.expect(d.build(), exitDone)
	good := d.text("out/mart.csv")
	d.project.Sources[0].Columns = slices.Clone(d.project.Sources[0].Columns)
	d.project.Sources[0].Columns[2].PII = true
	d.write("seeds/users.csv", "id,email,n\n1,a@x,1\nabc,\"x\ny\",secret\n2,b@x\n3,,100001\nxyz,e@x,7\n")
	d.expect(d.build(), exitBadData,
		"seeds/users.csv:3: column id: found abc, expected a whole number",
		"seeds/users.csv:3: column n: found <redacted>, expected a whole number",
		"seeds/users.csv:7: column id: found xyz", "seeds/users.csv:5: ", "\n3 records rejected, 3 bad cells:\n", "ERROR users: 3 records rejected of 5, none allowed\n", "FAIL  range_stg_n", "WARN  not_null_stg_email",
		"last good data in "+filepath.Join(d.root, "out")+" are untouched", "Nothing published in")
	if said := d.stdout.String() + d.stderr.String() + d.text("target/run_results.json"); strings.Contains(said, "secret") {
		t.Errorf("personal data was shown:\n%s", said)
	}
	got := d.text("target/rejects/users.csv")
	lines := strings.SplitAfter(got, "\n")
	if len(lines) < 8 || lines[0] != "origin,column,reason,id,email,n,raw\n" ||
		!strings.HasPrefix(got, lines[0]+"seeds/users.csv:3,id,expected a whole number,abc,\"x\ny\",secret,\"abc,\"\"x\ny\"\",secret\"\n"+
			"seeds/users.csv:3,n,expected a whole number,abc,\"x\ny\",secret,\"abc,\"\"x\ny\"\",secret\"\nseeds/users.csv:5,,") ||
		!strings.HasSuffix(got, "\nseeds/users.csv:7,id,expected a whole number,xyz,e@x,7,\"xyz,e@x,7\"\n") {
		t.Errorf("rejects:\n%s", got)
	}
	if info, err := os.Stat(filepath.Join(d.root, "target/rejects/users.csv")); err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("mode of the rejects: %v, %v", info, err)
	}
	if left, _ := filepath.Glob(filepath.Join(d.root, "target/rejects/*")); len(left) != 1 {
		t.Errorf("left behind: %v", left)
	}
	if d.text("out/mart.csv") != good {
		t.Error("the published data changed")
	}
	table := strings.Join(strings.Fields(d.stdout.String()), " ")
	if !strings.Contains(table, "users source 5 3 - - 2") {
		t.Errorf("users do not add up:\n%s", d.stdout.String())
	}
	// A run without rejects leaves no file of them.
	d.project = fixture()
	d.write("seeds/users.csv", "id,email,n\n1,a@x,1\n3,a@x,1\n")
	d.expect(d.build(), exitDone)
	if d.text("target/rejects/users.csv") != "" {
		t.Error("the rejects of an earlier run are still there")
	}
}

func TestManyRejectsAreCountedAndTheFirstShown(t *testing.T) {
	d := onDisk(t, map[string]string{"lonely": "id,email,n\n" + strings.Repeat("x,,1\n", 12_000)})
	d.expect(d.build(), exitBadData, "12,000 records rejected, 12,000 bad cells", "seeds/lonely.csv:21: column id", "and 11,980 more")
	if strings.Contains(d.stdout.String(), "seeds/lonely.csv:22") {
		t.Error("more than 20 are shown")
	}
	got := d.text("target/rejects/lonely.csv")
	if strings.Count(got, "\n") != 12_001 || !strings.HasSuffix(got, "\nseeds/lonely.csv:12001,id,expected a whole number,x,,1,\"x,,1\"\n") {
		t.Errorf("the file has %d lines and ends in %q", strings.Count(got, "\n"), got[max(0, len(got)-60):])
	}
}

func TestBrokenQuotesFailTheRunAndTheRestIsReported(t *testing.T) {
	d := onDisk(t, map[string]string{"users": "id,email,n\n1,,100001\n2,\"b@x,3\n", "events": "id,email,n\n1,,\n99,,\n"})
	d.expect(d.build(), exitBadData, "seeds/users.csv:3: ", "quote", "FAIL  range_stg_n", "FAIL  relationships_events_id")
	d.unpublished()
	if got := d.results()["source.sample.users"]; got != "error" {
		t.Errorf("users: %s", got)
	}
}

func TestFailedExpressionsFailTheRun(t *testing.T) {
	d := onDisk(t, map[string]string{"users": "id,email,n\n1,a@x,13\n3,b@x,13\n"})
	d.project.Models[0].Columns = slices.Clone(d.project.Models[0].Columns)
	d.expect(d.build(), exitBadData, "2 failed expressions", "stg.n: id=1 at seeds/users.csv:2: division by zero", "id=3 at seeds/users.csv:3")
	d.unpublished()
	if got := d.results()["model.sample.stg"]; got != "error" {
		t.Errorf("stg: %s", got)
	}
	d.project.Models[0].Columns[0].PII = true // the key
	d.expect(d.build(), exitBadData, "stg.n: <redacted> at seeds/users.csv:2")
	if strings.Contains(d.stdout.String(), "id=1") {
		t.Error("a personal key was shown")
	}
}

// A test that cannot be decided on some rows has not passed, whatever it says of
// the others and whatever its severity.
func TestTestsWithoutAValueAreErrors(t *testing.T) {
	for _, severity := range []contract.Severity{contract.Error, contract.Warn} {
		d := onDisk(t, nil)
		stg := &d.project.Models[0]
		stg.Tests[1].Severity = severity
		stg.NewValidator = func(env *contract.Env) contract.Validator { return undecided{env} }
		d.expect(d.build(), exitBadData, "ERROR range_stg_n: no value on 1 row, failed on 0, expected at most 100000\n",
			"5 tests: 4 passed, 0 warned, 0 failed, 1 errored; 1 failed expression. Nothing published")
		d.unpublished()
		if got := d.results()["test.sample.range_stg_n"]; got != "error" {
			t.Errorf("%s: %s", severity, got)
		}
		if got := d.results()["test.sample.not_null_stg_email"]; got != "pass" {
			t.Errorf("the other test: %s", got)
		}
	}
}

// undecided is a validator whose second test has no value on the first row.
type undecided struct{ env *contract.Env }

func (undecided) Follow(contract.Batch, []contract.TestResult) {}
func (undecided) Finish([]contract.TestResult)                 {}

func (u undecided) Check(b contract.Batch, results []contract.TestResult) {
	rowValidator{}.Check(b, results)
	u.env.Failures.Add(contract.Failure{Node: "stg", Column: "test range_stg_n", Origin: b.Origins[0], Err: errors.New("division by zero")})
}

// Where `current` was switched and a link could not be made, the run says that it
// is published and where, and that it is not all done.
func TestPublishedButNotLinked(t *testing.T) {
	d := onDisk(t, nil)
	obstacle := filepath.Join(d.root, "out/.publishing-mart.csv")
	original := d.project.Models[2].New
	d.project.Models[2].New = func(env *contract.Env) contract.Transform {
		transform := original(env).(*rowTransform)
		transform.pushed = func() error { return os.MkdirAll(obstacle, 0o750) }
		return transform
	}
	d.expect(d.build(), exitImpeded, "Error: the run was published below current", "2 files published in", filepath.Join(d.root, "out/current/mart.csv"))
	if said := d.stdout.String() + d.stderr.String(); strings.Contains(strings.ToLower(said), "nothing") {
		t.Errorf("it says that it is not published:\n%s", said)
	}
	if d.text("out/current/mart.csv") == "" || !strings.Contains(d.text("target/run_results.json"), `"published": true`) {
		t.Error("it is not published")
	}
	d.project = fixture()
	d.expect(d.build(), exitDone)
	if d.text("out/mart.csv") == "" {
		t.Error("it was not mended")
	}
}

// What an earlier run left does not pass for what one found that could not be
// done; it stays where another run, whose it may be, is under way.
func TestARunThatCannotBeDoneLeavesNothingOfTheOneBefore(t *testing.T) {
	d := onDisk(t, map[string]string{"lonely": "id,email,n\nx,,1\n"})
	d.expect(d.build("--select", "mart"), exitDone)
	d.expect(d.run("test", "--root", d.root, "--select", "lonely"), exitBadData)
	d.write("target/partial/mart.csv", "of an earlier run")
	if d.text("target/rejects/lonely.csv") == "" {
		t.Fatal("there are no rejects")
	}
	p, err := publish.Open(t.Context(), filepath.Join(d.root, "out"), publish.Waiting{})
	if err != nil {
		t.Fatal(err)
	}
	d.expect(d.build(), exitImpeded, "held by another run")
	if d.text("target/rejects/lonely.csv") == "" || d.text("target/partial/mart.csv") == "" {
		t.Error("files of the other run were removed")
	}
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	d.write("seeds/users.csv", "id\n")
	d.expect(d.build(), exitImpeded, `"email"`)
	for _, folder := range []string{"target/rejects/*", "target/partial*"} {
		if left, err := filepath.Glob(filepath.Join(d.root, folder)); err != nil || len(left) > 0 {
			t.Errorf("left: %v, %v", left, err)
		}
	}
}

func TestWarningsDoNotFailTheRun(t *testing.T) {
	d := onDisk(t, map[string]string{"users": "id,email,n\n1,,1\n3,b@x,1\n"})
	d.expect(d.build(), exitDone, "WARN  not_null_stg_email: 1 of 2 rows, expected a value", "id=1 at seeds/users.csv:2: found <redacted>",
		"Done. 5 tests: 4 passed, 1 warned, 0 failed. 2 files published")
}

func TestFailedTestsPublishNothing(t *testing.T) {
	for name, seeds := range map[string]map[string]string{
		"FAIL  range_stg_n: 1 of 2 rows, expected at most 100000\n      id=1 at seeds/users.csv:2: found 100001":                                                                                             {"users": "id,email,n\n1,a@x,100001\n3,a@x,1\n"},
		"FAIL  range_lonely_n: 1 of 1 row, expected at most 100000\n      id=1 at seeds/lonely.csv:2: found 100002":                                                                                          {"lonely": "id,email,n\n1,a@x,100002\n"},
		"FAIL  relationships_events_id: 1 of 2 rows, 1 value, expected an id of users\n      seeds/events.csv:3: found 9\nSKIP  core, mart: as test relationships_events_id of events failed\n\nNothing was": {"events": "id,email,n\n1,,\n9,,\n"},
	} {
		d := onDisk(t, seeds)
		d.expect(d.build(), exitBadData, name, "4 passed, 0 warned, 1 failed. Nothing published")
		d.unpublished()
	}
}

func TestRowsUnaccountedForAreAnInternalError(t *testing.T) {
	d := onDisk(t, map[string]string{"users": "id,email,n\n1,a@x,666\n3,b@x,1\n"})
	d.expect(d.build(), exitImpeded, `Error: model "stg": internal error: of 2 rows in, 1 came out`, "leaves +1")
	d.unpublished()
	if got := d.results()["model.sample.stg"]; got != "error" {
		t.Errorf("stg: %s", got)
	}
}

func TestMissingAndWrongFilesAreReportedAllAtOnce(t *testing.T) {
	d := onDisk(t, map[string]string{"users": "id,mail,n\n", "lonely": "id,email\n"})
	d.expect(d.build(), exitImpeded, "users.csv", `"mail"`, "lonely.csv", `"n"`)
	for id, status := range d.results() {
		if status != "skipped" {
			t.Errorf("%s: %s", id, status)
		}
	}
	if d.stdout.Len() > 0 {
		t.Errorf("a summary of nothing:\n%s", d.stdout.String())
	}
	for _, name := range []string{"users", "lonely"} {
		if err := os.Remove(filepath.Join(d.root, "seeds", name+".csv")); err != nil {
			t.Fatal(err)
		}
	}
	d.expect(d.build(), exitImpeded, "users.csv", "lonely.csv")
	d.unpublished()
}

// Temporary files of a build that was killed go with the next one, whatever memory
// that has.
func TestTemporaryFilesOfAKilledBuildAreRemoved(t *testing.T) {
	d := onDisk(t, nil)
	d.write("target/martlet-spill-1-x/lock", "")
	d.write("target/martlet-spill-1-x/0001", "rows")
	d.expect(d.build(), exitDone)
	if left, err := filepath.Glob(filepath.Join(d.root, "target/martlet-spill-*")); err != nil || len(left) > 0 {
		t.Errorf("%v are left, %v", left, err)
	}
}

func TestErrorsOfAModelEndTheRun(t *testing.T) {
	d := onDisk(t, nil)
	d.project.Models[1].New = func(env *contract.Env) contract.Transform {
		return &rowTransform{env: env, model: "core", pushed: func() error { return errors.New("the text of a column passes 2 GiB") }}
	}
	d.expect(d.build(), exitImpeded, `Error: model "core": the text of a column passes 2 GiB`, "not run")
	d.unpublished()
	statuses := d.results()
	for id, want := range map[string]string{"model.sample.core": "error", "model.sample.mart": "skipped",
		"test.sample.relationships_events_id": "skipped"} {
		if statuses[id] != want {
			t.Errorf("%s: %s, want %s", id, statuses[id], want)
		}
	}
}

func TestSignalsStopTheRun(t *testing.T) {
	for signal, status := range map[os.Signal]int{os.Interrupt: exitInterrupted, syscall.SIGTERM: exitImpeded} {
		for model := range 3 {
			if signal != os.Interrupt && model > 0 {
				break // one will do
			}
			d := onDisk(t, map[string]string{"users": "id,email,n\n" + strings.Repeat("1,a@x,1\n", 70_000)})
			ctx, cancel := context.WithCancelCause(t.Context())
			original := d.project.Models[model].New
			d.project.Models[model].New = func(env *contract.Env) contract.Transform {
				transform := original(env).(*rowTransform)
				transform.pushed = func() error { cancel(&interrupted{signal: signal}); return nil }
				return transform
			}
			d.expect(d.runWith(ctx, "--root", d.root), status, "Error: stopped by a signal", "Stopped.")
			d.unpublished()
			if d.text("target/run_results.json") == "" {
				t.Error("no run_results.json")
			}
		}
	}
}

func TestTwoRunsDoNotPublishAtOnce(t *testing.T) {
	d := onDisk(t, nil)
	p, err := publish.Open(t.Context(), filepath.Join(d.root, "out"), publish.Waiting{})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	d.expect(d.build(), exitImpeded, "held by another run")
	d.expect(d.run("test", "--root", d.root), exitDone)
}

func TestTestPublishesNothing(t *testing.T) {
	d := onDisk(t, nil)
	d.expect(d.run("test", "--root", d.root), exitDone, "5 tests: 5 passed", "Nothing to publish")
	d.unpublished()
	if len(d.results()) != 11 {
		t.Errorf("results: %v", d.results())
	}
}

// A run with failed tests leaves partial data to look at; one with rejects, whose
// data are not whole, does not.
func TestPartialDataOfAFailedRun(t *testing.T) {
	for users, want := range map[string]string{"id,email,n\n1,a@x,100001\n3,,1\n": "id,email,n\n1,a@x,100004\n3,,3\n", "id,email,n\n1,a@x,x\n3,,1\n": ""} {
		d := onDisk(t, map[string]string{"users": users})
		other := d.project.Models[2]
		other.Name = "other"
		d.project.Models = append(d.project.Models, other)
		d.expect(d.build("--select", "+mart"), exitBadData)
		if got := d.text("target/partial/mart.csv"); got != want {
			t.Errorf("partial data: %q, want %q", got, want)
		}
		if left, _ := filepath.Glob(filepath.Join(d.root, "target/partial/*.tmp")); len(left) > 0 {
			t.Errorf("left behind: %v", left)
		}
		d.unpublished()
	}
}

func TestEmptyInputsGiveFilesWithoutRows(t *testing.T) {
	d := onDisk(t, map[string]string{"users": "id,email,n\n", "events": "id,email,n\n", "lonely": "id,email,n\n"})
	d.expect(d.build(), exitDone, "2 files published")
	if got := d.text("out/mart.csv"); got != "id,email,n\n" {
		t.Errorf("got %q", got)
	}
	r, err := ipc.NewFileReader(bytes.NewReader([]byte(d.text("out/mart.arrow"))))
	if err != nil || r.NumRecords() != 0 || r.Schema().NumFields() != 3 {
		t.Errorf("the arrow file: %v", err)
	}
}

func TestOutputsThatCannotBeWritten(t *testing.T) {
	d := onDisk(t, nil)
	d.write("file", "in the way")
	d.expect(d.build("--out", filepath.Join(d.root, "file")), exitImpeded, "Error: ")
	d.project.Models[2].Formats = []string{"arrow", "orc"}
	d.expect(d.build(), exitImpeded, `model "mart": mart.orc: internal error: there is no output format "orc"`)
	d.unpublished()
	d.expect(d.build("--target-path", filepath.Join(d.root, "file")), exitImpeded, "Error: ")
}
