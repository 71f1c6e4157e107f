package arrowops

import "slices"

// AppendTake keeps copies of the given rows of a column, row rows[j] under id+j,
// null where it is. Neither id nor any behind it was set before. Where the rows
// follow each other their texts are copied as one.
func (s *StringStore) AppendTake(id int, src Strings, rows []int) {
	for len(rows) > 0 {
		n := min(len(rows), ChunkRows-id%ChunkRows)
		if !s.chunk(id>>chunkShift).take(id%ChunkRows, src, rows[:n]) {
			for j, row := range rows[:n] {
				v, ok := src.Get(row)
				s.Set(id+j, v, ok)
			}
		}
		id, rows = id+n, rows[n:]
	}
}

// take adds rows of a column from a row on, and reports whether it did: the
// chunk must be in order, stay so, and have none of them.
func (c *textChunk) take(row int, src Strings, rows []int) bool {
	if c.spans != nil || row < c.rows() {
		return false
	}
	size := src.bytes(rows)
	if size > maxOrdered-len(c.text) {
		return false
	}
	last := row + len(rows) - 1
	c.pad(row, last)
	c.makeRoom(last, size)
	c.offsets = slices.Grow(c.offsets, len(rows))[:last+2]
	ends := c.offsets[row+1:]
	lo, hi, whole := contiguous(rows)
	if whole && size == int(src.offsets[hi]-src.offsets[lo]) { // no row that is null has text
		c.takeRange(src, lo, hi, ends)
	} else {
		c.takeEach(src, rows, ends)
	}
	if src.bits == nil {
		c.valid.fill(uint(row), uint(last+1))
		return true
	}
	for j, i := range rows {
		c.valid.put(uint(row+j), src.Valid(i))
	}
	return true
}

// takeRange adds the text of rows lo to hi and writes where each ends.
func (c *textChunk) takeRange(src Strings, lo, hi int, ends []int32) {
	offsets := src.offsets[lo : hi+1]
	move := int32(len(c.text)) - offsets[0]
	c.text = append(c.text, src.text[offsets[0]:offsets[hi-lo]]...)
	for j, end := range offsets[1:] {
		ends[j] = end + move
	}
}

// takeEach is takeRange of rows that do not follow each other.
func (c *textChunk) takeEach(src Strings, rows []int, ends []int32) {
	source, text := bytesIn(src.text), c.text
	for j, i := range rows {
		if src.Valid(i) {
			text = appendShort(text, source[src.offsets[i]:src.offsets[i+1]])
		}
		ends[j] = int32(len(text))
	}
	c.text = text
}

// bytes is how much text the given rows have.
func (v Strings) bytes(rows []int) (size int) {
	if v.bits == nil {
		for _, i := range rows {
			size += int(v.offsets[i+1] - v.offsets[i])
		}
		return size
	}
	for _, i := range rows {
		if v.Valid(i) {
			size += int(v.offsets[i+1] - v.offsets[i])
		}
	}
	return size
}
