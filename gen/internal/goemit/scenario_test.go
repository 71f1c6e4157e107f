package goemit_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"martlet/internal/scratch"
)

// Each folder of testdata/scenarios is a project: a schema, its seeds, and what
// its models must give, checked by hand. All are compiled as one program and
// run. expected/tests lists how often each test fails, and in how many values
// where the test counts those; expected/stored has the files of failing rows;
// expected/failures, of a project whose expressions have no value on some rows,
// what is said of them; expected/unit_tests what is said of unit tests, of a
// project that has them, and expected/freshness, how old its sources are. What
// the plan proves is run too, in a second run.
const scenarios = "testdata/scenarios"

func TestScenarios(t *testing.T) {
	paths, err := filepath.Glob(filepath.Join(scenarios, "*", "schema.toml"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no scenarios: %v", err)
	}
	schemas := map[string]string{}
	for _, path := range paths {
		schemas[filepath.Base(filepath.Dir(path))] = read(t, path)
	}
	program := scratch.Compile(t, schemas)
	for name := range schemas {
		t.Run(name, func(t *testing.T) { scenario(t, program, name) })
	}
}

func scenario(t *testing.T, program *scratch.Program, name string) {
	dir, root := filepath.Join(scenarios, name), t.TempDir()
	if _, err := os.Stat(filepath.Join(dir, "expected", "unit_tests")); err == nil {
		unitTests(t, program, name)
		return
	}
	if err := os.CopyFS(filepath.Join(root, "seeds"), os.DirFS(filepath.Join(dir, "seeds"))); err != nil {
		t.Fatal(err)
	}
	got := program.Run(t, name, "--root", root, "--as-of", "2024-05-01T00:00:00Z")
	if said, err := os.ReadFile(filepath.Join(dir, "expected", "failures")); err == nil {
		for line := range strings.Lines(string(said)) {
			if got.Exit != 1 || !strings.Contains(got.Stdout, strings.TrimSpace(line)) {
				t.Errorf("exit status %d, want 1 and %s in\n%s%s", got.Exit, line, got.Stdout, got.Stderr)
			}
		}
		return
	}
	if got.Exit != 0 {
		t.Fatalf("exit status %d\n%s\n%s", got.Exit, got.Stdout, got.Stderr)
	}
	expected, err := filepath.Glob(filepath.Join(dir, "expected", "*"))
	if err != nil || len(expected) == 0 {
		t.Fatalf("nothing is expected of %s: %v", name, err)
	}
	for _, path := range expected {
		file := filepath.Base(path)
		switch file {
		case "tests":
			failures(t, filepath.Join(root, "target", "run_results.json"), read(t, path))
			continue
		case "stored":
			stored(t, filepath.Join(root, "target", "failures"), path)
			continue
		}
		if file == "freshness" {
			freshness(t, filepath.Join(root, "target", "sources.json"), read(t, path))
			continue
		}
		if got := read(t, filepath.Join(root, "out", file)); got != read(t, path) {
			t.Errorf("%s is\n%s\nwant\n%s", file, got, read(t, path))
		}
	}
	again := program.Run(t, name, "--root", root, "--as-of", "2024-05-01T00:00:00Z", "--no-proofs")
	if again.Exit != 0 {
		t.Errorf("with --no-proofs: exit status %d\n%s\n%s", again.Exit, again.Stdout, again.Stderr)
	}
}

// stored compares the files of failing rows: those of CSV, and that there is one
// of Arrow beside each.
func stored(t *testing.T, got, want string) {
	t.Helper()
	for _, folder := range []string{got, want} {
		files, err := filepath.Glob(filepath.Join(folder, "*.csv"))
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %v", folder, err)
		}
		for _, path := range files {
			name := filepath.Base(path)
			if found, wanted := read(t, filepath.Join(got, name)), read(t, filepath.Join(want, name)); found != wanted {
				t.Errorf("%s is\n%s\nwant\n%s", name, found, wanted)
			}
			read(t, filepath.Join(got, strings.TrimSuffix(name, ".csv")+".arrow"))
		}
	}
}

// failures compares how often each test failed.
func failures(t *testing.T, results, want string) {
	t.Helper()
	var run struct {
		Results []struct {
			UniqueID string `json:"unique_id"`
			Failures *int   `json:"failures"`
			Martlet  struct {
				Distinct int `json:"distinct_values"`
			} `json:"martlet"`
		} `json:"results"`
	}
	if err := json.Unmarshal([]byte(read(t, results)), &run); err != nil {
		t.Fatal(err)
	}
	got := map[string][2]int{}
	for _, r := range run.Results {
		if r.Failures != nil {
			got[r.UniqueID[strings.LastIndex(r.UniqueID, ".")+1:]] = [2]int{*r.Failures, r.Martlet.Distinct}
		}
	}
	for line := range strings.Lines(want) {
		var name string
		var n, values int
		read, err := fmt.Sscan(line, &name, &n, &values)
		if read < 2 {
			t.Fatal(err)
		}
		if found, ok := got[name]; !ok || found[0] != n || read == 3 && found[1] != values {
			t.Errorf("test %s failed %d times in %d values (known: %v), want %s", name, found[0], found[1], ok, line)
		}
	}
}

// freshness compares how old the sources are: name, status, seconds, and when they
// were loaded or why that is not known.
func freshness(t *testing.T, sources, want string) {
	t.Helper()
	var run struct {
		Results []struct {
			UniqueID string  `json:"unique_id"`
			Status   string  `json:"status"`
			Ago      float64 `json:"max_loaded_at_time_ago_in_s"`
			Latest   string  `json:"max_loaded_at"`
			Error    string  `json:"error"`
		} `json:"results"`
	}
	if err := json.Unmarshal([]byte(read(t, sources)), &run); err != nil {
		t.Fatal(err)
	}
	got := ""
	for _, r := range run.Results {
		got += fmt.Sprintln(r.UniqueID[strings.LastIndex(r.UniqueID, ".")+1:], strings.ReplaceAll(r.Status, " ", "_"), r.Ago, r.Latest+r.Error)
	}
	if got != want {
		t.Errorf("freshness is\n%s\nwant\n%s", got, want)
	}
}

func read(t testing.TB, path string) string {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}
