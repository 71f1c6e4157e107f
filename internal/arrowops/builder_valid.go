package arrowops

import (
	"encoding/binary"
	"math/bits"
	"unsafe"

	"github.com/apache/arrow/go/v17/arrow/memory"
)

// Builders note what is null as bytes, which is quickest to append to, for the
// first rows only: those that the slice does not reach are not null. Bits are
// made of them at the end, and bytes of the bits of views.

// setNull notes that a row is null, and that those before which it does not
// reach are not.
func setNull(valid []bool, row int) []bool {
	for len(valid) <= row {
		valid = append(valid, true)
	}
	valid[row] = false
	return valid
}

// addValid makes valid reach the given rows and n more, and gives those, to be
// written.
func addValid(valid []bool, rows, n int) (all, added []bool) {
	for len(valid) < rows {
		valid = append(valid, true)
	}
	valid = append(valid, make([]bool, n)...)
	return valid, valid[rows:]
}

// asBytes gives booleans as bytes, each 0 or 1.
func asBytes(b []bool) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(b))), len(b))
}

// unpackBits writes bits from on as booleans.
func unpackBits(dst []bool, src []byte, from int) {
	if len(dst) == 0 {
		return // src may be as well
	}
	to := asBytes(dst)
	for ; len(to) > 0 && from%8 != 0; from++ {
		to[0] = src[from/8] >> (from % 8) & 1
		to = to[1:]
	}
	src = src[from/8:]
	for ; len(to) >= 8; to, src = to[8:], src[1:] {
		// Each byte of the product has all bits; of byte i bit i is kept, and the
		// sum carries it to the top.
		const one, own, most = 0x0101010101010101, 0x8040201008040201, 0x7f7f7f7f7f7f7f7f
		binary.LittleEndian.PutUint64(to, (uint64(src[0])*one&own+most)>>7&one)
	}
	for i := range to {
		to[i] = src[0] >> i & 1
	}
}

// packValidity makes the validity bitmap of the given number of rows, nil where
// none is null. Rows that valid does not reach are not null.
func packValidity(mem memory.Allocator, valid []bool, rows int) (nulls int, bitmap *memory.Buffer) {
	nulls = len(valid)
	rest := asBytes(valid)
	for ; len(rest) >= 8; rest = rest[8:] {
		nulls -= bits.OnesCount64(word(rest))
	}
	for _, ok := range rest {
		nulls -= int(ok)
	}
	if nulls == 0 {
		return 0, nil
	}
	for len(valid) < rows {
		valid = append(valid, true)
	}
	return nulls, packBits(mem, valid)
}

// packBits makes a bitmap. The bits behind the last are zero.
func packBits(mem memory.Allocator, src []bool) *memory.Buffer {
	buffer := memory.NewResizableBuffer(mem)
	buffer.Resize((len(src) + 7) / 8)
	bits := buffer.Bytes()
	from := asBytes(src)
	for len(from) >= 8 {
		// A bool is a byte of 0 or 1. The product moves byte i to bit 56+i; no
		// two of its partial products meet, so nothing is carried.
		bits[0] = byte(word(from) * 0x0102040810204080 >> 56)
		from, bits = from[8:], bits[1:]
	}
	if len(from) > 0 {
		bits[0] = 0
		for i, v := range from {
			bits[0] |= v << i
		}
	}
	return buffer
}
