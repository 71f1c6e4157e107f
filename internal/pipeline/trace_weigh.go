package pipeline

import (
	"slices"

	"martlet/internal/contract"
)

// maxWeighed bounds the rows of an input that are weighed.
const maxWeighed = 64

// weighing is of the rows of one input that went into a row.
type weighing struct {
	row   row
	input int
}

// weights are what the columns of a row would be, by column and as keys have them,
// without each of the rows that went into it, and from each of them alone; nil where
// there would be no row.
type weights struct{ without, alone [][]string }

// gave are those of the rows of an input, of which an aggregate is over some, that gave
// the value of a column: those without which it is another. Where it never is, as two
// rows have the greatest time, those that give it alone; where none does, all.
// Of more rows than are weighed those count that hold the value.
func (t *tracer) gave(r row, column string, input int, rows []row) ([]row, error) {
	switch {
	case len(rows) < 2:
		return rows, nil
	case len(rows) > maxWeighed:
		return holding(r, column, input, rows), nil
	}
	w, err := t.weigh(r, input, rows)
	if err != nil {
		return nil, err
	}
	value, at := r.value(column), r.node().at(column)
	var decisive, sufficient []row
	for i := range rows {
		if w.without[i] == nil || w.without[i][at] != value {
			decisive = append(decisive, rows[i])
		}
		if w.alone[i] != nil && w.alone[i][at] == value {
			sufficient = append(sufficient, rows[i])
		}
	}
	switch {
	case len(decisive) > 0:
		return decisive, nil
	case len(sufficient) > 0:
		return sufficient, nil
	}
	return rows, nil
}

// holding are the rows of an input that hold the value of a column in one of those that
// it is computed from; all where none does.
func holding(r row, column string, input int, rows []row) (some []row) {
	value := r.value(column)
	for _, other := range rows {
		if slices.ContainsFunc(r.node().readsOf(column), func(read contract.Read) bool { return read.Input == input && other.value(read.Column) == value }) {
			some = append(some, other)
		}
	}
	if len(some) == 0 {
		return rows
	}
	return some
}

// weigh computes a row anew without each of the rows of an input, and from each alone.
func (t *tracer) weigh(r row, input int, rows []row) (*weights, error) {
	at := weighing{r, input}
	if w := t.weighed[at]; w != nil {
		return w, nil
	}
	bases, err := t.bases(r)
	if err != nil {
		return nil, err
	}
	computed := func(some []row) ([]string, error) {
		base, joins := bases.rows, map[int][]row{input - 1: some}
		if input == 0 {
			base, joins = some, nil
		}
		out, _, err := t.try(r.set, base, joins)
		if err != nil || len(out) != 1 {
			return nil, err
		}
		return out[0].values, nil
	}
	w := &weights{}
	for i := range rows {
		without, err := computed(slices.Delete(slices.Clone(rows), i, i+1))
		if err != nil {
			return nil, err
		}
		alone, err := computed(rows[i : i+1])
		if err != nil {
			return nil, err
		}
		w.without, w.alone = append(w.without, without), append(w.alone, alone)
	}
	t.weighed[at] = w
	return w, nil
}
