package contract

// Severity says what a failing test does to the run.
type Severity string

// The severities of dbt.
const (
	Error Severity = "error" // fails the run: nothing is published
	Warn  Severity = "warn"  // is reported
)

// Test describes one test of a node.
type Test struct {
	Name        string // unique in the project: "not_null_user_account_email"
	Kind        string // not_null, unique, accepted_values, relationships, matches, range, expression
	Column      string // empty for a test of the whole row
	Severity    Severity
	Description string
	Tags        []string
	Fingerprint string // of all that decides what the test does: 16 digits of a SHA-256, hex
	Grain       bool   // holds a grain that joins rely on: it runs with its node, selected or not
	Expected    string // what the test wants, for people: "one of M, F"
	PII         bool   // the values it looks at must not be shown
	// Reads are the columns that a test of the whole row looks at.
	Reads []string
}

// maxExamples bounds the failing rows that a result keeps to show.
const maxExamples = 5

// Example is one failing row.
type Example struct {
	Origin Origin
	Key    string // the grain's columns: "user_id=13456"; empty without a grain
	Value  string // what was found; empty where it is null or personal
}

// TestResult counts one test of one run.
type TestResult struct {
	Rows     int64 // rows the test saw
	Failures int64
	Examples []Example // the first few
}

// Fail counts one failure and says whether it is to be shown by a call of Show.
func (r *TestResult) Fail() bool {
	r.Failures++
	return len(r.Examples) < maxExamples
}

// Show keeps a failing row as an example.
func (r *TestResult) Show(e Example) { r.Examples = append(r.Examples, e) }

// Validator checks the tests of one node but its relationships, which span two
// nodes. Results stand in the order of Node.Tests.
type Validator interface {
	// Check looks at one batch in one pass. It borrows b.
	Check(b Batch, results []TestResult)
}

// Relationship is a relationships test: each value of the child's column
// stands in the parent's. Both sides are collected as they stream past and
// compared at the end, so neither has to come first.
type Relationship struct {
	Child  string // node
	Test   int    // index in the child's Tests
	Parent string // node
	New    func() RelationshipCheck
}

// RelationshipCheck is one relationships test in one run.
type RelationshipCheck interface {
	AddChild(b Batch)
	AddParent(b Batch)
	Finish(result *TestResult)
}

// Failure is an expression that has no value on some row: a division by zero,
// an overflow, a text that is not a number.
type Failure struct {
	Node   string
	Column string // the column computed, or the clause: "where"
	Origin Origin
	Key    string // as in Example
	Err    error  // never holds the row's values
}

// Failures collects the failures of a run, the first of each node and column
// in full and the rest as counts.
type Failures struct {
	counts  map[[2]string]int64
	first   []Failure
	ignored map[[2]string]bool
}

// Ignore has further failures of one column of a node go unnoticed, as those of
// a test that is not to run.
func (f *Failures) Ignore(node, column string) {
	if f.ignored == nil {
		f.ignored = map[[2]string]bool{}
	}
	f.ignored[[2]string{node, column}] = true
}

// Add notes one failure. Generated code gives the row a null and goes on, so
// that a run reports them all.
func (f *Failures) Add(x Failure) {
	if f.counts == nil {
		f.counts = map[[2]string]int64{}
	}
	at := [2]string{x.Node, x.Column}
	if f.ignored[at] {
		return
	}
	f.counts[at]++
	if f.counts[at] <= maxExamples {
		f.first = append(f.first, x)
	}
}

// Len is how many failures there were of one column of a node.
func (f *Failures) Len(node, column string) int64 { return f.counts[[2]string{node, column}] }

// First gives the failures kept in full, in the order they happened.
func (f *Failures) First() []Failure { return f.first }
