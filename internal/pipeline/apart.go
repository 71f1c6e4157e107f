package pipeline

import (
	"cmp"
	"errors"
	"slices"

	"martlet/internal/contract"
)

// apart does tests that remember values in parts, where memory has no room for all
// of these: the rows are divided by value among temporary files as they stream
// past, and once they have ended each part is tested by itself. What is found is
// the same, in the same order.

// memorizer is what remembers values for tests: a node's uniqueness tests, or a
// relationships test.
type memorizer struct {
	needs int64 // bytes, about
	// inParts has it work in parts that need no more than share.
	inParts func(share, writing int64)
}

// memorizers are all that are to run.
func (x *executor) memorizers() []memorizer {
	var all []memorizer
	for _, o := range x.observers {
		if o == nil || o.repeats == nil {
			continue
		}
		m := memorizer{inParts: func(share, writing int64) { x.repeatInParts(o, share, writing) }}
		for i := range o.node.Tests {
			if t := &o.node.Tests[i]; t.Unique() && t.Runs(x.env) {
				m.needs += x.tableSize(o.node, columnsOf(t))
			}
		}
		all = append(all, m)
	}
	for _, r := range x.relations {
		child, parent := r.sizes(x)
		all = append(all, memorizer{
			needs:   child + parent,
			inParts: func(share, writing int64) { x.relateInParts(r, share, writing) },
		})
	}
	return all
}

// tableSize is about how many bytes it takes to remember the values of some columns
// in every row of a node.
func (x *executor) tableSize(n *node, columns []string) int64 {
	const row = 48 // a place in the table, a count, an origin
	rows := x.rows[n.index]
	text := x.sizes[n.index] / max(rows, 1) / int64(max(n.Schema.NumFields(), 1))
	return rows * (row + int64(len(columns))*max(text, 16))
}

// memorized is what all memorizers need.
func memorized(all []memorizer) (needs int64) {
	for _, m := range all {
		needs += m.needs
	}
	return needs
}

// divideTests has the memorizers work in parts that there is no room for. Where it
// is not for all of them, those that need least have half of it, and the parts of the
// others, of one test at a time, the other half.
func (x *executor) divideTests() {
	all := x.memorizers()
	if memorized(all) <= x.memory.tests() {
		return
	}
	slices.SortStableFunc(all, func(a, b memorizer) int { return cmp.Compare(a.needs, b.needs) })
	left := x.memory.tests() / 2
	for i, m := range all {
		if m.needs > left {
			for _, m := range all[i:] {
				m.inParts(x.memory.tests()/int64(2*x.threads), x.memory.writing()/int64(len(all)-i))
			}
			return
		}
		left -= m.needs
	}
}

// partsOfTable is in how many parts a table of so many bytes is made.
func partsOfTable(bytes, share int64) int {
	return int(min(max(bytes/max(share, 1)+1, 1), maxParts))
}

// found is what came of one part of a test.
type found struct {
	result contract.TestResult
	rows   *failing
}

// inParts does a test part by part, some side by side, and adds up what was found.
// unstored is why failing rows could not be stored.
func (x *executor) inParts(o *observer, test, parts int, do func(part int, into *found) error) (unstored, err error) {
	defer x.watch.time(o.node.index)()
	store := o.store(test)
	work := func(_, part int) (*found, error) {
		f := &found{rows: x.newFailing(store, o.node, parts)}
		f.result.KeepRows, f.result.Keep = o.tests[test].KeepRows, o.tests[test].Keep
		err := do(part, f)
		f.result.Ordinals = nil
		if err := errors.Join(err, f.rows.finish()); err != nil {
			f.rows.drop()
			return nil, err
		}
		return f, nil
	}
	var kept []*failing
	take := func(f *found) error {
		o.tests[test].MergePart(&f.result)
		if f.rows != nil {
			kept = append(kept, f.rows)
		}
		return nil
	}
	if err := inOrder(x.ctx, x.threads, upTo(parts), work, take, func(int) {}, func(f *found) { f.rows.drop() }); err != nil {
		return nil, err
	}
	return store.keepParts(kept, x.env.Memory), nil
}

// endApart completes the tests of a node that are done in parts, and those between
// nodes that have ended by now. Of all that are, one is completed at a time.
func (x *executor) endApart(o *observer) error {
	x.ending.Lock()
	defer x.ending.Unlock()
	for _, t := range o.apart {
		if err := t.finish(); err != nil {
			return err
		}
	}
	for _, r := range x.relations {
		if r.apart == nil {
			continue
		}
		if err := r.apart.end(o); err != nil {
			return err
		}
	}
	return nil
}
