package main

import (
	"encoding/csv"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"martlet/internal/scratch"
)

// sampleRoot copies the sample's inputs into a folder of the test's own.
func sampleRoot(t testing.TB) string {
	t.Helper()
	root := t.TempDir()
	for _, dir := range []string{"raw_data", "seeds"} {
		copyFiles(t, filepath.Join(scratch.Root(), dir), filepath.Join(root, dir))
	}
	return root
}

// copyFiles copies the files of a folder that are data.
func copyFiles(t testing.TB, from, to string) {
	t.Helper()
	err := filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) == ".go" {
			return err
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if err := os.MkdirAll(filepath.Dir(filepath.Join(to, rel)), 0o755); err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(to, rel), content, 0o644)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// buildMart runs one version of the sample and reads what it published.
func buildMart(t testing.TB, p *scratch.Program, root, version string) *mart {
	t.Helper()
	out := t.TempDir()
	got := p.Run(t, version, "--root", root, "--out", out, "--target-path", filepath.Join(out, "target"), "--as-of", asOf)
	m := &mart{rows: map[string]map[string]string{}, failures: failuresOf(t, filepath.Join(out, "target", "run_results.json"))}
	path := filepath.Join(out, "mart_users_marketing.csv")
	if _, err := os.Stat(path); err != nil {
		// A broken version may fail its own tests and publish nothing.
		t.Logf("%s published nothing: exit status %d\n%s%s", version, got.Exit, got.Stdout, got.Stderr)
		return m
	}
	ids, rows, err := readCSV(path)
	if err != nil {
		t.Fatal(err)
	}
	for i, id := range ids {
		m.rows[id] = rows[i]
	}
	m.order = ids
	return m
}

// readCSV gives the first column, and each record by column name.
func readCSV(path string) (first []string, rows []map[string]string, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	records, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return nil, nil, err
	}
	for _, r := range records[1:] {
		row := map[string]string{}
		for i, name := range records[0] {
			row[name] = r[i]
		}
		first, rows = append(first, r[0]), append(rows, row)
	}
	return first, rows, nil
}

// failuresOf reads how many rows failed each test.
func failuresOf(t testing.TB, path string) map[string]int {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var run struct {
		Results []struct {
			UniqueID string `json:"unique_id"`
			Failures *int   `json:"failures"`
		} `json:"results"`
	}
	if err := json.Unmarshal(content, &run); err != nil {
		t.Fatal(err)
	}
	failures := map[string]int{}
	for _, r := range run.Results {
		if r.Failures != nil {
			failures[testName(r.UniqueID)] = *r.Failures
		}
	}
	return failures
}

// testName is the last part of a unique id: test.<project>.<name>.
func testName(id string) string {
	for i := len(id) - 1; i >= 0; i-- {
		if id[i] == '.' {
			return id[i+1:]
		}
	}
	return id
}
