package pipeline

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"martlet/internal/arrowops"
	"martlet/internal/contract"
	"martlet/internal/delimited"
	"martlet/internal/state"
)

// update brings the incremental models of a project up to date from an earlier
// state. The rows of all sources are in the state, so that the models can be
// computed from those of some keys alone:
//
//  1. The new records are read, tested and put into the state (readNew). The keys of
//     their rows, and of those that are joined to them, are the ones touched.
//  2. The models are computed for these keys twice, from the rows that there were
//     and from those that there are (recompute). What is found the first time is
//     taken back from what the earlier run found, the second is added: nobody else
//     knows how a test or a count comes about.
//  3. The published rows whose keys are not touched are taken from the earlier run,
//     what depends on now() is computed anew, and the new ones are put between them
//     (renewal).
//  4. Meanwhile whatever is not computed by key, or is about more than one row, is
//     computed from these rows and from all rows in the state (complete).
//
// Keys are told by hashes, so that more rows than need be may be computed anew,
// which gives what was there.
type update struct {
	*run
	*delta
	keeper *keeper
	plan   updatePlan

	room     *room             // for what follows
	keys     *arrowops.PartSet // touched
	matches  [][]uint32        // by lookup: of the new rows that are joined
	values   []newValues       // by index of the node: of the new rows, for its uniqueness tests
	renewals []*renewal
	sources  []*heldRows // by index of the source: the rows that there were with touched keys
	before   []*captured // by index of the node: the rows of incremental models with touched keys, as they were
	after    []*captured // and as they are
}

// impossible is why an earlier state cannot be started from after all.
type impossible struct{ why string }

func (e *impossible) Error() string { return e.why }

func newUpdate(r *run, d *delta) *update {
	size := len(r.graph.nodes)
	u := &update{run: r, delta: d, room: r.newRoom(), values: make([]newValues, size), sources: make([]*heldRows, size), before: make([]*captured, size), after: make([]*captured, size),
		matches: make([][]uint32, len(r.project.Increments.Lookups))}
	u.plan = updatePlan{rows: make([]bool, size), keyed: make([]bool, size), renewed: make([]bool, size), whole: make([]bool, size), repeats: make([]bool, size)}
	for i, n := range r.graph.nodes {
		switch {
		case n.model != nil && n.model.Increment != nil:
			u.plan.renewed[i] = true
		case n.rowByRow():
			u.plan.rows[i] = true
			u.plan.whole[i] = r.whole(n) || u.agesAnew(n)
			u.plan.repeats[i] = n.source != nil && !u.plan.whole[i] && r.repeatsByKey(n, &r.project.Increments.Sources[i])
		case r.keyed(n):
			u.plan.keyed[i] = true
			u.plan.whole[i] = r.whole(n) || r.repeatsIn(n) || r.tested(n) && r.mixes(n)
		default:
			u.plan.whole[i] = true
		}
	}
	return u
}

// perform does the update, up to what is to be published.
func (u *update) perform(ctx context.Context, d *published) error {
	if err := u.openNew(); err != nil {
		return err
	}
	if err := u.prepareUpdate(d); err != nil {
		return err
	}
	defer bound(u.settings.threads, u.settings.memory, u.held())()
	u.executed = true
	for _, step := range []func(context.Context) error{u.readNew, u.recompute, u.complete} {
		if err := step(ctx); err != nil {
			if state.IsDamaged(err) {
				return &impossible{err.Error()}
			}
			return err
		}
		if u.spoilt() {
			return &impossible{"there is something wrong with the new records, and all of it is to be told"}
		}
	}
	for _, o := range u.observers {
		o.ended = true
		u.progress.nodeDone(o)
	}
	for i := range u.relations {
		u.relations[i].finish()
	}
	u.related = true
	return u.disproved()
}

// openNew opens the files that are to be read.
func (u *update) openNew() error {
	return u.openFiles(func(index int) (from *delimited.Position, open bool) {
		if at, grown := u.grown[index]; grown {
			return &at, true
		}
		return nil, u.unread[index]
	})
}

