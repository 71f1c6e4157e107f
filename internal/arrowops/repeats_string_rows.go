package arrowops

// AddAll is as that of IntRepeats.
func (r *StringRepeats) AddAll(src Strings, nulls bool) []Repeat {
	return r.add(src, nil, src.Len(), nulls)
}

// AddRows is as that of IntRepeats.
func (r *StringRepeats) AddRows(src Strings, rows []int, nulls bool) []Repeat {
	return r.add(src, rows, len(rows), nulls)
}

// add adds n rows of a column, the first ones or those selected.
func (r *StringRepeats) add(src Strings, selected []int, n int, nulls bool) []Repeat {
	var b repeatBlock
	var again againBlock[int32]
	r.counts.found = r.counts.found[:0]
	for lo := 0; lo < n; lo += repeatRows {
		b.fill(src.validity, selected, lo, min(lo+repeatRows, n), nulls)
		again.n = 0
		r.addBlock(src, b.rows[:b.n], &again)
		r.counts.addBlock(&b, &again)
	}
	return r.counts.found
}

// addBlock adds the texts of up to repeatRows rows, and gives which were there.
func (r *StringRepeats) addBlock(src Strings, rows []int, again *againBlock[int32]) {
	var codes [repeatRows]uint32
	for j, row := range rows {
		codes[j%repeatRows] = uint32(hashText(src.text[src.offsets[row]:src.offsets[row+1]]))
	}
	r.touch(codes[:len(rows)])
	mustFit(min(r.n+len(rows), maxKeys))
	var added [repeatRows]int
	n := 0
	for j, row := range rows {
		slot := repeatSlot{code: codes[j%repeatRows], ref: int32(r.n + n + 1)}
		if !r.put(slot) {
			v := src.text[src.offsets[row]:src.offsets[row+1]]
			number, isNew := r.place(slot.code, v, newTexts{src, added[:n]})
			again.add(row, int32(number), !isNew)
			if !isNew {
				continue
			}
		}
		added[n%repeatRows] = row
		n++
	}
	r.texts.AppendTake(r.n, src, added[:n])
	r.n += n
}

// put puts in a slot where its text is surely new and nothing else is to be done.
func (r *StringRepeats) put(slot repeatSlot) bool {
	hash := slot.hash()
	slots := r.table.at(hash)
	bucket := (*[bucketSlots]repeatSlot)(slots[hash&uint32(len(slots)-1):])
	used, was := uint64(0), uint64(0)
	for i := range bucket {
		was |= uint64(bucket[i].code^slot.code) - 1 // negative where they are equal
		used += uint64(uint32(-bucket[i].ref) >> 31)
	}
	if int64(was) < 0 || used == bucketSlots || !r.table.fits(hash) {
		return false
	}
	bucket[used] = slot
	return true
}

// touch reads the buckets of codes, so that the processor waits for many of them
// at once. What it gives is of no meaning.
//
//go:noinline
func (r *StringRepeats) touch(codes []uint32) (seen int32) {
	for _, code := range codes {
		slots := r.table.at(code)
		seen += slots[code&uint32(len(slots)-1)].ref
	}
	return seen
}
