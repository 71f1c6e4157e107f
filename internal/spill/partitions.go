package spill

import (
	"errors"
	"fmt"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"martlet/internal/arrowops"
	"martlet/internal/contract"
)

// minBlock keeps blocks from getting so small that most of the time goes into
// beginning them, however small the budget.
const minBlock = 64 << 10

// errFinished is a bug above.
var errFinished = errors.New("rows were added to temporary files that had been finished")

// errUnfinished is one too.
var errUnfinished = errors.New("temporary files were read or dropped before they had been finished")

// Partitions keeps the rows of a stream in a number of files.
//
// Rows are first brought into the order of their partitions, batch by batch, and
// held; when what is held has used up the budget, all of it is written, a block or
// more for each partition. So the memory is one budget however the rows spread
// over the partitions, and the blocks are as large as it allows.
type Partitions struct {
	folder  *Folder
	layout  layout
	parts   []file
	limit   int64 // of held
	held    int64 // bytes
	chunks  []chunk
	scatter *arrowops.Gather
	blocks  *blockWriter
	mem     memory.Allocator
	// err is what kept rows from being added; finished, that there are no more.
	err      error
	finished bool

	rows []int // scratch of hold
}

// chunk is rows in the order of their partitions.
type chunk struct {
	rec    arrow.Record
	starts []int // the first row of each partition, and the number of rows
}

// Partitions makes the files for so many partitions of rows of a schema, none of
// them on disk before it has rows. Those that have stay open until Finish. What is
// held in memory, what is being written included, stays below about budget bytes,
// but takes 1 MB at least. It panics for a schema with columns that arrowops has no
// view of.
func (f *Folder) Partitions(schema *arrow.Schema, parts int, budget int64, mem memory.Allocator) *Partitions {
	layout := newLayout(schema, true)
	// Beside the rows held there are, at the same time, the text of those being
	// brought into order, and a block four times: its text, the block, compressed, and
	// as it is written.
	budget = max(budget, 16*minBlock)
	p := &Partitions{
		folder: f, layout: layout, mem: mem,
		parts:   make([]file, parts),
		limit:   budget / 8 * 5,
		scatter: arrowops.NewGather(mem, layout.stored),
		blocks:  newBlockWriter(mem, layout.stored, budget/16),
	}
	for i := range p.parts {
		p.parts[i].folder = f
	}
	f.enter(p)
	return p
}

// Ordinals appends the n ordinals from first on to dst, those of the rows of a batch
// that are numbered as they come.
func Ordinals(dst []int64, first int64, n int) []int64 {
	for i := range int64(n) {
		dst = append(dst, first+i)
	}
	return dst
}

// Add appends the rows of a batch, which it borrows. Row i is of partition
// part[i] and has the ordinal ordinals[i], of which nothing is asked: a partition
// that is still too large can be read into partitions anew.
func (p *Partitions) Add(b contract.Batch, ordinals []int64, part []uint32) error {
	if p.err == nil && p.finished {
		p.err = errFinished
	}
	if p.err == nil {
		p.err = p.layout.check(b)
	}
	if p.err == nil && (len(part) != b.Len() || len(ordinals) != b.Len()) {
		p.err = fmt.Errorf("a batch of %d rows came with the partitions of %d and the ordinals of %d", b.Len(), len(part), len(ordinals))
	}
	if p.err == nil && b.Len() > 0 {
		p.err = p.add(b, ordinals, part)
	}
	return p.err
}

func (p *Partitions) add(b contract.Batch, ordinals []int64, part []uint32) error {
	rec := p.layout.record(b, ordinals)
	defer rec.Release()
	p.scatter.Bind(0, rec)
	sizes := sizesOf(rec)
	for lo := 0; lo < len(part); {
		hi := max(sizes.fit(lo, min(len(part), lo+contract.BatchRows), p.blocks.limit), lo+1)
		size := sizes.of(lo, hi) + int64(8*(len(p.parts)+1))
		if p.held+size > p.limit {
			if err := p.flush(); err != nil {
				return err
			}
		}
		if err := p.hold(part[lo:hi], lo); err != nil {
			return err
		}
		p.held += size
		lo = hi
	}
	return nil
}

