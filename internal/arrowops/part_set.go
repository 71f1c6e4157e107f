package arrowops

import "math/bits"

// PartSet is a set of the numbers that the Part functions give, and of some others:
// a number that was added is in it, and of the others one in a few thousand. It is a
// blocked Bloom filter (Putze, Sanders, Singler: Cache-, Hash- and Space-Efficient
// Bloom Filters, 2007) whose blocks are words.
type PartSet struct {
	words []uint64
	shift uint8 // of a mixed number, to its word
	size  int
}

// bitsNumber is how many bits there are for each number, which sets four of them.
const bitsNumber = 32

// NewPartSet makes the set of numbers, of which some may be the same.
func NewPartSet(numbers []uint32) *PartSet {
	log := min(max(bits.Len(uint(len(numbers)*bitsNumber/64)), 4), 26)
	s := &PartSet{words: make([]uint64, 1<<log), shift: uint8(64 - log), size: len(numbers)}
	for _, n := range numbers {
		word, mask := s.place(n)
		s.words[word] |= mask
	}
	return s
}

// place gives the word of a number and its bits there.
func (s *PartSet) place(n uint32) (word uint64, mask uint64) {
	h := uint64(n) * secret1
	h ^= h >> 32
	h *= secret2
	return h >> s.shift, 1<<(h&63) | 1<<(h>>6&63) | 1<<(h>>12&63) | 1<<(h>>18&63)
}

// Has says whether a number is in the set.
func (s *PartSet) Has(number uint32) bool {
	word, mask := s.place(number)
	return s.words[word]&mask == mask
}

// Empty says whether no number was added.
func (s *PartSet) Empty() bool { return s.size == 0 }

// Len is how many numbers were added, those that are the same included.
func (s *PartSet) Len() int { return s.size }

// Rows appends to dst the places of the numbers that are in the set.
func (s *PartSet) Rows(dst []int, numbers []uint32) []int {
	if s.Empty() {
		return dst
	}
	for i, n := range numbers {
		if s.Has(n) {
			dst = append(dst, i)
		}
	}
	return dst
}
