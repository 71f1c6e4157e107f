package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"martlet/internal/state"
)

// issue is what a run at one as-of time publishes.
type issue struct{ asOf, run, csv, arrow string }

// issues are the outputs of the sample at different times, all of different runs.
func (s *site) issues(n int) *shelf {
	s.t.Helper()
	all := &shelf{}
	for i := range n {
		asOf := time.Date(2024, 5, 1+i, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
		s.expect(s.run("--as-of", asOf, "--out", s.path("expected")), 0)
		x := wholeIssue(s.t, asOf, s.read("expected/mart_users_marketing.csv"), s.read("expected/mart_users_marketing.arrow"))
		if slices.ContainsFunc(all.issues, func(y issue) bool { return x.run == y.run }) {
			s.t.Fatalf("%s: run %s is that of another time", asOf, x.run)
		}
		all.add(x)
	}
	return all
}

// wholeIssue is an issue that is known to be whole: the Arrow file has its footer, as
// many rows as the CSV file, and its run.
func wholeIssue(t testing.TB, asOf, csv, arrow string) issue {
	t.Helper()
	table := readArrow(t, arrow)
	if lines := strings.Count(csv, "\n") - 1; table.run == "" || len(table.rows) == 0 || lines != len(table.rows) { // no text has a line break
		t.Fatalf("%s: run %q, %d rows as Arrow, %d as CSV", asOf, table.run, len(table.rows), lines)
	}
	return issue{asOf, table.run, csv, arrow}
}

// shelf has the issues that readers may find, the last dozen of them.
type shelf struct {
	mu     sync.Mutex
	issues []issue
}

func (s *shelf) add(x issue) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.issues = append(slices.Clone(s.issues[max(len(s.issues)-11, 0):]), x)
}

// find finds an issue.
func (s *shelf) find(is func(issue) bool) (issue, bool) {
	s.mu.Lock()
	issues := s.issues
	s.mu.Unlock()
	if i := slices.IndexFunc(issues, is); i >= 0 {
		return issues[i], true
	}
	return issue{}, false
}

// reader reads published data over and over, as those do who use them.
type reader struct {
	out    string
	issues *shelf
}

// one reads a single path, which must be a whole file of some run.
func (r reader) one() error {
	text, err := os.ReadFile(filepath.Join(r.out, "mart_users_marketing.csv"))
	if err != nil {
		return err
	}
	if _, found := r.issues.find(func(x issue) bool { return x.csv == string(text) }); !found {
		return fmt.Errorf("one path read %d bytes that are no run's", len(text))
	}
	return nil
}

// both resolves current once and reads two files, which must be of one run, and the
// state must be, too.
func (r reader) both() error {
	dir, err := filepath.EvalSymlinks(filepath.Join(r.out, "current"))
	if err != nil {
		return err
	}
	csv, err := os.ReadFile(filepath.Join(dir, "mart_users_marketing.csv"))
	arrow, other := os.ReadFile(filepath.Join(dir, "mart_users_marketing.arrow"))
	kept, damage := state.Read(filepath.Join(dir, "state"))
	if err = errors.Join(err, other, damage); errors.Is(err, fs.ErrNotExist) || errors.Is(err, state.ErrNone) {
		if _, gone := os.Stat(dir); gone != nil {
			return nil // it slept while several others were published
		}
	}
	if err != nil {
		return err
	}
	x, found := r.issues.find(func(x issue) bool { return x.csv == string(csv) && x.arrow == string(arrow) })
	if !found || x.run != kept.Run {
		return fmt.Errorf("%s holds files of no one run: %d and %d bytes, and the state of %s", dir, len(csv), len(arrow), kept.Run)
	}
	return nil
}

// readOn has readers go on until stop is called, which tells how often they read.
func (r reader) readOn(t *testing.T) (stop func() (readings int)) {
	done := make(chan struct{})
	var readers sync.WaitGroup
	counts := make([]int, 2)
	for i, read := range []func() error{r.one, r.both} {
		readers.Go(func() {
			for {
				select {
				case <-done:
					return
				case <-time.After(4 * time.Millisecond): // more would leave nothing to those they watch
				}
				if err := read(); err != nil {
					t.Errorf("a reader: %v", err)
					return
				}
				counts[i]++
			}
		})
	}
	stop = sync.OnceValue(func() int {
		close(done)
		readers.Wait()
		return min(counts[0], counts[1])
	})
	t.Cleanup(func() { stop() }) // before the files are removed
	return stop
}

