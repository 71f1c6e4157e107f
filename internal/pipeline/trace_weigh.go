package pipeline

import (
	"slices"

	"martlet/internal/contract"
)

// Bounds of what is weighed.
const (
	maxAlone   = 2000   // rows of an input, each of which is tried alone
	maxWithout = 20_000 // rows in all that are computed from to try without some
)

// weighing is of the rows of one input that went into a row.
type weighing struct {
	row   row
	input int
}

// weights are what the columns of a row would be, by column and as keys have them, from
// each of the rows that went into it alone, and without each of those that it was asked
// of; nil where there would be no row.
type weights struct {
	alone   [][]string
	without map[int][]string
}

// gave are those of the rows of an input, of which an aggregate is over some, that gave
// the value of a column: those without which it is another. Where it never is, as two
// rows have the greatest time, those that give it alone; where none does, all.
// Of many rows only those that give it alone may be the ones, of very many those that
// hold it.
func (t *tracer) gave(r row, column string, input int, rows []row) ([]row, error) {
	switch {
	case len(rows) < 2:
		return rows, nil
	case len(rows) > maxAlone:
		return holding(r, column, input, rows), nil
	}
	w, err := t.weigh(r, input, rows)
	if err != nil {
		return nil, err
	}
	value, at := r.value(column), r.node().at(column)
	var decisive, sufficient []int
	for i, values := range w.alone {
		if values != nil && values[at] == value {
			sufficient = append(sufficient, i)
		}
	}
	asked := sufficient
	if len(rows)*len(rows) <= maxWithout {
		asked = contract.Sequence(nil, 0, len(rows))
	}
	for _, i := range asked {
		if len(asked)*len(rows) > maxWithout {
			break
		}
		values, err := t.without(w, r, input, rows, i)
		if err != nil {
			return nil, err
		}
		if values == nil || values[at] != value {
			decisive = append(decisive, i)
		}
	}
	for _, some := range [][]int{decisive, sufficient} {
		if len(some) > 0 {
			return pick(rows, some), nil
		}
	}
	return rows, nil
}

func pick(rows []row, which []int) []row {
	some := make([]row, len(which))
	for i, at := range which {
		some[i] = rows[at]
	}
	return some
}

// holding are the rows of an input that hold the value of a column in one of those that
// it is computed from; all where none does.
func holding(r row, column string, input int, rows []row) (some []row) {
	value := r.value(column)
	for _, other := range rows {
		if slices.ContainsFunc(r.node().readsOf(column), func(read contract.Read) bool {
			return read.Input == input && !read.Part && other.value(read.Column) == value
		}) {
			some = append(some, other)
		}
	}
	if len(some) == 0 {
		return rows
	}
	return some
}

// weigh computes a row anew from each of the rows of an input alone.
func (t *tracer) weigh(r row, input int, rows []row) (*weights, error) {
	at := weighing{r, input}
	if w := t.weighed[at]; w != nil {
		return w, nil
	}
	w := &weights{alone: make([][]string, len(rows)), without: map[int][]string{}}
	for i := range rows {
		var err error
		if w.alone[i], err = t.from(r, input, rows[i:i+1]); err != nil {
			return nil, err
		}
	}
	t.weighed[at] = w
	return w, nil
}

// without computes a row anew without one of the rows of an input.
func (t *tracer) without(w *weights, r row, input int, rows []row, i int) ([]string, error) {
	if values, known := w.without[i]; known {
		return values, nil
	}
	values, err := t.from(r, input, slices.Delete(slices.Clone(rows), i, i+1))
	w.without[i] = values
	return values, err
}

// from computes a row anew from some rows of an input, and all of the others.
func (t *tracer) from(r row, input int, some []row) ([]string, error) {
	base, joins := some, map[int][]row(nil)
	if input > 0 {
		bases, err := t.bases(r)
		if err != nil {
			return nil, err
		}
		base, joins = bases.rows, map[int][]row{input - 1: some}
	}
	out, _, err := t.try(r.set, base, joins)
	if err != nil || len(out) != 1 {
		return nil, err
	}
	return out[0].values, nil
}
