package pipeline

import (
	"context"
	"fmt"
	"slices"

	"martlet/internal/contract"
)

// reading reads the plan once more for few rows: those that have some keys, or come
// from some records, with all that they are computed from. What is asked for goes from
// a model to its inputs, to the base by the columns that are handed on as they are, to
// a join by its condition, and so to the sources, each of which is read once for the
// records with those keys. The models are then computed from these by what computes
// them in any run.
//
// More rows than need be are right, too, as long as groups are whole: where what is
// asked for may cut one, the keys of its rows are found first, and then all their
// rows. Where nothing that is asked for can be handed down, the node is read in full.
//
// It holds what it reads until it is closed.
type reading struct {
	*run
	ctx  context.Context
	env  *contract.Env // with failures of its own
	room *room
	sets map[*node][]*rowSet
	held []contract.Batch
	// cut are why the rest of a file was not read, by its index in the run's list.
	cut map[int]error
}

func (r *run) newReading(ctx context.Context) *reading {
	return &reading{run: r, ctx: ctx, env: r.quietEnv(), room: r.newRoom(), sets: map[*node][]*rowSet{}, cut: map[int]error{}}
}

// close frees the rows.
func (r *reading) close() {
	for _, b := range r.held {
		b.Release()
	}
	r.held = nil
}

// keep adds a batch to a set; it takes the batch over.
func (r *reading) keep(s *rowSet, b contract.Batch) error {
	r.held = append(r.held, b)
	if err := r.room.take(b.Record); err != nil {
		return fmt.Errorf("more rows of %s took part than memory has room for", s.node.Name)
	}
	return s.add(b)
}

// rows gives all rows of a node that are asked for.
func (r *reading) rows(n *node, d demand) (s *rowSet, err error) {
	for _, known := range r.sets[n] {
		if known.demand.covers(d) {
			if d.covers(known.demand) {
				return known, nil
			}
			return r.some(known, d)
		}
	}
	if n.source != nil {
		s, err = r.scan(n, d)
	} else {
		s, err = r.computed(n, d)
	}
	if err == nil {
		r.sets[n] = append(r.sets[n], s)
	}
	return s, err
}

// some gives rows of a set.
func (r *reading) some(of *rowSet, d demand) (*rowSet, error) {
	s := &rowSet{node: of.node, demand: d, inputs: of.inputs, unread: of.unread}
	p := newPicker(of.node, d)
	for _, b := range of.batches {
		if rows := p.pick(nil, b.Record, func(i int) contract.Origin { return b.Origins[i] }); len(rows) > 0 {
			if err := r.keep(s, takeRows(r.mem, b, rows)); err != nil {
				return nil, err
			}
		}
	}
	for _, x := range of.rejected {
		b := x.set.batches[x.batch]
		if slices.Contains(p.pick(nil, b.Record, func(i int) contract.Origin { return b.Origins[i] }), x.at) {
			s.rejected = append(s.rejected, x)
		}
	}
	return s, nil
}

// computed gives rows of a model.
func (r *reading) computed(n *node, d demand) (*rowSet, error) {
	s := &rowSet{node: n, demand: d}
	base, err := r.base(n, d)
	if err != nil {
		return nil, err
	}
	s.inputs = append(s.inputs, base)
	for k := range n.model.On {
		joined, err := r.rows(n.inputs[k+1], r.joined(s, k))
		if err != nil {
			return nil, err
		}
		s.inputs = append(s.inputs, joined)
	}
	joins := make([][]contract.Batch, len(n.model.On))
	for k := range joins {
		joins[k] = s.inputs[k+1].batches
	}
	p := newPicker(n, d)
	_, err = r.drive(n, r.env, base.batches, joins, func(b contract.Batch) error {
		rows := p.pick(nil, b.Record, func(i int) contract.Origin { return b.Origins[i] })
		if len(rows) == 0 {
			return nil
		}
		return r.keep(s, takeRows(r.mem, b, rows))
	})
	return s, blame(n, err)
}

// base gives the rows of the base that what is asked for of a model is computed from.
func (r *reading) base(n *node, d demand) (*rowSet, error) {
	below, ok := d.push(n)
	if !ok {
		found, err := r.search(n, newPicker(n, d))
		if err != nil {
			return nil, err
		}
		below = demand{origins: found}
	}
	base, err := r.rows(n.inputs[0], below)
	if err != nil {
		return nil, err
	}
	m := n.model
	if m.Grouped && below.origins != nil {
		if base, err = r.groups(n, base); err != nil {
			return nil, err
		}
	}
	if m.Dedupe == nil || base.demand.within(m.Dedupe.Key) {
		return base, nil
	}
	return r.rows(n.inputs[0], demand{keys: base.keys(m.Dedupe.Key)})
}

