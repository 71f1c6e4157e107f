package report

import (
	"encoding/json"
	"fmt"
	"time"
)

// sourcesSchema names the layout of dbt's file that ours follows.
const sourcesSchema = "https://schemas.getdbt.com/dbt/sources/v3.json"

// The file has the fields of dbt's sources.json, version 3; what dbt has no field
// for stands under "martlet".
type (
	jsonSources struct {
		Metadata    jsonMetadata      `json:"metadata"`
		Results     []any             `json:"results"` // jsonFreshness or jsonUnknownAge
		ElapsedTime float64           `json:"elapsed_time"`
		Martlet     jsonSourcesDetail `json:"martlet"`
	}
	jsonSourcesDetail struct {
		Project string `json:"project"`
		Command string `json:"command"`
		Run     string `json:"run"`
		Schema  string `json:"schema"`
		AsOf    string `json:"as_of"`
		Problem string `json:"problem,omitempty"`
	}
	jsonFreshness struct {
		UniqueID        string         `json:"unique_id"`
		MaxLoadedAt     string         `json:"max_loaded_at"`
		SnapshottedAt   string         `json:"snapshotted_at"`
		Ago             float64        `json:"max_loaded_at_time_ago_in_s"`
		Status          Status         `json:"status"`
		Criteria        jsonCriteria   `json:"criteria"`
		AdapterResponse map[string]any `json:"adapter_response"`
		Timing          []jsonTiming   `json:"timing"`
		ThreadID        string         `json:"thread_id"`
		ExecutionTime   float64        `json:"execution_time"`
		Martlet         jsonLoadedAt   `json:"martlet"`
	}
	jsonUnknownAge struct {
		UniqueID string       `json:"unique_id"`
		Error    string       `json:"error"`
		Status   Status       `json:"status"`
		Martlet  jsonLoadedAt `json:"martlet"`
	}
	jsonCriteria struct {
		WarnAfter  *jsonPeriod `json:"warn_after"`
		ErrorAfter *jsonPeriod `json:"error_after"`
		Filter     *string     `json:"filter"`
	}
	jsonPeriod struct {
		Count  int64  `json:"count"`
		Period string `json:"period"`
	}
	jsonLoadedAt struct {
		LoadedAt string `json:"loaded_at"`
	}
)

// WriteSources writes how old the sources of the run are to path, in place of
// what was there, all or nothing; now is when that happens. The folder must exist.
func WriteSources(path string, r *Run, now time.Time) error {
	out := &jsonSources{
		Metadata:    metadata(r, sourcesSchema, now),
		Results:     []any{},
		ElapsedTime: r.Seconds,
		Martlet:     jsonSourcesDetail{Project: r.Project, Command: r.Command, Run: r.ID, Schema: r.Schema, AsOf: clock(r.AsOf), Problem: r.Problem},
	}
	for i := range r.Freshness {
		out.Results = append(out.Results, freshnessResult(r, &r.Freshness[i]))
	}
	text, err := json.MarshalIndent(out, "", "  ")
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return WriteFile(path, append(text, '\n'))
}

func freshnessResult(r *Run, f *Freshness) any {
	id, detail := uniqueID(Source, r.Project, f.Source), jsonLoadedAt{f.Rule.LoadedAt}
	if f.Status == RuntimeError {
		return jsonUnknownAge{UniqueID: id, Error: f.Problem, Status: f.Status, Martlet: detail}
	}
	return jsonFreshness{
		UniqueID: id, MaxLoadedAt: clock(f.Latest), SnapshottedAt: clock(r.AsOf), Ago: f.Age.Seconds(), Status: f.Status,
		Criteria:        jsonCriteria{WarnAfter: period(f.Rule.WarnAfter), ErrorAfter: period(f.Rule.ErrorAfter), Filter: optional(f.Rule.Filter)},
		AdapterResponse: map[string]any{}, Timing: timing(f.Started, f.Completed), ThreadID: mainThread, ExecutionTime: f.Seconds, Martlet: detail,
	}
}

// period writes a duration of whole minutes in the largest of dbt's units that it
// is whole in.
func period(d time.Duration) *jsonPeriod {
	switch {
	case d == 0:
		return nil
	case d%(24*time.Hour) == 0:
		return &jsonPeriod{int64(d / (24 * time.Hour)), "day"}
	case d%time.Hour == 0:
		return &jsonPeriod{int64(d / time.Hour), "hour"}
	}
	return &jsonPeriod{int64(d / time.Minute), "minute"}
}
