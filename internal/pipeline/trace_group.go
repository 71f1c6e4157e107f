package pipeline

import (
	"errors"
	"slices"

	"martlet/internal/contract"
)

// maxTried bounds how often it is tried out which rows are in a group.
const maxTried = 20_000

// errTried says that there are too many rows to try.
var errTried = errors.New("too many rows to try out")

// group gives the rows of the base that are in the group of a row, the first of which
// is known. Where the columns that they have in common do not tell, the model is asked:
// rows that it makes one row of, and drops none of, are in one group. It gives nil
// where there are too many to try.
func (t *tracer) group(r row, first row) ([]row, error) {
	s, m := r.set, r.node().model
	rows := s.inputs[0].rows()
	if len(m.GroupBy) > 0 {
		rows = s.inputs[0].with(m.GroupBy, first.values(m.GroupBy))
		if m.Where == nil && m.Dedupe == nil {
			return rows, nil
		}
	}
	left := maxTried
	if m.Dedupe != nil {
		var kept []row
		for _, other := range rows {
			if left--; left < 0 {
				return nil, nil
			}
			ok, err := t.isKept(s, other)
			if err != nil {
				return nil, err
			}
			if ok {
				kept = append(kept, other)
			}
		}
		rows = kept
	}
	members, err := t.together(s, first, rows, &left)
	if errors.Is(err, errTried) {
		return nil, nil
	}
	return members, err
}

// together gives those of some rows of the base that go into one row with another: all
// at once where that is so, else by halves.
func (t *tracer) together(s *rowSet, with row, rows []row, left *int) ([]row, error) {
	if len(rows) == 0 || len(rows) == 1 && rows[0] == with {
		return rows, nil
	}
	if *left--; *left < 0 {
		return nil, errTried
	}
	tried := rows
	if !slices.Contains(rows, with) {
		tried = append([]row{with}, rows...)
	}
	out, filtered, err := t.try(s, tried, nil)
	switch {
	case err != nil:
		return nil, err
	case filtered == 0 && len(out) == 1:
		return rows, nil
	case len(rows) == 1 || int(filtered) == len(tried)-1 && len(tried) > len(rows):
		return nil, nil
	}
	half := len(rows) / 2
	some, err := t.together(s, with, rows[:half], left)
	if err != nil {
		return nil, err
	}
	others, err := t.together(s, with, rows[half:], left)
	return slices.Concat(some, others), err
}

// isKept says whether dedupe keeps a row of the base, and where does not drop it:
// computed from the rows of its key alone, what comes out begins with it.
func (t *tracer) isKept(s *rowSet, x row) (bool, error) {
	key := s.node.model.Dedupe.Key
	out, _, err := t.try(s, s.inputs[0].with(key, x.values(key)), nil)
	return len(out) == 1 && out[0].origin == x.origin(), err
}

// tried is a row that came of some rows alone.
type tried struct {
	origin contract.Origin
	values []string // by column, as keys have them
}

// try computes a model from some rows of its base alone, and the rows that are joined
// to them; joins gives those of a join where it is to be others. filtered is how many
// rows where dropped.
func (t *tracer) try(s *rowSet, base []row, joins map[int][]row) (out []tried, filtered int64, err error) {
	batches := make([][]contract.Batch, len(s.inputs))
	defer func() {
		for _, of := range batches {
			for _, b := range of {
				b.Release()
			}
		}
	}()
	batches[0] = singles(base)
	for k := range s.node.model.On {
		joined, given := joins[k]
		if !given {
			for _, b := range base {
				joined = append(joined, s.beside(b, k)...)
			}
			joined = distinct(joined)
		}
		batches[k+1] = singles(joined)
	}
	filtered, err = t.drive(s.node, t.quietEnv(), batches[0], batches[1:], func(b contract.Batch) error {
		for i, origin := range b.Origins {
			x := tried{origin: origin, values: make([]string, len(s.node.Columns))}
			for c, column := range b.Record.Columns() {
				x.values[c] = string(appendValue(nil, column, i))
			}
			out = append(out, x)
		}
		return nil
	})
	return out, filtered, err
}

// singles are rows as batches, in order.
func singles(rows []row) []contract.Batch {
	rows = slices.Clone(rows)
	slices.SortStableFunc(rows, row.compare)
	out := make([]contract.Batch, len(rows))
	for i, r := range rows {
		out[i] = r.single()
	}
	return out
}
