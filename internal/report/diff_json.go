package report

import (
	"encoding/json"
	"io"
	"strings"
)

type (
	jsonDiff struct {
		Project string          `json:"project"`
		From    jsonDiffRun     `json:"from"`
		To      jsonDiffRun     `json:"to"`
		Models  []jsonModelDiff `json:"models"`
	}
	jsonDiffRun struct {
		Run         string  `json:"run"`
		PublishedAt string  `json:"published_at"`
		ID          *string `json:"id"`
		Schema      *string `json:"schema"`
		AsOf        *string `json:"as_of"`
	}
	jsonModelDiff struct {
		Name   string    `json:"name"`
		Status string    `json:"status"`
		Note   *string   `json:"note"`
		Rows   *jsonRows `json:"rows"`
	}
	jsonRows struct {
		Key       []string         `json:"key"`
		Before    int64            `json:"before"`
		After     int64            `json:"after"`
		Added     int64            `json:"added"`
		Removed   int64            `json:"removed"`
		Changed   int64            `json:"changed"`
		Unchanged int64            `json:"unchanged"`
		Examples  jsonRowExamples  `json:"examples"`
		Columns   []jsonColumnDiff `json:"columns"`
	}
	jsonRowExamples struct {
		Added   []jsonRowKey `json:"added"`
		Removed []jsonRowKey `json:"removed"`
	}
	jsonColumnDiff struct {
		Name       string           `json:"name"`
		Status     string           `json:"status"`
		TypeBefore *string          `json:"type_before"`
		TypeAfter  *string          `json:"type_after"`
		PII        bool             `json:"pii"`
		Changed    *int64           `json:"changed"`
		Examples   []jsonColumnCase `json:"examples"`
	}
	jsonColumnCase struct {
		Key    jsonRowKey `json:"key"`
		Before *string    `json:"before"`
		After  *string    `json:"after"`
	}
	// jsonRowKey has a text for each column, null where there is none.
	jsonRowKey map[string]*string
)

// WriteJSON writes the difference as docs/diff.schema.json describes it.
func (d *Diff) WriteJSON(w io.Writer) error {
	out := jsonDiff{Project: d.Project, From: d.From.toJSON(), To: d.To.toJSON(), Models: []jsonModelDiff{}}
	for i := range d.Models {
		out.Models = append(out.Models, d.Models[i].toJSON())
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(out)
}

func (r *DiffRun) toJSON() jsonDiffRun {
	out := jsonDiffRun{Run: r.Run, PublishedAt: clock(r.Published), ID: optional(r.ID), Schema: optional(r.Schema)}
	if !r.AsOf.IsZero() {
		out.AsOf = optional(clock(r.AsOf))
	}
	return out
}

// word is a status as JSON has it.
func word[S ~string](status S) string { return strings.ReplaceAll(string(status), " ", "_") }

func (m *ModelDiff) toJSON() jsonModelDiff {
	out := jsonModelDiff{Name: m.Name, Status: word(m.Status), Note: optional(m.Note)}
	if m.Status != Compared {
		return out
	}
	out.Rows = &jsonRows{Key: append([]string{}, m.Key...), Before: m.Before, After: m.After, Added: m.Added, Removed: m.Removed, Changed: m.Changed,
		Unchanged: m.unchanged(), Examples: jsonRowExamples{keysToJSON(m.AddedRows), keysToJSON(m.RemovedRows)}, Columns: []jsonColumnDiff{}}
	for i := range m.Columns {
		out.Rows.Columns = append(out.Rows.Columns, m.Columns[i].toJSON())
	}
	return out
}

func (c *ColumnDiff) toJSON() jsonColumnDiff {
	out := jsonColumnDiff{Name: c.Name, Status: word(c.Status), TypeBefore: optional(c.Before), TypeAfter: optional(c.After), PII: c.Personal, Examples: []jsonColumnCase{}}
	if c.Counted {
		out.Changed = &c.Rows
	}
	for _, x := range c.Examples {
		out.Examples = append(out.Examples, jsonColumnCase{x.Key.toJSON(), x.Before.toJSON(), x.After.toJSON()})
	}
	return out
}

func keysToJSON(keys []RowKey) []jsonRowKey {
	out := []jsonRowKey{}
	for _, k := range keys {
		out = append(out, k.toJSON())
	}
	return out
}

func (k RowKey) toJSON() jsonRowKey {
	out := jsonRowKey{}
	for _, f := range k {
		out[f.Column] = f.toJSON()
	}
	return out
}

func (f Field) toJSON() *string {
	if !f.OK {
		return nil
	}
	return &f.Text
}
