package histories

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// Check makes up histories, as many as HISTORIES in the environment says, and fails
// where after some run of one not all is as if there had been no run before. It gives
// the number of runs that brought models up to date.
func Check(t *testing.T, count int, p *Project) (updates int) {
	t.Helper()
	if text, ok := os.LookupEnv("HISTORIES"); ok {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 {
			t.Fatalf("HISTORIES=%s: expected a whole number above 0", text)
		}
		count = n
	}
	defer checks(t, count)()
	taken := tally{reasons: map[string]int{}}
	rapid.Check(t, func(t *rapid.T) {
		h := begin(t, p, &taken)
		defer h.end()
		for range rapid.SampledFrom([]int{8, 4, 16}).Draw(t, "runs") {
			h.step()
		}
	})
	taken.judge(t)
	return taken.updates
}

// checks sets how often rapid tries, until it is undone.
func checks(t *testing.T, count int) (undo func()) {
	t.Helper()
	f := flag.Lookup("rapid.checks")
	before := f.Value.String()
	if err := f.Value.Set(strconv.Itoa(count)); err != nil {
		t.Fatal(err)
	}
	return func() { _ = f.Value.Set(before) }
}

// tally counts how runs came about that went on from another.
type tally struct {
	updates, unchanged, refreshes, returns int
	reasons                                map[string]int // of refreshes
}

// nothingYet is the reason of a first run.
const nothingYet = "nothing is published yet"

// alike are the parts in which reasons of one kind differ.
var alike = regexp.MustCompile(`\S+\.(csv|arrows)|(source|model) "[^"]*": |[0-9]+`)

// judge fails a test that compared full refreshes with full refreshes. How often a run
// has to compute everything is chance: in a few histories it is most runs at times.
func (y *tally) judge(t *testing.T) {
	t.Helper()
	for _, reason := range slices.Sorted(maps.Keys(y.reasons)) {
		t.Logf("%5d computed everything: %s", y.reasons[reason], reason)
	}
	t.Logf("%d runs brought models up to date, %d had nothing to do, %d computed everything that had no need to", y.updates, y.unchanged, y.refreshes)
	t.Logf("%d times an earlier run was gone back to", y.returns)
	runs := y.updates + y.refreshes
	if runs > 20 && y.updates == 0 || runs > 500 && y.updates < y.refreshes {
		t.Error("most runs that might have gone on from an earlier one computed everything: little was proved")
	}
	if y.updates > 100 && y.returns == 0 {
		t.Error("no earlier run was ever gone back to")
	}
}

// history is one history under way.
type history struct {
	*extracts
	tally  *tally
	asOf   time.Time
	places []*publication
	good   map[string]string // the files of the last run that published
	failed bool              // the last run did
	runs   int
}

func begin(t *rapid.T, p *Project, y *tally) *history {
	root, err := os.MkdirTemp(inMemory(), "martlet-history-")
	if err != nil {
		t.Fatal(err)
	}
	h := &history{extracts: newExtracts(t, root, p), tally: y, asOf: p.AsOf}
	for _, name := range []string{"out", "elsewhere"} {
		h.places = append(h.places, newPublication(t, filepath.Join(root, name), p))
	}
	h.good = maps.Clone(h.files)
	return h
}

// inMemory is a folder that no disk has, where there is one: a run waits for the disk
// many times longer than it computes, and here no power is cut. TMPDIR goes before it.
func inMemory() string {
	const shared = "/dev/shm"
	if _, err := os.Stat(shared); err != nil || os.Getenv("TMPDIR") != "" {
		return ""
	}
	return shared
}

func (h *history) end() {
	if err := os.RemoveAll(h.root); err != nil {
		h.Fatal(err)
	}
}

// step is one run.
func (h *history) step() {
	if h.runs > 0 {
		if h.failed && !h.chance(4, "stays bad") {
			h.restore(h.good)
		}
		if !h.chance(8, "nothing new") {
			h.grow()
		}
		h.spoil()
		h.disturb()
		for _, place := range h.places {
			place.outdated = place.outdated || h.changed
		}
		h.changed = false
		h.pass()
	}
	h.runs++
	place := h.places[0]
	if h.chance(15, "published elsewhere") {
		place = h.places[1]
	}
	if h.chance(10, "gone back") {
		h.goBack(place)
	}
	if h.chance(25, "damaged") {
		place.damage(h.picker())
	}
	args, plain := h.options()
	h.compare(place, args, plain && place.run != "" && !place.outdated && !place.damaged)
}

