package publish

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
)

// TidyError says that the run was published and that something behind it, which no
// reader looks for, could not be put in order. The next run does so.
type TidyError struct{ Err error }

func (e *TidyError) Error() string {
	return fmt.Sprintf("the run was published, but what it has taken the place of could not be put in order: %v", e.Err)
}

func (e *TidyError) Unwrap() error { return e.Err }

// UnfinishedError says that the run was published, as `current` names it, but
// that something which was to follow failed: a link <file> may be missing, or
// one of an earlier run be left. Publishing again mends it.
type UnfinishedError struct{ Err error }

func (e *UnfinishedError) Error() string {
	return fmt.Sprintf("the run was published below %s, but not all that was to follow was done (%v); mend what was in the way and do the same again", currentName, e.Err)
}

func (e *UnfinishedError) Unwrap() error { return e.Err }

// publish makes a run that has its folder the current one; files are those that
// are linked to. It goes so that it may be killed anywhere:
//
//  1. The publication is announced, with the names of its logs.
//  2. The logs are put in place.
//  3. One rename switches `current`: before it the publication has not happened,
//     and whoever comes next removes the logs that were announced; after it the
//     publication has happened, and has its logs.
//  4. The links are put right.
//
// The caller notes afterwards that the publication happened.
//
// An error other than a *TidyError or an *UnfinishedError says that it has not.
func (p *Publisher) publish(next Publication, staged *stagedLogs, files []string) error {
	for _, f := range staged.files {
		next.logs = append(next.logs, f.name(next))
	}
	p.last = next.At
	err := p.writeHistory(&next)
	if err == nil {
		err = staged.place(next)
	}
	if err == nil {
		err = p.point(next.Run)
	}
	switched := p.pointsAt(next.Run)
	switch {
	case !switched:
		err = fmt.Errorf("run %s could not be made the current one: %w", next.Run, err)
		return errors.Join(err, p.removeLogs(next.logs), staged.drop())
	case err != nil: // as where the link was made and only its sync failed
		return &UnfinishedError{Err: err}
	}
	p.history = append(p.history, next)
	if err := p.linkFiles(files); err != nil {
		return &UnfinishedError{Err: fmt.Errorf("the files of run %s could not be linked: %w", next.Run, err)}
	}
	if err := staged.drop(); err != nil {
		return &TidyError{Err: err}
	}
	return nil
}

// retire removes all runs but the current one and as many of those that were
// current last as are to stay with it, from the history first.
func (p *Publisher) retire(current string) error {
	kept := []string{current}
	for _, x := range p.history.newest() {
		if x.Run != current && len(kept) < p.keep {
			kept = append(kept, x.Run)
		}
	}
	p.history = slices.DeleteFunc(p.history, func(x Publication) bool { return !slices.Contains(kept, x.Run) })
	if err := p.writeHistory(nil); err != nil {
		return err
	}
	return p.removeRuns(kept)
}

// removeRuns removes all runs but those that are kept. They are renamed first, on
// the disk too, so that a run is there as a whole or not at all.
func (p *Publisher) removeRuns(kept []string) error {
	runs := filepath.Join(p.out, runsName)
	entries, err := os.ReadDir(runs)
	if err != nil {
		return err
	}
	var errs []error
	var doomed []string
	for _, e := range entries {
		if !e.IsDir() || e.Name()[0] == '.' || slices.Contains(kept, e.Name()) {
			continue
		}
		path := filepath.Join(runs, staging+e.Name())
		if err := p.disk.rename(filepath.Join(runs, e.Name()), path); err != nil {
			errs = append(errs, err)
			continue
		}
		doomed = append(doomed, path)
	}
	if len(doomed) > 0 {
		if err := p.disk.sync(runs); err != nil {
			return errors.Join(append(errs, err)...)
		}
	}
	for _, path := range doomed {
		errs = append(errs, p.disk.removeAll(path))
	}
	return errors.Join(errs...)
}
