// Package report turns the results of one run into text for people and JSON
// for tools.
//
// It knows what a result looks like and how to write it down. It knows nothing
// of how a run is done, and it hides nothing: in the results it is given,
// contract.Redacted must already stand for what is personal.
package report

import (
	"time"

	"martlet/internal/contract"
)

// Status is how a node or a test ended, in dbt's words.
type Status string

// The statuses of nodes are Success, Warn, Errored and Skipped; those of tests
// are Pass, Warn, Fail, Errored and Skipped.
const (
	Success Status = "success"
	Pass    Status = "pass"
	Warn    Status = "warn"
	Fail    Status = "fail"
	Errored Status = "error"
	Skipped Status = "skipped" // the run ended before it
)

// Kind says what a node is.
type Kind string

// The kinds of nodes.
const (
	Source Kind = "source"
	Model  Kind = "model"
)

// Node is the result of one source or model. Of a node that succeeded,
// RowsIn = RowsOut + Rejected + Filtered + Folded.
type Node struct {
	Name      string
	Kind      Kind
	Selected  bool   // and not only computed for another
	Layer     string // of a model
	Relation  string // what it reads (a source's seed) or is written to; may be empty
	Status    Status
	Message   string // what went wrong; empty where nothing did
	RowsIn    int64  // records of a source, rows of a model's base input
	Rejection string // what rejects mean to the node; empty where nothing
	Rejected  int64  // records with a field that could not be read
	Filtered  int64  // rows that where dropped
	Folded    int64  // rows that dedupe or group_by merged into others
	RowsOut   int64
	Started   time.Time // zero where the node was not reached
	Completed time.Time
	Seconds   float64 // spent on this node by all goroutines; nodes run interleaved and side by side
}

// Example is one failing row of a test.
type Example struct {
	Key   string // "user_id=13456"; empty without a grain
	Value string // what was found, contract.Redacted where personal; empty where there is no one value
	Place string // "seeds/user_account.csv:17"; empty for a test of the whole node
	Count int64  // of a uniqueness test: in how many rows the value stands
}

// Test is the outcome of one test.
type Test struct {
	contract.Test
	Node     string
	NodeKind Kind
	Status   Status
	ByProof  bool  // passed by what the plan shows, without being run
	Rows     int64 // looked at
	Failures int64 // as contract.TestResult counts them
	Distinct int64 // different values among them, of the tests that count those
	Errors   int64 // rows on which the test's expression has no value; the status is then Errored
	Examples []Example
	Files    []string // where the failing rows are stored; none where they are not
	Stored   int64    // how many rows they have
}

// Reject is one field, or one whole record, of a source that could not be read.
type Reject struct {
	Source   string
	Place    string
	Column   string // empty for a whole record
	Found    string // contract.Redacted where personal; all there is to say where Expected is empty
	Expected string
}

// Rejected counts what could not be read.
type Rejected struct {
	Records int64 // left out whole
	Cells   int64 // bad fields in them; a record that cannot be cut has none
	Files   int64 // whose rest could not be read
	Lines   int64 // of the files of rejects, headers apart
}

// Failure is one row on which an expression has no value.
type Failure struct {
	Node    string
	Column  string
	Key     string
	Place   string
	Message string
}

// File is one file that the run wrote.
type File struct {
	Path string
	Size int64 // bytes
	// Neutralized is how many cells were changed as they looked like formulas; nil
	// where that was not asked for.
	Neutralized *int64
}

// Outcome is how the run as a whole ended.
type Outcome int

// The outcomes of a run.
const (
	Done    Outcome = iota // nothing failed; warnings included
	BadData                // a reject, a failed expression or a failed test
	Impeded                // the run could not be done
	Stopped                // the run was interrupted
)

// Run is the result of one run.
type Run struct {
	Project    string
	Command    string // build, test
	ID         string // the run's identity, hex; empty where the inputs could not be read
	Schema     string // the schema's fingerprint
	Invocation string // a random UUID: dbt's invocation_id
	Args       map[string]any
	AsOf       time.Time
	Started    time.Time
	Threads    int
	Seconds    float64

	Outcome Outcome
	Problem string // what stopped the run; empty unless Impeded or Stopped

	Nodes []Node
	Tests []Test

	Rejects      []Reject // the first ones
	Rejected     Rejected
	RejectFiles  []string // where the rest stands
	Failures     []Failure
	FailureCount int64

	Freshness []Freshness // of the sources of the run that say how old they may be

	Increment *Increment // nil where no incremental model was to be written

	Files     []File
	Published bool   // Files are what readers of the output now see
	Note      string // on what was or was not published; may be empty
}

// Tally counts tests by status.
type Tally struct{ Passed, Proved, Warned, Failed, Errored, NotRun int } // the proved ones passed

// Tally counts the tests of the run.
func (r *Run) Tally() Tally {
	var t Tally
	for i := range r.Tests {
		switch r.Tests[i].Status {
		case Pass:
			t.Passed++
			if r.Tests[i].ByProof {
				t.Proved++
			}
		case Warn:
			t.Warned++
		case Fail:
			t.Failed++
		case Errored:
			t.Errored++
		default:
			t.NotRun++
		}
	}
	return t
}