// hold takes in the rows from lo on of what is bound, a counting sort by
// partition.
func (p *Partitions) hold(part []uint32, lo int) error {
	starts := make([]int, len(p.parts)+1)
	for _, at := range part {
		if int(at) >= len(p.parts) {
			return fmt.Errorf("a row was given to partition %d of %d", at, len(p.parts))
		}
		starts[at+1]++
	}
	for i := range p.parts {
		starts[i+1] += starts[i]
	}
	if cap(p.rows) < len(part) {
		p.rows = make([]int, len(part))
	}
	p.rows = p.rows[:len(part)]
	for i, at := range part {
		p.rows[starts[at]] = lo + i
		starts[at]++
	}
	// Each start has moved to the next partition's.
	copy(starts[1:], starts)
	starts[0] = 0
	p.scatter.Take(p.rows)
	rec, err := p.scatter.Finish()
	if err != nil {
		return err
	}
	p.chunks = append(p.chunks, chunk{rec, starts})
	return nil
}

// flush writes what is held.
func (p *Partitions) flush() error {
	for i := range p.parts {
		f := &p.parts[i]
		for _, c := range p.chunks {
			if err := p.blocks.add(f, c.rec, c.starts[i], c.starts[i+1]); err != nil {
				return err
			}
		}
		if err := p.blocks.end(f); err != nil {
			return err
		}
	}
	p.forget()
	return nil
}

// forget releases what is held.
func (p *Partitions) forget() {
	for _, c := range p.chunks {
		c.rec.Release()
	}
	clear(p.chunks)
	p.chunks, p.held = p.chunks[:0], 0
}

// Finish writes what is left. Partitions can be read after it, and not be added
// to.
func (p *Partitions) Finish() error {
	if p.err != nil || p.finished {
		return p.err
	}
	p.finished = true
	p.err = p.flush()
	for i := range p.parts {
		p.err = errors.Join(p.err, p.parts[i].finish())
	}
	p.release()
	return p.err
}

// release gives up the memory that adding needs.
func (p *Partitions) release() {
	if p.blocks == nil {
		return
	}
	p.forget()
	p.scatter.Release()
	p.blocks.release()
	p.scatter, p.blocks, p.chunks, p.rows = nil, nil, nil, nil
}

// Len is the number of partitions.
func (p *Partitions) Len() int { return len(p.parts) }

// Rows is the number of rows of a partition that has been finished.
func (p *Partitions) Rows(part int) int64 { return p.parts[part].rows }

// Bytes is the memory that all batches of a partition that has been finished take
// together, with the origins and ordinals of their rows.
func (p *Partitions) Bytes(part int) int64 { return p.parts[part].bytes }

// Read gives the rows of a partition in the order in which they were added, in
// batches of any size up to contract.BatchRows. The batches and the ordinals of their
// rows are owned by do, whose error ends the reading. A partition may be read again.
func (p *Partitions) Read(part int, do func(b contract.Batch, ordinals []int64) error) error {
	if p.err != nil {
		return p.err
	}
	if !p.finished {
		return errUnfinished
	}
	var read []byte
	return p.parts[part].each(p.mem, &read, func(rec arrow.Record) error {
		b := p.layout.batch(rec)
		return do(b, b.Ordinals)
	})
}

// Drop removes a partition that has been finished from the disk. It has no rows any
// more.
func (p *Partitions) Drop(part int) error {
	if !p.finished {
		return errUnfinished
	}
	return p.parts[part].drop()
}

// Close frees all memory and files. Closing again does nothing.
func (p *Partitions) Close() error { return p.folder.leave(p) }

func (p *Partitions) free() error {
	p.release()
	p.finished = true
	var errs []error
	for i := range p.parts {
		errs = append(errs, p.parts[i].drop())
	}
	return errors.Join(errs...)
}
