package profile

import (
	"bytes"
	"maps"
	"math/bits"
	"slices"
	"unicode/utf8"

	"github.com/apache/arrow/go/v17/arrow"
)

// texts counts the values of a column that are byte strings, in the order of these: as
// words does, but that the table has room for so many bytes only.
type texts struct {
	kind    *textKind
	null    int64
	slots   []uint16 // of the table, a power of two: the index of an entry and 1; 0 where it is free
	entries []entry
	arena   []byte  // the bytes of all entries
	sketch  *sketch // nil while the table has all
	least   bound   // once there is a sketch
	most    bound
	scratch textScratch
}

// entry is one value of the table.
type entry struct {
	mark
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
			m := markOf(text)
			switch {
			case c.sketch != nil:
				c.estimate(text, m)
			case !c.known(text, m):
				c.put(text, m, 1)
			}
		}
	}
}

// known counts a value that stands where it is looked for first, as most do.
func (c *texts) known(text []byte, m mark) bool {
	if len(c.slots) == 0 {
		return false
	}
	at := int(c.slots[m.hash&uint64(len(c.slots)-1)]) - 1
	if at < 0 || !c.is(&c.entries[at], text, m) {
		return false
	}
	c.entries[at].count++
	return true
}

// is says whether an entry has a text.
func (c *texts) is(e *entry, text []byte, m mark) bool {
	return e.mark == m && (len(text) <= maxMarked || string(c.text(e)) == string(text))
}

// text is the value of an entry.
func (c *texts) text(e *entry) []byte { return c.arena[e.lo:e.hi] }

// put counts a value in the table, or gives up the table.
func (c *texts) put(text []byte, m mark, count int64) {
	if len(c.entries)*sparse >= len(c.slots) {
		c.grow()
	}
	mask := uint64(len(c.slots) - 1)
	slot := m.hash & mask
	for ; c.slots[slot] != 0; slot = (slot + 1) & mask {
		if e := &c.entries[c.slots[slot]-1]; c.is(e, text, m) {
			e.count += count
			return
		}
	}
	if len(c.entries) == maxExact || len(c.arena)+len(text) > maxExactBytes {
		c.toSketch()
		c.estimate(text, m)
		return
	}
	lo := uint32(len(c.arena))
	c.arena = append(c.arena, text...)
	c.entries = append(c.entries, entry{m, lo, uint32(len(c.arena)), count})
	c.slots[slot] = uint16(len(c.entries))
}

// sparse is how many slots there are for each entry at least: so many that most
// entries stand where they are looked for first.
const sparse = 16

func (c *texts) grow() {
	c.slots = make([]uint16, max(16, 2*len(c.slots)))
	mask := uint64(len(c.slots) - 1)
	for i, e := range c.entries {
		slot := e.hash & mask
		for c.slots[slot] != 0 {
			slot = (slot + 1) & mask
		}
		c.slots[slot] = uint16(i + 1)
	}
}

// toSketch puts the values of the table into a sketch.
func (c *texts) toSketch() {
	old := *c
	c.sketch, c.slots, c.entries, c.arena = &sketch{}, nil, nil, nil
	for i := range old.entries {
		e := &old.entries[i]
		c.estimate(old.text(e), e.mark)
	}
}

func (c *texts) estimate(text []byte, m mark) {
	c.sketch.add(m.hash)
	c.extend(text, m.head())
}

// extend moves the least and the greatest value to have a text between them.
func (c *texts) extend(text []byte, head uint64) {
	if head <= c.least.head || c.least.text == nil {
		c.least.move(text, head, -1)
	}
	if head >= c.most.head {
		c.most.move(text, head, 1)
	}
}

// bound is the least or the greatest text, as far as it is shown; nil where there was
// none. Most texts are told from it by their heads.
type bound struct {
	head uint64
	text []byte
}

// move makes a text the bound if it compares to it by sign.
func (b *bound) move(text []byte, head uint64, sign int) {
	text = text[:min(len(text), maxShownBytes)]
	if b.text == nil || bytes.Compare(text, b.text) == sign {
		b.head, b.text = head, append(make([]byte, 0, len(text)+1), text...)
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
		c.sketch.merge(b.sketch)
		c.extend(b.least.text, b.least.head)
		c.extend(b.most.text, b.most.head)
		return
	}
	for i := range b.entries {
		e := &b.entries[i]
		if c.sketch != nil {
			c.estimate(b.text(e), e.mark)
		} else {
			c.put(b.text(e), e.mark, e.count)
		}
	}
}

func (c *texts) nulls() int64 { return c.null }

func (c *texts) distinct() (n int64, exact bool) {
	if c.sketch != nil {
		return c.sketch.distinct(), false
	}
	return int64(len(c.entries)), true
}

// all are the values of the table, ascending.
func (c *texts) all() (all []tally[string]) {
	for i := range c.entries {
		e := &c.entries[i]
		all = append(all, tally[string]{string(c.text(e)), e.count})
	}
	return ascending(all)
}

func (c *texts) values(drawn drawn, whole bool) *Values {
	k := &c.kind.kind
	if c.sketch == nil {
		all := c.all()
		v := describe(all, true, k)
		v.Set = set(all, k)
		if k.spread == nil {
			v.Histogram = lengthHistogram(lengthsOf(all))
		}
		return v
	}
	texts, lengths := drawn.(*drawnTexts).texts()
	v := describe(talliesOf(texts), whole, k)
	v.Min, v.Max = k.shown(string(c.least.text)), k.shown(string(c.most.text))
	if k.spread == nil {
		v.Histogram = lengthHistogram(talliesOf(lengths))
	}
	return v
}

// lengthsOf counts the lengths of texts.
func lengthsOf(all []tally[string]) (lengths []tally[int64]) {
	counts := map[int64]int64{}
	for _, t := range all {
		counts[int64(utf8.RuneCountInString(t.value))] += t.count
	}
	for _, length := range slices.Sorted(maps.Keys(counts)) {
		lengths = append(lengths, tally[int64]{length, counts[length]})
	}
	return lengths
}

// lengthHistogram spreads texts out by their lengths.
func lengthHistogram(lengths []tally[int64]) *Histogram {
	h := histogram(lengths, &int64Kind.kind)
	if h != nil {
		h.Of = OfLengths
	}
	return h
}

func (c *texts) newDrawn() drawn { return &drawnTexts{kind: c.kind} }
