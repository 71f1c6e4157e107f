// Package hugepages puts large tables where the processor finds them sooner: in pages
// of 2 MiB, on systems that give some to who asks, as Linux does. With pages of 4 KiB
// a table that is read here and there waits for finding out where a page is, too, and
// the system takes as long to hand a page over as to clear it.
//
// It allocates nothing, and knows nothing of what is in the memory.
package hugepages

import "sync"

const (
	size = 2 << 20
	// least is the least memory that is worth asking for: its neighbours are alike.
	least = 64 << 10
)

// Ask asks for huge pages for some memory of Go's heap, which should be new: what was
// written before stays in the pages that it is in. It asks for whole pages, and so for
// what else is in them, which is of the same heap. It may be called by any goroutine.
func Ask(address, bytes uintptr) {
	if bytes >= least {
		asked.add(address/size, (address+bytes-1)/size+1)
	}
}

// asked is the pages that were asked for: the heap keeps them, and once is enough.
var asked = pages{known: map[uintptr]struct{}{}}

type pages struct {
	mu    sync.Mutex
	known map[uintptr]struct{} // by number
}

// add asks for those of pages first to end-1 that are not known, in runs.
func (p *pages) add(first, end uintptr) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for first < end {
		next := first
		for next < end && p.isNew(next) {
			next++
		}
		if next > first {
			advise(first*size, (next-first)*size)
		}
		first = next + 1
	}
}

func (p *pages) isNew(page uintptr) bool {
	_, known := p.known[page]
	p.known[page] = struct{}{}
	return !known
}
