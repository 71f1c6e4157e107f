package arrowops

// findBlock is how many rows FindAll looks up side by side. A lookup in a large
// table waits for memory; those of a block wait together, because none of the
// loads of a pass over the block depends on another.
const findBlock = 128

// FindAll sets dst[i] to what Find gives for row i of a column, -1 where it is
// null, for each i of rows.
func (k *IntKeys[T]) FindAll(dst []int, src Column[T], rows []int) {
	for len(rows) > 0 {
		n := min(len(rows), findBlock)
		if k.table.dir == nil {
			k.findPaged(dst, src, rows[:n])
		} else {
			k.findBlock(dst, src, rows[:n])
		}
		rows = rows[n:]
	}
}

// findPaged is FindAll of up to findBlock rows where the keys are in pages.
func (k *IntKeys[T]) findPaged(dst []int, src Column[T], rows []int) {
	var refs [findBlock]int32
	for j, i := range rows {
		v := src.values[i]
		refs[j%findBlock] = k.pages.find(int64(v) >> pageShift)[uint64(v)%pageKeys]
	}
	for j, i := range rows {
		id := int(refs[j%findBlock]) - 1
		if !src.Valid(i) {
			id = -1
		}
		dst[i] = id
	}
}

// findBlock is FindAll of up to findBlock rows where the keys are in the table.
func (k *IntKeys[T]) findBlock(dst []int, src Column[T], rows []int) {
	var firsts [findBlock]intSlot[T]
	for j, i := range rows {
		v := src.values[i]
		hash := uint32(hashInt(uint64(v)))
		slots := k.table.at(hash)
		firsts[j%findBlock] = slots[hash&uint32(len(slots)-1)]
	}
	for j, i := range rows {
		v, ok := src.Get(i)
		id := -1
		if s := firsts[j%findBlock]; ok && s.ref != 0 {
			if id = int(s.ref - 1); s.key != v {
				id = k.findHashed(v)
			}
		}
		dst[i] = id
	}
}

// FindAll sets dst[i] to what Find gives for row i of a column, -1 where it is
// null, for each i of rows.
func (k *StringKeys) FindAll(dst []int, src Strings, rows []int) {
	if k.n <= 16*recentTexts {
		k.findFew(dst, src, rows)
		return
	}
	for len(rows) > 0 {
		n := min(len(rows), findBlock)
		k.findBlock(dst, src, rows[:n])
		rows = rows[n:]
	}
}

// findFew is FindAll where there are few keys: all that is looked at is near.
func (k *StringKeys) findFew(dst []int, src Strings, rows []int) {
	var late recent
	for _, i := range rows {
		v, ok := src.Get(i)
		switch {
		case !ok:
			dst[i] = -1
		case len(v) > longestRecent:
			dst[i] = k.Find(v)
		default:
			at, word := late.place(v)
			if at.word != word {
				*at = recentText{word, int32(k.Find(v) + 1)}
			}
			dst[i] = int(at.ref - 1)
		}
	}
}

// findBlock is FindAll of up to findBlock rows.
func (k *StringKeys) findBlock(dst []int, src Strings, rows []int) {
	var hashes [findBlock]uint32
	var firsts [findBlock]textSlot
	for j, i := range rows {
		hash := uint32(hashText(src.At(i)))
		slots := k.table.at(hash)
		hashes[j%findBlock] = hash
		firsts[j%findBlock] = slots[hash&uint32(len(slots)-1)]
	}
	var texts [findBlock]string
	for j := range rows {
		if s := firsts[j%findBlock]; s.ref != 0 && s.code == hashes[j%findBlock] {
			texts[j%findBlock], _ = k.texts.Get(int(s.ref - 1))
		}
	}
	for j, i := range rows {
		v, ok := src.Get(i)
		id := -1
		if s := firsts[j%findBlock]; ok && s.ref != 0 {
			if id = int(s.ref - 1); s.code != hashes[j%findBlock] || texts[j%findBlock] != v {
				id = k.Find(v)
			}
		}
		dst[i] = id
	}
}
