// Package explain says why a row is what it is, or why it is not there: as data, as
// text and as JSON.
//
// It knows what an explanation is made of and how to write it down. It knows no file
// and no project, and finds nothing out: whoever fills it in has read the data, and
// has put contract.Redacted in the place of whatever is personal.
package explain

import "time"

// Explanation is of the rows of a node that have a key.
type Explanation struct {
	Node   string    `json:"node"`
	Kind   string    `json:"kind"` // source or model
	Key    []Value   `json:"key"`  // as it was asked for
	Column string    `json:"column,omitempty"`
	AsOf   time.Time `json:"as_of"`
	Count  int       `json:"count"` // of rows with the key
	Rows   []*Row    `json:"rows"`  // the first of them
	// Reasons are why there is no row; there are none where there is one.
	Reasons []Reason `json:"reasons,omitempty"`
	Notes   []Fact   `json:"notes,omitempty"` // what else has to be known
}

// Value is what a column holds.
type Value struct {
	Column string `json:"column"`
	Value  Scalar `json:"value"`
}

// Scalar is a value as CSV has it.
type Scalar struct {
	Text string
	Null bool
	Bare bool // a number or a boolean
}

// Row is a row of a source or a model, with those that it came from.
type Row struct {
	Node    string   `json:"node"`
	Kind    string   `json:"kind"`
	Key     []Value  `json:"key,omitempty"`   // of its grain; none where it has none
	Place   *Place   `json:"place,omitempty"` // of a source's record
	Columns []Column `json:"columns"`         // those that were asked for, or that a row above rests on
	Inputs  []Input  `json:"inputs,omitempty"`
}

// Place is where a record stands.
type Place struct {
	File   string `json:"file"`
	Record int64  `json:"record"`         // from 1, the header not counted
	Line   int    `json:"line,omitempty"` // 0 where it is not known
	Cell   string `json:"cell,omitempty"` // of the workbook that the file was made from
}

// Column is a column of a row, and how its value came about.
type Column struct {
	Name    string   `json:"name"`
	Type    string   `json:"type"`
	Value   Scalar   `json:"value"`
	Expr    string   `json:"expr,omitempty"` // SQL; of a source's column none
	Copy    bool     `json:"copy,omitempty"` // the expression is a column of an input and nothing else
	Reads   []Read   `json:"reads,omitempty"`
	From    []Cell   `json:"from,omitempty"`    // the source fields that gave the value
	More    bool     `json:"more,omitempty"`    // and there are others
	Partly  bool     `json:"partly,omitempty"`  // they are where a group begins, the rest of which is not known
	Missing []string `json:"missing,omitempty"` // what was looked for and is not there
	Failure string   `json:"failure,omitempty"` // why the expression has no value
}

// Read is a column of one of a row's inputs.
type Read struct {
	Input  int    `json:"input"` // index in Row.Inputs; -1 where it is not among them
	Column string `json:"column"`
	// Gave are the rows, by their index in Input.Rows, that gave the value, where an
	// aggregate is over several.
	Gave []int `json:"gave,omitempty"`
}

// Cell is a field of a source's record.
type Cell struct {
	Source string `json:"source"`
	Column string `json:"column"`
	Place  Place  `json:"place"`
	Value  Scalar `json:"value"`
}

// Role is what an input is to a row.
type Role string

// The roles of inputs: the base row, the rows of a group, the rows that a join matched.
const (
	Base   Role = "base"
	Group  Role = "group"
	Joined Role = "join"
)

// Input are the rows of one input that went into a row.
type Input struct {
	Node  string  `json:"node"`
	Role  Role    `json:"role"`
	On    []Value `json:"on,omitempty"` // of a join or a group: what its rows have in common
	Count int     `json:"count"`
	Rows  []*Row  `json:"rows"`           // the first of them, and those that gave a value
	Lost  []Loser `json:"lost,omitempty"` // the first of the rows that a dedupe did not keep
	// LostCount is how many these are in all.
	LostCount int `json:"lost_count,omitempty"`
	// Partly says that there are others in the group, which are not known.
	Partly bool `json:"partly,omitempty"`
	// Why says why there are no rows; empty where there are.
	Why string `json:"why,omitempty"`
}

// Loser is a row that another one of the same key was kept for.
type Loser struct {
	Row    *Row   `json:"row"`
	Reason string `json:"reason"`
}

// Kind is what kept a row from being there.
type Kind string

// The kinds of reasons.
const (
	NoRecord Kind = "no_record" // no record of a source, or row of a model, has the key
	Rejected Kind = "rejected"  // the record has a bad field
	Filtered Kind = "filtered"  // where dropped the row
	Lost     Kind = "lost"      // dedupe kept another one, of another key
)

// Reason is why there is no row.
type Reason struct {
	Node  string   `json:"node"` // at which the row went
	Kind  Kind     `json:"kind"`
	Text  string   `json:"text"`
	Expr  string   `json:"expr,omitempty"`  // the filter, as SQL
	Reads []Column `json:"reads,omitempty"` // what the filter looked at
	Row   *Row     `json:"row,omitempty"`   // that went
	Lost  []Loser  `json:"lost,omitempty"`  // the first of the rows that it was kept for by a dedupe
	Kept  *Row     `json:"kept,omitempty"`  // by a dedupe, in its stead
	Facts []Fact   `json:"facts,omitempty"` // what comes nearest
	// LostCount is how many rows it was kept for in all.
	LostCount int `json:"lost_count,omitempty"`
}

// Fact is something else that was found, and where.
type Fact struct {
	Text   string  `json:"text"`
	Places []Place `json:"places,omitempty"`
}