// number is an environment variable, as .ci/soak sets them.
func number(t *testing.T, name string, otherwise int) int {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// aim is when a program is killed: at any instant of so much of the time that a whole
// run takes, after something has come to pass.
type aim struct {
	what  string
	since func(s *site) bool
	share float64
}

var (
	anyInstant  = aim{"at any instant", func(*site) bool { return true }, 1.1}
	writing     = aim{"while it wrote", func(s *site) bool { return s.matches("out/runs/.staging-*") }, 0.4}
	ending      = aim{"when its state was whole", func(s *site) bool { return s.matches("out/runs/.staging-*/state/manifest.json") }, 0.25}
	publication = aim{"when it was announced", func(s *site) bool {
		text, _ := os.ReadFile(s.path("out/.publications"))
		return bytes.Contains(text, []byte("\tannounced"))
	}, 0.03}
)

// matches says whether there is a file like that.
func (s *site) matches(pattern string) bool {
	found, _ := filepath.Glob(s.path(pattern))
	return len(found) > 0
}

// The program is killed at any instant of its run, KILLS times: readers never find
// half a file nor a mixture, and the next run ends well and leaves nothing behind.
func TestKilledAtAnyInstant(t *testing.T) {
	program := binary(t)
	s := sampleSite(t)
	all := s.issues(6)
	issues := all.issues
	kills, seed := number(t, "KILLS", 25), number(t, "KILLS_SEED", 1)
	random := rand.New(rand.NewPCG(1, uint64(seed)))
	build := func(x issue) { s.expect(runIn(t, s.root, program, "--as-of", x.asOf, "--keep", "4"), 0) }
	build(issues[0])
	began := time.Now()
	build(issues[1])
	whole := time.Since(began)

	stop := reader{s.path("out"), all}.readOn(t)
	killed, staged := 0, 0
	for i := range kills {
		x := issues[i%len(issues)]
		if s.kill([]aim{writing, anyInstant}[i%2], random, whole, program, "--as-of", x.asOf, "--keep", "4") {
			killed++
		}
		if s.matches("out/runs/.staging-*") {
			staged++
		}
		build(x)
		s.clean(x)
		if t.Failed() {
			t.Fatalf("after kill %d of KILLS=%d KILLS_SEED=%d", i+1, kills, seed)
		}
	}
	readings := stop()
	t.Logf("%d of %d runs were killed before their end, %d of them while they wrote; %d readings", killed, kills, staged, readings)
	if killed < kills/4 || staged == 0 || readings < kills {
		t.Error("the test has lost sight of what it tests")
	}
}

// kill starts a program and kills it. It says whether that was before its end.
func (s *site) kill(at aim, random *rand.Rand, whole time.Duration, program string, args ...string) bool {
	s.t.Helper()
	cmd := exec.Command(program, args...)
	cmd.Dir = s.root
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for len(ended) == 0 && !at.since(s) {
		time.Sleep(100 * time.Microsecond)
	}
	time.Sleep(time.Duration(random.Float64() * at.share * float64(whole)))
	_ = cmd.Process.Kill() // it may have ended
	if err := <-ended; err == nil {
		return false
	}
	if code := cmd.ProcessState.ExitCode(); code >= 0 {
		s.t.Errorf("%v ended with status %d:\n%s", args, code, said.String())
	}
	return true
}

// clean fails the test where the run at x is not what is published, or anything is
// left of one that was killed.
func (s *site) clean(x issue) {
	s.t.Helper()
	if s.read(martCSV) != x.csv || s.read(martArrow) != x.arrow {
		s.t.Errorf("what is published is not the run at %s", x.asOf)
	}
	for _, pattern := range []string{"out/.publishing*", "out/runs/.*", "target/.*", "target/martlet-spill-*", "target/*/.*", "seeds/.*"} {
		if left, err := filepath.Glob(s.path(pattern)); err != nil || len(left) > 0 {
			s.t.Errorf("left behind: %q, %v", left, err)
		}
	}
	if runs, err := os.ReadDir(s.path("out/runs")); err != nil || len(runs) > 4 {
		s.t.Errorf("%d runs are kept, %v", len(runs), err)
	}
}
