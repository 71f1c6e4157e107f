package arrowops

import (
	"errors"
	"iter"
	"math"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"martlet/internal/value"
)

// ErrTextTooLong is what StringBuilder.Err gives when the text of one array
// does not fit behind offsets of 32 bits.
var ErrTextTooLong = errors.New("the text of one column of one batch is longer than 2147483647 bytes: use smaller batches")

// maxText is how many bytes of text one array holds at most; a variable so
// that a test can reach it.
var maxText = math.MaxInt32

// StringBuilder makes arrays of text. It gathers the text on Go's heap, in
// memory that serves one array after the other, and copies it at the end into
// a buffer of just its size.
//
// One array holds at most 2 GiB of text. Appending more does not fail; instead
// Err says so, once for the array and not once a row. Ask Err before NewArray.
type StringBuilder struct {
	whole   whole
	offsets slab[int32] // 0, and where each row ends in text
	text    []byte
	first   int    // of the rows that Extend added last
	valid   []bool // of the first rows; the others are not null
	mem     memory.Allocator
}

// NewStringBuilder makes a builder of text.
func NewStringBuilder(mem memory.Allocator) *StringBuilder {
	return &StringBuilder{offsets: firstOffset(), mem: mem}
}

func firstOffset() slab[int32] { return slab[int32]{rows: []int32{0}} }

// Len is the number of rows appended since the last NewArray.
func (b *StringBuilder) Len() int { return len(b.offsets.rows) - 1 }

// Err is ErrTextTooLong where what was appended since the last NewArray or
// Release does not fit into one array, else nil.
func (b *StringBuilder) Err() error {
	if len(b.text) > maxText {
		return ErrTextTooLong
	}
	return nil
}

// Reserve makes room for n more rows. Without it the builder works, but it
// copies more. Room for their text grows as needed.
func (b *StringBuilder) Reserve(n int) { b.offsets.reserve(b.mem, n) }

// Extend adds a row for each of some fields, and gives the indices of those that
// are empty; of them SetNull makes nulls.
func (b *StringBuilder) Extend(fields value.Fields) iter.Seq[int] {
	n := fields.Count
	b.Reserve(n)
	b.first = b.Len()
	b.offsets.rows = b.offsets.rows[:b.first+1+n]
	ends := b.offsets.rows[b.first+1:]
	return func(yield func(int) bool) {
		text := b.text
		for i := range ends {
			field := fields.At(i)
			text = appendShort(text, field)
			ends[i] = int32(len(text))
			if len(field) == 0 && !yield(i) {
				break
			}
		}
		b.text = text
	}
}

// SetNull makes row i of those that Extend added last null; it has no text.
func (b *StringBuilder) SetNull(i int) { b.valid = setNull(b.valid, b.first+i) }

// Append adds one row.
func (b *StringBuilder) Append(v string) {
	b.text = append(b.text, v...)
	b.offsets.rows = append(b.offsets.rows, int32(len(b.text)))
}

// AppendNull adds one null.
func (b *StringBuilder) AppendNull() { b.AppendOption("", false) }

// AppendOption adds v, or null where ok is false.
func (b *StringBuilder) AppendOption(v string, ok bool) {
	for len(b.valid) < b.Len() {
		b.valid = append(b.valid, true)
	}
	if ok {
		b.text = append(b.text, v...)
	}
	b.offsets.rows = append(b.offsets.rows, int32(len(b.text)))
	b.valid = append(b.valid, ok)
}

// NewArray hands over the rows appended and leaves the builder empty, for use
// again. It panics where Err is not nil: such an array would be wrong.
func (b *StringBuilder) NewArray() arrow.Array {
	if a := b.whole.take(b.Len()); a != nil {
		return a
	}
	if err := b.Err(); err != nil {
		panic("arrowops: NewArray of a StringBuilder without a look at its Err: " + err.Error())
	}
	rows := b.Len()
	nulls, validity := packValidity(b.mem, b.valid, rows)
	text := memory.NewResizableBuffer(b.mem)
	text.Resize(len(b.text))
	copy(text.Bytes(), b.text)
	a := newArray(arrow.BinaryTypes.String, rows, nulls, validity, b.offsets.finish(b.mem), text)
	b.text, b.valid, b.offsets = b.text[:0], b.valid[:0], firstOffset()
	return a
}

// Release frees what was appended and not handed over. The builder is empty
// and may be used again.
func (b *StringBuilder) Release() {
	b.whole.release()
	b.offsets.release()
	b.text, b.valid, b.offsets = nil, nil, firstOffset()
}
