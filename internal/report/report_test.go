package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"martlet/internal/contract"
)

var noon = time.Date(2024, 5, 1, 12, 0, 0, 0, time.UTC)

// sample is a run with one of everything.
func sample() *Run {
	warn := Test{
		Test: contract.Test{Name: "unique_mart_email", Kind: "unique", Column: "email", Severity: contract.Warn, Expected: "each value once", PII: true},
		Node: "mart", NodeKind: Model, Status: Warn, Rows: 1000, Failures: 3,
		Examples: []Example{{Key: "user_id=7", Value: contract.Redacted, Place: "seeds/a.csv:8"}, {Place: "seeds/a.csv:9"}, {Place: "seeds/a.csv:10"}},
	}
	fail := Test{
		Test: contract.Test{Name: "accepted_values_mart_gender", Kind: "accepted_values", Column: "gender", Severity: contract.Error, Expected: "one of M, F"},
		Node: "mart", NodeKind: Model, Status: Fail, Rows: 1000, Failures: 1,
		Examples: []Example{{Key: "user_id=9", Value: "X", Place: "seeds/a.csv:10 (book.xlsx!a row 10)"}},
	}
	pass := Test{Test: contract.Test{Name: "not_null_a_id", Kind: "not_null", Column: "id", Severity: contract.Error}, Node: "a", NodeKind: Source, Status: Pass, Rows: 1200}
	return &Run{
		Project: "sample", Command: "build", ID: "abc", Schema: "def", Invocation: "uuid", Args: map[string]any{"which": "build"},
		AsOf: noon, Started: noon, Threads: 2, Seconds: 0.214, Outcome: BadData,
		Nodes: []Node{
			{Name: "a", Kind: Source, Relation: "seeds/a.csv", Status: Errored, Message: "1 record rejected", Rejection: "1 record rejected of 1,201, none allowed", RowsIn: 1201, Rejected: 1, RowsOut: 1200, Seconds: 0.1, Started: noon, Completed: noon.Add(time.Second)},
			{Name: "mart", Kind: Model, Layer: "mart", Status: Success, RowsIn: 1200, Filtered: 150, Folded: 50, RowsOut: 1000, Seconds: 0.05},
			{Name: "late", Kind: Model, Status: Skipped},
		},
		Tests:   []Test{pass, warn, fail},
		Rejects: []Reject{{Source: "a", Place: "seeds/a.csv:5", Column: "id", Found: "x1", Expected: "a whole number"}}, Rejected: Rejected{Records: 1, Cells: 2, Lines: 2},
		RejectFiles: []string{"target/rejects/a.csv"},
		Failures:    []Failure{{Node: "mart", Column: "ratio", Key: "user_id=3", Place: "seeds/a.csv:4", Message: "division by zero"}}, FailureCount: 9,
		Note: "Nothing was published.",
	}
}

func TestTextSaysEverythingOnce(t *testing.T) {
	var b bytes.Buffer
	if err := WriteText(&b, sample()); err != nil {
		t.Fatal(err)
	}
	want := `Node  Kind    Rows in  Rejected  Filtered  Merged  Rows out  Seconds  Status
a     source    1,201         1         -       -     1,200     0.10  error
mart  mart      1,200         -       150      50     1,000     0.05  success
late  model         -         -         -       -         -        -  skipped

1 record rejected, 2 bad cells:
  seeds/a.csv:5: column id: found x1, expected a whole number
  and 1 more
  all of them: target/rejects/a.csv
ERROR a: 1 record rejected of 1,201, none allowed

9 failed expressions:
  mart.ratio: user_id=3 at seeds/a.csv:4: division by zero
  and 8 more

FAIL  accepted_values_mart_gender: 1 of 1,000 rows, expected one of M, F
      user_id=9 at seeds/a.csv:10 (book.xlsx!a row 10): found X
WARN  unique_mart_email: 3 repeated values in 1,000 rows, expected each value once
      user_id=7 at seeds/a.csv:8: found <redacted>
      seeds/a.csv:9

Nothing was published.

Failed. 3 tests: 1 passed, 1 warned, 1 failed; 1 record rejected, 2 bad cells; 9 failed expressions. Nothing published in 0.21s
`
	if b.String() != want {
		t.Errorf("got\n%s\nwant\n%s", b.String(), want)
	}
}

