package spill

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"sync"

	"github.com/gofrs/flock"
)

const (
	prefix     = "martlet-spill-" // of a folder's name; the process id follows
	lockName   = "lock"
	folderMode = 0o700 // as os.MkdirTemp has it
	fileMode   = 0o600
)

// Folder is a temporary folder which only its owner may read. It is locked for as
// long as it is in use, so that one left behind by a killed program is known by
// its lock being free.
type Folder struct {
	path string
	lock *flock.Flock
	disk disk

	mu     sync.Mutex
	made   int                   // files so far, which numbers them
	inside map[resource]struct{} // not yet dropped
	closed bool
}

// resource is what a folder frees when it is closed.
type resource interface{ free() error }

// NewFolder makes a folder below parent, and removes those that killed programs
// have left there. The caller closes it.
func NewFolder(parent string) (*Folder, error) {
	RemoveLeftovers(parent)
	for range 10 { // another program may take the folder for a leftover before it is locked
		path, err := os.MkdirTemp(parent, prefix+strconv.Itoa(os.Getpid())+"-*")
		if err != nil {
			return nil, fmt.Errorf("a folder for temporary files could not be made (%w); name a folder that can be written to by --target-path", err)
		}
		lock, err := lockFolder(path)
		if err != nil {
			return nil, errors.Join(fmt.Errorf("the folder %s for temporary files could not be locked: %w", path, err), os.RemoveAll(path))
		}
		if lock != nil {
			return &Folder{path: path, lock: lock, disk: system, inside: map[resource]struct{}{}}, nil
		}
	}
	return nil, fmt.Errorf("a folder for temporary files could not be made in %s: other programs removed each", parent)
}

// lockFolder locks a new folder. It gives nil where another program, which took
// it for a leftover, has it or has removed it.
func lockFolder(path string) (*flock.Flock, error) {
	name := filepath.Join(path, lockName)
	lock := flock.New(name, flock.SetFlag(os.O_CREATE|os.O_RDWR), flock.SetPermissions(fileMode))
	held, err := lock.TryLock()
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil || !held {
		return nil, errors.Join(err, lock.Close())
	}
	if _, err := os.Lstat(name); errors.Is(err, fs.ErrNotExist) {
		return nil, lock.Close()
	}
	return lock, nil
}

// Path is where the folder is.
func (f *Folder) Path() string { return f.path }

// Close frees all that was made in the folder, memory and files, and removes it.
// Closing again does nothing.
func (f *Folder) Close() error {
	f.mu.Lock()
	inside := f.inside
	closed := f.closed
	f.inside, f.closed = map[resource]struct{}{}, true
	f.mu.Unlock()
	if closed {
		return nil
	}
	var errs []error
	for r := range inside {
		errs = append(errs, r.free())
	}
	// The lock goes last: whoever finds it free may remove the folder too.
	errs = append(errs, os.RemoveAll(f.path), f.lock.Close())
	return errors.Join(errs...)
}

// enter has the folder free r when it is closed.
func (f *Folder) enter(r resource) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.inside[r] = struct{}{}
}

// leave frees r now.
func (f *Folder) leave(r resource) error {
	f.mu.Lock()
	delete(f.inside, r)
	f.mu.Unlock()
	return r.free()
}

// next is the path of a file to be made.
func (f *Folder) next() (string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return "", fmt.Errorf("the folder %s for temporary files has been closed", f.path)
	}
	f.made++
	return filepath.Join(f.path, fmt.Sprintf("%06d.arrows", f.made)), nil
}
