package profile

import (
	"math/bits"

	"github.com/axiomhq/hyperloglog"
)

const (
	// maxExact is how many distinct values are counted one by one.
	maxExact = 1024
	// maxExactBytes is how many bytes these have, where they are texts.
	maxExactBytes = 32 << 10
	// precision is the logarithm of the number of registers of a sketch. They are
	// bytes: 16 KiB.
	precision = 14
)

// newSketch makes an empty sketch. Its registers are there from the start, so that all
// that it knows is the greatest rank that each has seen: nothing of the order.
func newSketch() *hyperloglog.Sketch {
	s, err := hyperloglog.NewSketch(precision, false)
	if err != nil {
		panic("profile: " + err.Error()) // the precision is one there is
	}
	return s
}

// mix is the finalizer of splitmix64: a bijection of which each bit depends on all bits
// of x. So no two numbers have the same hash, which sketches could not tell apart.
func mix(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// tally is a value and how often it was seen.
type tally[K any] struct {
	value K
	count int64
}

// bitmap is a part of Arrow's bits, beginning at an offset. Without bits all are set.
type bitmap struct {
	bits   []byte
	offset int
}

// word gives n bits from i on, at most 64, the first one lowest.
func (b bitmap) word(i, n int) (w uint64) {
	if b.bits == nil {
		return ^uint64(0) >> (64 - n)
	}
	at := b.offset + i
	shift := at % 8
	for k, have := at/8, -shift; have < n; k, have = k+1, have+8 {
		if have < 0 {
			w = uint64(b.bits[k]) >> shift
		} else {
			w |= uint64(b.bits[k]) << have
		}
	}
	return w & (^uint64(0) >> (64 - n))
}

// each calls do for stretches of rows lo to hi-1: whole ones whose bits are all set,
// and single rows elsewhere.
func (b bitmap) each(n int, do func(lo, hi int)) {
	if b.bits == nil {
		do(0, n)
		return
	}
	for i := 0; i < n; i += 64 {
		rows := min(64, n-i)
		w := b.word(i, rows)
		if w == ^uint64(0)>>(64-rows) {
			do(i, i+rows)
			continue
		}
		for ; w != 0; w &= w - 1 {
			row := i + bits.TrailingZeros64(w)
			do(row, row+1)
		}
	}
}
