package arrowops

// Repeat is a row whose value was added before.
type Repeat struct {
	Row int   // of the column at hand
	ID  int   // of the value: 0, 1, 2, … in the order in which they first repeated
	N   int64 // how often the value was added, with this time: 2 or more
}

// repeats counts the values that were added more than once.
type repeats[T Int] struct {
	ids    *IntKeys[T]
	counts chunked[int64] // by id
	null   bool           // whether a null was added
	found  []Repeat       // of the column at hand
}

func newRepeats[T Int]() repeats[T] { return repeats[T]{ids: NewIntIndex[T]()} }

// next counts one more of the value that ids has just given an id.
func (r *repeats[T]) next(id int, isNew bool) (n int64, _ int) {
	count := r.counts.at(id)
	if isNew {
		*count = 1 // the time that was not counted
	}
	*count++
	return *count, id
}

// add counts one more of a value, which stands in a row.
func (r *repeats[T]) add(row int, v T) {
	n, id := r.next(r.ids.Assign(v))
	r.found = append(r.found, Repeat{Row: row, ID: id, N: n})
}

// addNull counts one more null, which stands in a row.
func (r *repeats[T]) addNull(row int) {
	if !r.null {
		r.null = true
		return
	}
	n, id := r.next(r.ids.AssignNull())
	r.found = append(r.found, Repeat{Row: row, ID: id, N: n})
}

// addBlock counts what was found of a block of rows, in their order.
func (r *repeats[T]) addBlock(b *repeatBlock, again *againBlock[T]) {
	nulls := b.nulls[:b.null]
	for j, row := range again.rows[:again.n] {
		for len(nulls) > 0 && nulls[0] < row {
			r.addNull(nulls[0])
			nulls = nulls[1:]
		}
		r.add(row, again.values[j])
	}
	for _, row := range nulls {
		r.addNull(row)
	}
}

func (r *repeats[T]) size() int64 { return r.ids.Size() + r.counts.size() + bytesOf(r.found) }

// repeatRows is how many rows are added side by side. Looking for a value in a
// large table waits for memory; the values of a block wait together, because the
// passes over it do not depend on what a load before gave.
const repeatRows = 256

// repeatBlock is the next rows of a column.
type repeatBlock struct {
	rows  [repeatRows]int // that have a value
	nulls [repeatRows]int // that have none and are counted
	n     int
	null  int
}

// againBlock is the rows of a block whose values were added before.
type againBlock[T Int] struct {
	rows   [repeatRows]int
	values [repeatRows]T
	n      int
}

// fill takes the rows from lo to hi, or those of a selection with such indices.
func (b *repeatBlock) fill(v validity, selected []int, lo, hi int, nulls bool) {
	rows := b.rows[:hi-lo]
	if selected != nil {
		copy(rows, selected[lo:hi])
	} else {
		for j := range rows {
			rows[j] = lo + j
		}
	}
	b.n, b.null = len(rows), 0
	if v.bits == nil {
		return
	}
	b.n = 0
	for _, row := range rows {
		ok := 0
		if v.Valid(row) {
			ok = 1
		}
		b.rows[b.n%repeatRows], b.nulls[b.null%repeatRows] = row, row
		b.n += ok
		b.null += 1 - ok
	}
	if !nulls {
		b.null = 0
	}
}
