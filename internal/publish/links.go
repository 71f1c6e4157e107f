package publish

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// checkWay refuses to publish where something that is not a link of ours has
// the name of one: a rename would silently replace a user's file. All at once.
func (p *Publisher) checkWay(files []string) error {
	var errs []error
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

// point makes a run the current one.
func (p *Publisher) point(name string) error {
	return p.link(currentName, filepath.Join(runsName, name))
}

// pointsAt says whether a run is the current one.
func (p *Publisher) pointsAt(name string) bool {
	target, err := os.Readlink(filepath.Join(p.out, currentName))
	return err == nil && target == filepath.Join(runsName, name)
}

// link makes an entry of the published folder a link to target, in one step
// for those who read it, and on the disk before it returns.
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
	return p.disk.sync(p.out)
}

// linkFiles makes the links to files stand for exactly those of the current run.
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
	return nil
}

// retire removes all runs but the newest and, in any case, the one named.
func (p *Publisher) retire(current string) error {
	runs := filepath.Join(p.out, runsName)
	entries, err := os.ReadDir(runs)
	if err != nil {
		return err
	}
	type aged struct {
		name string
		at   time.Time
	}
	var old []aged
	for _, e := range entries {
		if !e.IsDir() || e.Name() == current || e.Name()[0] == '.' {
			continue
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		old = append(old, aged{e.Name(), info.ModTime()})
	}
	slices.SortStableFunc(old, func(a, b aged) int { return b.at.Compare(a.at) })
	var errs []error
	for _, run := range old[min(p.keep-1, len(old)):] {
		// Renamed first, so that a run is there as a whole or not at all.
		doomed := filepath.Join(runs, staging+run.name)
		if err := p.disk.rename(filepath.Join(runs, run.name), doomed); err != nil {
			errs = append(errs, err)
			continue
		}
		errs = append(errs, p.disk.removeAll(doomed))
	}
	return errors.Join(errs...)
}
