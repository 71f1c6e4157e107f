package arrowops

import "testing"

// badSlot has the hash that it is given.
type badSlot struct{ code, key uint32 }

func (s badSlot) hash() uint32 { return s.code }

// Whatever the hashes are, all one even, each slot is found where it belongs and
// the table takes no more memory than some times its slots.
func TestSegmentsWithBadHashes(t *testing.T) {
	const n = 100_000
	good := func(i uint32) uint32 { return uint32(hashInt(uint64(i))) }
	inputs := map[string]func(i uint32) uint32{
		"good":             good,
		"low bits":         func(i uint32) uint32 { return good(i) & 0xfffff },
		"few leading bits": func(i uint32) uint32 { return good(i)&0xfffff | i%3<<30 },
		"one by one":       func(i uint32) uint32 { return good(i)&0xfffff | 1<<31>>(i/6000) },
	}
	for name, hash := range inputs {
		table := newSegments[badSlot]()
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
		if size := table.size(); size > n*8*20 {
			t.Errorf("%s: %d bytes", name, size)
		}
	}
}
