package report

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"martlet/internal/manifest"
)

// dbtSchema names the layout of dbt's file that ours follows.
const dbtSchema = "https://schemas.getdbt.com/dbt/run-results/v6.json"

// The file has the fields of dbt's run_results.json, version 6, so that tools
// which read that can read this; what dbt has no field for stands under
// "martlet".
type (
	jsonRun struct {
		Metadata    jsonMetadata   `json:"metadata"`
		Results     []jsonResult   `json:"results"`
		ElapsedTime float64        `json:"elapsed_time"`
		Args        map[string]any `json:"args"`
		Martlet     jsonRunDetail  `json:"martlet"`
	}
	jsonMetadata struct {
		DBTSchemaVersion string            `json:"dbt_schema_version"`
		DBTVersion       string            `json:"dbt_version"`
		GeneratedAt      string            `json:"generated_at"`
		InvocationID     string            `json:"invocation_id"`
		Env              map[string]string `json:"env"`
	}
	jsonResult struct {
		Status          Status         `json:"status"`
		Timing          []jsonTiming   `json:"timing"`
		ThreadID        string         `json:"thread_id"`
		ExecutionTime   float64        `json:"execution_time"`
		AdapterResponse map[string]any `json:"adapter_response"`
		Message         *string        `json:"message"`
		Failures        *int64         `json:"failures"`
		UniqueID        string         `json:"unique_id"`
		Compiled        *bool          `json:"compiled"`
		CompiledCode    *string        `json:"compiled_code"`
		RelationName    *string        `json:"relation_name"`
		BatchResults    *struct{}      `json:"batch_results"` // dbt's microbatches, which are not ours
		Martlet         any            `json:"martlet"`
	}
	jsonTiming struct {
		Name        string `json:"name"`
		StartedAt   string `json:"started_at"`
		CompletedAt string `json:"completed_at"`
	}
	jsonRunDetail struct {
		Project     string         `json:"project"`
		Run         string         `json:"run"`
		Schema      string         `json:"schema"`
		AsOf        string         `json:"as_of"`
		Threads     int            `json:"threads"`
		Outcome     string         `json:"outcome"`
		Problem     string         `json:"problem,omitempty"`
		Published   bool           `json:"published"`
		Note        string         `json:"note,omitempty"`
		Files       []jsonFile     `json:"files"`
		Rejected    int64          `json:"rejected"`
		BadCells    int64          `json:"bad_cells"`
		BrokenFiles int64          `json:"broken_files"`
		Rejects     []jsonReject   `json:"rejects"`
		RejectFiles []string       `json:"reject_files"`
		Failed      int64          `json:"failed_expressions"`
		Failures    []jsonFailure  `json:"failures"`
		Increment   *jsonIncrement `json:"increment,omitempty"`
	}
	jsonFile struct {
		Path        string `json:"path"`
		Size        int64  `json:"size"`
		Neutralized *int64 `json:"neutralized_cells,omitempty"`
	}
	jsonReject struct {
		Source   string `json:"source"`
		Place    string `json:"place"`
		Column   string `json:"column,omitempty"`
		Found    string `json:"found"`
		Expected string `json:"expected,omitempty"`
	}
	jsonFailure struct {
		Node    string `json:"node"`
		Column  string `json:"column"`
		Key     string `json:"key,omitempty"`
		Place   string `json:"place"`
		Message string `json:"message"`
	}
	jsonNodeDetail struct {
		Kind     Kind   `json:"kind"`
		Selected bool   `json:"selected"`
		Layer    string `json:"layer,omitempty"`
		RowsIn   int64  `json:"rows_in"`
		Rejected int64  `json:"rejected"`
		Filtered int64  `json:"filtered"`
		Folded   int64  `json:"folded"`
		RowsOut  int64  `json:"rows_out"`
	}
	jsonTestDetail struct {
		Node     string        `json:"node"`
		Kind     string        `json:"kind"`
		Column   string        `json:"column,omitempty"`
		Severity string        `json:"severity"`
		Expected string        `json:"expected,omitempty"`
		Where    string        `json:"where,omitempty"`
		WarnIf   string        `json:"warn_if,omitempty"`
		ErrorIf  string        `json:"error_if,omitempty"`
		Tags     []string      `json:"tags,omitempty"`
		Proved   string        `json:"proved,omitempty"`
		ByProof  bool          `json:"by_proof,omitempty"`
		Rows     int64         `json:"rows"`
		Distinct int64         `json:"distinct_values,omitempty"`
		Examples []jsonExample `json:"examples"`
		Files    []string      `json:"failure_files,omitempty"`
		Stored   int64         `json:"stored_rows,omitempty"`
	}
	jsonExample struct {
		Key   string `json:"key,omitempty"`
		Value string `json:"value,omitempty"`
		Place string `json:"place"`
		Count int64  `json:"rows,omitempty"`
	}
)

// outcomes are the words for Run.Outcome in the file.
var outcomes = []string{Done: "done", BadData: "bad data", Impeded: "not done", Stopped: "stopped"}

// WriteResults writes the run to path, in place of what was there, all or
// nothing; now is when that happens. The folder must exist.
func WriteResults(path string, r *Run, now time.Time) error {
	text, err := json.MarshalIndent(toJSON(r, now), "", "  ")
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return WriteFile(path, append(text, '\n'))
}

