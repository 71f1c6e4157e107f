package profile

import (
	"bytes"
	"cmp"
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
		got, err := parts[0].estimator()
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

// Texts of a few bytes that differ have marks that differ.
func TestMarks(t *testing.T) {
	text := rapid.SliceOfN(rapid.SampledFrom([]byte("\x00\x01ab\xff")), 0, maxMarked)
	rapid.Check(t, func(t *rapid.T) {
		a, b := text.Draw(t, "a"), text.Draw(t, "b")
		if (markOf(a) == markOf(b)) != bytes.Equal(a, b) {
			t.Fatalf("%q and %q have the marks %x and %x", a, b, markOf(a), markOf(b))
		}
		if order := bytes.Compare(a, b); order*cmp.Compare(markOf(a).head(), markOf(b).head()) < 0 {
			t.Fatalf("%q and %q have heads %x and %x", a, b, markOf(a).head(), markOf(b).head())
		}
		behind := append(bytes.Clone(a), rapid.SliceOfN(rapid.Byte(), 0, 20).Draw(t, "behind")...)
		if markOf(behind[:len(a)]) != markOf(a) {
			t.Fatalf("%q has another mark before other bytes", a)
		}
	})
}
