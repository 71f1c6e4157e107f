package publish

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// locked wants the error of a lock that another holds.
func locked(t *testing.T, err error) *LockedError {
	t.Helper()
	var held *LockedError
	if !errors.As(err, &held) {
		t.Fatalf("Open gave %v, want a *LockedError", err)
	}
	return held
}

func TestLock(t *testing.T) {
	out := t.TempDir()
	p := open(t, out)
	_, err := Open(t.Context(), out, Waiting{})
	locked(t, err)
	host, _ := os.Hostname()
	if want := fmt.Sprintf("process %d on %s, started 20", os.Getpid(), host); !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "--wait") {
		t.Errorf("%q does not say who holds the lock, or what to do: %s…", err, want)
	}
	shut(t, p)
	open(t, out)
}

func TestWaitForLock(t *testing.T) {
	out := t.TempDir()
	p := open(t, out)
	told := 0
	waiting := Waiting{For: 120 * time.Millisecond, Begun: func(held *LockedError) {
		if told++; held.Holder == "" {
			t.Error("it waits for nobody knows whom")
		}
	}}
	begun := time.Now()
	_, err := Open(t.Context(), out, waiting)
	if held := locked(t, err); held.Waited != waiting.For || time.Since(begun) < waiting.For || !strings.Contains(err.Error(), "after 120ms") {
		t.Errorf("after %v it gave %q", time.Since(begun), err)
	}

	waiting.For = time.Minute
	time.AfterFunc(100*time.Millisecond, func() { shut(t, p) })
	next, err := Open(t.Context(), out, waiting)
	if err != nil {
		t.Fatal(err)
	}
	defer shut(t, next)

	stop := errors.New("enough")
	ctx, cancel := context.WithCancelCause(t.Context())
	time.AfterFunc(100*time.Millisecond, func() { cancel(stop) })
	if _, err = Open(ctx, out, waiting); !errors.Is(err, stop) {
		t.Errorf("it gave %v, want what ended the waiting", err)
	}
	locked(t, err)
	if told != 3 {
		t.Errorf("it was told %d times that it waits, want once for each of three", told)
	}
}

// The lock goes with the program that holds it, however that ends.
func TestLockOfAKilledProgram(t *testing.T) {
	const inside = "MARTLET_PUBLISH_TEST_OUT"
	if out := os.Getenv(inside); out != "" {
		p := open(t, out)
		stage(t, p, "one", content{"a": "1"})
		fmt.Println("staged")
		time.Sleep(time.Hour)
	}
	out := t.TempDir()
	cmd := exec.Command(os.Args[0], "-test.run", "^TestLockOfAKilledProgram$")
	cmd.Env = append(os.Environ(), inside+"="+out)
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(stdout)
	for lines.Scan() && lines.Text() != "staged" {
	}
	_, err = Open(t.Context(), out, Waiting{})
	if held := locked(t, err); !strings.Contains(held.Holder, fmt.Sprintf("process %d ", cmd.Process.Pid)) {
		t.Errorf("the holder is %q, want process %d", held.Holder, cmd.Process.Pid)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // it was killed
	p := open(t, out)
	publish(t, p, "two", content{"a": "2"})
	wantPublished(t, out, content{"a": "2"}, "two")
}
