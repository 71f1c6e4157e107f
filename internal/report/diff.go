package report

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// Diff is how what two runs published differs.
type Diff struct {
	Project  string
	From, To DiffRun
	Models   []ModelDiff
}

// DiffRun is one of the two runs.
type DiffRun struct {
	Run       string // the name of its folder, by which commands call it
	Published time.Time
	// ID, AsOf and Schema are as in Run; zero where no file of the run says.
	ID, Schema string
	AsOf       time.Time
}

// ModelStatus is what became of a model between two runs.
type ModelStatus string

// What may become of it.
const (
	Compared    ModelStatus = "compared"     // both runs have its rows
	AddedModel  ModelStatus = "added"        // only the later run has it
	Removed     ModelStatus = "removed"      // only the earlier run has it
	NotCompared ModelStatus = "not compared" // its rows cannot be read from both runs
)

// ModelDiff is how one model differs. Only Name, Status and Note are set unless it is
// Compared.
type ModelDiff struct {
	Name   string
	Status ModelStatus
	Note   string // on how it was compared, or why not
	// Key are the columns by which rows are known; none where rows are compared whole.
	Key []string
	// Before and After are all rows, the others those that differ.
	Before, After           int64
	Added, Removed, Changed int64
	AddedRows, RemovedRows  []RowKey // some of them
	Columns                 []ColumnDiff
}

// Same says whether the model was compared and does not differ, but for columns that
// tell the as-of time.
func (m *ModelDiff) Same() bool {
	return m.Status == Compared && m.Added+m.Removed+m.Changed == 0 && !slices.ContainsFunc(m.Columns, func(c ColumnDiff) bool { return c.otherwise() != "" })
}

// unchanged are the rows that both runs have alike.
func (m *ModelDiff) unchanged() int64 { return m.Before - m.Removed - m.Changed }

// ColumnStatus is what became of a column between two runs.
type ColumnStatus string

// What may become of it.
const (
	KeyColumn      ColumnStatus = "key"      // of the key, or of rows that are compared whole
	ComparedColumn ColumnStatus = "compared" // both runs have it
	AsOfColumn     ColumnStatus = "as of"    // both have it, and it tells the as-of time alone
	AddedColumn    ColumnStatus = "added"
	RemovedColumn  ColumnStatus = "removed"
	RetypedColumn  ColumnStatus = "retyped" // it has another type, and is not compared
)

// ColumnDiff is how one column differs.
type ColumnDiff struct {
	Name          string
	Status        ColumnStatus
	Before, After string // its types; empty where the run does not have it
	Personal      bool   // in either run
	Counted       bool   // both runs have it, and rows are known by a key
	Rows          int64  // that have another value
	Examples      []ValueDiff
}

// otherwise says of a column that only one run has, or that has another type, what
// became of it.
func (c *ColumnDiff) otherwise() string {
	switch c.Status {
	case AddedColumn:
		return "it is new: " + c.After
	case RemovedColumn:
		return "it is gone; it was " + c.Before
	case RetypedColumn:
		return "not compared: it was " + c.Before + " and is " + c.After
	}
	return ""
}

// ValueDiff is a row in which a column differs, contract.Redacted standing for what is
// personal.
type ValueDiff struct {
	Key           RowKey
	Before, After Field
}

// RowKey is what a row is known by.
type RowKey []KeyField

// KeyField is one column of it.
type KeyField struct {
	Column string
	Field
}

func (k RowKey) String() string {
	parts := make([]string, len(k))
	for i, f := range k {
		parts[i] = f.Column + "=" + shownField(f.Field)
	}
	return strings.Join(parts, ", ")
}

// WriteText writes the runs, a table of the models and then, of each that differs, what
// differs, with examples.
func (d *Diff) WriteText(w io.Writer) error {
	out := bufio.NewWriter(w)
	headings := []Heading{{Title: ""}, {Title: "Run"}, {Title: "As of (UTC)"}, {Title: "Published (UTC)"}}
	if err := WriteTable(out, headings, [][]string{d.From.row("from"), d.To.row("to")}); err != nil {
		return err
	}
	fmt.Fprintln(out)
	if err := d.writeModels(out); err != nil {
		return err
	}
	for i := range d.Models {
		if m := &d.Models[i]; m.Status == Compared && m.worthTelling() {
			m.write(out)
		}
	}
	fmt.Fprintf(out, "\n%s\n", d.verdict())
	return out.Flush()
}