// prepareUpdate makes the observers, which know what the earlier run found.
func (u *update) prepareUpdate(d *published) (err error) {
	dir, err := d.subfolder(stateFolder)
	if err != nil {
		return err
	}
	if u.keeper, err = newKeeper(u.run, dir, u.earlierState, d.link); err != nil {
		if state.IsDamaged(err) {
			return &impossible{err.Error()}
		}
		return err
	}
	if err := u.prepare(d); err != nil {
		return err
	}
	for _, m := range u.keeper.models {
		o := u.observers[m.node.index]
		o.sides = append(o.sides, m.add)
	}
	for i, n := range u.graph.nodes {
		o, known := u.observers[i], &u.manifest.Nodes[i]
		if n.source != nil {
			if err := u.recallProfile(n, &u.manifest.Sources[i]); err != nil {
				return err
			}
		}
		switch {
		case u.plan.renewed[i]:
			o.rowsIn, o.filtered, o.folded = known.RowsIn, known.Filtered, known.Folded
			if !u.repeatsWhole(n) {
				o.repeats = nil // they are done by value, beside
			}
		case !u.plan.whole[i]:
			u.recallNode(o, known)
			o.repeats = nil
		case n.source != nil:
			o.rowsIn, o.rejected = known.Rejected, known.Rejected
		}
		o.keepMore()
	}
	return u.recallSources()
}

// agesAnew says whether all rows of a source have to be looked at for when it was last
// loaded: at another time other ones count.
func (u *update) agesAnew(n *node) bool {
	return n.source != nil && n.source.Freshness != nil && n.source.Freshness.Timed && u.settings.asOf != asOfState(u.manifest)
}

// mute is an observer of a node that only counts.
func mute(n *node) *observer { return &observer{node: n} }

// executor makes one that looks at some nodes.
func (u *update) executor(ctx context.Context, observers []*observer, inputs [][]*input, env *contract.Env) *executor {
	return &executor{
		ctx: ctx, graph: u.graph, threads: u.settings.threads, env: env, inputs: inputs, observers: observers,
		rejects: &rejectLog{silent: true}, progress: noProgress{}, watch: u.watch,
		ordinals: true, memory: u.settings.memory, temporary: u.settings.target,
	}
}

// readNew reads the new records, and what is computed from them row by row.
func (u *update) readNew(ctx context.Context) error {
	observers := make([]*observer, len(u.graph.nodes))
	for i, n := range u.graph.nodes {
		switch {
		case u.plan.renewed[i] && n.rowByRow(), u.plan.rows[i] && u.plan.whole[i]:
			observers[i] = mute(n)
		case u.plan.rows[i]:
			observers[i] = u.observers[i]
			if u.repeatsIn(n) && !u.plan.repeats[i] {
				u.values[i] = u.watchValues(n)
				observers[i].sides = append(observers[i].sides, u.values[i].add)
			}
		}
	}
	u.keeper.watch(observers)
	for i := range u.project.Increments.Lookups {
		l := &u.project.Increments.Lookups[i]
		if !u.graph.byName[l.Input].rowByRow() {
			continue // see changedInputs
		}
		o := observers[u.graph.byName[l.Input].index]
		o.sides = append(o.sides, func(b contract.Batch) error {
			from := len(u.matches[i])
			u.matches[i] = slices.Grow(u.matches[i], b.Len())[:from+b.Len()]
			l.OfInput(b, u.matches[i][from:])
			return nil
		})
	}
	x := u.executor(ctx, observers, u.inputs, u.env)
	x.rejects, x.progress = u.rejects, quietly(u.progress) // what nodes come to is not known yet
	if err := x.execute(); err != nil {
		return err
	}
	for i, o := range observers {
		if o != nil && o != u.observers[i] && o.node.source != nil {
			real := u.observers[i]
			real.rejected, real.rowsIn, real.broken = real.rejected+o.rejected, real.rowsIn+o.rejected, o.broken
		}
	}
	if err := u.keeper.endSources(); err != nil {
		return err
	}
	if err := u.changedInputs(ctx); err != nil {
		return err
	}
	return u.findKeys()
}

// findKeys finds the keys that the new records touch.
func (u *update) findKeys() error {
	var numbers []uint32
	for _, s := range u.keeper.sources {
		if s != nil {
			numbers = append(numbers, s.numbers...)
		}
	}
	for i, matches := range u.matches {
		wanted := arrowops.NewPartSet(matches)
		if wanted.Empty() {
			continue
		}
		tables := u.manifest.Lookups[i]
		for j := range tables {
			err := eachPair(&tables[j], u.dir, u.mem, func(match, key []uint32) {
				for row, m := range match {
					if wanted.Has(m) {
						numbers = append(numbers, key[row])
					}
				}
			})
			if err != nil {
				return err
			}
		}
	}
	u.keys = arrowops.NewPartSet(numbers)
	return nil
}

