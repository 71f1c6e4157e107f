package ingest

import (
	"errors"
	"os"
	"slices"
	"strings"

	"martlet/internal/contract"
)

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