// goBack publishes an earlier run again, if there is one.
func (h *history) goBack(place *publication) {
	exit, told := h.build([]string{"rollback", "--root", h.root, "--out", place.folder})
	h.Logf("rollback --out %s: exit status %d", filepath.Base(place.folder), exit)
	switch exit {
	case 0:
		h.tally.returns++
		place.goneBack()
	case 2: // no earlier run is kept
		place.stays()
	default:
		h.Errorf("rollback ends with exit status %d: %s", exit, told)
	}
}

// pass has time go on, or back.
func (h *history) pass() {
	if h.chance(6, "time stands still") {
		return
	}
	days := rapid.SampledFrom([]int{1, 0, 1, 7, 31, -1, -40}).Draw(h.T, "days")
	h.asOf = h.asOf.AddDate(0, 0, days).Add(time.Duration(rapid.IntRange(0, 2).Draw(h.T, "hours")) * time.Hour)
}

// options are flags that should make no difference.
func (h *history) options() (args []string, plain bool) {
	args = []string{"--threads", fmt.Sprint(rapid.IntRange(1, 3).Draw(h.T, "threads")), "--keep", fmt.Sprint(rapid.IntRange(1, 3).Draw(h.T, "keep"))}
	if h.chance(5, "memory") {
		args = append(args, "--memory", "8kB")
	}
	if h.chance(5, "verified") {
		args = append(args, "--verify-inputs")
	}
	if h.chance(20, "refreshed") {
		return append(args, "--full-refresh"), false
	}
	return args, true
}

// compare runs a build, and another one that knows of none before, and compares all
// that comes of them. An update must be possible where the build is plain and there
// is a run to go on from.
func (h *history) compare(place *publication, args []string, plain bool) {
	target, fresh := filepath.Join(h.root, "target"), filepath.Join(h.root, "fresh")
	if err := os.RemoveAll(fresh); err != nil {
		h.Fatal(err)
	}
	asOf := []string{"--root", h.root, "--as-of", h.asOf.Format(time.RFC3339)}
	h.Logf("build --as-of %s --out %s %v", asOf[3], filepath.Base(place.folder), args)
	exit, told := h.build(slices.Concat(asOf, args, []string{"--out", place.folder, "--target-path", target}))
	wantExit, wantTold := h.build(slices.Concat(asOf, []string{"--out", filepath.Join(fresh, "out"), "--target-path", filepath.Join(fresh, "target")}))
	if exit != wantExit {
		h.Fatalf("exit status %d, want %d:\n%s\n  wanted\n%s", exit, wantExit, told, wantTold)
	}
	got, s := readSaid(h.T, target, place.folder)
	want, _ := readSaid(h.T, filepath.Join(fresh, "target"), filepath.Join(fresh, "out"))
	h.same("says", got, want)
	h.judge(s.Martlet.Increment, plain && exit == 0)
	h.failed = exit != 0
	if h.failed || s.Martlet.Increment.Unchanged {
		place.stays()
	} else {
		place.follow(s.Martlet.Run)
	}
	if !h.failed {
		h.same("publishes", place.files, published(h.T, filepath.Join(fresh, "out")))
		h.good = maps.Clone(h.files)
	}
	if !h.failed && h.chance(12, "verified by itself") {
		h.verify(place)
	}
	if h.T.Failed() {
		h.Fatalf("the run said\n%s", told)
	}
}

// verify asks the program itself, which must not be of another opinion.
func (h *history) verify(place *publication) {
	exit, told := h.build([]string{"verify", "--root", h.root, "--out", place.folder, "--target-path", filepath.Join(h.root, "verified")})
	if exit != 0 {
		h.Errorf("verify ends with exit status %d:\n%s", exit, told)
	}
	place.stays()
}

func (h *history) build(args []string) (exit int, told string) {
	return h.project.Run(args...)
}

// same compares files by name.
func (h *history) same(what string, got, want map[string]string) {
	names := slices.Collect(maps.Keys(got))
	names = slices.AppendSeq(names, maps.Keys(want))
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		g, inGot := got[name]
		w, inWant := want[name]
		switch {
		case inGot != inWant:
			h.Errorf("it %s %s: %t, want %t", what, name, inGot, inWant)
		case g != w:
			h.Errorf("it %s another %s: %s", what, name, differ(g, w))
		}
	}
}

// judge counts how the run came about.
func (h *history) judge(i *increment, possible bool) {
	switch {
	case i == nil: // it did not get that far
	case i.Unchanged:
		h.tally.unchanged++
	case !i.Full:
		h.tally.updates++
	default:
		h.tally.reasons[alike.ReplaceAllString(i.Reason, "...")]++
		apart := h.project.Apart != nil && h.project.Apart(i.Reason)
		if i.Reason != nothingYet && !apart {
			h.tally.refreshes++
		}
		if possible && !apart {
			h.Errorf("everything was computed, though there are only new records: %s", i.Reason)
		}
	}
}
