// Package publish makes the files of a run visible all at once: a run is
// written aside, then one rename points `current` at it, so a reader finds one
// whole run or another and never a mixture. It also keeps two runs from
// writing at once, removes old ones, and goes back to one that is kept.
//
// It knows folders, links and locks. It does not know what the files hold nor
// whether a run deserves to be published.
//
// The published folder:
//
//	.lock                  held while a program publishes; says which one
//	.publications          which run was published when, and after which
//	runs/<id>/             a run, never changed once it has this name
//	runs/<id>.2/           another run of the same id with other files
//	runs/.staging-<id>/    a run being written, or one being removed
//	current -> runs/<id>   the run that is published now
//	<file> -> current/<file>
//	<folder>/<time>-<id>.<ext>   a log: one file a publication, never removed
//
// A reader of one file opens <file>; a reader of several resolves `current`
// once and reads below what it found. It has until two more runs have been
// published, unless fewer than three are kept.
//
// A log stands in its place before `current` names the run that it belongs to, so
// that who has resolved `current` finds the logs up to it, and passes over those
// which are later. One whose run never became the current one is removed by the
// next run or rollback: `.publications` announces it before it is put in place.
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

// DefaultKeep is how many runs stay where Keep says nothing else.
const DefaultKeep = 3

const (
	lockName    = ".lock"
	historyName = ".publications"
	runsName    = "runs"
	currentName = "current"
	staging     = ".staging-"   // prefix of a run being written or removed
	pending     = ".publishing" // prefix of a link or file being made
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

	// Known once something was begun.
	history history
	last    time.Time // of all publications, those that were never finished included
}

// Keep sets how many runs stay, the current one included; at least 1, DefaultKeep
// at first.
func (p *Publisher) Keep(runs int) { p.keep = max(runs, 1) }

// Current is the run that is published now, and its folder. There is none before
// the first.
func (p *Publisher) Current() (name, dir string, ok bool) {
	name, ok = current(p.out)
	return name, p.dirOf(name), ok
}

// dirOf is the folder of a run; "" is none.
func (p *Publisher) dirOf(name string) string {
	if name == "" {
		return ""
	}
	return filepath.Join(p.out, runsName, name)
}

// Close gives up a run that was not committed and frees the lock.
func (p *Publisher) Close() error {
	var errs []error
	if p.active != nil {
		errs = append(errs, p.active.Abort())
	}
	if p.lock.Locked() {
		if err := p.disk.truncate(p.lock.Path()); !errors.Is(err, os.ErrNotExist) {
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
	if err := p.recover(); err != nil {
		return nil, err
	}
	r := &Run{publisher: p, id: runID, dir: filepath.Join(p.out, runsName, staging+runID)}
	r.logs = stagedLogs{publisher: p, dir: r.dir + ".logs"}
	if err := p.disk.mkdir(r.dir); err != nil {
		return nil, fmt.Errorf("the folder of run %s could not be made: %w", runID, err)
	}
	p.active = r
	return r, nil
}

// Mend removes what runs that were killed have left, and makes the links that one of
// them has not come to, as Begin does: for who finds that there is nothing to publish.
func (p *Publisher) Mend() error { return p.recover() }

// recover removes what was staged or half made and the logs of a publication that
// has not happened, and finishes one that has. The lock is held, so nobody is
// working on them.
func (p *Publisher) recover() error {
	if !p.lock.Locked() {
		return errors.New("internal error: something was begun after the publisher was closed")
	}
	if p.active != nil {
		return fmt.Errorf("internal error: something was begun before run %s had ended", p.active.id)
	}
	known, unfinished, err := readHistory(p.out)
	if err != nil {
		return err
	}
	p.history, p.last = known, known.last()
	errs := []error{p.removePrefixed(p.out, pending), p.removePrefixed(filepath.Join(p.out, runsName), staging)}
	if unfinished != nil {
		p.last = unfinished.At
		errs = append(errs, p.removeLogs(unfinished.logs))
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("what an earlier run left behind could not be removed: %w", err)
	}
	if err := p.mendLinks(); err != nil {
		return fmt.Errorf("the links to the current run could not be mended: %w", err)
	}
	return nil
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

// checkEntry refuses names for what is to stand in the published folder.
func checkEntry(what, name string) error {
	if name == runsName || name == currentName {
		return fmt.Errorf("%q cannot be a %s: the published folder needs the name", name, what)
	}
	return checkName(what, name)
}
