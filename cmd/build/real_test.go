package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"martlet/internal/scratch"
)

// The workbook that the project was ordered with, which is not part of it.
const realWorkbook = "../shared/data/ae_sample_db.xlsx"

func TestRealWorkbook(t *testing.T) {
	book, err := os.ReadFile(filepath.Join(scratch.Root(), filepath.FromSlash(realWorkbook)))
	if errors.Is(err, fs.ErrNotExist) {
		t.Skipf("there is no %s beside the repository", realWorkbook)
	}
	if err != nil {
		t.Fatal(err)
	}
	country, err := os.ReadFile(filepath.Join(scratch.Root(), "seeds", "country.csv"))
	if err != nil {
		t.Fatal(err)
	}
	s := &site{t, t.TempDir()}
	s.write("raw_data/ae_sample_db.xlsx", string(book))
	s.write("seeds/country.csv", string(country))
	s.expect(s.build(), 0, "Done.", "1 warned, 0 failed", "WARN  preference_recorded_since_2020: 1 of 1 row")

	want := map[string]string{
		"user_id": "13456", "email": "mr_smith@gmail.com",
		"created_at": "2024-04-01 00:03:32", "last_updated_time": "2024-04-08 11:01:54", "last_seen_ts": "2024-04-08 11:01:54",
		"user_opt_in_marketing": "false", "is_closed": "false", "is_reopened": "false",
		"recency_segmentation": "0-30 days", "mart_built_at": "2024-05-01 00:00:00+00",
	}
	header, records := readCSV(t, s.path(martCSV))
	if !slices.Equal(header, martHeader) || len(records) != 1 {
		t.Fatalf("columns %q and %d rows, want %q and 1", header, len(records), martHeader)
	}
	for i, name := range header {
		if records[0][i] != want[name] { // the others are null
			t.Errorf("%s is %q, want %q", name, records[0][i], want[name])
		}
	}
	results := readResults(t, s.path("target/run_results.json"))
	if got := results.warnings(); !slices.Equal(got, []string{"preference_recorded_since_2020"}) {
		t.Errorf("warnings: %q", got)
	}
	if strings.Contains(s.read(martCSV), `""`) {
		t.Error("empty text stands where null should")
	}
}
