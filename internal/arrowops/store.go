package arrowops

import "slices"

// bitset is a growing row of bits, zero at first.
type bitset []byte

// at reports bit i, which the set may not cover.
func (b bitset) at(i int) bool { return uint(i)/8 < uint(len(b)) && b[uint(i)/8]>>(uint(i)%8)&1 != 0 }

// put sets bit i, which the set must cover.
func (b bitset) put(i int, v bool) {
	bit := byte(1) << (uint(i) % 8)
	p := &b[uint(i)/8]
	if v {
		*p |= bit
	} else {
		*p &^= bit
	}
}

// minRows is how many elements extend makes at least.
const minRows = 64

// extend gives the slice with at least n elements, those added being zero. It
// at least doubles the slice, so that it is rarely called.
func extend[T any](s []T, n int) []T {
	if n <= len(s) {
		return s
	}
	grown := make([]T, max(n, 2*len(s), minRows))
	copy(grown, s)
	return grown
}

// push is append that doubles the slice where it must grow, as append does for
// small slices only.
func push[T any](s []T, v T) []T {
	if len(s) == cap(s) {
		s = slices.Grow(s, len(s)+minRows)
	}
	return append(s, v)
}

// Store keeps a value of fixed width, or null, for each id. Its zero value is
// ready to use.
type Store[T Fixed] struct {
	values []T
	valid  bitset
}

// Set keeps v, or null where ok is false, for an id.
func (s *Store[T]) Set(id int, v T, ok bool) {
	if id >= len(s.values) {
		s.grow(id + 1)
	}
	if !ok {
		var zero T
		v = zero
	}
	s.values[id] = v
	s.valid.put(id, ok)
}

func (s *Store[T]) grow(n int) {
	s.values = extend(s.values, n)
	s.valid = extend(s.valid, (len(s.values)+7)/8)
}

// Get is the value of an id and whether it is not null.
func (s *Store[T]) Get(id int) (T, bool) {
	if uint(id) >= uint(len(s.values)) {
		var zero T
		return zero, false
	}
	return s.values[id], s.valid[uint(id)/8]>>(uint(id)%8)&1 != 0
}

// View looks at ids lo to hi, hi excluded. It is good until the next call of Set.
func (s *Store[T]) View(lo, hi int) Column[T] {
	if hi > len(s.values) {
		s.grow(hi)
	}
	return Column[T]{values: s.values[lo:hi], validity: validity{bits: s.valid, offset: lo}}
}

// BoolStore keeps a boolean, or null, for each id. Its zero value is ready to
// use.
type BoolStore struct {
	values bitset
	valid  bitset
}

// Set keeps v, or null where ok is false, for an id.
func (s *BoolStore) Set(id int, v, ok bool) {
	if id/8 >= len(s.values) {
		s.grow(id + 1)
	}
	s.values.put(id, v && ok)
	s.valid.put(id, ok)
}

func (s *BoolStore) grow(n int) {
	s.values = extend(s.values, (n+7)/8)
	s.valid = extend(s.valid, len(s.values))
}

// Get is the value of an id and whether it is not null.
func (s *BoolStore) Get(id int) (value, ok bool) {
	return s.values.at(id), s.valid.at(id)
}

// View looks at ids lo to hi, hi excluded. It is good until the next call of Set.
func (s *BoolStore) View(lo, hi int) Bools {
	if hi > 8*len(s.values) {
		s.grow(hi)
	}
	return Bools{values: s.values, first: lo, rows: hi - lo, validity: validity{bits: s.valid, offset: lo}}
}
