package arrowops

import "unsafe"

// What is kept for ids stands in chunks of ChunkRows ids. Growing adds a chunk
// and moves none: what was written is written once, and what is not needed any
// more can be given up in pieces. Only the first chunk grows by doubling, so
// that few ids take little.
const (
	chunkShift = 16
	// ChunkRows is how many ids a chunk has: ids n*ChunkRows up to
	// (n+1)*ChunkRows stand together. It is the number of rows of a batch.
	ChunkRows = 1 << chunkShift
)

// minRows is how many elements are made room for at least, a multiple of 64.
const minRows = 64

// chunkRows is how many rows chunk n should have, of which it has some, so that
// it has the given row.
func chunkRows(n, had, row int) int {
	if n > 0 {
		return ChunkRows
	}
	return min(max((row+minRows)&^(minRows-1), 2*had), ChunkRows)
}

// wholeChunks gives the chunks, of the given number, that lie in ids lo to hi.
func wholeChunks(lo, hi, chunks int) (from, to int) {
	from = min((lo+ChunkRows-1)>>chunkShift, chunks)
	return from, max(min(hi>>chunkShift, chunks), from)
}

// chunkOf is the chunk that ids lo to hi lie in. It panics where they lie in
// more than one.
func chunkOf(lo, hi int) int {
	n := lo >> chunkShift
	if hi > (n+1)*ChunkRows || lo < 0 || hi < lo {
		panic("arrowops: a view of ids that do not lie in one chunk")
	}
	return n
}

// lengthen gives the slice with n elements, those added being zero.
func lengthen[T any](s []T, n int) []T {
	longer := room[T](n)
	copy(longer, s)
	return longer
}

// bytesOf is what a slice holds, in bytes.
func bytesOf[T any](s []T) int64 {
	return int64(cap(s)) * int64(unsafe.Sizeof(*new(T)))
}

// chunked is a value for each id, zero at first.
type chunked[T any] struct{ chunks [][]T }

// get is the value of an id, zero for one that at was not asked for.
func (c *chunked[T]) get(id int) (v T) {
	if n := uint(id) >> chunkShift; n < uint(len(c.chunks)) {
		if chunk, i := c.chunks[n], uint(id)%ChunkRows; i < uint(len(chunk)) {
			v = chunk[i]
		}
	}
	return v
}

// at is the place of an id's value, good until the next call of at.
func (c *chunked[T]) at(id int) *T {
	if n := uint(id) >> chunkShift; n < uint(len(c.chunks)) {
		if chunk, i := c.chunks[n], uint(id)%ChunkRows; i < uint(len(chunk)) {
			return &chunk[i]
		}
	}
	return c.grow(id)
}

func (c *chunked[T]) grow(id int) *T {
	n, row := id>>chunkShift, id%ChunkRows
	for len(c.chunks) <= n {
		c.chunks = append(c.chunks, nil)
	}
	c.chunks[n] = lengthen(c.chunks[n], chunkRows(n, len(c.chunks[n]), row))
	return &c.chunks[n][row]
}

func (c *chunked[T]) drop(lo, hi int) {
	from, to := wholeChunks(lo, hi, len(c.chunks))
	clear(c.chunks[from:to])
}

func (c *chunked[T]) size() int64 {
	size := bytesOf(c.chunks)
	for _, chunk := range c.chunks {
		size += bytesOf(chunk)
	}
	return size
}

// cells is a value, or null, for each id.
type cells[T any] struct{ chunks []cellChunk[T] }

type cellChunk[T any] struct {
	values []T
	valid  bitset // as many bits as there are values
}

func (c *cells[T]) get(id int) (v T, ok bool) {
	if n := uint(id) >> chunkShift; n < uint(len(c.chunks)) {
		if chunk, i := &c.chunks[n], uint(id)%ChunkRows; i < uint(len(chunk.values)) {
			return chunk.values[i], chunk.valid[i/8]>>(i%8)&1 != 0
		}
	}
	return v, false
}

// set keeps v, zero where ok is false, for an id.
func (c *cells[T]) set(id int, v T, ok bool) {
	n, i := uint(id)>>chunkShift, uint(id)%ChunkRows
	if n >= uint(len(c.chunks)) || i >= uint(len(c.chunks[n].values)) {
		c.grow(id)
	}
	chunk := &c.chunks[n]
	chunk.values[i] = v
	chunk.valid.put(i, ok)
}

func (c *cells[T]) grow(id int) {
	n, row := id>>chunkShift, id%ChunkRows
	for len(c.chunks) <= n {
		c.chunks = append(c.chunks, cellChunk[T]{})
	}
	chunk := &c.chunks[n]
	rows := chunkRows(n, len(chunk.values), row)
	chunk.values, chunk.valid = lengthen(chunk.values, rows), lengthen(chunk.valid, rows/8)
}

// rows gives the values of ids lo to hi, and which are not null. They are the
// chunk's own but where it does not reach hi.
func (c *cells[T]) rows(lo, hi int) ([]T, validity) {
	n := chunkOf(lo, hi)
	from, to := lo-n*ChunkRows, hi-n*ChunkRows
	var chunk cellChunk[T]
	if n < len(c.chunks) {
		chunk = c.chunks[n]
	}
	if to > len(chunk.values) {
		chunk.values, chunk.valid = lengthen(chunk.values, to), lengthen(chunk.valid, (to+7)/8)
	}
	return chunk.values[from:to], chunk.valid.view(from, to)
}

func (c *cells[T]) drop(lo, hi int) {
	from, to := wholeChunks(lo, hi, len(c.chunks))
	clear(c.chunks[from:to])
}

func (c *cells[T]) size() int64 {
	size := bytesOf(c.chunks)
	for i := range c.chunks {
		size += bytesOf(c.chunks[i].values) + bytesOf(c.chunks[i].valid)
	}
	return size
}
