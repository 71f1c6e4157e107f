package changes

import (
	"cmp"
	"slices"
)

// hashes are the keys of rows by their hashes: as many parts of all keys as there
// is room for, one at a time. The first is found out as they come.
type hashes struct {
	rows  []hashed
	most  int    // rows that there is room for; 0 is no bound
	parts uint64 // a power of two
	part  uint64 // the one at hand: the hashes whose lowest bits it is
}

// hashed is one row.
type hashed struct {
	hash uint64
	row  int64 // its number in its state, doubled, and the side
}

const hashedBytes = 16

func (h hashed) side() side    { return side(h.row & 1) }
func (h hashed) number() int64 { return h.row >> 1 }

// leastRows is what there always is room for.
const leastRows = 8

func newHashes(memory int64) *hashes {
	h := &hashes{parts: 1}
	if memory > 0 {
		h.most = max(leastRows, int(memory/hashedBytes))
	}
	return h
}

// add adds a row whose hash is of the part at hand. Where there is no room, the
// parts of the first become twice as many.
func (h *hashes) add(hash uint64, s side, row int64) {
	if hash&(h.parts-1) != h.part {
		return
	}
	if h.most > 0 && len(h.rows) >= h.most && h.part == 0 {
		h.halve()
		if hash&(h.parts-1) != 0 {
			return
		}
	}
	h.rows = append(h.rows, hashed{hash: hash, row: row<<1 | int64(s)})
}

// halve gives up what is not of the first of twice as many parts. Where that is
// next to nothing many rows have one key, which is an error in the end, and more
// parts are no help.
func (h *hashes) halve() {
	h.parts *= 2
	h.rows = slices.DeleteFunc(h.rows, func(r hashed) bool { return r.hash&(h.parts-1) != 0 })
	if len(h.rows) > h.most/4*3 {
		h.most *= 2
	}
}

// advance turns to the next part, of which there are no rows yet. It is false
// behind the last.
func (h *hashes) advance() bool {
	h.part++
	h.rows = h.rows[:0]
	return h.part < h.parts
}

// groups gives the rows that have one hash, where there is more than one such row:
// those of the state before first, each in order.
func (h *hashes) groups(group func(rows []hashed)) {
	slices.SortFunc(h.rows, func(x, y hashed) int {
		if c := cmp.Compare(x.hash, y.hash); c != 0 {
			return c
		}
		if c := cmp.Compare(x.side(), y.side()); c != 0 {
			return c
		}
		return cmp.Compare(x.row, y.row)
	})
	for lo := 0; lo < len(h.rows); {
		hi := lo + 1
		for hi < len(h.rows) && h.rows[hi].hash == h.rows[lo].hash {
			hi++
		}
		if hi-lo > 1 {
			group(h.rows[lo:hi])
		}
		lo = hi
	}
}
