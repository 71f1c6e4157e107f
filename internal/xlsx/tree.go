package xlsx

import "io"

// child gives the next child of the element that is open, which it starts; it
// is false at the end of that element. A child that was started must be read
// to its end (by child, content or skip) before the next.
func (s *scanner) child() (bool, error) {
	for {
		t, err := s.next()
		switch {
		case err == io.EOF:
			return false, s.fail(s.pos, "found the end of the document")
		case err != nil:
			return false, err
		case t == startTag:
			return true, nil
		case t == endTag:
			return false, nil
		case !blank(s.text):
			return false, s.fail(s.pos, "found text between elements")
		}
	}
}

// literal gives the text of the next child, and passes over it, if that is an
// element of the main namespace that stands in the buffer as <name>text</name>
// to the letter. Nearly all values do, and child and content need not look at
// them. The text is valid until the next token.
func (s *scanner) literal(name string) (text []byte, ok bool) {
	rest := s.buf[s.pos:]
	from, end := len(name)+len("<>"), 0
	if s.pendingEnd || s.space0 != mainSpace || s.depth() == maxDepth || len(rest) < from || rest[0] != '<' || string(rest[1:from-1]) != name || rest[from-1] != '>' {
		return nil, false
	}
	for end = from; end < len(rest) && !special[rest[end]]; end++ {
	}
	next := end + len(name) + len("</>")
	if len(rest) < next || rest[end] != '<' || rest[end+1] != '/' || string(rest[end+2:next-1]) != name || rest[next-1] != '>' {
		return nil, false
	}
	s.pos += next
	return rest[from:end], true
}

// content adds the text of the element that is open, to its end. It has no
// children.
func (s *scanner) content(dst []byte) ([]byte, error) {
	for from := len(dst); ; {
		t, err := s.next()
		switch {
		case err != nil:
			return dst, err
		case t == startTag:
			return dst, s.fail(s.pos, "found an element within text") // its name may be of the text
		case t == endTag:
			return dst, nil
		}
		if dst = append(dst, s.text...); len(dst)-from > maxToken {
			return dst, s.fail(s.pos, "found a text of more than %d bytes", maxToken)
		}
	}
}

// skip passes over the rest of the element that is open.
func (s *scanner) skip() error {
	for depth := s.depth(); s.depth() >= depth; {
		if _, err := s.next(); err != nil {
			return err
		}
	}
	return nil
}

// root starts the root, which must be the named one of a namespace.
func (s *scanner) root(space namespace, name string) error {
	for {
		t, err := s.next()
		switch {
		case err != nil:
			return err
		case t == startTag && (s.space != space || string(s.name) != name):
			return s.fail(s.pos, "found <%.40s> as the root; expected <%s>", s.name, name)
		case t == startTag:
			return nil
		}
	}
}

// end reads to the end of the document, the root having been closed.
func (s *scanner) end() error {
	if _, err := s.next(); err != io.EOF {
		return err
	}
	return nil
}
