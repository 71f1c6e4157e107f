package spill

import (
	"errors"
	"io"
	"math"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"martlet/internal/arrowops"
	"martlet/internal/contract"
)

// Merge gives the rows of runs of one schema in the order of their ordinals, in
// batches of contract.BatchRows, the last one smaller, with the ordinals. Rows of equal ordinals come
// in the order of their runs, and those of one run keep theirs. It takes the runs
// over: each is closed when its last row has been read, and all of them when Merge
// returns.
//
// In memory it has a block of each run, and the batch being made. It is the
// multiway merge of Knuth, The Art of Computer Programming, volume 3, 5.4.1, with
// a heap to select by.
func Merge(runs []*Run, mem memory.Allocator, emit contract.Emit) (err error) {
	defer func() {
		for _, r := range runs {
			err = errors.Join(err, r.Close())
		}
	}()
	if len(runs) == 0 {
		return nil
	}
	layout := newLayout(runs[0].layout.given, true)
	m := &merge{layout: layout, mem: mem, out: arrowops.NewGather(mem, layout.stored), inputs: make([]mergeInput, len(runs)), emit: emit}
	defer m.release()
	for i, r := range runs {
		switch {
		case r.err != nil:
			return r.err
		case !r.finished:
			return errUnfinished
		}
		m.inputs[i].run = r
		if err := m.open(i); err != nil {
			return err
		}
	}
	for len(m.heap) > 0 {
		if err := m.step(); err != nil {
			return err
		}
	}
	return m.give()
}

// mergeInput is a run as it is merged.
type mergeInput struct {
	run      *Run
	decoder  *decoder     // nil before its beginning and behind its end
	rec      arrow.Record // the block, from which rows are picked
	ordinals arrowops.Column[int64]
	row      int // the next one of the block
}

// head is the ordinal of the next row of an input.
type head struct {
	ordinal int64
	input   int32
}

func (h head) before(o head) bool {
	return h.ordinal < o.ordinal || h.ordinal == o.ordinal && h.input < o.input
}

type merge struct {
	layout layout
	mem    memory.Allocator
	emit   contract.Emit
	inputs []mergeInput
	heap   []head // of the inputs that have rows left
	buffer []byte // for a block of any input

	// The rows picked, and not yet copied; their blocks are still there.
	from, rows []int32
	out        *arrowops.Gather
}

// open begins with an input.
func (m *merge) open(i int) error {
	in := &m.inputs[i]
	if in.run.file.rows == 0 {
		return in.run.Close()
	}
	d, err := in.run.file.decode(m.mem, &m.buffer)
	if err != nil {
		return err
	}
	in.decoder = d
	if err := m.load(i); err != nil {
		return err
	}
	m.heap = append(m.heap, head{in.ordinals.At(0), int32(i)})
	for at := len(m.heap) - 1; at > 0; {
		above := (at - 1) / 2
		if !m.heap[at].before(m.heap[above]) {
			break
		}
		m.heap[at], m.heap[above] = m.heap[above], m.heap[at]
		at = above
	}
	return nil
}

// load goes to the next block of an input. Behind the last one the input has no
// decoder any more.
func (m *merge) load(i int) error {
	in := &m.inputs[i]
	if in.rec != nil {
		m.copy()
		in.rec.Release()
		in.rec = nil
	}
	rec, err := in.decoder.next()
	if errors.Is(err, io.EOF) {
		err = in.decoder.close()
		in.decoder = nil
		return errors.Join(err, in.run.Close())
	}
	if err != nil {
		return err
	}
	in.rec, in.row = rec, 0
	in.ordinals = in.run.layout.int64s(rec, in.run.layout.originColumn()+1)
	m.out.Bind(i, rec)
	return nil
}

// step picks the rows of the first input that come before those of all others.
func (m *merge) step() error {
	i := m.heap[0].input
	in := &m.inputs[i]
	other := head{math.MaxInt64, math.MaxInt32} // the first of the other inputs
	for _, h := range m.heap[1:min(3, len(m.heap))] {
		if h.before(other) {
			other = h
		}
	}
	row, end := in.row, min(in.ordinals.Len(), in.row+contract.BatchRows-m.out.Rows()-len(m.rows))
	for {
		m.from = append(m.from, i)
		m.rows = append(m.rows, int32(row))
		row++
		if row >= end || other.before(head{in.ordinals.At(row), i}) {
			break
		}
	}
	in.row = row
	if m.out.Rows()+len(m.rows) == contract.BatchRows {
		if err := m.give(); err != nil {
			return err
		}
	}
	if row == in.ordinals.Len() {
		if err := m.load(int(i)); err != nil {
			return err
		}
	}
	if in.decoder == nil {
		m.heap[0] = m.heap[len(m.heap)-1]
		m.heap = m.heap[:len(m.heap)-1]
	} else {
		m.heap[0].ordinal = in.ordinals.At(in.row)
	}
	m.sink()
	return nil
}

// sink brings the first of the heap to its place.
func (m *merge) sink() {
	for at := 0; ; {
		least := at
		for below := 2*at + 1; below <= 2*at+2 && below < len(m.heap); below++ {
			if m.heap[below].before(m.heap[least]) {
				least = below
			}
		}
		if least == at {
			return
		}
		m.heap[at], m.heap[least] = m.heap[least], m.heap[at]
		at = least
	}
}

// copy copies the rows picked.
func (m *merge) copy() {
	if len(m.rows) == 0 {
		return
	}
	if m.out.Rows() == 0 {
		m.out.Reserve(contract.BatchRows)
	}
	m.out.Pick(m.from, m.rows)
	m.from, m.rows = m.from[:0], m.rows[:0]
}

// give emits the rows copied and those picked.
func (m *merge) give() error {
	m.copy()
	if m.out.Rows() == 0 {
		return nil
	}
	rec, err := m.out.Finish()
	if err != nil {
		return err
	}
	return m.emit(m.layout.batch(rec))
}

func (m *merge) release() {
	m.out.Release()
	for i := range m.inputs {
		in := &m.inputs[i]
		if in.rec != nil {
			in.rec.Release()
		}
		if in.decoder != nil {
			_ = in.decoder.close() // only read from; the error that led here is told
		}
	}
}
