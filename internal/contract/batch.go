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

// Rows is a run of CSV records as raw fields, cut but not yet typed.
type Rows struct {
	Data   []byte   // backs the fields
	Start  []uint32 // where field f = row*Width+column begins in Data
	End    []uint32 // and where it ends
	Quoted []uint64 // bit f: the field stood in quotes; read only for empty fields
	Width  int      // fields a record in the file
	Column []int    // the file's column at which each declared column stands
	First  Origin   // of the first record; the others follow it
}

// Len is the number of records.
func (r *Rows) Len() int { return len(r.Start) / r.Width }

// Field is declared column j of record i. An empty one is null for every type
// but string.
func (r *Rows) Field(i, j int) []byte {
	f := i*r.Width + r.Column[j]
	return r.Data[r.Start[f]:r.End[f]]
}

// Raw is record i as it stands in the file.
//
// To be replaced: it gives the fields as they were settled.
func (r *Rows) Raw(i int) []byte {
	first, last := i*r.Width, (i+1)*r.Width-1
	quote := func(f int) uint32 { return uint32(r.Quoted[f/64] >> (f % 64) & 1) }
	return r.Data[r.Start[first]-quote(first) : r.End[last]+quote(last)]
}

// Text is declared column j of record i as a string column reads it: not ok is
// null, an empty field without quotes.
func (r *Rows) Text(i, j int) (text []byte, ok bool) {
	f := i*r.Width + r.Column[j]
	text = r.Data[r.Start[f]:r.End[f]]
	return text, len(text) > 0 || r.Quoted[f/64]>>(f%64)&1 == 1
}

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
