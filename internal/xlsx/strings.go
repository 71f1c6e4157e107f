package xlsx

import (
	"fmt"
	"slices"
	"strconv"
)

// stringTable is the shared strings of a workbook, one after the other.
type stringTable struct {
	text []byte
	ends []int // of each string in text
	bad  []int // strings that hold what no text can, see unescape; ascending
}

// get gives a string, which is not to be changed; ok is false where there is no such.
func (t *stringTable) get(i int) (text []byte, bad, ok bool) {
	if t == nil || i < 0 || i >= len(t.ends) {
		return nil, false, false
	}
	from, end := 0, t.ends[i]
	if i > 0 {
		from = t.ends[i-1]
	}
	if len(t.bad) > 0 {
		_, bad = slices.BinarySearch(t.bad, i)
	}
	return t.text[from:end:end], bad, true
}

// size is how many bytes the strings take.
func (t *stringTable) size() int64 {
	const word = 8
	return int64(len(t.text)) + word*int64(len(t.ends)+len(t.bad))
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
	ahead := newReadAhead(in)
	defer ahead.Close()
	t := &stringTable{}
	s := newScanner(ahead, in.room(scanBuffer))
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
			t.bad = append(t.bad, len(t.ends))
		}
		t.ends = append(t.ends, len(t.text))
		if limit > 0 && t.size() > limit {
			return fmt.Errorf("found shared strings of more than %d bytes; expected less: if it is a sound workbook, raise the limit \"strings\"", limit)
		}
	}
}

// richText adds the text of the element that is open (a shared or an inline
// string) to dst: of its runs one after the other, without what tells how East
// Asian text is spoken. White space is text. ok is as of unescape.
func (s *scanner) richText(dst []byte) (text []byte, ok bool, err error) {
	from, run := len(dst), false // run: the element that is open is one
	ok = true
	for {
		if text, found := s.literal("t"); found {
			good := true
			if dst, good = appendEscaped(dst, text); !good {
				ok = false
			}
			if len(dst)-from > maxToken {
				return dst, ok, s.fail(s.pos, "found a text of more than %d bytes", maxToken)
			}
			continue
		}
		more, err := s.child()
		switch {
		case err != nil:
			return dst, ok, err
		case !more && run:
			run = false
			continue
		case !more:
			return dst, ok, nil
		case len(dst)-from > maxToken:
			return dst, ok, s.fail(s.pos, "found a text of more than %d bytes", maxToken)
		}
		switch name := string(s.name); {
		case s.space != mainSpace:
			return dst, ok, s.fail(s.pos, "found an element of another namespace within a string")
		case name == "t":
			good := true
			if dst, good, err = s.escaped(dst); !good {
				ok = false
			}
		case name == "r" && !run:
			run = true
		case name == "rPr" || name == "rPh" || name == "phoneticPr" || name == "extLst":
			err = s.skip()
		default:
			return dst, ok, s.fail(s.pos, "found another element within a string; expected its text")
		}
		if err != nil {
			return dst, ok, err
		}
	}
}

// escaped is content of a text that may have escapes; ok is as of unescape.
func (s *scanner) escaped(dst []byte) (text []byte, ok bool, err error) {
	from := len(dst)
	if dst, err = s.content(dst); err != nil {
		return dst, true, err
	}
	plain, ok := unescape(dst[from:])
	return dst[:from+len(plain)], ok, nil
}

// appendEscaped adds a text that may have escapes; ok is as of unescape.
func appendEscaped(dst, text []byte) (all []byte, ok bool) {
	from := len(dst)
	dst = append(dst, text...)
	plain, ok := unescape(dst[from:])
	return dst[:from+len(plain)], ok
}
