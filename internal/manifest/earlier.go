package manifest

import (
	"encoding/json"
	"fmt"
)

// Fingerprints reads an earlier manifest for what tells whether an entry has
// changed since: the fingerprint of each, by unique id.
func Fingerprints(text []byte) (map[string]string, error) {
	type entry struct {
		Martlet struct{ Fingerprint string }
	}
	var file struct{ Nodes, Sources map[string]entry }
	if err := json.Unmarshal(text, &file); err != nil {
		return nil, err
	}
	prints := map[string]string{}
	for _, entries := range []map[string]entry{file.Nodes, file.Sources} {
		for id, e := range entries {
			if e.Martlet.Fingerprint == "" {
				return nil, fmt.Errorf("%s has no fingerprint", id)
			}
			prints[id] = e.Martlet.Fingerprint
		}
	}
	if len(prints) == 0 {
		return nil, fmt.Errorf("there is no node in it")
	}
	return prints, nil
}