// recompute computes the models for the touched keys, as they were and as they are.
func (u *update) recompute(ctx context.Context) error {
	if u.keys.Empty() {
		return nil
	}
	env := *u.env
	env.AsOf, env.Failures = asOfState(u.manifest), &contract.Failures{}
	before, err := u.recomputeFrom(ctx, &env, u.before, true)
	if err != nil {
		return err
	}
	after, err := u.recomputeFrom(ctx, u.env, u.after, false)
	if err != nil {
		return err
	}
	for i, o := range u.observers {
		was, is := before[i], after[i]
		if u.plan.repeats[i] && was != nil {
			if err := u.replaceRepeats(o, was, is); err != nil {
				return err
			}
		}
		if !u.plan.renewed[i] && (!u.plan.keyed[i] || u.plan.whole[i]) {
			continue
		}
		o.rowsIn += is.rowsIn - was.rowsIn
		o.filtered += is.filtered - was.filtered
		o.folded += is.folded - was.folded
		if u.plan.renewed[i] {
			continue
		}
		o.rowsOut += is.rowsOut - was.rowsOut
		for t := range o.tests {
			if o.runs[t] && !o.tests[t].Replace(&was.tests[t], &is.tests[t]) {
				return tooFewExamples(o.node)
			}
		}
	}
	return nil
}

// replaceRepeats puts what is found by uniqueness tests of the key in the place of
// what was found.
func (u *update) replaceRepeats(o, was, is *observer) error {
	for _, t := range o.unique(u.env) {
		if o.node.Tests[t].Where == "" { // the rows were counted as they were read
			was.tests[t].Rows, is.tests[t].Rows = 0, 0
		}
		if !o.tests[t].Replace(&was.tests[t], &is.tests[t]) {
			return tooFewExamples(o.node)
		}
	}
	return nil
}

func tooFewExamples(n *node) error {
	return &impossible{fmt.Sprintf("more failing rows of %s were mended than the state has", n.Name)}
}

// recomputeFrom computes the incremental models, and all they rest on, from the rows
// of the touched keys: those that there were, or all. Their rows go into rows.
func (u *update) recomputeFrom(ctx context.Context, env *contract.Env, rows []*captured, old bool) ([]*observer, error) {
	needed := make([]bool, len(u.graph.nodes))
	for i, n := range u.graph.nodes {
		if u.plan.renewed[i] {
			needed[i] = true
			markInputs(needed, n)
		}
	}
	observers, inputs := make([]*observer, len(needed)), make([][]*input, len(needed))
	for i, n := range u.graph.nodes {
		switch {
		case !needed[i]:
			continue
		case u.plan.renewed[i]:
			observers[i] = mute(n)
			rows[i] = &captured{keys: u.keys, part: n.model.Increment.Part, mem: u.mem, room: u.room}
			observers[i].sides = append(observers[i].sides, rows[i].add)
		case u.plan.keyed[i] && !u.plan.whole[i]:
			observers[i] = newObserver(n, u.scope.tests[i], env, u.settings.warnError, u.failuresFolder())
			observers[i].repeats = nil
			observers[i].keepExamples()
		case u.plan.repeats[i]:
			quiet := *env
			quiet.Failures = &contract.Failures{}
			observers[i] = newObserver(n, u.scope.tests[i], &quiet, u.settings.warnError, u.failuresFolder())
			observers[i].validator = nil
			observers[i].keepExamples()
		default:
			observers[i] = mute(n)
		}
		if n.source != nil {
			keys := u.keys
			if u.project.Increments.Sources[i].Whole {
				keys = nil
			}
			inputs[i] = u.storedInput(n, keys, old)
		}
	}
	if !old {
		u.keeper.watchLookups(observers)
	}
	return observers, u.executor(ctx, observers, inputs, env).execute()
}

// isImpossible says why an update has to be given up for computing everything.
func isImpossible(err error) (why string, ok bool) {
	var x *impossible
	if errors.As(err, &x) {
		return x.why, true
	}
	return "", false
}
