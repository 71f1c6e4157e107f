package sink

import (
	"bytes"
	"math/bits"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
)

// stringColumn is a column of text. Where formulas are neutralized, no
// spreadsheet takes its texts for them.
type stringColumn struct {
	neutral bool
	quoted  string // the bytes for which a text needs quotes
	touched int64  // texts that got a '

	text    []byte
	offsets []int32 // row i is text[offsets[i]:offsets[i+1]]
	valid   bitmap
	quoting []byte // those of quoted that there are

	// Of the rows it has turned to.
	longest int
	odd     uint64 // those whose text may not be all that is to be written
}

func newStringColumn(o CSVOptions) *stringColumn {
	if o.NeutralizeFormulas {
		return &stringColumn{neutral: true, quoted: cuts}
	}
	return &stringColumn{quoted: special}
}

func (c *stringColumn) bind(a arrow.Array) {
	c.offsets, c.text = nil, nil
	if a.Len() > 0 {
		c.offsets = a.(*array.String).ValueOffsets()
	}
	if buffer := a.Data().Buffers()[2]; buffer != nil {
		c.text = buffer.Bytes()
	}
	c.valid, _ = validity(a)
	c.quoting = c.quoting[:0]
	for _, b := range []byte(c.quoted) {
		if a.Len() > 0 && bytes.IndexByte(c.text[c.offsets[0]:c.offsets[a.Len()]], b) >= 0 {
			c.quoting = append(c.quoting, b)
		}
	}
}

func (c *stringColumn) unbind() { c.text, c.offsets, c.valid = nil, nil, bitmap{} }

// room finds the rows that need more than to be copied. Most texts have none of
// the bytes that need quotes, and to look for one of these through the text of
// all rows at once is much less than to look at each byte of each.
func (c *stringColumn) room(lo, rows int) int {
	offsets := c.offsets[lo : lo+rows+1]
	var longest int32
	var odd uint64
	for i, to := range offsets[1:] {
		n := to - offsets[i]
		longest = max(longest, n)
		odd |= uint64(uint32(n-1)>>31) << (uint(i) % bandRows) // it is empty
	}
	c.longest, c.odd = int(longest), odd
	for _, b := range c.quoting {
		c.odd |= holding(c.text, offsets, b)
	}
	if c.neutral {
		c.odd |= beginning(c.text, offsets, &formulaStart)
	}
	if c.odd == 0 {
		return c.longest + 1
	}
	return 2*c.longest + len(`"'",`)
}

// holding is the set of rows whose text has a byte.
func holding(text []byte, offsets []int32, b byte) (set uint64) {
	from, end := offsets[0], offsets[len(offsets)-1]
	for i := 0; ; i++ {
		found := bytes.IndexByte(text[from:end], b)
		if found < 0 {
			return set
		}
		for from += int32(found); offsets[i+1] <= from; {
			i++
		}
		set |= 1 << (uint(i) % bandRows)
		from = offsets[i+1]
	}
}

// beginning is the set of rows whose text begins with a byte that is marked.
func beginning(text []byte, offsets []int32, marked *[256]bool) (set uint64) {
	for i, from := range offsets[:len(offsets)-1] {
		if from < offsets[i+1] && marked[text[from]] {
			set |= 1 << (uint(i) % bandRows)
		}
	}
	return set
}

func (c *stringColumn) fill(b *band) {
	valid, null := b.split(c.valid)
	b.skip(null)
	offsets := c.offsets[b.lo : b.lo+b.rows+1]
	c.copy(b, offsets, valid&^c.odd)
	for odd := valid & c.odd; odd != 0; odd &= odd - 1 {
		i := bits.TrailingZeros64(odd) % bandRows
		line := c.appendField(b.slots[:b.at[i]], c.text[offsets[i]:offsets[i+1]])
		b.slots[len(line)] = b.end
		b.at[i] = len(line) + 1
	}
}

// copy adds the texts of some rows as they are, in pieces of a size that all
// have room for where the texts are short: their lengths are no pattern that a
// processor could foresee.
func (c *stringColumn) copy(b *band, offsets []int32, rows uint64) {
	slots, end, text := b.slots, b.end, c.text
	last := int(offsets[len(offsets)-1])
	switch {
	case c.longest <= 16 && last+16 <= len(text):
		for ; rows != 0; rows &= rows - 1 {
			i := bits.TrailingZeros64(rows) % bandRows
			at, from := b.at[i], offsets[i]
			n := int(offsets[i+1] - from)
			copy16((*[16]byte)(slots[at:]), (*[16]byte)(text[from:]))
			slots[at+n] = end
			b.at[i] = at + n + 1
		}
	case c.longest <= 64 && last+64 <= len(text):
		for ; rows != 0; rows &= rows - 1 {
			i := bits.TrailingZeros64(rows) % bandRows
			at, from := b.at[i], offsets[i]
			n := int(offsets[i+1] - from)
			copy64((*[64]byte)(slots[at:]), (*[64]byte)(text[from:]))
			slots[at+n] = end
			b.at[i] = at + n + 1
		}
	default:
		for ; rows != 0; rows &= rows - 1 {
			i := bits.TrailingZeros64(rows) % bandRows
			at := b.at[i]
			at += copy(slots[at:], text[offsets[i]:offsets[i+1]])
			slots[at] = end
			b.at[i] = at + 1
		}
	}
}

// appendField adds the field of a text that is not null.
func (c *stringColumn) appendField(dst, text []byte) []byte {
	if !c.neutral || !formulaLike(text) {
		return appendText(dst, text, c.quoted)
	}
	c.touched++
	return appendNeutral(dst, text)
}
