package pipeline

import (
	"fmt"
	"os"
	"path/filepath"

	"martlet/internal/manifest"
	"martlet/internal/report"
	"martlet/internal/selection"
)

// The files by which a run is remembered, in the target folder.
const (
	resultsFile  = "run_results.json"
	manifestFile = "manifest.json"
	sourcesName  = "sources.json"
	historyFile  = "test_history.csv"
)

// recall gives the items what a choice asks for of an earlier run. target is
// the folder of the last one, where `result:` looks unless --state names another.
func (c *catalogue) recall(asked *choice, target string) error {
	if asked.uses(selection.Result) {
		folder := asked.state
		if folder == "" {
			folder = target
		}
		earlier, err := readResults(folder)
		if err != nil {
			return fmt.Errorf("result: %w", err)
		}
		for _, r := range earlier.Results {
			if i, found := c.items[r.ID]; found {
				c.graph.Items[i].Values[selection.Result] = []string{string(r.Status)}
			}
		}
	}
	if asked.uses(selection.State) {
		if asked.state == "" {
			return fmt.Errorf("state: there is nothing to compare with; give the folder of an earlier run's %s with --state", manifestFile)
		}
		before, err := readManifest(asked.state)
		if err != nil {
			return fmt.Errorf("state: %w", err)
		}
		c.compare(before)
	}
	return nil
}

// compare says of each item what became of it since it had a fingerprint.
func (c *catalogue) compare(before map[string]string) {
	for i, id := range c.ids {
		state := []string{"new", "modified"} // dbt's modified is new or changed
		if print, known := before[id]; known {
			state = []string{"old", "modified"}
			if print == c.prints[i] {
				state[1] = "unmodified"
			}
		}
		c.graph.Items[i].Values[selection.State] = state
	}
}

// readResults reads what an earlier run in folder said of itself.
func readResults(folder string) (*report.Earlier, error) {
	path := filepath.Join(folder, resultsFile)
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("%s: %w; run `build` first, or give the folder that has the results of a run", path, cause(err))
	}
	earlier, err := report.ReadResults(text)
	if err != nil {
		return nil, fmt.Errorf("%s: found something else than the results of a run (%w); run `build` anew", path, err)
	}
	return earlier, nil
}

// readManifest reads the fingerprints of an earlier run's project.
func readManifest(folder string) (map[string]string, error) {
	path := filepath.Join(folder, manifestFile)
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("%s: %w; give a folder that a run has written with --state", path, cause(err))
	}
	prints, err := manifest.Fingerprints(text)
	if err != nil {
		return nil, fmt.Errorf("%s: found something else than the manifest of a run (%w); give another folder with --state", path, err)
	}
	return prints, nil
}
