package arrowops

// IntRepeats counts how often each value of a column of integers, dates or
// timestamps was added, for columns in which hardly a value repeats: only those
// that do have a count.
//
// Values that lie close together are bits in pages, one bit a value of the range
// they span. Others are in a hash table of nothing but the values. Which it is,
// is decided as IntKeys does.
type IntRepeats[T Int] struct {
	pages  pages[bitPage]       // empty where the values are in table
	table  segments[intCell[T]] // empty where the values are in pages
	zero   bool                 // whether 0, which table cannot hold, was added
	n      int                  // distinct values, null not included
	lo, hi T                    // least and greatest value
	counts repeats[T]
}

// bitPage is a bit for each of bitKeys values, beginning with a multiple of
// their number.
type bitPage [bitKeys / 64]uint64

var noBits bitPage

const (
	bitShift = 15
	bitKeys  = 1 << bitShift
)

// intCell is a slot; 0 is the empty one.
type intCell[T Int] struct{ value T }

func (c intCell[T]) hash() uint32 { return cellHash(c.value) }

// cellHash leads to the first slot of a bucket.
func cellHash[T Int](v T) uint32 { return uint32(hashInt(uint64(v))) &^ (bucketSlots - 1) }

// NewIntRepeats makes an IntRepeats to which nothing was added.
func NewIntRepeats[T Int]() *IntRepeats[T] {
	return &IntRepeats[T]{pages: pages[bitPage]{none: &noBits}, counts: newRepeats[T]()}
}

// Size is how many bytes it holds.
func (r *IntRepeats[T]) Size() int64 { return r.pages.size() + r.table.size() + r.counts.size() }

// isNew adds v and reports whether it was not there.
func (r *IntRepeats[T]) isNew(v T) bool {
	page := r.pages.find(int64(v) >> bitShift)
	if page == r.pages.none && r.table.dir == nil {
		if page = r.newPage(v); page == r.pages.none {
			r.useTable()
		}
	}
	var isNew bool
	if page != r.pages.none {
		isNew = page.add(uint64(v) % bitKeys)
	} else {
		isNew = r.addHashed(v)
	}
	if isNew {
		if r.n == 0 {
			r.lo, r.hi = v, v
		}
		r.lo, r.hi = min(r.lo, v), max(r.hi, v)
		r.n++
	}
	return isNew
}

// add sets bit i and reports whether it was not set.
func (p *bitPage) add(i uint64) (isNew bool) {
	bit := uint64(1) << (i % 64)
	isNew = p[i/64]&bit == 0
	p[i/64] |= bit
	return isNew
}

// newPage is a page for v, or none where pages would take more than the table.
func (r *IntRepeats[T]) newPage(v T) *bitPage {
	if (r.pages.made+1)*bitKeys > 128*r.n+2*bitKeys {
		return r.pages.none
	}
	return r.pages.make(int64(v)>>bitShift, 1024+r.n/8)
}

// addHashed adds v to the table and reports whether it was not there.
func (r *IntRepeats[T]) addHashed(v T) (isNew bool) {
	if v == 0 {
		isNew, r.zero = !r.zero, true
		return isNew
	}
	hash := cellHash(v)
	slots := r.table.at(hash)
	mask := uint32(len(slots) - 1)
	for i := hash; ; i++ {
		switch s := &slots[i&mask]; s.value {
		case 0:
			s.value = v
			if r.table.added(hash) {
				r.tryPages()
			}
			return true
		case v:
			return false
		}
	}
}

// useTable moves all values from the pages to the table.
func (r *IntRepeats[T]) useTable() {
	r.table = newBuckets[intCell[T]]()
	for number, page := range r.pages.all {
		for i := range uint64(bitKeys) {
			if page[i/64]>>(i%64)&1 == 0 {
				continue
			}
			if v := T(number<<bitShift) + T(i); v != 0 {
				r.table.insert(intCell[T]{v})
			} else {
				r.zero = true
			}
		}
	}
	r.pages = pages[bitPage]{none: r.pages.none}
}

// tryPages moves all values from the table to pages where they lie close together.
func (r *IntRepeats[T]) tryPages() {
	if span := uint64(r.hi) - uint64(r.lo); span >= 64*uint64(r.n)+1024 {
		return
	}
	for cell := range r.table.all {
		r.toPage(cell.value)
	}
	if r.zero {
		r.toPage(0)
	}
	r.table, r.zero = segments[intCell[T]]{}, false
}

func (r *IntRepeats[T]) toPage(v T) {
	page := r.pages.find(int64(v) >> bitShift)
	if page == r.pages.none {
		page = r.pages.make(int64(v)>>bitShift, maxKeys)
	}
	page.add(uint64(v) % bitKeys)
}
