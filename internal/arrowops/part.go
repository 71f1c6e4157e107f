package arrowops

import "math/bits"

// The Part functions hash values for dividing rows among files or workers: of
// so many parts, a value goes to part uint64(hash) * parts >> 32. Equal values
// have equal hashes, in every run. They are hashed once more than for the tables
// here, so that the values of one part fill a table as evenly as all would.

// PartInt hashes an integer, date or timestamp.
func PartInt[T Int](v T) uint32 { return part(hashInt(uint64(v) ^ secret2)) }

// PartText hashes a text.
func PartText(v string) uint32 { return part(hashText(v)) }

// PartBytes is PartText of the same bytes.
func PartBytes(v []byte) uint32 { return PartText(alias(v)) }

func part(hash uint64) uint32 { return uint32(fold(hash^secret1, secret2) >> 32) }

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
	partBits    = 256
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
