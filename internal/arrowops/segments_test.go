package arrowops

import (
	"testing"
)

// badSlot has the hash that it is given.
type badSlot struct{ code, key uint32 }

func (s badSlot) hash() uint32 { return s.code }

// Whatever the hashes are, all one even, each slot is found where it belongs and
// the table takes no more memory than some times its slots.
func TestSegmentsWithBadHashes(t *testing.T) {
	good := func(i uint32) uint32 { return uint32(hashInt(uint64(i))) }
	inputs := map[string]func(i uint32) uint32{
		"good":             good,
		"low bits":         func(i uint32) uint32 { return good(i) & 0xfffff },
		"few leading bits": func(i uint32) uint32 { return good(i)&0xfffff | i%3<<30 },
		"one by one":       func(i uint32) uint32 { return good(i)&0xfffff | 1<<31>>(i/6000) },
	}
	for name, hash := range inputs {
		testSegments(t, name, newSegments[badSlot](), hash)
		testSegments(t, name+", in buckets", newBuckets[badSlot](), func(i uint32) uint32 { return hash(i) &^ (bucketSlots - 1) })
	}
}

func testSegments(t *testing.T, name string, table segments[badSlot], hash func(i uint32) uint32) {
	t.Helper()
	const n = 100_000
	for i := range uint32(n) {
		table.insert(badSlot{hash(i), i + 1})
	}
	for i := range uint32(n) {
		want := badSlot{hash(i), i + 1}
		slots := table.at(want.code)
		mask := uint32(len(slots) - 1)
		at := want.code & mask
		for slots[at] != want && slots[at].key != 0 {
			at = (at + 1) & mask
		}
		if slots[at] != want {
			t.Fatalf("%s: slot %d is not where it is looked for", name, i)
		}
	}
	seen := 0
	for range table.all {
		seen++
	}
	if seen != n {
		t.Errorf("%s: %d slots, want %d", name, seen, n)
	}
	used := 0
	for first := 0; first < len(table.dir); first += table.entries(table.about[first]) {
		used += table.about[first].used
	}
	if used != n || table.used != n {
		t.Errorf("%s: %d and %d slots are counted, want %d", name, used, table.used, n)
	}
	if size := table.size(); size > n*8*20 {
		t.Errorf("%s: %d bytes", name, size)
	}
}

// BenchmarkSplit splits full segments.
func BenchmarkSplit(b *testing.B) {
	b.Run("ids of int64", func(b *testing.B) {
		benchmarkSplit(b, newSegments, func(i int) intSlot[int64] { return intSlot[int64]{int64(i), int32(i)} })
	})
	b.Run("ids of text", func(b *testing.B) {
		benchmarkSplit(b, newSegments, func(i int) textSlot { return textSlot{uint32(hashInt(uint64(i))), int32(i)} })
	})
	b.Run("int64 once", func(b *testing.B) {
		benchmarkSplit(b, newBuckets, func(i int) intCell[int64] { return intCell[int64]{int64(i)} })
	})
	b.Run("text once", func(b *testing.B) {
		benchmarkSplit(b, newBuckets, func(i int) repeatSlot { return repeatSlot{uint32(hashInt(uint64(i))), int32(i)} })
	})
}

func benchmarkSplit[S slot](b *testing.B, newTable func() segments[S], slot func(i int) S) {
	const full = segmentSlots / 8 * 5
	var segment [64][]S // what the processor foresees of one is of no use for another
	for n := range segment {
		table := newTable()
		for i := range full {
			table.insert(slot(n*full + i + 1))
		}
		segment[n] = table.dir[0]
	}
	table := newTable()
	table.dir[0] = make([]S, segmentSlots)
	n := 0
	for b.Loop() {
		slots, a := table.dir[0], &about{used: full}
		copy(slots, segment[n%len(segment)])
		table.dir, table.about = [][]S{slots, slots}, []*about{a, a}
		table.shift, table.made, table.used = 31, 1, full
		table.split(0)
		n++
	}
	perRow(b, full)
}
