package pipeline

import (
	"errors"
	"slices"
	"strings"

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
		kept, err := t.deduped(s, rows, &left)
		if err != nil || left < 0 {
			return nil, err
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

// deduped gives those of some rows of the base that dedupe keeps, and where does not
// drop: computed from the rows of one key alone, what comes out begins with the one.
// left is less than none where there are too many keys to try.
func (t *tracer) deduped(s *rowSet, rows []row, left *int) (kept []row, err error) {
	key := s.node.model.Dedupe.Key
	first := map[string]contract.Origin{} // by key, of what comes out
	for _, r := range rows {
		values := r.values(key)
		of := strings.Join(values, "")
		origin, known := first[of]
		if !known {
			if *left--; *left < 0 {
				return nil, nil
			}
			out, _, err := t.try(s, s.inputs[0].with(key, values), nil)
			if err != nil {
				return nil, err
			}
			if origin = -1; len(out) == 1 { // that of no record
				origin = out[0].origin
			}
			first[of] = origin
		}
		if origin == r.origin() {
			kept = append(kept, r)
		}
	}
	return kept, nil
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
	batches[0] = sliced(base)
	for k := range s.node.model.On {
		joined, given := joins[k]
		if !given {
			for _, b := range base {
				joined = append(joined, s.beside(b, k)...)
			}
			joined = distinct(joined)
		}
		batches[k+1] = sliced(joined)
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

// sliced are rows as batches, in order, those that stand together as one.
func sliced(rows []row) (batches []contract.Batch) {
	rows = slices.Clone(rows)
	slices.SortStableFunc(rows, row.compare)
	for lo, hi := 0, 0; lo < len(rows); lo = hi {
		for hi = lo + 1; hi < len(rows) && rows[hi].batch == rows[lo].batch && rows[hi].at == rows[hi-1].at+1; hi++ {
		}
		batches = append(batches, rows[lo].slice(hi-lo))
	}
	return batches
}
