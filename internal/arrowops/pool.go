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
	b, used := p.take(size)
	if used {
		clear(b)
	}
	return b
}

// take gives memory, which was used before or is zero.
func (p *Pool) take(size int) (b []byte, used bool) {
	if size < minPooled/2 || size > maxPooled {
		return aligned(size, size), false
	}
	class, capacity := poolClass(size)
	p.mu.Lock()
	list := p.free[class]
	if len(list) == 0 {
		p.mu.Unlock()
		return aligned(size, capacity), false
	}
	b = list[len(list)-1]
	p.free[class] = list[:len(list)-1]
	p.kept -= capacity
	p.mu.Unlock()
	return b[:size], true
}

// ForReading is mem for who fills all memory that is asked for, as what reads buffers
// from a file does: that of a pool is not cleared first.
func ForReading(mem memory.Allocator) memory.Allocator {
	if p, ok := mem.(*Pool); ok {
		return &unset{p}
	}
	return mem
}

// unset is a pool that clears nothing.
type unset struct{ *Pool }

// Allocate implements memory.Allocator: the memory may have been used before.
func (u *unset) Allocate(size int) []byte {
	b, _ := u.take(size)
	return b
}

// Reallocate implements memory.Allocator. The memory given must not be used any more.
func (u *unset) Reallocate(size int, b []byte) []byte {
	if size <= cap(b) {
		return b[:size]
	}
	larger := u.Allocate(size)
	copy(larger, b)
	u.Free(b)
	return larger
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
	b := room[byte](capacity + alignment)
	skip := 0
	if at := uintptr(unsafe.Pointer(unsafe.SliceData(b))) % alignment; at > 0 {
		skip = int(alignment - at)
	}
	return b[skip : skip+size : skip+capacity]
}
