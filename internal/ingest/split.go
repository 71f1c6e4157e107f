package ingest

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"unicode/utf8"
)

// slack is how many bytes must be readable behind the text given to a splitter;
// they are no part of it.
const slack = 8

// outcome is what a splitter found at a place.
type outcome uint8

const (
	complete   outcome = iota // a record
	incomplete                // the beginning of one
	bareQuote                 // a quote within a field that is not in quotes
	afterQuote                // something else than a comma or a line end behind a field in quotes
	tooRagged                 // of a run: the reader has left out as many as it keeps
)

// splitter cuts one CSV record after another out of text in memory. It reads no
// file and keeps nothing from record to record, so that several may work on
// parts of one file.
//
// It reads CSV as RFC 4180 has it, with LF for a line end as well, and a CR
// elsewhere as text.
type splitter struct {
	quoted   []quotedField // of the record
	newlines int           // line ends within the record's quotes
	fields   int           // how many the record has
	wide     bool          // the record may have bytes that are not ASCII
}

// quotedField is a field in quotes.
type quotedField struct {
	field   int
	doubled bool // there are doubled quotes in it
}

// Words of eight bytes, each the same.
const (
	commas   = 0x2c2c2c2c2c2c2c2c
	quotes   = 0x2222222222222222
	newlines = 0x0a0a0a0a0a0a0a0a
	lows     = 0x7f7f7f7f7f7f7f7f
	highs    = 0x8080808080808080
)

// delimiters sets the high bit of each byte of w that is a comma, a quote or a
// newline, and no other bit.
//
// With x the word that has zero bytes where w has the one sought, (x&lows)+lows
// carries into the high bit of each byte that has a low bit set, and nowhere
// else (Warren, Hacker's Delight, 6-1).
func delimiters(w uint64) uint64 {
	c, q, n := w^commas, w^quotes, w^newlines
	c |= (c & lows) + lows
	q |= (q & lows) + lows
	n |= (n & lows) + lows
	return ^(c & q & n) & highs
}

// equals is delimiters for one byte, given as a word of it.
func equals(w, bytes uint64) uint64 {
	x := w ^ bytes
	return ^(x | (x&lows + lows)) & highs
}

// split cuts the record that begins at text[from]. It writes the places of its
// fields to start and end as offsets from base, as many as there is room for,
// and gives where the next record begins. final says that text ends where the
// file does; a last line needs no line end then. The text is left as it is.
func (s *splitter) split(text []byte, from, base int, final bool, start, end []uint32) (next int, o outcome) {
	s.quoted, s.newlines, s.fields, s.wide = s.quoted[:0], 0, 0, false
	padded := text[:len(text)+slack]
	field, at := from, from // where the field begins, and the word
	word := binary.LittleEndian.Uint64(padded[at:])
	seen, mask := word, delimiters(word)
	for {
		for mask == 0 {
			if at += 8; at >= len(text) {
				return s.last(text, from, field, base, final, start, end)
			}
			word = binary.LittleEndian.Uint64(padded[at:])
			seen |= word
			mask = delimiters(word)
		}
		i := at + bits.TrailingZeros64(mask)>>3
		mask &= mask - 1
		if i >= len(text) {
			return s.last(text, from, field, base, final, start, end)
		}
		switch text[i] {
		case ',':
			s.add(start, end, field-base, i-base)
			field = i + 1
			continue
		case '\n':
			s.add(start, end, field-base, lineEnd(text, field, i)-base)
			s.wide = s.wide || seen&highs != 0
			return i + 1, complete
		}
		if i != field {
			return i, bareQuote
		}
		closing := s.quote(text, i)
		if closing < 0 {
			return from, incomplete
		}
		s.add(start, end, i+1-base, closing-base)
		if closing+1 >= len(text) || text[closing+1] != ',' {
			s.wide = s.wide || seen&highs != 0
			return afterLast(text, closing+1, final)
		}
		field, at = closing+2, closing+2
		word = binary.LittleEndian.Uint64(padded[at:])
		seen |= word
		mask = delimiters(word)
	}
}

// add notes the place of a field.
func (s *splitter) add(start, end []uint32, from, to int) {
	if s.fields < len(start) {
		start[s.fields], end[s.fields] = uint32(from), uint32(to)
	}
	s.fields++
}

// last ends a record where the text ends, outside quotes.
func (s *splitter) last(text []byte, from, field, base int, final bool, start, end []uint32) (next int, o outcome) {
	if !final || from == len(text) {
		return from, incomplete
	}
	s.add(start, end, field-base, lineEnd(text, field, len(text))-base)
	s.wide = true
	return len(text), complete
}

// lineEnd leaves a CR before a line end out of the field that ends there.
func lineEnd(text []byte, field, i int) int {
	if i > field && text[i-1] == '\r' {
		return i - 1
	}
	return i
}

// quote gives the place of the quote that closes the one at open, or -1.
func (s *splitter) quote(text []byte, open int) int {
	padded := text[:len(text)+slack]
	doubled, lineEnds, seen := false, 0, uint64(0)
	for i := open + 1; i < len(text); {
		word := binary.LittleEndian.Uint64(padded[i:])
		seen |= word
		found, ends := equals(word, quotes), equals(word, newlines)
		if found == 0 {
			lineEnds += bits.OnesCount64(ends)
			i += 8
			continue
		}
		lineEnds += bits.OnesCount64(ends & (found - 1) &^ found)
		i += bits.TrailingZeros64(found) >> 3
		if i+1 < len(text) && text[i+1] == '"' {
			doubled = true
			i += 2
			continue
		}
		if i >= len(text) {
			return -1
		}
		s.quoted = append(s.quoted, quotedField{field: s.fields, doubled: doubled})
		s.newlines += lineEnds
		s.wide = s.wide || seen&highs != 0
		return i
	}
	return -1
}

// afterLast ends a record behind a field in quotes that no comma follows.
func afterLast(text []byte, i int, final bool) (next int, o outcome) {
	rest := text[i:]
	switch {
	case len(rest) > 0 && rest[0] == '\n':
		return i + 1, complete
	case len(rest) > 1 && rest[0] == '\r' && rest[1] == '\n':
		return i + 2, complete
	case len(rest) == 0 || len(rest) == 1 && rest[0] == '\r':
		if final {
			return len(text), complete
		}
		return i, incomplete
	}
	return i, afterQuote
}

// settle makes the texts of the record's quoted fields what they stand for, in
// place. data is what start and end are offsets in.
func (s *splitter) settle(data []byte, start, end []uint32) {
	for _, q := range s.quoted {
		if !q.doubled {
			continue
		}
		text := data[start[q.field]:end[q.field]]
		n := bytes.IndexByte(text, '"')
		for i := n; i < len(text); i++ {
			if text[i] == '"' {
				i++
			}
			text[n] = text[i]
			n++
		}
		end[q.field] = start[q.field] + uint32(n)
	}
}

// validText says whether the record in text is UTF-8. It is to be asked before settle.
func (s *splitter) validText(text []byte) bool { return !s.wide || utf8.Valid(text) }
