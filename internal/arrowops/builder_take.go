package arrowops

// How StringBuilder takes many rows at once.

// appendShort is append of a text that is likely to be short: so many bytes are
// copied at once, which is less work than to copy fewer. What they overwrite and
// what is read are within the capacities.
func appendShort(text, v []byte) []byte {
	const short = 32
	size := len(text)
	if len(v) > short || cap(v) < short || cap(text)-size < short {
		return append(text, v...)
	}
	*(*[short]byte)(text[size:cap(text)]) = [short]byte(v[:short])
	return text[:size+len(v)]
}

// AppendTake adds the given rows of a column, in the order given.
func (b *StringBuilder) AppendTake(src Strings, rows []int) {
	if lo, hi, ok := contiguous(rows); ok {
		b.appendRange(src, lo, hi)
		return
	}
	ends, valid := b.add(len(rows), src.bits != nil)
	source, text := bytesIn(src.text), b.text
	for i, row := range rows {
		ok := src.Valid(row)
		if ok {
			text = appendShort(text, source[src.offsets[row]:src.offsets[row+1]])
		}
		if valid != nil {
			valid[i] = ok
		}
		ends[i] = int32(len(text))
	}
	b.text = text
}

// AppendStore adds, for each i of rows, what a store has for ids[i], null for an
// id that it was not given. Ids that follow each other, as they do where both
// sides of a join are in one order, are copied as a whole.
func (b *StringBuilder) AppendStore(src *StringStore, ids, rows []int) {
	ends, valid := b.add(len(rows), true)
	text := b.text
	for at := 0; at < len(rows); {
		id, next := ids[rows[at]], at+1
		for next < len(rows) && ids[rows[next]] == id+next-at {
			next++
		}
		if next > at+1 {
			next = at + src.run(id, next-at)
		}
		if next > at+1 {
			b.text = text
			b.appendRun(&src.chunks[id>>chunkShift], id%ChunkRows, ends[at:next], valid[at:next])
			text, at = b.text, next
			continue
		}
		v, ok := src.getBytes(id)
		text = appendShort(text, v)
		ends[at], valid[at] = int32(len(text)), ok
		at++
	}
	b.text = text
}

// appendRun adds rows of a chunk, which is in order and has them.
func (b *StringBuilder) appendRun(chunk *textChunk, row int, ends []int32, valid []bool) {
	offsets := chunk.offsets[row : row+len(ends)+1]
	move := int32(len(b.text)) - offsets[0]
	b.text = append(b.text, chunk.text[offsets[0]:offsets[len(ends)]]...)
	for i, end := range offsets[1:] {
		ends[i] = end + move
	}
	unpackBits(valid, chunk.valid, row)
}

// add adds n rows and gives where their texts end and, where they are nullable,
// whether they are null, all to be written.
func (b *StringBuilder) add(n int, nullable bool) (ends []int32, valid []bool) {
	had := b.Len()
	if nullable {
		b.valid, valid = addValid(b.valid, had, n)
	}
	b.Reserve(n)
	b.offsets.rows = b.offsets.rows[:1+had+n]
	return b.offsets.rows[1+had:], valid
}

// appendRange adds rows lo to hi of a column.
func (b *StringBuilder) appendRange(src Strings, lo, hi int) {
	if lo == hi {
		return
	}
	nullable := !src.all(lo, hi)
	ends, valid := b.add(hi-lo, nullable)
	if nullable {
		unpackBits(valid, src.bits, src.offset+lo)
	}
	offsets := src.offsets[lo : hi+1]
	if nullable && hasHidden(offsets, valid) {
		for i, ok := range valid {
			if ok {
				b.text = append(b.text, src.text[offsets[i]:offsets[i+1]]...)
			}
			ends[i] = int32(len(b.text))
		}
		return
	}
	move := int32(len(b.text)) - offsets[0]
	b.text = append(b.text, src.text[offsets[0]:offsets[hi-lo]]...)
	for i, end := range offsets[1:] {
		ends[i] = end + move
	}
}

// hasHidden reports whether any row that is null has text, which must not be
// copied. Arrays that are made here have none.
func hasHidden(offsets []int32, valid []bool) bool {
	var hidden int32
	for i, ok := range asBytes(valid) {
		hidden |= (offsets[i+1] - offsets[i]) & (int32(ok) - 1)
	}
	return hidden != 0
}
