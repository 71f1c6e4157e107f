package contract

import (
	"cmp"
	"slices"
	"strings"
)

// MaxExamples bounds the failing rows that are shown of a test.
const MaxExamples = 5

// Example is one failing row, or what was found of a test of the whole node.
type Example struct {
	Origin Origin // 0 for a test of the whole node
	Key    string // the grain's columns: "user_id=13456"; empty without a grain
	Value  string // what was found; empty where it is null or personal
	Count  int64  // of a uniqueness test: in how many rows the value stands
	// Ordinal is the place of the row in the node's stream where the test was done
	// in parts, 0 elsewhere.
	Ordinal int64

	id int // of the value, in a uniqueness test
}

// TestResult counts one test of one run. Its zero value is ready to use.
type TestResult struct {
	Rows int64 // rows the test saw
	// Failures are rows; of a uniqueness test they are values that stand in
	// more than one row, of a test of the whole node there is at most one.
	Failures int64
	Distinct int64     // different values among the failures, of the tests that count them
	Examples []Example // the first few
	// KeepRows asks for the failing rows of each batch: see TakeRows.
	KeepRows bool
	// Keep is how many examples are kept; 0 is for as many as are shown.
	Keep int
	// Ordinals are the places in the node's stream of the rows of the batch at hand,
	// where the test is done in parts and the batch is of one of them; nil elsewhere.
	// They are borrowed until the next batch.
	Ordinals []int64

	rows   []int            // failing rows of the batch at hand
	values map[string]int64 // the failing rows of each value, of the tests that count values
	id     int              // of the value last repeated
	count  int64
	last   int64 // ordinal of the row that failed last
}

// Fail counts row of the batch at hand as a failure and says whether it is to
// be shown by a call of Show.
func (r *TestResult) Fail(row int) bool {
	if r.KeepRows {
		r.rows = append(r.rows, row)
	}
	if r.Ordinals != nil {
		r.last = r.Ordinals[row]
	}
	r.Failures++
	return len(r.Examples) < r.kept()
}

// kept is how many examples are kept.
func (r *TestResult) kept() int { return max(r.Keep, MaxExamples) }

// FailValue is Fail of a test that counts different values too; null, where ok
// is false, is none of them.
func (r *TestResult) FailValue(row int, value string, ok bool) bool {
	if ok {
		r.distinct(value, 1)
	}
	return r.Fail(row)
}

// Shown are the examples to be shown.
func (r *TestResult) Shown() []Example { return r.Examples[:min(len(r.Examples), MaxExamples)] }

// Repeat notes that row of the batch at hand is the n-th, 2 or more, with the
// value that has the id. One value is one failure however often it stands
// there; Repeat says whether that is to be shown by a call of Show.
func (r *TestResult) Repeat(row, id int, n int64) bool {
	if n == 2 {
		r.id, r.count = id, n
		r.Distinct++
		return r.Fail(row)
	}
	if r.KeepRows {
		r.rows = append(r.rows, row)
	}
	for i := range r.Examples {
		if r.Examples[i].id == id {
			r.Examples[i].Count = n
		}
	}
	return false
}

// Merge adds what was found in a later batch.
func (r *TestResult) Merge(batch *TestResult) {
	r.Rows += batch.Rows
	r.Failures += batch.Failures
	r.Examples = append(r.Examples, batch.Examples[:min(len(batch.Examples), r.kept()-len(r.Examples))]...)
	r.rows = append(r.rows, batch.rows...)
	for value, rows := range batch.values {
		r.distinct(value, rows)
	}
}

// MergePart adds what was found in one of the parts of the rows that the test was
// done in, none of whose values stand in another. Parts may come in any order: the
// examples are those that stand first in the node's stream.
func (r *TestResult) MergePart(part *TestResult) {
	r.Rows += part.Rows
	r.Failures += part.Failures
	r.Distinct += part.Distinct
	r.Examples = append(r.Examples, part.Examples...)
	slices.SortStableFunc(r.Examples, func(a, b Example) int { return cmp.Compare(a.Ordinal, b.Ordinal) })
	r.Examples = r.Examples[:min(len(r.Examples), r.kept())]
}

// distinct notes so many failing rows of a value.
func (r *TestResult) distinct(value string, rows int64) {
	if had, known := r.values[value]; known {
		r.values[value] = had + rows
		return
	}
	if r.values == nil {
		r.values = map[string]int64{}
	}
	r.values[strings.Clone(value)] = rows
	r.Distinct++
}

// FailRows counts failing rows of one value, or of null where ok is false, whose
// batches are gone, and says whether that is to be shown by a call of Show.
func (r *TestResult) FailRows(rows int64, ok bool) bool {
	r.Failures += rows
	if ok {
		r.Distinct++
	}
	return len(r.Examples) < r.kept()
}

// Miss fails a test of the whole node, with what was found.
func (r *TestResult) Miss(found string) {
	r.Failures++
	r.Show(Example{Value: found})
}

// Show keeps a failing row as an example. It copies what e holds.
func (r *TestResult) Show(e Example) {
	e.id, e.Count, e.Value = r.id, r.count, strings.Clone(e.Value)
	if r.Ordinals != nil {
		e.Ordinal = r.last
	}
	r.Examples = append(r.Examples, e)
}

// TakeRows gives the failing rows of the batch that was checked last,
// ascending, where KeepRows asked for them. They are good until the next batch
// is checked.
func (r *TestResult) TakeRows() []int {
	rows := r.rows
	r.rows = r.rows[:0]
	return rows
}
