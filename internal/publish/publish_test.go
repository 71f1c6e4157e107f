package publish

import (
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// content is a run's files by name.
type content map[string]string

func open(t *testing.T, out string) *Publisher {
	t.Helper()
	p, err := Open(t.Context(), out, Waiting{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { shut(t, p) })
	return p
}

func shut(t *testing.T, p *Publisher) {
	t.Helper()
	if err := p.Close(); err != nil {
		t.Error(err)
	}
}

func stage(t *testing.T, p *Publisher, id string, files content) *Run {
	t.Helper()
	r, err := p.Begin(id)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range files {
		f, err := r.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.WriteString(text); err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return r
}

func publish(t *testing.T, p *Publisher, id string, files content) *Run {
	t.Helper()
	r := stage(t, p, id, files)
	if err := r.Commit(); err != nil {
		t.Fatal(err)
	}
	return r
}

// published reads what a reader finds: the files below current, by path.
func published(out string) (content, error) {
	dir, err := filepath.EvalSymlinks(filepath.Join(out, "current"))
	if err != nil {
		return nil, err
	}
	return contentOf(dir)
}

// contentOf reads all files of a folder.
func contentOf(dir string) (content, error) {
	files := content{}
	err := filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		files[strings.TrimPrefix(path, dir+"/")] = string(text)
		return err
	})
	return files, err
}

// wantPublished compares the published folder, links followed and the lock left
// out, with what a run of these files leaves.
func wantPublished(t *testing.T, out string, want content, wantRuns ...string) {
	t.Helper()
	got, err := published(out)
	if err != nil {
		t.Fatal(err)
	}
	if !maps.Equal(got, want) {
		t.Errorf("current holds %v, want %v", got, want)
	}
	names := list(t, out)
	wantNames := append([]string{".lock", ".publications", "current", "runs"}, slices.Collect(maps.Keys(want))...)
	slices.Sort(wantNames)
	if !slices.Equal(names, wantNames) {
		t.Errorf("the published folder holds %q, want %q", names, wantNames)
	}
	for name, text := range want {
		if got, err := os.ReadFile(filepath.Join(out, name)); err != nil || string(got) != text {
			t.Errorf("%s reads %q, %v; want %q", name, got, err, text)
		}
		if target, err := os.Readlink(filepath.Join(out, name)); err != nil || target != "current/"+name {
			t.Errorf("%s links to %q, %v", name, target, err)
		}
	}
	if wantRuns != nil {
		if runs := list(t, filepath.Join(out, "runs")); !slices.Equal(runs, wantRuns) {
			t.Errorf("runs are %q, want %q", runs, wantRuns)
		}
	}
}

func list(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	names := []string{}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func TestCommit(t *testing.T) {
	out := filepath.Join(t.TempDir(), "deep", "o[u]t*")
	p := open(t, out)

	first := content{"a.csv": "1\n", "b.csv": "x\n"}
	r := publish(t, p, "one", first)
	wantPublished(t, out, first, "one")
	if want := filepath.Join(out, "runs", "one"); r.Dir() != want {
		t.Errorf("Dir = %s, want %s", r.Dir(), want)
	}

	second := content{"a.csv": "2\n", "c.csv": "new\n"}
	publish(t, p, "two", second)
	wantPublished(t, out, second, "one", "two") // the link b.csv is gone

	publish(t, p, "two", second) // the same again: nothing new
	wantPublished(t, out, second, "one", "two")

	third := content{"a.csv": "3\n"}
	publish(t, p, "two", third) // the same id with other files
	wantPublished(t, out, third, "one", "two", "two.2")

	publish(t, p, "two", second) // back to the earlier files of the id
	wantPublished(t, out, second, "one", "two", "two.2")
}

func TestCommitModes(t *testing.T) {
	out := filepath.Join(t.TempDir(), "out")
	p := open(t, out)
	publish(t, p, "one", content{"a.csv": ""})
	for path, want := range map[string]os.FileMode{
		".": 0o750, "runs": 0o750, "runs/one": 0o750, "runs/one/a.csv": 0o640, ".lock": 0o640,
	} {
		info, err := os.Stat(filepath.Join(out, path))
		if err != nil {
			t.Fatal(err)
		}
		// The process's mask may take more away, never less.
		if got := info.Mode().Perm(); got&^want != 0 || got&0o600 != 0o600 {
			t.Errorf("%s has mode %o, want at most %o", path, got, want)
		}
	}
}

func TestRetention(t *testing.T) {
	out := t.TempDir()
	p := open(t, out)
	one, two := content{"a": "1"}, content{"a": "2"}
	publish(t, p, "z", one)
	publish(t, p, "y", two)
	publish(t, p, "x", one)
	publish(t, p, "w", two)
	wantPublished(t, out, two, "w", "x", "y")

	publish(t, p, "y", two) // counts as the newest again
	publish(t, p, "v", one)
	wantPublished(t, out, one, "v", "w", "y")

	p.Keep(0) // the current run stays whatever is asked
	publish(t, p, "u", two)
	wantPublished(t, out, two, "u")
}

// The current run stays although it is not the one published last, as where
// somebody has pointed current at it.
func TestRetentionKeepsCurrent(t *testing.T) {
	out := t.TempDir()
	p := open(t, out)
	for _, id := range []string{"a", "b", "c"} {
		publish(t, p, id, content{"f": id})
	}
	if err := errors.Join(os.Remove(filepath.Join(out, "current")), os.Symlink("runs/a", filepath.Join(out, "current"))); err != nil {
		t.Fatal(err)
	}
	p.Keep(2)
	publish(t, p, "a", content{"f": "a"})
	wantPublished(t, out, content{"f": "a"}, "a", "c")
}

func TestAbort(t *testing.T) {
	out := t.TempDir()
	p := open(t, out)
	files := content{"a": "1"}
	r := publish(t, p, "one", files)
	if err := r.Abort(); err != nil { // deferred after a Commit
		t.Fatal(err)
	}
	r = stage(t, p, "two", content{"a": "2"})
	if err := r.Abort(); err != nil {
		t.Fatal(err)
	}
	wantPublished(t, out, files, "one")
	if err := r.Commit(); err == nil {
		t.Error("a run was committed after it was given up")
	}
	if _, err := r.Create("b"); err == nil {
		t.Error("a file was created after the run was given up")
	}
}

// Close gives up the run that is still being written.
func TestCloseAborts(t *testing.T) {
	out := t.TempDir()
	p := open(t, out)
	stage(t, p, "one", content{"a": "1"})
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	if runs := list(t, filepath.Join(out, "runs")); len(runs) != 0 {
		t.Errorf("runs are %q after Close", runs)
	}
	if _, err := p.Begin("two"); err == nil {
		t.Error("a run was begun after Close")
	}
}

func TestOneRunAtATime(t *testing.T) {
	p := open(t, t.TempDir())
	stage(t, p, "one", nil)
	if _, err := p.Begin("two"); err == nil || !strings.Contains(err.Error(), "run one") {
		t.Errorf("a second run: %v", err)
	}
}

func TestNames(t *testing.T) {
	p := open(t, t.TempDir())
	for _, bad := range []string{"", ".", "..", ".hidden", "a/b", `a\b`, "a\nb", "*"} {
		if _, err := p.Begin(bad); err == nil {
			t.Errorf("run id %q was taken", bad)
		}
	}
	r := stage(t, p, "ok-1.2_3", nil)
	for _, bad := range []string{"", "..", ".lock", "a/b", "runs", "current"} {
		if _, err := r.Create(bad); err == nil {
			t.Errorf("file name %q was taken", bad)
		}
	}
	f, err := r.Create("twice")
	if err != nil {
		t.Fatal(err)
	}
	f.Close()
	if _, err := r.Create("twice"); !errors.Is(err, os.ErrExist) {
		t.Errorf("a file created twice: %v", err)
	}
}

// A user's file is never replaced by a link, and all of them are reported.
func TestInTheWay(t *testing.T) {
	out := t.TempDir()
	p := open(t, out)
	for _, name := range []string{"current", "a.csv"} {
		if err := os.WriteFile(filepath.Join(out, name), []byte("mine"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	err := stage(t, p, "one", content{"a.csv": "1", "b.csv": "2"}).Commit()
	if err == nil || !strings.Contains(err.Error(), "current") || !strings.Contains(err.Error(), "a.csv") {
		t.Errorf("Commit over a user's files: %v", err)
	}
	if got := list(t, out); !slices.Equal(got, []string{".lock", "a.csv", "current", "runs"}) {
		t.Errorf("the published folder holds %q", got)
	}
	if runs := list(t, filepath.Join(out, "runs")); len(runs) != 0 {
		t.Errorf("runs are %q", runs)
	}
}

// Links and files that are not ours stay.
func TestStrangersStay(t *testing.T) {
	out := t.TempDir()
	p := open(t, out)
	if err := os.Symlink("elsewhere", filepath.Join(out, "mine.csv")); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(out, "README"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	publish(t, p, "one", content{"a.csv": "1"})
	if got, want := list(t, out), []string{".lock", ".publications", "README", "a.csv", "current", "mine.csv", "runs"}; !slices.Equal(got, want) {
		t.Errorf("the published folder holds %q, want %q", got, want)
	}
}

func TestBeginRemovesLeftovers(t *testing.T) {
	out := t.TempDir()
	p := open(t, out)
	for _, left := range []string{"runs/.staging-dead/a", "runs/.staging-one/a", ".publishing-current"} {
		if err := os.MkdirAll(filepath.Join(out, left), 0o750); err != nil {
			t.Fatal(err)
		}
	}
	files := content{"a": "1"}
	publish(t, p, "one", files)
	wantPublished(t, out, files, "one")
}
