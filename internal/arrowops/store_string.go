package arrowops

import "math"

// StringStore keeps a text, or null, for each id. Its zero value is ready to
// use.
//
// The texts stand one after the other in one stretch of memory. A text that is
// replaced by one no longer is overwritten in place, otherwise it is left
// behind; when more than half of the memory was left behind the texts are
// moved together.
type StringStore struct {
	spans []span
	text  []byte
	live  int // bytes of text that spans refer to

	offsets []int32 // of the last View
	viewed  []byte
	valid   bitset
}

// span is where a text stands: text[start : start+size-1], or null where size
// is 0.
type span struct{ start, size int }

// minGarbage is how much text must have been left behind before it is worth
// moving anything.
const minGarbage = 4096

// Set keeps a copy of v, or null where ok is false, for an id.
func (s *StringStore) Set(id int, v string, ok bool) {
	if id >= len(s.spans) {
		s.spans = extend(s.spans, id+1)
	}
	at := &s.spans[id]
	had := max(at.size-1, 0)
	switch {
	case !ok:
		*at = span{}
		s.live -= had
	case len(v) <= had:
		copy(s.text[at.start:], v)
		at.size = len(v) + 1
		s.live += len(v) - had
	default:
		*at = span{start: len(s.text), size: len(v) + 1}
		s.text = append(s.text, v...)
		s.live += len(v) - had
	}
	if garbage := len(s.text) - s.live; garbage > minGarbage && garbage > s.live {
		s.compact()
	}
}

// compact moves the texts to new memory, in the order of their ids.
func (s *StringStore) compact() {
	text := make([]byte, 0, s.live+s.live/2)
	for i, at := range s.spans {
		if at.size == 0 {
			continue
		}
		s.spans[i].start = len(text)
		text = append(text, s.text[at.start:at.start+at.size-1]...)
	}
	s.text = text
}

// Get is the text of an id and whether it is not null. The text is good until
// the next Set of that id.
func (s *StringStore) Get(id int) (string, bool) {
	if uint(id) >= uint(len(s.spans)) || s.spans[id].size == 0 {
		return "", false
	}
	at := s.spans[id]
	return alias(s.text[at.start : at.start+at.size-1]), true
}

// View looks at copies of ids lo to hi, hi excluded. It is good until the next
// call of View. It panics where the texts are longer than 2 GiB in all: ask for
// fewer ids, or use Get.
func (s *StringStore) View(lo, hi int) Strings {
	offsets := append(make([]int32, 0, hi-lo+1), 0)
	var viewed []byte
	var valid bitset
	valid = extend(valid, (hi-lo+7)/8)
	for id := lo; id < hi; id++ {
		v, ok := s.Get(id)
		valid.put(id-lo, ok)
		viewed = append(viewed, v...)
		if len(viewed) > math.MaxInt32 {
			panic("arrowops: a view of more than 2 GiB of text")
		}
		offsets = append(offsets, int32(len(viewed)))
	}
	return Strings{text: alias(viewed), offsets: offsets, validity: validity{bits: valid}}
}
