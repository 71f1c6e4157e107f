package publish

import (
	"errors"
	"os"
	"syscall"
)

// disk is the operations that change what readers see or what survives a
// crash. They stand together so that tests can make each of them fail.
type disk struct {
	rename    func(from, to string) error
	symlink   func(target, link string) error
	remove    func(path string) error
	removeAll func(path string) error
	sync      func(path string) error
}

var system = disk{
	rename:    os.Rename,
	symlink:   os.Symlink,
	remove:    os.Remove,
	removeAll: os.RemoveAll,
	sync:      syncPath,
}

// syncPath makes a file, or the entries of a folder, survive a power cut.
func syncPath(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	err = f.Sync()
	if errors.Is(err, syscall.EINVAL) || errors.Is(err, errors.ErrUnsupported) {
		err = nil // a file system that does not sync folders
	}
	return errors.Join(err, f.Close())
}
