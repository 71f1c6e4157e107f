package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"martlet/internal/publish"
)

// currentRun is the name of the run that is published.
func (s *site) currentRun() string {
	s.t.Helper()
	target, err := os.Readlink(s.path("out/current"))
	if err != nil {
		s.t.Fatal(err)
	}
	return filepath.Base(target)
}

// A bad night is undone: what was published before is published again, byte for
// byte, and the next build goes on from there.
func TestRollback(t *testing.T) {
	s := sampleSite(t)
	s.expect(s.run("rollback"), 2, "out: nothing is published there")
	s.expect(s.run("rollback", "--list"), 2, "out: nothing is published there")
	if _, err := os.Stat(s.path("out")); err == nil {
		t.Error("a folder was made where nothing is published")
	}
	var runs []string
	var bytes []string
	for _, day := range []string{"2024-05-01", "2024-05-02", "2024-05-03"} {
		s.expect(s.run("--as-of", day), 0)
		runs, bytes = append(runs, s.currentRun()), append(bytes, s.read(martCSV)+s.read(martArrow))
	}
	is := func(i int) {
		t.Helper()
		if s.currentRun() != runs[i] || s.read(martCSV)+s.read(martArrow) != bytes[i] {
			t.Errorf("published is %s, want %s", s.currentRun(), runs[i])
		}
	}
	s.expect(s.run("rollback"), 0, "out: run "+runs[1]+" is the current one again; before it was "+runs[2]+".\n")
	is(1)
	got := s.run("rollback", "--list")
	s.expect(got, 0)
	lines := strings.Split(strings.TrimSpace(got.stdout), "\n")
	if len(lines) != 4 || !strings.HasPrefix(lines[1], runs[1]) || !strings.HasSuffix(lines[1], "current") || !strings.HasPrefix(lines[2], runs[2]) ||
		!strings.HasPrefix(lines[3], runs[0]) || !strings.HasSuffix(lines[3], "rollback goes back to it") {
		t.Errorf("listed are\n%s", got.stdout)
	}
	s.expect(s.run("rollback"), 0)
	is(0)
	s.expect(s.run("rollback"), 2, "Error: ", "no run is kept that was published before "+runs[0], runs[1]+" (published 20", runs[2]+" (published 20")
	s.expect(s.run("rollback", "--to", "nothing"), 2, "found no run nothing, or it was never published", runs[1])
	s.expect(s.run("rollback", "--to", runs[0]), 0, "is the current one already")
	is(0)
	s.expect(s.run("rollback", "--to", runs[2]), 0)
	is(2)
	s.expect(s.run("rollback"), 0)
	is(1)

	s.expect(s.run("--as-of", "2024-05-04", "--keep", "2"), 0)
	s.expect(s.run("rollback"), 0)
	is(1)
	if kept, err := os.ReadDir(s.path("out/runs")); err != nil || len(kept) != 2 {
		t.Errorf("%d runs are kept, want 2, %v", len(kept), err)
	}
	s.expect(s.run("--as-of", "2024-05-05", "--keep", "1"), 0)
	s.expect(s.run("rollback"), 2, "there is none to go back to")
}

func TestPublishingFlags(t *testing.T) {
	s := sampleSite(t)
	s.expect(s.build("--keep", "0"), 2, "--keep is 0; give 1 or more")
	s.expect(s.build("--wait", "-1s"), 2, "--wait is -1s; give 0 or more")
	s.expect(s.build("--wait", "5"), 2, "--wait", "missing unit")
	s.expect(s.run("rollback", "--wait", "-1s"), 2, "--wait is -1s")
	s.expect(s.run("test", "--keep", "2"), 2, "unknown flag: --keep")
	s.expect(s.run("rollback", "now"), 2, "takes no arguments")
	s.expect(s.build(), 0)
	held, err := publish.Open(t.Context(), s.path("out"), publish.Waiting{})
	if err != nil {
		t.Fatal(err)
	}
	s.expect(s.run("rollback"), 2, "is held by another run (process ")
	s.expect(s.build("--wait", "100ms"), 2, "held by another run (process ", "waiting for it, for up to 100ms", "after 100ms; wait longer")
	time.AfterFunc(200*time.Millisecond, func() { _ = held.Close() })
	s.expect(s.build("--wait", "1m"), 0, "waiting for it, for up to 1m0s")
	s.expect(s.run("rollback", "--wait", "1m"), 2, "no run is kept")
}

// stopWhilePublishing starts the program and stops it while it holds the lock.
func stopWhilePublishing(t *testing.T, s *site, program string, args ...string) *exec.Cmd {
	t.Helper()
	for range 100 {
		cmd := exec.Command(program, args...)
		cmd.Dir = s.root
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = cmd.Process.Kill() }) // it does not stay stopped
		for range 1000 {
			if staged, _ := filepath.Glob(s.path("out/runs/.staging-*")); len(staged) > 0 {
				break
			}
			time.Sleep(100 * time.Microsecond)
		}
		if err := cmd.Process.Signal(syscall.SIGSTOP); err != nil {
			t.Fatal(err)
		}
		held, err := publish.Open(t.Context(), s.path("out"), publish.Waiting{})
		var locked *publish.LockedError
		if errors.As(err, &locked) {
			return cmd
		}
		if err != nil {
			t.Fatal(err)
		}
		err = errors.Join(held.Close(), cmd.Process.Signal(syscall.SIGCONT)) // it was faster
		if err = errors.Join(err, cmd.Wait()); err != nil {
			t.Fatal(err)
		}
	}
	t.Fatal("the program was always faster")
	return nil
}

// Of two programs at once one runs, and the other names it or waits for it. The
// lock of a killed one is free.
func TestTwoProgramsAtOnce(t *testing.T) {
	program := binary(t)
	s := sampleSite(t)
	s.expect(runIn(t, s.root, program, "--as-of", "2024-05-01"), 0)

	first := stopWhilePublishing(t, s, program, "--as-of", "2024-05-02")
	holder := "process " + strconv.Itoa(first.Process.Pid) + " on "
	s.expect(runIn(t, s.root, program, "--as-of", "2024-05-03"), 2, "out/.lock is held by another run ("+holder, ", started 20")
	s.expect(runIn(t, s.root, program, "rollback"), 2, holder)
	time.AfterFunc(300*time.Millisecond, func() { _ = first.Process.Signal(syscall.SIGCONT) })
	s.expect(runIn(t, s.root, program, "--as-of", "2024-05-03", "--wait", "1m"), 0, holder, "waiting for it")
	if err := first.Wait(); err != nil {
		t.Errorf("the first ended with %v", err)
	}
	s.expect(runIn(t, s.root, program, "rollback"), 0)

	killed := stopWhilePublishing(t, s, program, "--as-of", "2024-05-04")
	if err := killed.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = killed.Wait() // it was killed
	s.expect(runIn(t, s.root, program, "--as-of", "2024-05-04"), 0)
}
