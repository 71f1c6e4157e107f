package changes

// aligner finds where two runs of keys agree again. Its memory is used again.
type aligner struct {
	slots []alignSlot
	turn  int32 // slots of an earlier turn are empty
}

type alignSlot struct {
	hash uint64
	row  int32
	turn int32
}

const (
	nearby  = 16 // how far align looks first
	farther = 64 // and how many times as far at most as the shorter run goes
)

// align gives how many rows to pass over in either run, which are not empty, so
// that the next keys agree by their hash: as few as possible, more or less, and at
// least one. Where none agree it is all of the shorter run, and as many of the
// other, so that it costs about the same for each row that is passed over.
func (g *aligner) align(b, a []uint64) (inB, inA int) {
	if b[0] == a[0] {
		return 1, 1 // one hash of two keys
	}
	for window := nearby; ; window *= 4 {
		inB, inA, ok := g.within(b[:min(window, len(b))], a[:min(window, len(a))])
		if ok {
			return inB, inA
		}
		n := min(len(b), len(a))
		if window >= max(len(b), len(a)) || window > farther*n {
			return n, n
		}
	}
}

// within looks through two whole runs.
func (g *aligner) within(b, a []uint64) (inB, inA int, ok bool) {
	slots := g.clear(len(b))
	mask := uint64(len(slots) - 1)
	for row, hash := range b {
		i := hash & mask
		for slots[i].turn == g.turn && slots[i].hash != hash {
			i = (i + 1) & mask
		}
		if slots[i].turn != g.turn {
			slots[i] = alignSlot{hash: hash, row: int32(row), turn: g.turn}
		}
	}
	nearest := len(b) + len(a)
	for row := 0; row < len(a) && row < nearest; row++ {
		hash := a[row]
		i := hash & mask
		for slots[i].turn == g.turn && slots[i].hash != hash {
			i = (i + 1) & mask
		}
		if slots[i].turn == g.turn && int(slots[i].row)+row < nearest {
			inB, inA, ok = int(slots[i].row), row, true
			nearest = inB + inA
		}
	}
	return inB, inA, ok
}

// clear gives empty slots for so many rows, of which half at least stay empty.
func (g *aligner) clear(rows int) []alignSlot {
	size := 2 * nearby
	for size < 2*rows {
		size *= 2
	}
	if size > len(g.slots) {
		g.slots, g.turn = make([]alignSlot, size), 0
	}
	g.turn++
	return g.slots[:size]
}
