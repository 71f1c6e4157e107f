package main

import (
	"encoding/json"
	"maps"
	"slices"
	"testing"
)

// published are the bytes that readers get.
func (s *site) published() map[string]string {
	s.t.Helper()
	return map[string]string{"csv": s.read(martCSV), "arrow": s.read(martArrow), "audience": s.read(audienceCSV), "audience as Arrow": s.read(audienceArrow)}
}

// Inputs, schema and as-of time make the published bytes, and nothing else does.
func TestSameInputsSameBytes(t *testing.T) {
	s := sampleSite(t)
	s.expect(s.build("--threads", "1"), 0)
	want := s.published()
	for _, again := range []struct {
		name  string
		build func() outcome
	}{
		{"again", func() outcome { return s.build("--threads", "1") }},
		{"two threads", func() outcome { return s.build("--threads", "2") }},
		{"another spelling", func() outcome { return s.run("--as-of", "2024-05-01 02:00:00+02:00") }},
		{"selected by name", func() outcome { return s.build("--select", "+mart_users_marketing") }},
		{"after another time", func() outcome { s.run("--as-of", "2024-05-02"); return s.build() }},
		{"seeds made anew", func() outcome { s.remove("seeds/user_account.csv", "seeds/seeds.lock"); return s.build() }},
		{"no workbook", func() outcome { s.remove("raw_data/ae_sample_db.xlsx"); return s.build() }},
	} {
		s.expect(again.build(), 0)
		if !maps.Equal(s.published(), want) {
			t.Errorf("%s: other bytes", again.name)
		}
	}
	other := sampleSite(t)
	other.expect(other.build("--out", other.path("elsewhere")), 0)
	if other.read("elsewhere/mart_users_marketing.csv") != want["csv"] || other.read("elsewhere/mart_users_marketing.arrow") != want["arrow"] {
		t.Error("another folder: other bytes")
	}
	s.expect(s.run("--as-of", "2024-05-02"), 0)
	if got := s.published(); got["csv"] == want["csv"] || got["arrow"] == want["arrow"] {
		t.Error("another time: the same bytes")
	}
}

// Several batches of every table, users repeated across them, held row by row
// against what maps and loops make of the same files.
func TestManyBatches(t *testing.T) {
	s := sampleSite(t)
	s.remove("raw_data/ae_sample_db.xlsx", "seeds/seeds.lock") // else the seeds would be edited
	writeCrowd(s)
	s.expect(s.build("--threads", "2"), 0, "user_account                            source        140,000")
	two, profiles := s.published(), s.read("target/profiles.json")
	sameProfiles := func(how string) {
		t.Helper()
		if s.read("target/profiles.json") != profiles {
			t.Errorf("%s gives other profiles", how)
		}
	}
	s.expect(s.build("--threads", "1"), 0)
	if !maps.Equal(s.published(), two) {
		t.Error("one thread and two give other bytes")
	}
	sameProfiles("one thread")

	// Proofs would leave little to be remembered.
	s.expect(s.build("--no-proofs", "--memory", "4GiB"), 0)
	plenty := s.findings()
	s.expect(s.build("--no-proofs", "--memory", "128MiB"), 0)
	if !maps.Equal(s.published(), two) {
		t.Error("little memory gives other bytes")
	}
	sameProfiles("little memory")
	if got := s.findings(); got != plenty {
		t.Errorf("with little memory the results are\n%s\nwant\n%s", got, plenty)
	}

	want := expectMart(t, s.root, asOf)
	header, records := readCSV(t, s.path(martCSV))
	if !slices.Equal(header, martHeader) || len(records) != len(want.rows) || len(records) < 80_000 {
		t.Fatalf("columns %q and %d rows, want %q and %d", header, len(records), martHeader, len(want.rows))
	}
	for i, r := range records {
		for j, name := range header {
			if r[j] != want.rows[i][name] {
				t.Fatalf("row %d: %s is %q, want %q of %v", i+1, name, r[j], want.rows[i][name], want.rows[i])
			}
		}
	}
	results := readResults(t, s.path("target/run_results.json"))
	if status, failures := results.test("preference_recorded_since_2020"); status != "warn" || failures != want.silent {
		t.Errorf("the test of preferences says %s of %d users, want a warning and %d", status, failures, want.silent)
	}
}

// findings are the results of the last run, without what tells the time.
func (s *site) findings() string {
	s.t.Helper()
	var run map[string]any
	if err := json.Unmarshal([]byte(s.read("target/run_results.json")), &run); err != nil {
		s.t.Fatal(err)
	}
	for _, r := range run["results"].([]any) {
		for _, key := range []string{"timing", "thread_id", "execution_time"} {
			delete(r.(map[string]any), key)
		}
	}
	text, err := json.MarshalIndent(run["results"], "", " ")
	if err != nil {
		s.t.Fatal(err)
	}
	return string(text)
}
