package xlsx

import (
	"fmt"
	"strconv"
)

// stringTable is the shared strings of a workbook, one after the other.
type stringTable struct {
	text []byte
	ends []int        // of each string in text
	bad  map[int]bool // strings that hold what no text can, see unescape
}

// get gives a string; ok is false where there is no such.
func (t *stringTable) get(i int) (text []byte, bad, ok bool) {
	if t == nil || i < 0 || i >= len(t.ends) {
		return nil, false, false
	}
	from := 0
	if i > 0 {
		from = t.ends[i-1]
	}
	return t.text[from:t.ends[i]], t.bad[i], true
}

// loadStrings reads the shared strings, once a workbook.
func (b *Book) loadStrings() error {
	if b.table != nil || b.strings == "" {
		return nil
	}
	in, err := b.archive.open(b.strings)
	if err != nil {
		return err
	}
	defer in.Close() // only read
	ahead := newReadAhead(in)
	defer ahead.Close()
	t := &stringTable{bad: map[int]bool{}}
	s := newScanner(ahead)
	if err := t.load(s, b.archive.limits.Strings); err != nil {
		return inPart(b.strings, err)
	}
	b.table = t
	return nil
}

func (t *stringTable) load(s *scanner, limit int64) error {
	if err := s.root(mainSpace, "sst"); err != nil {
		return err
	}
	if declared, ok := s.attr("uniqueCount"); ok {
		if n, err := strconv.Atoi(string(declared)); err == nil && n >= 0 {
			t.ends = make([]int, 0, min(n, 1<<20))
		}
	}
	for {
		more, err := s.child()
		switch {
		case err != nil:
			return err
		case !more:
			return s.end()
		}
		if s.space != mainSpace || string(s.name) != "si" {
			if err := s.skip(); err != nil {
				return err
			}
			continue
		}
		ok := true
		if t.text, ok, err = s.richText(t.text); err != nil {
			return err
		}
		if !ok {
			t.bad[len(t.ends)] = true
		}
		t.ends = append(t.ends, len(t.text))
		if limit > 0 && int64(len(t.text)) > limit {
			return fmt.Errorf("found shared strings of more than %d bytes; expected less: if it is a sound workbook, raise the limit \"strings\"", limit)
		}
	}
}

// richText adds the text of the element that is open (a shared or an inline
// string) to dst: of its runs one after the other, without what tells how East
// Asian text is spoken. White space is text. ok is as of unescape.
func (s *scanner) richText(dst []byte) (text []byte, ok bool, err error) {
	ok = true
	for {
		more, err := s.child()
		if !more || err != nil {
			return dst, ok, err
		}
		if s.space != mainSpace {
			return dst, ok, s.fail(s.pos, "found <%s> within a string", s.name)
		}
		switch string(s.name) {
		case "t":
			from := len(dst)
			if dst, err = s.content(dst); err != nil {
				return dst, ok, err
			}
			plain, good := unescape(dst[from:])
			dst, ok = dst[:from+len(plain)], ok && good
		case "r":
			good := true
			if dst, good, err = s.richText(dst); err != nil {
				return dst, ok, err
			}
			ok = ok && good
		case "rPr", "rPh", "phoneticPr", "extLst":
			if err := s.skip(); err != nil {
				return dst, ok, err
			}
		default:
			return dst, ok, s.fail(s.pos, "found <%s> within a string; expected its text", s.name)
		}
	}
}
