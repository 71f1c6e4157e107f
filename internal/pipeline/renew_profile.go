package pipeline

import (
	"martlet/internal/contract"
	"martlet/internal/profile"
	"martlet/internal/state"
)

// settleProfile has the profile of the model take over from the earlier run the columns
// with few distinct values: those of the rows that were computed again are taken away and
// added. Only other columns, and those that the time may change, are looked at in all
// rows.
func (r *renewal) settleProfile() error {
	p, u := r.observer.profiler, r.u
	known, err := u.publishedModel(r.node)
	if err != nil || p == nil || known.Counted == nil {
		return err
	}
	var tables profile.Tables
	if err := known.Counted.Read(u.earlierState.dir, &tables); err != nil {
		return err
	}
	if err := p.all.Settle(tables, u.before[r.node.index].all(), r.fresh.all(), r.model.Timed); err != nil {
		return &state.DamagedError{Name: known.Counted.Name, How: err.Error()}
	}
	return nil
}

// all are the batches, of which a nil one has none.
func (c *captured) all() []contract.Batch {
	if c == nil {
		return nil
	}
	return c.batches
}
