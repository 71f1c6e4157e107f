package spill

import (
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gofrs/flock"
)

// settling is how long a folder may be without a lock because it was just made,
// or is just being removed.
const settling = time.Hour

// RemoveLeftovers removes the folders below parent whose programs have ended
// without doing so. It does what it can: a folder of another user, say, stays,
// and is no reason not to go on.
func RemoveLeftovers(parent string) {
	entries, err := os.ReadDir(parent)
	if err != nil {
		return // making a folder there will say why
	}
	for _, e := range entries {
		if e.IsDir() && strings.HasPrefix(e.Name(), prefix) {
			removeLeftover(filepath.Join(parent, e.Name()), e)
		}
	}
}

func removeLeftover(path string, entry os.DirEntry) {
	name := filepath.Join(path, lockName)
	if info, err := os.Lstat(name); os.IsNotExist(err) {
		if about, err := entry.Info(); err == nil && time.Since(about.ModTime()) > settling {
			_ = os.RemoveAll(path)
		}
		return
	} else if err != nil || !info.Mode().IsRegular() {
		return
	}
	lock := flock.New(name, flock.SetFlag(os.O_RDWR)) // which does not make it
	if held, err := lock.TryLock(); err == nil && held {
		_ = os.RemoveAll(path)
	}
	_ = lock.Close()
}
