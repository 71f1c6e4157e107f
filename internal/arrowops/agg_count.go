package arrowops

// Count counts calls for each id.
type Count struct{ counts []int64 }

// Add counts one for an id.
func (c *Count) Add(id int) {
	if id >= len(c.counts) {
		c.counts = extend(c.counts, id+1)
	}
	c.counts[id]++
}

// Next is Add, and gives how many calls there were for the id with this one.
func (c *Count) Next(id int) int64 {
	c.Add(id)
	return c.counts[id]
}

// Get is how many calls there were for an id, 0 for one never added; ok is
// false for a negative id only.
func (c *Count) Get(id int) (n int64, ok bool) {
	if id < len(c.counts) && id >= 0 {
		return c.counts[id], true
	}
	return 0, id >= 0
}

// CountDistinctInt counts the distinct integers, dates or timestamps of each id.
//
// It is one hash table of pairs (id, value), built as that of IntKeys.
type CountDistinctInt[T Int] struct {
	counts Count
	slots  []pairSlot[T]
	pairs  int
}

type pairSlot[T Int] struct {
	value T
	ref   int32 // id + 1; 0 where the slot is empty
}

// Add considers v for an id.
func (c *CountDistinctInt[T]) Add(id int, v T) {
	if tooFull(c.pairs+1, len(c.slots)) {
		c.grow()
	}
	want := pairSlot[T]{value: v, ref: int32(id + 1)}
	mask := uint64(len(c.slots) - 1)
	for i := want.hash(); ; i++ {
		s := &c.slots[i&mask]
		if s.ref == 0 {
			*s = want
			c.pairs++
			c.counts.Add(id)
			return
		}
		if *s == want {
			return
		}
	}
}

func (s pairSlot[T]) hash() uint64 { return hashPair(uint64(s.ref), uint64(s.value)) }

func (c *CountDistinctInt[T]) grow() {
	old := c.slots
	c.slots = make([]pairSlot[T], max(2*len(old), minRows))
	mask := uint64(len(c.slots) - 1)
	for _, s := range old {
		if s.ref == 0 {
			continue
		}
		i := s.hash()
		for c.slots[i&mask].ref != 0 {
			i++
		}
		c.slots[i&mask] = s
	}
}

// Get is how many distinct values an id has, as Count.Get.
func (c *CountDistinctInt[T]) Get(id int) (n int64, ok bool) { return c.counts.Get(id) }

// CountDistinctString counts the distinct texts of each id, or values of other
// types as the AppendKey functions encode them. A text that many ids have is
// kept once.
type CountDistinctString struct {
	texts *StringKeys
	pairs CountDistinctInt[int32]
}

// Add considers v for an id.
func (c *CountDistinctString) Add(id int, v string) {
	if c.texts == nil {
		c.texts = NewStringKeys()
	}
	text, _ := c.texts.Assign(v)
	c.pairs.Add(id, int32(text))
}

// AddBytes is Add of the same bytes.
func (c *CountDistinctString) AddBytes(id int, v []byte) { c.Add(id, alias(v)) }

// Get is how many distinct values an id has, as Count.Get.
func (c *CountDistinctString) Get(id int) (n int64, ok bool) { return c.pairs.Get(id) }
