package pipeline

import (
	"slices"

	"martlet/internal/arrowops"
	"martlet/internal/contract"
)

// newValues are the values that the uniqueness tests of a node look at in its new
// rows, as numbers: what is found of any other value stays as it is.
type newValues struct {
	tests   []int // of the node
	repeats contract.Repeats
	numbers [][]uint32 // by test
}

// watchValues begins to collect those of a node.
func (u *update) watchValues(n *node) newValues {
	v := newValues{repeats: n.NewRepeats(u.quietEnv())}
	for i := range n.Tests {
		if t := &n.Tests[i]; u.scope.tests[n.index][i] && t.Unique() && t.Runs(u.env) {
			v.tests = append(v.tests, i)
		}
	}
	v.numbers = make([][]uint32, len(v.tests))
	return v
}

// quietEnv is the run's without a place to note failures: rows are looked at again.
func (r *run) quietEnv() *contract.Env {
	env := *r.env
	env.Failures = &contract.Failures{}
	return &env
}

// add collects the values of a batch.
func (v *newValues) add(b contract.Batch) error {
	for i, test := range v.tests {
		from := len(v.numbers[i])
		v.numbers[i] = slices.Grow(v.numbers[i], b.Len())[:from+b.Len()]
		v.repeats.Part(test, b, v.numbers[i][from:])
	}
	return nil
}

// any says whether there are values.
func (v *newValues) any() bool {
	return slices.ContainsFunc(v.numbers, func(numbers []uint32) bool { return len(numbers) > 0 })
}

// restricted does the uniqueness tests of a node anew for some values: on the rows
// that there were with them, and on those that there are.
type restricted struct {
	observer      *observer
	values        newValues
	sets          []*arrowops.PartSet // by test
	mem           contract.Allocator
	before, after repeated

	numbers []uint32 // scratch
	rows    []int
}

// repeated is one of the two.
type repeated struct {
	repeats contract.Repeats
	results []contract.TestResult
}

func (u *update) newRestricted(o *observer, values newValues) *restricted {
	r := &restricted{observer: o, values: values, mem: u.mem}
	for _, numbers := range values.numbers {
		r.sets = append(r.sets, arrowops.NewPartSet(numbers))
	}
	for _, side := range []*repeated{&r.before, &r.after} {
		side.repeats = o.node.NewRepeats(u.quietEnv())
		side.results = make([]contract.TestResult, len(o.tests))
		for i := range side.results {
			side.results[i].Keep = keptExamples
		}
	}
	return r
}

// choose gives the rows of a batch that have one of the values. They are good until
// the next call.
func (r *restricted) choose(b contract.Batch) []int {
	r.rows = choose(r.values, r.sets, b, &r.numbers, r.rows[:0])
	return r.rows
}

// choose is choose of a restricted, for any goroutine.
func choose(values newValues, sets []*arrowops.PartSet, b contract.Batch, numbers *[]uint32, rows []int) []int {
	*numbers = slices.Grow((*numbers)[:0], b.Len())[:b.Len()]
	for i, test := range values.tests {
		values.repeats.Part(test, b, *numbers)
		rows = sets[i].Rows(rows, *numbers)
	}
	if len(values.tests) > 1 {
		slices.Sort(rows)
		rows = slices.Compact(rows)
	}
	return rows
}

// add looks at the node's next batch, which it borrows, in which the rows that are
// new are all behind the others.
func (r *restricted) add(b contract.Batch, isNew func(contract.Origin) bool) error {
	rows := r.choose(b)
	old := slices.IndexFunc(rows, func(row int) bool { return isNew(b.Origins[row]) })
	if old < 0 {
		old = len(rows)
	}
	r.feed(&r.before, b, rows[:old])
	r.feed(&r.after, b, rows)
	return nil
}

// feed gives rows of a batch to one side.
func (r *restricted) feed(to *repeated, b contract.Batch, rows []int) {
	if len(rows) == 0 {
		return
	}
	some := takeRows(r.mem, b, rows)
	defer some.Release()
	to.see(some)
}

// see looks at a batch.
func (s *repeated) see(b contract.Batch) {
	for i := range s.results {
		s.results[i].Ordinals = b.Ordinals
	}
	s.repeats.Add(b, s.results)
}

// finish puts what is found of the values now in the place of what was found.
func (r *restricted) finish() error {
	for _, test := range r.values.tests {
		r.before.results[test].Ordinals, r.after.results[test].Ordinals = nil, nil
		if !r.observer.tests[test].Replace(&r.before.results[test], &r.after.results[test]) {
			return tooFewExamples(r.observer.node)
		}
	}
	return nil
}
