package sink

import (
	"testing"

	"github.com/apache/arrow/go/v17/arrow/bitutil"
	"pgregory.net/rapid"
)

// Words, counts and copies have the bits that are there one by one, whatever
// stands around them.
func TestBitmap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := bitmap{
			bytes:  rapid.SliceOfN(rapid.Byte(), 1, 40).Draw(t, "bytes"),
			offset: 0,
		}
		m.offset = rapid.IntRange(0, 8*len(m.bytes)-1).Draw(t, "offset")
		n := rapid.IntRange(1, 8*len(m.bytes)-m.offset).Draw(t, "n")
		set := 0
		for i := range n {
			if bitutil.BitIsSet(m.bytes, m.offset+i) {
				set++
			}
		}
		if got := m.count(n); got != set {
			t.Fatalf("%d of %d bits are set, want %d", got, n, set)
		}
		lo := rapid.IntRange(0, n-1).Draw(t, "lo")
		word := m.word(lo, min(64, n-lo))
		for i := range 64 {
			want := lo+i < n && bitutil.BitIsSet(m.bytes, m.offset+lo+i)
			if got := word>>i&1 != 0; got != want {
				t.Fatalf("bit %d of the word at %d is %v", i, lo, got)
			}
		}
		dst := make([]byte, (n+7)/8)
		for i := range dst {
			dst[i] = 0xff
		}
		m.copyTo(dst, n)
		for i := range 8 * len(dst) {
			want := i < n && bitutil.BitIsSet(m.bytes, m.offset+i)
			if got := bitutil.BitIsSet(dst, i); got != want {
				t.Fatalf("bit %d of the copy of %d is %v", i, n, got)
			}
		}
	})
}
