package publish

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Run is a run being written. It is not safe for concurrent use.
type Run struct {
	publisher *Publisher
	id        string
	dir       string   // the staging folder; the run's own once committed
	files     []string // created
	logs      stagedLogs
	done      bool
}

// Create opens a new file of the run. The caller closes it before Commit.
func (r *Run) Create(name string) (*os.File, error) {
	if err := r.checkOpen("file", name); err != nil {
		return nil, err
	}
	f, err := r.publisher.disk.create(filepath.Join(r.dir, name))
	if err != nil {
		return nil, fmt.Errorf("a file of run %s could not be made: %w", r.id, err)
	}
	r.files = append(r.files, name)
	return f, nil
}

// Subfolder makes a folder of the run and gives its path. What the caller has
// written below it by Commit, files and folders, is part of the run: it is synced
// with it, tells it from others, and is retired with it. No link is made to it.
func (r *Run) Subfolder(name string) (dir string, err error) {
	if err := r.checkOpen("subfolder", name); err != nil {
		return "", err
	}
	dir = filepath.Join(r.dir, name)
	if err := r.publisher.disk.mkdir(dir); err != nil {
		return "", fmt.Errorf("a subfolder of run %s could not be made: %w", r.id, err)
	}
	return dir, nil
}

// Link makes a file of a subfolder that is the same as source, a file of an
// earlier run: one file on the disk where the file system can have it so. Neither
// may be written to from then on.
func (r *Run) Link(subfolder, name, source string) error {
	if err := errors.Join(r.checkOpen("subfolder", subfolder), checkName("file", name)); err != nil {
		return err
	}
	target := filepath.Join(r.dir, subfolder, name)
	err := r.publisher.disk.link(source, target)
	if err != nil && !errors.Is(err, fs.ErrExist) && !errors.Is(err, fs.ErrNotExist) {
		if copying := r.publisher.disk.copyFile(source, target); copying == nil {
			err = nil
		} else {
			err = errors.Join(err, copying)
		}
	}
	if err != nil {
		return fmt.Errorf("a file of run %s could not be made of an earlier one: %w", r.id, err)
	}
	return nil
}

// Append opens a new file that Commit adds to a folder of logs, out/<folder>/, as
// <time>-<run>.<ext>: the names sort by publication. The caller closes it before
// Commit. A log stands there before the run is the current one, for good once it
// is, and not where the run is not published or is the current one already, to
// which there is nothing to add.
func (r *Run) Append(folder, ext string) (*os.File, error) {
	if err := r.checkOpen("folder of a log", folder); err != nil {
		return nil, err
	}
	return r.logs.create(folder, ext)
}

// checkOpen refuses what is begun too late, and names that the run cannot have.
func (r *Run) checkOpen(what, name string) error {
	if r.done {
		return fmt.Errorf("internal error: %s %q was asked for after run %s had ended", what, name, r.id)
	}
	return checkEntry(what, name)
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
	return errors.Join(r.publisher.disk.removeAll(r.dir), r.logs.drop())
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
		return fmt.Errorf("internal error: run %s was committed after it had ended", r.id)
	}
	p := r.publisher
	slices.Sort(r.files)
	err := p.checkWay(r.files, r.logs.files)
	if err != nil {
		return errors.Join(err, r.Abort())
	}
	name, err := r.settle()
	if err != nil {
		return errors.Join(fmt.Errorf("run %s could not be published: %w", r.id, err), r.Abort())
	}
	r.end()
	r.dir = p.dirOf(name)
	if err := r.publish(name); err != nil {
		return err
	}
	if err := p.retire(name); err != nil {
		return &TidyError{Err: err}
	}
	return nil
}

// publish makes the run, which has its folder, the current one. Where it is so
// already there is nothing to log, and only what may be missing is mended.
func (r *Run) publish(name string) error {
	p := r.publisher
	now, _, _ := p.Current()
	if now != name {
		before, _ := p.history.latest(now)
		return p.publish(Publication{Run: name, At: later(p.last, time.Now()), after: before.At}, &r.logs, r.files)
	}
	if err := p.linkFiles(r.files); err != nil {
		return &UnfinishedError{Err: fmt.Errorf("the files of run %s could not be linked: %w", r.id, err)}
	}
	if err := r.logs.drop(); err != nil {
		return &TidyError{Err: err}
	}
	return nil
}

// settle gives the staged run its name among the runs and returns it. A run is
// never replaced, since somebody may be reading it: the same id with the same
// files keeps the folder it has, with other files it gets a number.
func (r *Run) settle() (string, error) {
	p := r.publisher
	if err := errors.Join(p.syncTree(r.dir), r.logs.sync()); err != nil {
		return "", err
	}
	runs := filepath.Join(p.out, runsName)
	editions, err := r.editions(runs)
	if err != nil {
		return "", err
	}
	for _, name := range editions {
		same, err := sameFolder(filepath.Join(runs, name), r.dir)
		if err != nil {
			return "", err
		}
		if same {
			// The earlier run may have been cut short right after its rename.
			return name, errors.Join(p.disk.sync(runs), p.disk.removeAll(r.dir))
		}
	}
	name := r.id
	for n := 2; slices.Contains(editions, name); n++ {
		name = r.id + "." + strconv.Itoa(n)
	}
	if err := p.disk.rename(r.dir, filepath.Join(runs, name)); err != nil {
		return "", err
	}
	return name, p.disk.sync(runs)
}

// editions are the runs of the same id, as they are named.
func (r *Run) editions(runs string) (names []string, err error) {
	entries, err := os.ReadDir(runs)
	for _, e := range entries {
		number, numbered := strings.CutPrefix(e.Name(), r.id+".")
		if e.Name() == r.id || numbered && strings.Trim(number, "0123456789") == "" {
			names = append(names, e.Name())
		}
	}
	return names, err
}

// syncTree makes a folder and all below it survive a power cut.
func (p *Publisher) syncTree(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		switch {
		case e.IsDir():
			err = p.syncTree(path)
		case e.Type().IsRegular():
			err = p.disk.sync(path)
		default:
			err = fmt.Errorf("%s is neither a file nor a folder, and a run has nothing else", path)
		}
		if err != nil {
			return err
		}
	}
	return p.disk.sync(dir)
}
