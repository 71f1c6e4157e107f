package ingest

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// draft is a file in the making: a temporary one beside the place it is for, so
// that what stands there is at any time what it was or what it is to be.
type draft struct {
	target string
	folder bool     // the folder was made for the draft
	file   *os.File // nil once it was placed or dropped
	limit  int64    // of its bytes; 0 is none
	size   int64
	sum    hash.Hash
}

// newDraft begins a draft for target; limit bounds its bytes, unless it is 0.
func newDraft(target string, limit int64) (*draft, error) {
	folder := filepath.Dir(target)
	_, missing := os.Stat(folder)
	if err := os.MkdirAll(folder, 0o750); err != nil {
		return nil, err
	}
	sweep(folder, filepath.Base(target))
	file, err := os.CreateTemp(folder, "."+filepath.Base(target)+"-*")
	if err != nil {
		return nil, err
	}
	return &draft{target: target, folder: missing != nil, file: file, limit: limit, sum: sha256.New()}, nil
}

// Write implements io.Writer.
func (d *draft) Write(text []byte) (int, error) {
	if d.size += int64(len(text)); d.limit > 0 && d.size > d.limit {
		return 0, fmt.Errorf("%s: found more than %d bytes to write; expected less: if that is right, raise the limit \"temporary\"", d.target, d.limit)
	}
	d.sum.Write(text)
	return d.file.Write(text)
}

// reset takes back what was written.
func (d *draft) reset() error {
	d.size = 0
	d.sum.Reset()
	_, err := d.file.Seek(0, io.SeekStart)
	return errors.Join(err, d.file.Truncate(0))
}

// sha256 is the digest of what was written, in hex.
func (d *draft) sha256() string { return hex.EncodeToString(d.sum.Sum(nil)) }

// open gives what was written for reading.
func (d *draft) open() (*os.File, error) { return os.Open(d.file.Name()) }

// place puts the draft where it is for. It gets the permissions of the file
// there; a new one is for its owner and group.
func (d *draft) place() error {
	mode := fs.FileMode(0o640)
	if old, err := os.Stat(d.target); err == nil {
		mode = old.Mode().Perm()
	}
	err := errors.Join(d.file.Chmod(mode), d.file.Sync(), d.file.Close())
	if err == nil {
		err = os.Rename(d.file.Name(), d.target)
	}
	if err != nil {
		return errors.Join(err, os.Remove(d.file.Name()))
	}
	d.file = nil
	return nil
}

// drop removes the draft unless it was placed.
func (d *draft) drop() {
	if d == nil || d.file == nil {
		return
	}
	_ = d.file.Close() // it is not wanted any more
	_ = os.Remove(d.file.Name())
	if d.folder {
		_ = os.Remove(filepath.Dir(d.target)) // unless there is something in it by now
	}
	d.file = nil
}

// abandoned is how old a draft is that no process works on any more.
const abandoned = 24 * time.Hour

// sweep removes drafts for the same file of processes that were killed. That it
// cannot is no reason not to go on.
func sweep(folder, base string) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return
	}
	for _, entry := range entries {
		if suffix, ours := strings.CutPrefix(entry.Name(), "."+base+"-"); !ours || strings.Trim(suffix, "0123456789") != "" {
			continue
		}
		if info, err := entry.Info(); err == nil && info.Mode().IsRegular() && time.Since(info.ModTime()) > abandoned {
			_ = os.Remove(filepath.Join(folder, entry.Name()))
		}
	}
}
