package value

import "unsafe"

// trim cuts the white space that PostgreSQL ignores around a value.
func trim(text []byte) []byte {
	for len(text) > 0 && isSpace(text[0]) {
		text = text[1:]
	}
	for len(text) > 0 && isSpace(text[len(text)-1]) {
		text = text[:len(text)-1]
	}
	return text
}

func isSpace(c byte) bool { return c == ' ' || '\t' <= c && c <= '\r' }

func isDigit(c byte) bool { return c-'0' <= 9 }

// viewString is text as a string over the same memory, for functions of the
// standard library that read a string and keep nothing of it.
func viewString(text []byte) string { return unsafe.String(unsafe.SliceData(text), len(text)) }

// viewBytes is s as bytes over the same memory; they must not be written.
func viewBytes(s string) []byte { return unsafe.Slice(unsafe.StringData(s), len(s)) }
