package sink

import "bytes"

// A spreadsheet that opens a CSV file takes a field for a formula by its first
// character, in quotes or not. What makes a text harmless is a ' before it,
// which Excel, LibreOffice and Google Sheets take for the mark of a text.
//
// The characters are those of OWASP's page on CSV injection: = begins a formula,
// + and - do as they did in Lotus 1-2-3, @ a function of it; a tab or line end
// is skipped by some programs, which then see what is behind it; and the
// full-width forms are = + - @ to programs in Japanese and Chinese locales.

// formulaStart marks the bytes with which a formula may begin. 0xef is the first
// of three of each full-width form, and of other characters.
var formulaStart = [256]bool{'=': true, '+': true, '-': true, '@': true, '\t': true, '\r': true, '\n': true, 0xef: true}

var fullWidth = [...]string{"＝", "＋", "－", "＠"}

// formulaLike says whether a spreadsheet may take a text for a formula.
func formulaLike(text []byte) bool {
	if len(text) == 0 || !formulaStart[text[0]] {
		return false
	}
	if text[0] < 0x80 {
		return true
	}
	for _, start := range fullWidth {
		if string(text[:min(len(text), len(start))]) == start {
			return true
		}
	}
	return false
}

// cuts are the bytes for which a text needs quotes so that it stays one field.
// LibreOffice cuts at semicolons and tabs as well as at commas unless told not
// to, and a text must not begin a field in its middle.
const cuts = special + ";\t"

// appendNeutral adds a text that is like a formula, with a ' before it.
func appendNeutral(dst, text []byte) []byte {
	if !bytes.ContainsAny(text, cuts) {
		dst = append(dst, '\'')
		return append(dst, text...)
	}
	dst = append(dst, '"', '\'')
	dst = appendDoubled(dst, text)
	return append(dst, '"')
}
