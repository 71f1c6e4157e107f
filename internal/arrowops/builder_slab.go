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
