package profile

import (
	"cmp"
	"math/bits"
	"slices"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/axiomhq/hyperloglog"
)

// words counts the values of a column that are 64-bit words, in the order of the
// values: every one as long as there are at most maxExact, in a table with open
// addressing; then a sketch has them, and the least and the greatest.
type words struct {
	kind    *wordKind
	null    int64
	keys    []int64 // slots of the table, a power of two
	counts  []int64 // by slot; 0 where it is free
	used    int
	sketch  *hyperloglog.Sketch // nil while the table has all
	least   int64               // once there is a sketch
	most    int64
	scratch []int64
}

// chunk is how many values are taken at a time: few enough that they stay in the
// first cache.
const chunk = 1024

func (c *words) add(a arrow.Array) {
	c.null += int64(a.NullN())
	for lo := 0; lo < a.Len(); lo += chunk {
		c.count(c.read(a, lo, min(lo+chunk, a.Len())))
	}
}

// read gives the values of rows lo to hi-1 that are not null; they are good until the
// next call.
func (c *words) read(a arrow.Array, lo, hi int) []int64 {
	if c.scratch == nil {
		c.scratch = make([]int64, chunk)
	}
	return c.kind.read(c.scratch[:0], a, lo, hi)
}

func (c *words) count(values []int64) {
	for i, v := range values {
		if c.sketch != nil {
			c.estimate(values[i:])
			return
		}
		c.put(v, 1)
	}
}

// put counts a value in the table, or gives up the table.
func (c *words) put(v, count int64) {
	if c.used*2 >= len(c.keys) {
		c.grow()
	}
	mask := len(c.keys) - 1
	slot := int(mix(uint64(v))) & mask
	for c.counts[slot] != 0 && c.keys[slot] != v {
		slot = (slot + 1) & mask
	}
	if c.counts[slot] == 0 {
		if c.used == maxExact {
			c.toSketch()
			c.estimate([]int64{v})
			return
		}
		c.keys[slot] = v
		c.used++
	}
	c.counts[slot] += count
}

func (c *words) grow() {
	keys, counts := c.keys, c.counts
	size := max(16, 2*len(keys))
	c.keys, c.counts, c.used = make([]int64, size), make([]int64, size), 0
	for slot, count := range counts {
		if count != 0 {
			c.put(keys[slot], count)
		}
	}
}

// toSketch puts the values of the table into a sketch.
func (c *words) toSketch() {
	keys, counts := c.keys, c.counts
	c.sketch, c.keys, c.counts, c.used = newSketch(), nil, nil, 0
	c.least, c.most = 1<<63-1, -1<<63
	for slot, count := range counts {
		if count != 0 {
			c.estimate(keys[slot : slot+1])
		}
	}
}

func (c *words) estimate(values []int64) {
	least, most, sketch := c.least, c.most, c.sketch
	for _, v := range values {
		least, most = min(least, v), max(most, v)
		sketch.InsertHash(mix(uint64(v)))
	}
	c.least, c.most = least, most
}

func (c *words) beside() counter { return &words{kind: c.kind} }

func (c *words) merge(from counter) { c.mergeWords(from.(*words)) }

func (c *words) mergeWords(b *words) {
	c.null += b.null
	if b.sketch != nil {
		if c.sketch == nil {
			c.toSketch()
		}
		_ = c.sketch.Merge(b.sketch) // both have the same precision
		c.least, c.most = min(c.least, b.least), max(c.most, b.most)
		return
	}
	for slot, count := range b.counts {
		switch {
		case count == 0:
		case c.sketch != nil:
			c.estimate(b.keys[slot : slot+1])
		default:
			c.put(b.keys[slot], count)
		}
	}
}

func (c *words) nulls() int64 { return c.null }

func (c *words) distinct() (n int64, exact bool) {
	if c.sketch != nil {
		return int64(c.sketch.Estimate()), false
	}
	return int64(c.used), true
}

// all are the values of the table, ascending.
func (c *words) all() (all []tally[int64]) {
	for slot, count := range c.counts {
		if count != 0 {
			all = append(all, tally[int64]{c.keys[slot], count})
		}
	}
	slices.SortFunc(all, func(a, b tally[int64]) int { return cmp.Compare(a.value, b.value) })
	return all
}

func (c *words) values(drawn drawn, whole bool) *Values {
	if c.sketch == nil {
		all := c.all()
		v := describe(all, true, &c.kind.kind)
		v.Set = set(all, &c.kind.kind)
		return v
	}
	v := describe(talliesOf(drawn.(*drawnWords).words()), whole, &c.kind.kind)
	v.Min, v.Max = c.kind.shown(c.least), c.kind.shown(c.most)
	return v
}

func (c *words) newDrawn() drawn { return &drawnWords{read: c.kind.read} }

// bools counts booleans: the words 0 and 1.
type bools struct{ words }

func (c *bools) add(a arrow.Array) {
	data := a.(*array.Boolean)
	if data.Len() == 0 {
		return
	}
	c.null += int64(data.NullN())
	valid, values := validity(data), valuesOf(data)
	var trues, falses int
	for i := 0; i < data.Len(); i += 64 {
		rows := min(64, data.Len()-i)
		v, w := valid.word(i, rows), values.word(i, rows)
		trues += bits.OnesCount64(v & w)
		falses += bits.OnesCount64(v &^ w)
	}
	for value, count := range []int{falses, trues} {
		if count > 0 {
			c.put(int64(value), int64(count))
		}
	}
}

func (c *bools) beside() counter { return &bools{words{kind: c.kind}} }

func (c *bools) merge(from counter) { c.mergeWords(&from.(*bools).words) }
