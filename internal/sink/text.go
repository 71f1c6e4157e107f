package sink

import "bytes"

// special are the bytes for which a field needs quotes.
const special = ",\"\r\n"

// appendText adds a text that is not null, in quotes where it is empty or holds
// one of the bytes that need them.
func appendText(dst []byte, text []byte, quoted string) []byte {
	if len(text) == 0 {
		return append(dst, `""`...)
	}
	if !bytes.ContainsAny(text, quoted) {
		return append(dst, text...)
	}
	dst = append(dst, '"')
	dst = appendDoubled(dst, text)
	return append(dst, '"')
}

// appendDoubled adds a text with its quotes doubled.
func appendDoubled(dst []byte, text []byte) []byte {
	from := 0
	for i := range len(text) {
		if text[i] == '"' {
			dst = append(dst, text[from:i+1]...)
			from = i // the quote again, as the first byte of the next piece
		}
	}
	return append(dst, text[from:]...)
}
