package arrowops

import "math/bits"

// PartSet is a set of the numbers that the Part functions give, and of others: a
// number that was added is in it, and of all others few are. It is a Bloom filter
// with one hash.
type PartSet struct {
	shift uint8
	bits  []uint64
	size  int
}

// Of so many bits there is one for each number that was added, so that of other
// numbers one in so many is taken for one of them. A set of more than 2^30 bits
// would not stay in memory as a small one does in a cache.
const (
	partBits    = 512
	leastLog    = 12
	greatestLog = 30
)

// NewPartSet makes the set of numbers, of which some may be the same.
func NewPartSet(numbers []uint32) *PartSet {
	log := min(max(bits.Len(uint(len(numbers)*partBits)), leastLog), greatestLog)
	s := &PartSet{shift: uint8(32 - log), bits: make([]uint64, 1<<log/64), size: len(numbers)}
	for _, n := range numbers {
		n >>= s.shift
		s.bits[n/64] |= 1 << (n % 64)
	}
	return s
}

// Has says whether a number is in the set.
func (s *PartSet) Has(number uint32) bool {
	n := number >> s.shift
	return s.bits[n/64]&(1<<(n%64)) != 0
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
