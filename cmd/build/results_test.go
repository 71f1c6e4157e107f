package main

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"martlet/internal/scratch"
)

// described are the files that a run leaves of itself, and the schema of each.
var described = map[string]string{
	"run_results.json": "run_results.schema.json",
	"sources.json":     "sources.schema.json",
	"profiles.json":    "profiles.schema.json",
}

// follows fails the test where a file that the last run left is not as its schema
// describes it, or not what dbt's own layout asks for.
func (s *site) follows(names ...string) {
	s.t.Helper()
	for _, name := range names {
		schema, err := jsonschema.NewCompiler().Compile(filepath.Join(scratch.Root(), "docs", described[name]))
		if err != nil {
			s.t.Fatal(err)
		}
		value, err := jsonschema.UnmarshalJSON(strings.NewReader(s.read("target/" + name)))
		if err != nil {
			s.t.Fatal(err)
		}
		if err := schema.Validate(value); err != nil {
			s.t.Errorf("%s: %v", name, err)
		}
		if name == "profiles.json" { // dbt has nothing like it
			continue
		}
		for _, result := range value.(map[string]any)["results"].([]any) {
			s.followsDbt(name, result.(map[string]any))
		}
	}
}

// The fields of a result in dbt's layouts, which are strict: it has all of these
// and no other. Ours is one more, "martlet".
const (
	dbtResult  = "adapter_response batch_results compiled compiled_code execution_time failures message relation_name status thread_id timing unique_id"
	dbtAge     = "adapter_response criteria execution_time max_loaded_at max_loaded_at_time_ago_in_s snapshotted_at status thread_id timing unique_id"
	dbtProblem = "error status unique_id"
)

func (s *site) followsDbt(name string, result map[string]any) {
	s.t.Helper()
	want := dbtResult
	switch {
	case name == "sources.json" && result["status"] == "runtime error":
		want = dbtProblem
	case name == "sources.json":
		want = dbtAge
	}
	delete(result, "martlet")
	if got := strings.Join(slices.Sorted(maps.Keys(result)), " "); got != want {
		s.t.Errorf("%s: a result has %s, want %s", name, got, want)
	}
}

// Whatever becomes of a run, what it says of itself is as the schemas in docs/
// describe it.
func TestResultsFollowTheirSchemas(t *testing.T) {
	s := sampleSite(t)
	all := []string{"run_results.json", "sources.json", "profiles.json"}
	s.expect(s.build(), 0, "1 of 1 source is fresh")
	s.follows(all...)
	s.expect(s.run("test", "--as-of", asOf, "--select", "country"), 0)
	s.follows(all...)
	s.expect(s.run("freshness", "--as-of", "2024-05-02T12:00:00Z"), 0, "warn")
	s.follows("sources.json")

	s.setCells(map[string]any{"user_account_attributes!C2": "X1"})
	s.expect(s.build(), 1, "FAIL ")
	s.follows(all...)
	s.setCells(map[string]any{"user_account!D3": "a Tuesday", "user_marketing_preferences!B2": "perhaps"})
	s.expect(s.build(), 1, "2 records rejected")
	s.follows(all...)

	s.remove("seeds/country.csv")
	s.expect(s.build(), 2, "seeds/country.csv")
	s.follows(all...)
	s.expect(s.run("freshness", "--as-of", asOf), 0, "1 record rejected", "1 of 1 source is fresh")
	s.follows("sources.json")
}

