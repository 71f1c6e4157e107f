package ingest

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"martlet/internal/contract"
)

// DataError says that one record of a readable CSV file is not CSV, and that
// what follows it can therefore not be read. It never holds the record's text.
type DataError struct {
	Path    string // of the file, as the caller named it
	Line    int    // at which the record begins, from 1
	Record  int64  // from 1, the header not counted
	Problem string // what was found, what was expected and what to do
}

func (e *DataError) Error() string { return fmt.Sprintf("%s:%d: %s", e.Path, e.Line, e.Problem) }

// joinSorted joins errors in the order of their texts; one that several sources
// met, as where they share a workbook, is said once.
func joinSorted(problems []error) error {
	slices.SortStableFunc(problems, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	problems = slices.CompactFunc(problems, func(a, b error) bool { return a != nil && b != nil && a.Error() == b.Error() })
	return errors.Join(problems...)
}

// columnNames lists the names of declared columns, for messages.
func columnNames(columns []contract.Column) string {
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = c.Name
	}
	return strings.Join(names, ", ")
}

// cause is an error of the os package without the path, which messages have already.
func cause(err error) error {
	var at *os.PathError
	if errors.As(err, &at) {
		return at.Err
	}
	return err
}
