package arrowops

import (
	"unsafe"

	"github.com/apache/arrow/go/v17/arrow/memory"
)

// slab is values on their way into an Arrow buffer. What was reserved is that
// buffer already. Appending is Go's own append, which inlines to a few
// instructions; where it outgrows the room reserved, the values move to Go's
// heap and finish copies them back.
type slab[T any] struct {
	rows   []T
	buffer *memory.Buffer // backs rows, unless they have outgrown it; may be nil
}

// reserve makes room for n more values.
func (s *slab[T]) reserve(mem memory.Allocator, n int) {
	if n > cap(s.rows)-len(s.rows) {
		s.move(mem, max(len(s.rows)+n, 2*len(s.rows)))
	}
}

// move gives the values a new buffer with room for n.
func (s *slab[T]) move(mem memory.Allocator, n int) {
	var zero T
	buffer := memory.NewResizableBuffer(mem)
	buffer.Resize(n * int(unsafe.Sizeof(zero)))
	rows := reinterpret[T](buffer.Bytes())
	rows = rows[:copy(rows, s.rows)]
	s.release()
	s.rows, s.buffer = rows, buffer
}

// finish hands over the values in a buffer of just their size.
func (s *slab[T]) finish(mem memory.Allocator) *memory.Buffer {
	var zero T
	if s.buffer == nil || unsafe.SliceData(s.rows) != unsafe.SliceData(reinterpret[T](s.buffer.Buf())) {
		s.move(mem, len(s.rows))
	}
	buffer := s.buffer
	buffer.ResizeNoShrink(len(s.rows) * int(unsafe.Sizeof(zero)))
	*s = slab[T]{}
	return buffer
}

func (s *slab[T]) release() {
	if s.buffer != nil {
		s.buffer.Release()
	}
	*s = slab[T]{}
}

// packValidity makes the validity bitmap of the given number of rows, nil where
// none is null. Rows that valid does not reach are not null.
func packValidity(mem memory.Allocator, valid []bool, rows int) (nulls int, bitmap *memory.Buffer) {
	for _, ok := range valid {
		if !ok {
			nulls++
		}
	}
	if nulls == 0 {
		return 0, nil
	}
	for len(valid) < rows {
		valid = append(valid, true)
	}
	return nulls, packBits(mem, valid)
}

// packBits makes a bitmap. The bits behind the last are zero.
func packBits(mem memory.Allocator, src []bool) *memory.Buffer {
	buffer := memory.NewResizableBuffer(mem)
	buffer.Resize((len(src) + 7) / 8)
	bits := buffer.Bytes()
	from := unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(src))), len(src))
	for len(from) >= 8 {
		// A bool is a byte of 0 or 1. The product moves byte i to bit 56+i; no
		// two of its partial products meet, so nothing is carried.
		bits[0] = byte(word(from) * 0x0102040810204080 >> 56)
		from, bits = from[8:], bits[1:]
	}
	if len(from) > 0 {
		bits[0] = 0
		for i, v := range from {
			bits[0] |= v << i
		}
	}
	return buffer
}
