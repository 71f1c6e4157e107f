package sink

// special marks the bytes for which a field needs quotes.
var special = [256]bool{',': true, '"': true, '\r': true, '\n': true}

// appendText adds a text that is not null, in quotes where it is empty or holds
// one of the bytes that need them.
func appendText(dst []byte, text string, quoted *[256]bool) []byte {
	if text == "" {
		return append(dst, `""`...)
	}
	if !holdsAny(text, quoted) {
		return append(dst, text...)
	}
	dst = append(dst, '"')
	dst = appendDoubled(dst, text)
	return append(dst, '"')
}

// holdsAny says whether a text has one of the bytes that are marked.
func holdsAny(text string, marked *[256]bool) bool {
	for i := range len(text) {
		if marked[text[i]] {
			return true
		}
	}
	return false
}

// appendDoubled adds a text with its quotes doubled.
func appendDoubled(dst []byte, text string) []byte {
	from := 0
	for i := range len(text) {
		if text[i] == '"' {
			dst = append(dst, text[from:i+1]...)
			from = i // the quote again, as the first byte of the next piece
		}
	}
	return append(dst, text[from:]...)
}
