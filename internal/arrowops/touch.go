package arrowops

import "unsafe"

// A lookup in a large table waits for memory. The Touch methods read the places
// where the keys of some rows will be looked for, and nothing else, so that the
// processor waits for many of them at once; the lookups that follow then find
// them in its cache. Those of stores and accumulators do the same for the values
// of up to TouchRows ids, the first of those given; negative ones are passed over.
// Nothing depends on it: a table may change in between.

// TouchRows is how many rows a call of Touch is for: few enough for what they
// touch to stay in the nearest cache.
const TouchRows = 256

// Touch prepares lookups of up to TouchRows rows of a column, from a row on. What
// it gives is of no meaning.
//
//go:noinline
func (k *IntKeys[T]) Touch(src Column[T], from int) (seen int32) {
	values := src.values[from:min(from+TouchRows, len(src.values))]
	if k.table.dir == nil {
		for _, v := range values {
			seen += k.pages.find(int64(v) >> pageShift)[uint64(v)%pageKeys]
		}
		return seen
	}
	for _, v := range values {
		hash := uint32(hashInt(uint64(v)))
		slots := k.table.at(hash)
		seen += slots[hash&uint32(len(slots)-1)].ref
	}
	return seen
}

// Touch is as that of IntKeys.
//
//go:noinline
func (k *StringKeys) Touch(src Strings, from int) (seen int32) {
	for i := from; i < min(from+TouchRows, src.Len()); i++ {
		hash := uint32(hashText(src.At(i)))
		slots := k.table.at(hash)
		seen += slots[hash&uint32(len(slots)-1)].ref
	}
	return seen
}

// firstIDs are those of which the places are touched.
func firstIDs(ids []int) []int { return ids[:min(len(ids), TouchRows)] }

// peek reads one byte of a value.
func peek[T any](v *T) int { return int(*(*byte)(unsafe.Pointer(v))) }

//go:noinline
func (c *cells[T]) touch(ids []int) (seen int) {
	for _, id := range firstIDs(ids) {
		if n := uint(id) >> chunkShift; n < uint(len(c.chunks)) {
			if chunk, i := &c.chunks[n], uint(id)%ChunkRows; i < uint(len(chunk.values)) {
				seen += peek(&chunk.values[i]) + int(chunk.valid[i/8])
			}
		}
	}
	return seen
}

//go:noinline
func (c *chunked[T]) touch(ids []int) (seen int) {
	for _, id := range firstIDs(ids) {
		if n := uint(id) >> chunkShift; n < uint(len(c.chunks)) {
			if chunk, i := c.chunks[n], uint(id)%ChunkRows; i < uint(len(chunk)) {
				seen += peek(&chunk[i])
			}
		}
	}
	return seen
}

// Touch prepares Get and Set of ids.
func (s *Store[T]) Touch(ids []int) { s.cells.touch(ids) }

// Touch prepares Get and Set of ids.
//
//go:noinline
func (s *BoolStore) Touch(ids []int) (seen int) {
	for _, id := range firstIDs(ids) {
		if n := uint(id) >> chunkShift; n < uint(len(s.chunks)) {
			if chunk, i := &s.chunks[n], uint(id)%ChunkRows; i/8 < uint(len(chunk.valid)) {
				seen += int(chunk.valid[i/8]) + int(chunk.values[i/8])
			}
		}
	}
	return seen
}

// Touch prepares Get and Set of ids, where texts do not stand in order and are
// short.
//
//go:noinline
func (s *StringStore) Touch(ids []int) (seen int) {
	for _, id := range firstIDs(ids) {
		if n := uint(id) >> chunkShift; n < uint(len(s.chunks)) {
			if chunk, i := &s.chunks[n], uint(id)%ChunkRows; i < uint(len(chunk.spans)) {
				seen += int(chunk.spans[i].size)
			}
		}
	}
	return seen
}

// Touch prepares Add of ids.
func (s *SumInt64) Touch(ids []int) { s.totals.touch(ids) }

// Touch prepares Add of ids.
func (c *Count) Touch(ids []int) { c.counts.touch(ids) }
