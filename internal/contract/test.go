package contract

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"sync"
)

// Severity says what a failing test does to the run.
type Severity string

// The severities of dbt; Passed is that of a test which holds.
const (
	Passed Severity = ""
	Error  Severity = "error" // fails the run: nothing is published
	Warn   Severity = "warn"  // is reported
)

// Test describes one test of a node, in dbt's words.
type Test struct {
	Name string // unique in the project: "not_null_user_account_email"
	// Kind is not_null, unique, unique_combination, accepted_values,
	// not_accepted_values, relationships, matches, range, length, not_empty,
	// row_count, recency, monotonic or expression.
	Kind        string
	Column      string // empty for a test of the whole row
	Severity    Severity
	Description string
	Expected    string    // what the test wants, for people: "one of M, F"
	Where       string    // the condition of the rows it sees, as SQL; empty where it sees all
	WhereReads  []string  // the columns that Where looks at
	WarnIf      Threshold // empty: "!= 0"
	ErrorIf     Threshold // the same; heard only with severity error
	Tags        []string
	Fingerprint string // of all that decides what the test does: 16 digits of a SHA-256, hex
	Grain       bool   // holds a grain that joins rely on: it runs with its node, selected or not
	PII         bool   // the values it looks at must not be shown
	// Reads are the columns that a test of the whole row looks at.
	Reads []string
	// Store says that the failing rows are kept in files, Limit how many of
	// them at most, 0 for all.
	Store bool
	Limit int64
	// Whole says that the result over some rows is no sum of the results over parts
	// of them: the test is of the relation as a whole, of the order of its rows, or
	// calls now(). Of uniqueness and relationships tests it says the last only.
	Whole bool
	// Proved says why the plan shows that the test holds for any data; empty
	// where it does not. Such a test runs only where Env.NoProofs asks for it.
	Proved string
}

// Unique says whether the test is one of those that Node.NewRepeats checks.
func (t *Test) Unique() bool { return t.Kind == "unique" || t.Kind == "unique_combination" }

// Runs says whether the data decide the test in this run.
func (t *Test) Runs(env *Env) bool { return t.Proved == "" || env.NoProofs }

// Validator checks the tests of one node but its uniqueness tests, which need much
// memory, and relationships, which span two nodes. Results stand in the order of Node.Tests. Of tests that have a Where it
// counts the rows seen; those of the others are the caller's.
type Validator interface {
	// Check looks at the rows of one batch one by one, in one pass. It borrows b,
	// keeps nothing and may run on several goroutines, each with results of its own.
	Check(b Batch, results []TestResult)
	// Follow looks at one batch for the tests that depend on the rows before, so
	// it is given them in order. It borrows b.
	Follow(b Batch, results []TestResult)
	// Finish decides the tests of the node as a whole once all batches were seen.
	Finish(results []TestResult)
}

// Repeats checks the uniqueness tests of one node: it remembers every value, or
// every value of a part where that is too much.
type Repeats interface {
	// Add looks at one batch, in order. It borrows b.
	Add(b Batch, results []TestResult)
	// Part gives a number for each row, the same for all rows that have the same
	// value under a test, by which they can be told apart and looked at in parts.
	Part(test int, b Batch, part []uint32)
}

// Relationship is a relationships test: each value of the child's column
// stands in the parent's. Both sides are collected as they stream past and
// compared at the end, so neither has to come first.
type Relationship struct {
	Child  string // node
	Test   int    // index in the child's Tests
	Parent string // node
	Field  string // the parent's column
	New    func(env *Env) RelationshipCheck
}

// RelationshipCheck is one relationships test in one run.
type RelationshipCheck interface {
	// AddChild counts the rows seen where the test has a Where.
	AddChild(b Batch, result *TestResult)
	AddParent(b Batch)
	// Finish compares the sides once both have ended.
	Finish(result *TestResult)
	// Orphans gives the rows of a batch of the child that fail the test. The
	// parent must have ended.
	Orphans(b Batch) []int
	// PartChild and PartParent give a number for each row of a batch of a side, the
	// same for all rows of either side that have the same value, by which the test
	// can be done in parts.
	PartChild(b Batch, part []uint32)
	PartParent(b Batch, part []uint32)
}

