package sink

import (
	"encoding/binary"
	"math/bits"

	"github.com/apache/arrow/go/v17/arrow"
)

// bitmap is a view of bits, one a row, the lowest of each byte first.
type bitmap struct {
	bytes  []byte
	offset int // the bit of row 0
}

// word is the bits of n rows, at most 64, from row lo on, and zeros above them.
func (m bitmap) word(lo, n int) uint64 {
	first := m.offset + lo
	b, shift := m.bytes[first/8:(first+n+7)/8], uint(first%8)
	var w uint64
	if len(b) < 8 {
		for i, c := range b {
			w |= uint64(c) << (8 * i)
		}
		w >>= shift
	} else {
		w = binary.LittleEndian.Uint64(b) >> shift
		if len(b) > 8 { // so shift > 0
			w |= uint64(b[8]) << (64 - shift)
		}
	}
	return w & ones(n)
}

// ones is n bits, at most 64, that are set.
func ones(n int) uint64 { return ^uint64(0) >> (64 - uint(n)) }

// count is how many of the first n bits are set.
func (m bitmap) count(n int) int {
	set := 0
	for lo := 0; lo < n; lo += 64 {
		set += bits.OnesCount64(m.word(lo, min(64, n-lo)))
	}
	return set
}

// copyTo writes the first n bits to dst, from its first bit on, and zeros to
// the end of its last byte.
func (m bitmap) copyTo(dst []byte, n int) {
	var eight [8]byte
	for lo := 0; lo < n; lo += 64 {
		binary.LittleEndian.PutUint64(eight[:], m.word(lo, min(64, n-lo)))
		copy(dst[lo/8:], eight[:])
	}
}

// validity is the bits that say which rows of an array are not null, nil where
// none is. It asks nothing of the array that the array would remember, as NullN
// does, since another goroutine may be doing the same.
func validity(a arrow.Array) (valid bitmap, nulls int) {
	data := a.Data()
	if nulls = data.NullN(); nulls == 0 || data.Buffers()[0] == nil {
		return bitmap{}, 0
	}
	valid = bitmap{bytes: data.Buffers()[0].Bytes(), offset: data.Offset()}
	if nulls < 0 { // nobody has counted yet
		nulls = a.Len() - valid.count(a.Len())
	}
	if nulls == 0 {
		return bitmap{}, 0
	}
	return valid, nulls
}
