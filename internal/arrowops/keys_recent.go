package arrowops

import "encoding/binary"

// recent remembers where short texts of late were found. Codes of countries and their
// like are few and come again and again: a word is then compared in place of a hash
// being made and looked up, and a text fetched.
type recent [recentTexts]recentText

const (
	recentTexts = 256
	// longestRecent is how many bytes a text has at most that is remembered.
	longestRecent = 7
)

type recentText struct {
	word uint64
	ref  int32 // id + 1
}

// place is where a text of up to longestRecent bytes is or will be, and its word.
func (r *recent) place(v string) (at *recentText, word uint64) {
	word = shortWord(v)
	return &r[word*secret0>>56%recentTexts], word
}

// shortWord is a text of up to 7 bytes as a word that no other has, and never 0: its
// bytes, and one more than their number on top.
func shortWord(v string) (word uint64) {
	p := bytesIn(v)
	switch n := len(p); {
	case n >= 4:
		word = uint64(binary.LittleEndian.Uint32(p)) | uint64(binary.LittleEndian.Uint32(p[n-4:]))<<(8*(n-4))
	case n > 0:
		word = uint64(p[0]) | uint64(p[n>>1])<<(8*(n>>1)) | uint64(p[n-1])<<(8*(n-1))
	}
	return word | uint64(len(p)+1)<<56
}
