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

// each calls do for stretches of n rows: whole ones whose bits are all set, and single
// rows elsewhere.
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
