package changes

import "slices"

// Tally is in how many rows a column has another value, of the rows that both states
// have.
type Tally struct {
	Column  string
	Ignored bool // it makes no row changed
	Rows    int64

	at    int     // in the states
	most  int     // rows to note
	noted []int64 // of the state after, the first of them among others
}

// add takes note of a row that differs.
func (t *Tally) add(row int64) {
	t.Rows++
	if t.most <= 0 {
		return
	}
	if t.noted = append(t.noted, row); len(t.noted) >= 2*t.most+block {
		t.noted = t.first()
	}
}

// first are the first rows that were noted.
func (t *Tally) first() []int64 {
	slices.Sort(t.noted)
	return t.noted[:min(len(t.noted), t.most)]
}

// tallies are those of all columns, in their order.
func (t *table) tallies() (all []*Tally) {
	for _, p := range slices.Concat(t.values, t.ignored) {
		if p.tally != nil {
			all = append(all, p.tally)
		}
	}
	slices.SortFunc(all, func(x, y *Tally) int { return x.at - y.at })
	return all
}
