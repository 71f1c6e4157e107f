package pipeline

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestRetryRunsWhatFailed(t *testing.T) {
	d := onDisk(t, map[string]string{"users": "id,email,n\n1,,100001\n3,b@x,1\n"})
	d.expect(d.build("--threads", "2"), exitBadData)
	d.write("seeds/users.csv", "id,email,n\n1,,5\n3,b@x,1\n")
	d.expect(d.run("retry", "--root", d.root), exitDone, "Retrying build --as-of 2024-05-01T00:00:00Z, 3 results: range_stg_n (fail).",
		"This run leaves out part of the project, so it published nothing.")
	// What rests on the test are the models that read what it looks at.
	if got := d.ran(); got != "(users) (events) (stg) core mart range_stg_n" {
		t.Errorf("ran %s", got)
	}
	if !strings.Contains(d.text("target/run_results.json"), `"as_of": "2024-05-01T00:00:00Z",`) || !strings.Contains(d.text("target/run_results.json"), `"threads": 2,`) {
		t.Error("other options than the first time")
	}
	if got := d.files("target/partial/*"); got != "mart.arrow mart.csv" {
		t.Errorf("partial data: %s", got)
	}
	d.unpublished()
	d.expect(d.run("retry", "--root", d.root), exitDone, "Nothing to retry: nothing failed or was skipped in the last run")
	if d.stderr.Len() > 0 {
		t.Errorf("said %s", d.stderr.String())
	}
}

// A retry of a retry runs what failed again.
func TestRetryOfARetry(t *testing.T) {
	d := onDisk(t, map[string]string{"users": "id,email,n\n1,,100001\n"})
	d.expect(d.build("--select", "+stg events"), exitBadData)
	for range 2 { // relationships_events_id fails for 3, which users lacks
		d.expect(d.run("retry", "--root", d.root), exitBadData, "Retrying build", "range_stg_n (fail)", "relationships_events_id (fail)")
		if got := d.ran(); got != "(users) (events) stg relationships_events_id not_null_stg_email range_stg_n" {
			t.Errorf("ran %s", got) // and not mart, for which nobody asked
		}
	}
}

// Rejected records fail their source; all that rests on it is run again.
func TestRetryOfRejects(t *testing.T) {
	d := onDisk(t, map[string]string{"events": "id,email,n\nx,,\n"})
	d.expect(d.run("test", "--root", d.root, "--as-of", "2024-05-01"), exitBadData)
	d.write("seeds/events.csv", "id,email,n\n1,,\n")
	d.expect(d.run("retry", "--root", d.root), exitDone, "Retrying test --as-of 2024-05-01T00:00:00Z, 1 result and 3 that rest on them: events (error).")
	if got := d.ran(); got != "(users) events (stg) core mart relationships_events_id" {
		t.Errorf("ran %s", got)
	}
}

// A run that could not be begun is done anew as a whole, and publishes.
func TestRetryOfWhatWasNotBegun(t *testing.T) {
	d := onDisk(t, nil)
	if err := os.Remove(filepath.Join(d.root, "seeds/lonely.csv")); err != nil {
		t.Fatal(err)
	}
	d.expect(d.build("--out", filepath.Join(d.root, "mart"), "--keep", "5", "--wait", "1m30s"), exitImpeded)
	d.write("seeds/lonely.csv", "id,email,n\n1,z@x,1\n")
	d.expect(d.run("retry", "--root", d.root), exitDone, "11 results: they were skipped.", "2 files published")
	if d.text("mart/mart.csv") == "" {
		t.Error("not published where the first run would have")
	}
	if results := d.text("target/run_results.json"); !strings.Contains(results, `"keep": 5,`) || !strings.Contains(results, `"wait": "1m30s",`) {
		t.Error("published in another way than the first run would have")
	}
}

// Where all passed and publishing failed, there is that to do again.
func TestRetryOfARunThatDidNotPublish(t *testing.T) {
	d := onDisk(t, nil)
	d.expect(d.build(), exitDone)
	results := d.text("target/run_results.json")
	d.write("target/run_results.json", strings.Replace(results, `"outcome": "done"`, `"outcome": "not done"`, 1))
	d.expect(d.run("retry", "--root", d.root), exitDone, "11 results: the run could not be finished.", "2 files published")
}

func TestRetryRefuses(t *testing.T) {
	d := onDisk(t, nil)
	d.expect(d.run("retry", "--root", d.root), exitImpeded, "target/run_results.json: no such file or directory; run `build` first")
	d.write("target/run_results.json", "[")
	d.expect(d.run("retry", "--root", d.root), exitImpeded, "found something else than the results of a run")
	d.write("target/run_results.json", `{"args": {"which": "docs"}}`)
	d.expect(d.run("retry", "--root", d.root), exitImpeded, "found the results of no build or test that can be run again")
	d.expect(d.run("retry", "--root", "nowhere"), exitImpeded, "--root nowhere")
	d.expect(d.run("retry", "--select", "mart"), exitImpeded, "unknown flag: --select")
}

// What failed and is no longer there is named, and nothing else is made of it.
func TestRetryOfWhatIsGone(t *testing.T) {
	d := onDisk(t, map[string]string{"users": "id,email,n\n1,,100001\n3,b@x,1\n"})
	d.expect(d.build(), exitBadData)
	d.project.Models[0].Tests[1].Name = "renamed"
	d.expect(d.run("retry", "--root", d.root), exitDone, "Warning: test.sample.range_stg_n is no longer part of the project", "2 results: they were skipped.")
}
