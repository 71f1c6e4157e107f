package pipeline

import (
	"martlet/internal/contract"
	"martlet/internal/spill"
)

// failing is the failing rows of one part of a test that keeps them. A nil one
// keeps none.
type failing struct {
	run  *spill.Run
	left int64 // how many more are within the limit; negative where there is none
	x    *executor
}

// newFailing is nil where store is. There are as many as parts, and they are merged
// at a time.
func (x *executor) newFailing(store *storedRows, n *node, parts int) *failing {
	if store == nil {
		return nil
	}
	f := &failing{x: x, left: -1, run: x.folder.Run(n.Schema, x.memory.writing()/int64(2*parts), x.env.Memory)}
	if store.limit > 0 {
		f.left = store.limit
	}
	return f
}

// add keeps some rows of a batch, which it borrows.
func (f *failing) add(b contract.Batch, ordinals []int64, rows []int) error {
	if f == nil {
		return nil
	}
	if f.left >= 0 {
		rows = rows[:min(int64(len(rows)), f.left)]
		f.left -= int64(len(rows))
	}
	if len(rows) == 0 {
		return nil
	}
	some := takeRows(f.x.env.Memory, b, rows)
	defer some.Release()
	return f.run.Add(some, takeOrdinals(ordinals, rows))
}

func (f *failing) finish() error {
	if f == nil {
		return nil
	}
	return f.run.Finish()
}

func (f *failing) drop() {
	if f != nil {
		_ = f.run.Close() // the folder is removed in any case
	}
}

// keepParts stores the failing rows of all parts in the order of the stream. It
// takes the parts over.
func (s *storedRows) keepParts(parts []*failing, mem contract.Allocator) error {
	if s == nil {
		return nil
	}
	runs := make([]*spill.Run, len(parts))
	for i, f := range parts {
		runs[i] = f.run
	}
	var rows []int
	return spill.Merge(runs, mem, func(b contract.Batch) error {
		defer b.Release()
		rows = contract.Sequence(rows, 0, b.Len())
		return s.keep(b, rows)
	})
}
