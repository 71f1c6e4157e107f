package xlsx

import (
	"bytes"
	"unicode/utf8"
)

// nameByte marks the bytes of names. Of characters beyond ASCII all are taken,
// as XML 1.0 nearly does.
var nameByte = func() (t [256]bool) {
	for c := range t {
		b := byte(c)
		t[c] = 'a' <= b && b <= 'z' || 'A' <= b && b <= 'Z' || '0' <= b && b <= '9' ||
			b == '_' || b == ':' || b == '-' || b == '.' || b >= utf8.RuneSelf
	}
	return t
}()

// validName says whether bytes that nameByte marks are a qualified name.
func validName(name []byte) bool {
	if len(name) == 0 {
		return false
	}
	if c := name[0]; '0' <= c && c <= '9' || c == '-' || c == '.' || c == ':' {
		return false
	}
	i := bytes.IndexByte(name, ':')
	return i < 0 || i+1 < len(name) && bytes.IndexByte(name[i+1:], ':') < 0
}

// startTag reads <name attribute="value" ...> and opens the element.
func (s *scanner) startTag() error {
	b := s.buf
	i := s.pos + 1
	for i < len(b) && nameByte[b[i]] {
		i++
	}
	name := b[s.pos+1 : i]
	s.attrs, s.values = s.attrs[:0], s.values[:0]
	declares, empty := false, false
	for {
		space := i
		for i < len(b) && white[b[i]] {
			i++
		}
		if i >= len(b) {
			return errShort
		}
		if b[i] == '>' {
			break
		}
		if b[i] == '/' {
			if i++; i == len(b) {
				return errShort
			}
			if b[i] != '>' {
				return s.fail(i, "found \"/\" within a tag")
			}
			empty = true
			break
		}
		from := i
		for i < len(b) && nameByte[b[i]] {
			i++
		}
		key := b[from:i]
		value, next, err := s.value(i)
		if err != nil {
			return err
		}
		if space == from || !validName(key) {
			return s.fail(from, "found no attribute; expected name=\"value\"")
		}
		i = next
		declares = declares || bytes.HasPrefix(key, xmlns)
		s.attrs = append(s.attrs, attr{name: key, value: value})
	}
	switch {
	case !validName(name):
		return s.fail(s.pos, "found \"<\" that begins no tag")
	case s.depth() == 0 && s.rooted:
		return s.fail(s.pos, "found a second root")
	case s.depth() == maxDepth:
		return s.fail(s.pos, "found more than %d elements within each other", maxDepth)
	}
	if a := doubled(s.attrs); a != nil {
		return s.fail(s.pos, "found the attribute %q twice", a)
	}
	s.rooted, s.pendingEnd = true, empty
	s.starts = append(s.starts, len(s.open))
	s.open = append(s.open, name...)
	if declares {
		s.declare()
	}
	ok := false
	if s.name, s.space, ok = s.resolve(name, s.space0); !ok {
		return s.fail(s.pos, "found the prefix of %q, which is not declared", name)
	}
	s.pos = i + 1
	return nil
}

// value reads ="value" at i and gives where it ends.
func (s *scanner) value(i int) (value []byte, next int, err error) {
	b := s.buf
	for i < len(b) && white[b[i]] {
		i++
	}
	if i < len(b) && b[i] != '=' {
		return nil, 0, s.fail(i, "found no value of an attribute; expected \"=\"")
	}
	for i++; i < len(b) && white[b[i]]; i++ {
	}
	if i >= len(b) {
		return nil, 0, errShort
	}
	quote := b[i]
	if quote != '"' && quote != '\'' {
		return nil, 0, s.fail(i, "found a value without quotes")
	}
	i++
	for from, plain := i, true; i < len(b); i++ {
		switch c := b[i]; {
		case c == quote:
			value = b[from:i]
			if !plain {
				value, err = s.decodeValue(from, value)
			}
			return value, i + 1, err
		case c == '<':
			return nil, 0, s.fail(i, "found \"<\" within a value")
		case c == '&' || c < ' ':
			plain = false
		}
	}
	return nil, 0, errShort
}

// decodeValue gives a value that is not as it stands: references are replaced,
// and each white space is a space.
func (s *scanner) decodeValue(at int, text []byte) ([]byte, error) {
	from := len(s.values)
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '&':
			n, r := reference(text[i:])
			if n == 0 {
				return nil, s.fail(at+i, "found \"&\" that begins no reference")
			}
			s.values = utf8.AppendRune(s.values, r)
			i += n - 1
		case c == '\r' && i+1 < len(text) && text[i+1] == '\n':
		case white[c]:
			s.values = append(s.values, ' ')
		default:
			s.values = append(s.values, c)
		}
	}
	return s.values[from:], nil
}

// doubled is the name of an attribute that stands twice, or nil.
func doubled(attrs []attr) []byte {
	for i := 1; i < len(attrs); i++ {
		for j := range i {
			if bytes.Equal(attrs[i].name, attrs[j].name) {
				return attrs[i].name
			}
		}
	}
	return nil
}

// endTag reads </name> and closes the element.
func (s *scanner) endTag() error {
	b := s.buf
	i := s.pos + 2
	for i < len(b) && nameByte[b[i]] {
		i++
	}
	name := b[s.pos+2 : i]
	for i < len(b) && white[b[i]] {
		i++
	}
	switch {
	case i >= len(b):
		return errShort
	case b[i] != '>':
		return s.fail(i, "found no end of the tag </%s", name)
	case s.depth() == 0:
		return s.fail(s.pos, "found </%s>, which nothing has opened", name)
	case !bytes.Equal(name, s.top()):
		return s.fail(s.pos, "found </%s>; expected </%s>", name, s.top())
	}
	s.pos = i + 1
	s.pop()
	return nil
}

// pop closes the innermost element.
func (s *scanner) pop() {
	last := len(s.starts) - 1
	s.open, s.starts = s.open[:s.starts[last]], s.starts[:last]
	s.undeclare()
}
