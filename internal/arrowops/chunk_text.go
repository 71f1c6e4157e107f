package arrowops

import (
	"math"
	"unsafe"
)

// textChunk is the texts of up to ChunkRows rows.
//
// It is in one of two layouts. In order, text holds the rows one after the other
// and nothing else, and null rows have none. Scattered, each row says where its
// text is, or is it where it is short, as codes are: one that is replaced by one
// no longer is overwritten in place, otherwise it is left behind; when more than
// half of the memory was left behind the texts are moved together.
type textChunk struct {
	offsets []int32 // in order: row i is text[offsets[i]:offsets[i+1]]
	valid   bitset  // in order: bits that are as many as rows at least
	spans   []span  // scattered: nil where the chunk is in order
	text    []byte
	live    int // scattered: bytes of text that spans refer to
}

// span is where a text stands: text[start : start+size-1], or null where size
// is 0. A text of up to shortText bytes stands in start itself.
type span struct{ start, size uint32 }

const shortText = 4

// held is how many bytes of the chunk's text a span refers to.
func (at *span) held() int {
	if at.size <= shortText+1 {
		return 0
	}
	return int(at.size) - 1
}

// short gives the bytes of a span that holds its text.
func (at *span) short() []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(&at.start)), max(int(at.size)-1, 0))
}

// setShort has a span hold a text.
func (at *span) setShort(v string) {
	*at = span{size: uint32(len(v) + 1)}
	copy(at.short(), v)
}

// minGarbage is how much text must have been left behind before it is worth
// moving anything.
const minGarbage = 4096

// Limits of the text of a chunk, variables so that a test can reach them.
var (
	maxOrdered   = math.MaxInt32
	maxScattered = math.MaxUint32
)

// start makes room for all rows at once, with so much text as the chunk before
// took: chunks of one column are alike.
func (c *textChunk) start(text int) {
	c.offsets = room[int32](ChunkRows + 1)[:1]
	c.valid = make(bitset, ChunkRows/8)
	c.text = room[byte](text + text/32 + minRows)[:0]
}

// rows is how many rows there are.
func (c *textChunk) rows() int {
	if c.spans != nil {
		return len(c.spans)
	}
	return max(len(c.offsets)-1, 0)
}

func (c *textChunk) get(row uint) ([]byte, bool) {
	if row+1 < uint(len(c.offsets)) {
		start, end := c.offsets[row], c.offsets[row+1]
		return c.text[start:end], start < end || c.valid.at(row)
	}
	if row < uint(len(c.spans)) && c.spans[row].size != 0 {
		return c.bytes(&c.spans[row]), true
	}
	return nil, false
}

// bytes is the text at a span that is not null.
func (c *textChunk) bytes(at *span) []byte {
	if at.size <= shortText+1 {
		return at.short()
	}
	return c.text[uint(at.start) : uint(at.start)+uint(at.size)-1]
}

// set keeps a copy of v for a row, or null, whose v is empty.
func (c *textChunk) set(row int, v string, ok bool) {
	if c.spans == nil {
		if c.setInOrder(row, v, ok) {
			return
		}
		c.scatter()
	}
	c.setScattered(row, v, ok)
}

// setInOrder is set where the texts stay in order, and reports whether they do.
func (c *textChunk) setInOrder(row int, v string, ok bool) bool {
	rows := len(c.offsets) - 1
	if row < rows {
		start, end := int(c.offsets[row]), int(c.offsets[row+1])
		if len(v) == end-start {
			copy(c.text[start:], v)
			c.valid.put(uint(row), ok)
			return true
		}
		if row < rows-1 {
			return false
		}
		// The last row is taken back and written anew.
		c.offsets, c.text = c.offsets[:rows], c.text[:start]
	}
	if len(v) > maxOrdered-len(c.text) {
		return false
	}
	c.pad(row, row)
	c.makeRoom(row, len(v))
	c.text = append(c.text, v...)
	c.offsets = append(c.offsets, int32(len(c.text)))
	c.valid.put(uint(row), ok)
	return true
}

