package spill

import (
	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"martlet/internal/contract"
)

// Tape keeps batches in a file and plays them again, cut as they were, with their
// ordinals where the first has some.
type Tape struct {
	folder  *Folder
	layout  layout
	file    file
	encoder *encoder
	mem     memory.Allocator
	// err is what kept batches from being added; finished, that there are no more.
	err      error
	finished bool
}

// Tape makes a tape. In memory it has the batch being added, compressed, or the
// one being played.
func (f *Folder) Tape(schema *arrow.Schema, mem memory.Allocator) *Tape {
	t := &Tape{folder: f, layout: newLayout(schema, false), file: file{folder: f}, mem: mem}
	f.enter(t)
	return t
}

// Add appends a batch, which it borrows. One without rows is left out.
func (t *Tape) Add(b contract.Batch) error {
	if t.err == nil && t.finished {
		t.err = errFinished
	}
	if t.err == nil {
		t.err = t.layout.check(b)
	}
	if t.err == nil && b.Len() > 0 {
		if t.encoder == nil {
			t.layout = newLayout(t.layout.given, b.Ordinals != nil)
			t.encoder = newEncoder(t.mem, t.layout.stored)
		}
		var ordinals []int64
		if t.layout.numbered {
			ordinals = b.Ordinals
		}
		rec := t.layout.record(b, ordinals)
		t.err = t.encoder.write(&t.file, rec)
		rec.Release()
	}
	return t.err
}

// Finish ends the writing: the tape can be played after it, and not be added to.
func (t *Tape) Finish() error {
	if t.err == nil && !t.finished {
		t.finished, t.encoder = true, nil
		t.err = t.file.finish()
	}
	return t.err
}

// Rows is the number of rows of all batches added.
func (t *Tape) Rows() int64 { return t.file.rows }

// Bytes is the memory that all batches take together.
func (t *Tape) Bytes() int64 { return t.file.bytes }

// Play gives the batches in the order in which they were added. It stops at the
// first error of emit. A tape may be played again.
func (t *Tape) Play(emit contract.Emit) error {
	if t.err != nil {
		return t.err
	}
	if !t.finished {
		return errUnfinished
	}
	var read []byte
	return t.file.each(t.mem, &read, func(rec arrow.Record) error { return emit(t.layout.batch(rec)) })
}

// Close removes the tape from the disk. It has no rows any more. Closing again does
// nothing.
func (t *Tape) Close() error { return t.folder.leave(t) }

func (t *Tape) free() error {
	t.finished, t.encoder = true, nil
	return t.file.drop()
}
