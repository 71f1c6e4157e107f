package xlsx

import (
	"bytes"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// unescape replaces, in place, what Office writes for characters that XML does
// not have (ECMA-376 part 1, 22.9.2.19, ST_Xstring): _xHHHH_ is a UTF-16 code
// unit, two of them may be a surrogate pair, and _x005F_ is the underscore of a
// text that looks like one of these. ok is false where a code unit is no
// character by itself, or NUL, which no text can hold; it is left as written.
func unescape(text []byte) (plain []byte, ok bool) {
	at := bytes.Index(text, []byte("_x"))
	if at < 0 {
		return text, true
	}
	ok = true
	out := text[:at]
	for i := at; i < len(text); {
		unit, found := codeUnit(text[i:])
		if !found {
			out = append(out, text[i])
			i++
			continue
		}
		r, size := unit, escapeSize
		if utf16.IsSurrogate(unit) {
			low, _ := codeUnit(text[i+escapeSize:])
			r, size = utf16.DecodeRune(unit, low), 2*escapeSize
		}
		if r == 0 || r == utf8.RuneError && utf16.IsSurrogate(unit) {
			ok = false
			out = append(out, text[i:i+escapeSize]...)
			i += escapeSize
			continue
		}
		out = utf8.AppendRune(out, r) // of fewer bytes than what it replaces
		i += size
	}
	return out, ok
}

const escapeSize = len("_xHHHH_")

// codeUnit reads the escape that text begins with.
func codeUnit(text []byte) (unit rune, ok bool) {
	if len(text) < escapeSize || text[0] != '_' || text[1] != 'x' || text[6] != '_' {
		return 0, false
	}
	for _, c := range text[2:6] {
		if !('0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'f') {
			return 0, false
		}
	}
	n, err := strconv.ParseUint(string(text[2:6]), 16, 32)
	return rune(n), err == nil
}
