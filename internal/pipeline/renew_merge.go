package pipeline

import (
	"slices"

	"martlet/internal/arrowops"
	"martlet/internal/contract"
)

// merged puts computed rows between those that stay. The batch is the caller's.
func (r *renewal) merged(w *renewer, now []standing, fresh []place) (contract.Batch, error) {
	if len(fresh) == 0 && len(now) == 1 && !slices.Contains(now[0].touched, true) {
		now[0].Retain()
		return now[0].Batch, nil
	}
	m := merging{gather: w.gather, now: now}
	if r.fresh != nil {
		m.fresh = r.fresh.batches
	}
	rows := len(fresh)
	for i, b := range now {
		w.gather.Bind(i, b.Record)
		rows += b.Len()
	}
	w.gather.Reserve(rows)
	m.out.Origins, m.out.Ordinals = make([]contract.Origin, 0, rows), make([]int64, 0, rows)
	for i, b := range now {
		from := 0 // of the rows that are not copied yet
		for row, ordinal := range b.Ordinals {
			for len(fresh) > 0 && before(fresh[0], ordinal, b.touched[row]) {
				m.copy(i, from, row)
				from = row
				m.add(fresh[0])
				fresh = fresh[1:]
			}
			if b.touched[row] {
				m.copy(i, from, row)
				from = row + 1
			}
		}
		m.copy(i, from, b.Len())
	}
	for _, p := range fresh {
		m.add(p)
	}
	var err error
	m.out.Record, err = w.gather.Finish()
	return m.out, err
}

// merging is a batch being put together of rows that stay and of computed ones.
type merging struct {
	gather *arrowops.Gather // bound to the batches of now, and behind them to those of bound
	now    []standing
	fresh  []contract.Batch
	bound  []int32 // of fresh
	out    contract.Batch
}

// copy adds rows lo to hi-1 of some that stay.
func (m *merging) copy(i, lo, hi int) {
	if lo == hi {
		return
	}
	m.gather.Range(i, lo, hi)
	m.out.Origins = append(m.out.Origins, m.now[i].Origins[lo:hi]...)
	m.out.Ordinals = append(m.out.Ordinals, m.now[i].Ordinals[lo:hi]...)
}

// add adds a computed row.
func (m *merging) add(p place) {
	at := slices.Index(m.bound, p.batch)
	if at < 0 {
		at = len(m.bound)
		m.bound = append(m.bound, p.batch)
		m.gather.Bind(len(m.now)+at, m.fresh[p.batch].Record)
	}
	m.gather.Range(len(m.now)+at, int(p.row), int(p.row)+1)
	m.out.Origins = append(m.out.Origins, m.fresh[p.batch].Origins[p.row])
	m.out.Ordinals = append(m.out.Ordinals, p.ordinal)
}
