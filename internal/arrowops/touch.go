package arrowops

// A lookup in a large table waits for memory. The Touch methods read the places
// where the keys of some rows will be looked for, and nothing else, so that the
// processor waits for many of them at once; the lookups that follow then find
// them in its cache. Nothing depends on it: a table may change in between.

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
