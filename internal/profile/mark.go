package profile

import (
	"encoding/binary"
	"math/bits"

	"github.com/zeebo/xxh3"
)

// mark tells texts apart: all that have no more than maxMarked bytes, and most others.
type mark struct {
	hash        uint64
	first, last uint64 // eight bytes each, which may overlap; all and nothing where there are less
	length      uint32
}

const maxMarked = 16

// head has the order of texts, as far as their first bytes tell it.
func (m mark) head() uint64 { return bits.ReverseBytes64(m.first) }

func markOf(text []byte) mark {
	n := len(text)
	if n < 8 {
		word := wordOf(text)
		return mark{mix(word | uint64(n)<<56), word, 0, uint32(n)}
	}
	first, last := binary.LittleEndian.Uint64(text), binary.LittleEndian.Uint64(text[n-8:])
	if n > maxMarked {
		return mark{xxh3.Hash(text), first, last, uint32(n)}
	}
	const odd = 0x9e3779b97f4a7c15 // so that no two texts with the same half have one hash
	return mark{mix(mix(first) + last*odd + uint64(n)), first, last, uint32(n)}
}

// wordOf has the bytes of a short text, the first one lowest. Mostly others stand behind
// them, and all eight are taken at once.
func wordOf(text []byte) (word uint64) {
	if cap(text) >= 8 {
		return binary.LittleEndian.Uint64(text[:8]) & (1<<(8*len(text)) - 1)
	}
	for i, b := range text {
		word |= uint64(b) << (8 * i)
	}
	return word
}
