package changes

import (
	"slices"

	"martlet/internal/arrowops"
)

// owners are the rows that have one key.
type owners struct {
	count [2]int64 // by side
	last  [2]int64
}

// tellApart finds, by their keys, the pairs among suspects, and counts the keys that
// are not unique.
func (m *matching) tellApart(suspects [2][]int64) ([]pair, error) {
	keys := arrowops.NewStringKeys()
	var all []owners
	for _, s := range m.states {
		err := m.eachKey(s, suspects[s.side], func(row int64, key []byte) {
			id, isNew := keys.AssignBytes(key)
			if isNew {
				all = append(all, owners{})
			}
			o := &all[id]
			o.count[s.side]++
			o.last[s.side] = row
			if s.side == older && !m.gone.has(row) {
				o.count[newer]++ // the walk found it there
				o.last[newer] = -1
			}
		})
		if err != nil {
			return nil, err
		}
	}
	var pairs []pair
	for _, o := range all {
		for s, n := range o.count {
			if n > 1 {
				m.twice[s]++
			}
		}
		if o.count == [2]int64{1, 1} && o.last[newer] >= 0 {
			pairs = append(pairs, pair{o.last[older], o.last[newer]})
		}
	}
	return pairs, nil
}

// pairUp finds the pairs among suspects of which several may be the same row of a bag:
// the first of either state are a pair, and so on.
func (m *matching) pairUp(suspects [2][]int64) ([]pair, error) {
	keys := arrowops.NewStringKeys()
	var waiting [][]int64 // rows of the state before without a pair, by key
	err := m.eachKey(m.states[older], suspects[older], func(row int64, key []byte) {
		id, isNew := keys.AssignBytes(key)
		if isNew {
			waiting = append(waiting, nil)
		}
		waiting[id] = append(waiting[id], row)
	})
	if err != nil {
		return nil, err
	}
	var pairs []pair
	err = m.eachKey(m.states[newer], suspects[newer], func(row int64, key []byte) {
		id, isNew := keys.AssignBytes(key)
		switch {
		case isNew:
			waiting = append(waiting, nil)
		case len(waiting[id]) > 0:
			pairs = append(pairs, pair{waiting[id][0], row})
			waiting[id] = waiting[id][1:]
		}
	})
	return pairs, err
}

// eachKey gives the encoded keys of rows of a state, which it sorts.
func (m *matching) eachKey(s *state, rows []int64, each func(row int64, key []byte)) error {
	slices.Sort(rows)
	var key []byte
	for i := range s.NumRecords() {
		n := before(rows, s.starts[i+1], func(row int64) int64 { return row })
		if n == 0 {
			continue
		}
		rec, err := s.read(i, m.table.columns)
		if err != nil {
			return err
		}
		m.table.bind(s.side, rec)
		for _, row := range rows[:n] {
			key = m.table.appendKey(key[:0], s.side, int(row-s.starts[i]))
			each(row, key)
		}
		rec.Release()
		rows = rows[n:]
	}
	return nil
}
