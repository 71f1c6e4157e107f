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

	"github.com/apache/arrow/go/v17/arrow/ipc"
)

// issue is what a run at one as-of time publishes.
type issue struct{ asOf, csv, arrow string }

// issues are the outputs of the sample at different times, each known to be whole:
// the Arrow file has its footer, as many rows as the CSV file, and a run of its own.
func (s *site) issues(n int) []issue {
	s.t.Helper()
	var all []issue
	runs := map[string]bool{}
	for i := range n {
		asOf := time.Date(2024, 5, 1+i, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
		s.expect(s.run("--as-of", asOf, "--out", s.path("expected")), 0)
		x := issue{asOf, s.read("expected/mart_users_marketing.csv"), s.read("expected/mart_users_marketing.arrow")}
		r, err := ipc.NewFileReader(strings.NewReader(x.arrow))
		if err != nil {
			s.t.Fatal(err)
		}
		var rows int64
		for i := range r.NumRecords() {
			rec, err := r.Record(i)
			if err != nil {
				s.t.Fatal(err)
			}
			rows += rec.NumRows()
		}
		metadata := r.Schema().Metadata()
		run, found := metadata.GetValue("martlet.run")
		if lines := strings.Count(x.csv, "\n") - 1; !found || runs[run] || rows == 0 || int64(lines) != rows { // no text of the sample has a line break
			s.t.Fatalf("%s: run %q, %d rows as Arrow, %d as CSV", asOf, run, rows, lines)
		}
		runs[run] = true
		all = append(all, x)
	}
	return all
}

// reader reads published data over and over, as those do who use them.
type reader struct {
	out    string
	issues []issue
}

// one reads a single path, which must be a whole file of some run.
func (r reader) one() error {
	text, err := os.ReadFile(filepath.Join(r.out, "mart_users_marketing.csv"))
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(r.issues, func(x issue) bool { return x.csv == string(text) }) {
		return fmt.Errorf("one path read %d bytes that are no run's", len(text))
	}
	return nil
}

// both resolves current once and reads two files, which must be of one run.
func (r reader) both() error {
	dir, err := filepath.EvalSymlinks(filepath.Join(r.out, "current"))
	if err != nil {
		return err
	}
	csv, err := os.ReadFile(filepath.Join(dir, "mart_users_marketing.csv"))
	arrow, other := os.ReadFile(filepath.Join(dir, "mart_users_marketing.arrow"))
	if err = errors.Join(err, other); errors.Is(err, fs.ErrNotExist) {
		if _, gone := os.Stat(dir); gone != nil {
			return nil // it slept while several others were published
		}
	}
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(r.issues, func(x issue) bool { return x.csv == string(csv) && x.arrow == string(arrow) }) {
		return fmt.Errorf("%s holds files of no one run: %d and %d bytes", dir, len(csv), len(arrow))
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
				case <-time.After(time.Millisecond):
				}
				if err := read(); err != nil {
					t.Errorf("a reader: %v", err)
					return
				}
				counts[i]++
			}
		})
	}
	return func() int {
		close(done)
		readers.Wait()
		return min(counts[0], counts[1])
	}
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

// The program is killed at any instant of its run, KILLS times: readers never find
// half a file nor a mixture, and the next run ends well and leaves nothing behind.
func TestKilledAtAnyInstant(t *testing.T) {
	program := binary(t)
	s := sampleSite(t)
	issues := s.issues(6)
	kills, seed := number(t, "KILLS", 25), number(t, "KILLS_SEED", 1)
	random := rand.New(rand.NewPCG(1, uint64(seed)))
	build := func(x issue) { s.expect(runIn(t, s.root, program, "--as-of", x.asOf, "--keep", "4"), 0) }
	build(issues[0])
	began := time.Now()
	build(issues[1])
	whole := time.Since(began)

	stop := reader{s.path("out"), issues}.readOn(t)
	killed, staged := 0, 0
	for i := range kills {
		x := issues[i%len(issues)]
		if s.kill(program, x, random, i%2 == 0, whole) {
			killed++
		}
		if left, _ := filepath.Glob(s.path("out/runs/.staging-*")); len(left) > 0 {
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

// kill starts a run and kills it: at any instant of a whole run, or at one after it
// has begun to write. It says whether that was before its end.
func (s *site) kill(program string, x issue, random *rand.Rand, writing bool, whole time.Duration) bool {
	s.t.Helper()
	cmd := exec.Command(program, "--as-of", x.asOf, "--keep", "4")
	cmd.Dir = s.root
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	wait := random.Float64() * 1.1
	for began := time.Now(); writing && time.Since(began) < whole; time.Sleep(100 * time.Microsecond) {
		if staged, _ := filepath.Glob(s.path("out/runs/.staging-*")); len(staged) > 0 {
			wait /= 3
			break
		}
	}
	time.Sleep(time.Duration(wait * float64(whole)))
	_ = cmd.Process.Kill() // it may have ended
	if err := cmd.Wait(); err == nil {
		return false
	}
	if code := cmd.ProcessState.ExitCode(); code >= 0 {
		s.t.Errorf("a run at %s ended with status %d:\n%s", x.asOf, code, said.String())
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
