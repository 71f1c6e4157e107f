package pipeline

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"martlet/internal/report"
)

// clearDrafts removes from the target folder the files that killed runs had begun
// and not come to rename.
func clearDrafts(target string) error {
	return errors.Join(report.RemoveDrafts(filepath.Join(target, manifestFile)), report.RemoveDrafts(filepath.Join(target, resultsFile)),
		report.RemoveDrafts(sourcesFile(target)), report.RemoveDrafts(filepath.Join(target, profilesFile)),
		report.RemoveDrafts(filepath.Join(target, profilesBeforeFile)), report.RemoveDrafts(filepath.Join(target, probeFile)),
		report.RemoveDrafts(pageFile(target)))
}

// clearData removes the data files that an earlier run left in a folder, and the
// drafts of them: they would pass for this run's.
func clearData(folder string) error {
	stale, err := os.ReadDir(folder)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	var problems []error
	for _, entry := range stale {
		if name := entry.Name(); strings.Contains(name, ".csv") || strings.Contains(name, ".arrow") {
			if err := os.Remove(filepath.Join(folder, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
				problems = append(problems, err)
			}
		}
	}
	return errors.Join(problems...)
}
