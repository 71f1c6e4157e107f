package histories

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"pgregory.net/rapid"
)

// said is what a run says of itself: of each file of its target folder the content,
// without what tells the time, the threads, the folders, or how it was computed.
type said map[string]string

// increment is how a run says that its incremental models came about.
type increment struct {
	Full      bool   `json:"full_refresh"`
	Reason    string `json:"reason"`
	Unchanged bool   `json:"unchanged"`
}

// summary is what the checks themselves look at.
type summary struct {
	Martlet struct {
		Run       string     `json:"run"`
		Published bool       `json:"published"`
		Increment *increment `json:"increment"`
	} `json:"martlet"`
}

// passing are the keys, anywhere in a file, that differ from run to run.
var passing = map[string]bool{
	"generated_at": true, "invocation_id": true, "elapsed_time": true, "args": true, "timing": true, "thread_id": true,
	"execution_time": true, "threads": true, "increment": true, "note": true,
}

// strip removes the keys that differ from run to run.
func strip(value any) any {
	switch v := value.(type) {
	case map[string]any:
		for key := range v {
			if passing[key] {
				delete(v, key)
			} else {
				v[key] = strip(v[key])
			}
		}
	case []any:
		for i := range v {
			v[i] = strip(v[i])
		}
	}
	return value
}

// ofRun gives the profiles in a file that are of a run; of nodes that it did not come
// to the file has those of one before. They are nil where there is none.
func ofRun(run string, content []byte) (nodes []any, err error) {
	var file struct{ Nodes []map[string]any }
	if err := json.Unmarshal(content, &file); err != nil {
		return nil, err
	}
	for _, n := range file.Nodes {
		if n["run"] == run {
			nodes = append(nodes, n)
		}
	}
	return nodes, nil
}

func readSummary(t *rapid.T, target string) (s summary) {
	content, err := os.ReadFile(filepath.Join(target, "run_results.json"))
	if err == nil {
		err = json.Unmarshal(content, &s)
	}
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// readSaid reads a target folder. What the run published went to out.
func readSaid(t *rapid.T, target, out string) (all said, s summary) {
	all = said{}
	s = readSummary(t, target)
	err := filepath.WalkDir(target, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(target, path)
		if err != nil {
			return err
		}
		text := string(content)
		switch {
		case name == "manifest.json" || name == "test_history.csv" || name == "profiles_before.json": // of the project, and of other runs
			return nil
		case name == "profiles.json":
			nodes, err := ofRun(s.Martlet.Run, content)
			if err != nil || nodes == nil {
				return err
			}
			stripped, err := json.MarshalIndent(nodes, "", " ")
			if err != nil {
				return err
			}
			text = string(stripped)
		case filepath.Ext(name) == ".json":
			var value any
			if err := json.Unmarshal(content, &value); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			stripped, err := json.MarshalIndent(strip(value), "", " ")
			if err != nil {
				return err
			}
			text = string(stripped)
		}
		all[name] = strings.NewReplacer(out+"/", "out/", target+"/", "target/").Replace(text)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all, s
}

// differ tells where two texts differ.
func differ(got, want string) string {
	a, b := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			from := max(0, i-12)
			return fmt.Sprintf("line %d:\n%s\n  wanted\n%s", i+1, strings.Join(a[from:min(len(a), i+4)], "\n"), strings.Join(b[from:min(len(b), i+4)], "\n"))
		}
	}
	return fmt.Sprintf("%d lines, wanted %d", len(a), len(b))
}
