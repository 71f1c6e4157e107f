package profile

import (
	"bytes"
	"testing"

	"github.com/axiomhq/hyperloglog"
	"pgregory.net/rapid"
)

// Sketches are those that the library makes of the same hashes, however they are put
// together.
func TestSketchIsTheLibrarys(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		zeros := rapid.IntRange(0, 63)
		hash := rapid.Custom(func(t *rapid.T) uint64 { return rapid.Uint64().Draw(t, "bits") >> zeros.Draw(t, "zeros") })
		hashes := rapid.SliceOf(hash).Draw(t, "hashes")
		parts := []*sketch{{}, {}, {}}
		want, err := hyperloglog.NewSketch(precision, false)
		if err != nil {
			t.Fatal(err)
		}
		for _, h := range hashes {
			parts[rapid.IntRange(0, 2).Draw(t, "part")].add(h)
			want.InsertHash(h)
		}
		parts[1].merge(parts[2])
		parts[0].merge(parts[1])
		got, err := parts[0].library()
		if err != nil {
			t.Fatal(err)
		}
		a, err := got.MarshalBinary()
		if err != nil {
			t.Fatal(err)
		}
		b, err := want.MarshalBinary()
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(a, b) || parts[0].distinct() != int64(want.Estimate()) {
			t.Fatalf("%d distinct, want %d", parts[0].distinct(), want.Estimate())
		}
		again, err := restoreSketch(parts[0][:])
		if err != nil || *again != *parts[0] {
			t.Fatalf("read back it is another one: %v", err)
		}
	})
}

// Texts of a few bytes that differ have hashes that differ, wherever they stand.
func TestShortTexts(t *testing.T) {
	text := rapid.SliceOfN(rapid.SampledFrom([]byte("\x00\x01ab\xff")), 0, maxShort)
	rapid.Check(t, func(t *rapid.T) {
		a, b := text.Draw(t, "a"), text.Draw(t, "b")
		if (hashText(a) == hashText(b)) != bytes.Equal(a, b) {
			t.Fatalf("%q and %q have the hashes %x and %x", a, b, hashText(a), hashText(b))
		}
		longer := append(bytes.Clone(a), rapid.SliceOfN(rapid.Byte(), 8, 8).Draw(t, "behind")...)
		var word uint64
		for i := range 8 {
			word |= uint64(longer[i]) << (8 * i)
		}
		if hashShort(word, len(a)) != hashText(a) {
			t.Fatalf("%q has another hash before other bytes", a)
		}
	})
}
