package pipeline

import (
	"slices"

	"martlet/internal/contract"
)

// maxTried bounds the rows of which it is tried out whether they are in a group.
const maxTried = 20_000

// group gives the rows of the base that are in the group of a row, the first of which
// is known. Where the columns that they have in common do not tell, the model is asked:
// two rows that it makes one row of, and drops none of, are in one group. It gives nil
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
	if len(rows) > maxTried {
		return nil, nil
	}
	var members []row
	for _, other := range rows {
		kept := true
		var err error
		if m.Dedupe != nil {
			kept, err = t.isKept(s, other)
		}
		if kept && err == nil && other != first {
			kept, err = t.together(s, first, other)
		}
		if err != nil {
			return nil, err
		}
		if kept {
			members = append(members, other)
		}
	}
	return members, nil
}

// together says whether two rows of the base go into one row.
func (t *tracer) together(s *rowSet, a, b row) (bool, error) {
	out, filtered, err := t.try(s, []row{a, b}, nil)
	return filtered == 0 && len(out) == 1, err
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