// Firsts are the rows of the child that are the first of their keys, by key, which
// are numbered from 0 in the order of the rows. The zero value has none.
type Firsts struct {
	origins  []Origin
	ordinals []int64 // none where the test is not done in parts
}

// Add notes that row of a batch is the first of the next key; result is that of the
// test.
func (f *Firsts) Add(b Batch, row int, result *TestResult) {
	f.origins = append(f.origins, b.Origins[row])
	if result.Ordinals != nil {
		f.ordinals = append(f.ordinals, result.Ordinals[row])
	}
}

// Origin is that of the first row of a key.
func (f *Firsts) Origin(key int) Origin { return f.origins[key] }

// Ordinal is its place in the child's stream, 0 where the test is not done in parts.
func (f *Firsts) Ordinal(key int) int64 {
	if f.ordinals == nil {
		return 0
	}
	return f.ordinals[key]
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
// in full and the rest as counts. It is safe for concurrent use, and what it
// keeps does not depend on who comes first. The zero value is ready to use.
type Failures struct {
	mu    sync.Mutex
	total int64
	of    map[failed]*failures
}

// failed is what failures have in common.
type failed struct{ node, column string }

type failures struct {
	ignored bool
	count   int64
	first   []Failure // by origin
}

func (f *Failures) at(node, column string) *failures {
	if f.of == nil {
		f.of = map[failed]*failures{}
	}
	at := f.of[failed{node, column}]
	if at == nil {
		at = &failures{}
		f.of[failed{node, column}] = at
	}
	return at
}

// Take adds the failures that others have of one column of a node, of rows that
// were not noted here.
func (f *Failures) Take(others *Failures, node, column string) {
	others.mu.Lock()
	defer others.mu.Unlock()
	from := others.at(node, column)
	f.mu.Lock()
	defer f.mu.Unlock()
	at := f.at(node, column)
	if at.ignored {
		return
	}
	f.total += from.count
	at.count += from.count
	at.first = append(at.first, from.first...)
	slices.SortStableFunc(at.first, compareFailures)
	at.first = at.first[:min(len(at.first), MaxExamples)]
}

// Ignore has further failures of one column of a node go unnoticed, as those of
// a test that is not to run.
func (f *Failures) Ignore(node, column string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.at(node, column).ignored = true
}

// Add notes one failure. Generated code gives the row a null and goes on, so
// that a run reports them all.
func (f *Failures) Add(x Failure) {
	f.mu.Lock()
	defer f.mu.Unlock()
	at := f.at(x.Node, x.Column)
	if at.ignored {
		return
	}
	f.total++
	at.count++
	if n := len(at.first); n == MaxExamples && compareFailures(at.first[n-1], x) <= 0 {
		return
	}
	i, _ := slices.BinarySearchFunc(at.first, x, compareFailures)
	at.first = slices.Insert(at.first, i, x)
	at.first = at.first[:min(len(at.first), MaxExamples)]
}

func compareFailures(a, b Failure) int {
	return cmp.Or(cmp.Compare(a.Origin, b.Origin), strings.Compare(a.Key, b.Key), strings.Compare(a.Err.Error(), b.Err.Error()))
}

// Total is how many failures there were.
func (f *Failures) Total() int64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.total
}

// Len is how many failures there were of one column of a node.
func (f *Failures) Len(node, column string) int64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.at(node, column).count
}

// First gives the failures kept in full, by node, column and origin.
func (f *Failures) First() []Failure {
	f.mu.Lock()
	defer f.mu.Unlock()
	var all []Failure
	for _, at := range slices.SortedFunc(maps.Keys(f.of), func(a, b failed) int {
		return cmp.Or(strings.Compare(a.node, b.node), strings.Compare(a.column, b.column))
	}) {
		all = append(all, f.of[at].first...)
	}
	return all
}
