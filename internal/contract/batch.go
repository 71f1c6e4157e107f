package contract

import (
	"errors"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/memory"
)

// BatchRows is the most rows a batch has, and the number all but the last of
// an output have.
const BatchRows = 65536

// Allocator is Arrow's.
type Allocator = memory.Allocator

// Batch is a run of a node's rows.
type Batch struct {
	Record arrow.Record
	// Origins names, for each row, the source record it comes from: the base
	// row it was computed from; after dedupe the row that won, after group_by
	// the first of its group.
	Origins []Origin
	// Ordinals, ascending, say where each row stands among all rows of the node: it is
	// the origin of the row with which its key began. They are nil in a run that has
	// no use for them. Rows of some keys alone have those they have among all.
	Ordinals []int64
}

// Release gives up one reference to the batch's memory.
func (b Batch) Release() { b.Record.Release() }

// Retain adds one.
func (b Batch) Retain() { b.Record.Retain() }

// Len is the number of rows.
func (b Batch) Len() int { return int(b.Record.NumRows()) }

// Origin names one record of one input file: the file in the upper 24 bits (an
// index that the run keeps), the record, counted from 1, in the lower 40.
type Origin int64

// MakeOrigin builds an Origin.
func MakeOrigin(file int, record int64) Origin { return Origin(int64(file)<<40 | record) }

// File is the index of the file in the run's list.
func (o Origin) File() int { return int(o >> 40) }

// Record is the number of the record in its file, the first after the header being 1.
func (o Origin) Record() int64 { return int64(o) & (1<<40 - 1) }

// Reject is one field that is not what its column declares.
type Reject struct {
	Row    int   // of the Rows parsed
	Column int   // declared column
	Err    error // what was expected; never holds the field's text, which may be personal
}

// Rejects collects the fields of one Rows that could not be read, in any order.
type Rejects struct{ Cells []Reject }

// Add notes one field.
func (r *Rejects) Add(row, column int, err error) {
	r.Cells = append(r.Cells, Reject{Row: row, Column: column, Err: err})
}

// ErrRequired rejects an empty field of a column that is not nullable.
var ErrRequired = errors.New("a value; the column is not nullable")
