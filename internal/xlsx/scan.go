package xlsx

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"regexp"
	"unicode/utf8"
)

// token is what a scanner found.
type token uint8

const (
	startTag token = iota // name, space and attrs are set
	endTag
	charData // text is set
)

// scanner reads an XML 1.0 document as a stream of tokens and refuses what is
// not well-formed (Extensible Markup Language 1.0, fifth edition; Namespaces in
// XML 1.0), and besides, as the package conventions do, every document type and
// every encoding but UTF-8. It checks all that encoding/xml lets pass: a root
// that is closed, nothing but white space around it, attributes that stand
// once, "]]>" in text, prefixes that are declared.
//
// Slices that it gives are its own and valid until the next token.
type scanner struct {
	in      io.Reader
	buf     []byte
	pos     int   // buf[pos:] is not yet scanned
	checked int   // buf[:checked] is valid text
	offset  int64 // of buf[0] in the document
	ended   error // of in: io.EOF after its last byte
	started bool  // the byte order mark has been looked at
	first   int64 // where the document begins, behind its byte order mark

	open   []byte // the qualified names of the open elements, one after the other
	starts []int  // where each begins in open
	scopes []scope
	space0 namespace // of names without a prefix
	rooted bool      // the root has been opened

	pendingEnd bool // of an element without content
	name       []byte
	space      namespace
	attrs      []attr
	prefixed   bool // any of them has a prefix or declares a namespace
	text       []byte
	scratch    []byte // text that is not as it stands in buf
	values     []byte // and attributes
}

// attr is one attribute; name is qualified.
type attr struct{ name, value []byte }

const (
	scanBuffer = 256 << 10 // for sheets and strings
	partBuffer = 16 << 10  // for others
	minBuffer  = 16
	maxToken   = 16 << 20 // bytes of one tag or text; spreadsheets have 32,767 characters
	maxDepth   = 256
	maxAttrs   = 256 // of one element
	maxScopes  = 256 // namespaces declared at a time
)

// newScanner makes a scanner that reads so many bytes at a time, or more where a
// token needs it.
func newScanner(in io.Reader, buffer int) *scanner {
	return &scanner{in: in, buf: make([]byte, 0, max(buffer, minBuffer))}
}

// syntaxError is about the document at an offset.
type syntaxError struct {
	offset  int64
	problem string
}

func (e *syntaxError) Error() string { return fmt.Sprintf("byte %d: %s", e.offset, e.problem) }

// fail makes an error about the byte at the given place of the buffer.
func (s *scanner) fail(at int, format string, args ...any) error {
	return &syntaxError{offset: s.offset + int64(at), problem: fmt.Sprintf(format, args...)}
}

// more reads on; an error is that there is no more, or that what there is is no
// text. It may move what is in the buffer, so that it begins at pos.
func (s *scanner) more() error {
	if s.ended != nil {
		return s.ended
	}
	if s.pos > 0 {
		n := copy(s.buf, s.buf[s.pos:])
		s.buf, s.offset, s.checked, s.pos = s.buf[:n], s.offset+int64(s.pos), s.checked-s.pos, 0
	}
	if len(s.buf) == cap(s.buf) {
		if len(s.buf) >= maxToken {
			return s.fail(0, "found a tag or text of more than %d bytes", maxToken)
		}
		s.buf = append(make([]byte, 0, min(2*cap(s.buf), maxToken)), s.buf...)
	}
	// As much again as there is, so that the beginning of a long token is not
	// looked at too often; at first enough to tell a byte order mark.
	room := s.buf[len(s.buf):cap(s.buf)]
	n, err := io.ReadAtLeast(s.in, room, min(max(len(s.buf), len(byteOrderMark)), len(room)))
	if err == io.ErrUnexpectedEOF {
		err = io.EOF
	}
	s.buf = s.buf[:len(s.buf)+n]
	s.ended = err
	if n == 0 && err != nil && err != io.EOF {
		return err
	}
	if err := s.begin(); err != nil {
		return err
	}
	return s.check()
}

const byteOrderMark = "\xef\xbb\xbf"

// begin passes over the byte order mark of UTF-8 and refuses that of UTF-16.
func (s *scanner) begin() error {
	if s.started {
		return nil
	}
	s.started = true
	switch {
	case bytes.HasPrefix(s.buf, []byte(byteOrderMark)):
		s.pos, s.first = len(byteOrderMark), int64(len(byteOrderMark))
	case bytes.HasPrefix(s.buf, []byte("\xff\xfe")), bytes.HasPrefix(s.buf, []byte("\xfe\xff")):
		return s.fail(0, "found UTF-16; expected UTF-8")
	}
	return nil
}

// check validates what was read: UTF-8 of characters that XML allows. The
// beginning of a character at the end of the buffer waits for the rest.
func (s *scanner) check() error {
	text := s.buf[s.checked:]
	if s.ended == nil {
		text = text[:len(text)-unfinished(text)]
	}
	wide, at := charactersOnly(text)
	if at >= 0 {
		return s.fail(s.checked+at, "found the byte %#02x; expected no control characters", text[at])
	}
	if wide {
		if !utf8.Valid(text) {
			return s.fail(s.checked+invalidUTF8(text), "found bytes that are not UTF-8")
		}
		if i := max(bytes.Index(text, []byte("\uFFFE")), bytes.Index(text, []byte("\uFFFF"))); i >= 0 {
			return s.fail(s.checked+i, "found a code point that is no character")
		}
	}
	s.checked += len(text)
	return nil
}

