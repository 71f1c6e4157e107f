package publish

import (
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// Logs stay when runs go, sort by publication, and are links of nothing.
func TestLogsStay(t *testing.T) {
	out := t.TempDir()
	p := open(t, out)
	p.Keep(1)
	for _, id := range []string{"z", "y", "y", "x"} { // the second y changes nothing
		mustPublish(t, p, numbered(id))
	}
	wantLogs(t, out, "log of z", "log of y", "log of x")
	if runs := list(t, filepath.Join(out, "runs")); !slices.Equal(runs, []string{"x"}) {
		t.Errorf("runs are %q", runs)
	}
	tidy(t, out, "at the end")
}

// The logs of a run that never became the current one are removed by whoever
// comes next, and by nobody those of others.
func TestLogsOfARunThatWasNotPublished(t *testing.T) {
	out := t.TempDir()
	p := open(t, out)
	mustPublish(t, p, numbered("a"))
	if err := os.WriteFile(filepath.Join(out, logsFolder, "20990101T000000.000Z-b.arrow"), []byte("a user's"), 0o600); err != nil {
		t.Fatal(err)
	}
	r, err := numbered("b").stageOn(sound(), p)
	if err != nil {
		t.Fatal(err)
	}
	p.disk.symlink = func(string, string) error { return errInjected }
	p.disk.remove = func(string) error { return errInjected } // it is dead
	if err := r.Commit(); !errors.Is(err, errInjected) {
		t.Fatalf("Commit gave %v", err)
	}
	wantLogs(t, out, "log of a", "log of b", "a user's")
	p.disk = system
	if err := stage(t, p, "c", nil).Abort(); err != nil {
		t.Fatal(err)
	}
	wantLogs(t, out, "log of a", "a user's")
	mustPublish(t, p, numbered("c"))
	wantLogs(t, out, "log of a", "log of c", "a user's")
}

func TestLogsInTheWay(t *testing.T) {
	out := t.TempDir()
	p := open(t, out)
	if err := os.WriteFile(filepath.Join(out, logsFolder), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := numbered("a").publishOn(sound(), p); err == nil {
		t.Error("a file is a folder of logs")
	}
	r := stage(t, p, "b", content{"x": ""})
	for _, folder := range []string{"", "..", "runs", "current", "a/b"} {
		if _, err := r.Append(folder, "arrow"); err == nil {
			t.Errorf("logs in %q", folder)
		}
	}
	if err := fill(sound(), "")(r.Append("x", "arrow")); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Append("x", "arrow"); !errors.Is(err, os.ErrExist) {
		t.Errorf("the same log twice: %v", err)
	}
	if err := r.Commit(); err == nil {
		t.Error("x is a file and a folder of logs")
	}
}

// A subfolder tells a run from others of its id, and may hold files of an earlier
// run, by link or as a copy.
func TestSubfolders(t *testing.T) {
	out := t.TempDir()
	p := open(t, out)
	first := edition{id: "a", files: content{"f": "1"}, state: content{"same": "s", "other": "1"}}
	mustPublish(t, p, first)
	mustPublish(t, p, first)
	second := edition{id: "a", files: content{"f": "1"}, state: content{"same": "s", "other": "2"}}
	mustPublish(t, p, second)
	if runs := list(t, filepath.Join(out, "runs")); !slices.Equal(runs, []string{"a", "a.2"}) {
		t.Errorf("runs are %q", runs)
	}
	if got, err := published(out); err != nil || !maps.Equal(got, second.whole()) {
		t.Errorf("current holds %v, %v", got, err)
	}
	same := func(run string) os.FileInfo {
		info, err := os.Stat(filepath.Join(out, "runs", run, "state/same"))
		if err != nil {
			t.Fatal(err)
		}
		return info
	}
	if !os.SameFile(same("a"), same("a.2")) {
		t.Error("the file was not linked")
	}
	p.disk.link = func(string, string) error { return os.ErrPermission }
	third := edition{id: "b", files: content{"f": "1"}, state: content{"same": "s"}}
	mustPublish(t, p, third)
	if os.SameFile(same("a"), same("b")) {
		t.Error("the file was linked")
	}
	if got, err := published(out); err != nil || !maps.Equal(got, third.whole()) {
		t.Errorf("current holds %v, %v", got, err)
	}

	r := stage(t, p, "c", nil)
	if _, err := r.Subfolder("state"); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Create("state"); !errors.Is(err, os.ErrExist) {
		t.Errorf("a file with the name of a subfolder: %v", err)
	}
	if err := r.Link("state", "gone", filepath.Join(out, "gone")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a link to nothing: %v", err)
	}
	if err := os.Symlink("x", filepath.Join(r.Dir(), "state", "link")); err != nil {
		t.Fatal(err)
	}
	if err := r.Commit(); err == nil {
		t.Error("a link is part of a run")
	}
}
