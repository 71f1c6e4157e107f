package spill

import (
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"
)

// disk is what is done with files. It stands in one place so that tests can make
// each of it fail.
type disk struct {
	create func(path string) (io.WriteCloser, error)
	open   func(path string) (io.ReadCloser, error)
	remove func(path string) error
}

var system = disk{
	create: func(path string) (io.WriteCloser, error) {
		return os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, fileMode)
	},
	open:   func(path string) (io.ReadCloser, error) { return os.Open(path) },
	remove: os.Remove,
}

// unwritten says what to do about a write that failed.
func (f *Folder) unwritten(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return fmt.Errorf("there is no space left for temporary files in %s (%w); free some, name a folder with more by --target-path, or give the build more memory with --memory", f.path, err)
	}
	return fmt.Errorf("a temporary file in %s could not be written (%w); name another folder by --target-path, or give the build more memory with --memory", f.path, err)
}

// damaged is the error of a file that is not what was written.
func damaged(path, how string) error {
	return fmt.Errorf("temporary file %s is damaged (%s); run the build again, and check the disk if that does not help", path, how)
}
