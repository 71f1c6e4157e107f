package publish

import (
	"errors"
	"fmt"
	"os"
	"syscall"
	"testing"
)

var errInjected = errors.New("injected failure")

// fault is what goes wrong with operations on the disk.
type fault struct {
	kind faultKind
	step int // the first that it befalls, counted from 0
}

type faultKind int

const (
	refused faultKind = iota // it fails, and the others do not
	dead                     // it and all that follow fail: to the disk it is as if the program were killed
	denied                   // it is done and said to have failed, as on a network's disk
	full                     // it and all that follow have no room: half of what they write is there
	faultKinds
)

func (k faultKind) String() string { return [...]string{"refused", "dead", "denied", "full"}[k] }

func (f fault) String() string {
	if f.step == never {
		return "no fault"
	}
	return fmt.Sprintf("step %d %v", f.step, f.kind)
}

const never = 1 << 30

var noFault = fault{step: never}

// faultyDisk is a disk with a fault. look, unless nil, is called between any two
// operations.
type faultyDisk struct {
	disk
	fault
	steps int
	look  func()
}

// do does one operation; half, unless nil, is what is done where there is no room.
func (d *faultyDisk) do(op, half func() error) error {
	at := d.steps
	d.steps++
	if d.look != nil && (at >= d.step || d.step == never) { // what is before is the same for all
		d.look()
	}
	switch {
	case at < d.step:
	case d.kind == refused && at == d.step, d.kind == dead:
		return errInjected
	case d.kind == denied && at == d.step:
		return errors.Join(op(), errInjected)
	case d.kind == full && half != nil:
		return errors.Join(half(), &os.PathError{Op: "write", Err: syscall.ENOSPC}, errInjected)
	}
	return op()
}

// inMemory is a folder on a disk that takes no time, where there is one.
func inMemory(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "martlet-publish-*")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

// sound is the system's disk without a fault.
func sound() *faultyDisk { return &faultyDisk{disk: system, fault: noFault} }

// nothing is what an operation does that finds no room.
func nothing() error { return nil }

// write is what a program does that writes to a file of a run.
func (d *faultyDisk) write(f *os.File, text string) error {
	put := func(text string) func() error {
		return func() error { _, err := f.WriteString(text); return err }
	}
	return d.do(put(text), put(text[:len(text)/2]))
}

func (d *faultyDisk) faulty() disk {
	one := func(op func(string) error, half func() error) func(string) error {
		return func(path string) error { return d.do(func() error { return op(path) }, half) }
	}
	two := func(op func(string, string) error, half func() error) func(string, string) error {
		return func(a, b string) error { return d.do(func() error { return op(a, b) }, half) }
	}
	return disk{
		mkdirAll: one(d.mkdirAll, nothing), mkdir: one(d.mkdir, nothing), sync: one(d.sync, nothing),
		symlink: two(d.symlink, nothing), link: two(d.link, nothing),
		truncate: one(d.truncate, nil), remove: one(d.remove, nil), removeAll: one(d.removeAll, nil),
		rename: two(d.rename, nil),
		create: func(path string) (f *os.File, err error) {
			err = d.do(func() error { f, err = d.create(path); return err }, nothing)
			if err != nil && f != nil {
				f.Close()
			}
			return f, err
		},
		writeFile: func(path string, text []byte) error {
			put := func(text []byte) func() error { return func() error { return d.writeFile(path, text) } }
			return d.do(put(text), put(text[:len(text)/2]))
		},
		copyFile: func(from, to string) error {
			return d.do(func() error { return d.copyFile(from, to) }, func() error {
				text, err := os.ReadFile(from)
				return errors.Join(err, os.WriteFile(to, text[:len(text)/2], fileMode))
			})
		},
	}
}
