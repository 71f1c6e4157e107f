package changes

import (
	"cmp"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"martlet/internal/arrowops"
)

// All parts together have every row once, and none has more rows than there is room
// for, but for chance.
func TestHashesInParts(t *testing.T) {
	const rows, most = 10_000, 300
	h := newHashes(most * hashedBytes)
	var seen []int64
	parts := 0
	for more := true; more; more = h.advance() {
		for row := range int64(rows) {
			h.add(arrowops.Hash(0, uint64(row)), side(row%2), row)
			if h.part == 0 && len(h.rows) > most || len(h.rows) > 2*most {
				t.Fatalf("part %d has %d rows, there is room for %d", h.part, len(h.rows), most)
			}
		}
		for _, r := range h.rows {
			if r.side() != side(r.number()%2) {
				t.Fatalf("row %d is of the state %v", r.number(), r.side())
			}
			seen = append(seen, r.number())
		}
		parts++
	}
	slices.Sort(seen)
	if len(slices.Compact(seen)) != rows || len(seen) != rows {
		t.Errorf("%d parts have %d rows, want %d", parts, len(seen), rows)
	}
	if parts > 4*rows/most {
		t.Errorf("there are %d parts of %d rows with room for %d", parts, rows, most)
	}
}

// More parts are no help where hashes are the same.
func TestHashesThatAreTheSame(t *testing.T) {
	h := newHashes(100 * hashedBytes)
	for row := range int64(10_000) {
		h.add(42<<40, older, row)
	}
	if len(h.rows) != 10_000 || h.parts > 1<<7 {
		t.Errorf("%d of 10000 rows are in the first of %d parts", len(h.rows), h.parts)
	}
}

func TestGroups(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := newHashes(0)
		want := map[uint64][]hashed{}
		for row, hash := range rapid.SliceOf(rapid.Uint64Range(0, 9)).Draw(t, "hashes") {
			of := side(rapid.IntRange(0, 1).Draw(t, "side"))
			h.add(hash, of, int64(row))
			want[hash] = append(want[hash], hashed{hash, int64(row)<<1 | int64(of)})
		}
		h.groups(func(rows []hashed) {
			of := want[rows[0].hash]
			slices.SortStableFunc(of, func(x, y hashed) int { return cmp.Compare(x.side(), y.side()) })
			if !slices.Equal(rows, of) {
				t.Fatalf("a group is %v, want %v", rows, of)
			}
			delete(want, rows[0].hash)
		})
		for _, rows := range want {
			if len(rows) > 1 {
				t.Fatalf("%v is no group", rows)
			}
		}
	})
}

func TestRowSet(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var s rowSet
		in := map[int64]bool{}
		row := rapid.Int64Range(0, 300)
		for range rapid.IntRange(0, 10).Draw(t, "changes") {
			lo := row.Draw(t, "from")
			if hi := lo + rapid.Int64Range(0, 70).Draw(t, "rows"); rapid.Bool().Draw(t, "add") {
				s.addRange(lo, hi)
				for i := lo; i < hi; i++ {
					in[i] = true
				}
			} else if s.has(lo) {
				s.remove(lo)
				delete(in, lo)
			}
		}
		if s.len() != int64(len(in)) {
			t.Fatalf("it has %d rows, want %d", s.len(), len(in))
		}
		lo, hi := row.Draw(t, "lo"), row.Draw(t, "hi")
		any := false
		for i := lo; i < hi; i++ {
			any = any || in[i]
			if s.has(i) != in[i] {
				t.Fatalf("has(%d) is %t", i, s.has(i))
			}
		}
		if s.anyOf(lo, hi) != any {
			t.Fatalf("anyOf(%d, %d) is %t", lo, hi, !any)
		}
	})
}

// What align finds has one hash in both runs, and no pair that is clearly nearer.
func TestAlign(t *testing.T) {
	var g aligner
	rapid.Check(t, func(t *rapid.T) {
		run := func(name string) []uint64 {
			return rapid.SliceOfN(rapid.Uint64Range(0, 400), 1, 150).Draw(t, name)
		}
		b, a := run("before"), run("after")
		inB, inA := g.align(b, a)
		switch n := min(len(b), len(a)); {
		case b[0] == a[0]:
			if inB != 1 || inA != 1 {
				t.Fatalf("of two keys with one hash %d and %d rows are passed over", inB, inA)
			}
		case inB < len(b) && inA < len(a) && b[inB] == a[inA]:
			// A window holds all pairs that are nearer than it is long.
			for i := range b {
				for j := range a {
					if near := max(i, j) < max(nearby, (inB+inA)/4); near && b[i] == a[j] && i+j < inB+inA {
						t.Fatalf("%d and %d rows are passed over, %d and %d would do", inB, inA, i, j)
					}
				}
			}
		case inB != n || inA != n:
			t.Fatalf("%d of %d and %d of %d rows are passed over", inB, len(b), inA, len(a))
		default:
			for i := range min(nearby, len(b)) {
				if j := slices.Index(a[:min(nearby, len(a))], b[i]); j >= 0 {
					t.Fatalf("%d rows are passed over, %d and %d would do", n, i, j)
				}
			}
		}
	})
}
