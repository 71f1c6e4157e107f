package pipeline

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"

	"martlet/internal/contract"
	"martlet/internal/ingest"
	"martlet/internal/report"
	"martlet/internal/state"
)

// stateFolder is the folder of a run that has its state.
const stateFolder = "state"

// buildUpon does a build of a project that has incremental models: from the state of
// the run that is published, where that is of use.
func (r *run) buildUpon(ctx context.Context, d *published) error {
	earlier, why := r.findEarlier(d)
	var trusted ingest.Trusted
	if earlier != nil {
		earlier.look(r.settings.root)
		if !r.settings.verify {
			trusted = earlier.trust(r.settings.root)
		}
	}
	if err := r.findInputs(ctx, trusted); err != nil {
		return err
	}
	if earlier != nil {
		var work *delta
		if work, why = earlier.compare(r); work != nil {
			why = work.tooMuch(r)
		}
		if why == "" {
			err := r.bringUpToDate(ctx, d, work)
			var given bool
			if why, given = isImpossible(err); !given {
				return err
			}
			if err := errors.Join(r.startOver(), d.giveUp()); err != nil {
				return err
			}
		}
	}
	r.refreshed = why
	return r.buildAll(ctx, d)
}

// bringUpToDate does what is new.
func (r *run) bringUpToDate(ctx context.Context, d *published, work *delta) error {
	if work.none && work.manifest.Run == r.id && work.tellsAll(r) && work.isThere(r) {
		return r.leave(ctx, d, work)
	}
	defer func() { closeInputs(r.inputs) }()
	if err := d.begin(r.id); err != nil {
		return err
	}
	defer r.releaseOutputs()
	u := newUpdate(r, work)
	defer u.release()
	if err := u.perform(ctx, d); err != nil {
		return err
	}
	r.updated, r.inputBytes = u.said(), r.allBytes()
	r.keeper = u.keeper
	return r.conclude(ctx, d, u)
}

// tellsAll says whether the state has all that a run with nothing new has to tell: not
// the failing rows that are kept in files, which are those of the last run and of no
// other, nor how many cells of an output are neutralized.
func (e *earlierState) tellsAll(r *run) bool {
	for i, n := range r.graph.nodes {
		if n.model != nil && n.model.Neutralize && len(n.model.Formats) > 0 {
			return false
		}
		for j := range n.Tests {
			if n.Tests[j].Store && r.scope.tests[i][j] && e.manifest.Nodes[i].Tests[j].Failures > 0 {
				return false
			}
		}
	}
	return true
}

// isThere says whether all files that were published are there, and those that have a
// model's rows as they were written.
func (e *earlierState) isThere(r *run) bool {
	for _, n := range r.graph.nodes {
		if n.model == nil {
			continue
		}
		for _, format := range formatsOf(n.model) {
			if _, err := os.Stat(filepath.Join(e.outputs, n.Name+"."+format)); err != nil {
				return false
			}
		}
	}
	return !slices.ContainsFunc(e.manifest.Models, func(m state.Model) bool { return m.File != nil && m.File.Check(e.outputs) != nil })
}

// leave finds that there is nothing to do: the run that is published is this one. It
// may have been killed before all was done that follows.
func (r *run) leave(ctx context.Context, d *published, work *delta) error {
	warning, err := d.tidy()
	if err != nil {
		return err
	}
	if warning != nil {
		r.warnings = append(r.warnings, warning)
	}
	u := newUpdate(r, work)
	for _, n := range r.graph.nodes {
		o := newObserver(n, r.scope.tests[n.index], r.env, r.settings.warnError, "")
		r.observers[n.index] = o
		known := &work.manifest.Nodes[n.index]
		r.recallNode(o, known)
		if err := o.recallProfile(known); err != nil {
			return err
		}
		o.ended = true
	}
	r.ages = watchFreshness(r.graph, r.observers, r.env)
	if err := u.recallSources(); err != nil {
		return err
	}
	r.guards = guards(r.graph, r.observers)
	r.executed, r.related, r.committed, r.published, r.unchanged = true, true, true, true, true
	r.updated = work.said()
	for _, n := range r.graph.nodes {
		if n.model == nil {
			continue
		}
		for _, format := range formatsOf(n.model) {
			if info, err := os.Stat(filepath.Join(work.outputs, n.Name+"."+format)); err == nil {
				r.files = append(r.files, report.File{Path: d.shown(n.Name + "." + format), Size: info.Size()})
			}
		}
	}
	r.inputBytes = r.allBytes()
	r.traceFailures(ctx)
	return nil
}

// allBytes is how large all inputs are.
func (r *run) allBytes() (bytes int64) {
	for _, f := range r.places.files {
		if info, err := os.Stat(filepath.Join(r.settings.root, filepath.FromSlash(f.Path))); err == nil {
			bytes += info.Size()
		}
	}
	return bytes
}

// keepState has a run that computes everything keep a state for the next one.
func (r *run) keepState(d *published) error {
	dir, err := d.subfolder(stateFolder)
	if err != nil {
		return err
	}
	if r.keeper, err = newKeeper(r, dir, nil, nil); err != nil {
		return err
	}
	for _, o := range r.observers {
		o.keepMore()
	}
	r.keeper.watch(r.observers)
	r.keeper.watchRows(r.observers)
	return nil
}

// startOver forgets what an update has found.
func (r *run) startOver() error {
	r.rejects.drop()
	fresh, err := newRun(r.project, r.settings, r.mem, noProgress{})
	if err != nil {
		return err
	}
	r.inputs, r.observers, r.rejects, r.watch = fresh.inputs, fresh.observers, fresh.rejects, fresh.watch
	r.relations, r.guards, r.ages, r.answers, r.warnings = nil, nil, nil, nil, nil
	r.failures = contract.Failures{}
	r.executed, r.related, r.keeper, r.changed = false, false, nil, nil
	return r.clearTarget()
}

// release frees what an update holds.
func (u *update) release() {
	for _, r := range u.renewals {
		r.release()
	}
	for i := range u.before {
		if u.sources[i] != nil {
			u.sources[i].release()
		}
		u.before[i].release()
		u.after[i].release()
	}
	if u.keeper != nil {
		u.keeper.drop()
	}
}

// describeIncrement says how the incremental models came about.
func (r *run) describeIncrement() *report.Increment {
	if !r.incremental() || !r.executed {
		return nil
	}
	out := &report.Increment{Full: r.refreshed, New: r.updated, Unchanged: r.unchanged}
	if r.refreshed == "" && r.updated == "" { // it did not get that far
		return nil
	}
	for _, c := range r.changed {
		out.Changes = append(out.Changes, report.Change{Model: c.node.Name, Inserts: c.Inserts, Updates: c.Updates, Deletes: c.Deletes, Compared: c.compared})
	}
	return out
}
