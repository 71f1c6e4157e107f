package delimited

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"strings"
	"unicode/utf16"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// encoding is how a file writes characters.
type encoding struct {
	name string // as its standard writes it; in lower case as it is declared
	mark string // the byte order mark that a file may begin with
	// decoder makes UTF-8 of what is well formed; nil for UTF-8 itself.
	decoder func() transform.Transformer
	// wellFormed is the length of the whole characters at the front of text up to
	// the first that is malformed, and then how long that one is; 0 where the text
	// ends, or ends within a character.
	wellFormed func(text []byte, final bool) (good, bad int)
}

var (
	utf8Encoding    = &encoding{name: "UTF-8", mark: "\xef\xbb\xbf"}
	utf16LEEncoding = utf16Encoding("UTF-16LE", "\xff\xfe", unicode.LittleEndian, func(b []byte) uint16 { return uint16(b[0]) | uint16(b[1])<<8 })
	utf16BEEncoding = utf16Encoding("UTF-16BE", "\xfe\xff", unicode.BigEndian, func(b []byte) uint16 { return uint16(b[1]) | uint16(b[0])<<8 })
	marked          = []*encoding{utf8Encoding, utf16LEEncoding, utf16BEEncoding}
	windows1252     = &encoding{
		name:       "Windows-1252",
		decoder:    func() transform.Transformer { return charmap.Windows1252.NewDecoder() },
		wellFormed: wellFormed1252,
	}
)

func utf16Encoding(name, mark string, order unicode.Endianness, unit func([]byte) uint16) *encoding {
	return &encoding{
		name: name, mark: mark,
		decoder:    func() transform.Transformer { return unicode.UTF16(order, unicode.IgnoreBOM).NewDecoder() },
		wellFormed: func(text []byte, final bool) (good, bad int) { return wellFormed16(text, final, unit) },
	}
}

// decode gives a text in UTF-8, without a byte order mark, and the name of the
// encoding that it was in.
func decode(in io.Reader, name, declared string) (io.Reader, string, error) {
	text := bufio.NewReaderSize(in, headerBytes)
	head, _ := text.Peek(4) // an error comes again
	if bytes.HasPrefix(head, []byte("PK\x03\x04")) {
		return nil, "", &fileError{name: name, problem: "found a zip archive, as a workbook is; expected CSV: convert it, or name the right file"}
	}
	var found *encoding // by its mark
	for _, e := range marked {
		if bytes.HasPrefix(head, []byte(e.mark)) {
			found = e
		}
	}
	used, err := agree(found, declared, len(head) == 0)
	if err != nil {
		return nil, "", &fileError{name: name, problem: err.Error()}
	}
	if found != nil {
		_, _ = text.Discard(len(found.mark)) // they were seen
	}
	if used.decoder == nil {
		return text, used.name, nil
	}
	return transform.NewReader(text, &strict{Transformer: used.decoder(), wellFormed: used.wellFormed}), used.name, nil
}

// agree finds the encoding of a file that begins with the mark of found, if that
// is not nil, and is declared to be in another or the same.
func agree(found *encoding, declared string, empty bool) (*encoding, error) {
	var want *encoding
	switch strings.ToLower(declared) {
	case "", "utf-8":
		want = utf8Encoding
	case "utf-16":
		switch {
		case found == utf16LEEncoding || found == utf16BEEncoding:
			return found, nil
		case found == nil && !empty:
			return nil, fmt.Errorf("found no byte order mark; expected one, as utf-16 is declared: declare encoding utf-16le or utf-16be")
		}
		want = utf16LEEncoding
	case "utf-16le":
		want = utf16LEEncoding
	case "utf-16be":
		want = utf16BEEncoding
	case "windows-1252":
		want = windows1252
	default:
		return nil, fmt.Errorf("found the declared encoding %q; expected utf-8, utf-16, utf-16le, utf-16be or windows-1252: declare one of them", declared)
	}
	switch {
	case found == nil || found == want:
		return want, nil
	case found == utf8Encoding:
		return nil, fmt.Errorf("found the byte order mark of UTF-8; expected %s: declare encoding utf-8, or save the file in that encoding", want.name)
	}
	return nil, fmt.Errorf("found %s; expected CSV in %s: declare encoding %s, or save the file in that encoding", found.name, want.name, strings.ToLower(found.name))
}

// malformed stands for a malformed character. It is in no UTF-8, so that the
// record that has it is left out as one that is not text.
const malformed = 0xff

// strict is a decoder that does not make anything up: where the one it uses
// would put U+FFFD for a malformed character, it puts a byte that is not UTF-8.
type strict struct {
	transform.Transformer
	wellFormed func(text []byte, final bool) (good, bad int)
}

// Transform implements transform.Transformer.
func (s *strict) Transform(dst, src []byte, final bool) (written, read int, err error) {
	for {
		good, bad := s.wellFormed(src[read:], final)
		w, r, err := s.Transformer.Transform(dst[written:], src[read:read+good], true)
		written, read = written+w, read+r
		switch {
		case err != nil:
			return written, read, err
		case bad == 0 && read < len(src):
			return written, read, transform.ErrShortSrc
		case bad == 0:
			return written, read, nil
		case written == len(dst):
			return written, read, transform.ErrShortDst
		}
		dst[written] = malformed
		written, read = written+1, read+bad
	}
}

// wellFormed1252 knows the bytes that Windows-1252 leaves undefined.
func wellFormed1252(text []byte, _ bool) (good, bad int) {
	for i, c := range text {
		switch c {
		case 0x81, 0x8d, 0x8f, 0x90, 0x9d:
			return i, 1
		}
	}
	return len(text), 0
}

// wellFormed16 knows which surrogates are lone.
func wellFormed16(text []byte, final bool, unit func([]byte) uint16) (good, bad int) {
	i := 0
	for ; i+2 <= len(text); i += 2 {
		first := rune(unit(text[i:]))
		if !utf16.IsSurrogate(first) {
			continue
		}
		switch {
		case first >= 0xdc00:
			return i, 2
		case i+4 > len(text) && !final:
			return i, 0
		case i+4 > len(text) || utf16.DecodeRune(first, rune(unit(text[i+2:]))) == '\ufffd':
			return i, 2
		}
		i += 2
	}
	if i < len(text) && final {
		return i, 1
	}
	return i, 0
}