// unfinished is how many bytes at the end of text begin a character that goes on.
func unfinished(text []byte) int {
	for n := 1; n < utf8.UTFMax && n <= len(text); n++ {
		if c := text[len(text)-n]; utf8.RuneStart(c) {
			if c >= utf8.RuneSelf && !utf8.FullRune(text[len(text)-n:]) {
				return n
			}
			return 0
		}
	}
	return 0
}

// invalidUTF8 is where the first byte stands that is not UTF-8.
func invalidUTF8(text []byte) int {
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRune(text[i:])
		if r == utf8.RuneError && n <= 1 {
			return i
		}
		i += n
	}
	return len(text)
}

// charactersOnly gives the place of the first control character that XML does
// not allow, or -1, and whether there are bytes that are not ASCII. It looks at
// eight bytes at a time: w-0x20 in each byte borrows where it is below.
func charactersOnly(text []byte) (wide bool, at int) {
	const spaces, highs = 0x2020202020202020, 0x8080808080808080
	var seen uint64
	i := 0
	for ; i+8 <= len(text); i += 8 {
		w := binary.LittleEndian.Uint64(text[i:])
		seen |= w
		if (w-spaces)&^w&highs != 0 {
			for j := i; j < i+8; j++ {
				if !allowed(text[j]) {
					return false, j
				}
			}
		}
	}
	for ; i < len(text); i++ {
		seen |= uint64(text[i])
		if !allowed(text[i]) {
			return false, i
		}
	}
	return seen&highs != 0, -1
}

func allowed(c byte) bool { return c >= ' ' || c == '\t' || c == '\n' || c == '\r' }

// depth is how many elements are open.
func (s *scanner) depth() int { return len(s.starts) }

// next gives the next token; io.EOF after a document that is whole.
func (s *scanner) next() (token, error) {
	if s.pendingEnd {
		s.pendingEnd = false
		s.pop()
		return endTag, nil
	}
	for {
		if s.pos == len(s.buf) {
			if err := s.more(); err != nil {
				return 0, s.finish(err)
			}
			continue
		}
		if s.buf[s.pos] != '<' {
			found, err := s.characters()
			if found || err != nil {
				return charData, err
			}
			continue
		}
		t, found, err := s.markup()
		if err == errShort {
			found = false
			if err = s.more(); err == io.EOF {
				err = s.fail(s.pos, "found the end of the document within a tag")
			}
		}
		if found || err != nil {
			return t, err
		}
	}
}

// errShort says that a token goes on beyond the buffer.
var errShort = errors.New("token beyond the buffer")

// finish is the error at the end of the input.
func (s *scanner) finish(err error) error {
	switch {
	case err != io.EOF:
		return err
	case s.depth() > 0:
		return s.fail(s.pos, "found the end of the document within an element")
	case !s.rooted:
		return s.fail(s.pos, "found no element")
	}
	return io.EOF
}

// top is the qualified name of the innermost open element.
func (s *scanner) top() []byte { return s.open[s.starts[len(s.starts)-1]:] }

// markup reads what begins with "<": found is false for what is no token.
func (s *scanner) markup() (t token, found bool, err error) {
	rest := s.buf[s.pos:]
	if len(rest) < 2 {
		return 0, false, errShort
	}
	switch rest[1] {
	case '/':
		return endTag, true, s.endTag()
	case '?':
		return 0, false, s.instruction()
	case '!':
		if len(rest) < len("<![CDATA[") && s.ended == nil {
			return 0, false, errShort
		}
		switch {
		case bytes.HasPrefix(rest, []byte("<!--")):
			return 0, false, s.comment()
		case bytes.HasPrefix(rest, []byte("<![CDATA[")):
			return charData, true, s.section()
		}
		return 0, false, s.fail(s.pos, "found a document type or a declaration; expected none")
	}
	return startTag, true, s.startTag()
}

// declaration is what may stand between "<?" and "?>" where a document begins.
var declaration = regexp.MustCompile(`^xml\s+version\s*=\s*("1\.0"|'1\.0')` +
	`(\s+encoding\s*=\s*("(?i:utf-8)"|'(?i:utf-8)'))?(\s+standalone\s*=\s*("(yes|no)"|'(yes|no)'))?\s*$`)

// instruction passes over <?...?>.
func (s *scanner) instruction() error {
	rest := s.buf[s.pos+len("<?"):]
	n := bytes.Index(rest, []byte("?>"))
	if n < 0 {
		return errShort
	}
	text, target := rest[:n], rest[:n]
	if i := bytes.IndexAny(text, spaceBytes); i >= 0 {
		target = text[:i]
	}
	switch {
	case string(target) == "xml":
		if s.offset+int64(s.pos) != s.first {
			return s.fail(s.pos, "found a declaration of XML; expected it at the beginning alone")
		}
		if !declaration.Match(text) {
			return s.fail(s.pos, "found a declaration of another XML or encoding; expected version 1.0 and UTF-8")
		}
	case bytes.EqualFold(target, []byte("xml")) || bytes.IndexByte(target, ':') >= 0 || !validName(target):
		return s.fail(s.pos, "found a processing instruction without a name")
	}
	s.pos += len("<?") + n + len("?>")
	return nil
}

func (s *scanner) comment() error {
	rest := s.buf[s.pos+len("<!--"):]
	n := bytes.Index(rest, []byte("--"))
	if n < 0 || n+2 >= len(rest) {
		return errShort
	}
	if rest[n+2] != '>' {
		return s.fail(s.pos, "found \"--\" within a comment")
	}
	s.pos += len("<!--") + n + len("-->")
	return nil
}
