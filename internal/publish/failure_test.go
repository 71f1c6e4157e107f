package publish

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"sync"
	"testing"
)

var errInjected = errors.New("injected failure")

// failing wraps the system's operations: calls from..to, counted from 0, fail.
// It returns the number of calls made so far.
func failing(from, to int) (disk, func() int) {
	calls := 0
	fails := func() error {
		at := calls
		calls++
		if from <= at && at < to {
			return errInjected
		}
		return nil
	}
	one := func(op func(string) error) func(string) error {
		return func(path string) error {
			if err := fails(); err != nil {
				return err
			}
			return op(path)
		}
	}
	two := func(op func(string, string) error) func(string, string) error {
		return func(a, b string) error {
			if err := fails(); err != nil {
				return err
			}
			return op(a, b)
		}
	}
	return disk{
		rename: two(system.rename), symlink: two(system.symlink),
		remove: one(system.remove), removeAll: one(system.removeAll), sync: one(system.sync),
	}, func() int { return calls }
}

const never = 1 << 30

// Each step of a commit fails in turn, alone (an I/O error) or with all after
// it (the program is killed). Whatever fails, readers find the old run or the
// new one, whole, and the next commit succeeds.
func TestCommitSurvivesFailure(t *testing.T) {
	before := content{"a": "old", "b": "old"}
	after := content{"a": "new", "c": "new"}
	for _, again := range []bool{false, true} { // the run commits files that are there already
		steps := commitFailing(t, before, after, again, never, never)
		if steps < 8 {
			t.Fatalf("a commit took %d steps; the test has lost sight of them", steps)
		}
		for step := range steps {
			commitFailing(t, before, after, again, step, step+1)
			commitFailing(t, before, after, again, step, never)
		}
	}
}

// commitFailing publishes before, then after with failing steps, checks what
// readers see, and mends it. It returns the number of steps of the commit.
func commitFailing(t *testing.T, before, after content, again bool, from, to int) int {
	t.Helper()
	at := fmt.Sprintf("again=%v, steps %d to %d fail", again, from, to)
	out := t.TempDir()
	p, err := Open(out)
	if err != nil {
		t.Fatal(err)
	}
	if again {
		publish(t, p, "new", after)
	}
	publish(t, p, "old", before)
	p.Keep(1)

	r := stage(t, p, "new", after)
	var steps func() int
	p.disk, steps = failing(from, to)
	err = r.Commit()
	made := steps()
	p.disk = system
	if from < never && !errors.Is(err, errInjected) {
		t.Errorf("%s: Commit gave %v", at, err)
	}

	got, readErr := published(out)
	if readErr != nil {
		t.Fatalf("%s: no run can be read: %v", at, readErr)
	}
	isNew, isOld := maps.Equal(got, after), maps.Equal(got, before)
	var tidy *TidyError
	var unfinished *UnfinishedError
	saysNew := err == nil || errors.As(err, &tidy) || errors.As(err, &unfinished)
	switch {
	case !isNew && !isOld:
		t.Errorf("%s: current holds %v", at, got)
	case saysNew != isNew:
		t.Errorf("%s: Commit gave %v; published: %v", at, err, isNew)
	}
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}

	next := open(t, out)
	next.Keep(1)
	publish(t, next, "new", after)
	wantPublished(t, out, after)
	if runs := list(t, filepath.Join(out, "runs")); len(runs) != 1 {
		t.Errorf("%s: after mending, runs are %q", at, runs)
	}
	return made
}

// Readers that never stop find a whole run every time: one path is one whole
// file, and what current named when it was resolved stays together.
func TestReadersSeeWholeRuns(t *testing.T) {
	out := t.TempDir()
	p := open(t, out)
	p.Keep(never) // a reader here may sleep through any number of runs
	files := func(i int) content {
		text := fmt.Sprintf("run %d", i)
		return content{"a": text, "b": text}
	}
	publish(t, p, "0", files(0))

	stop := make(chan struct{})
	var readers sync.WaitGroup
	for range 2 {
		readers.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				got, err := published(out)
				if err != nil || got["a"] == "" || got["a"] != got["b"] {
					t.Errorf("a reader found %v, %v", got, err)
					return
				}
				if text, err := os.ReadFile(filepath.Join(out, "a")); err != nil || len(text) < len("run 0") {
					t.Errorf("a reader of one file found %q, %v", text, err)
					return
				}
			}
		})
	}
	for i := range 20 {
		publish(t, p, fmt.Sprint(i%7), files(i))
	}
	close(stop)
	readers.Wait()
}
