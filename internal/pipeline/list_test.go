package pipeline

import (
	"encoding/json"
	"strings"
	"testing"
)

// listed are the names in what `list --output json` wrote.
func (d *diskProject) listed() (names []string) {
	d.t.Helper()
	for line := range strings.Lines(d.stdout.String()) {
		var entry struct{ Name string }
		if err := json.Unmarshal([]byte(line), &entry); err != nil {
			d.t.Fatalf("%s: %v", line, err)
		}
		names = append(names, entry.Name)
	}
	return names
}

func TestList(t *testing.T) {
	d := onDisk(t, nil)
	d.project.Models[0].Tags = []string{"nightly", "pii"}
	d.expect(d.run("list"), exitDone)
	want := `Node    Kind     Columns  Tests  Tags          Reads
users   source         3      0                seeds/users.csv
events  source         3      1                seeds/events.csv
lonely  source         3      2                seeds/lonely.csv
stg     staging        3      2  nightly, pii  users
core    model          3      0                stg, events
mart    mart           3      0                core, stg

Test                     Kind           Severity  Node    Column  Tags
relationships_events_id  relationships  error     events  id
not_null_lonely_email    not_null       warn      lonely  email
range_lonely_n           range          error     lonely  n
not_null_stg_email       not_null       warn      stg     email
range_stg_n              range          error     stg     n
`
	if got := d.stdout.String(); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	d.expect(d.run("list", "--select", "tag:pii", "--exclude", "test_type:range"), exitDone)
	want = `Node  Kind     Columns  Tests  Tags          Reads
stg   staging        3      1  nightly, pii  users

Test                Kind      Severity  Node  Column  Tags
not_null_stg_email  not_null  warn      stg   email
`
	if got := d.stdout.String(); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	d.expect(d.run("list", "--select", "mart"), exitDone)
	if got := d.stdout.String(); strings.Contains(got, "Test ") || strings.Count(got, "\n") != 2 {
		t.Errorf("got\n%s", got)
	}
	d.expect(d.run("list", "--select", "range_*"), exitDone)
	if got := d.stdout.String(); strings.Contains(got, "Reads") || strings.Count(got, "\n") != 3 {
		t.Errorf("got\n%s", got)
	}
	if d.text("target/manifest.json") != "" {
		t.Error("a list left a file")
	}
}

func TestListRefuses(t *testing.T) {
	d := onDisk(t, nil)
	d.expect(d.run("list", "--output", "yaml", "--select", "x:y", "--root", "nowhere"), exitImpeded,
		`--output is "yaml"; give text or json`, `there is no method "x"`, "--root nowhere")
	d.expect(d.run("list", "--select", "cor"), exitImpeded, "nothing is selected", `did you mean "core"?`)
	d.expect(d.run("list", "--select", "result:fail", "--root", d.root), exitImpeded, "run_results.json: no such file or directory")
}

// A line is an entry of the manifest.
func TestListAsJSON(t *testing.T) {
	d := onDisk(t, nil)
	d.expect(d.run("list", "--output", "json", "--select", "+mart"), exitDone)
	if got := strings.Join(d.listed(), " "); got != "users events stg core mart relationships_events_id not_null_stg_email range_stg_n" {
		t.Errorf("listed %s", got)
	}
	d.expect(d.run("list", "--output", "json", "--select", "relationships_events_id"), exitDone)
	var test struct {
		UniqueID  string                   `json:"unique_id"`
		Type      string                   `json:"resource_type"`
		DependsOn struct{ Nodes []string } `json:"depends_on"`
		Config    struct{ Severity string }
	}
	if err := json.Unmarshal([]byte(d.stdout.String()), &test); err != nil {
		t.Fatal(err)
	}
	if test.UniqueID != "test.sample.relationships_events_id" || test.Type != "test" || test.Config.Severity != "error" ||
		strings.Join(test.DependsOn.Nodes, " ") != "source.sample.events source.sample.users" {
		t.Errorf("got %+v", test)
	}
}
