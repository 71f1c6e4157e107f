package arrowops

import "unsafe"

// How accumulators take rows of a whole batch, see store_bulk.go. Each AddTake is Add
// for ids[i] of row i of a column, for each i of rows; nulls are passed over.

// AddTake adds rows of a column.
func (m *Min[T]) AddTake(ids []int, src Column[T], rows []int) {
	most(&m.best.cells, ids, src, rows, -1) // the least is the greatest of the complements
}

// AddTake adds rows of a column.
func (m *Max[T]) AddTake(ids []int, src Column[T], rows []int) {
	most(&m.best.cells, ids, src, rows, 0)
}

// most keeps the greatest values, each taken with its bits flipped as given.
func most[T Int](c *cells[T], ids []int, src Column[T], rows []int, flip T) {
	c.reach(ids, rows)
	for len(rows) > 0 {
		n := min(len(rows), findBlock)
		mostBlock(c, ids, src, rows[:n], flip)
		rows = rows[n:]
	}
}

// mostBlock is most of up to findBlock rows. What is kept for them is looked at before,
// side by side. There is no branch on it, as it is hard to foresee.
func mostBlock[T Int](c *cells[T], ids []int, src Column[T], rows []int, flip T) {
	var places [findBlock]*T
	for j, i := range rows {
		id := uint(ids[i])
		places[j%findBlock] = &c.chunks[id>>chunkShift].values[id%ChunkRows]
	}
	look(places[:len(rows)])
	least := T(-1) << (8*unsafe.Sizeof(flip) - 1)
	for j, i := range rows {
		if !src.Valid(i) {
			continue
		}
		value, id := places[j%findBlock], uint(ids[i])
		valid := &c.chunks[id>>chunkShift].valid[id%ChunkRows/8]
		known := -T(*valid >> (id % 8) & 1) // all bits, or none
		*value = max((*value^flip)&known|least&^known, src.values[i]^flip) ^ flip
		*valid |= 1 << (id % 8)
	}
}

// look reads what is in some places, so that the processor has it at hand.
//
//go:noinline
func look[T Int](places []*T) (seen T) {
	for _, p := range places {
		seen += *p
	}
	return seen
}

// reach makes room for the ids of some rows, in all chunks up to that of the highest.
func (c *cells[T]) reach(ids, rows []int) {
	top := highest(ids, rows)
	for n := range (top + ChunkRows) >> chunkShift {
		if last := min(n<<chunkShift+ChunkRows-1, top); n >= len(c.chunks) || last%ChunkRows >= len(c.chunks[n].values) {
			c.grow(last)
		}
	}
}

// AddTake adds rows of a column.
func (s *SumInt64) AddTake(ids []int, src Column[int64], rows []int) {
	for _, i := range rows {
		if src.Valid(i) {
			s.totals.at(ids[i]).add(src.values[i])
		}
	}
}

// AddTake counts some rows, whatever they have.
func (c *Count) AddTake(ids, rows []int) {
	for _, i := range rows {
		*c.counts.at(ids[i])++
	}
}