func (r *DiffRun) row(which string) []string {
	asOf := "unknown"
	if !r.AsOf.IsZero() {
		asOf = r.AsOf.UTC().Format("2006-01-02 15:04:05.999999")
	}
	return []string{which, r.Run, asOf, r.Published.UTC().Format(time.DateTime)}
}

func (d *Diff) writeModels(w io.Writer) error {
	headings := []Heading{{Title: "Model"}, {Title: "Rows before", Number: true}, {Title: "Added", Number: true}, {Title: "Removed", Number: true},
		{Title: "Changed", Number: true}, {Title: "Unchanged", Number: true}, {Title: "Rows after", Number: true}}
	noted := slices.ContainsFunc(d.Models, func(m ModelDiff) bool { return m.Note != "" })
	if noted {
		headings = append(headings, Heading{Title: "Note"})
	}
	var rows [][]string
	for i := range d.Models {
		m := &d.Models[i]
		row := []string{m.Name, "", "", "", "", "", ""}
		if m.Status == Compared {
			row = []string{m.Name, Count(m.Before), few(m.Added), few(m.Removed), few(m.Changed), few(m.unchanged()), Count(m.After)}
		}
		if noted {
			row = append(row, m.Note)
		}
		rows = append(rows, row)
	}
	return WriteTable(w, headings, rows)
}

// worthTelling says whether there is more to say than the table does.
func (m *ModelDiff) worthTelling() bool {
	return len(m.AddedRows)+len(m.RemovedRows) > 0 || slices.ContainsFunc(m.Columns, func(c ColumnDiff) bool { return c.Rows > 0 || c.otherwise() != "" })
}

func (m *ModelDiff) write(w io.Writer) {
	fmt.Fprintf(w, "\n%s\n", m.Name)
	writeKeys(w, "added", m.AddedRows, m.Added)
	writeKeys(w, "removed", m.RemovedRows, m.Removed)
	for i := range m.Columns {
		c := &m.Columns[i]
		switch note := c.otherwise(); {
		case note != "":
			fmt.Fprintf(w, "  %s: %s\n", c.Name, note)
		case c.Rows == 0:
		case c.Status == AsOfColumn:
			fmt.Fprintf(w, "  %s: %s; it tells the as-of time, which is no change by itself\n", c.Name, Plural(c.Rows, "row"))
		default:
			fmt.Fprintf(w, "  %s: %s\n", c.Name, Plural(c.Rows, "row"))
			for _, x := range c.Examples {
				fmt.Fprintf(w, "    %s: %s -> %s\n", x.Key, shownField(x.Before), shownField(x.After))
			}
			writeMore(w, "    ", c.Rows, len(c.Examples))
		}
	}
}

// writeKeys writes which rows there are on one side only.
func writeKeys(w io.Writer, what string, keys []RowKey, all int64) {
	if len(keys) == 0 {
		return
	}
	fmt.Fprintf(w, "  %s: %s\n", what, Plural(all, "row"))
	for _, k := range keys {
		fmt.Fprintf(w, "    %s\n", k)
	}
	writeMore(w, "    ", all, len(keys))
}

// writeMore says how many examples there would be beside those shown, if any are.
func writeMore(w io.Writer, indent string, all int64, shown int) {
	if rest := all - int64(shown); shown > 0 && rest > 0 {
		fmt.Fprintf(w, "%sand %s more\n", indent, Count(rest))
	}
}

// verdict is the comparison in one line.
func (d *Diff) verdict() string {
	var same, differ, one, none int64
	for i := range d.Models {
		switch m := &d.Models[i]; {
		case m.Status == NotCompared:
			none++
		case m.Status != Compared:
			one++
		case m.Same():
			same++
		default:
			differ++
		}
	}
	parts := []string{Plural(same+differ, "model") + " compared: " + Count(same) + " the same, " + Count(differ) + " with differences"}
	if one > 0 {
		parts = append(parts, Count(one)+" in one run only")
	}
	if none > 0 {
		parts = append(parts, Count(none)+" not compared")
	}
	return strings.Join(parts, "; ") + "."
}
