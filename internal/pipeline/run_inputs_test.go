package pipeline

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"martlet/internal/delimited"
	"martlet/internal/ingest"
)

// A run does not publish what it made of a file that changed under its hands: since its
// digest was taken, or since it was opened.
func TestInputsChanged(t *testing.T) {
	start := time.Now().Add(-time.Hour)
	for name, c := range map[string]struct {
		before, meanwhile func(path string) // its digest is taken before both
		changed           bool
	}{
		"not at all":                   {},
		"it grew before it was opened": {before: func(path string) { put(t, path, "id\n1\n2\n", start) }, changed: true},
		"it is another one":            {before: func(path string) { remake(t, path, "id\n2\n", start) }, changed: true},
		"it was touched while read":    {meanwhile: func(path string) { put(t, path, "id\n1\n", start.Add(time.Second)) }, changed: true},
		"it is gone":                   {meanwhile: func(path string) { os.Remove(path) }, changed: true},
	} {
		root := t.TempDir()
		path := filepath.Join(root, "x.csv")
		stat := func() os.FileInfo {
			info, err := os.Stat(path)
			if err != nil {
				t.Fatal(err)
			}
			return info
		}
		put(t, path, "id\n1\n", start)
		r := &run{settings: &settings{root: root}, places: &places{files: []seedFile{{SeedResult: ingest.SeedResult{Path: "x.csv", Seen: stat()}}}}}
		if c.before != nil {
			c.before(path)
		}
		r.inputs = [][]*input{{{reader: &delimited.Reader{}, info: stat()}}}
		if c.meanwhile != nil {
			c.meanwhile(path)
		}
		err := r.inputsChanged()
		if c.changed != (err != nil) || err != nil && !strings.Contains(err.Error(), "x.csv: the file was changed while it was read") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func put(t *testing.T, path, content string, at time.Time) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o640); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(path, at, at); err != nil {
		t.Fatal(err)
	}
}

// remake puts another file in its place.
func remake(t *testing.T, path, content string, at time.Time) {
	t.Helper()
	put(t, path+".new", content, at)
	if err := os.Rename(path+".new", path); err != nil {
		t.Fatal(err)
	}
}
