package docs

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"martlet/internal/profile"
)

// found is what the files of the target folder say.
type found struct {
	run     *runFile     // nil where no run has been
	sources *sourcesFile // nil where no run has looked at the age of sources
	history map[string][]past
	// profiles and before are nil where no run has told what is in the columns.
	profiles, before *profile.Profiles
}

// runFile has the fields of run_results.json that the page shows.
type runFile struct {
	Metadata struct {
		GeneratedAt string `json:"generated_at"`
	}
	Elapsed float64 `json:"elapsed_time"`
	Args    struct{ Which string }
	Results []result
	Martlet struct {
		Project   string
		Run       string
		Schema    string
		AsOf      string `json:"as_of"`
		Outcome   string
		Problem   string
		Published bool
		Note      string
		Files     []struct {
			Path string
			Size int64
		}
		Rejected    int64     // records
		Rejects     []reject  // the first
		RejectFiles []string  `json:"reject_files"`
		Failed      int64     `json:"failed_expressions"`
		Failures    []failure // the first
		Increment   *increment
	}
}

// result is how a node or a test ended.
type result struct {
	UniqueID string `json:"unique_id"`
	Status   string
	Message  string
	Martlet  struct {
		Rejected, Filtered, Folded int64 // rows of a node
		RowsOut                    int64 `json:"rows_out"`
		Rows                       int64 // that a test saw
		ByProof                    bool  `json:"by_proof"`
		Examples                   []example
		Files                      []string `json:"failure_files"`
	}
}

type example struct {
	Key, Value, Place string
	Rows              int64
}

type reject struct{ Source, Place, Column, Found, Expected string }

type failure struct{ Node, Column, Key, Place, Message string }

type increment struct {
	Full      bool `json:"full_refresh"`
	Reason    string
	New       string
	Unchanged bool
	Changes   []change
}

type change struct {
	Model                     string
	Inserts, Updates, Deletes int64
	Compared                  bool
}

// sourcesFile has the fields of sources.json that the page shows.
type sourcesFile struct {
	Results []freshness
	Martlet struct {
		Schema string
		AsOf   string `json:"as_of"`
	}
}

type freshness struct {
	UniqueID string  `json:"unique_id"`
	Status   string  `json:"status"`
	Error    string  `json:"error"`
	Latest   string  `json:"max_loaded_at"`
	Ago      float64 `json:"max_loaded_at_time_ago_in_s"`
	Criteria struct {
		WarnAfter  *period `json:"warn_after"`
		ErrorAfter *period `json:"error_after"`
	}
	Martlet struct {
		LoadedAt string `json:"loaded_at"`
	}
}

type period struct {
	Count  int64
	Period string
}

// past is what one run found of a test.
type past struct{ asOf, status, failures, rows string }

// mostPast is how many runs of a test are shown.
const mostPast = 30

// read makes sense of the files. Whatever is wrong is told at once.
func read(files Files) (*found, error) {
	f := &found{}
	var problems []error
	note := func(name, command string, err error) {
		if err != nil {
			problems = append(problems, fmt.Errorf("%s: found something else than what a run writes (%w); %s", name, err, command))
		}
	}
	if files.Results != nil {
		f.run = &runFile{}
		err := json.Unmarshal(files.Results, f.run)
		if err == nil && f.run.Martlet.Outcome == "" {
			err = errors.New("martlet.outcome is missing")
		}
		note("run_results.json", "run `build` anew", err)
	}
	if files.Sources != nil {
		f.sources = &sourcesFile{}
		note("sources.json", "run `build` or `build freshness` anew", json.Unmarshal(files.Sources, f.sources))
	}
	var err error
	if files.Profiles != nil {
		f.profiles, err = profile.Decode(files.Profiles)
		note("profiles.json", "run `build` anew", err)
	}
	if files.Before != nil {
		f.before, err = profile.Decode(files.Before)
		note("profiles_before.json", "remove it", err)
	}
	f.history, err = readHistory(files.History)
	note("test_history.csv", "move it away, so that a new one is begun", err)
	return f, errors.Join(problems...)
}

// historyFields are the columns of test_history.csv that the page shows.
var historyFields = []string{"as_of", "test", "status", "failures", "rows"}

// readHistory gives the last runs of each test by its name, the oldest first. The last
// line is passed over where a run that was killed has not finished it.
func readHistory(text []byte) (map[string][]past, error) {
	if len(text) == 0 {
		return nil, nil
	}
	text = text[:bytes.LastIndexByte(text, '\n')+1]
	r := csv.NewReader(bytes.NewReader(text))
	r.ReuseRecord = true
	header, err := r.Read()
	if errors.Is(err, io.EOF) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	at := make([]int, len(historyFields))
	for i, name := range historyFields {
		if at[i] = slices.Index(header, name); at[i] < 0 {
			return nil, fmt.Errorf("there is no column %s", name)
		}
	}
	runs := map[string][]past{}
	for {
		line, err := r.Read()
		if errors.Is(err, io.EOF) {
			return runs, nil
		}
		if err != nil {
			return nil, err
		}
		test := line[at[1]]
		all := append(runs[test], past{asOf: line[at[0]], status: line[at[2]], failures: line[at[3]], rows: line[at[4]]})
		if len(all) == 2*mostPast { // cut now and then, not with every line
			all = append([]past(nil), all[mostPast:]...)
		}
		runs[test] = all
	}
}
