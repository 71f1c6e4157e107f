package arrowops

// Count counts calls for each id.
type Count struct{ counts chunked[int64] }

// Add counts one for an id.
func (c *Count) Add(id int) { *c.counts.at(id)++ }

// Next is Add, and gives how many calls there were for the id with this one.
func (c *Count) Next(id int) int64 {
	n := c.counts.at(id)
	*n++
	return *n
}

// Get is how many calls there were for an id, 0 for one never added; ok is
// false for a negative id only.
func (c *Count) Get(id int) (n int64, ok bool) { return c.counts.get(id), id >= 0 }

// Drop gives up the chunks that lie wholly in ids lo to hi, as that of Store;
// their counts are then 0.
func (c *Count) Drop(lo, hi int) { c.counts.drop(lo, hi) }

// Size is how many bytes it holds.
func (c *Count) Size() int64 { return c.counts.size() }

// CountDistinctInt counts the distinct integers, dates or timestamps of each id.
//
// It is one hash table of pairs (id, value), built as that of IntKeys.
type CountDistinctInt[T Int] struct {
	counts Count
	pairs  segments[pairSlot[T]]
}

type pairSlot[T Int] struct {
	value T
	ref   int32 // id + 1; 0 where the slot is empty
}

func (s pairSlot[T]) hash() uint32 { return uint32(hashPair(uint64(s.ref), uint64(s.value))) }

// Add considers v for an id.
func (c *CountDistinctInt[T]) Add(id int, v T) {
	if c.pairs.dir == nil {
		c.pairs = newSegments[pairSlot[T]]()
	}
	want := pairSlot[T]{value: v, ref: int32(id + 1)}
	hash := want.hash()
	slots := c.pairs.at(hash)
	mask := uint32(len(slots) - 1)
	for i := hash; ; i++ {
		s := &slots[i&mask]
		if s.ref == 0 {
			*s = want
			c.pairs.added(hash)
			c.counts.Add(id)
			return
		}
		if *s == want {
			return
		}
	}
}

// Get is how many distinct values an id has, as Count.Get.
func (c *CountDistinctInt[T]) Get(id int) (n int64, ok bool) { return c.counts.Get(id) }

// Drop gives up the counts of chunks, as that of Count, when all was added.
func (c *CountDistinctInt[T]) Drop(lo, hi int) { c.counts.Drop(lo, hi) }

// Size is how many bytes it holds.
func (c *CountDistinctInt[T]) Size() int64 { return c.counts.Size() + c.pairs.size() }

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

// Drop gives up the counts of chunks, as that of Count, when all was added.
func (c *CountDistinctString) Drop(lo, hi int) { c.pairs.Drop(lo, hi) }

// Size is how many bytes it holds.
func (c *CountDistinctString) Size() int64 {
	if c.texts == nil {
		return 0
	}
	return c.texts.Size() + c.pairs.Size()
}
