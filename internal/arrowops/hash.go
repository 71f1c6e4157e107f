package arrowops

import (
	"encoding/binary"
	"math/bits"
)

// The hash functions here have no seed: the same keys are laid out in the same
// way, and found at the same speed, in every run. No result depends on a hash;
// keys are compared whole.
//
// Both are built on the folded multiply of wyhash, by Wang Yi, in the public
// domain (https://github.com/wangyi-fudan/wyhash): multiply two 64-bit words
// and xor the halves of the product, so that each bit of the input reaches
// high and low bits alike. The odd constants are its default secret.
const (
	secret0 = 0xa0761d6478bd642f
	secret1 = 0xe7037ed1a0b428db
	secret2 = 0x8ebc6af09c88c6e3
)

func fold(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a, b)
	return hi ^ lo
}

// hashInt is one folded multiply. Tables use its low 32 bits.
func hashInt(v uint64) uint64 { return fold(v^secret0, secret1) }

// hashPair hashes two words; their order matters.
func hashPair(a, b uint64) uint64 { return fold(a^secret0, b^secret1) ^ fold(a^secret2, secret1) }

// hashText follows wyhash's final version 4 with two parts left out that do not
// pay for keys, which are short and compared anyway: the unrolled loop for
// texts over 48 bytes, and the second multiplication at the end.
func hashText(s string) uint64 {
	p := bytesIn(s)
	seed := uint64(len(s)) ^ secret0
	var a, b uint64
	switch n := len(p); {
	case n > 16:
		for rest := p; len(rest) > 16; rest = rest[16:] {
			seed = fold(word(rest)^secret1, word(rest[8:])^seed)
		}
		// The last 16 bytes, some of them for the second time.
		a, b = word(p[n-16:]), word(p[n-8:])
	case n >= 8:
		a, b = word(p), word(p[n-8:])
	case n >= 4:
		a, b = uint64(binary.LittleEndian.Uint32(p)), uint64(binary.LittleEndian.Uint32(p[n-4:]))
	case n > 0:
		a = uint64(p[0])<<16 | uint64(p[n>>1])<<8 | uint64(p[n-1])
	}
	return fold(a^secret1, b^seed)
}

func word(p []byte) uint64 { return binary.LittleEndian.Uint64(p) }