// TestFindings are those of tests that say more than how many rows failed.
func TestFindings(t *testing.T) {
	r := &Run{Outcome: BadData, Tests: []Test{
		{Test: contract.Test{Name: "values", Kind: "accepted_values", Expected: "one of M, F", Where: "id > 7"}, Status: Fail, Rows: 1000, Failures: 12, Distinct: 3,
			Files: []string{"target/failures/values.arrow", "target/failures/values.csv"}, Stored: 10},
		{Test: contract.Test{Name: "twice", Kind: "unique", Expected: "no value twice"}, Status: Fail, Rows: 1000, Failures: 1,
			Examples: []Example{{Place: "seeds/a.csv:8", Value: "7", Count: 1234}, {Place: "seeds/a.csv:9", Count: 2}}},
		{Test: contract.Test{Name: "rows", Kind: "row_count", Expected: "at least 1 rows"}, Status: Fail, Failures: 1, Examples: []Example{{Value: "0 rows"}}},
		{Test: contract.Test{Name: "proved", Proved: "it is"}, Status: Pass, ByProof: true},
	}}
	var b bytes.Buffer
	if err := WriteText(&b, r); err != nil {
		t.Fatal(err)
	}
	want := `
FAIL  values: 12 of 1,000 rows, 3 values, expected one of M, F, where id > 7
      stored, 10 rows: target/failures/values.arrow, target/failures/values.csv
FAIL  twice: 1 repeated value in 1,000 rows, expected no value twice
      seeds/a.csv:8: found 7 in 1,234 rows
      seeds/a.csv:9 in 2 rows
FAIL  rows: expected at least 1 rows
      found 0 rows

Failed. 4 tests: 1 passed (1 by proof), 0 warned, 3 failed. Nothing published in 0.00s
`
	if b.String() != want {
		t.Errorf("got\n%s\nwant\n%s", b.String(), want)
	}
}

func TestVerdicts(t *testing.T) {
	tests := make([]Test, 34)
	for i := range tests {
		tests[i].Status = Pass
	}
	tests[3].Status = Warn
	two := []File{{Path: "out/m.arrow", Size: 1}, {Path: "out/m.csv", Size: 2}}
	cases := []struct {
		run  Run
		want string
	}{
		{Run{Command: "build", Tests: tests, Files: two, Published: true, Seconds: 0.21},
			"Done. 34 tests: 33 passed, 1 warned, 0 failed. 2 files published in 0.21s"},
		{Run{Command: "build", Tests: tests[:1], Files: two[:1]}, "Done. 1 test: 1 passed, 0 warned, 0 failed. 1 file written, nothing published in 0.00s"},
		{Run{Command: "test"}, "Done. 0 tests: 0 passed, 0 warned, 0 failed. Nothing to publish in 0.00s"},
		{Run{Command: "build", Outcome: Stopped, Tests: []Test{{Status: Skipped}}}, "Stopped. 1 test: 0 passed, 0 warned, 0 failed, 1 not run. Nothing published in 0.00s"},
		{Run{Command: "build", Outcome: BadData, FailureCount: 2, Tests: []Test{{Status: Errored}, {Status: Fail}}},
			"Failed. 2 tests: 0 passed, 0 warned, 1 failed, 1 errored; 2 failed expressions. Nothing published in 0.00s"},
		{Run{Command: "build", Outcome: Impeded}, "Not done. 0 tests: 0 passed, 0 warned, 0 failed. Nothing published in 0.00s"},
	}
	for _, c := range cases {
		if got := c.run.Verdict(); got != c.want {
			t.Errorf("got  %s\nwant %s", got, c.want)
		}
	}
}

