package report

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What is written can be read again, whatever the outcome.
func TestResultsAreReadAsTheyWereWritten(t *testing.T) {
	for outcome := Done; outcome <= Stopped; outcome++ {
		r := sample()
		r.Outcome = outcome
		r.Args = map[string]any{"which": "build"}
		r.Nodes[0].Selected = true
		path := filepath.Join(t.TempDir(), "a.json")
		if err := WriteResults(path, r, noon); err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		e, err := ReadResults(text)
		if err != nil {
			t.Fatal(err)
		}
		if e.Done != (outcome == Done) || e.Args["which"] != "build" || len(e.Results) != len(r.Nodes)+len(r.Tests) {
			t.Fatalf("read %+v", e)
		}
		for i, got := range e.Results {
			want := EarlierResult{Selected: true}
			if i < len(r.Nodes) {
				want = EarlierResult{Status: r.Nodes[i].Status, Selected: i == 0}
			} else {
				want.Status = r.Tests[i-len(r.Nodes)].Status
			}
			if want.ID = got.ID; got != want || !strings.Contains(got.ID, "."+r.Project+".") {
				t.Errorf("result %d: %+v, want %+v", i, got, want)
			}
		}
	}
}

func TestReadResultsRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"":   "unexpected end",
		"{}": "args is missing",
		`{"args": {}, "results": [{"unique_id": "a"}]}`: `a result "a" without`,
		`{"args": {}, "results": 1}`:                    "cannot unmarshal",
	} {
		if _, err := ReadResults([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
}

// Whatever is read, it is refused or has what a retry needs of each result.
func FuzzReadResults(f *testing.F) {
	text, err := json.Marshal(toJSON(sample(), noon))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add([]byte("{}"))
	f.Fuzz(func(t *testing.T, text []byte) {
		e, err := ReadResults(text)
		if err != nil {
			return
		}
		for _, r := range e.Results {
			if r.ID == "" || r.Status == "" {
				t.Fatalf("%q: %+v", text, r)
			}
		}
	})
}
