package pipeline

import (
	"fmt"
	"slices"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"

	"martlet/internal/contract"
	"martlet/internal/state"
)

// keptSource puts the rows of a source into the state as they are read, a segment
// a file, with the numbers of their keys.
type keptSource struct {
	keeper *keeper
	node   *node
	part   contract.Part // nil where the rows have no key
	schema *arrow.Schema
	state  state.Source // what was there before, and what was added
	old    int          // of its segments

	file  int // of the segment being written, in the run's list; -1 where none is
	rows  *state.TableWriter
	parts *state.TableWriter
	// numbers are the keys of all rows added.
	numbers []uint32

	records []int64 // scratch
}

// add keeps the source's next batch, which it borrows. Its rows are of one file.
func (s *keptSource) add(b contract.Batch) error {
	if file := b.Origins[0].File(); file != s.file {
		if err := s.end(); err != nil {
			return err
		}
		if err := s.begin(file); err != nil {
			return err
		}
	}
	s.records = slices.Grow(s.records[:0], b.Len())[:b.Len()]
	for i, o := range b.Origins {
		s.records[i] = o.Record()
	}
	rec := array.NewRecord(s.schema, append(slices.Clone(b.Record.Columns()), int64Column(s.records)), int64(b.Len()))
	defer rec.Release()
	if err := s.rows.Add(rec); err != nil || s.part == nil {
		return err
	}
	from := len(s.numbers)
	s.numbers = slices.Grow(s.numbers, b.Len())[:from+b.Len()]
	s.part(b, s.numbers[from:])
	numbers := array.NewRecord(partSchema("part"), []arrow.Array{uint32Column(s.numbers[from:])}, int64(b.Len()))
	defer numbers.Release()
	return s.parts.Add(numbers)
}

// begin begins the segment of a file.
func (s *keptSource) begin(file int) (err error) {
	s.file = file
	name := fmt.Sprintf("%s-%d", s.node.Name, len(s.state.Segments))
	if s.rows, err = s.keeper.create(name+".rows.arrows", s.schema); err != nil || s.part == nil {
		return err
	}
	s.parts, err = s.keeper.create(name+".keys.arrows", partSchema("part"))
	return err
}

// end ends the segment that is being written.
func (s *keptSource) end() error {
	if s.rows == nil {
		return nil
	}
	segment := state.Segment{File: s.file - s.keeper.first(s.node)}
	var err error
	if segment.Rows, err = s.rows.Close(); err != nil {
		return err
	}
	if s.parts != nil {
		parts, err := s.parts.Close()
		if err != nil {
			return err
		}
		segment.Parts = &parts
	}
	s.state.Segments = append(s.state.Segments, segment)
	s.rows, s.parts, s.file = nil, nil, -1
	return nil
}

// segments are those there are from the given one on.
func (s *keptSource) segments(from, to int) []storedSegment {
	var list []storedSegment
	for i := from; i < to; i++ {
		segment := &s.state.Segments[i]
		list = append(list, storedSegment{segment, s.keeper.first(s.node) + segment.File})
	}
	return list
}
