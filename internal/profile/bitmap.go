package profile

import "math/bits"

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

// pick gives the words whose bits are set, in scratch, which has room for them all and
// may be where they are.
func (b bitmap) pick(scratch, words []int64) []int64 {
	n := 0
	for i := 0; i < len(words); i += 64 {
		for w := b.word(i, min(64, len(words)-i)); w != 0; w &= w - 1 {
			scratch[n] = words[i+bits.TrailingZeros64(w)]
			n++
		}
	}
	return scratch[:n]
}
