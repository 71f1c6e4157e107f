package contract

import (
	"cmp"
	"maps"
	"slices"
)

// Values gives the failing rows of each value, of a test that counts values. It is
// borrowed.
func (r *TestResult) Values() map[string]int64 { return r.values }

// SetValues sets what Values gives, and takes it over.
func (r *TestResult) SetValues(values map[string]int64) { r.values = values }

// Replace takes back what was found of some rows, and adds what is found of them
// now: r is of all rows of a node, whose examples have ordinals, and before and
// after are of the same few of its rows, and keep as many examples as r or more. The
// examples of all three are those of the least ordinals.
//
// It is not ok where so many examples were taken back that those which follow them,
// and are not known, would have to be shown; r is of no use then.
func (r *TestResult) Replace(before, after *TestResult) (ok bool) {
	all := r.Failures == int64(len(r.Examples))
	r.Rows += after.Rows - before.Rows
	r.Failures += after.Failures - before.Failures
	if r.values == nil && after.values == nil {
		r.Distinct += after.Distinct - before.Distinct
	} else {
		r.replaceValues(before.values, after.values)
	}
	r.replaceExamples(before.Examples, after.Examples, all)
	return len(r.Examples) >= int(min(r.Failures, MaxExamples))
}

func (r *TestResult) replaceValues(before, after map[string]int64) {
	values := maps.Clone(r.values)
	if values == nil {
		values = map[string]int64{}
	}
	for value, rows := range after {
		values[value] += rows
	}
	for value, rows := range before {
		if values[value] -= rows; values[value] == 0 {
			delete(values, value)
		}
	}
	r.values, r.Distinct = values, int64(len(values))
}

// replaceExamples keeps those that are known to come first: where there are others
// than r has, none behind the last one of r.
func (r *TestResult) replaceExamples(before, after []Example, all bool) {
	gone := make(map[int64]bool, len(before))
	for _, e := range before {
		gone[e.Ordinal] = true
	}
	var examples []Example
	last := int64(-1)
	for _, e := range r.Examples {
		last = max(last, e.Ordinal)
		if !gone[e.Ordinal] {
			examples = append(examples, e)
		}
	}
	for _, e := range after {
		if all || e.Ordinal <= last {
			examples = append(examples, e)
		}
	}
	slices.SortStableFunc(examples, func(a, b Example) int { return cmp.Compare(a.Ordinal, b.Ordinal) })
	r.Examples = examples[:min(len(examples), r.kept())]
}
