package pipeline

import (
	"context"

	"martlet/internal/arrowops"
	"martlet/internal/contract"
)

// storedInput are the rows of a source in the state, of some keys or of all: those
// that there were, or all that there are.
func (u *update) storedInput(n *node, keys *arrowops.PartSet, old bool) []*input {
	kept := u.keeper.sources[n.index]
	s := &stored{dir: u.keeper.dir, first: u.firstFile(n), keys: keys}
	switch {
	case old:
		s.segments = kept.state.Segments[:kept.old]
	case keys != nil: // those that there were are held
		s.segments = kept.state.Segments[kept.old:]
	default:
		s.segments = kept.state.Segments
	}
	if keys != nil {
		if u.sources[n.index] == nil {
			u.sources[n.index] = &heldRows{room: u.room}
		}
		s.held = u.sources[n.index]
	}
	in := &input{stored: s, rows: s.rows(), memory: s.bytes() + 24*s.rows()}
	if keys != nil {
		share := max(1, in.rows/max(1, int64(2*keys.Len())))
		in.rows, in.memory = in.rows/share, in.memory/share
	}
	return []*input{in}
}

// isNew says whether a record is read by this run.
func (u *update) isNew(o contract.Origin) bool {
	return u.unread[o.File()] && o.Record() > u.grown[o.File()].Records
}

// complete makes the rows of the incremental models and computes what is not computed
// otherwise, from these and from all rows of the sources.
func (u *update) complete(ctx context.Context) error {
	size := len(u.graph.nodes)
	observers, inputs, given := make([]*observer, size), make([][]*input, size), map[*node]source{}
	needed := make([]bool, size)
	var repeats []*restricted
	for i, n := range u.graph.nodes {
		switch {
		case u.plan.renewed[i]:
			r := u.newRenewal(n)
			u.renewals = append(u.renewals, r)
			if err := r.settleProfile(); err != nil {
				return err
			}
			needed[i], given[n], inputs[i] = true, r.perform, u.publishedInput(n)
		case u.plan.whole[i]:
			observers[i], needed[i] = u.observers[i], true
			u.markComputed(needed, n)
		case u.values[i].any():
			observers[i], needed[i] = mute(n), true
			u.markComputed(needed, n)
			r := u.newRestricted(u.observers[i], u.values[i])
			repeats = append(repeats, r)
			observers[i].sides = append(observers[i].sides, func(b contract.Batch) error { return r.add(b, u.isNew) })
		}
	}
	for i, n := range u.graph.nodes {
		if !needed[i] {
			continue
		}
		if observers[i] == nil {
			observers[i] = mute(n)
		}
		if n.source != nil {
			inputs[i] = u.storedInput(n, nil, false)
		}
	}
	x := u.executor(ctx, observers, inputs, u.env)
	x.given = given
	if err := x.execute(); err != nil {
		return err
	}
	for _, r := range repeats {
		if err := r.finish(); err != nil {
			return err
		}
	}
	return nil
}

// markComputed marks what has to be computed for n, by index. Incremental models are
// not.
func (u *update) markComputed(marks []bool, n *node) {
	for _, input := range n.inputs {
		if !u.plan.renewed[input.index] {
			marks[input.index] = true
			u.markComputed(marks, input)
		}
	}
}

// publishedInput says about how many rows an incremental model has, and how large they
// are.
func (u *update) publishedInput(n *node) []*input {
	rows := u.manifest.Nodes[n.index].RowsOut + int64(u.after[n.index].Len())
	return []*input{{rows: rows, memory: rows * int64(24+len(n.Columns)*16)}}
}
