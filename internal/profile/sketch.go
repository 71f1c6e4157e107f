package profile

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math/bits"

	"github.com/axiomhq/hyperloglog"
)

// precision is the logarithm of the number of a sketch's registers.
const precision = 14

// sketch is a HyperLogLog: of the hashes that begin with the number of a register, it
// has the greatest rank, which is how many zero bits follow, and 1. That says nothing
// of their order, nor of how often each came. Hashes are put in here, which is much
// quicker than to call the library; what they amount to is the library's to say.
type sketch [1 << precision]uint8

func (s *sketch) add(hash uint64) {
	rank := uint8(bits.LeadingZeros64(hash<<precision|1<<(precision-1))) + 1
	if r := &s[hash>>(64-precision)]; *r < rank {
		*r = rank
	}
}

func (s *sketch) merge(from *sketch) {
	for i, rank := range from {
		s[i] = max(s[i], rank)
	}
}

// distinct is about how many hashes there were.
func (s *sketch) distinct() int64 {
	l, err := s.estimator()
	if err != nil {
		panic("profile: " + err.Error()) // there is no rank that a hash cannot have
	}
	return int64(l.Estimate())
}

// estimator is the sketch as the package that estimates has it. What that reads is its second format: the
// version, the precision, no bias, no sparse form; then how many registers, and these.
func (s *sketch) estimator() (*hyperloglog.Sketch, error) {
	text := binary.BigEndian.AppendUint32([]byte{2, precision, 0, 0}, uint32(len(s)))
	l := &hyperloglog.Sketch{}
	return l, l.UnmarshalBinary(append(text, s[:]...))
}

// restoreSketch reads registers.
func restoreSketch(registers []byte) (*sketch, error) {
	s := &sketch{}
	if len(registers) != len(s) {
		return nil, fmt.Errorf("found a sketch of %d registers, expected %d", len(registers), len(s))
	}
	copy(s[:], registers)
	if _, err := s.estimator(); err != nil {
		return nil, errors.New("found a sketch with a rank that no hash has")
	}
	return s, nil
}

// mix is the finalizer of splitmix64: a bijection of which each bit depends on all bits
// of x. So no two numbers have the same hash.
func mix(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
