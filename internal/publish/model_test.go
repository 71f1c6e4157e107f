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

	"pgregory.net/rapid"
)

// model is what a published folder must hold after any publications and
// rollbacks, with faults and power cuts between.
type model struct {
	platter *platter
	keep    int
	made    []made   // publications, the oldest first
	past    []string // contents that were published, as text, by when they were current last
	listed  []string // of these, what can be gone back to
	logs    map[string]string
	steps   int
}

// made is a publication that happened.
type made struct {
	content content
	after   int // index of what a rollback leads to; -1: nothing
}

func text(c content) string { return fmt.Sprint(c) } // maps are printed in order

// now is the index of the current publication; -1 where there is none.
func (m *model) now() int { return len(m.made) - 1 }

func (m *model) current() content {
	if len(m.made) == 0 {
		return nil
	}
	return m.made[m.now()].content
}

// happen notes a publication.
func (m *model) happen(c content, after int) {
	if m.now() >= 0 && maps.Equal(c, m.current()) {
		return
	}
	m.made = append(m.made, made{c, after})
	m.past = append(slices.DeleteFunc(m.past, func(x string) bool { return x == text(c) }), text(c))
}

// runs are the contents of the runs that are there, by name.
func (m *model) runs(t *rapid.T) map[string]string {
	runs := filepath.Join(m.platter.root, runsName)
	entries, err := os.ReadDir(runs)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".") {
			continue
		}
		c, err := contentOf(filepath.Join(runs, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		all[e.Name()] = text(c)
	}
	return all
}

// drawFault is none half of the time.
func drawFault(t *rapid.T) fault {
	if rapid.Bool().Draw(t, "sound") {
		return noFault
	}
	return fault{faultKind(rapid.IntRange(0, int(faultKinds)-1).Draw(t, "fault")), rapid.IntRange(0, 60).Draw(t, "step")}
}

func (m *model) drawEdition(t *rapid.T) edition {
	m.steps++
	texts := rapid.SampledFrom([]string{"1", "2"})
	e := edition{id: rapid.SampledFrom([]string{"p", "q", "r", "s"}).Draw(t, "id"), files: content{}, state: content{}}
	e.files["f"] = e.id + texts.Draw(t, "f") // different ids never have the same content
	if rapid.Bool().Draw(t, "second") {
		e.files["g"] = texts.Draw(t, "g")
	}
	if rapid.Bool().Draw(t, "state") {
		e.state["s"] = texts.Draw(t, "s")
	}
	if rapid.Bool().Draw(t, "logs") {
		e.log = fmt.Sprintf("log %d", m.steps)
	}
	return e
}

// linkable are the files of a run that links are made to.
func linkable(c content) (names []string) {
	for name := range c {
		if !strings.Contains(name, "/") {
			names = append(names, name)
		}
	}
	return names
}

// build publishes an edition.
func (m *model) build(t *rapid.T) {
	e := m.drawEdition(t)
	m.change(t, &change{after: e.whole(), run: e.id, log: e.log}, m.now(), func(d *faultyDisk, p *Publisher) error {
		p.Keep(m.keep)
		return e.publishOn(d, p)
	})
}

// rollback goes back to the run before, or to any that is kept.
func (m *model) rollback(t *rapid.T) {
	m.steps++
	log := fmt.Sprintf("log %d", m.steps)
	target, to := -1, ""
	if m.now() >= 0 {
		target = m.made[m.now()].after
	}
	if names := slices.Sorted(maps.Keys(m.runs(t))); len(names) > 0 && rapid.Bool().Draw(t, "named") {
		to = rapid.SampledFrom(names).Draw(t, "to")
		target = m.latest(m.runs(t)[to])
	}
	do := func(d *faultyDisk, p *Publisher) error {
		_, err := p.Rollback(to, func(r *Return) error { return fill(d, log)(r.Append(logsFolder, "arrow")) })
		return err
	}
	if target < 0 || !slices.Contains(m.listed, text(m.made[target].content)) {
		m.refuse(t, do)
		return
	}
	x := m.made[target]
	m.change(t, &change{after: x.content, run: x.content["f"][:1], log: log}, x.after, do)
}

// latest is the index of the latest publication of a content; -1 for none.
func (m *model) latest(content string) int {
	for i, x := range slices.Backward(m.made) {
		if text(x.content) == content {
			return i
		}
	}
	return -1
}

// refuse wants something not to be done.
func (m *model) refuse(t *rapid.T, do func(*faultyDisk, *Publisher) error) {
	d := &faultyDisk{disk: m.platter.disk(), fault: noFault}
	p, err := openOn(t.Context(), d.faulty(), m.platter.root, Waiting{})
	if err != nil {
		t.Fatal(err)
	}
	if err := do(d, p); err == nil {
		t.Fatalf("it went back to a run that is not kept; kept are %q", m.listed)
	}
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
}

