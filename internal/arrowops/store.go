package arrowops

// Store keeps a value of fixed width, or null, for each id. Its zero value is
// ready to use. It stands in chunks of ChunkRows ids.
type Store[T Fixed] struct{ cells cells[T] }

// Set keeps v, or null where ok is false, for an id.
func (s *Store[T]) Set(id int, v T, ok bool) {
	if !ok {
		var zero T
		v = zero
	}
	s.cells.set(id, v, ok)
}

// Get is the value of an id and whether it is not null.
func (s *Store[T]) Get(id int) (v T, ok bool) { return s.cells.get(id) }

// View looks at ids lo to hi, hi excluded, which lie in one chunk: it panics
// where they do not. It is good until the next call of Set, copies nothing, and
// holds what it looks at even where that is dropped. Once setting has ended, any
// number of goroutines may call View and Get.
func (s *Store[T]) View(lo, hi int) Column[T] {
	values, valid := s.cells.rows(lo, hi)
	return Column[T]{values: values, validity: valid}
}

// Drop gives up the chunks that lie wholly in ids lo to hi, hi excluded, whose
// ids are then null; hi may be beyond the last id. Other goroutines may read
// other chunks meanwhile.
func (s *Store[T]) Drop(lo, hi int) { s.cells.drop(lo, hi) }

// Size is how many bytes the store holds.
func (s *Store[T]) Size() int64 { return s.cells.size() }

// BoolStore keeps a boolean, or null, for each id. Its zero value is ready to
// use. It stands in chunks of ChunkRows ids.
type BoolStore struct{ chunks []boolChunk }

type boolChunk struct{ values, valid bitset }

// Set keeps v, or null where ok is false, for an id.
func (s *BoolStore) Set(id int, v, ok bool) {
	n, i := uint(id)>>chunkShift, uint(id)%ChunkRows
	if n >= uint(len(s.chunks)) || i/8 >= uint(len(s.chunks[n].values)) {
		s.grow(id)
	}
	s.chunks[n].values.put(i, v && ok)
	s.chunks[n].valid.put(i, ok)
}

func (s *BoolStore) grow(id int) {
	n, row := id>>chunkShift, id%ChunkRows
	for len(s.chunks) <= n {
		s.chunks = append(s.chunks, boolChunk{})
	}
	chunk := &s.chunks[n]
	size := chunkRows(n, 8*len(chunk.values), row) / 8
	chunk.values, chunk.valid = lengthen(chunk.values, size), lengthen(chunk.valid, size)
}

// Get is the value of an id and whether it is not null.
func (s *BoolStore) Get(id int) (value, ok bool) {
	if n, i := uint(id)>>chunkShift, uint(id)%ChunkRows; n < uint(len(s.chunks)) {
		return s.chunks[n].values.at(i), s.chunks[n].valid.at(i)
	}
	return false, false
}

// View looks at ids lo to hi, hi excluded, as that of Store.
func (s *BoolStore) View(lo, hi int) Bools {
	n := chunkOf(lo, hi)
	from, to := lo-n*ChunkRows, hi-n*ChunkRows
	var chunk boolChunk
	if n < len(s.chunks) {
		chunk = s.chunks[n]
	}
	if size := (to + 7) / 8; size > len(chunk.values) {
		chunk.values, chunk.valid = lengthen(chunk.values, size), lengthen(chunk.valid, size)
	}
	return Bools{values: chunk.values, first: from, rows: hi - lo, validity: chunk.valid.view(from, to)}
}

// Drop gives up the chunks that lie wholly in ids lo to hi, as that of Store.
func (s *BoolStore) Drop(lo, hi int) {
	from, to := wholeChunks(lo, hi, len(s.chunks))
	clear(s.chunks[from:to])
}

// Size is how many bytes the store holds.
func (s *BoolStore) Size() int64 {
	size := bytesOf(s.chunks)
	for i := range s.chunks {
		size += bytesOf(s.chunks[i].values) + bytesOf(s.chunks[i].valid)
	}
	return size
}
