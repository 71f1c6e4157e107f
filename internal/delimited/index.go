package delimited

import (
	"encoding/binary"
	"math/bits"
	"slices"
)

// Bytes are looked at in blocks, a bit of a word for each.
const blockBytes = 64

// slack is how many bytes must be readable behind a text that is indexed; they
// are no part of it.
const slack = blockBytes

// before is the place of the byte before the first.
const before = 1<<32 - 1

// fault is what makes the rest of a text unreadable.
type fault uint8

const (
	noFault    fault = iota
	bareQuote        // a quote within a field that does not begin with one
	afterQuote       // something else than a delimiter or a line end behind a closing quote
)

// index is the structure of a text: where its fields and records end. It is
// found without a look at single bytes, as in Langdale and Lemire, Parsing
// Gigabytes of JSON per Second (2019): masks tell delimiters, line ends and
// quotes of a block, and the parity of the quotes so far tells which of them
// stand in quotes. Only the places that matter become numbers.
//
// A text is read as RFC 4180 has it, strictly, with LF for a line end as well,
// and a CR elsewhere as text.
type index struct {
	// ends are the places of delimiters and LF outside of quotes; the first
	// element stands for the byte before the text.
	ends    []uint32
	doubled []uint32 // the second of each pair of quotes that stands for one
	inside  bool     // the text ends in quotes
	wide    bool     // the text may have bytes that are not ASCII
	fault   fault
}

// Words of eight bytes, each the same.
const (
	ones  = 0x0101010101010101
	lows  = 0x7f * ones
	highs = 0x80 * ones
)

// word gives eight bytes of a block.
func word(block *[blockBytes]byte, at int) uint64 {
	return binary.LittleEndian.Uint64(block[at : at+8])
}

// other sets the high bit of each byte of w that is not c, given as a word of
// it; the other bits may be anything. No byte of either has its high bit set:
// with x the word that has zero bytes where w has c, x+lows then carries into
// the high bit of each byte that is not zero, and nowhere else (Warren, Hacker's
// Delight, 6-1).
func other(w, c uint64) uint64 { return w ^ c + lows }

// transpose makes bit 8*i+j of bit 8*j+i (Hacker's Delight, 7-3).
func transpose(w uint64) uint64 {
	t := (w ^ w>>7) & 0x00aa00aa00aa00aa
	w ^= t ^ t<<7
	t = (w ^ w>>14) & 0x0000cccc0000cccc
	w ^= t ^ t<<14
	t = (w ^ w>>28) & 0x00000000f0f0f0f0
	return w ^ t ^ t<<28
}

// find indexes a text behind which slack bytes can be read. Where it finds a
// fault it ends there. quote is 0 where the text has no quotes.
func (x *index) find(text []byte, delimiter, quote byte) {
	x.ends, x.doubled = append(x.ends[:0], before), x.doubled[:0]
	x.inside, x.wide, x.fault = false, false, noFault
	if quote == 0 {
		x.findPlain(text, delimiter)
	} else {
		x.findQuoted(text, delimiter, quote)
	}
}

// findPlain is find for a text without quotes.
func (x *index) findPlain(text []byte, delimiter byte) {
	d, n := uint64(delimiter)*ones, uint64('\n')*ones
	padded := text[:len(text)+slack]
	ends, count := x.ends[:cap(x.ends)], len(x.ends)
	seen := uint64(0)
	for at := 0; at < len(text); at += blockBytes {
		block := (*[blockBytes]byte)(padded[at:])
		mask, high := endMask(block, d, n)
		seen |= high
		if rest := len(text) - at; rest < blockBytes {
			mask &= live(rest)
		}
		if len(ends)-count < blockBytes {
			ends = slices.Grow(ends, len(ends)+blockBytes)
			ends = ends[:cap(ends)]
		}
		count += places((*[blockBytes]uint32)(ends[count:]), mask, at)
	}
	x.ends, x.wide = ends[:count], seen&highs != 0
}

// endMask has a bit for each byte of a block that is a delimiter or a line end,
// given as words of them. seen has the high bits of all its bytes.
func endMask(block *[blockBytes]byte, d, n uint64) (mask, seen uint64) {
	w0, w1, w2, w3 := word(block, 0), word(block, 8), word(block, 16), word(block, 24)
	w4, w5, w6, w7 := word(block, 32), word(block, 40), word(block, 48), word(block, 56)
	seen = w0 | w1 | w2 | w3 | w4 | w5 | w6 | w7
	if seen&highs == 0 {
		mask = neither(w0, d, n)>>7 | neither(w1, d, n)>>6 | neither(w2, d, n)>>5 | neither(w3, d, n)>>4 |
			neither(w4, d, n)>>3 | neither(w5, d, n)>>2 | neither(w6, d, n)>>1 | neither(w7, d, n)
		return ^transpose(mask), seen
	}
	mask = neitherWide(w0, d, n)>>7 | neitherWide(w1, d, n)>>6 | neitherWide(w2, d, n)>>5 | neitherWide(w3, d, n)>>4 |
		neitherWide(w4, d, n)>>3 | neitherWide(w5, d, n)>>2 | neitherWide(w6, d, n)>>1 | neitherWide(w7, d, n)
	return ^transpose(mask), seen
}

