package report

import (
	"fmt"
	"io"
	"strings"
)

// Increment says how the incremental models of a run came about.
type Increment struct {
	// Full is why everything was computed; empty where an earlier run was brought up to
	// date.
	Full string
	// New is how much was read then: "1 new file".
	New string
	// Unchanged says that there was nothing to do: the run is the published one.
	Unchanged bool
	Changes   []Change
}

// Change counts the rows of a model that a run changed.
type Change struct {
	Model                     string
	Inserts, Updates, Deletes int64
	Compared                  bool // with the run before; otherwise all rows are new
}

// writeIncrement says it in a line or two.
func writeIncrement(w io.Writer, r *Run) {
	x := r.Increment
	switch {
	case x == nil:
		return
	case x.Unchanged:
		fmt.Fprintf(w, "\nIncremental: nothing is new; what is published stays.\n")
	case x.Full != "":
		fmt.Fprintf(w, "\nFull refresh: %s.\n", x.Full)
	default:
		fmt.Fprintf(w, "\nIncremental: %s.\n", x.New)
	}
	for _, c := range x.Changes {
		fmt.Fprintf(w, "%s: %s.\n", c.Model, c.text())
	}
}

// text is "3 rows inserted, 1 row updated".
func (c *Change) text() string {
	if !c.Compared {
		return Plural(c.Inserts, "row") + ", all of them new"
	}
	var parts []string
	for _, part := range []struct {
		rows int64
		verb string
	}{{c.Inserts, "inserted"}, {c.Updates, "updated"}, {c.Deletes, "deleted"}} {
		if part.rows > 0 {
			parts = append(parts, Plural(part.rows, "row")+" "+part.verb)
		}
	}
	if len(parts) == 0 {
		return "no row changed"
	}
	return strings.Join(parts, ", ")
}

type jsonIncrement struct {
	Full      bool         `json:"full_refresh"`
	Reason    string       `json:"reason,omitempty"`
	New       string       `json:"new,omitempty"`
	Unchanged bool         `json:"unchanged"`
	Changes   []jsonChange `json:"changes"`
}

type jsonChange struct {
	Model    string `json:"model"`
	Inserts  int64  `json:"inserts"`
	Updates  int64  `json:"updates"`
	Deletes  int64  `json:"deletes"`
	Compared bool   `json:"compared"`
}

// toJSON is nil for a run without incremental models.
func (x *Increment) toJSON() *jsonIncrement {
	if x == nil {
		return nil
	}
	out := &jsonIncrement{Full: x.Full != "", Reason: x.Full, New: x.New, Unchanged: x.Unchanged, Changes: []jsonChange{}}
	for _, c := range x.Changes {
		out.Changes = append(out.Changes, jsonChange(c))
	}
	return out
}
