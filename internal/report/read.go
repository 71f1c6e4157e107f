package report

import (
	"encoding/json"
	"errors"
	"fmt"
)

// Earlier is what an earlier run wrote down of itself.
type Earlier struct {
	Args    map[string]any // as Run.Args, in JSON's types
	Done    bool           // it ended, and nothing was wrong
	Results []EarlierResult
}

// EarlierResult is how one node or test ended.
type EarlierResult struct {
	ID       string // unique_id
	Status   Status
	Selected bool // of a node: as in Node; of a test: true, as others are not reported
}

// ReadResults reads the text of a file that WriteResults wrote.
func ReadResults(text []byte) (*Earlier, error) {
	var file struct {
		Results []struct {
			UniqueID string `json:"unique_id"`
			Status   Status
			Martlet  *struct {
				Node     string // of a test
				Selected bool
			}
		}
		Args    map[string]any
		Martlet struct{ Outcome string }
	}
	if err := json.Unmarshal(text, &file); err != nil {
		return nil, err
	}
	if file.Args == nil {
		return nil, errors.New("args is missing")
	}
	e := &Earlier{Args: file.Args, Done: file.Martlet.Outcome == outcomes[Done]}
	for _, r := range file.Results {
		if r.UniqueID == "" || r.Status == "" || r.Martlet == nil {
			return nil, fmt.Errorf("a result %q without unique_id, status or martlet", r.UniqueID)
		}
		e.Results = append(e.Results, EarlierResult{ID: r.UniqueID, Status: r.Status, Selected: r.Martlet.Selected || r.Martlet.Node != ""})
	}
	return e, nil
}
