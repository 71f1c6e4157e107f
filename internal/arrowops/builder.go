package arrowops

import (
	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"
)

// Builder makes arrays of values of fixed width.
type Builder[T Fixed] struct {
	whole  whole
	values slab[T]
	first  int    // of the rows that Extend added last
	valid  []bool // of the first rows; the others are not null
	mem    memory.Allocator
	dt     arrow.DataType
}

// NewBuilder makes a builder of arrays of type dt, whose values must be laid
// out as T: it panics otherwise.
func NewBuilder[T Fixed](mem memory.Allocator, dt arrow.DataType) *Builder[T] {
	mustBe[T](dt)
	return &Builder[T]{mem: mem, dt: dt}
}

// Len is the number of rows appended since the last NewArray.
func (b *Builder[T]) Len() int { return len(b.values.rows) }

// Reserve makes room for n more rows. Without it the builder works, but it
// copies more.
func (b *Builder[T]) Reserve(n int) { b.values.reserve(b.mem, n) }

// Extend adds n rows and gives their values, to be written: until then they may
// be anything. They are the builder's until it is used again, but for SetNull.
func (b *Builder[T]) Extend(n int) []T {
	b.Reserve(n)
	b.first = b.Len()
	b.values.rows = b.values.rows[:b.first+n]
	return b.values.rows[b.first:]
}

// SetNull makes row i of those that Extend added last null.
func (b *Builder[T]) SetNull(i int) {
	var zero T
	b.values.rows[b.first+i] = zero
	b.valid = setNull(b.valid, b.first+i)
}

// Append adds one row.
func (b *Builder[T]) Append(v T) { b.values.rows = append(b.values.rows, v) }

// AppendNull adds one null.
func (b *Builder[T]) AppendNull() {
	var zero T
	b.AppendOption(zero, false)
}

// AppendOption adds v, or null where ok is false.
func (b *Builder[T]) AppendOption(v T, ok bool) {
	for len(b.valid) < len(b.values.rows) {
		b.valid = append(b.valid, true)
	}
	if !ok {
		var zero T
		v = zero
	}
	b.values.rows = append(b.values.rows, v)
	b.valid = append(b.valid, ok)
}

// AppendTake adds the given rows of a column, in the order given.
func (b *Builder[T]) AppendTake(src Column[T], rows []int) {
	if lo, hi, ok := contiguous(rows); ok {
		b.appendRange(src, lo, hi)
		return
	}
	out, valid := b.add(len(rows), src.bits != nil)
	if src.bits == nil {
		for i, row := range rows {
			out[i] = src.values[row]
		}
		return
	}
	for i, row := range rows {
		out[i], valid[i] = src.Get(row)
	}
}

// AppendStore adds, for each i of rows, what a store has for ids[i], null for an
// id that it was not given.
func (b *Builder[T]) AppendStore(src *Store[T], ids, rows []int) {
	out, valid := b.add(len(rows), true)
	for i, row := range rows {
		out[i], valid[i] = src.Get(ids[row])
	}
}

// add adds n rows and gives their values and, where they are nullable, whether
// they are null, all to be written.
func (b *Builder[T]) add(n int, nullable bool) (values []T, valid []bool) {
	had := b.Len()
	if nullable {
		b.valid, valid = addValid(b.valid, had, n)
	}
	b.Reserve(n)
	b.values.rows = b.values.rows[:had+n]
	return b.values.rows[had:], valid
}

// contiguous reports whether rows are lo, lo+1, … hi-1, as they often are: where
// no row was dropped. Such rows are copied as a whole.
func contiguous(rows []int) (lo, hi int, ok bool) {
	if len(rows) == 0 {
		return 0, 0, true
	}
	lo = rows[0]
	hi = lo + len(rows)
	if rows[len(rows)-1] != hi-1 {
		return 0, 0, false
	}
	for i, row := range rows {
		if row != lo+i {
			return 0, 0, false
		}
	}
	return lo, hi, true
}

// appendRange adds rows lo to hi of a column.
func (b *Builder[T]) appendRange(src Column[T], lo, hi int) {
	nullable := !src.all(lo, hi)
	out, valid := b.add(hi-lo, nullable)
	copy(out, src.values[lo:hi])
	if !nullable {
		return
	}
	unpackBits(valid, src.bits, src.offset+lo)
	var zero T
	for i, ok := range valid {
		v := out[i]
		if !ok {
			v = zero
		}
		out[i] = v
	}
}

// NewArray hands over the rows appended and leaves the builder empty, for use
// again.
func (b *Builder[T]) NewArray() arrow.Array {
	if a := b.whole.take(b.Len()); a != nil {
		return a
	}
	rows := b.Len()
	nulls, validity := packValidity(b.mem, b.valid, rows)
	b.valid = b.valid[:0]
	return newArray(b.dt, rows, nulls, validity, b.values.finish(b.mem))
}

// Release frees what was appended and not handed over. The builder is empty
// and may be used again.
func (b *Builder[T]) Release() {
	b.whole.release()
	b.values.release()
	b.valid = nil
}

// newArray makes an array of buffers, taking over the caller's reference to each.
func newArray(dt arrow.DataType, rows, nulls int, buffers ...*memory.Buffer) arrow.Array {
	data := array.NewData(dt, rows, buffers, nil, nulls, 0)
	for _, buffer := range buffers {
		if buffer != nil {
			buffer.Release()
		}
	}
	defer data.Release()
	return array.MakeFromData(data)
}