// change does one thing under a fault, and cuts the power now and then. What
// readers found decides whether it happened.
func (m *model) change(t *rapid.T, c *change, after int, do func(*faultyDisk, *Publisher) error) {
	f := drawFault(t)
	c.out, c.before, c.oldLogs = m.platter.root, m.current(), m.logs
	c.oldFiles, c.newFiles = linkable(c.before), linkable(c.after)
	d := &faultyDisk{disk: m.platter.disk(), fault: f, look: func() { m.look(t, c, f) }}
	p, err := openOn(t.Context(), d.faulty(), c.out, Waiting{})
	if err == nil {
		err = do(d, p)
		_ = p.Close() // the disk may be dead
	}
	happened := m.look(t, c, f)
	var tidy *TidyError
	var unfinished *UnfinishedError
	saysSo := err == nil || errors.As(err, &tidy) || errors.As(err, &unfinished)
	if saysSo != happened && !maps.Equal(c.before, c.after) || err != nil && !errors.Is(err, errInjected) {
		t.Fatalf("%v: it gave %v; happened: %v", f, err, happened)
	}
	if rapid.Bool().Draw(t, "power cut") {
		if err := m.platter.cut(func() bool { return rapid.Bool().Draw(t, "lost") }); err != nil {
			t.Fatal(err)
		}
		c.out = m.platter.root
		was := happened
		if happened = m.look(t, c, f); was && !happened && !errors.As(err, &unfinished) && saysSo {
			t.Fatalf("%v: it gave %v, and a power cut undid it", f, err)
		}
	}
	if happened {
		m.happen(c.after, after)
	}
	m.settle(t, c)
}

// look is change.look, also before the first publication.
func (m *model) look(t *rapid.T, c *change, f fault) bool {
	if _, err := os.Lstat(filepath.Join(c.out, currentName)); c.before == nil && errors.Is(err, os.ErrNotExist) {
		return false
	}
	return c.look(t, f.String())
}

// tidyUp publishes nothing, on a disk that may fail.
func (m *model) tidyUp(t *rapid.T) {
	m.change(t, &change{after: m.current()}, m.now(), func(d *faultyDisk, p *Publisher) error {
		p.Keep(m.keep)
		return tidyUp(d, p)
	})
}

// settle has somebody come next, who publishes nothing, and looks at what is there then.
func (m *model) settle(t *rapid.T, c *change) {
	p, err := openOn(t.Context(), m.platter.disk(), m.platter.root, Waiting{})
	if err != nil {
		t.Fatal(err)
	}
	p.Keep(m.keep)
	tidied := rapid.Bool().Draw(t, "tidied")
	do := beginNothing
	if tidied {
		do = tidyUp
	}
	if err := errors.Join(do(nil, p), p.Close()); err != nil {
		t.Fatal(err)
	}
	tidy(t, c.out, "after all")
	if runs := m.runs(t); tidied && len(m.made) > 0 && len(runs) > m.keep {
		t.Fatalf("%d runs are there, where %d are to be kept", len(runs), m.keep)
	}
	c.oldFiles, c.newFiles = linkable(m.current()), linkable(m.current())
	m.look(t, c, noFault)
	m.checkKept(t)
	want := m.logs
	found := logsIn(t, c.out)
	if len(found) == len(want)+1 && maps.Equal(m.current(), c.after) && !maps.Equal(c.before, c.after) && c.log != "" {
		want = found // c.added has looked at it
	}
	if !maps.Equal(found, want) {
		t.Fatalf("the logs are %v, want %v", found, want)
	}
	if maps.Equal(m.current(), c.after) && !maps.Equal(c.before, c.after) && c.log != "" && len(found) == len(m.logs) {
		t.Fatal("the current run lacks its log")
	}
	m.logs = found
}

// checkKept wants the runs that were current last to be there, and listed in that
// order. Of older ones, which a fault may have kept from being removed, some may be.
func (m *model) checkKept(t *rapid.T) {
	there := m.runs(t)
	listed, err := Runs(m.platter.root)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, x := range slices.Backward(listed) {
		got = append(got, there[x.Run])
	}
	must := m.past[max(0, len(m.past)-m.keep):]
	may := slices.DeleteFunc(slices.Clone(m.past), func(x string) bool { return !slices.Contains(got, x) })
	if !slices.Equal(got, may) || !slices.Equal(got[max(0, len(got)-len(must)):], must) {
		t.Fatalf("listed are\n%q, want\n%q", got, m.past)
	}
	m.listed = got
}

// Publications and rollbacks in any order, on disks that fail in any way, with the
// power cut at any time: readers always find one run as a whole, what is said to be
// published stays so, every publication has its log and nothing else has one, and
// a rollback leads to what was published before.
func TestPublishedFolder(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		m := &model{platter: newPlatter(t), keep: rapid.IntRange(1, 4).Draw(rt, "keep"), logs: map[string]string{}}
		for range rapid.IntRange(1, 10).Draw(rt, "actions") {
			act := rapid.SampledFrom([]func(*rapid.T){m.build, m.build, m.build, m.rollback, m.rollback, m.tidyUp}).Draw(rt, "action")
			act(rt)
		}
	})
}
