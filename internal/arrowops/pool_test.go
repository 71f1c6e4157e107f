package arrowops

import (
	"sync"
	"testing"
	"unsafe"

	"github.com/apache/arrow/go/v17/arrow/memory"
	"pgregory.net/rapid"
)

// Every size has a class that holds it and wastes little; a size that is a
// class's own is of that class.
func TestPoolClasses(t *testing.T) {
	last, lastCapacity := -1, 0
	for size := 1; size <= maxPooled; size += 1 + size/97 {
		class, capacity := poolClass(size)
		if class < 0 || class >= poolClasses || capacity < size || size > minPooled && capacity*4 > size*5+4 {
			t.Fatalf("%d bytes are of class %d, %d bytes", size, class, capacity)
		}
		if class < last || class == last && capacity != lastCapacity {
			t.Fatalf("%d bytes are of class %d, %d bytes, after %d, %d", size, class, capacity, last, lastCapacity)
		}
		if again, same := poolClass(capacity); again != class || same != capacity {
			t.Fatalf("%d bytes are of class %d, %d bytes, and not %d", capacity, again, same, class)
		}
		last, lastCapacity = class, capacity
	}
	if class, capacity := poolClass(maxPooled); class != poolClasses-1 || capacity != maxPooled {
		t.Fatalf("the largest is of class %d, %d bytes", class, capacity)
	}
}

// Whatever is allocated, grown and freed, in any order: memory is zero, aligned,
// nobody else's, and keeps what is written to it.
func TestPoolAgainstMemoryOfItsOwn(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := new(Pool)
		type piece struct {
			b    []byte
			mark byte
		}
		var live []piece
		check := func(x piece, upto int) {
			for i, c := range x.b[:upto] {
				if c != x.mark {
					t.Fatalf("byte %d of %d is %d, want %d", i, len(x.b), c, x.mark)
				}
			}
		}
		mark := byte(0)
		own := func(b []byte, from int) piece {
			if uintptr(unsafe.Pointer(unsafe.SliceData(b)))%alignment != 0 && len(b) > 0 {
				t.Fatal("not aligned")
			}
			for i, c := range b[from:] {
				if c != 0 {
					t.Fatalf("byte %d of new memory is %d", from+i, c)
				}
			}
			mark = mark%250 + 1
			for i := range b {
				b[i] = mark
			}
			return piece{b, mark}
		}
		size := rapid.OneOf(rapid.IntRange(0, 20_000), rapid.SampledFrom([]int{minPooled, minPooled + 1, 1 << 15, 1 << 16, 5 << 14}))
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			switch step := rapid.IntRange(0, 2).Draw(t, "step"); {
			case step == 0 || len(live) == 0:
				live = append(live, own(p.Allocate(size.Draw(t, "size")), 0))
			case step == 1:
				i := rapid.IntRange(0, len(live)-1).Draw(t, "grown")
				n, old := size.Draw(t, "size"), live[i]
				b := p.Reallocate(n, old.b)
				if len(b) != n {
					t.Fatalf("%d bytes, want %d", len(b), n)
				}
				check(piece{b, old.mark}, min(n, len(old.b)))
				live[i] = own(b, min(n, len(old.b)))
			default:
				i := rapid.IntRange(0, len(live)-1).Draw(t, "freed")
				check(live[i], len(live[i].b))
				p.Free(live[i].b)
				live = append(live[:i], live[i+1:]...)
			}
		}
		for _, x := range live {
			check(x, len(x.b))
		}
	})
}

func TestPoolGivesMemoryOutAgain(t *testing.T) {
	p := new(Pool)
	first := p.Allocate(10_000)
	p.Free(first)
	if again := p.Allocate(9_900); unsafe.SliceData(again) != unsafe.SliceData(first) {
		t.Error("it is other memory")
	}
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for i := range 2000 {
				p.Free(p.Reallocate(40_000, p.Allocate(3000+i)))
			}
		})
	}
	group.Wait()
	if p.kept > poolKept {
		t.Errorf("%d bytes are kept", p.kept)
	}
}

// Who reads into memory gets it as it is, keeps what it had when it grows, and leaves
// none of it to those who want zeros.
func TestForReading(t *testing.T) {
	p := new(Pool)
	fill := func(b []byte, with byte) []byte {
		for i := range b {
			b[i] = with
		}
		return b
	}
	p.Free(fill(p.Allocate(minPooled), 1))
	reading := ForReading(p)
	b := fill(reading.Allocate(minPooled-1), 2)
	b = reading.Reallocate(3*minPooled, b)
	for i, c := range b[:minPooled-1] {
		if c != 2 {
			t.Fatalf("byte %d is %d after it has grown", i, c)
		}
	}
	reading.Free(fill(b, 3))
	for _, size := range []int{minPooled, 3 * minPooled} {
		for i, c := range p.Allocate(size) {
			if c != 0 {
				t.Fatalf("byte %d of %d is %d", i, size, c)
			}
		}
	}
	if other := memory.NewGoAllocator(); ForReading(other) != memory.Allocator(other) {
		t.Error("another allocator is not left as it is")
	}
}
