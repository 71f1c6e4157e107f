package publish

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gofrs/flock"
)

// LockedError says that another program is publishing into the folder.
type LockedError struct {
	Path   string        // of the lock
	Holder string        // what the holder wrote there; may be empty
	Waited time.Duration // for the lock, in vain
	Err    error         // what ended the waiting before its time; nil: nothing
}

func (e *LockedError) Error() string {
	holder := e.Holder
	if holder == "" {
		holder = "which did not say who it is"
	}
	switch {
	case e.Err != nil:
		return fmt.Sprintf("%v while waiting for %s, which is held by another run (%s)", e.Err, e.Path, holder)
	case e.Waited > 0:
		return fmt.Sprintf("%s is still held by another run (%s) after %v; wait longer with --wait, or publish elsewhere with --out", e.Path, holder, e.Waited)
	}
	return fmt.Sprintf("%s is held by another run (%s); wait for it with --wait, or publish elsewhere with --out", e.Path, holder)
}

func (e *LockedError) Unwrap() error { return e.Err }

// Waiting is what to do where another program holds the lock: wait for up to For,
// 0 is not at all. Begun, unless nil, is told of it once.
type Waiting struct {
	For   time.Duration
	Begun func(held *LockedError)
}

// poll is how often a lock that is waited for is tried.
const poll = 50 * time.Millisecond

// Open makes the folder if need be and takes its lock, which it waits for as it is
// told: where another program keeps it, or ctx ends before, the error is a
// *LockedError. The lock goes with the program, however it ends; a left-over lock
// file means nothing.
func Open(ctx context.Context, out string, waiting Waiting) (*Publisher, error) {
	return openOn(ctx, system, out, waiting)
}

func openOn(ctx context.Context, d disk, out string, waiting Waiting) (*Publisher, error) {
	if err := d.mkdirAll(filepath.Join(out, runsName)); err != nil {
		return nil, fmt.Errorf("the folder for published data could not be made (%w); give another with --out", err)
	}
	lock := flock.New(filepath.Join(out, lockName), flock.SetFlag(os.O_CREATE|os.O_RDWR), flock.SetPermissions(fileMode))
	if err := takeLock(ctx, lock, waiting); err != nil {
		return nil, err
	}
	p := &Publisher{out: out, lock: lock, keep: DefaultKeep, disk: d}
	if err := d.writeFile(lock.Path(), []byte(describeHolder())); err != nil {
		return nil, errors.Join(fmt.Errorf("the lock of published data could not be written: %w", err), p.Close())
	}
	return p, nil
}

// describeHolder says who holds the lock; folders may be shared between machines.
func describeHolder() string {
	text := fmt.Sprintf("process %d", os.Getpid())
	if host, err := os.Hostname(); err == nil {
		text += " on " + host
	}
	return text + ", started " + time.Now().UTC().Format(time.RFC3339) + "\n"
}

func takeLock(ctx context.Context, lock *flock.Flock, waiting Waiting) error {
	end := time.Now().Add(waiting.For)
	for tries := 0; ; tries++ {
		taken, err := lock.TryLock()
		if err != nil {
			return fmt.Errorf("the lock of published data could not be taken: %w", err)
		}
		if taken {
			return nil
		}
		holder, _ := os.ReadFile(lock.Path()) // best effort: it only explains
		held := &LockedError{Path: lock.Path(), Holder: strings.TrimSpace(string(holder))}
		left := time.Until(end)
		if left <= 0 {
			held.Waited = waiting.For
			return held
		}
		if tries == 0 && waiting.Begun != nil {
			waiting.Begun(held)
		}
		select {
		case <-ctx.Done():
			held.Err = context.Cause(ctx)
			return held
		case <-time.After(min(left, poll)):
		}
	}
}
