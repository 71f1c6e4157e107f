package publish

import (
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
)

// stagedLogs are the logs of a publication to come, below a folder beside the
// staged run: they are no part of it.
type stagedLogs struct {
	publisher *Publisher
	dir       string
	files     []logFile
}

// logFile is a log by the folder it goes to and the extension of its name.
type logFile struct{ folder, ext string }

// name is the path of the log of a publication, below the published folder.
func (f logFile) name(of Publication) string {
	return path.Join(f.folder, of.At.Format(timeFormat)+"-"+of.Run+"."+f.ext)
}

func (l *stagedLogs) staged(f logFile) string { return filepath.Join(l.dir, f.folder, f.ext) }

// create opens a new log.
func (l *stagedLogs) create(folder, ext string) (*os.File, error) {
	if err := errors.Join(checkEntry("folder of a log", folder), checkName("log's extension", ext)); err != nil {
		return nil, err
	}
	f := logFile{folder, ext}
	if err := l.publisher.disk.mkdirAll(filepath.Join(l.dir, folder)); err != nil {
		return nil, fmt.Errorf("a log could not be made: %w", err)
	}
	file, err := l.publisher.disk.create(l.staged(f))
	if err != nil {
		return nil, fmt.Errorf("a log could not be made: %w", err)
	}
	l.files = append(l.files, f)
	return file, nil
}

// sync makes the staged logs survive a power cut, but for where they are.
func (l *stagedLogs) sync() error {
	for _, f := range l.files {
		if err := l.publisher.disk.sync(l.staged(f)); err != nil {
			return err
		}
	}
	return nil
}

// place puts the logs where readers find them. Those of a publication have names
// of their own, so nothing is replaced.
func (l *stagedLogs) place(of Publication) error {
	p := l.publisher
	for _, f := range l.files {
		folder := filepath.Join(p.out, f.folder)
		if err := p.disk.mkdir(folder); err == nil {
			err = p.disk.sync(p.out)
			if err != nil {
				return err
			}
		} else if !errors.Is(err, os.ErrExist) {
			return err
		}
		if err := p.disk.rename(l.staged(f), filepath.Join(p.out, f.name(of))); err != nil {
			return err
		}
		if err := p.disk.sync(folder); err != nil {
			return err
		}
	}
	return nil
}

// drop removes what is staged still.
func (l *stagedLogs) drop() error {
	if len(l.files) == 0 {
		return nil
	}
	return l.publisher.disk.removeAll(l.dir)
}

// removeLogs removes the logs of a publication that did not come about. One that is
// not there may have been removed without that being on the disk yet.
func (p *Publisher) removeLogs(names []string) error {
	var errs []error
	for _, name := range names {
		path := filepath.Join(p.out, filepath.FromSlash(name))
		err := p.disk.remove(path)
		if err == nil || errors.Is(err, os.ErrNotExist) {
			err = p.disk.sync(filepath.Dir(path))
		}
		if !errors.Is(err, os.ErrNotExist) { // of the folder
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}
