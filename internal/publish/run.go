package publish

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"
)

// Run is a run being written. It is not safe for concurrent use.
type Run struct {
	publisher *Publisher
	id        string
	dir       string   // the staging folder; the run's own once committed
	files     []string // created
	done      bool
}

// TidyError says that the run was published and that something old, which no
// reader looks for, could not be removed.
type TidyError struct{ Err error }

func (e *TidyError) Error() string {
	return fmt.Sprintf("the run was published, but an earlier one could not be removed: %v", e.Err)
}

func (e *TidyError) Unwrap() error { return e.Err }

// UnfinishedError says that the run was published, as `current` names it, but
// that something which was to follow failed: a link <file> may be missing, or
// one of an earlier run be left. Committing again mends it.
type UnfinishedError struct{ Err error }

func (e *UnfinishedError) Error() string {
	return fmt.Sprintf("the run was published below %s, but not all that was to follow was done (%v); mend what was in the way and run the build again", currentName, e.Err)
}

func (e *UnfinishedError) Unwrap() error { return e.Err }

// Create opens a new file of the run. The caller closes it before Commit.
func (r *Run) Create(name string) (*os.File, error) {
	if r.done {
		return nil, fmt.Errorf("file %q was created after run %s had ended", name, r.id)
	}
	if err := checkName("published file", name); err != nil {
		return nil, err
	}
	if name == runsName || name == currentName {
		return nil, fmt.Errorf("%q cannot be a published file: the published folder needs the name", name)
	}
	f, err := os.OpenFile(filepath.Join(r.dir, name), os.O_CREATE|os.O_EXCL|os.O_RDWR, fileMode)
	if err != nil {
		return nil, fmt.Errorf("a file of run %s could not be made: %w", r.id, err)
	}
	r.files = append(r.files, name)
	return f, nil
}

// Dir is the folder the run is in: where it is written, after Commit where it
// was published.
func (r *Run) Dir() string { return r.dir }

// Abort removes the run. After Commit it does nothing, so it may be deferred.
func (r *Run) Abort() error {
	if r.done {
		return nil
	}
	r.end()
	return os.RemoveAll(r.dir)
}

func (r *Run) end() {
	r.done = true
	r.publisher.active = nil
}

// Commit publishes the run. Every file is on the disk before readers see any,
// and `current` names a whole run at every moment, whatever fails and whenever
// the program is killed; a run that was interrupted is mended by committing
// again. A *TidyError or an *UnfinishedError is returned after the run was
// published; any other error says that readers see the run before, if there was
// one. Either way the run has ended.
func (r *Run) Commit() error {
	if r.done {
		return fmt.Errorf("run %s was committed after it had ended", r.id)
	}
	p := r.publisher
	slices.Sort(r.files)
	if err := p.checkWay(r.files); err != nil {
		return errors.Join(err, r.Abort())
	}
	name, err := r.settle()
	if err != nil {
		return errors.Join(fmt.Errorf("run %s could not be published: %w", r.id, err), r.Abort())
	}
	r.end()
	r.dir = filepath.Join(p.out, runsName, name)
	if err := p.point(name); err != nil {
		err = fmt.Errorf("run %s could not be made the current one: %w", r.id, err)
		if p.pointsAt(name) { // as where the link was made and only its sync failed
			return &UnfinishedError{Err: err}
		}
		return err
	}
	if err := p.linkFiles(r.files); err != nil {
		return &UnfinishedError{Err: fmt.Errorf("the files of run %s could not be linked: %w", r.id, err)}
	}
	if err := p.retire(name); err != nil {
		return &TidyError{Err: err}
	}
	return nil
}

// settle gives the staged run its name among the runs and returns it. A run is
// never replaced, since somebody may be reading it: the same id with the same
// files keeps the folder it has, with other files it gets a number.
func (r *Run) settle() (string, error) {
	p := r.publisher
	for _, file := range r.files {
		if err := p.disk.sync(filepath.Join(r.dir, file)); err != nil {
			return "", err
		}
	}
	if err := p.disk.sync(r.dir); err != nil {
		return "", err
	}
	runs := filepath.Join(p.out, runsName)
	name := r.id
	for n := 2; ; n++ {
		path := filepath.Join(runs, name)
		if _, err := os.Lstat(path); errors.Is(err, os.ErrNotExist) {
			break
		} else if err != nil {
			return "", err
		}
		same, err := sameFolder(path, r.dir)
		if err != nil {
			return "", err
		}
		if same {
			return name, r.reuse(path)
		}
		name = r.id + "." + strconv.Itoa(n)
	}
	// The folder's time decides which runs are the newest, so it is that of now
	// and not that of its last file.
	now := time.Now()
	if err := os.Chtimes(r.dir, now, now); err != nil {
		return "", err
	}
	if err := p.disk.rename(r.dir, filepath.Join(runs, name)); err != nil {
		return "", err
	}
	return name, p.disk.sync(runs)
}

// reuse drops the staged files for equal ones and makes those count as new.
func (r *Run) reuse(path string) error {
	now := time.Now()
	if err := os.Chtimes(path, now, now); err != nil {
		return err
	}
	// The earlier run may have been cut short right after its rename.
	if err := r.publisher.disk.sync(filepath.Dir(path)); err != nil {
		return err
	}
	return r.publisher.disk.removeAll(r.dir)
}
