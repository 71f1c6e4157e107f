package arrowops

// bitset is a row of bits.
type bitset []byte

// at reports bit i, which the set may not cover.
func (b bitset) at(i uint) bool { return i/8 < uint(len(b)) && b[i/8]>>(i%8)&1 != 0 }

// put sets bit i, which the set must cover.
func (b bitset) put(i uint, v bool) {
	bit := byte(1) << (i % 8)
	p := &b[i/8]
	if v {
		*p |= bit
	} else {
		*p &^= bit
	}
}

// fill sets bits lo to hi, which the set must cover.
func (b bitset) fill(lo, hi uint) {
	for ; lo < hi && lo%8 != 0; lo++ {
		b.put(lo, true)
	}
	for ; lo+8 <= hi; lo += 8 {
		b[lo/8] = 0xff
	}
	for ; lo < hi; lo++ {
		b.put(lo, true)
	}
}

// view is the bits lo to hi as the validity of a view: none where all are set,
// so that those who read the view need not ask for each row.
func (b bitset) view(lo, hi int) validity {
	if b.all(lo, hi) {
		return validity{}
	}
	return validity{bits: b, offset: lo}
}

// all reports whether bits lo to hi are set.
func (b bitset) all(lo, hi int) bool {
	for ; lo < hi && lo%8 != 0; lo++ {
		if !b.at(uint(lo)) {
			return false
		}
	}
	whole := b[lo/8 : max(lo/8, hi/8)]
	for ; len(whole) >= 8; whole = whole[8:] {
		if word(whole) != 1<<64-1 {
			return false
		}
	}
	for _, eight := range whole {
		if eight != 0xff {
			return false
		}
	}
	for lo = max(lo, hi&^7); lo < hi; lo++ {
		if !b.at(uint(lo)) {
			return false
		}
	}
	return true
}
