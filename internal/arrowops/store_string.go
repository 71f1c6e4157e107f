package arrowops

// StringStore keeps a text, or null, for each id. Its zero value is ready to
// use. It stands in chunks of ChunkRows ids, whose texts are in memory of the
// chunk's own: at most 4 GiB of it, more panics.
//
// Texts that are set in the order of their ids stand one after the other as
// Arrow has them, in 4 bytes a row and the text. Where a text is replaced by one
// of another length, or ids come in another order, the chunk goes over to 8
// bytes a row, and see textChunk for what is replaced.
type StringStore struct{ chunks []textChunk }

// Set keeps a copy of v, or null where ok is false, for an id.
func (s *StringStore) Set(id int, v string, ok bool) {
	if !ok {
		v = ""
	}
	s.chunk(id>>chunkShift).set(id%ChunkRows, v, ok)
}

// chunk is chunk n, made where there is none.
func (s *StringStore) chunk(n int) *textChunk {
	if n >= len(s.chunks) {
		s.chunks = append(s.chunks, make([]textChunk, n+1-len(s.chunks))...)
	}
	chunk := &s.chunks[n]
	if chunk.text == nil && n > 0 {
		chunk.start(len(s.chunks[n-1].text))
	}
	return chunk
}

// Get is the text of an id and whether it is not null. The text is good until
// the next Set of that id.
func (s *StringStore) Get(id int) (string, bool) {
	v, ok := s.getBytes(id)
	return alias(v), ok
}

// getBytes is Get of bytes that are to be read only. Behind them, within their
// capacity, are those of other texts.
func (s *StringStore) getBytes(id int) ([]byte, bool) {
	if n := uint(id) >> chunkShift; n < uint(len(s.chunks)) {
		return s.chunks[n].get(uint(id) % ChunkRows)
	}
	return nil, false
}

// run is how many of n ids from the given one on stand in order in one chunk.
func (s *StringStore) run(id, n int) int {
	if chunk := uint(id) >> chunkShift; chunk < uint(len(s.chunks)) {
		return max(min(n, len(s.chunks[chunk].offsets)-1-id%ChunkRows), 0)
	}
	return 0
}

// View looks at ids lo to hi, hi excluded, as that of Store. Where the chunk's
// texts do not stand in the order of their ids, or there are ids that were never
// set, it looks at a copy. It panics where the texts are longer than 2 GiB in
// all: ask for fewer ids, or use Get.
func (s *StringStore) View(lo, hi int) Strings {
	n := chunkOf(lo, hi)
	if lo == hi {
		return Strings{}
	}
	var chunk textChunk
	if n < len(s.chunks) {
		chunk = s.chunks[n]
	}
	return chunk.view(lo-n*ChunkRows, hi-n*ChunkRows)
}

// Drop gives up the chunks that lie wholly in ids lo to hi, as that of Store.
func (s *StringStore) Drop(lo, hi int) {
	from, to := wholeChunks(lo, hi, len(s.chunks))
	clear(s.chunks[from:to])
}

// Size is how many bytes the store holds.
func (s *StringStore) Size() int64 {
	size := bytesOf(s.chunks)
	for i := range s.chunks {
		size += s.chunks[i].size()
	}
	return size
}