// A test without a value on some rows is an error in the text and in the file.
func TestTestsWithoutAValue(t *testing.T) {
	r := &Run{Project: "sample", Command: "build", Outcome: BadData, Tests: []Test{{
		Test: contract.Test{Name: "positive", Kind: "expression", Expected: "n / d > 0"}, Status: Errored, Rows: 1000, Failures: 1, Errors: 1200}}}
	var b bytes.Buffer
	if err := WriteText(&b, r); err != nil {
		t.Fatal(err)
	}
	if want := "\nERROR positive: no value on 1,200 rows, failed on 1, expected n / d > 0\n"; !strings.Contains(b.String(), want) {
		t.Errorf("%q is not in\n%s", want, b.String())
	}
	result := testResult("sample", &r.Tests[0])
	if result.Status != "error" || result.Message == nil || *result.Message != "no value on 1,200 rows, failed on 1, expected n / d > 0" || *result.Failures != 1 {
		t.Errorf("%+v", result)
	}
}

// A run that goes on with rejects says so, and what it changed in its files.
func TestARunThatGoesOn(t *testing.T) {
	three, zero := int64(3000), int64(0)
	r := &Run{Project: "sample", Command: "build", Published: true,
		Nodes: []Node{
			{Name: "a", Kind: Source, Status: Warn, Message: "3 records rejected of 1,006, allowed 1%", Rejection: "3 records rejected of 1,006, allowed 1%", RowsIn: 1006, Rejected: 3, RowsOut: 1003},
			{Name: "late", Kind: Source, Status: Skipped, Rejection: "1 record rejected, none allowed"},
		},
		Rejected: Rejected{Records: 3, Cells: 2, Files: 1, Lines: 4},
		Rejects:  []Reject{{Source: "a", Place: "b.xlsx!a!B7", Column: "n", Found: "found #N/A; expected a whole number"}},
		Files:    []File{{Path: "out/m.arrow", Size: 9}, {Path: "out/m.csv", Size: 8, Neutralized: &three}, {Path: "out/n.csv", Size: 7, Neutralized: &zero}},
	}
	var b bytes.Buffer
	if err := WriteText(&b, r); err != nil {
		t.Fatal(err)
	}
	_, text, _ := strings.Cut(b.String(), "\n\n")
	want := `3 records rejected, 2 bad cells, 1 file not read to the end:
  b.xlsx!a!B7: column n: found #N/A; expected a whole number
  and 3 more
WARN  a: 3 records rejected of 1,006, allowed 1%

out/m.arrow  9 bytes
out/m.csv  8 bytes, 3,000 cells neutralized
out/n.csv  7 bytes, 0 cells neutralized

Done. 0 tests: 0 passed, 0 warned, 0 failed; 3 records rejected, 2 bad cells, 1 file not read to the end. 3 files published in 0.00s
`
	if text != want {
		t.Errorf("got\n%s\nwant\n%s", text, want)
	}
	got := toJSON(r, noon)
	if x := got.Results[0]; x.Status != Warn || x.Message == nil || *x.Message != r.Nodes[0].Message {
		t.Errorf("%+v", x)
	}
	if m := got.Martlet; m.Rejected != 3 || m.BadCells != 2 || m.BrokenFiles != 1 || m.Files[0].Neutralized != nil || *m.Files[1].Neutralized != 3000 {
		t.Errorf("%+v", m)
	}
}

// However much fails, the summary of a dozen nodes keeps to about a screen.
func TestTextIsBounded(t *testing.T) {
	r := &Run{Command: "build", Outcome: BadData}
	for i := range 13 {
		r.Nodes = append(r.Nodes, Node{Name: fmt.Sprintf("node_%d", i), Kind: Model, Status: Success})
	}
	for i := range 200 {
		x := Example{Place: fmt.Sprintf("seeds/a.csv:%d", i)}
		r.Tests = append(r.Tests, Test{Test: contract.Test{Name: fmt.Sprintf("test_%d", i)}, Status: Fail, Rows: 9, Failures: 5, Examples: []Example{x, x, x, x, x}})
	}
	var b bytes.Buffer
	if err := WriteText(&b, r); err != nil {
		t.Fatal(err)
	}
	if lines := strings.Count(b.String(), "\n"); lines > 40 {
		t.Errorf("%d lines:\n%s", lines, b.String())
	}
	if !strings.Contains(b.String(), "and 190 tests more") && !strings.Contains(b.String(), "190") {
		t.Errorf("the tests left out are not counted:\n%s", b.String())
	}
}