// neither has the high bit of each byte of w, all of them ASCII, that is neither
// a delimiter nor a line end.
func neither(w, d, n uint64) uint64 { return other(w, d) & other(w, n) & highs }

// neitherWide is neither for any bytes.
func neitherWide(w, d, n uint64) uint64 {
	low := w & lows
	return (other(low, d)&other(low, n) | w) & highs
}

// quoteMask has a bit for each byte of a block that is a quote.
func quoteMask(block *[blockBytes]byte, q uint64) uint64 {
	return ^transpose(not(word(block, 0), q)>>7 | not(word(block, 8), q)>>6 | not(word(block, 16), q)>>5 | not(word(block, 24), q)>>4 |
		not(word(block, 32), q)>>3 | not(word(block, 40), q)>>2 | not(word(block, 48), q)>>1 | not(word(block, 56), q))
}

// not has the high bit of each byte of w that is not c.
func not(w, c uint64) uint64 { return (other(w&lows, c) | w) & highs }

// live has a bit for each byte of a block of which n bytes or more are text.
func live(n int) uint64 {
	if n >= blockBytes {
		return 1<<64 - 1
	}
	return 1<<n - 1
}

// places writes the places of a mask's bits, the lowest being that of bit 0, and
// gives how many there are. It may write more, so that it is the same work for
// most masks: that is less than the processor's wrong guesses at how many.
func places(out *[blockBytes]uint32, mask uint64, lowest int) int {
	count := bits.OnesCount64(mask)
	for i := 0; i < count; i += 4 {
		four := (*[4]uint32)(out[i:])
		four[0] = uint32(lowest + bits.TrailingZeros64(mask))
		mask &= mask - 1
		four[1] = uint32(lowest + bits.TrailingZeros64(mask))
		mask &= mask - 1
		four[2] = uint32(lowest + bits.TrailingZeros64(mask))
		mask &= mask - 1
		four[3] = uint32(lowest + bits.TrailingZeros64(mask))
		mask &= mask - 1
	}
	return count
}

// appendPlaces adds the places of a mask's bits.
func appendPlaces(to []uint32, mask uint64, lowest int) []uint32 {
	n := len(to)
	if cap(to)-n < blockBytes {
		to = slices.Grow(to, max(blockBytes, n))
	}
	return to[:n+places((*[blockBytes]uint32)(to[n:n+blockBytes]), mask, lowest)]
}

// findQuoted is find for a text that may have quotes.
func (x *index) findQuoted(text []byte, delimiter, quote byte) {
	d, n, q := uint64(delimiter)*ones, uint64('\n')*ones, uint64(quote)*ones
	padded := text[:len(text)+slack]
	seen := uint64(0)
	inside := uint64(0)       // all bits where the block begins in quotes
	afterEnd := uint64(1)     // bit 0: a field begins with the block
	afterClosing := uint64(0) // bit 0: the block before it ends with a closing quote
	for at := 0; at < len(text); at += blockBytes {
		block := (*[blockBytes]byte)(padded[at:])
		ends, high := endMask(block, d, n)
		seen |= high
		valid := live(len(text) - at)
		ends, quotes := ends&valid, quoteMask(block, q)&valid

		quoted := parity(quotes) ^ inside // from an opening quote up to the closing one
		opening, closing := quotes&quoted, quotes&^quoted
		ends &^= quoted
		behind := closing<<1 | afterClosing // of a closing quote
		bare := opening &^ (ends<<1 | afterEnd | behind)
		stray := behind &^ (ends | opening) & valid
		if bare|stray != 0 {
			valid = x.judge(text[at:], bare, stray)
		}
		if double := opening & behind & valid; double != 0 {
			x.doubled = appendPlaces(x.doubled, double, at)
		}
		x.ends = appendPlaces(x.ends, ends&valid, at)
		if x.fault != noFault {
			break
		}
		inside = uint64(int64(quoted) >> (blockBytes - 1))
		afterEnd, afterClosing = ends>>(blockBytes-1), closing>>(blockBytes-1)
	}
	x.inside = inside != 0
	x.wide = seen&highs != 0
}

// parity sets each bit of which, with those below it, an odd number is set.
func parity(w uint64) uint64 {
	w ^= w << 1
	w ^= w << 2
	w ^= w << 4
	w ^= w << 8
	w ^= w << 16
	return w ^ w<<32
}

// judge finds the first fault of a block, if there is one, and gives a mask of
// what stands before it. bare are quotes within a field, stray what stands
// behind a closing quote and is neither a quote nor an end: a CR may, before a
// LF, which the text need not have yet.
func (x *index) judge(text []byte, bare, stray uint64) uint64 {
	for bad := bare | stray; bad != 0; bad &= bad - 1 {
		i := bits.TrailingZeros64(bad)
		switch {
		case bare>>i&1 == 1:
			x.fault = bareQuote
		case text[i] == '\r' && (i+1 == len(text) || text[i+1] == '\n'):
			continue
		default:
			x.fault = afterQuote
		}
		return live(i)
	}
	return live(blockBytes)
}
