package pipeline

import (
	"fmt"
	"slices"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"

	"martlet/internal/contract"
	"martlet/internal/state"
)

// keptSource puts the rows of a source into the state as they are read, one segment in
// all, with the numbers of their keys.
type keptSource struct {
	keeper *keeper
	node   *node
	part   contract.Part // nil where the rows have no key
	schema *arrow.Schema
	state  state.Source // what was there before, and what was added
	old    int          // of its segments

	shift int                // the source's first file in the run's list
	rows  *state.TableWriter // nil where no segment is being written
	parts *state.TableWriter
	// numbers are the keys of all rows added.
	numbers []uint32

	origins []int64 // scratch
}

// add keeps the source's next batch, which it borrows.
func (s *keptSource) add(b contract.Batch) error {
	if s.rows == nil {
		if err := s.begin(); err != nil {
			return err
		}
	}
	s.origins = slices.Grow(s.origins[:0], b.Len())[:b.Len()]
	for i, o := range b.Origins {
		s.origins[i] = shifted(int64(o), -s.shift)
	}
	rec := array.NewRecord(s.schema, append(slices.Clone(b.Record.Columns()), int64Column(s.origins)), int64(b.Len()))
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

// begin begins the segment.
func (s *keptSource) begin() (err error) {
	s.shift = s.keeper.first(s.node)
	name := fmt.Sprintf("%s-%d", s.node.Name, len(s.state.Segments))
	if s.rows, err = s.keeper.create(name+".rows.arrows", s.schema); err != nil || s.part == nil {
		return err
	}
	s.parts, err = s.keeper.create(name+".keys.arrows", partSchema("part"))
	return err
}

// end ends the segment, if there is one.
func (s *keptSource) end() error {
	if s.rows == nil {
		return nil
	}
	var segment state.Segment
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
	s.rows, s.parts = nil, nil
	return nil
}
