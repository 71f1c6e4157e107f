package arrowops

// How stores take rows of a whole batch. A loop over one column, whose places do not
// depend on what stands there, waits for many of them at once.

// AppendTake keeps, for each j, row rows[j] of a column for id+j. None of these ids
// or of those behind them was set before. It is Set of one after the other.
func (s *Store[T]) AppendTake(id int, src Column[T], rows []int) {
	for len(rows) > 0 {
		n := min(len(rows), ChunkRows-id%ChunkRows)
		values, valid := s.cells.extend(id, n)
		takeValues(values, src, rows[:n])
		takeValid(valid, uint(id)%ChunkRows, src.validity, rows[:n])
		id, rows = id+n, rows[n:]
	}
}

// extend makes room for n ids from the given one on, which lie in one chunk, and
// gives the places of their values and the bits of the whole chunk.
func (c *cells[T]) extend(id, n int) ([]T, bitset) {
	if last := id + n - 1; last>>chunkShift >= len(c.chunks) || last%ChunkRows >= len(c.chunks[last>>chunkShift].values) {
		c.grow(last)
	}
	chunk := &c.chunks[id>>chunkShift]
	return chunk.values[id%ChunkRows : id%ChunkRows+n], chunk.valid
}

// takeValues sets dst to the given rows, zero where they are null.
func takeValues[T Fixed](dst []T, src Column[T], rows []int) {
	switch lo, hi, ok := contiguous(rows); {
	case src.bits != nil:
		for j, i := range rows {
			dst[j] = src.At(i)
		}
	case ok:
		copy(dst, src.values[lo:hi])
	default:
		for j, i := range rows {
			dst[j] = src.values[i]
		}
	}
}

// takeValid sets bits from the given one on, which are zero, to which of the rows are
// not null.
func takeValid(dst bitset, from uint, src validity, rows []int) {
	if src.bits == nil {
		dst.fill(from, from+uint(len(rows)))
		return
	}
	for j, i := range rows {
		if src.Valid(i) {
			dst.put(from+uint(j), true)
		}
	}
}

// SetTake keeps, for each i of rows, row i of a column for ids[i].
func (s *Store[T]) SetTake(ids []int, src Column[T], rows []int) {
	for _, i := range rows {
		v, ok := src.Get(i)
		s.cells.set(ids[i], v, ok)
	}
}

// AppendTake is as that of Store.
func (s *BoolStore) AppendTake(id int, src Bools, rows []int) {
	for j, i := range rows {
		v, ok := src.Get(i)
		s.Set(id+j, v, ok)
	}
}

// SetTake is as that of Store.
func (s *BoolStore) SetTake(ids []int, src Bools, rows []int) {
	for _, i := range rows {
		v, ok := src.Get(i)
		s.Set(ids[i], v, ok)
	}
}

// SetTake is as that of Store.
func (s *StringStore) SetTake(ids []int, src Strings, rows []int) {
	for len(rows) > 0 {
		n := min(len(rows), findBlock)
		s.setBlock(ids, src, rows[:n])
		rows = rows[n:]
	}
}

// setBlock is SetTake of up to findBlock rows. Where their texts stand is looked at
// before, side by side. A short text in place of another is the rule for codes.
func (s *StringStore) setBlock(ids []int, src Strings, rows []int) {
	s.look(ids, rows)
	for _, i := range rows {
		v, ok := src.Get(i)
		id := uint(ids[i])
		if n := id >> chunkShift; len(v) <= shortText && n < uint(len(s.chunks)) && id%ChunkRows < uint(len(s.chunks[n].spans)) {
			if at := &s.chunks[n].spans[id%ChunkRows]; at.size <= shortText+1 {
				if *at = (span{}); ok {
					at.setShort(v)
				}
				continue
			}
		}
		s.Set(int(id), v, ok)
	}
}

// look reads where the texts of some ids stand.
//
//go:noinline
func (s *StringStore) look(ids, rows []int) (seen uint32) {
	for _, i := range rows {
		id := uint(ids[i])
		if n := id >> chunkShift; n < uint(len(s.chunks)) {
			if spans := s.chunks[n].spans; id%ChunkRows < uint(len(spans)) {
				seen += spans[id%ChunkRows].size
			}
		}
	}
	return seen
}
