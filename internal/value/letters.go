package value

import (
	"encoding/binary"
	"strings"
)

// Lower is s in lower case: each character by Unicode's simple mapping, whatever
// stands around it, so that the number of characters stays.
func Lower(s string) string {
	if len(s) < 8 {
		return strings.ToLower(s)
	}
	return turn(s, 'A', strings.ToLower)
}

// Upper is s in upper case, mapped as Lower does.
func Upper(s string) string {
	if len(s) < 8 {
		return strings.ToUpper(s)
	}
	return turn(s, 'a', strings.ToUpper)
}

// turn is s, of eight bytes at least, with the 26 letters from first on in the other
// case, eight bytes at a time: the same memory where s has none, as most texts do.
// What is not all ASCII is left to other.
func turn(s string, first uint64, other func(string) string) string {
	text, n := viewBytes(s), len(s)
	from, behind := (0x80-first)*eachByte, (0x80-first-26)*eachByte
	found, all := uint64(0), uint64(0)
	for at := 0; at < n; at += 8 {
		w := binary.LittleEndian.Uint64(text[min(at, n-8):])
		found, all = found|letters(w, from, behind), all|w
	}
	switch {
	case all&highBits != 0:
		return other(s)
	case found == 0:
		return s
	}
	turned := make([]byte, n)
	for at := 0; at < n; at += 8 {
		i := min(at, n-8)
		w := binary.LittleEndian.Uint64(text[i:])
		binary.LittleEndian.PutUint64(turned[i:], w^letters(w, from, behind)>>2)
	}
	return viewString(turned)
}

const eachByte = 0x0101010101010101

// letters sets the high bit of each byte of w, all of them ASCII, that is not below
// a first one and below another behind it. 0x80 less these, of each byte, are given.
// Two bits further down is what tells small letters from capitals.
func letters(w, from, behind uint64) uint64 { return (w + from) &^ (w + behind) & highBits }
