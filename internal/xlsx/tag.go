package xlsx

import (
	"bytes"
	"unicode/utf8"
)

// startTag reads <name attribute="value" ...> and opens the element.
func (s *scanner) startTag() error {
	b := s.buf
	i, kind := nameEnd(b, s.pos+1)
	name := b[s.pos+1 : i]
	s.attrs, s.values, s.prefixed = s.attrs[:0], s.values[:0], false
	empty := false
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
		next, err := s.attribute(i)
		switch {
		case err != nil:
			return err
		case space == i:
			return s.fail(i, "found no white space before an attribute")
		case len(s.attrs) > maxAttrs:
			return s.fail(s.pos, "found more than %d attributes", maxAttrs)
		}
		i = next
	}
	if kind == noName {
		return s.fail(s.pos, "found \"<\" that begins no tag")
	}
	if err := s.push(name, kind); err != nil {
		return err
	}
	s.pendingEnd, s.pos = empty, i+1
	return nil
}

// push opens the element of a name, whose attributes are known.
func (s *scanner) push(name []byte, kind nameKind) error {
	switch {
	case s.depth() == 0 && s.rooted:
		return s.fail(s.pos, "found a second root")
	case s.depth() == maxDepth:
		return s.fail(s.pos, "found more than %d elements within each other", maxDepth)
	case doubled(s.attrs):
		return s.fail(s.pos, "found an attribute twice")
	}
	s.rooted = true
	s.starts = append(s.starts, len(s.open))
	s.open = append(s.open, name...)
	if s.prefixed {
		if err := s.declare(); err != nil {
			return err
		}
	}
	if s.name, s.space = name, s.space0; kind == prefixedName {
		ok := false
		if s.name, s.space, ok = s.resolve(name, s.space0); !ok {
			return s.fail(s.pos, "found an element whose prefix is not declared")
		}
	}
	return nil
}

// attribute reads name="value" at i and gives where it ends.
func (s *scanner) attribute(i int) (next int, err error) {
	end, kind := nameEnd(s.buf, i)
	key := s.buf[i:end]
	value, next, err := s.value(end)
	switch {
	case err != nil:
		return 0, err
	case kind == noName:
		return 0, s.fail(i, "found no attribute; expected name=\"value\"")
	}
	s.prefixed = s.prefixed || kind == prefixedName || string(key) == xmlns
	s.attrs = append(s.attrs, attr{name: key, value: value})
	return next, nil
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
		if !valueSpecial[b[i]] {
			continue
		}
		switch b[i] {
		case quote:
			value = b[from:i]
			if !plain {
				value, err = s.decodeValue(from, value)
			}
			return value, i + 1, err
		case '<':
			return nil, 0, s.fail(i, "found \"<\" within a value")
		case '"', '\'': // the other quote
		default:
			plain = false
		}
	}
	return nil, 0, errShort
}

// valueSpecial marks the bytes that the value of an attribute ends with, or
// cannot be taken with as it stands.
var valueSpecial = [256]bool{'"': true, '\'': true, '<': true, '&': true, '\t': true, '\n': true, '\r': true}

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

// doubled says whether an attribute stands twice.
func doubled(attrs []attr) bool {
	for i := 1; i < len(attrs); i++ {
		for j := range i {
			if bytes.Equal(attrs[i].name, attrs[j].name) {
				return true
			}
		}
	}
	return false
}

// endTag reads </name> and closes the element.
func (s *scanner) endTag() error {
	b := s.buf
	if s.depth() > 0 { // nearly always it is to the letter what was opened
		top := s.top()
		from := s.pos + len("</")
		end := from + len(top)
		if end < len(b) && b[end] == '>' && bytes.Equal(b[from:end], top) {
			s.pos = end + 1
			s.pop()
			return nil
		}
	}
	i, _ := nameEnd(b, s.pos+2)
	name := b[s.pos+2 : i]
	for i < len(b) && white[b[i]] {
		i++
	}
	switch {
	case i >= len(b):
		return errShort
	case b[i] != '>':
		return s.fail(i, "found an end tag that does not end")
	case s.depth() == 0:
		return s.fail(s.pos, "found the end of an element that nothing has opened")
	case !bytes.Equal(name, s.top()):
		return s.fail(s.pos, "found the end of another element than the one that is open")
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
