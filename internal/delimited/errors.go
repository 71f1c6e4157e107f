package delimited

import (
	"errors"
	"fmt"
	"os"
)

// DataError says that one record of a readable file is not as its dialect has
// it, and that what follows it can therefore not be read. It never holds the
// record's text.
type DataError struct {
	Path    string // of the file, as the caller named it
	Line    int    // at which the record begins, from 1
	Record  int64  // from 1, the header not counted
	Problem string // what was found, what was expected and what to do
}

func (e *DataError) Error() string { return fmt.Sprintf("%s:%d: %s", e.Path, e.Line, e.Problem) }

// unreadable is why no more of a file could be read. Errors that tell of the
// file already are left as they are.
func unreadable(name string, err error) error {
	var known *fileError
	if errors.As(err, &known) {
		return err
	}
	var at *os.PathError
	if errors.As(err, &at) { // the path is in the message already
		err = at.Err
	}
	return &fileError{name: name, problem: "the file cannot be read", cause: err}
}

// fileError is of a file as a whole.
type fileError struct {
	name    string
	problem string
	cause   error // may be nil
}

func (e *fileError) Error() string {
	if e.cause == nil {
		return e.name + ": " + e.problem
	}
	return fmt.Sprintf("%s: %s: %v", e.name, e.problem, e.cause)
}

func (e *fileError) Unwrap() error { return e.cause }
