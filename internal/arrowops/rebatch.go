package arrowops

import (
	"fmt"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/memory"
)

// sliceRows is what the rows of a zero-copy slice are a multiple of: then each
// of its buffers is a multiple of Arrow's padding of 64 bytes, bitmaps too, and
// a file written of it is the same, byte for byte, as one of a copy.
const sliceRows = 512

// Rebatcher regroups a stream of records of one schema into records of exactly
// n rows, the last one smaller. How the stream was cut leaves no trace in what
// comes out. Where n is a multiple of 512 it passes runs of n rows of one record
// on as slices and copies only the rows between them.
type Rebatcher struct {
	schema  *arrow.Schema
	n       int
	pending int // rows copied and not emitted, fewer than n
	copiers []columnCopier
}

// NewRebatcher makes a Rebatcher. It panics where n is not positive or a column
// is of a type that this package has no view of.
func NewRebatcher(mem memory.Allocator, schema *arrow.Schema, n int) *Rebatcher {
	if n <= 0 {
		panic(fmt.Sprintf("arrowops: a Rebatcher of records of %d rows", n))
	}
	r := &Rebatcher{schema: schema, n: n, copiers: make([]columnCopier, schema.NumFields())}
	for i, f := range schema.Fields() {
		r.copiers[i] = newColumnCopier(mem, f.Type)
	}
	return r
}

// Add takes in the rows of a record, which it borrows, and emits each record
// that is complete; emit takes it over. It stops at the first error of emit,
// or where the text of one column of n rows passes 2 GiB; the Rebatcher is then
// good for Release only.
func (r *Rebatcher) Add(rec arrow.Record, emit func(arrow.Record) error) error {
	for lo, rows := 0, int(rec.NumRows()); lo < rows; {
		hi := min(rows, lo+r.n-r.pending)
		if hi-lo == r.n && r.n%sliceRows == 0 {
			if err := emit(rec.NewSlice(int64(lo), int64(hi))); err != nil {
				return err
			}
		} else {
			r.copy(rec, lo, hi)
		}
		if r.pending == r.n {
			if err := r.Flush(emit); err != nil {
				return err
			}
		}
		lo = hi
	}
	return nil
}

// copy makes room for all n rows where some come behind others: to grow by and by
// would copy them again and again, and few that stay alone need no more than theirs.
func (r *Rebatcher) copy(rec arrow.Record, lo, hi int) {
	for i, c := range r.copiers {
		if r.pending > 0 {
			c.reserve(r.n - r.pending)
		}
		c.copyRange(rec.Column(i), lo, hi)
	}
	r.pending += hi - lo
}

// Flush emits the rows left over, if there are any.
func (r *Rebatcher) Flush(emit func(arrow.Record) error) error {
	if r.pending == 0 {
		return nil
	}
	rec, err := newRecord(r.schema, r.copiers, r.pending)
	r.pending = 0
	if err != nil {
		return err
	}
	return emit(rec)
}

// Release frees rows that were not emitted.
func (r *Rebatcher) Release() {
	for _, c := range r.copiers {
		c.release()
	}
	r.pending = 0
}
