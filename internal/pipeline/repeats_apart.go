package pipeline

import (
	"errors"
	"fmt"
	"slices"

	"martlet/internal/contract"
)

// repeatsApart is a uniqueness test that is done in parts.
type repeatsApart struct {
	x    *executor
	o    *observer
	test int // of the node's
	rows *divided
}

// repeatInParts has the uniqueness tests of a node that are to run done in parts.
func (x *executor) repeatInParts(o *observer, share, writing int64) {
	tests := o.unique(x.env)
	router := o.repeats
	o.repeats = nil
	for _, i := range tests {
		t := &o.node.Tests[i]
		parts := partsOfTable(x.tableSize(o.node, columnsOf(t)), share)
		partOf := func(b contract.Batch, part []uint32) { router.Part(i, b, part) }
		looks := slices.Concat(columnsOf(t), t.WhereReads, o.node.Grain)
		rows := x.divide(o.node, looks, o.store(i) != nil, parts, writing/int64(len(tests)), partOf)
		o.apart = append(o.apart, &repeatsApart{x: x, o: o, test: i, rows: rows})
	}
}

// see keeps a batch for later. It borrows b.
func (r *repeatsApart) see(b contract.Batch) error { return r.rows.add(b) }

// finish does the test.
func (r *repeatsApart) finish() error {
	if err := r.rows.finish(); err != nil {
		return err
	}
	// Rows of a part are looked at for all tests: what fails in another is not to
	// be told again.
	env := *r.x.env
	env.Failures = &contract.Failures{}
	unstored, err := r.x.inParts(r.o, r.test, r.rows.files.Len(), func(part int, into *found) error { return r.part(part, &env, into) })
	if unstored != nil {
		err = fmt.Errorf("storing the failing rows of %s: %w", r.o.node.Tests[r.test].Name, unstored)
	}
	r.x.env.Failures.Take(env.Failures, r.o.node.Name, testPrefix+r.o.node.Tests[r.test].Name)
	return errors.Join(err, r.rows.files.Close())
}

// part does the test on one part.
func (r *repeatsApart) part(part int, env *contract.Env, into *found) error {
	if r.rows.files.Rows(part) == 0 {
		return nil
	}
	repeats := r.o.node.NewRepeats(env)
	results := make([]contract.TestResult, len(r.o.node.Tests))
	mine := &results[r.test]
	*mine = into.result
	err := r.rows.read(part, func(b contract.Batch, ordinals []int64) error {
		wide := r.rows.widen(b)
		defer wide.Release()
		mine.Ordinals = ordinals
		repeats.Add(wide, results)
		return into.rows.add(b, ordinals, mine.TakeRows())
	})
	into.result = *mine
	return errors.Join(err, r.rows.files.Drop(part))
}
