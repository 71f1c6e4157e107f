package arrowops

// Marks is a set of ids, a bit each. Its zero value is empty. Once adding has ended any
// number of goroutines may ask it.
type Marks struct{ bits []uint64 }

// Has says whether an id is in the set.
func (m *Marks) Has(id int) bool {
	return uint(id)/64 < uint(len(m.bits)) && m.bits[uint(id)/64]>>(uint(id)%64)&1 != 0
}

// Add adds an id and reports whether it was not there.
func (m *Marks) Add(id int) (isNew bool) {
	m.reach(id)
	word, bit := &m.bits[uint(id)/64], uint64(1)<<(uint(id)%64)
	isNew = *word&bit == 0
	*word |= bit
	return isNew
}

// reach makes room for an id.
func (m *Marks) reach(id int) {
	if n := id/64 + 1; n > len(m.bits) {
		m.bits = append(m.bits, make([]uint64, max(n, 2*len(m.bits))-len(m.bits))...)
	}
}

// AddAll adds ids[i] for each i of rows.
func (m *Marks) AddAll(ids, rows []int) {
	m.reach(highest(ids, rows))
	for _, i := range rows {
		m.bits[uint(ids[i])/64] |= 1 << (uint(ids[i]) % 64)
	}
}

// Claim is AddAll, and gives the rows whose id is new, in their order and in their
// place.
func (m *Marks) Claim(ids, rows []int) (first []int) {
	m.reach(highest(ids, rows))
	n := 0
	for _, i := range rows {
		word, bit := &m.bits[uint(ids[i])/64], uint(ids[i])%64
		rows[n] = i
		n += int(^*word >> bit & 1)
		*word |= 1 << bit
	}
	return rows[:n]
}

// Match sets ids[i] to first+i where that is in the set, else to -1, for each i of rows.
func (m *Marks) Match(ids []int, first int, rows []int) {
	for _, i := range rows {
		if ids[i] = -1; m.Has(first + i) {
			ids[i] = first + i
		}
	}
}

// Found gives those of some rows whose id is not -1, in their order and in their place.
func Found(ids, rows []int) []int {
	n := 0
	for _, i := range rows {
		rows[n] = i
		if ids[i] >= 0 {
			n++
		}
	}
	return rows[:n]
}

// highest is the highest of the ids of some rows, -1 where there is none.
func highest(ids, rows []int) int {
	top := -1
	for _, i := range rows {
		top = max(top, ids[i])
	}
	return top
}
