package publish

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// edition is what one run publishes.
type edition struct {
	id    string
	files content
	state content // in its subfolder "state"; linked to the run before's where the same
	log   string  // what it adds to the logs; "" is nothing
}

const logsFolder = "mart.changes"

// whole is what a reader who resolved current finds of it.
func (e edition) whole() content {
	all := maps.Clone(e.files)
	for name, text := range e.state {
		all["state/"+name] = text
	}
	return all
}

// stageOn writes the edition as a run, up to the first failure.
func (e edition) stageOn(d *faultyDisk, p *Publisher) (*Run, error) {
	_, before, _ := p.Current()
	r, err := p.Begin(e.id)
	if err != nil {
		return nil, err
	}
	err = e.write(d, r, before)
	if err != nil {
		return nil, errors.Join(err, r.Abort())
	}
	return r, nil
}

func (e edition) write(d *faultyDisk, r *Run, before string) error {
	for _, name := range slices.Sorted(maps.Keys(e.files)) {
		if err := fill(d, e.files[name])(r.Create(name)); err != nil {
			return err
		}
	}
	if len(e.state) > 0 {
		dir, err := r.Subfolder("state")
		if err != nil {
			return err
		}
		for _, name := range slices.Sorted(maps.Keys(e.state)) {
			old := filepath.Join(before, "state", name)
			if text, err := os.ReadFile(old); err == nil && string(text) == e.state[name] {
				err = r.Link("state", name, old)
				if err != nil {
					return err
				}
			} else if err := fill(d, e.state[name])(os.Create(filepath.Join(dir, name))); err != nil {
				return err
			}
		}
	}
	if e.log == "" {
		return nil
	}
	return fill(d, e.log)(r.Append(logsFolder, "arrow"))
}

// fill writes a new file and closes it.
func fill(d *faultyDisk, text string) func(*os.File, error) error {
	return func(f *os.File, err error) error {
		if err != nil {
			return err
		}
		return errors.Join(d.write(f, text), f.Close())
	}
}

// publishOn publishes the edition.
func (e edition) publishOn(d *faultyDisk, p *Publisher) error {
	r, err := e.stageOn(d, p)
	if err != nil {
		return err
	}
	return r.Commit()
}

