package arrowops

import "martlet/internal/value"

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
	word = wordOf(v)
	return &r[word*secret0>>56%recentTexts], word
}

// wordOf is a text of up to 7 bytes as a word that no other has, and never 0: its
// bytes, and one more than their number on top.
func wordOf(v string) uint64 { return value.ShortWord(bytesIn(v)) | uint64(len(v)+1)<<56 }