// push is what a demand on a model asks for of its base; ok is false where that is
// not known.
func (d demand) push(n *node) (below demand, ok bool) {
	if d.keys == nil {
		return d, true
	}
	var at []int
	var names []string
	for i, column := range d.keys.columns {
		if c := &n.Columns[n.at(column)]; c.Copy && c.Reads[0].Input == 0 {
			at, names = append(at, i), append(names, c.Reads[0].Column)
		}
	}
	if len(at) == 0 {
		return demand{}, false
	}
	return demand{keys: d.keys.onto(at, names)}, true
}

// within says whether a demand never asks for one of two rows that have the same
// values in some columns.
func (d demand) within(columns []string) bool {
	if d.keys == nil {
		return d.origins == nil
	}
	return !slices.ContainsFunc(d.keys.columns, func(c string) bool { return !slices.Contains(columns, c) })
}

// joined is what a model's join asks for of its input: the keys that rows of the base
// have, and those that were asked for, whether there is such a row or not.
func (r *reading) joined(s *rowSet, join int) demand {
	on := s.node.model.On[join]
	if slices.ContainsFunc(on, func(m contract.Match) bool { return m.Aggregated }) {
		return demand{}
	}
	keys := newKeySet(rights(on))
	for _, base := range s.inputs[0].rows() {
		if values, ok := s.left(base, join); ok {
			keys.add(values)
		}
	}
	if asked := s.inputs[0].demand.keys; asked != nil {
		if at, ok := asked.columnsOf(on); ok {
			for _, values := range asked.onto(at, keys.columns).known {
				if !slices.Contains(values, null) {
					keys.add(values)
				}
			}
		}
	}
	return demand{keys: keys}
}

// columnsOf gives, of the left side of a condition, the columns among the keys', where
// all are.
func (k *keySet) columnsOf(on []contract.Match) (at []int, ok bool) {
	for _, m := range on {
		i := slices.Index(k.columns, m.Left.Column)
		if i < 0 || m.Left.Input > 0 {
			return nil, false
		}
		at = append(at, i)
	}
	return at, true
}

// groups gives all rows of the base that are in one group with rows of it.
func (r *reading) groups(n *node, base *rowSet) (*rowSet, error) {
	m := n.model
	if len(m.GroupBy) > 0 {
		return r.rows(n.inputs[0], demand{keys: base.keys(m.GroupBy)})
	}
	if len(base.batches) == 0 {
		return base, nil
	}
	if !slices.Contains(m.Parted, 0) { // nothing tells which rows can be
		return r.rows(n.inputs[0], demand{})
	}
	t := m.New(r.env)
	defer t.Release()
	var numbers []uint32
	number := func(b contract.Batch) []uint32 {
		numbers = slices.Grow(numbers[:0], b.Len())[:b.Len()]
		t.Part(0, b, numbers)
		return numbers
	}
	wanted := map[uint32]bool{}
	for _, b := range base.batches {
		for _, x := range number(b) {
			wanted[x] = true
		}
	}
	found := map[contract.Origin]bool{}
	err := r.reread(r.ctx, []*node{n.inputs[0]}, func(_ *node, b contract.Batch) {
		for i, x := range number(b) {
			if wanted[x] {
				found[b.Origins[i]] = true
			}
		}
	})
	if err != nil {
		return nil, err
	}
	return r.rows(n.inputs[0], demand{origins: found})
}

// search reads a node in full for the origins of the rows that are asked for.
func (r *reading) search(n *node, p *picker) (map[contract.Origin]bool, error) {
	found := map[contract.Origin]bool{}
	err := r.reread(r.ctx, []*node{n}, func(_ *node, b contract.Batch) {
		for _, i := range p.pick(nil, b.Record, func(i int) contract.Origin { return b.Origins[i] }) {
			found[b.Origins[i]] = true
		}
	})
	return found, err
}

// drive computes a model from rows of its inputs, and gives how many where dropped.
// The batches that take is handed are good for that call.
func (r *reading) drive(n *node, env *contract.Env, base []contract.Batch, joins [][]contract.Batch, take func(contract.Batch) error) (filtered int64, err error) {
	feed := func(input int, step func(contract.Batch) error) error {
		batches := base
		if input > 0 {
			batches = joins[input-1]
		}
		for _, b := range batches {
			if err := step(b); err != nil {
				return err
			}
		}
		return nil
	}
	return n.model.Drive(env, contract.BatchRows, feed, take)
}
