package pipeline

import (
	"slices"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"martlet/internal/arrowops"
	"martlet/internal/contract"
	"martlet/internal/spill"
)

// divided keeps the rows of a node, as far as a test looks at them, in a file a
// part, told apart by the values that the test is about.
type divided struct {
	mem    memory.Allocator
	schema *arrow.Schema // of the node
	looked []int         // by column of the node: which of those kept it is, -1 where the test does not look at it
	kept   []int         // the columns in the files
	narrow *arrow.Schema // of these
	partOf func(b contract.Batch, part []uint32)
	files  *spill.Partitions
	rows   int64 // of the node, so far

	part     []uint32
	ordinals []int64
}

// divide makes the files for a test that looks at the columns named of a node;
// whole keeps the others too.
func (x *executor) divide(n *node, columns []string, whole bool, parts int, budget int64, partOf func(contract.Batch, []uint32)) *divided {
	d := &divided{mem: x.env.Memory, schema: n.Schema, looked: make([]int, n.Schema.NumFields()), partOf: partOf}
	var fields []arrow.Field
	for i, f := range n.Schema.Fields() {
		looked := slices.Contains(columns, f.Name)
		d.looked[i] = -1
		if looked {
			d.looked[i] = len(d.kept)
		}
		if looked || whole {
			d.kept = append(d.kept, i)
			fields = append(fields, f)
		}
	}
	d.narrow = arrow.NewSchema(fields, nil)
	d.files = x.folder.Partitions(d.narrow, parts, budget, d.mem)
	return d
}

// add keeps the node's next batch, which it borrows.
func (d *divided) add(b contract.Batch) error {
	narrow := d.number(b)
	defer narrow.Release()
	return d.files.Add(narrow, d.ordinals, d.part)
}

// addRows keeps some rows of it, in ascending order, alone.
func (d *divided) addRows(b contract.Batch, rows []int) error {
	if len(rows) == 0 {
		d.rows += int64(b.Len())
		return nil
	}
	narrow := d.number(b)
	defer narrow.Release()
	some := takeRows(d.mem, narrow, rows)
	defer some.Release()
	for i, row := range rows {
		d.ordinals[i], d.part[i] = d.ordinals[row], d.part[row]
	}
	return d.files.Add(some, d.ordinals[:len(rows)], d.part[:len(rows)])
}

// number finds the parts and the ordinals of the rows of the node's next batch. It
// gives the columns to be kept, which the caller owns.
func (d *divided) number(b contract.Batch) contract.Batch {
	d.part = slices.Grow(d.part[:0], b.Len())[:b.Len()]
	d.partOf(b, d.part)
	numbered(d.part, d.files.Len())
	if b.Ordinals != nil {
		d.ordinals = append(d.ordinals[:0], b.Ordinals...)
	} else {
		d.ordinals = spill.Ordinals(d.ordinals[:0], d.rows, b.Len())
	}
	d.rows += int64(b.Len())
	return contract.Batch{Record: arrowops.Arrange(b.Record, d.narrow, d.kept), Origins: b.Origins}
}

// read gives the rows of a part, in order. do borrows what it is given.
func (d *divided) read(part int, do func(b contract.Batch, ordinals []int64) error) error {
	return d.files.Read(part, func(b contract.Batch, ordinals []int64) error {
		defer b.Release()
		return do(b, ordinals)
	})
}

// finish ends the adding.
func (d *divided) finish() error {
	d.part, d.ordinals = nil, nil
	return d.files.Finish()
}

// widen makes a batch as it was read one of the node's columns. Those that the test
// does not look at are null, so that nobody remembers what is in them. The batch is
// the caller's.
func (d *divided) widen(b contract.Batch) contract.Batch {
	return contract.Batch{Record: arrowops.Arrange(b.Record, d.schema, d.looked), Origins: b.Origins}
}

// takeRows gives some rows of a batch, which the caller owns.
func takeRows(mem memory.Allocator, b contract.Batch, rows []int) contract.Batch {
	some := contract.Batch{Record: arrowops.Take(mem, b.Record, rows), Origins: contract.TakeOrigins(b.Origins, rows)}
	if b.Ordinals != nil {
		some.Ordinals = takeOrdinals(b.Ordinals, rows)
	}
	return some
}

// takeOrdinals gives those of some rows.
func takeOrdinals(ordinals []int64, rows []int) []int64 {
	taken := make([]int64, len(rows))
	for i, row := range rows {
		taken[i] = ordinals[row]
	}
	return taken
}
