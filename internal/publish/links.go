package publish

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
)

// checkWay refuses to publish where something that is not a link of ours has
// the name of one: a rename would silently replace a user's file. The same for
// folders of logs. All at once.
func (p *Publisher) checkWay(files []string, logs []logFile) error {
	var errs []error
	for _, log := range logs {
		path := filepath.Join(p.out, log.folder)
		info, err := os.Lstat(path)
		switch {
		case slices.Contains(files, log.folder):
			errs = append(errs, fmt.Errorf("internal error: %s is to be a published file and a folder of logs", path))
		case errors.Is(err, os.ErrNotExist):
		case err != nil:
			errs = append(errs, err)
		case !info.IsDir():
			errs = append(errs, fmt.Errorf("%s is in the way: expected a folder of logs; move it elsewhere", path))
		}
	}
	for _, name := range append([]string{currentName}, files...) {
		path := filepath.Join(p.out, name)
		info, err := os.Lstat(path)
		switch {
		case errors.Is(err, os.ErrNotExist):
		case err != nil:
			errs = append(errs, err)
		case info.Mode()&os.ModeSymlink == 0:
			errs = append(errs, fmt.Errorf("%s is in the way: expected a link made by an earlier run; move it elsewhere", path))
		}
	}
	return errors.Join(errs...)
}

// point makes a run the current one, which it is on the disk too when it returns.
func (p *Publisher) point(name string) error {
	if err := p.link(currentName, filepath.Join(runsName, name)); err != nil {
		return err
	}
	return p.disk.sync(p.out)
}

// pointsAt says whether a run is the current one.
func (p *Publisher) pointsAt(name string) bool {
	target, err := os.Readlink(filepath.Join(p.out, currentName))
	return err == nil && target == filepath.Join(runsName, name)
}

// link makes an entry of the published folder a link to target, in one step
// for those who read it.
func (p *Publisher) link(name, target string) error {
	path := filepath.Join(p.out, name)
	if old, err := os.Readlink(path); err == nil && old == target {
		return nil
	}
	fresh := filepath.Join(p.out, pending+"-"+name)
	if err := p.disk.symlink(target, fresh); err != nil {
		return err
	}
	if err := p.disk.rename(fresh, path); err != nil {
		return errors.Join(err, p.disk.remove(fresh))
	}
	return nil
}

// mendLinks makes the links that a run which was killed right after it became the
// current one has not come to. It leaves what is in the way to who publishes next.
func (p *Publisher) mendLinks() error {
	_, dir, ok := p.Current()
	if !ok {
		return nil
	}
	files, err := plainFiles(dir)
	if err != nil || p.checkWay(files, nil) != nil {
		return err
	}
	return p.linkFiles(files)
}

// plainFiles are the files that stand in a run's folder itself, which links are made to.
func plainFiles(dir string) (names []string, err error) {
	entries, err := os.ReadDir(dir)
	for _, e := range entries {
		if e.Type().IsRegular() {
			names = append(names, e.Name())
		}
	}
	return names, err
}

// linkFiles makes the links to files stand for exactly those of the current run,
// on the disk too: one that is right already may not be there yet.
func (p *Publisher) linkFiles(files []string) error {
	for _, name := range files {
		if err := p.link(name, filepath.Join(currentName, name)); err != nil {
			return err
		}
	}
	entries, err := os.ReadDir(p.out)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if e.Type()&os.ModeSymlink == 0 || slices.Contains(files, e.Name()) {
			continue
		}
		path := filepath.Join(p.out, e.Name())
		target, err := os.Readlink(path)
		if err != nil {
			return err
		}
		if target != filepath.Join(currentName, e.Name()) {
			continue // not ours
		}
		if err := p.disk.remove(path); err != nil {
			return err
		}
	}
	return p.disk.sync(p.out)
}
