package arrowops

import (
	"math/bits"
	"sync"
	"unsafe"

	"github.com/apache/arrow/go/v17/arrow/memory"
)

// Pool is an Arrow allocator that gives freed memory out again: batches come and
// go by the thousand, and memory that was just used is still in the processor's
// cache, while new memory has to be brought in and collected. It is safe for
// concurrent use.
//
// Whoever uses memory after it was freed sees other batches' values in it, which
// with a garbage collector's memory would go unnoticed. Under the race detector
// freed memory is overwritten, so that tests notice.
type Pool struct {
	mu   sync.Mutex
	free [poolClasses][][]byte
	kept int // bytes in free
}

var _ memory.Allocator = (*Pool)(nil)

const (
	// Memory comes in sizes of which there are four to each power of two, from
	// the least that is worth keeping to the largest.
	minPooled   = 1 << 12
	maxPooled   = 1 << 26
	poolClasses = 4*(26-12) + 1
	// poolKept bounds what is kept for others to use.
	poolKept = 128 << 20
	// alignment is that of Arrow's buffers.
	alignment = 64
)

// poolClass is the class of the least size that holds so many bytes, and that
// size.
func poolClass(size int) (class, capacity int) {
	if size <= minPooled {
		return 0, minPooled
	}
	shift := bits.Len(uint(size-1)) - 3 // so that 5 to 8 units of 1<<shift hold it
	units := (size-1)>>shift + 1
	return 4*(shift-10) + units - 4, units << shift
}

// Allocate implements memory.Allocator: the memory is zero.
func (p *Pool) Allocate(size int) []byte {
	if size < minPooled/2 || size > maxPooled {
		return aligned(size, size)
	}
	class, capacity := poolClass(size)
	p.mu.Lock()
	list := p.free[class]
	if len(list) == 0 {
		p.mu.Unlock()
		return aligned(size, capacity)
	}
	b := list[len(list)-1]
	p.free[class] = list[:len(list)-1]
	p.kept -= capacity
	p.mu.Unlock()
	b = b[:size]
	clear(b)
	return b
}

// Reallocate implements memory.Allocator. The memory given must not be used
// any more.
func (p *Pool) Reallocate(size int, b []byte) []byte {
	if size <= cap(b) {
		if size > len(b) {
			clear(b[len(b):size])
		}
		return b[:size]
	}
	larger := p.Allocate(size)
	copy(larger, b)
	p.Free(b)
	return larger
}

// Free implements memory.Allocator.
func (p *Pool) Free(b []byte) {
	capacity := cap(b)
	if capacity < minPooled || capacity > maxPooled {
		return
	}
	class, exact := poolClass(capacity)
	if exact != capacity {
		return // it is not of a pool
	}
	b = b[:capacity]
	if poisonFreed {
		for i := range b {
			b[i] = 0xdb
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.kept+capacity > poolKept {
		return
	}
	p.kept += capacity
	p.free[class] = append(p.free[class], b)
}

// aligned is new memory that begins where Arrow's buffers should.
func aligned(size, capacity int) []byte {
	b := make([]byte, capacity+alignment)
	skip := 0
	if at := uintptr(unsafe.Pointer(unsafe.SliceData(b))) % alignment; at > 0 {
		skip = int(alignment - at)
	}
	return b[skip : skip+size : skip+capacity]
}
