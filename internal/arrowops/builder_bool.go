package arrowops

import (
	"slices"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/memory"
)

// BoolBuilder makes arrays of booleans. It gathers them as bytes and packs
// them into bits at the end.
type BoolBuilder struct {
	whole  whole
	values []bool
	first  int    // of the rows that Extend added last
	valid  []bool // of the first rows; the others are not null
	mem    memory.Allocator
}

// NewBoolBuilder makes a builder of booleans.
func NewBoolBuilder(mem memory.Allocator) *BoolBuilder { return &BoolBuilder{mem: mem} }

// Len is the number of rows appended since the last NewArray.
func (b *BoolBuilder) Len() int { return len(b.values) }

// Reserve makes room for n more rows.
func (b *BoolBuilder) Reserve(n int) { b.values = slices.Grow(b.values, n) }

// Extend adds n rows and gives their values, to be written: until then they may
// be anything. They are the builder's until it is used again, but for SetNull.
func (b *BoolBuilder) Extend(n int) []bool {
	b.Reserve(n)
	b.first = len(b.values)
	b.values = b.values[:b.first+n]
	return b.values[b.first:]
}

// SetNull makes row i of those that Extend added last null.
func (b *BoolBuilder) SetNull(i int) {
	b.values[b.first+i] = false
	b.valid = setNull(b.valid, b.first+i)
}

// Append adds one row.
func (b *BoolBuilder) Append(v bool) { b.values = append(b.values, v) }

// AppendNull adds one null.
func (b *BoolBuilder) AppendNull() { b.AppendOption(false, false) }

// AppendOption adds v, or null where ok is false.
func (b *BoolBuilder) AppendOption(v, ok bool) {
	for len(b.valid) < len(b.values) {
		b.valid = append(b.valid, true)
	}
	b.values = append(b.values, v && ok)
	b.valid = append(b.valid, ok)
}

// AppendTake adds the given rows of a column, in the order given.
func (b *BoolBuilder) AppendTake(src Bools, rows []int) {
	if lo, hi, ok := contiguous(rows); ok {
		b.appendRange(src, lo, hi)
		return
	}
	out, valid := b.add(len(rows), src.bits != nil)
	if src.bits == nil {
		for i, row := range rows {
			out[i] = src.At(row)
		}
		return
	}
	for i, row := range rows {
		out[i], valid[i] = src.Get(row)
	}
}

// AppendStore adds, for each i of rows, what a store has for ids[i], null for an
// id that it was not given.
func (b *BoolBuilder) AppendStore(src *BoolStore, ids, rows []int) {
	out, valid := b.add(len(rows), true)
	for i, row := range rows {
		out[i], valid[i] = src.Get(ids[row])
	}
}

// add adds n rows and gives their values and, where they are nullable, whether
// they are null, all to be written.
func (b *BoolBuilder) add(n int, nullable bool) (values, valid []bool) {
	had := b.Len()
	if nullable {
		b.valid, valid = addValid(b.valid, had, n)
	}
	b.Reserve(n)
	b.values = b.values[:had+n]
	return b.values[had:], valid
}

// appendRange adds rows lo to hi of a column.
func (b *BoolBuilder) appendRange(src Bools, lo, hi int) {
	nullable := !src.all(lo, hi)
	out, valid := b.add(hi-lo, nullable)
	unpackBits(out, src.values, src.first+lo)
	if nullable {
		unpackBits(valid, src.bits, src.offset+lo)
		values := asBytes(out)
		for i, ok := range asBytes(valid) {
			values[i] &= ok
		}
	}
}

// NewArray hands over the rows appended and leaves the builder empty, for use
// again.
func (b *BoolBuilder) NewArray() arrow.Array {
	if a := b.whole.take(len(b.values)); a != nil {
		return a
	}
	rows := len(b.values)
	nulls, validity := packValidity(b.mem, b.valid, rows)
	values := packBits(b.mem, b.values)
	b.values, b.valid = b.values[:0], b.valid[:0]
	return newArray(arrow.FixedWidthTypes.Boolean, rows, nulls, validity, values)
}

// Release forgets what was appended and not handed over. The builder is empty
// and may be used again.
func (b *BoolBuilder) Release() {
	b.whole.release()
	b.values, b.valid = nil, nil
}
