package schema

import (
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"

	"martlet/gen/internal/diag"
)

// span says where a piece of a Text comes from. A piece ends where the next
// begins, and stands on one line.
type span struct {
	offset    int // in Value
	line, col int
	escape    bool // all its bytes come from the escape at line and col
}

// At gives the place in the file of the byte at an offset of Value. A byte that
// was written as an escape is at the escape's backslash; offsets past the end
// are at the closing quote. A Text that was not written is at its Pos.
func (t Text) At(offset int) diag.Pos {
	offset = min(max(offset, 0), len(t.Value))
	i := sort.Search(len(t.spans), func(i int) bool { return t.spans[i].offset > offset }) - 1
	if i < 0 {
		return t.Pos
	}
	s := t.spans[i]
	at := diag.Pos{File: t.Pos.File, Line: s.line, Col: s.col}
	if !s.escape {
		at.Col += offset - s.offset
	}
	return at
}

// text makes the Text of a string.
func (d *document) text(it *item) Text {
	t := Text{Value: it.value.(string), Pos: it.key}
	for _, p := range piecesOf(it.raw) {
		at := d.pos(it.offset + p.raw)
		t.spans = append(t.spans, span{offset: p.value, line: at.Line, col: at.Col, escape: p.escape})
	}
	return t
}

// piece says that the value from an offset on is written from an offset of the
// raw bytes on.
type piece struct {
	value, raw int
	escape     bool
}

// piecesOf takes a TOML string as it is written, quotes included, apart. The
// last piece is empty and stands at the closing quote. Only where things stand
// is worked out here; the value itself is the decoder's.
func piecesOf(raw string) []piece {
	quote := raw[:1]
	if len(raw) >= 6 && strings.HasPrefix(raw, strings.Repeat(quote, 3)) {
		quote = raw[:3]
	}
	s := &stringScanner{raw: raw, at: len(quote), end: len(raw) - len(quote)}
	if len(quote) == 3 {
		s.skipNewline()
	}
	s.mark(false)
	for s.at < s.end {
		switch c := raw[s.at]; {
		case c == '\\' && quote[0] == '"':
			s.escape()
		case c == '\n':
			s.step(1, 1)
			s.mark(false)
		default:
			s.step(1, 1)
		}
	}
	s.mark(false)
	return s.pieces
}

type stringScanner struct {
	raw    string
	at     int // in raw
	end    int // the closing quote in raw
	value  int // in the value
	pieces []piece
}

func (s *stringScanner) step(raw, value int) {
	s.at += raw
	s.value += value
}

// mark begins a piece; one that turns out empty is replaced.
func (s *stringScanner) mark(escape bool) {
	p := piece{s.value, s.at, escape}
	if n := len(s.pieces); n > 0 && s.pieces[n-1].value == s.value {
		s.pieces[n-1] = p
		return
	}
	s.pieces = append(s.pieces, p)
}

// skipNewline passes the newline that may follow the opening quotes.
func (s *stringScanner) skipNewline() {
	rest := s.raw[s.at:s.end]
	switch {
	case strings.HasPrefix(rest, "\n"):
		s.at++
	case strings.HasPrefix(rest, "\r\n"):
		s.at += 2
	}
}

// escape passes a backslash and what belongs to it.
func (s *stringScanner) escape() {
	rest := s.raw[s.at:s.end]
	length, size := 2, 1
	switch rest[1] {
	case ' ', '\t', '\r', '\n': // line-ending: gives nothing, up to the next text
		length, size = len(rest)-len(strings.TrimLeft(rest[1:], " \t\r\n")), 0
	case 'x':
		length, size = 4, hexSize(rest, 4)
	case 'u':
		length, size = 6, hexSize(rest, 6)
	case 'U':
		length, size = 10, hexSize(rest, 10)
	}
	s.mark(true)
	s.step(length, size)
	s.mark(false)
}

// hexSize is how many bytes the code point of an escape takes in UTF-8.
func hexSize(rest string, length int) int {
	n, err := strconv.ParseUint(rest[2:min(length, len(rest))], 16, 32)
	if err != nil {
		return 0
	}
	return max(utf8.RuneLen(rune(n)), 0)
}
