package main

import (
	"maps"
	"strings"
	"testing"
)

// Ten faults, none of them downstream of another: one run names them all, each
// with the cell that is to be mended, and leaves what is published alone.
func TestOneRunNamesEveryFault(t *testing.T) {
	s := sampleSite(t)
	s.expect(s.build(), 0)
	good := s.tree("out")
	_, faults := readCSV(t, "testdata/faults/planted.csv")
	if len(faults) != 10 {
		t.Fatalf("%d faults are planted", len(faults))
	}
	cells := map[string]any{}
	for _, f := range faults {
		if cells[f[0]] = f[1]; f[1] == "" {
			cells[f[0]] = nil
		}
	}
	s.setCells(cells)
	got := s.build()
	s.expect(got, 1, "Nothing was published; the last good data", "10 failed")
	for _, f := range faults {
		_, rest, named := strings.Cut(got.stdout, "\nFAIL  "+f[2]+": 1 of ")
		rest, _, _ = strings.Cut(rest, "\nFAIL")
		if !named || !strings.Contains(rest, "("+book+"!"+f[0]+")") {
			t.Errorf("%s at %s: not named with its cell in\n%s", f[2], f[0], got.stdout)
		}
	}
	if !maps.Equal(s.tree("out"), good) {
		t.Error("the published data were touched")
	}
}

// A value is followed to its cell through staging, aggregates and joins, and
// where there is none the row is named that lacks it.
func TestValuesAreFollowedToTheirCells(t *testing.T) {
	s := sampleSite(t)
	s.setCells(map[string]any{
		"user_account_closures!B4":   "2031-01-02 03:04:05", // the latest of all, which last_seen_ts takes
		"user_account_attributes!B5": "Q",
		"user_account_attributes!C6": "ZZ",
	})
	got := s.build()
	s.expect(got, 1,
		"WARN  nothing_seen_after_as_of: 1 of ", "seeds/user_account_closures.csv:4 ("+book+"!user_account_closures!B4)\n",
		"FAIL  relationships_mart_users_marketing_country_code: 1 of ", "seeds/user_account_attributes.csv:6 ("+book+"!user_account_attributes!C6): found ZZ",
		"no row of stg_sample_db__user_mrktng_preferences has user_id=1004",
	)
	found := func(o outcome) string {
		_, tests, _ := strings.Cut(o.stdout, "\n\n") // behind the nodes, which tell seconds
		tests, _, _ = strings.Cut(tests, "\nFailed.")
		return tests
	}
	for _, threads := range []string{"1", "2"} {
		if again := s.build("--threads", threads); found(again) != found(got) {
			t.Errorf("with %s threads:\n%s\nand before:\n%s", threads, found(again), found(got))
		}
	}
	results := s.read("target/run_results.json")
	for _, cell := range []string{"user_account_closures!B4", "user_account_attributes!C6"} {
		if !strings.Contains(results, cell+")") {
			t.Errorf("run_results.json does not name %s", cell)
		}
	}
}

// A failing test closes the gate to what reads its node, and to nothing else;
// --warn-error takes a warning for a failure.
func TestGates(t *testing.T) {
	s := sampleSite(t)
	s.setCells(map[string]any{"user_account_closures!B6": nil})
	s.expect(s.build(), 1, "FAIL  not_null_user_account_closures_closed_timestamp",
		"SKIP  stg_sample_db__user_acc_closures, int_users_acc__core, mart_users_marketing, campaign_audience__keys, campaign_audience: as test not_null_user_account_closures_closed_timestamp of user_account_closures failed\n",
		"WARN  matches_stg_sample_db__user_acc_email")
	var skipped, passed int
	r := readResults(t, s.path("target/run_results.json"))
	for _, test := range r.Results {
		if strings.HasPrefix(test.UniqueID, "test.") {
			switch test.Status {
			case "skipped":
				skipped++
			case "pass":
				passed++
			}
		}
	}
	if skipped == 0 || passed == 0 {
		t.Errorf("%d tests skipped, %d passed", skipped, passed)
	}
	s = sampleSite(t)
	s.expect(s.build("--warn-error"), 1, "FAIL  unique_user_account_user_id", "campaign_audience: as test ", "Nothing published")
}
