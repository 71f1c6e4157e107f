package arrowops

import "math"

// maxKeys bounds the ids of one set of keys.
const maxKeys = math.MaxInt32

// IntKeys gives each distinct value of a column of integers, dates or
// timestamps a dense id, in the order of first appearance; null is one key like
// any other. There can be 2^31-1 keys; one more panics, long after memory is
// what ran out.
//
// Keys that lie close together, as serial numbers and dates do, are looked up
// in pages indexed by the key itself: up to 8 times as many numbers as keys take
// no more memory than a hash table does. Others are in one whose slots hold the
// keys, so that a lookup touches one place of memory. Which it is, is decided anew
// whenever a page is missing, the table has to grow or so many keys were added as a
// page has; and it is left again at 12 times only, so that it costs a constant time
// a key. Of keys that are expected half as many numbers will do. No result depends
// on it.
type IntKeys[T Int] struct {
	pages  pages[keyPage]       // empty where the keys are in table
	table  segments[intSlot[T]] // empty where the keys are in pages
	keys   chunked[T]           // by id; zero for the null key; for Get alone
	n      int                  // ids given
	lo, hi T                    // least and greatest key
	index  bool                 // whether keys is left out
	null   int                  // id of the null key, or -1
	expect int                  // keys there may be in the end
}

// keyPage is for each of pageKeys keys, beginning with a multiple of their
// number, its id + 1, or 0.
type keyPage [pageKeys]int32

var noKeys keyPage

const (
	pageShift = 12
	pageKeys  = 1 << pageShift
)

type intSlot[T Int] struct {
	key T
	ref int32 // id + 1; 0 where the slot is empty
}

func (s intSlot[T]) hash() uint32 { return uint32(hashInt(uint64(s.key))) }

// NewIntKeys makes an empty set of keys.
func NewIntKeys[T Int]() *IntKeys[T] {
	return &IntKeys[T]{pages: pages[keyPage]{none: &noKeys}, null: -1}
}

// NewIntIndex makes an empty set of keys for which Get is not asked: it keeps
// what Assign and Find need only, which is less by 8 bytes an int64.
func NewIntIndex[T Int]() *IntKeys[T] {
	k := NewIntKeys[T]()
	k.index = true
	return k
}

// Expect says about how many keys there may be in the end, so that those which then
// lie close together are in pages from the first on.
func (k *IntKeys[T]) Expect(keys int) { k.expect = keys }

// Len is the number of keys, the null key included.
func (k *IntKeys[T]) Len() int { return k.n }

// Size is how many bytes the keys hold.
func (k *IntKeys[T]) Size() int64 { return k.pages.size() + k.table.size() + k.keys.size() }

// Get is the key of an id that Assign gave; not ok is the null key. It panics for
// keys that NewIntIndex made.
func (k *IntKeys[T]) Get(id int) (key T, ok bool) {
	if k.index {
		panic("arrowops: Get of keys that NewIntIndex made")
	}
	return k.keys.get(id), id != k.null
}

// Assign gives the id of v, a new one where v was not seen before.
func (k *IntKeys[T]) Assign(v T) (id int, isNew bool) {
	page := k.pages.find(int64(v) >> pageShift)
	if ref := page[uint64(v)%pageKeys]; ref != 0 {
		return int(ref - 1), false
	}
	if page == k.pages.none {
		if k.table.dir == nil {
			page = k.newPage(v)
		}
		if page == k.pages.none {
			return k.assignHashed(v)
		}
	}
	page[uint64(v)%pageKeys] = k.add(v)
	return k.n - 1, true
}

// newPage is a page for v, or none where pages would be emptier than a hash table is.
func (k *IntKeys[T]) newPage(v T) *keyPage {
	if (k.pages.made+1)*pageKeys > max(12*k.n, 6*k.expect)+2*pageKeys {
		return k.pages.none
	}
	return k.pages.make(int64(v)>>pageShift, 1024+max(k.n, k.expect)/8)
}

// assignHashed is Assign where the keys are in the table, or have to be.
func (k *IntKeys[T]) assignHashed(v T) (id int, isNew bool) {
	if k.table.dir == nil {
		k.useTable()
	}
	hash := uint32(hashInt(uint64(v)))
	slots := k.table.at(hash)
	mask := uint32(len(slots) - 1)
	for i := hash; ; i++ {
		s := &slots[i&mask]
		if s.ref == 0 {
			*s = intSlot[T]{key: v, ref: k.add(v)}
			if k.table.added(hash) || k.n%pageKeys == 0 {
				k.tryPages()
			}
			return k.n - 1, true
		}
		if s.key == v {
			return int(s.ref - 1), false
		}
	}
}

// add gives v the next id and returns the id + 1.
func (k *IntKeys[T]) add(v T) (ref int32) {
	mustFit(k.n)
	if first := k.n == 0 || k.n == 1 && k.null == 0; first {
		k.lo, k.hi = v, v
	}
	k.lo, k.hi = min(k.lo, v), max(k.hi, v)
	if !k.index {
		*k.keys.at(k.n) = v
	}
	k.n++
	return int32(k.n)
}

// useTable moves all keys from the pages to the table.
func (k *IntKeys[T]) useTable() {
	k.table = newSegments[intSlot[T]]()
	for number, page := range k.pages.all {
		for i, ref := range page {
			if ref != 0 {
				k.table.insert(intSlot[T]{key: T(number<<pageShift) + T(i), ref: ref})
			}
		}
	}
	k.pages = pages[keyPage]{none: k.pages.none}
}

// tryPages moves all keys from the table to pages where they lie close together.
func (k *IntKeys[T]) tryPages() {
	span := uint64(k.hi) - uint64(k.lo)
	if span >= uint64(max(8*k.n, 4*k.expect))+1024 {
		return
	}
	for s := range k.table.all {
		page := k.pages.find(int64(s.key) >> pageShift)
		if page == k.pages.none {
			page = k.pages.make(int64(s.key)>>pageShift, math.MaxInt)
		}
		page[uint64(s.key)%pageKeys] = s.ref
	}
	k.table = segments[intSlot[T]]{}
}

// AssignNull gives the id of the null key.
func (k *IntKeys[T]) AssignNull() (id int, isNew bool) {
	if k.null >= 0 {
		return k.null, false
	}
	mustFit(k.n)
	k.null = k.n
	if !k.index {
		k.keys.at(k.n)
	}
	k.n++
	return k.null, true
}

// AssignOption gives the id of v, or of the null key where ok is false.
func (k *IntKeys[T]) AssignOption(v T, ok bool) (id int, isNew bool) {
	if !ok {
		return k.AssignNull()
	}
	return k.Assign(v)
}

// Find gives the id of v, or -1 where it was not seen.
func (k *IntKeys[T]) Find(v T) int {
	if k.table.dir != nil {
		return k.findHashed(v)
	}
	return int(k.pages.find(int64(v) >> pageShift)[uint64(v)%pageKeys]) - 1
}

// findHashed is Find where the keys are in the table.
func (k *IntKeys[T]) findHashed(v T) int {
	hash := uint32(hashInt(uint64(v)))
	slots := k.table.at(hash)
	mask := uint32(len(slots) - 1)
	for i := hash; ; i++ {
		s := &slots[i&mask]
		if s.ref == 0 {
			return -1
		}
		if s.key == v {
			return int(s.ref - 1)
		}
	}
}

// FindNull gives the id of the null key, or -1.
func (k *IntKeys[T]) FindNull() int { return k.null }

func mustFit(id int) {
	if id == maxKeys {
		panic("arrowops: more than 2147483647 distinct keys")
	}
}
