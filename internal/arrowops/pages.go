package arrowops

import (
	"slices"
	"unsafe"
)

// mostSpare is how many pages are made at once when there are many.
const mostSpare = 16

// pages is a table indexed by number that has only those pages that were asked
// for. Growing moves the directory, which is small.
type pages[P any] struct {
	dir   []*P // none where there is no page
	first int64
	made  int // pages there are
	spare []P // pages made that are not in use, all empty
	none  *P  // an empty page that is never written, so that it can be looked into
}

// find is a page by its number, or none.
func (t *pages[P]) find(page int64) *P {
	if at := uint64(page - t.first); at < uint64(len(t.dir)) {
		return t.dir[at]
	}
	return t.none
}

// make adds a page that is not there and gives it, or none where the directory
// would then have more than the given number of entries.
func (t *pages[P]) make(page int64, most int) *P {
	if len(t.dir) == 0 {
		t.first = page
	}
	from, to := min(page, t.first), max(page+1, t.first+int64(len(t.dir)))
	span := uint64(to) - uint64(from)
	if span > uint64(most) {
		return t.none
	}
	if int(span) > len(t.dir) {
		// Twice the room, on the side that grew.
		had := int64(len(t.dir))
		if page < t.first {
			from = to - max(int64(span), 2*had)
		} else {
			to = from + max(int64(span), 2*had)
		}
		dir := slices.Repeat([]*P{t.none}, int(to-from))
		copy(dir[t.first-from:], t.dir)
		t.dir, t.first = dir, from
	}
	if len(t.spare) == 0 {
		t.spare = room[P](min(t.made+1, mostSpare))
	}
	p := &t.spare[0]
	t.spare = t.spare[1:]
	t.dir[page-t.first] = p
	t.made++
	return p
}

// all gives the pages in order, with their numbers.
func (t *pages[P]) all(yield func(page int64, p *P) bool) {
	for i, p := range t.dir {
		if p != t.none && !yield(t.first+int64(i), p) {
			return
		}
	}
}

func (t *pages[P]) size() int64 {
	return bytesOf(t.dir) + int64(t.made+len(t.spare))*int64(unsafe.Sizeof(*t.none))
}
