package publish

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// numbered is an edition that differs from those of other names.
func numbered(id string) edition {
	return edition{id: id, files: content{"f": id, "only " + id: id}, state: content{"s": "state of " + id}, log: "log of " + id}
}

// goBack rolls back and checks what is current then.
func goBack(t *testing.T, p *Publisher, to, want string) {
	t.Helper()
	got, err := p.Rollback(to, nil)
	if err != nil {
		t.Fatal(err)
	}
	name, dir, ok := p.Current()
	if got.Run != want || name != want || dir != filepath.Join(p.out, "runs", want) || !ok {
		t.Errorf("a rollback to %q led to %q, current is %q in %s, %v; want %q", to, got.Run, name, dir, ok, want)
	}
	if found, err := published(p.out); err != nil || !maps.Equal(found, numbered(want).whole()) {
		t.Errorf("current holds %v, %v", found, err)
	}
	if names := list(t, p.out); slices.Contains(names, "s") || !slices.Contains(names, "only "+want) {
		t.Errorf("the published folder holds %q after a rollback to %s", names, want)
	}
}

// refused wants a rollback that says why there is none.
func refusedRollback(t *testing.T, p *Publisher, to string, words ...string) {
	t.Helper()
	before, _, _ := p.Current()
	_, err := p.Rollback(to, nil)
	for _, word := range words {
		if err == nil || !strings.Contains(err.Error(), word) {
			t.Errorf("a rollback to %q gave %v; want %q", to, err, word)
		}
	}
	if now, _, _ := p.Current(); now != before {
		t.Errorf("current is %q, was %q", now, before)
	}
}

func TestRollback(t *testing.T) {
	out := t.TempDir()
	p := open(t, out)
	if _, _, ok := p.Current(); ok {
		t.Error("there is a current run before the first")
	}
	refusedRollback(t, p, "", "nothing is published", "none to go back to")
	for _, id := range []string{"a", "b", "c", "d"} {
		mustPublish(t, p, numbered(id))
	}
	goBack(t, p, "", "c")
	goBack(t, p, "", "b")
	refusedRollback(t, p, "", "no run is kept that was published before b", "c (published 20", "d (published 20")
	refusedRollback(t, p, "a", "no run a")
	goBack(t, p, "b", "b") // it is so already
	goBack(t, p, "d", "d") // and forward again
	goBack(t, p, "", "c")

	// The next run goes on from there.
	mustPublish(t, p, numbered("e"))
	goBack(t, p, "", "c")
	if got := list(t, filepath.Join(out, "runs")); !slices.Equal(got, []string{"c", "d", "e"}) {
		t.Errorf("runs are %q", got)
	}
}

// It goes by publications: a run that was published twice was so before two others.
func TestRollbackOfARunPublishedTwice(t *testing.T) {
	p := open(t, t.TempDir())
	for _, id := range []string{"a", "b", "a"} {
		mustPublish(t, p, numbered(id))
		mustPublish(t, p, numbered(id)) // the same again is no publication
	}
	goBack(t, p, "", "b")
	goBack(t, p, "", "a")
	refusedRollback(t, p, "", "published before a", "b (published")
}

// The order does not rest on the times of folders, nor on the clock.
func TestRollbackIgnoresFolderTimes(t *testing.T) {
	out := t.TempDir()
	p := open(t, out)
	for i, id := range []string{"a", "b", "c"} {
		mustPublish(t, p, numbered(id))
		at := time.Now().Add(-time.Duration(i) * time.Hour)
		if err := os.Chtimes(filepath.Join(out, "runs", id), at, at); err != nil {
			t.Fatal(err)
		}
	}
	goBack(t, p, "", "b")
	goBack(t, p, "", "a")
}

// Where the record of publications is lost, the times of the folders are all there is.
func TestRollbackWithoutARecord(t *testing.T) {
	out := t.TempDir()
	p := open(t, out)
	for i, id := range []string{"c", "a", "b"} {
		mustPublish(t, p, numbered(id))
		at := time.Now().Add(time.Duration(i-9) * time.Hour)
		if err := os.Chtimes(filepath.Join(out, "runs", id), at, at); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Remove(filepath.Join(out, historyName)); err != nil {
		t.Fatal(err)
	}
	goBack(t, p, "", "a")
	goBack(t, p, "", "c")
	mustPublish(t, p, numbered("d"))
	goBack(t, p, "", "c")
}

func TestRollbackLogs(t *testing.T) {
	out := t.TempDir()
	p := open(t, out)
	mustPublish(t, p, numbered("a"))
	mustPublish(t, p, numbered("b"))
	why := errors.New("no")
	for _, err := range []error{why, nil} {
		_, got := p.Rollback("", func(r *Return) error {
			if r.From != filepath.Join(out, "runs", "b") || r.To != filepath.Join(out, "runs", "a") {
				t.Errorf("it goes from %s to %s", r.From, r.To)
			}
			return errors.Join(fill(sound(), "back")(r.Append(logsFolder, "arrow")), err)
		})
		if !errors.Is(got, err) {
			t.Errorf("Rollback gave %v, want %v", got, err)
		}
		tidy(t, out, "after a rollback")
	}
	wantLogs(t, out, "log of a", "log of b", "back")
}

// wantLogs compares the logs in the order of their names.
func wantLogs(t *testing.T, out string, want ...string) {
	t.Helper()
	logs := logsIn(t, out)
	var got []string
	for _, name := range slices.Sorted(maps.Keys(logs)) {
		got = append(got, logs[name])
	}
	if !slices.Equal(got, want) {
		t.Errorf("the logs are %q, want %q", got, want)
	}
}

func TestRuns(t *testing.T) {
	out := t.TempDir()
	p := open(t, out)
	for _, id := range []string{"a", "b", "c"} {
		mustPublish(t, p, numbered(id))
	}
	goBack(t, p, "", "b")
	runs, err := Runs(out)
	var got []string
	for _, x := range runs {
		got = append(got, fmt.Sprintf("%s %v %v", x.Run, x.Current, x.Previous))
		if time.Since(x.At) > time.Minute {
			t.Errorf("%s was published %v", x.Run, x.At)
		}
	}
	if want := []string{"b true false", "c false false", "a false true"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("found %q, %v; want %q", got, err, want)
	}
	if runs, err := Runs(filepath.Join(out, "nowhere")); err != nil || len(runs) > 0 {
		t.Errorf("of no folder: %v, %v", runs, err)
	}
}