// pad adds null rows up to the given one and makes room for bits up to last.
func (c *textChunk) pad(row, last int) {
	if len(c.offsets) == 0 {
		c.offsets = append(make([]int32, 0, minRows+1), 0)
	}
	for len(c.offsets) <= row {
		c.offsets = append(c.offsets, int32(len(c.text)))
	}
	if last/8 >= len(c.valid) {
		c.valid = lengthen(c.valid, chunkRows(0, 8*len(c.valid), last)/8)
	}
}

// makeRoom makes room for more text, that of rows up to the given one. Where it
// has to grow, it grows to what all rows will take, if they are like those so far.
func (c *textChunk) makeRoom(row, more int) {
	if need := len(c.text) + more; need > cap(c.text) {
		all := int(float64(need) / float64(row+1) * (ChunkRows + ChunkRows/32))
		c.reserve(max(min(all, 2*need), need+need/16))
	}
}

// reserve makes room for so much text in all.
func (c *textChunk) reserve(size int) {
	c.text = append(room[byte](size + minRows)[:0], c.text...)
}

// scatter goes over from the one layout to the other.
func (c *textChunk) scatter() {
	rows := c.rows()
	spans := room[span](max(rows, minRows))
	c.live = 0
	for i := range rows {
		v, ok := c.get(uint(i))
		switch {
		case ok && len(v) <= shortText:
			spans[i].setShort(alias(v))
		case ok:
			spans[i] = span{start: uint32(c.offsets[i]), size: uint32(len(v) + 1)}
			c.live += len(v)
		}
	}
	c.spans = spans
	c.offsets, c.valid = nil, nil
}

func (c *textChunk) setScattered(row int, v string, ok bool) {
	if row >= len(c.spans) {
		c.spans = lengthen(c.spans, chunkRows(0, len(c.spans), row))
	}
	at := &c.spans[row]
	had := at.held()
	switch {
	case !ok:
		*at = span{}
	case len(v) <= shortText:
		at.setShort(v)
	case len(v) <= had:
		copy(c.text[at.start:], v)
		at.size = uint32(len(v) + 1)
	default:
		if len(v) >= maxScattered-len(c.text) {
			c.compact()
		}
		if len(v) >= maxScattered-len(c.text) {
			panic("arrowops: more than 4 GiB of text for 65536 ids")
		}
		*at = span{start: uint32(len(c.text)), size: uint32(len(v) + 1)}
		if need := len(c.text) + len(v); need > cap(c.text) {
			c.reserve(need + need/4)
		}
		c.text = append(c.text, v...)
	}
	c.live += at.held() - had
	// Moving also looks at every row, which has to be worth it.
	if garbage := len(c.text) - c.live; garbage > max(c.live, minGarbage, len(c.spans)) {
		c.compact()
	}
}

// compact moves the texts to new memory, in the order of their rows.
func (c *textChunk) compact() {
	text := room[byte](c.live + c.live/2)[:0]
	for i := range c.spans {
		at := &c.spans[i]
		if at.held() == 0 {
			continue
		}
		v := c.bytes(at)
		at.start = uint32(len(text))
		text = append(text, v...)
	}
	c.text = text
}

// view looks at rows lo to hi, some.
func (c *textChunk) view(lo, hi int) Strings {
	if hi < len(c.offsets) {
		return Strings{text: alias(c.text), offsets: c.offsets[lo : hi+1], validity: c.valid.view(lo, hi)}
	}
	size := 0
	for row := lo; row < hi; row++ {
		v, _ := c.get(uint(row))
		size += len(v)
	}
	if size > math.MaxInt32 {
		panic("arrowops: a view of more than 2 GiB of text")
	}
	text, offsets, valid := make([]byte, 0, size), make([]int32, 1, hi-lo+1), make(bitset, (hi-lo+7)/8)
	for row := lo; row < hi; row++ {
		v, ok := c.get(uint(row))
		text = append(text, v...)
		offsets = append(offsets, int32(len(text)))
		valid.put(uint(row-lo), ok)
	}
	return Strings{text: alias(text), offsets: offsets, validity: valid.view(0, hi-lo)}
}

func (c *textChunk) size() int64 {
	return bytesOf(c.offsets) + bytesOf(c.valid) + bytesOf(c.spans) + bytesOf(c.text)
}
