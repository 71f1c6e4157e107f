package pipeline

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// dataExtensions are those of files of rows.
var dataExtensions = []string{".csv", ".arrow", ".parquet"}

// clearData removes the data files that an earlier run left in a folder, and the
// drafts of them: they would pass for this run's.
func clearData(folder string) error {
	stale, err := os.ReadDir(folder)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	var problems []error
	for _, entry := range stale {
		name := entry.Name()
		if isData := func(extension string) bool { return strings.Contains(name, extension) }; slices.ContainsFunc(dataExtensions, isData) {
			if err := os.Remove(filepath.Join(folder, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
				problems = append(problems, err)
			}
		}
	}
	return errors.Join(problems...)
}
