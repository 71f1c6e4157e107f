package profile

import (
	"math"
	"math/bits"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
)

// words counts the values of a column that are 64-bit words, in the order of the
// values: every one as long as there are at most maxExact, in a table with open
// addressing; then a sketch has them, and the least and the greatest.
type words struct {
	kind    *wordKind
	null    int64
	slots   []tally[int64] // of the table, a power of two; the count is 0 where one is free
	used    int
	sketch  *sketch // nil while the table has all
	least   int64   // once there is a sketch
	most    int64
	scratch []int64
}

// chunk is how many values are taken at a time: few enough that they stay in the
// first cache.
const chunk = 1024

func (c *words) add(a arrow.Array) {
	c.null += int64(a.NullN())
	if c.scratch == nil {
		c.scratch = make([]int64, chunk)
	}
	for lo := 0; lo < a.Len(); lo += chunk {
		c.count(c.kind.all(c.scratch, a, lo, min(lo+chunk, a.Len())))
	}
}

func (c *words) count(values []int64) {
	for len(values) > 0 {
		if c.sketch != nil {
			c.estimate(values)
			return
		}
		v, run := values[0], 1 // the same in all rows, in some columns
		for run < len(values) && values[run] == v {
			run++
		}
		values = values[run:]
		if len(c.slots) > 0 { // mostly it stands where it is looked for first
			if s := &c.slots[mix(uint64(v))&uint64(len(c.slots)-1)]; s.value == v && s.count > 0 {
				s.count += int64(run)
				continue
			}
		}
		c.put(v, int64(run))
	}
}

// put counts a value in the table, or gives up the table.
func (c *words) put(v, count int64) {
	if c.used*2 >= len(c.slots) {
		c.grow()
	}
	mask := uint64(len(c.slots) - 1)
	at := mix(uint64(v)) & mask
	for c.slots[at].count != 0 && c.slots[at].value != v {
		at = (at + 1) & mask
	}
	if c.slots[at].count == 0 {
		if c.used == maxExact {
			c.toSketch()
			c.estimate([]int64{v})
			return
		}
		c.slots[at].value = v
		c.used++
	}
	c.slots[at].count += count
}

func (c *words) grow() {
	old := c.slots
	c.slots, c.used = make([]tally[int64], max(16, 2*len(old))), 0
	for _, s := range old {
		if s.count != 0 {
			c.put(s.value, s.count)
		}
	}
}

// toSketch puts the values of the table into a sketch.
func (c *words) toSketch() {
	old := c.slots
	c.sketch, c.slots, c.used = &sketch{}, nil, 0
	c.least, c.most = math.MaxInt64, math.MinInt64
	for _, s := range old {
		if s.count != 0 {
			c.estimate([]int64{s.value})
		}
	}
}

func (c *words) estimate(values []int64) {
	least, most, sketch := c.least, c.most, c.sketch
	for _, v := range values {
		least, most = min(least, v), max(most, v)
		sketch.add(mix(uint64(v)))
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
		c.sketch.merge(b.sketch)
		c.least, c.most = min(c.least, b.least), max(c.most, b.most)
		return
	}
	for _, s := range b.slots {
		switch {
		case s.count == 0:
		case c.sketch != nil:
			c.estimate([]int64{s.value})
		default:
			c.put(s.value, s.count)
		}
	}
}

func (c *words) nulls() int64 { return c.null }

func (c *words) distinct() (n int64, exact bool) {
	if c.sketch != nil {
		return c.sketch.distinct(), false
	}
	return int64(c.used), true
}

// all are the values of the table, ascending.
func (c *words) all() (all []tally[int64]) {
	for _, s := range c.slots {
		if s.count != 0 {
			all = append(all, s)
		}
	}
	return ascending(all)
}

func (c *words) values(drawn drawn, whole bool) *Values {
	k := &c.kind.kind
	if c.sketch == nil {
		all := c.all()
		v := describe(all, true, k)
		v.Set = set(all, k)
		return v
	}
	v := describe(talliesOf(drawn.(*drawnWords).words()), whole, k)
	v.Min, v.Max = k.shown(c.least), k.shown(c.most)
	return v
}

func (c *words) newDrawn() drawn { return &drawnWords{read: c.kind.one} }

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
