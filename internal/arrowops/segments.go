package arrowops

// segments is a hash table that grows in pieces: extendible hashing, by Fagin,
// Nievergelt, Pippenger and Strong (1979). A directory, indexed by leading bits
// of the hash, leads to segments; each is a table of its own with open addressing
// and linear probing by the low bits. All have one size. A lone segment doubles
// until it has segmentSlots; from then on one that fills up splits in two by the
// next leading bit. So growing works on what fits into the processor's cache, and
// never needs more memory than the table and one segment.
//
// Lookups are written where the slots are known; see IntKeys.
type segments[S slot] struct {
	dir   [][]S    // by the leading bits of the hash
	about []*about // of each entry of dir
	shift uint32   // 32 less the number of those bits
	made  int      // segments there are
	used  int      // slots in use
	spare []S      // of a segment: what the next split uses

	buckets bool // whether hashes are multiples of bucketSlots
}

// about is what growing knows of a segment.
type about struct {
	used  int
	depth uint32 // how many leading bits of the hash its keys share
}

// slot is what a segment holds; the zero slot is empty.
type slot interface {
	comparable
	hash() uint32
}

// segmentSlots is how many slots a segment has when it splits instead of growing.
const segmentSlots = 1 << 15

func newSegments[S slot]() segments[S] {
	// Two entries at least, so that the shift is less than 32.
	slots, only := make([]S, minRows), new(about)
	return segments[S]{dir: [][]S{slots, slots}, about: []*about{only, only}, shift: 31, made: 1}
}

// entry is where the directory has the segment of a hash.
func (t *segments[S]) entry(hash uint32) int { return int(hash >> (t.shift & 31)) }

// at is the segment of a hash; its length is a power of two.
func (t *segments[S]) at(hash uint32) []S { return t.dir[hash>>(t.shift&31)] }

// fits counts a slot that is to be filled in, in the segment of a hash, and reports
// whether it did: not where the segment has to grow then.
func (t *segments[S]) fits(hash uint32) bool {
	a := t.about[hash>>(t.shift&31)]
	if tooFull(a.used+1, len(t.dir[0])) {
		return false
	}
	a.used++
	t.used++
	return true
}

// added counts a slot that was filled in, in the segment of that hash, and makes
// room for the next. It reports whether it had to.
func (t *segments[S]) added(hash uint32) (grown bool) {
	a := t.about[t.entry(hash)]
	a.used++
	t.used++
	for tooFull(a.used, len(t.dir[0])) {
		if t.made == 1 && len(t.dir[0]) < segmentSlots || !t.maySplit(a) {
			t.double()
		} else {
			t.split(hash)
		}
		a, grown = t.about[t.entry(hash)], true
	}
	return grown
}

// tooFull reports whether a table of that many slots should grow.
func tooFull(keys, slots int) bool { return keys > slots/8*5 }

// insert puts in a slot that the table does not have.
func (t *segments[S]) insert(x S) {
	hash := x.hash()
	enter(t.at(hash), x, hash)
	t.added(hash)
}

// enter puts a slot in a segment.
func enter[S slot](slots []S, x S, hash uint32) {
	var empty S
	mask := uint32(len(slots) - 1)
	i := hash & mask
	for slots[i] != empty {
		i = (i + 1) & mask
	}
	slots[i] = x
}

// double gives every segment twice the slots.
func (t *segments[S]) double() {
	var empty S
	for first := 0; first < len(t.dir); {
		old, end := t.dir[first], first+t.entries(t.about[first])
		slots := room[S](2 * len(old))
		for _, x := range old {
			if x != empty {
				enter(slots, x, x.hash())
			}
		}
		for ; first < end; first++ {
			t.dir[first] = slots
		}
	}
	t.spare = nil
}

// entries is how many entries of the directory, in one run, lead to a segment.
func (t *segments[S]) entries(a *about) int { return 1 << (32 - t.shift - a.depth) }

// maySplit reports whether a segment may split. Where many keys share all their
// leading bits, which chance does not bring about but somebody might, splitting
// only makes empty segments and a long directory; then all segments double
// instead.
func (t *segments[S]) maySplit(a *about) bool {
	deep := t.entries(a) == 1 && (len(t.dir) >= 64*t.made || t.shift <= 4)
	return !deep && 8*t.used >= t.made*len(t.dir[0])
}

// split moves those of a full segment whose next leading bit is 1 to a new one.
func (t *segments[S]) split(hash uint32) {
	zero := t.about[t.entry(hash)]
	if t.entries(zero) == 1 {
		t.deepen()
	}
	run := t.entries(zero) / 2
	first := t.entry(hash) &^ (2*run - 1)
	zero.depth++
	one := &about{depth: zero.depth}
	zeros := t.dir[first]
	ones := room[S](len(zeros))
	halves, used := [2][]S{zeros, ones}, [2]int{}
	if bit := 32 - zero.depth; t.buckets {
		used = t.divideBuckets(halves, bit)
	} else {
		for _, x := range t.takeOut(zeros) {
			h := x.hash()
			half := h >> bit & 1
			enter(halves[half], x, h)
			used[half]++
		}
	}
	zero.used, one.used = used[0], used[1]
	t.made++
	for i := first; i < first+run; i++ {
		t.dir[i] = zeros
		t.dir[i+run], t.about[i+run] = ones, one
	}
}

// takeOut empties a segment and gives the slots that were in use.
func (t *segments[S]) takeOut(slots []S) []S {
	old := t.room(len(slots))
	var empty S
	n := 0
	for _, x := range slots {
		old[n] = x // without a branch that nobody can foresee
		if x != empty {
			n++
		}
	}
	clear(slots)
	return old[:n]
}

// room is memory for so many slots, as a segment has.
func (t *segments[S]) room(slots int) []S {
	if t.spare == nil {
		t.spare = room[S](slots)
	}
	return t.spare
}

// deepen doubles the directory.
func (t *segments[S]) deepen() {
	dir, abouts := make([][]S, 0, 2*len(t.dir)), make([]*about, 0, 2*len(t.dir))
	for i, slots := range t.dir {
		dir, abouts = append(dir, slots, slots), append(abouts, t.about[i], t.about[i])
	}
	t.dir, t.about = dir, abouts
	t.shift--
}

// all gives the slots in use.
func (t *segments[S]) all(yield func(S) bool) {
	var empty S
	for first := 0; first < len(t.dir); first += t.entries(t.about[first]) {
		for _, x := range t.dir[first] {
			if x != empty && !yield(x) {
				return
			}
		}
	}
}

func (t *segments[S]) size() int64 {
	if t.dir == nil {
		return 0
	}
	return int64(t.made)*bytesOf(t.dir[0]) + bytesOf(t.spare) + bytesOf(t.dir) + bytesOf(t.about)
}
