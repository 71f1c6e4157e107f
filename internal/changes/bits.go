package changes

import (
	"math/bits"

	"github.com/apache/arrow/go/v17/arrow"
)

// validity says which rows of an array are not null.
type validity struct {
	bits   []byte // nil where none is
	offset int
}

func validityOf(a arrow.Array) validity {
	if a.NullN() == 0 {
		return validity{}
	}
	return validity{bits: a.NullBitmapBytes(), offset: a.Data().Offset()}
}

func (v validity) at(row int) bool {
	if v.bits == nil {
		return true
	}
	i := uint(row + v.offset)
	return v.bits[i/8]>>(i%8)&1 != 0
}

// alike says whether n rows of both sides have their nulls in the same places.
func alike(v [2]validity, b, a, n int) bool {
	if v[older].bits == nil && v[newer].bits == nil {
		return true
	}
	for i := range n {
		if v[older].at(b+i) != v[newer].at(a+i) {
			return false
		}
	}
	return true
}

// rowSet is a set of rows of a state, one bit each, which grows as need be.
type rowSet []uint64

func (s *rowSet) add(row int64) {
	for row/64 >= int64(len(*s)) {
		*s = append(*s, 0)
	}
	(*s)[row/64] |= 1 << (row % 64)
}

// addRange adds the rows from lo to hi.
func (s *rowSet) addRange(lo, hi int64) {
	for row := lo; row < hi; row++ {
		s.add(row)
	}
}

func (s rowSet) remove(row int64) { s[row/64] &^= 1 << (row % 64) }

func (s rowSet) has(row int64) bool {
	return row/64 < int64(len(s)) && s[row/64]>>(row%64)&1 != 0
}

// anyOf says whether one of the rows from lo to hi is in the set.
func (s rowSet) anyOf(lo, hi int64) bool {
	hi = min(hi, int64(len(s))*64)
	for row := lo; row < hi; {
		if rest := s[row/64] >> (row % 64); rest != 0 {
			return row+int64(bits.TrailingZeros64(rest)) < hi
		}
		row = (row/64 + 1) * 64
	}
	return false
}

func (s rowSet) len() (n int64) {
	for _, word := range s {
		n += int64(bits.OnesCount64(word))
	}
	return n
}

// first are the first n rows of the set.
func (s rowSet) first(n int) (rows []int64) {
	for i, word := range s {
		for ; word != 0 && len(rows) < n; word &= word - 1 {
			rows = append(rows, int64(i)*64+int64(bits.TrailingZeros64(word)))
		}
	}
	return rows
}
