package main

import (
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"martlet/internal/scratch"
)

// ran are the names of what a run reported.
func (s *site) ran() (names []string) {
	s.t.Helper()
	results := readResults(s.t, s.path("target/run_results.json"))
	for _, r := range results.Results {
		names = append(names, r.UniqueID[strings.LastIndexByte(r.UniqueID, '.')+1:])
	}
	return names
}

// listed are the names that `build list` gives.
func (s *site) listed(args ...string) (names []string) {
	s.t.Helper()
	got := s.run(append([]string{"list", "--output", "json"}, args...)...)
	s.expect(got, 0)
	for line := range strings.Lines(got.stdout) {
		var entry struct{ Name string }
		if err := json.Unmarshal([]byte(line), &entry); err != nil {
			s.t.Fatal(err)
		}
		names = append(names, entry.Name)
	}
	return names
}

// A selection as a dbt user would write it chooses what is tested and written;
// what it rests on is computed, and only the grain that a join relies on tested.
func TestSelection(t *testing.T) {
	s := sampleSite(t)
	s.expect(s.build(), 0)
	published := s.published()

	s.expect(s.build("--select", "mart_users_marketing"), 0, "target/partial/mart_users_marketing.csv", "This run leaves out part of the project")
	if s.read("target/partial/mart_users_marketing.csv") != published["csv"] {
		t.Error("other rows where what the mart rests on is not tested")
	}
	ran := s.ran()
	for name, want := range map[string]bool{"user_account": true, "stg_sample_db__user_acc": true, "grain_country": true,
		"relationships_mart_users_marketing_country_code": true, "not_null_user_account_user_id": false, "not_null_country_country_name": false} {
		if slices.Contains(ran, name) != want {
			t.Errorf("%s ran: %v", name, !want)
		}
	}

	s.expect(s.run("test", "--as-of", asOf, "--select", "test_name:unique_user_account_user_id"), 0, "Done. 1 test: 0 passed, 1 warned")
	if ran := s.ran(); !slices.Equal(ran, []string{"user_account", "unique_user_account_user_id"}) {
		t.Errorf("ran %v", ran)
	}
	s.expect(s.run("test", "--as-of", asOf, "--select", "result:warn"), 0, "Done. 1 test: 0 passed, 1 warned")

	// All of it, in other words, publishes.
	s.expect(s.build("--select", "+campaign_audience", "--out", s.path("again")), 0, "4 files published")
	if s.read("again/mart_users_marketing.csv") != published["csv"] || s.read("again/mart_users_marketing.arrow") != published["arrow"] {
		t.Error("other bytes")
	}
}

func TestListOfASelection(t *testing.T) {
	s := sampleSite(t)
	for _, c := range []struct{ args, want string }{
		{"--select 1+mart_users_marketing --exclude resource_type:test", "country int_users_acc__core mart_users_marketing"},
		{"--select source:*_account,path:seeds --exclude test_type:data", "user_account"},
		{"--select layer:staging,user_account+ --exclude *not_null* --exclude test_type:matches", "stg_sample_db__user_acc"},
		{"--select raw_data/ae_sample_db.xlsx,test_type:unique", "unique_user_account_user_id unique_user_account_attributes_user_id"},
		{"--select test_type:singular,source:user_account", "account_updated_after_created"},
	} {
		if got := strings.Join(s.listed(strings.Fields(c.args)...), " "); got != c.want {
			t.Errorf("list %s: %s, want %s", c.args, got, c.want)
		}
	}
	s.expect(s.run("list", "--select", "mart_users_marketing"), 0, "Node  ", "mart_users_marketing  mart  ", "int_users_acc__core, country", "\nTest  ",
		"relationships_mart_users_marketing_country_code            relationships    error     mart_users_marketing  country_code\n")
}

