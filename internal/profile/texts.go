package profile

import (
	"bytes"
	"cmp"
	"maps"
	"math/bits"
	"slices"
	"unicode/utf8"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/axiomhq/hyperloglog"
	"github.com/zeebo/xxh3"
)

// texts counts the values of a column that are byte strings, in the order of these: as
// words does, but that the table has room for so many bytes only.
type texts struct {
	kind    *textKind
	null    int64
	slots   []uint32 // of the table, a power of two: the index of an entry and 1; 0 where it is free
	entries []entry
	arena   []byte              // the bytes of all entries
	sketch  *hyperloglog.Sketch // nil while the table has all
	least   []byte              // once there is a sketch, what is shown of them at most; nil where there is no value
	most    []byte
	scratch textScratch
}

// entry is one value of the table.
type entry struct {
	hash   uint64
	lo, hi uint32 // in the arena
	count  int64
}

// textRows are the texts of an array: row i has those bytes from offsets[i] on and
// before offsets[i+1].
type textRows struct {
	data    []byte
	offsets []int32
	valid   bitmap
}

// textScratch is memory for the texts of values that have none themselves.
type textScratch struct {
	data    []byte
	offsets []int32
}

func (c *texts) add(a arrow.Array) {
	c.null += int64(a.NullN())
	if a.Len() == a.NullN() {
		return
	}
	rows := c.kind.read(&c.scratch, a)
	for i := 0; i < a.Len(); i += 64 {
		for w := rows.valid.word(i, min(64, a.Len()-i)); w != 0; w &= w - 1 {
			row := i + bits.TrailingZeros64(w)
			text := rows.data[rows.offsets[row]:rows.offsets[row+1]]
			hash := xxh3.Hash(text)
			if c.sketch != nil {
				c.estimate(text, hash)
			} else {
				c.put(text, hash, 1)
			}
		}
	}
}

// put counts a value in the table, or gives up the table.
func (c *texts) put(text []byte, hash uint64, count int64) {
	if len(c.entries)*2 >= len(c.slots) {
		c.grow()
	}
	mask := uint64(len(c.slots) - 1)
	slot := hash & mask
	for ; c.slots[slot] != 0; slot = (slot + 1) & mask {
		e := &c.entries[c.slots[slot]-1]
		if e.hash == hash && string(c.arena[e.lo:e.hi]) == string(text) {
			e.count += count
			return
		}
	}
	if len(c.entries) == maxExact || len(c.arena)+len(text) > maxExactBytes {
		c.toSketch()
		c.estimate(text, hash)
		return
	}
	lo := uint32(len(c.arena))
	c.arena = append(c.arena, text...)
	c.entries = append(c.entries, entry{hash, lo, uint32(len(c.arena)), count})
	c.slots[slot] = uint32(len(c.entries))
}

func (c *texts) grow() {
	c.slots = make([]uint32, max(16, 2*len(c.slots)))
	mask := uint64(len(c.slots) - 1)
	for i, e := range c.entries {
		slot := e.hash & mask
		for c.slots[slot] != 0 {
			slot = (slot + 1) & mask
		}
		c.slots[slot] = uint32(i + 1)
	}
}

// text is the value of an entry.
func (c *texts) text(e *entry) []byte { return c.arena[e.lo:e.hi] }

// toSketch puts the values of the table into a sketch.
func (c *texts) toSketch() {
	old := *c
	c.sketch, c.slots, c.entries, c.arena = newSketch(), nil, nil, nil
	for i := range old.entries {
		e := &old.entries[i]
		c.estimate(old.text(e), e.hash)
	}
}

func (c *texts) estimate(text []byte, hash uint64) {
	c.sketch.InsertHash(hash)
	c.bound(text)
}

// bound moves the least and the greatest value to have text between them.
func (c *texts) bound(text []byte) {
	text = text[:min(len(text), maxShownBytes)]
	if c.least == nil || bytes.Compare(text, c.least) < 0 {
		c.least = append(make([]byte, 0, maxShownBytes), text...)
	}
	if c.most == nil || bytes.Compare(text, c.most) > 0 {
		c.most = append(make([]byte, 0, maxShownBytes), text...)
	}
}

func (c *texts) beside() counter { return &texts{kind: c.kind} }

func (c *texts) merge(from counter) {
	b := from.(*texts)
	c.null += b.null
	if b.sketch != nil {
		if c.sketch == nil {
			c.toSketch()
		}
		_ = c.sketch.Merge(b.sketch) // both have the same precision
		c.bound(b.least)
		c.bound(b.most)
		return
	}
	for i := range b.entries {
		e := &b.entries[i]
		if c.sketch != nil {
			c.estimate(b.text(e), e.hash)
		} else {
			c.put(b.text(e), e.hash, e.count)
		}
	}
}

func (c *texts) nulls() int64 { return c.null }

func (c *texts) distinct() (n int64, exact bool) {
	if c.sketch != nil {
		return int64(c.sketch.Estimate()), false
	}
	return int64(len(c.entries)), true
}

// all are the values of the table, ascending.
func (c *texts) all() (all []tally[string]) {
	for i := range c.entries {
		e := &c.entries[i]
		all = append(all, tally[string]{string(c.text(e)), e.count})
	}
	slices.SortFunc(all, func(a, b tally[string]) int { return cmp.Compare(a.value, b.value) })
	return all
}

func (c *texts) values(drawn drawn, whole bool) *Values {
	if c.sketch == nil {
		all := c.all()
		v := describe(all, true, &c.kind.kind)
		v.Set = set(all, &c.kind.kind)
		if c.kind.spread == nil {
			v.Histogram = lengthsOf(all)
		}
		return v
	}
	keys, lengths := drawn.(*drawnTexts).texts()
	v := describe(talliesOf(keys), whole, &c.kind.kind)
	v.Min, v.Max = c.kind.shown(string(c.least)), c.kind.shown(string(c.most))
	if c.kind.spread == nil {
		v.Histogram = lengthHistogram(talliesOf(lengths))
	}
	return v
}

// lengthsOf spreads texts out by their lengths.
func lengthsOf(all []tally[string]) *Histogram {
	counts := map[int64]int64{}
	for _, t := range all {
		counts[int64(utf8.RuneCountInString(t.value))] += t.count
	}
	var lengths []tally[int64]
	for _, length := range slices.Sorted(maps.Keys(counts)) {
		lengths = append(lengths, tally[int64]{length, counts[length]})
	}
	return lengthHistogram(lengths)
}

func lengthHistogram(lengths []tally[int64]) *Histogram {
	h := histogram(lengths, &int64Kind.kind)
	if h != nil {
		h.Of = OfLengths
	}
	return h
}

func (c *texts) newDrawn() drawn { return &drawnTexts{kind: c.kind} }
