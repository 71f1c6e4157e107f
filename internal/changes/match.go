package changes

import (
	"cmp"
	"slices"

	"github.com/apache/arrow/go/v17/arrow"
)

// matching is Changes on the way to them.
type matching struct {
	*Changes
	aligner
	found  *hashes
	room   int64    // bytes there are for rows; 0 is no bound
	bytes  int64    // in the columns that are compared of the state before
	differ []bool   // memory of step
	twice  [2]int64 // keys that more than one row has, by side
	key    []string // of messages
	bag    bool
}

// pair is a row of either state with keys that seem to be one.
type pair struct{ before, after int64 }

// all finds the changes.
func (m *matching) all() error {
	if err := m.walk(); err != nil {
		return err
	}
	if err := m.match(); err != nil {
		return err
	}
	for m.found.advance() {
		if err := m.collect(); err != nil {
			return err
		}
		if err := m.match(); err != nil {
			return err
		}
	}
	if m.twice[older]+m.twice[newer] > 0 {
		return &NotUniqueError{Key: m.key, Before: m.twice[older], After: m.twice[newer]}
	}
	return nil
}

// collect goes through the states again for the hashes of the part at hand, of the
// same rows as walk had.
func (m *matching) collect() error {
	var hashes []uint64
	for _, s := range m.states {
		for i := range s.NumRecords() {
			lo, hi := s.starts[i], s.starts[i+1]
			if s.side == newer && !m.new.anyOf(lo, hi) {
				continue
			}
			rec, err := s.read(i, m.table.columns)
			if err != nil {
				return err
			}
			for _, k := range m.table.keys {
				k.bind(s.side, rec.Column(k.at))
			}
			hashes = m.table.hash(s.side, hashes, int(hi-lo))
			rec.Release()
			for row, hash := range hashes {
				if m.isLooked(s.side, lo+int64(row)) {
					m.found.add(hash, s.side, lo+int64(row))
				}
			}
		}
	}
	return nil
}

// isLooked says whether a row is looked at by its hash: those that were passed over and,
// to find keys that are not unique, all of the state before.
func (m *matching) isLooked(s side, row int64) bool {
	switch {
	case s == newer:
		return m.new.has(row)
	case m.bag:
		return m.gone.has(row)
	}
	return true
}

// match finds which of the rows passed over, of the part at hand, stand in both
// states, and which keys are not unique.
func (m *matching) match() error {
	var pairs []pair
	var suspects [2][]int64 // rows by side, whose hashes leave open which have one key
	m.found.groups(func(rows []hashed) {
		if m.areOnePair(rows) {
			pairs = append(pairs, pair{rows[0].number(), rows[1].number()})
			return
		}
		for _, r := range rows {
			suspects[r.side()] = append(suspects[r.side()], r.number())
		}
	})
	tell := m.tellApart
	if m.bag {
		tell = m.pairUp
	}
	certain, err := tell(suspects)
	if err != nil {
		return err
	}
	if m.twice[older]+m.twice[newer] > 0 {
		return nil // it fails; only how many there are is still of use
	}
	return m.compare(append(pairs, certain...))
}

// areOnePair says whether the rows of one hash are one row of either state which
// the walk passed over.
func (m *matching) areOnePair(rows []hashed) bool {
	return len(rows) == 2 && rows[0].side() == older && rows[1].side() == newer && m.gone.has(rows[0].number())
}

// compare looks at both rows of each pair, where they are the same row, and removes
// it from those that are gone and new.
func (m *matching) compare(pairs []pair) error {
	slices.SortFunc(pairs, func(x, y pair) int { return cmp.Compare(x.after, y.after) })
	for most := m.pairsAtOnce(); len(pairs) > 0; {
		n := min(most, len(pairs))
		if err := m.comparePairs(pairs[:n]); err != nil {
			return err
		}
		pairs = pairs[n:]
	}
	return nil
}

// pairsAtOnce is how many rows of the state before there is room for. Copying a
// batch's takes as much again.
func (m *matching) pairsAtOnce() int {
	rows := m.states[older].rows()
	if m.room == 0 || rows == 0 {
		return int(max(rows, 1))
	}
	return int(max(m.room/2/(m.bytes/rows+1), leastRows))
}

// fetched is where a pair's row of the state before is.
type fetched struct {
	pair
	record, row int
}

// comparePairs fetches the rows of the state before, and compares them with those of
// the state after a batch at a time.
func (m *matching) comparePairs(pairs []pair) error {
	rows, records, err := m.fetch(pairs)
	defer func() {
		for _, rec := range records {
			rec.Release()
		}
	}()
	if err != nil {
		return err
	}
	slices.SortFunc(rows, func(x, y fetched) int { return cmp.Compare(x.after, y.after) })
	s := m.states[newer]
	for i := range s.NumRecords() {
		n := before(rows, s.starts[i+1], func(f fetched) int64 { return f.after })
		if n == 0 {
			continue
		}
		rec, err := s.read(i, m.table.columns)
		if err != nil {
			return err
		}
		m.table.bind(newer, rec)
		m.settle(rows[:n], records, s.starts[i])
		rec.Release()
		rows = rows[n:]
	}
	return nil
}

// fetch copies the rows of the state before, as records which the caller releases,
// an error or not.
func (m *matching) fetch(pairs []pair) (rows []fetched, records []arrow.Record, err error) {
	for _, p := range pairs {
		rows = append(rows, fetched{pair: p})
	}
	slices.SortFunc(rows, func(x, y fetched) int { return cmp.Compare(x.before, y.before) })
	s, rest := m.states[older], rows
	for i := range s.NumRecords() {
		n := before(rest, s.starts[i+1], func(f fetched) int64 { return f.before })
		if n == 0 {
			continue
		}
		at := make([]int, n)
		for j := range at {
			at[j] = int(rest[j].before - s.starts[i])
			rest[j].record, rest[j].row = len(records), j
		}
		rec, err := m.take(s, i, m.table.columns, at)
		if err != nil {
			return nil, records, err
		}
		records = append(records, rec)
		rest = rest[n:]
	}
	return rows, records, nil
}

// before is how many of some rows in ascending order come before a row.
func before[R any](rows []R, end int64, number func(R) int64) int {
	n, _ := slices.BinarySearchFunc(rows, end, func(r R, end int64) int { return cmp.Compare(number(r), end) })
	return n
}

// settle compares rows with those of the batch of the state after to which the
// table is bound. It takes them in the order in which they were fetched, so that
// near ones follow each other.
func (m *matching) settle(rows []fetched, records []arrow.Record, start int64) {
	slices.SortFunc(rows, func(x, y fetched) int { return cmp.Compare(x.before, y.before) })
	bound := -1
	for _, f := range rows {
		if f.record != bound {
			bound = f.record
			m.table.bind(older, records[bound])
		}
		b, a := f.row, int(f.after-start)
		if !m.table.sameKey(b, a) {
			continue
		}
		m.gone.remove(f.before)
		m.new.remove(f.after)
		m.differ = append(m.differ[:0], false)
		if m.table.differing(b, a, f.after, m.differ); m.differ[0] {
			m.changed.add(f.after)
		}
	}
}
