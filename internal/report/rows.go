package report

import (
	"bufio"
	"encoding/json"
	"io"
	"strings"
)

// Field is one field of a row as text.
type Field struct {
	Text string
	OK   bool // false is null
}

// RowsColumn describes one column of rows.
type RowsColumn struct {
	Name string
	Bare bool // a number or a boolean: aligned to the right, and without quotes in JSON
}

// Rows are some rows of a node, contract.Redacted standing for what is personal.
type Rows struct {
	Node    string
	Columns []RowsColumn
	Fields  [][]Field
}

// WriteText writes the rows as a table. Null is the word null; a text that could
// be taken for it, or whose spaces or characters would go unseen, is in quotes.
func (r *Rows) WriteText(w io.Writer) error {
	headings := make([]Heading, len(r.Columns))
	for j, c := range r.Columns {
		headings[j] = Heading{Title: c.Name, Number: c.Bare}
	}
	lines := make([][]string, len(r.Fields))
	for i, row := range r.Fields {
		for _, f := range row {
			lines[i] = append(lines[i], shownField(f))
		}
	}
	return WriteTable(w, headings, lines)
}

func shownField(f Field) string {
	switch {
	case !f.OK:
		return "null"
	case strings.EqualFold(f.Text, "null"):
		return `"` + f.Text + `"`
	}
	return Printable(f.Text)
}

// WriteJSON writes the rows as `dbt show --output json` does: the node, and under
// "show" an object a row. Numbers are JSON's, in all their digits; those that JSON
// does not have (NaN), dates and times are strings.
func (r *Rows) WriteJSON(w io.Writer) error {
	out := bufio.NewWriter(w)
	out.WriteString("{\n  \"node\": " + quoted(r.Node) + ",\n  \"show\": [")
	for i, row := range r.Fields {
		if i > 0 {
			out.WriteString(",")
		}
		out.WriteString("\n    {")
		for j, f := range row {
			if j > 0 {
				out.WriteString(", ")
			}
			out.WriteString(quoted(r.Columns[j].Name) + ": " + jsonField(r.Columns[j], f))
		}
		out.WriteString("}")
	}
	if len(r.Fields) > 0 {
		out.WriteString("\n  ")
	}
	out.WriteString("]\n}\n")
	return out.Flush()
}

func jsonField(c RowsColumn, f Field) string {
	switch {
	case !f.OK:
		return "null"
	case c.Bare && json.Valid([]byte(f.Text)):
		return f.Text
	}
	return quoted(f.Text)
}

func quoted(text string) string {
	var out strings.Builder
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	_ = e.Encode(text) // a string always can be
	return strings.TrimSuffix(out.String(), "\n")
}
