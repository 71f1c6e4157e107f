package pipeline

import (
	"cmp"
	"slices"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"

	"martlet/internal/arrowops"
	"martlet/internal/contract"
	"martlet/internal/state"
)

// captured are rows of an incremental model, in order, held in memory: those with
// touched keys, which are few.
type captured struct {
	keys *arrowops.PartSet // those of the rows to hold; nil for all that are added
	part contract.Part
	mem  contract.Allocator
	room *room

	batches []contract.Batch
	numbers []uint32 // scratch
	rows    []int
}

// add holds the rows of a batch, which it borrows, that have the keys. Where the
// model reads a source whole there are others.
func (c *captured) add(b contract.Batch) error {
	if c.keys == nil {
		return c.hold(b)
	}
	c.numbers = slices.Grow(c.numbers[:0], b.Len())[:b.Len()]
	c.part(b, c.numbers)
	c.rows = c.keys.Rows(c.rows[:0], c.numbers)
	switch len(c.rows) {
	case 0:
		return nil
	case b.Len():
		return c.hold(b)
	}
	some := takeRows(c.mem, b, c.rows)
	defer some.Release()
	return c.hold(some)
}

func (c *captured) hold(b contract.Batch) error {
	b.Retain()
	c.batches = append(c.batches, b)
	return c.room.take(b.Record)
}

// Len is how many rows there are.
func (c *captured) Len() (rows int) {
	if c == nil {
		return 0
	}
	for _, b := range c.batches {
		rows += b.Len()
	}
	return rows
}

// release frees the rows.
func (c *captured) release() {
	if c == nil {
		return
	}
	for _, b := range c.batches {
		b.Release()
	}
	c.batches = nil
}

// place is one row of several batches.
type place struct {
	ordinal    int64
	batch, row int32
}

// places are those of all rows.
func (c *captured) places() (all []place) {
	if c == nil {
		return nil
	}
	for i, b := range c.batches {
		for row, ordinal := range b.Ordinals {
			all = append(all, place{ordinal, int32(i), int32(row)})
		}
	}
	return all
}

// rowsInOrder gives the rows of several captured in the order of their ordinals, in
// batches which it owns and lets go of after do.
func rowsInOrder(mem contract.Allocator, schema *arrow.Schema, do func(contract.Batch) error, of ...*captured) error {
	var all []place
	var batches []contract.Batch
	for _, c := range of {
		if c == nil {
			continue
		}
		for _, p := range c.places() {
			p.batch += int32(len(batches))
			all = append(all, p)
		}
		batches = append(batches, c.batches...)
	}
	slices.SortStableFunc(all, func(a, b place) int { return cmp.Compare(a.ordinal, b.ordinal) })
	g := arrowops.NewGather(mem, schema)
	defer g.Release()
	for i, b := range batches {
		g.Bind(i, b.Record)
	}
	for len(all) > 0 {
		n := min(len(all), contract.BatchRows)
		b, err := gathered(g, batches, all[:n])
		if err != nil {
			return err
		}
		all = all[n:]
		err = do(b)
		b.Release()
		if err != nil {
			return err
		}
	}
	return nil
}

// gathered copies rows of batches that a gather is bound to.
func gathered(g *arrowops.Gather, batches []contract.Batch, rows []place) (contract.Batch, error) {
	from, at := make([]int32, len(rows)), make([]int32, len(rows))
	out := contract.Batch{Origins: make([]contract.Origin, len(rows)), Ordinals: make([]int64, len(rows))}
	for i, p := range rows {
		from[i], at[i] = p.batch, p.row
		out.Origins[i], out.Ordinals[i] = batches[p.batch].Origins[p.row], p.ordinal
	}
	g.Reserve(len(rows))
	g.Pick(from, at)
	var err error
	out.Record, err = g.Finish()
	return out, err
}

// inMemory is a state of a relation, for comparing, of few rows.
type inMemory struct {
	schema  *arrow.Schema
	records []arrow.Record
}

func newInMemory(mem contract.Allocator, schema *arrow.Schema, of ...*captured) (*inMemory, error) {
	m := &inMemory{schema: schema}
	err := rowsInOrder(mem, schema, func(b contract.Batch) error {
		b.Record.Retain()
		m.records = append(m.records, b.Record)
		return nil
	}, of...)
	return m, err
}

// Schema, NumRecords and RecordAt are of changes.Reader.
func (m *inMemory) Schema() *arrow.Schema { return m.schema }

// NumRecords is the number of batches.
func (m *inMemory) NumRecords() int { return len(m.records) }

// RecordAt gives a batch.
func (m *inMemory) RecordAt(i int) (arrow.Record, error) {
	m.records[i].Retain()
	return m.records[i], nil
}

func (m *inMemory) release() {
	for _, rec := range m.records {
		rec.Release()
	}
}

// eachPair gives the pairs of numbers that a table of a lookup has.
func eachPair(t *state.Table, dir string, mem contract.Allocator, do func(match, key []uint32)) error {
	return eachRecord(t, dir, mem, func(rec arrow.Record) error {
		do(rec.Column(0).(*array.Uint32).Uint32Values(), rec.Column(1).(*array.Uint32).Uint32Values())
		return nil
	})
}

// eachRecord gives the records of a table; do borrows them.
func eachRecord(t *state.Table, dir string, mem contract.Allocator, do func(arrow.Record) error) error {
	if len(t.Blocks) == 0 {
		return nil
	}
	r, err := t.Open(dir, mem)
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }() // only read
	var buffer []byte
	for i := range t.Blocks {
		var rec arrow.Record
		if rec, buffer, err = r.Read(i, buffer); err != nil {
			return err
		}
		err = do(rec)
		rec.Release()
		if err != nil {
			return err
		}
	}
	return nil
}
