package pipeline

import (
	"context"
	"slices"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"martlet/internal/arrowops"
	"martlet/internal/contract"
	"martlet/internal/state"
)

// stored is rows of a source that an earlier reading, or this run, has put into the
// state.
type stored struct {
	dir      string
	first    int // the source's first file in the run's list
	segments []state.Segment
	// keys are those of the rows to give, nil for all of them; where rows have no
	// keys all are given.
	keys *arrowops.PartSet
	// held are rows that come before those of the segments, or keep these as they are
	// read where they are not full yet; nil where none are held.
	held *heldRows
}

// heldRows are rows of a source with some keys, which are read from the state once
// and given twice.
type heldRows struct {
	room    *room
	batches []contract.Batch
	full    bool
}

// replay gives the rows.
func (h *heldRows) replay(do func(contract.Batch) error) error {
	for _, b := range h.batches {
		b.Retain()
		if err := do(b); err != nil {
			return err
		}
	}
	return nil
}

func (h *heldRows) release() {
	for _, b := range h.batches {
		b.Release()
	}
	h.batches = nil
}

// rows is how many rows there are, whatever their keys.
func (s *stored) rows() (rows int64) {
	for _, segment := range s.segments {
		rows += segment.Rows.Rows()
	}
	return rows
}

// bytes is about how much memory the rows take.
func (s *stored) bytes() (bytes int64) {
	for _, segment := range s.segments {
		bytes += segment.Rows.Bytes()
	}
	return bytes
}

// readStored gives the rows of a source from the state.
func (x *executor) readStored(ctx context.Context, n *node, in *input, push func(piece) error) error {
	o, s := x.observers[n.index], in.stored
	give := func(b contract.Batch) error {
		if err := context.Cause(ctx); err != nil {
			b.Release()
			return err
		}
		o.rowsIn += int64(b.Len())
		if x.ordinals {
			b.Ordinals = ordinalsOf(b.Origins)
		}
		return push(piece{batch: b})
	}
	do := give
	if h := s.held; h != nil && h.full {
		if err := h.replay(give); err != nil {
			return err
		}
	} else if h != nil {
		defer func() { h.full = true }()
		do = func(b contract.Batch) error {
			b.Retain()
			h.batches = append(h.batches, b)
			if err := h.room.take(b.Record); err != nil {
				b.Release()
				return err
			}
			return give(b)
		}
	}
	for i := range s.segments {
		if err := s.read(&s.segments[i], n, x.env.Memory, do); err != nil {
			return blame(n, err)
		}
	}
	return nil
}

// read gives the rows of a segment that are asked for; do takes over the batches.
func (s *stored) read(segment *state.Segment, n *node, mem contract.Allocator, do func(contract.Batch) error) (err error) {
	if len(segment.Rows.Blocks) == 0 {
		return nil
	}
	rows, err := segment.Rows.Open(s.dir, mem)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }() // only read
	var parts *state.TableReader
	if s.keys != nil && segment.Parts != nil {
		if parts, err = segment.Parts.Open(s.dir, mem); err != nil {
			return err
		}
		defer func() { _ = parts.Close() }()
	}
	var buffer, numbers []byte
	var chosen []int
	for i := range segment.Rows.Blocks {
		if parts != nil {
			if chosen, numbers, err = chooseRows(s.keys, parts, i, chosen[:0], numbers); err != nil {
				return err
			}
			if len(chosen) == 0 {
				continue
			}
		}
		var rec arrow.Record
		if rec, buffer, err = rows.Read(i, buffer); err != nil {
			return err
		}
		if parts != nil {
			some := arrowops.Take(mem, rec, chosen)
			rec.Release()
			rec = some
		}
		if err := do(s.batch(n, rec)); err != nil {
			return err
		}
	}
	return nil
}

// chooseRows finds the rows of a block that have one of the keys.
func chooseRows(keys *arrowops.PartSet, parts *state.TableReader, block int, rows []int, buffer []byte) ([]int, []byte, error) {
	rec, buffer, err := parts.Read(block, buffer)
	if err != nil {
		return nil, buffer, err
	}
	defer rec.Release()
	return keys.Rows(rows, rec.Column(0).(*array.Uint32).Uint32Values()), buffer, nil
}

// batch takes a stored record apart; it takes it over.
func (s *stored) batch(n *node, rec arrow.Record) contract.Batch {
	defer rec.Release()
	last := int(rec.NumCols()) - 1
	origins := arrowops.View[int64](rec.Column(last)).Values()
	b := contract.Batch{Record: array.NewRecord(n.Schema, rec.Columns()[:last], rec.NumRows()), Origins: make([]contract.Origin, len(origins))}
	for i, origin := range origins {
		b.Origins[i] = contract.Origin(shifted(origin, s.first))
	}
	return b
}

// storedSchema is that of a source's rows in the state.
func storedSchema(n *node) *arrow.Schema {
	return arrow.NewSchema(append(slices.Clone(n.Schema.Fields()), arrow.Field{Name: "origin", Type: arrow.PrimitiveTypes.Int64}), nil)
}

// partSchema is that of the numbers of keys.
func partSchema(names ...string) *arrow.Schema {
	fields := make([]arrow.Field, len(names))
	for i, name := range names {
		fields[i] = arrow.Field{Name: name, Type: arrow.PrimitiveTypes.Uint32}
	}
	return arrow.NewSchema(fields, nil)
}

// int64Column is an array in Go's memory, which needs no release.
func int64Column(values []int64) arrow.Array {
	buffer := memory.NewBufferBytes(arrow.Int64Traits.CastToBytes(values))
	return array.NewInt64Data(array.NewData(arrow.PrimitiveTypes.Int64, len(values), []*memory.Buffer{nil, buffer}, nil, 0, 0))
}

// uint32Column is one too.
func uint32Column(values []uint32) arrow.Array {
	buffer := memory.NewBufferBytes(arrow.Uint32Traits.CastToBytes(values))
	return array.NewUint32Data(array.NewData(arrow.PrimitiveTypes.Uint32, len(values), []*memory.Buffer{nil, buffer}, nil, 0, 0))
}
