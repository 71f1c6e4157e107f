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
// in a table indexed by the key itself. Others are in a hash table with open
// addressing and linear probing, a power of two in size and at most five
// eighths full, whose slots hold the keys, so that a lookup touches one place
// of memory. Which it is, is decided anew whenever a table has to grow, so it
// costs a constant time a key; no result depends on it.
type IntKeys[T Int] struct {
	direct []int32 // id + 1 of key base + i, or 0; nil where the keys are in slots
	base   uint64
	slots  []intSlot[T] // nil where the keys are in direct
	keys   []T          // by id; zero for the null key
	lo, hi T            // least and greatest key
	null   int          // id of the null key, or -1
}

type intSlot[T Int] struct {
	key T
	ref int32 // id + 1; 0 where the slot is empty
}

// NewIntKeys makes an empty set of keys.
func NewIntKeys[T Int]() *IntKeys[T] { return &IntKeys[T]{null: -1} }

// Len is the number of keys, the null key included.
func (k *IntKeys[T]) Len() int { return len(k.keys) }

// Get is the key of an id that Assign gave; not ok is the null key.
func (k *IntKeys[T]) Get(id int) (key T, ok bool) { return k.keys[id], id != k.null }

// Assign gives the id of v, a new one where v was not seen before.
func (k *IntKeys[T]) Assign(v T) (id int, isNew bool) {
	if at := uint64(v) - k.base; at < uint64(len(k.direct)) {
		ref := &k.direct[at]
		if *ref != 0 {
			return int(*ref - 1), false
		}
		*ref = k.add(v)
		return int(*ref - 1), true
	}
	return k.assignHashed(v)
}

// assignHashed is Assign of a key that the direct table does not reach.
func (k *IntKeys[T]) assignHashed(v T) (id int, isNew bool) {
	slots := k.slots
	mask := uint64(len(slots) - 1)
	for i := hashInt(uint64(v)); len(slots) > 0; i++ {
		s := &slots[i&mask]
		if s.ref == 0 {
			*s = intSlot[T]{key: v, ref: k.add(v)}
			if tooFull(len(k.keys), len(slots)) {
				k.grow()
			}
			return len(k.keys) - 1, true
		}
		if s.key == v {
			return int(s.ref - 1), false
		}
	}
	k.add(v)
	k.grow()
	return len(k.keys) - 1, true
}

// add gives v the next id and returns the id + 1.
func (k *IntKeys[T]) add(v T) (ref int32) {
	mustFit(len(k.keys))
	if first := len(k.keys) == 0 || len(k.keys) == 1 && k.null == 0; first {
		k.lo, k.hi = v, v
	}
	k.lo, k.hi = min(k.lo, v), max(k.hi, v)
	k.keys = push(k.keys, v)
	return int32(len(k.keys))
}

// grow makes a larger table of either kind and enters all keys.
func (k *IntKeys[T]) grow() {
	span := uint64(k.hi) - uint64(k.lo)
	if span < 4*uint64(len(k.keys))+1024 {
		// Room on both sides: keys may come in rising or in falling order.
		room := span + minRows
		k.base = uint64(k.lo) - room
		k.direct = make([]int32, span+1+2*room)
		k.slots = nil
		for id, key := range k.keys {
			if id != k.null {
				k.direct[uint64(key)-k.base] = int32(id + 1)
			}
		}
		return
	}
	old := k.slots
	size := max(2*len(old), minRows)
	for tooFull(len(k.keys), size) {
		size *= 2
	}
	k.slots = make([]intSlot[T], size)
	if k.direct == nil {
		// In the order of the old table, which is that of the new one's halves.
		for _, s := range old {
			if s.ref != 0 {
				k.enter(s)
			}
		}
		return
	}
	k.direct = nil
	for id, key := range k.keys {
		if id != k.null {
			k.enter(intSlot[T]{key: key, ref: int32(id + 1)})
		}
	}
}

// enter puts a key that the hash table does not have into a free slot.
func (k *IntKeys[T]) enter(s intSlot[T]) {
	mask := uint64(len(k.slots) - 1)
	i := hashInt(uint64(s.key))
	for k.slots[i&mask].ref != 0 {
		i++
	}
	k.slots[i&mask] = s
}

// AssignNull gives the id of the null key.
func (k *IntKeys[T]) AssignNull() (id int, isNew bool) {
	if k.null >= 0 {
		return k.null, false
	}
	mustFit(len(k.keys))
	k.null = len(k.keys)
	k.keys = append(k.keys, 0)
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
	if at := uint64(v) - k.base; at < uint64(len(k.direct)) {
		return int(k.direct[at]) - 1
	}
	slots := k.slots
	mask := uint64(len(slots) - 1)
	for i := hashInt(uint64(v)); len(slots) > 0; i++ {
		s := &slots[i&mask]
		if s.ref == 0 {
			break
		}
		if s.key == v {
			return int(s.ref - 1)
		}
	}
	return -1
}

// FindNull gives the id of the null key, or -1.
func (k *IntKeys[T]) FindNull() int { return k.null }

// tooFull reports whether a table of that many slots should grow.
func tooFull(keys, slots int) bool { return keys > slots/8*5 }

func mustFit(id int) {
	if id == maxKeys {
		panic("arrowops: more than 2147483647 distinct keys")
	}
}