// A retry runs what a bad cell failed, once the cell is mended; a build publishes.
func TestRetry(t *testing.T) {
	s := sampleSite(t)
	s.expect(s.run("retry"), 2, "run_results.json: no such file or directory; run `build` first")
	s.replace("seeds/country.csv", "\nAF,Afghanistan\n", "\naf,Afghanistan\n")
	s.expect(s.build(), 1, "matches_country_country_code")
	s.replace("seeds/country.csv", "\naf,Afghanistan\n", "\nAF,Afghanistan\n")
	s.expect(s.run("retry"), 0, "Retrying build --as-of "+asOf, "matches_country_country_code (fail)", "target/partial/mart_users_marketing.csv")
	if ran := s.ran(); slices.Contains(ran, "not_null_country_country_name") || !slices.Contains(ran, "matches_country_country_code") ||
		!slices.Contains(ran, "relationships_mart_users_marketing_country_code") {
		t.Errorf("ran %v", ran)
	}
	s.expect(s.run("retry"), 0, "Nothing to retry")
	s.expect(s.build(), 0, "4 files published")
}

// state: tells what was changed since a manifest was written.
func TestState(t *testing.T) {
	s := sampleSite(t)
	s.expect(s.build(), 0)
	manifest := s.read("target/manifest.json")
	s.write("before/manifest.json", manifest)
	s.expect(s.run("list", "--select", "state:modified", "--state", s.path("before")), 2, `"state:modified" matches nothing`, "nothing is selected")

	// The manifest of a project whose model stood otherwise, and lacked a test.
	var file map[string]any
	if err := json.Unmarshal([]byte(manifest), &file); err != nil {
		t.Fatal(err)
	}
	nodes := file["nodes"].(map[string]any)
	nodes["model.clearscore_ae.int_users_acc__core"].(map[string]any)["martlet"].(map[string]any)["fingerprint"] = "another"
	delete(nodes, "test.clearscore_ae.not_null_country_country_name")
	text, err := json.Marshal(file)
	if err != nil {
		t.Fatal(err)
	}
	s.write("before/manifest.json", string(text))
	for words, want := range map[string]string{
		"state:modified --exclude resource_type:test":       "int_users_acc__core",
		"state:modified+ --exclude resource_type:test":      "int_users_acc__core mart_users_marketing campaign_audience__keys campaign_audience",
		"state:old,source:country --exclude test_type:data": "country",
		"state:new": "not_null_country_country_name",
	} {
		if got := s.listed(append([]string{"--state", s.path("before"), "--select"}, strings.Fields(words)...)...); strings.Join(got, " ") != want {
			t.Errorf("%s: %v, want %s", words, got, want)
		}
	}
}

// What is written is what docs/manifest.schema.json promises.
func TestManifestIsAsItsSchemaSays(t *testing.T) {
	s := sampleSite(t)
	s.expect(s.build(), 0)
	compiler := jsonschema.NewCompiler()
	schema := filepath.Join(scratch.Root(), "docs/manifest.schema.json")
	whole, err := compiler.Compile(schema)
	if err != nil {
		t.Fatal(err)
	}
	check := func(schema *jsonschema.Schema, text string) {
		t.Helper()
		value, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
		if err == nil {
			err = schema.Validate(value)
		}
		if err != nil {
			t.Errorf("%#v", err)
		}
	}
	check(whole, s.read("target/manifest.json"))
	got := s.run("list", "--output", "json")
	s.expect(got, 0)
	if n := strings.Count(got.stdout, "\n"); n != len(s.ran()) {
		t.Errorf("%d lines of %d results", n, len(s.ran()))
	}
	for line := range strings.Lines(got.stdout) {
		of := line[strings.Index(line, `"resource_type":"`)+len(`"resource_type":"`):]
		entry, err := compiler.Compile(schema + "#/$defs/" + of[:strings.IndexByte(of, '"')])
		if err != nil {
			t.Fatal(err)
		}
		check(entry, line)
	}
}
