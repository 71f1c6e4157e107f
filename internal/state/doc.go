// Package state keeps what an incremental build needs of the builds before it, in
// a folder of the run that it is the state of: the typed rows of all sources as
// tables, by file and in order, what was read, and what was found of each node.
//
// A table is one file, an Arrow IPC stream whose records each have a checksum, and
// is never changed: the next run's state has links to it and adds tables of its
// own. The manifest describes all of them; it is written last and has a digest of
// itself. Whatever does not agree with it is damaged, and a run that finds it so
// reads the sources anew.
//
// It knows records, tables and files. It does not know what a project is, which
// rows touch which, nor what results mean.
package state

import (
	"errors"
	"fmt"
	"io/fs"
)

// DamagedError says that a state is not as it was written.
type DamagedError struct {
	Name string // of the file, in the state's folder
	How  string
}

func (e *DamagedError) Error() string {
	return fmt.Sprintf("%s of the state cannot be used: %s", e.Name, e.How)
}

// damaged is the error of a file that could not be read; its path is in Name already.
func damaged(name string, err error) *DamagedError {
	var at *fs.PathError
	if errors.As(err, &at) {
		err = at.Err
	}
	return &DamagedError{name, err.Error()}
}

// IsDamaged says whether an error is that a state is damaged.
func IsDamaged(err error) bool {
	var damaged *DamagedError
	return errors.As(err, &damaged)
}

// fileMode is that of all files: rows have personal data.
const fileMode = 0o640
