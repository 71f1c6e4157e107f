// Package publish makes the files of a run visible all at once: a run is
// written aside, then one rename points `current` at it, so a reader finds one
// whole run or another and never a mixture. It also keeps two runs from
// writing at once and removes old ones.
//
// It knows folders, links and locks. It does not know what the files hold nor
// whether a run deserves to be published.
//
// The published folder:
//
//	.lock                  held while a program publishes; says which one
//	runs/<id>/             a run, never changed once it has this name
//	runs/<id>.2/           another run of the same id with other files
//	runs/.staging-<id>/    a run being written, or one being removed
//	current -> runs/<id>   the latest run
//	<file> -> current/<file>
//
// A reader of one file opens <file>; a reader of several resolves `current`
// once and reads below what it found. It has until two more runs have been
// published, since the newest three are kept.
package publish

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gofrs/flock"
)

const (
	lockName    = ".lock"
	runsName    = "runs"
	currentName = "current"
	staging     = ".staging-"   // prefix of a run being written or removed
	pending     = ".publishing" // prefix of a link being made
	defaultKeep = 3
	folderMode  = 0o750
	fileMode    = 0o640
)

// Publisher publishes into one folder, alone: see Open. It is not safe for
// concurrent use.
type Publisher struct {
	out    string
	lock   *flock.Flock
	keep   int
	disk   disk
	active *Run
}

// LockedError says that another program is publishing into the folder.
type LockedError struct {
	Path   string // of the lock
	Holder string // what the holder wrote there; may be empty
}

func (e *LockedError) Error() string {
	holder := e.Holder
	if holder == "" {
		holder = "which did not say who it is"
	}
	return fmt.Sprintf("%s is held by another run (%s); wait until it has ended, or publish elsewhere with --out",
		e.Path, holder)
}

// Open makes the folder if need be and takes its lock without waiting: where
// another program holds it, the error is a *LockedError. The lock goes with
// the program, however it ends; a left-over lock file means nothing.
func Open(out string) (*Publisher, error) {
	if err := os.MkdirAll(filepath.Join(out, runsName), folderMode); err != nil {
		return nil, fmt.Errorf("the folder for published data could not be made (%w); give another with --out", err)
	}
	path := filepath.Join(out, lockName)
	lock := flock.New(path, flock.SetFlag(os.O_CREATE|os.O_RDWR), flock.SetPermissions(fileMode))
	held, err := lock.TryLock()
	if err != nil {
		return nil, fmt.Errorf("the lock of published data could not be taken: %w", err)
	}
	if !held {
		holder, _ := os.ReadFile(path) // best effort: it only explains
		return nil, &LockedError{Path: path, Holder: strings.TrimSpace(string(holder))}
	}
	p := &Publisher{out: out, lock: lock, keep: defaultKeep, disk: system}
	me := fmt.Sprintf("process %d, started %s\n", os.Getpid(), time.Now().UTC().Format(time.RFC3339))
	if err := os.WriteFile(path, []byte(me), fileMode); err != nil {
		return nil, errors.Join(fmt.Errorf("the lock of published data could not be written: %w", err), p.Close())
	}
	return p, nil
}

// Keep sets how many runs stay, the current one included; at least 1, 3 at first.
func (p *Publisher) Keep(runs int) { p.keep = max(runs, 1) }

// Close gives up a run that was not committed and frees the lock.
func (p *Publisher) Close() error {
	var errs []error
	if p.active != nil {
		errs = append(errs, p.active.Abort())
	}
	if p.lock.Locked() {
		if err := os.Truncate(p.lock.Path(), 0); !errors.Is(err, os.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return errors.Join(append(errs, p.lock.Close())...)
}

// Begin makes an empty place to write a run into and removes what runs that
// were killed have left. The id becomes a folder's name. One run at a time.
func (p *Publisher) Begin(runID string) (*Run, error) {
	if err := checkName("run id", runID); err != nil {
		return nil, err
	}
	if !p.lock.Locked() {
		return nil, errors.New("a run was begun after the publisher was closed")
	}
	if p.active != nil {
		return nil, fmt.Errorf("run %s was begun before run %s had ended", runID, p.active.id)
	}
	if err := p.removeLeftovers(); err != nil {
		return nil, fmt.Errorf("what an earlier run left behind could not be removed: %w", err)
	}
	r := &Run{publisher: p, id: runID, dir: filepath.Join(p.out, runsName, staging+runID)}
	if err := os.Mkdir(r.dir, folderMode); err != nil {
		return nil, fmt.Errorf("the folder of run %s could not be made: %w", runID, err)
	}
	p.active = r
	return r, nil
}

// removeLeftovers removes staged runs and half-made links. The lock is held,
// so nobody is working on them.
func (p *Publisher) removeLeftovers() error {
	runs := filepath.Join(p.out, runsName)
	return errors.Join(p.removePrefixed(p.out, pending), p.removePrefixed(runs, staging))
}

// removePrefixed removes the entries of a folder whose names begin with prefix.
func (p *Publisher) removePrefixed(dir, prefix string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	var errs []error
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), prefix) {
			errs = append(errs, p.disk.removeAll(filepath.Join(dir, e.Name())))
		}
	}
	return errors.Join(errs...)
}

// checkName refuses names that would not be one plain file of a folder.
func checkName(what, name string) error {
	bad := name == "" || strings.HasPrefix(name, ".") || strings.ContainsFunc(name, func(r rune) bool {
		return r < ' ' || strings.ContainsRune(`/\:*?"<>|`, r)
	})
	if bad {
		return fmt.Errorf("%q cannot be a %s: it has to be a plain name that does not begin with a dot", name, what)
	}
	return nil
}
