package arrowops

import (
	"slices"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/memory"
)

// BoolBuilder makes arrays of booleans. It gathers them as bytes and packs
// them into bits at the end.
type BoolBuilder struct {
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
	b.Reserve(len(rows))
	if src.bits == nil {
		for _, row := range rows {
			b.Append(src.At(row))
		}
		return
	}
	for _, row := range rows {
		b.AppendOption(src.Get(row))
	}
}

// appendRange adds rows lo to hi of a column.
func (b *BoolBuilder) appendRange(src Bools, lo, hi int) {
	b.Reserve(hi - lo)
	for row := lo; row < hi; row++ {
		if src.bits == nil {
			b.Append(src.At(row))
		} else {
			b.AppendOption(src.Get(row))
		}
	}
}

// NewArray hands over the rows appended and leaves the builder empty, for use
// again.
func (b *BoolBuilder) NewArray() arrow.Array {
	rows := len(b.values)
	nulls, validity := packValidity(b.mem, b.valid, rows)
	values := packBits(b.mem, b.values)
	b.values, b.valid = b.values[:0], b.valid[:0]
	return newArray(arrow.FixedWidthTypes.Boolean, rows, nulls, validity, values)
}

// Release forgets what was appended and not handed over. The builder is empty
// and may be used again.
func (b *BoolBuilder) Release() { b.values, b.valid = nil, nil }
