package value

import "encoding/binary"

// Digits are read eight at a time, as the bytes of a word, the first lowest. A
// word is first combined by exclusive or with what the text should look like,
// zeros for digits, which leaves each digit's value and 0 for all else.
const (
	zeros = 0x3030303030303030 // "00000000"
	// Added to a byte from 0 to 9, or to 0, these leave its high bit clear; added
	// to any other below 0x80 they set it.
	onlyDigits = 0x7676767676767676
	highBits   = 0x8080808080808080

	dateZeros  = 0x2d30302d30303030 // "0000-00-"
	onlyDate   = 0x7f76767f76767676
	clockZeros = 0x30303a30303a3030 // "00:00:00"
	onlyClock  = 0x76767f76767f7676
)

// isPattern says whether a word that was combined with its pattern has digits
// where the pattern has zeros, and is like it elsewhere. only has what is to be
// added to its bytes: what is carried from one to the next comes from a byte
// with its high bit set, which is seen for itself.
func isPattern(w, only uint64) bool { return (w|(w+only))&highBits == 0 }

// pairs makes of each digit and the one behind it a number of two digits, at the
// place of the first.
func pairs(w uint64) uint64 { return w*10 + w>>8 }

// eightDigits is the number of eight digits (Lemire, Quickly parsing eight
// digits, 2018).
func eightDigits(w uint64) uint64 {
	const mask = 0x000000ff000000ff
	w = pairs(w)
	return ((w&mask)*(100+1000000<<32) + (w>>16&mask)*(1+10000<<32)) >> 32
}

// digits reads text of 1 to 16 digits and nothing else; ok is false for any other.
func digits(text []byte) (v uint64, ok bool) {
	n := len(text)
	switch {
	case n > 16 || n == 0:
		return 0, false
	case n < 4:
		bad := byte(0)
		for _, c := range text {
			bad |= (c - '0') | (c - '0' + 0x76)
			v = v*10 + uint64(c-'0')
		}
		return v, bad < 0x80
	case n < 8:
		// The two halves overlap in the same digits.
		first, last := uint64(binary.LittleEndian.Uint32(text)), uint64(binary.LittleEndian.Uint32(text[n-4:]))
		w := (first|last<<(8*(n-4)))<<(8*(8-n)) ^ zeros<<(8*(8-n))
		return eightDigits(w), isPattern(w, onlyDigits)
	}
	last := binary.LittleEndian.Uint64(text[n-8:]) ^ zeros
	first := (binary.LittleEndian.Uint64(text) ^ zeros) << (8 * (16 - n)) // none for n = 8
	if !isPattern(last, onlyDigits) || !isPattern(first, onlyDigits) {
		return 0, false
	}
	return eightDigits(first)*1e8 + eightDigits(last), true
}

// ShortWord is a text of less than eight bytes as a word, the first byte lowest, with
// zeros behind. Mostly others stand behind it, and all eight are taken at once.
func ShortWord(text []byte) uint64 {
	n := len(text)
	switch {
	case cap(text) >= 8:
		return binary.LittleEndian.Uint64(text[:8]) & (1<<(8*n%64) - 1)
	case n >= 4:
		return uint64(binary.LittleEndian.Uint32(text)) | uint64(binary.LittleEndian.Uint32(text[n-4:]))<<(8*n-32)
	case n > 0:
		return uint64(text[0]) | uint64(text[n/2])<<(8*(n/2)) | uint64(text[n-1])<<(8*(n-1))
	}
	return 0
}
