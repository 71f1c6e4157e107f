package pipeline

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"martlet/internal/publish"
)

// destination is where the outputs of a run go.
type destination interface {
	// begin makes room for the run.
	begin(runID string) error
	// create opens a new file; the caller closes it before commit.
	create(name string) (*os.File, error)
	// commit makes the files visible. A warning is about something that did not
	// keep it from doing so; an error says that they are not, but where isVisible.
	commit() (warning, err error)
	// shown is the path under which a committed file is found.
	shown(name string) string
	// close gives up what was not committed.
	close() error
}

// published is the folder that readers of the data know.
type published struct {
	out       string
	publisher *publish.Publisher
	run       *publish.Run
	unlinked  bool // the files are visible in the current run, their own links may be missing
}

// isVisible says whether an error of commit is of what came after the files
// were made visible.
func isVisible(err error) bool {
	var unfinished *publish.UnfinishedError
	return errors.As(err, &unfinished)
}

// heldByAnother says whether an error is that another run is under way.
func heldByAnother(err error) bool {
	var locked *publish.LockedError
	return errors.As(err, &locked)
}

// openPublished takes the folder's lock, or waits for it; say is told of that.
func openPublished(ctx context.Context, s *settings, say func(format string, args ...any)) (*published, error) {
	p, err := publish.Open(ctx, s.out, waiting(s.wait, say))
	if err != nil {
		return nil, err
	}
	p.Keep(s.keep)
	return &published{out: s.out, publisher: p}, nil
}

// waiting is how to wait for the lock of the published data.
func waiting(wait time.Duration, say func(format string, args ...any)) publish.Waiting {
	return publish.Waiting{For: wait, Begun: func(held *publish.LockedError) {
		say("%s is held by another run (%s): waiting for it, for up to %v", held.Path, held.Holder, wait)
	}}
}

func (d *published) begin(runID string) (err error) {
	d.run, err = d.publisher.Begin(runID[:folderDigits])
	return err
}

func (d *published) create(name string) (*os.File, error) { return d.run.Create(name) }

// current is the folder of the run that is published now.
func (d *published) current() (folder string, ok bool) {
	_, folder, ok = d.publisher.Current()
	return folder, ok
}

// subfolder makes a folder of the run that no reader is led to.
func (d *published) subfolder(name string) (string, error) { return d.run.Subfolder(name) }

// link makes a file of the run's state of one of an earlier run's.
func (d *published) link(name, source string) error { return d.run.Link(stateFolder, name, source) }

// append opens a log, which is never removed.
func (d *published) append(folder, extension string) (*os.File, error) {
	return d.run.Append(folder, extension)
}

// giveUp drops the run that was begun, if one was.
func (d *published) giveUp() error {
	if d.run == nil {
		return nil
	}
	return d.run.Abort()
}

func (d *published) commit() (warning, err error) {
	warning, err = untidy(d.run.Commit())
	d.unlinked = isVisible(err)
	return warning, err
}

// tidy finishes what a killed run has left, where there is nothing to commit.
func (d *published) tidy() (warning, err error) { return untidy(d.publisher.Tidy()) }

// untidy tells what readers of the data do not see from what they do.
func untidy(err error) (warning, other error) {
	var tidy *publish.TidyError
	if errors.As(err, &tidy) {
		return err, nil
	}
	return nil, err
}

func (d *published) shown(name string) string {
	if d.unlinked {
		return filepath.Join(d.out, "current", name)
	}
	return filepath.Join(d.out, name)
}

func (d *published) close() error {
	return d.publisher.Close() // aborts a run that was not committed
}

// partial is a folder for the outputs of a run that leaves some out. Nobody but
// the one who started the run reads it.
type partial struct {
	folder string
	names  []string // created and not yet committed
}

// draft is added to the name of a file that is not yet whole.
const draft = ".tmp"

// begin makes the folder; what an earlier run left there was removed.
func (d *partial) begin(string) error {
	return os.MkdirAll(d.folder, 0o750)
}

func (d *partial) create(name string) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(d.folder, name+draft), os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o640)
	if err == nil {
		d.names = append(d.names, name)
	}
	return f, err
}

func (d *partial) commit() (warning, err error) {
	for len(d.names) > 0 {
		path := d.shown(d.names[0])
		if err := os.Rename(path+draft, path); err != nil {
			return nil, err
		}
		d.names = d.names[1:]
	}
	return nil, nil
}

func (d *partial) shown(name string) string { return filepath.Join(d.folder, name) }

func (d *partial) close() error {
	var problems []error
	for _, name := range d.names {
		if err := os.Remove(d.shown(name) + draft); err != nil && !errors.Is(err, fs.ErrNotExist) {
			problems = append(problems, err)
		}
	}
	return errors.Join(problems...)
}

// nowhere is for a run that writes no output.
type nowhere struct{}

func (nowhere) begin(string) error { return nil }
func (nowhere) create(name string) (*os.File, error) {
	return nil, fmt.Errorf("internal error: a run that writes nothing made the file %s", name)
}
func (nowhere) commit() (warning, err error) { return nil, nil }
func (nowhere) shown(name string) string     { return name }
func (nowhere) close() error                 { return nil }
