package sink

import "encoding/binary"

// copy16 copies by registers, which Go's own copy does only where it knows that
// dst and src do not overlap.
func copy16(dst, src *[16]byte) {
	a, b := binary.LittleEndian.Uint64(src[:8]), binary.LittleEndian.Uint64(src[8:])
	binary.LittleEndian.PutUint64(dst[:8], a)
	binary.LittleEndian.PutUint64(dst[8:], b)
}

// copy32 copies as copy16 does.
func copy32(dst, src *[32]byte) {
	copy16((*[16]byte)(dst[:16]), (*[16]byte)(src[:16]))
	copy16((*[16]byte)(dst[16:]), (*[16]byte)(src[16:]))
}

// copy64 copies as copy16 does.
func copy64(dst, src *[64]byte) {
	copy32((*[32]byte)(dst[:32]), (*[32]byte)(src[:32]))
	copy32((*[32]byte)(dst[32:]), (*[32]byte)(src[32:]))
}
