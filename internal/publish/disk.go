package publish

import (
	"errors"
	"io"
	"os"
	"syscall"
)

// disk is every operation that changes what is on the disk. They stand together
// so that tests can make each of them fail.
type disk struct {
	mkdirAll  func(path string) error
	mkdir     func(path string) error
	create    func(path string) (*os.File, error) // a file that is not there yet
	writeFile func(path string, text []byte) error
	copyFile  func(from, to string) error // to is not there yet
	truncate  func(path string) error
	rename    func(from, to string) error
	link      func(from, to string) error
	symlink   func(target, link string) error
	remove    func(path string) error
	removeAll func(path string) error
	sync      func(path string) error
}

var system = disk{
	mkdirAll:  func(path string) error { return os.MkdirAll(path, folderMode) },
	mkdir:     func(path string) error { return os.Mkdir(path, folderMode) },
	create:    create,
	writeFile: func(path string, text []byte) error { return os.WriteFile(path, text, fileMode) },
	copyFile:  copyFile,
	truncate:  func(path string) error { return os.Truncate(path, 0) },
	rename:    os.Rename,
	link:      os.Link,
	symlink:   os.Symlink,
	remove:    os.Remove,
	removeAll: os.RemoveAll,
	sync:      syncPath,
}

func create(path string) (*os.File, error) {
	return os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, fileMode)
}

func copyFile(from, to string) error {
	source, err := os.Open(from)
	if err != nil {
		return err
	}
	defer source.Close()
	target, err := create(to)
	if err != nil {
		return err
	}
	_, err = io.Copy(target, source)
	return errors.Join(err, target.Close())
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
