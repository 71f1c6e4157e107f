package spill

import (
	"fmt"
	"math"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"martlet/internal/contract"
)

// Run keeps rows in ascending order of their ordinals in a file, for Merge.
type Run struct {
	folder *Folder
	layout layout
	file   file
	blocks *blockWriter
	last   int64 // ordinal
	// err is what kept rows from being added; finished, that there are no more.
	err      error
	finished bool
}

// Run makes a run. Its file is written in blocks of at most so many bytes of rows,
// or of 64 KB where that is more: four of them are in memory while the run is filled,
// and one while it is merged. It panics for a schema with columns that arrowops has
// no view of.
func (f *Folder) Run(schema *arrow.Schema, block int64, mem memory.Allocator) *Run {
	layout := newLayout(schema, true)
	r := &Run{
		folder: f, layout: layout, file: file{folder: f}, last: math.MinInt64,
		blocks: newBlockWriter(mem, layout.stored, max(block, minBlock)),
	}
	f.enter(r)
	return r
}

// Add appends the rows of a batch, which it borrows, and their ordinals. Each of
// them is at least the one before.
func (r *Run) Add(b contract.Batch, ordinals []int64) error {
	if r.err == nil && r.finished {
		r.err = errFinished
	}
	if r.err == nil {
		r.err = r.layout.check(b)
	}
	if r.err == nil {
		r.err = r.inOrder(b, ordinals)
	}
	if r.err == nil && b.Len() > 0 {
		rec := r.layout.record(b, ordinals)
		r.err = r.blocks.add(&r.file, rec, 0, b.Len())
		rec.Release()
	}
	return r.err
}

func (r *Run) inOrder(b contract.Batch, ordinals []int64) error {
	if len(ordinals) != b.Len() {
		return fmt.Errorf("a batch of %d rows came with %d ordinals", b.Len(), len(ordinals))
	}
	last := r.last
	for _, o := range ordinals {
		if o < last {
			return fmt.Errorf("ordinal %d was added to a run behind ordinal %d", o, last)
		}
		last = o
	}
	r.last = last
	return nil
}

// Finish writes what is left. The run can be merged after it, and not be added to.
func (r *Run) Finish() error {
	if r.err != nil || r.finished {
		return r.err
	}
	r.finished = true
	r.err = r.blocks.end(&r.file)
	if r.err == nil {
		r.err = r.file.finish()
	}
	r.blocks.release()
	r.blocks = nil // a compressor, which the runs to come need too
	return r.err
}

// Rows is the number of rows written; all of them once the run is finished.
func (r *Run) Rows() int64 { return r.file.rows }

// Close frees the run's memory and its file. Closing again does nothing.
func (r *Run) Close() error { return r.folder.leave(r) }

func (r *Run) free() error {
	if r.blocks != nil {
		r.blocks.release()
		r.blocks = nil
	}
	r.finished = true
	return r.file.drop()
}