// Failed expressions, rejects that are allowed, sources without rows and cells
// that were neutralized are in the schemas too.
func TestResultsOfAnotherProjectFollowTheirSchemas(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles a project")
	}
	program := scratch.Compile(t, map[string]string{"p": `
name = "p"
[[source]]
name = "s"
max_rejects = 1
freshness = { loaded_at = "day + interval '1 hour'", filter = "n > 0", warn_after = "90m" }
columns = [{ name = "n", type = "int64", nullable = false }, { name = "who", type = "string", pii = true }, { name = "day", type = "date" }]
tests = [{ name = "divides", expr = "10 / n > 0" }]

[[source]]
name = "empty"
freshness = { loaded_at = "at", error_after = "1d" }
columns = [{ name = "at", type = "timestamp" }]

[[model]]
name = "m"
from = "s"
output = { neutralize_formulas = true }
columns = [{ name = "who" }, { name = "share", expr = "10 / n" }]
`})
	s := &site{t, t.TempDir()}
	build := func(args ...string) outcome {
		got := program.Run(t, "p", append(args, "--root", s.root, "--as-of", asOf)...)
		return outcome{got.Exit, got.Stdout, got.Stderr}
	}
	s.write("seeds/empty.csv", "at\n")
	s.write("seeds/s.csv", "n,who,day\n1,=A1,2024-04-30\nx,Bea,2024-05-01\n")
	s.expect(build(), 0, "WARN  s: 1 record rejected of 2, allowed 1", "STALE empty: its age is not known", "1 cell neutralized", "STALE s: the latest day + interval '1 hour' is 2024-04-30 01:00:00 UTC, 23 hours before")
	s.follows("run_results.json", "sources.json", "profiles.json")
	s.write("seeds/s.csv", "n,who,day\n0,Ann,2024-04-30\n1,Bea,2024-05-01\n")
	s.expect(build(), 1, "2 failed expressions")
	s.follows("run_results.json", "sources.json", "profiles.json")
	s.expect(build("freshness"), 1, "its age is not known: found no row with a value of at")
	s.follows("sources.json")
	s.expect(build("show", "m", "--output", "csv"), 1, "who,share\n<redacted>,\n<redacted>,10\n", "m.share: seeds/s.csv:2: division by zero")
}

// What the sample says of its age is what the last record of the sheet says.
func TestSampleFreshness(t *testing.T) {
	s := sampleSite(t)
	records, err := csv.NewReader(strings.NewReader(s.read("seeds/user_account.csv"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	at, latest := slices.Index(records[0], "last_updated"), ""
	for _, r := range records[1:] {
		latest = max(latest, r[at])
	}
	s.expect(s.run("freshness", "--as-of", asOf), 0, "user_account  "+latest+" UTC", "pass")
	s.expect(s.run("freshness", "--as-of", "2024-05-02T12:00:00Z"), 0, "warn", "warn_after is 1 day")
	s.expect(s.run("freshness", "--as-of", "2024-05-03"), 1, "error", "error_after is 2 days")
	s.expect(s.run("--as-of", "2024-05-03"), 0, "STALE user_account: the latest last_updated is "+latest+" UTC", "old data never fail a build", "4 files published")
	var file struct{ Results []map[string]any }
	if err := json.Unmarshal([]byte(s.read("target/sources.json")), &file); err != nil || len(file.Results) != 1 {
		t.Fatalf("%v, %v", file, err)
	}
	if got := fmt.Sprint(file.Results[0]["max_loaded_at"]); got != strings.Replace(latest, " ", "T", 1)+".000000Z" {
		t.Errorf("max_loaded_at is %s, want %s", got, latest)
	}
}

// What show prints in clear is what is published; without --reveal no personal
// value is.
func TestShowSample(t *testing.T) {
	s := sampleSite(t)
	s.expect(s.build(), 0)
	if got := s.run("show", "mart_users_marketing", "--as-of", asOf, "--limit", "0", "--reveal", "--output", "csv"); got.exit != 0 || got.stdout != s.read(martCSV) {
		t.Errorf("exit status %d, %d bytes shown, %d published\n%s", got.exit, len(got.stdout), len(s.read(martCSV)), got.stderr)
	}
	for _, output := range []string{"text", "csv", "json"} {
		got := s.run("show", "mart_users_marketing", "--limit", "0", "--output", output)
		s.expect(got, 0, "<redacted>")
		if strings.Contains(got.stdout, "@") {
			t.Errorf("%s has an email address", output)
		}
	}
	got := s.run("show", "mart_users_marketing", "--where", "user_id=1004", "--where", "last_updated_time=2019-12-31 00:00:00")
	s.expect(got, 0)
	if lines := strings.Count(got.stdout, "\n"); lines > 2 {
		t.Errorf("%d lines:\n%s", lines, got.stdout)
	}
}