// logsIn are the logs that readers see, by name without the time.
func logsIn(t tester, out string) map[string]string {
	t.Helper()
	logs := map[string]string{}
	entries, err := os.ReadDir(filepath.Join(out, logsFolder))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	for _, e := range entries {
		text, err := os.ReadFile(filepath.Join(out, logsFolder, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		logs[e.Name()] = string(text)
	}
	return logs
}

// tester is what *testing.T and *rapid.T have in common.
type tester interface {
	Helper()
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
	Fatal(args ...any)
}

// change is one publication under way, as readers may see it.
type change struct {
	out           string
	before, after content
	oldFiles      []string // that have links
	newFiles      []string
	oldLogs       map[string]string
	run, log      string // the run's id and what it logs; "" is nothing
}

// look is a reader: one who resolves current finds all of one run, one who opens
// one path a whole file, and the log of what is current is there.
func (c *change) look(t tester, at string) (happened bool) {
	t.Helper()
	got, err := published(c.out)
	if err != nil {
		t.Fatalf("%s: no run can be read: %v", at, err)
	}
	happened = maps.Equal(got, c.after)
	if !happened && !maps.Equal(got, c.before) {
		t.Fatalf("%s: current holds %v; expected %v or %v", at, got, c.before, c.after)
	}
	for _, name := range slices.Concat(c.oldFiles, c.newFiles) {
		text, err := os.ReadFile(filepath.Join(c.out, name))
		always := slices.Contains(c.oldFiles, name) && slices.Contains(c.newFiles, name)
		if err != nil && (always || !errors.Is(err, os.ErrNotExist)) || err == nil && string(text) != got[name] {
			t.Fatalf("%s: %s reads %q, %v; current has %q", at, name, text, err, got[name])
		}
	}
	added := c.added(t, at)
	if happened && !maps.Equal(c.before, c.after) && c.log != "" && added == 0 {
		t.Fatalf("%s: the current run lacks its log", at)
	}
	return happened
}

// added is how many logs there are beyond the old ones, all of which must be whole.
func (c *change) added(t tester, at string) (added int) {
	t.Helper()
	logs := logsIn(t, c.out)
	for name, text := range c.oldLogs {
		if logs[name] != text {
			t.Fatalf("%s: the log %s reads %q, want %q", at, name, logs[name], text)
		}
	}
	for name, text := range logs {
		if _, old := c.oldLogs[name]; old {
			continue
		}
		if added++; text != c.log || !strings.HasSuffix(name, ".arrow") || !strings.Contains(name, "-"+c.run) {
			t.Fatalf("%s: found the log %s with %q; want one of %s with %q", at, name, text, c.run, c.log)
		}
	}
	return added
}

// tidy fails the test where anything is left that was staged or half made.
func tidy(t tester, out, at string) {
	t.Helper()
	for _, pattern := range []string{pending + "*", filepath.Join(runsName, ".*")} {
		if left, err := filepath.Glob(filepath.Join(out, pattern)); err != nil || len(left) > 0 {
			t.Fatalf("%s: left behind: %q, %v", at, left, err)
		}
	}
}

var (
	oldEdition = edition{id: "old", files: content{"a": "old", "b": "old"}, state: content{"x": "same", "y": "old"}, log: "to old"}
	newEdition = edition{id: "new", files: content{"a": "new", "c": "new"}, state: content{"x": "same", "z": "new"}, log: "to new"}
)

// Each step of a publication goes wrong in turn, in every way. Whatever fails,
// readers find the old run or the new one, whole, at every instant, and doing the
// same again succeeds.
func TestPublishingSurvivesFaults(t *testing.T) {
	for name, prepare := range map[string]func(t *testing.T, p *Publisher){
		"new":            func(*testing.T, *Publisher) {},
		"there already":  func(t *testing.T, p *Publisher) { mustPublish(t, p, newEdition) },
		"other content":  func(t *testing.T, p *Publisher) { mustPublish(t, p, edition{id: "new", files: content{"a": "other"}}) },
		"others retired": func(t *testing.T, p *Publisher) { mustPublish(t, p, edition{id: "x", files: content{"a": "x"}}) },
	} {
		everyFault(t, name, func(t *testing.T, f fault) int { return publishFaulty(t, prepare, f) })
	}
}

// Rolling back survives the same.
func TestRollbackSurvivesFaults(t *testing.T) {
	everyFault(t, "rollback", rollbackFaulty)
}

// everyFault tries every kind of fault at every step.
func everyFault(t *testing.T, name string, try func(t *testing.T, f fault) (steps int)) {
	t.Helper()
	steps := try(t, noFault)
	if steps < 12 {
		t.Fatalf("%s: it took %d steps; the test has lost sight of them", name, steps)
	}
	for kind := range faultKinds {
		for step := range steps {
			t.Run(fmt.Sprintf("%s/%v", name, fault{kind, step}), func(t *testing.T) { try(t, fault{kind, step}) })
		}
	}
}

func mustPublish(t tester, p *Publisher, e edition) {
	t.Helper()
	if err := e.publishOn(sound(), p); err != nil {
		t.Fatal(err)
	}
}

func publishFaulty(t *testing.T, prepare func(*testing.T, *Publisher), f fault) (steps int) {
	out := inMemory(t)
	p := open(t, out)
	prepare(t, p)
	mustPublish(t, p, oldEdition)
	shut(t, p)

	c := &change{out: out, before: oldEdition.whole(), after: newEdition.whole(), oldFiles: []string{"a", "b"}, newFiles: []string{"a", "c"},
		oldLogs: logsIn(t, out), run: "new", log: newEdition.log}
	steps, err := attempt(t, c, f, func(d *faultyDisk, p *Publisher) error {
		p.Keep(2)
		return newEdition.publishOn(d, p)
	})
	c.judge(t, f, err)

	next := open(t, out)
	next.Keep(2)
	mustPublish(t, next, newEdition)
	c.settled(t, "once mended")
	if _, err := next.Rollback("", nil); err != nil {
		t.Fatal(err)
	}
	if got, err := published(out); err != nil || !maps.Equal(got, c.before) {
		t.Errorf("a rollback leads to %v, %v", got, err)
	}
	return steps
}

func rollbackFaulty(t *testing.T, f fault) (steps int) {
	out := inMemory(t)
	p := open(t, out)
	mustPublish(t, p, oldEdition)
	mustPublish(t, p, newEdition)
	shut(t, p)
	c := &change{out: out, before: newEdition.whole(), after: oldEdition.whole(), oldFiles: []string{"a", "c"}, newFiles: []string{"a", "b"},
		oldLogs: logsIn(t, out), run: "old", log: "back"}
	goBack := func(d *faultyDisk, p *Publisher) error {
		_, err := p.Rollback("old", func(r *Return) error { return fill(d, "back")(r.Append(logsFolder, "arrow")) })
		return err
	}
	steps, err := attempt(t, c, f, goBack)
	c.judge(t, f, err)

	if err := goBack(sound(), open(t, out)); err != nil {
		t.Fatal(err)
	}
	c.settled(t, "once mended")
	return steps
}

// attempt does something on a disk with a fault while a reader looks on.
func attempt(t *testing.T, c *change, f fault, do func(*faultyDisk, *Publisher) error) (steps int, err error) {
	t.Helper()
	d := &faultyDisk{disk: system, fault: f, look: func() { c.look(t, f.String()) }}
	p, err := openOn(t.Context(), d.faulty(), c.out, Waiting{})
	if err == nil {
		err = do(d, p)
		steps = d.steps
		if closing := p.Close(); closing != nil && f.step == never {
			t.Fatal(closing)
		}
	}
	return steps, err
}

// judge holds what was said of a publication against what readers find.
func (c *change) judge(t tester, f fault, err error) {
	t.Helper()
	happened := c.look(t, f.String())
	var tidy *TidyError
	var unfinished *UnfinishedError
	saysSo := err == nil || errors.As(err, &tidy) || errors.As(err, &unfinished)
	if err != nil && !errors.Is(err, errInjected) || f.step == never && err != nil {
		t.Errorf("%v: it gave %v", f, err)
	}
	if saysSo != happened && !maps.Equal(c.before, c.after) {
		t.Errorf("%v: it gave %v; published: %v", f, err, happened)
	}
}

// settled fails the test where what was to be published is not, as a whole, or
// anything is left over.
func (c *change) settled(t tester, at string) {
	t.Helper()
	if !c.look(t, at) {
		t.Fatalf("%s: it is not published", at)
	}
	if added := c.added(t, at); added != 1 {
		t.Fatalf("%s: found %d logs more, want 1", at, added)
	}
	tidy(t, c.out, at)
	for _, name := range c.newFiles {
		if _, err := os.ReadFile(filepath.Join(c.out, name)); err != nil {
			t.Fatalf("%s: %v", at, err)
		}
	}
	if runs, err := os.ReadDir(filepath.Join(c.out, runsName)); err != nil || len(runs) > 3 {
		t.Fatalf("%s: runs are %v, %v", at, runs, err)
	}
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