func toJSON(r *Run, now time.Time) *jsonRun {
	out := &jsonRun{
		Metadata:    metadata(r, dbtSchema, now),
		Results:     []jsonResult{},
		ElapsedTime: r.Seconds,
		Args:        r.Args,
		Martlet: jsonRunDetail{Project: r.Project, Run: r.ID, Schema: r.Schema, AsOf: clock(r.AsOf), Threads: r.Threads,
			Outcome: outcomes[r.Outcome], Problem: r.Problem, Published: r.Published, Note: r.Note, Files: []jsonFile{},
			Rejected: r.Rejected.Records, BadCells: r.Rejected.Cells, BrokenFiles: r.Rejected.Files, Rejects: []jsonReject{}, RejectFiles: append([]string{}, r.RejectFiles...),
			Failed: r.FailureCount, Failures: []jsonFailure{}, Increment: r.Increment.toJSON()},
	}
	for i := range r.Nodes {
		out.Results = append(out.Results, nodeResult(r.Project, &r.Nodes[i]))
	}
	for i := range r.Tests {
		out.Results = append(out.Results, testResult(r.Project, &r.Tests[i]))
	}
	for _, f := range r.Files {
		out.Martlet.Files = append(out.Martlet.Files, jsonFile(f))
	}
	for _, x := range r.Rejects {
		out.Martlet.Rejects = append(out.Martlet.Rejects, jsonReject(x))
	}
	for _, x := range r.Failures {
		out.Martlet.Failures = append(out.Martlet.Failures, jsonFailure(x))
	}
	return out
}

// metadata says which of dbt's layouts a file follows. No dbt made it, so there is
// no version of one; that is said by an empty text, as the field holds a text.
func metadata(r *Run, layout string, now time.Time) jsonMetadata {
	return jsonMetadata{DBTSchemaVersion: layout, DBTVersion: "", GeneratedAt: clock(now), InvocationID: r.Invocation, Env: map[string]string{}}
}

// mainThread is where nodes are computed and tests counted.
const mainThread = "main"

// uniqueID names a node as dbt's artifacts do.
func uniqueID(kind Kind, project, name string) string {
	return manifest.ID(string(kind), project, name)
}

// timing is the time between two moments, nothing where one is not known.
func timing(started, completed time.Time) []jsonTiming {
	if started.IsZero() || completed.IsZero() {
		return []jsonTiming{}
	}
	return []jsonTiming{{Name: "execute", StartedAt: clock(started), CompletedAt: clock(completed)}}
}

func nodeResult(project string, n *Node) jsonResult {
	compiled := true
	out := jsonResult{
		Status: n.Status, Timing: timing(n.Started, n.Completed), ThreadID: mainThread, ExecutionTime: n.Seconds,
		AdapterResponse: map[string]any{"rows_affected": n.RowsOut},
		Message:         optional(n.Message),
		UniqueID:        uniqueID(n.Kind, project, n.Name),
		Compiled:        &compiled,
		RelationName:    optional(n.Relation),
		Martlet: jsonNodeDetail{Kind: n.Kind, Selected: n.Selected, Layer: n.Layer, RowsIn: n.RowsIn, Rejected: n.Rejected,
			Filtered: n.Filtered, Folded: n.Folded, RowsOut: n.RowsOut},
	}
	if out.Message == nil && n.Status == Success {
		message := fmt.Sprintf("%d rows", n.RowsOut)
		out.Message = &message
	}
	return out
}

func testResult(project string, t *Test) jsonResult {
	compiled := true
	detail := jsonTestDetail{Node: uniqueID(t.NodeKind, project, t.Node), Kind: t.Kind, Column: t.Column,
		Severity: string(t.Severity), Expected: t.Expected, Where: t.Where, WarnIf: string(t.WarnIf), ErrorIf: string(t.ErrorIf),
		Tags: t.Tags, Proved: t.Proved, ByProof: t.ByProof, Rows: t.Rows, Distinct: t.Distinct, Examples: []jsonExample{},
		Files: t.Files, Stored: t.Stored}
	for _, x := range t.Examples {
		detail.Examples = append(detail.Examples, jsonExample(x))
	}
	out := jsonResult{
		Status: t.Status, Timing: []jsonTiming{}, ThreadID: mainThread, AdapterResponse: map[string]any{},
		UniqueID: manifest.ID(manifest.TestType, project, t.Name), Compiled: &compiled, Martlet: detail,
	}
	if t.Status != Skipped {
		out.Failures = &t.Failures
	}
	switch t.Status {
	case Fail, Warn, Errored:
		out.Message = optional(message(t))
	}
	return out
}

// message is what was found of a test, in one line; of a test of a whole node
// the one example says it.
func message(t *Test) string {
	if extent(t) == "" && len(t.Examples) > 0 && t.Examples[0].Value != "" {
		return "found " + t.Examples[0].Value + ", " + finding(t)
	}
	return finding(t)
}

func optional(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// clock writes a time as dbt does: UTC, to the microsecond.
func clock(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000Z") }

// RemoveDrafts removes what programs that were killed in WriteFile have left in
// the folder of the file at path.
func RemoveDrafts(path string) error {
	drafts, err := os.ReadDir(filepath.Dir(path))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	var problems []error
	for _, e := range drafts {
		if strings.HasPrefix(e.Name(), draftPrefix(path)) {
			if err := os.Remove(filepath.Join(filepath.Dir(path), e.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
				problems = append(problems, err)
			}
		}
	}
	return errors.Join(problems...)
}

func draftPrefix(path string) string { return "." + filepath.Base(path) + "-" }

// WriteFile writes a file beside path and renames it to path, so that no reader
// finds half of it.
func WriteFile(path string, text []byte) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), draftPrefix(path)+"*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}()
	_, err = f.Write(text)
	err = errors.Join(err, f.Chmod(0o640), f.Close())
	if err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
