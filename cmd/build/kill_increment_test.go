package main

import (
	"encoding/json"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// nights is a project whose files grow between its runs.
type nights struct {
	*site
	program string
	crowd   *crowd
	asOf    time.Time
	issues  *shelf
	trail   *trail
	kept    map[string]issue // by the folder of the run
}

// newNights has published the first run. It is one of so many users.
func newNights(t *testing.T, program string, users int, seed uint64) *nights {
	t.Helper()
	s := sampleSite(t)
	s.remove("raw_data/ae_sample_db.xlsx", "seeds/seeds.lock") // else the seeds would be edited
	n := &nights{site: s, program: program, crowd: newCrowd(s, users, seed), asOf: time.Date(2024, 5, 1, 0, 0, 0, 0, time.UTC),
		issues: &shelf{}, trail: &trail{site: s}, kept: map[string]issue{}}
	n.crowd.write(s)
	return n
}

// next lets some days pass, or none, and the files grow. It gives what a full refresh
// publishes then, into an empty folder.
func (n *nights) next() issue {
	n.t.Helper()
	n.asOf = n.asOf.AddDate(0, 0, n.crowd.IntN(2))
	for _, table := range n.crowd.tables {
		n.crowd.append(n.site, table, n.crowd.IntN(1+table.records/50))
	}
	x := n.refreshed()
	n.issues.add(x)
	return x
}

func (n *nights) refreshed() issue {
	n.t.Helper()
	fresh := &site{n.t, n.path("../fresh/site")}
	defer func() {
		if err := os.RemoveAll(fresh.root); err != nil {
			n.t.Error(err)
		}
	}()
	copyFiles(n.t, n.path("seeds"), fresh.path("seeds"))
	asOf := n.asOf.Format(time.DateOnly)
	n.expect(runIn(n.t, fresh.root, n.program, "--as-of", asOf), 0, "Full refresh: nothing is published yet")
	return wholeIssue(n.t, asOf, fresh.read(martCSV), fresh.read(martArrow))
}

// args is the command line of a run.
func (n *nights) args(x issue) []string { return []string{"--as-of", x.asOf, "--keep", "4"} }

// build publishes an issue, incrementally.
func (n *nights) build(x issue) {
	n.t.Helper()
	got := runIn(n.t, n.root, n.program, n.args(x)...)
	n.expect(got, 0)
	if full, why := n.increment(); full {
		n.t.Errorf("a full refresh: %s", why)
	}
	n.settled(x)
}

// settled fails the test where the issue is not what is published, with a whole state
// and the logs of all that came before, or anything else is left of a run.
func (n *nights) settled(x issue) {
	n.t.Helper()
	n.clean(x)
	n.checkState(x.run)
	n.trail.follow()
	n.kept[n.currentRun()] = x
}

// increment says whether the last run was a full refresh, and why.
func (n *nights) increment() (full bool, why string) {
	n.t.Helper()
	var results struct {
		Martlet struct {
			Increment struct {
				Full   bool `json:"full_refresh"`
				Reason string
			}
		}
	}
	if err := json.Unmarshal([]byte(n.read("target/run_results.json")), &results); err != nil {
		n.t.Fatal(err)
	}
	return results.Martlet.Increment.Full, results.Martlet.Increment.Reason
}

// interrupted fails the test where a program that was killed has left anything but
// the whole of what was published before it or of what it was to publish. It says
// which.
func (n *nights) interrupted(before string, old, next issue) (published bool) {
	n.t.Helper()
	published = n.currentRun() != before
	x := old
	if published {
		x = next
	}
	dir := filepath.Join("out", "runs", n.currentRun())
	if n.read(filepath.Join(dir, "mart_users_marketing.csv")) != x.csv || n.read(filepath.Join(dir, "mart_users_marketing.arrow")) != x.arrow {
		n.t.Errorf("what is published is not the run at %s", x.asOf)
	}
	n.checkState(x.run)
	n.trail.look(true)
	if published {
		n.kept[n.currentRun()] = x
	}
	return published
}

// tally counts what became of programs that were killed.
type tally struct{ killed, staged, logged, published int }

func (c *tally) count(n *nights, published bool) {
	c.killed++
	if n.matches("out/runs/.staging-*") {
		c.staged++
	}
	if publication.since(n.site) && !published {
		c.logged++
	}
	if published {
		c.published++
	}
}

// Where nothing is new a build still does what a killed one has not come to.
func TestNothingNewIsTidy(t *testing.T) {
	s := sampleSite(t)
	s.expect(s.build("--keep", "2"), 0)
	s.expect(s.run("--as-of", "2024-05-02", "--keep", "2"), 0)
	want := s.tree("out")
	s.remove(martCSV)
	s.write("out/runs/.staging-0123456789abcdef/"+filepath.Base(martCSV), "half of a l")
	if err := os.CopyFS(s.path("out/runs/0123456789abcdef"), os.DirFS(s.path("out/current"))); err != nil {
		t.Fatal(err)
	}
	s.expect(s.run("--as-of", "2024-05-02", "--keep", "2"), 0, "nothing is new; what is published stays")
	if got := s.tree("out"); !maps.Equal(got, want) {
		t.Errorf("there are now %q, want %q", slices.Sorted(maps.Keys(got)), slices.Sorted(maps.Keys(want)))
	}
}

// Incremental runs are killed at any instant, KILLS times, and so is every other time
// a rollback: what is published is one whole run with its state, the next run goes on
// from there, and the logs of changes lead to what it publishes.
func TestKilledIncrements(t *testing.T) {
	program := binary(t)
	kills, seed := number(t, "KILLS", 8), number(t, "KILLS_SEED", 1)
	random := rand.New(rand.NewPCG(2, uint64(seed)))
	var builds, rollbacks tally
	readings := 0
	const each = 50 // before the inputs have doubled
	for first := 0; first < kills; first += each {
		readings += killNights(t, program, random, min(each, kills-first), &builds, &rollbacks)
		if t.Failed() {
			t.Fatalf("to see it again: KILLS=%d KILLS_SEED=%d", kills, seed)
		}
	}
	t.Logf("killed while they worked, while they wrote, with logs in place, after they had published: builds %+v, rollbacks %+v; %d readings",
		builds, rollbacks, readings)
	if builds.killed < kills/4 || builds.staged == 0 || readings < kills {
		t.Error("the test has lost sight of what it tests")
	}
}

// killNights kills so many runs of a project that is new.
func killNights(t *testing.T, program string, random *rand.Rand, kills int, builds, rollbacks *tally) (readings int) {
	t.Helper()
	n := newNights(t, program, 10_000, random.Uint64())
	x := n.next()
	n.expect(runIn(t, n.root, program, n.args(x)...), 0)
	n.settled(x)
	x = n.next()
	began := time.Now()
	n.build(x)
	whole := time.Since(began)
	stop := reader{n.path("out"), n.issues}.readOn(t)
	for i := range kills {
		old, before := x, n.currentRun()
		x = n.next()
		if n.kill([]aim{anyInstant, writing, ending, publication}[i%4], random, whole, program, n.args(x)...) {
			builds.count(n, n.interrupted(before, old, x))
		}
		if random.IntN(2) == 0 {
			n.trail.look(true)
			x = n.next()
		}
		n.build(x)
		if i%2 == 0 {
			x = n.killRollback(rollbacks, random, x, whole)
		}
		if t.Failed() {
			t.Fatalf("after kill %d of runs that take %v", i+1, whole)
		}
	}
	return stop()
}

// killRollback kills a rollback from an issue, and does it then. It gives the issue
// that is current afterwards.
func (n *nights) killRollback(all *tally, random *rand.Rand, from issue, whole time.Duration) issue {
	n.t.Helper()
	before := n.currentRun()
	var to string
	for run := range n.kept {
		if run != before && n.matches("out/runs/"+run) && (to == "" || run < to) {
			to = run
		}
	}
	if to == "" {
		return from
	}
	x := n.kept[to]
	n.issues.add(x)
	if n.kill([]aim{anyInstant, publication}[random.IntN(2)], random, whole/6, n.program, "rollback", "--to", to) {
		all.count(n, n.interrupted(before, from, x))
	} else {
		n.trail.look(false)
	}
	n.expect(runIn(n.t, n.root, n.program, "rollback", "--to", to), 0, "run "+to+" is the current one")
	if n.currentRun() != to {
		n.t.Errorf("run %s is current, not %s", n.currentRun(), to)
	}
	n.settled(x)
	return x
}