func TestResultsFileHasDBTsFields(t *testing.T) {
	path := filepath.Join(t.TempDir(), "run_results.json")
	if err := os.WriteFile(path, []byte("an older run"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := WriteResults(path, sample(), noon); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	// The shape as dbt documents it, spelled out here and not taken from ours.
	var got struct {
		Metadata struct {
			Version   string  `json:"dbt_schema_version"`
			Generated string  `json:"generated_at"`
			ID        *string `json:"invocation_id"`
		}
		Results []struct {
			Status   string
			Timing   []struct{ Name, Started_at, Completed_at string }
			ThreadID *string          `json:"thread_id"`
			Time     *float64         `json:"execution_time"`
			Adapter  *json.RawMessage `json:"adapter_response"`
			Message  *string
			Failures *int64
			ID       string `json:"unique_id"`
		}
		Elapsed *float64 `json:"elapsed_time"`
		Args    map[string]any
	}
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	if got.Metadata.Version != "https://schemas.getdbt.com/dbt/run-results/v6.json" || got.Metadata.Generated != "2024-05-01T12:00:00.000000Z" ||
		got.Metadata.ID == nil || got.Elapsed == nil || got.Args["which"] != "build" {
		t.Errorf("metadata: %+v", got)
	}
	var ids []string
	for _, r := range got.Results {
		ids = append(ids, r.ID+" "+r.Status)
		if r.ThreadID == nil || r.Time == nil || r.Adapter == nil || r.Timing == nil {
			t.Errorf("%s lacks a field that dbt's has", r.ID)
		}
	}
	want := []string{"source.sample.a error", "model.sample.mart success", "model.sample.late skipped",
		"test.sample.not_null_a_id pass", "test.sample.unique_mart_email warn", "test.sample.accepted_values_mart_gender fail"}
	if strings.Join(ids, "\n") != strings.Join(want, "\n") {
		t.Errorf("results: %q", ids)
	}
	if f := got.Results[4].Failures; f == nil || *f != 3 {
		t.Errorf("failures of a test: %v", f)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	left, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(left) != 1 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestResultsFileFailsWhole(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "run_results.json")
	if err := os.MkdirAll(filepath.Join(path, "in the way"), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := WriteResults(path, sample(), noon); err == nil {
		t.Error("a folder was replaced")
	}
	r := sample()
	r.Args = map[string]any{"not JSON": func() {}}
	if err := WriteResults(filepath.Join(folder, "b.json"), r, noon); err == nil {
		t.Error("a function was written")
	}
	if left, _ := os.ReadDir(folder); len(left) != 2 && len(left) != 1 {
		t.Errorf("left behind: %v", left)
	}
}

func TestCount(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64().Draw(t, "n")
		got := Count(n)
		if plain := strings.ReplaceAll(got, ",", ""); plain != fmt.Sprint(n) {
			t.Fatalf("Count(%d) = %s", n, got)
		}
		for i, group := range strings.Split(strings.TrimPrefix(got, "-"), ",") {
			if len(group) > 3 || len(group) < 1 || i > 0 && len(group) != 3 {
				t.Fatalf("Count(%d) = %s", n, got)
			}
		}
	})
}

func TestSize(t *testing.T) {
	for bytes, want := range map[int64]string{0: "0 bytes", 1: "1 byte", 999: "999 bytes", 1000: "1.0 kB", 999_949: "999.9 kB", 999_950: "1.0 MB", 1_500_000_000: "1.5 GB", 1<<63 - 1: "9.2 EB"} {
		if got := Size(bytes); got != want {
			t.Errorf("Size(%d) = %s, want %s", bytes, got, want)
		}
	}
}

func TestPrintableCannotReachTheTerminal(t *testing.T) {
	for value, want := range map[string]string{"M": "M", "": `""`, " a": `" a"`, "a b": "a b", "\x1b[2J": `"\x1b[2J"`, "a\nb": `"a\nb"`, `say "x"`: `"say \"x\""`, "Zoë": "Zoë", "\xff": `"\xff"`} {
		if got := Printable(value); got != want {
			t.Errorf("Printable(%q) = %s, want %s", value, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		got := Printable(rapid.String().Draw(t, "value"))
		if strings.ContainsAny(got, "\x1b\n\r\x00") {
			t.Fatalf("%q", got)
		}
	})
}
