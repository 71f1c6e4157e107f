package sink

import "math/bits"

const (
	// bandRows is how many lines grow side by side: as many as a word has bits.
	bandRows = 64
	// bandBytes is what they may take together so that the cache holds them.
	bandBytes = 256 << 10
	// behind is the room behind the last field of a line, so that a field may be
	// written in pieces of a fixed size, the last of which is more than it has.
	behind = 64
)

// band is some lines of a CSV file that are written column by column, each in a
// slot of its own with room for the longest it can be. A column is one loop over
// values of one type, which knows beforehand what a loop over the fields of a row
// would have to find out at each of them.
type band struct {
	lo, rows int // the rows of the batch
	end      byte
	slots    []byte
	stride   int
	at       [bandRows]int // where in slots each line goes on
}

// begin turns to some rows whose lines have room for so many bytes.
func (b *band) begin(lo, rows, room int) {
	b.lo, b.rows, b.stride = lo, rows, room+behind
	if need := rows * b.stride; need > len(b.slots) {
		b.slots = make([]byte, need)
	}
	for i := range rows {
		b.at[i] = i * b.stride
	}
}

// split gives the set of the rows that are not null, and of those that are.
// valid is as validity gives it.
func (b *band) split(valid bitmap) (set, null uint64) {
	all := ones(b.rows)
	if valid.bytes == nil {
		return all, 0
	}
	set = valid.word(b.lo, b.rows)
	return set, all &^ set
}

// skip adds a field of a null to each line of a set.
func (b *band) skip(lines uint64) {
	for ; lines != 0; lines &= lines - 1 {
		i := bits.TrailingZeros64(lines) % bandRows
		b.slots[b.at[i]] = b.end
		b.at[i]++
	}
}

// line is what a line has so far.
func (b *band) line(i int) []byte { return b.slots[i*b.stride : b.at[i]] }

// appendTo adds the lines to dst.
func (b *band) appendTo(dst []byte) []byte {
	for i := range b.rows {
		dst = append(dst, b.line(i)...)
	}
	return dst
}
