package xlsx

import (
	"bytes"
	"io"
	"strconv"
	"unicode/utf8"
)

// special marks the bytes that text ends with, or cannot be taken with as it stands.
var special = [256]bool{'<': true, '&': true, '\r': true, ']': true}

// characters reads text up to the next tag. Outside of the root there may be
// white space only, which is no token.
func (s *scanner) characters() (found bool, err error) {
	n := bytes.IndexByte(s.buf[s.pos:], '<')
	if n < 0 {
		seen := len(s.buf) - s.pos
		if err := s.more(); err != nil {
			if err == io.EOF && s.depth() == 0 {
				return false, s.outside(len(s.buf)) // next finds the end
			}
			return false, s.finish(err)
		}
		if n = bytes.IndexByte(s.buf[s.pos+seen:], '<'); n < 0 {
			return false, nil
		}
		n += seen
	}
	text := s.buf[s.pos : s.pos+n]
	if s.depth() == 0 {
		return false, s.outside(s.pos + n)
	}
	for i := range text {
		if special[text[i]] {
			if text, err = s.decode(text, i); err != nil {
				return false, err
			}
			break
		}
	}
	s.text = text
	s.pos += n
	return true, nil
}

// outside passes over what is outside of the root, up to the given place.
func (s *scanner) outside(end int) error {
	if !blank(s.buf[s.pos:end]) {
		return s.fail(s.pos, "found text outside of the root")
	}
	s.pos = end
	return nil
}

// decode gives text that is not as it stands, from its first special byte on:
// references are replaced and line ends become one LF.
func (s *scanner) decode(text []byte, from int) ([]byte, error) {
	if i := bytes.Index(text, []byte("]]>")); i >= 0 {
		return nil, s.fail(s.pos+i, "found \"]]>\" in text")
	}
	out := append(s.scratch[:0], text[:from]...)
	for i := from; i < len(text); i++ {
		switch text[i] {
		case '&':
			n, r := reference(text[i:])
			if n == 0 {
				return nil, s.fail(s.pos+i, "found \"&\" that begins no reference")
			}
			out = utf8.AppendRune(out, r)
			i += n - 1
		case '\r':
			if i+1 == len(text) || text[i+1] != '\n' {
				out = append(out, '\n')
			}
		default:
			out = append(out, text[i])
		}
	}
	s.scratch = out
	return out, nil
}

// section reads a CDATA section, in which nothing but line ends is not as it stands.
func (s *scanner) section() error {
	from := s.pos + len("<![CDATA[")
	n := bytes.Index(s.buf[from:], []byte("]]>"))
	switch {
	case n < 0:
		return errShort
	case s.depth() == 0:
		return s.fail(s.pos, "found text outside of the root")
	}
	s.text = bytes.ReplaceAll(s.buf[from:from+n], []byte("\r\n"), []byte("\n"))
	s.text = bytes.ReplaceAll(s.text, []byte("\r"), []byte("\n"))
	s.pos = from + n + len("]]>")
	return nil
}

// maxReference is how long a reference may be: "&#x10FFFF;", and some zeros.
const maxReference = 32

// reference reads the reference that text begins with; n is 0 where it is none,
// or one to a character that XML does not allow.
func reference(text []byte) (n int, r rune) {
	end := bytes.IndexByte(text[:min(len(text), maxReference)], ';')
	if end < 2 {
		return 0, 0
	}
	switch name := text[1:end]; string(name) {
	case "amp":
		r = '&'
	case "lt":
		r = '<'
	case "gt":
		r = '>'
	case "quot":
		r = '"'
	case "apos":
		r = '\''
	default:
		if r = numbered(name); r < 0 {
			return 0, 0
		}
	}
	return end + 1, r
}

// numbered is the character of a reference by number, or -1.
func numbered(name []byte) rune {
	if len(name) < 2 || name[0] != '#' {
		return -1
	}
	digits, base := name[1:], 10
	if digits[0] == 'x' {
		digits, base = digits[1:], 16
	}
	for _, c := range digits {
		if !('0' <= c && c <= '9' || base == 16 && ('a' <= c|0x20 && c|0x20 <= 'f')) {
			return -1
		}
	}
	code, err := strconv.ParseUint(string(digits), base, 32)
	if err != nil || code > utf8.MaxRune {
		return -1
	}
	r := rune(code)
	if !utf8.ValidRune(r) || r == 0xFFFE || r == 0xFFFF || r < utf8.RuneSelf && !allowed(byte(r)) {
		return -1
	}
	return r
}

// blank says whether there is white space alone.
func blank(text []byte) bool {
	for _, c := range text {
		if !white[c] {
			return false
		}
	}
	return true
}

// trim takes white space off both ends.
func trim(text []byte) []byte {
	for len(text) > 0 && white[text[0]] {
		text = text[1:]
	}
	for len(text) > 0 && white[text[len(text)-1]] {
		text = text[:len(text)-1]
	}
	return text
}

// white marks XML's white space.
var white = [256]bool{' ': true, '\t': true, '\n': true, '\r': true}
