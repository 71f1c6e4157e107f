package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"martlet/generated"
	"martlet/internal/pipeline"
	"martlet/internal/scratch"
)

// asOf is the time of every run here that does not try out others.
const asOf = "2024-05-01T00:00:00Z"

const (
	martCSV   = "out/mart_users_marketing.csv"
	martArrow = "out/mart_users_marketing.arrow"
)

// site is a folder of inputs and what runs make of it.
type site struct {
	t    testing.TB
	root string
}

// outcome is how one command line ended.
type outcome struct {
	exit           int
	stdout, stderr string
}

// sampleSite is a copy of the sample.
func sampleSite(t testing.TB) *site {
	t.Helper()
	s := &site{t, t.TempDir()}
	for _, dir := range []string{"raw_data", "seeds"} {
		copyFiles(t, filepath.Join(scratch.Root(), dir), filepath.Join(s.root, dir))
	}
	return s
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

func (s *site) path(name string) string { return filepath.Join(s.root, filepath.FromSlash(name)) }

func (s *site) read(name string) string {
	s.t.Helper()
	content, err := os.ReadFile(s.path(name))
	if err != nil {
		s.t.Fatal(err)
	}
	return string(content)
}

func (s *site) write(name, content string) {
	s.t.Helper()
	if err := os.MkdirAll(filepath.Dir(s.path(name)), 0o755); err != nil {
		s.t.Fatal(err)
	}
	if err := os.WriteFile(s.path(name), []byte(content), 0o644); err != nil {
		s.t.Fatal(err)
	}
}

func (s *site) remove(names ...string) {
	s.t.Helper()
	for _, name := range names {
		if err := os.Remove(s.path(name)); err != nil {
			s.t.Fatal(err)
		}
	}
}

// replace changes the one place of a file that holds old.
func (s *site) replace(name, old, new string) {
	s.t.Helper()
	content := s.read(name)
	if strings.Count(content, old) != 1 {
		s.t.Fatalf("%s holds %q %d times, want once", name, old, strings.Count(content, old))
	}
	s.write(name, strings.Replace(content, old, new, 1))
}

// run gives a command line to the program, within this process.
func (s *site) run(args ...string) outcome {
	s.t.Helper()
	var stdout, stderr bytes.Buffer
	exit := pipeline.Execute(s.t.Context(), generated.Project(), append(args, "--root", s.root), &stdout, &stderr)
	return outcome{exit, stdout.String(), stderr.String()}
}

// build runs everything at the usual time, or at that of args.
func (s *site) build(args ...string) outcome {
	s.t.Helper()
	return s.run(append([]string{"--as-of", asOf}, args...)...)
}

// expect fails the test where a run did not end with the status or did not say
// all of the words.
func (s *site) expect(got outcome, exit int, words ...string) {
	s.t.Helper()
	if got.exit != exit {
		s.t.Errorf("exit status %d, want %d", got.exit, exit)
	}
	for _, word := range words {
		if !strings.Contains(got.stdout+got.stderr, word) {
			s.t.Errorf("nothing says %q", word)
		}
	}
	if s.t.Failed() {
		s.t.Fatalf("standard output:\n%s\nstandard error:\n%s", got.stdout, got.stderr)
	}
}

// tree is a folder: the content of each file, where each link leads.
func (s *site) tree(name string) map[string]string {
	s.t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir(s.path(name), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(s.path(name), path)
		if err != nil {
			return err
		}
		if d.Type() == fs.ModeSymlink {
			found[rel], err = os.Readlink(path)
			return err
		}
		content, err := os.ReadFile(path)
		found[rel] = string(content)
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return found
}

// readCSV gives the header and the records of a file.
func readCSV(t testing.TB, path string) (header []string, records [][]string) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	all, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return all[0], all[1:]
}

// runResults is what these tests read of run_results.json.
type runResults struct {
	Results []struct {
		UniqueID string `json:"unique_id"`
		Status   string
		Failures *int
		Martlet  struct {
			Kind     string
			RowsIn   int64 `json:"rows_in"`
			Rejected int64
			Filtered int64
			Folded   int64
			RowsOut  int64 `json:"rows_out"`
		}
	}
}

func readResults(t testing.TB, path string) runResults {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var r runResults
	if err := json.Unmarshal(content, &r); err != nil {
		t.Fatal(err)
	}
	return r
}

// test finds a test by the last part of its unique id.
func (r *runResults) test(name string) (status string, failures int) {
	for _, x := range r.Results {
		if strings.HasSuffix(x.UniqueID, "."+name) && x.Failures != nil {
			return x.Status, *x.Failures
		}
	}
	return "", 0
}

// warnings are the tests that warned.
func (r *runResults) warnings() (names []string) {
	for _, x := range r.Results {
		if x.Status == "warn" {
			names = append(names, x.UniqueID[strings.LastIndexByte(x.UniqueID, '.')+1:])
		}
	}
	return names
}
