package arrowops

// AddAll adds the rows of a column and gives those whose values were added before,
// in order; what it gives is good until the next call. nulls says whether a null
// is a value like any other, or is passed over.
func (r *IntRepeats[T]) AddAll(src Column[T], nulls bool) []Repeat {
	return r.add(src, nil, src.Len(), nulls)
}

// AddRows is AddAll of the given rows of a column, which ascend.
func (r *IntRepeats[T]) AddRows(src Column[T], rows []int, nulls bool) []Repeat {
	return r.add(src, rows, len(rows), nulls)
}

// add adds n rows of a column, the first ones or those selected.
func (r *IntRepeats[T]) add(src Column[T], selected []int, n int, nulls bool) []Repeat {
	var b repeatBlock
	var again againBlock[T]
	r.counts.found = r.counts.found[:0]
	for lo := 0; lo < n; lo += repeatRows {
		b.fill(src.validity, selected, lo, min(lo+repeatRows, n), nulls)
		again.n = 0
		r.addBlock(src.values, b.rows[:b.n], &again)
		r.counts.addBlock(&b, &again)
	}
	return r.counts.found
}

// addBlock adds the values of up to repeatRows rows, and gives which were there.
func (r *IntRepeats[T]) addBlock(values []T, rows []int, again *againBlock[T]) {
	if r.table.dir != nil {
		r.touch(values, rows)
	}
	for len(rows) > 0 {
		var done int
		if r.table.dir == nil {
			done = r.addPaged(values, rows, again)
		} else {
			done = r.addToTable(values, rows, again)
		}
		if rows = rows[done:]; len(rows) > 0 {
			again.add(rows[0], values[rows[0]], !r.isNew(values[rows[0]]))
			rows = rows[1:]
		}
	}
}

// add notes a row where its value was there.
func (b *againBlock[T]) add(row int, v T, was bool) {
	b.rows[b.n%repeatRows], b.values[b.n%repeatRows] = row, v
	if was {
		b.n++
	}
}

// addPaged adds values up to the first one that has no page, and gives how many.
func (r *IntRepeats[T]) addPaged(values []T, rows []int, again *againBlock[T]) (done int) {
	done, _ = touchPages(&r.pages, values, rows)
	dir, first := r.pages.dir, r.pages.first
	lo, hi, n := r.lo, r.hi, again.n
	for _, row := range rows[:done] {
		v := values[row]
		word, bit := &dir[int64(v)>>bitShift-first][uint64(v)%bitKeys/64], uint64(v)%64
		was := *word
		*word = was | 1<<bit
		again.rows[n%repeatRows], again.values[n%repeatRows] = row, v
		n += int(was >> bit & 1)
		lo, hi = min(lo, v), max(hi, v)
	}
	r.lo, r.hi = lo, hi
	r.n += done - (n - again.n)
	again.n = n
	return done
}

// touchPages reads the words of the bits of values, up to the first one that has no
// page, and gives how many they are. It does as little else as can be, so that the
// processor waits for many of them at once; what it gives of that is of no meaning.
//
//go:noinline
func touchPages[T Int](pages *pages[bitPage], values []T, rows []int) (n int, seen uint64) {
	dir, first, none := pages.dir, pages.first, pages.none
	for j, row := range rows {
		v := values[row]
		number := uint64(int64(v)>>bitShift - first)
		if number >= uint64(len(dir)) || dir[number] == none {
			return j, seen
		}
		seen += dir[number][uint64(v)%bitKeys/64]
	}
	return len(rows), seen
}

// addToTable adds values up to the first one for which there is more to do, and
// gives how many.
func (r *IntRepeats[T]) addToTable(values []T, rows []int, again *againBlock[T]) (done int) {
	for _, row := range rows {
		v := values[row]
		hash := cellHash(v)
		slots := r.table.at(hash)
		bucket := (*[bucketSlots]intCell[T])(slots[hash&uint32(len(slots)-1):])
		used, same := 0, 0
		for _, c := range bucket {
			if c.value != 0 {
				used++
			}
			if c.value == v {
				same++
			}
		}
		if same > 0 || used == bucketSlots || !r.table.fits(hash) {
			break
		}
		bucket[used].value = v
		r.lo, r.hi = min(r.lo, v), max(r.hi, v)
		r.n++
		done++
	}
	return done
}

// touch reads the buckets of values, so that the processor waits for many of them
// at once. What it gives is of no meaning.
//
//go:noinline
func (r *IntRepeats[T]) touch(values []T, rows []int) (seen T) {
	for _, row := range rows {
		hash := cellHash(values[row])
		slots := r.table.at(hash)
		seen += slots[hash&uint32(len(slots)-1)].value
	}
	return seen
}
