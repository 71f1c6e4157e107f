package pipeline

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"martlet/internal/contract"
	"martlet/internal/report"
	"martlet/internal/spill"
)

// run is one run from start to end.
type run struct {
	project  *contract.Project
	settings *settings
	graph    *graph
	scope    *scope
	mem      contract.Allocator
	progress progress

	invocation string // tells this execution from others of the same identity

	id         string // known once the seeds are
	executed   bool   // the data were, at least in part, looked at
	related    bool   // the relationships tests were finished
	inputBytes int64
	refreshed  string  // why everything is computed, where incremental models are; "" where it is not
	keeper     *keeper // nil where no state is written
	changed    []changedRows
	unchanged  bool   // all is as it is published
	updated    string // from how much new an earlier run was brought up to date; "" where it was not

	inputs    [][]*input  // by index of the node; none for one that is not run
	observers []*observer // by index of the node; nil for one that is not run
	relations []*relation
	guards    []guard
	ages      []ageing
	take      contract.Emit // of the rows of nodes that nobody reads; nil drops them
	env       *contract.Env
	failures  contract.Failures
	rejects   *rejectLog
	places    *places
	watch     *stopwatch
	gates     gates               // known once the run has ended
	answers   map[question]answer // where values came from that are reported

	committed bool
	published bool
	files     []report.File
	warnings  []error
}

// newRun checks what is to be run; an error is a fault of the command line.
func newRun(p *contract.Project, s *settings, mem contract.Allocator, progress progress) (*run, error) {
	g, err := newGraph(p)
	if err != nil {
		return nil, &exitError{status: exitImpeded, err: err}
	}
	all := newCatalogue(p, g)
	selected, notes, err := s.choice.of(all, s.target)
	if err != nil {
		return nil, err
	}
	for _, note := range notes {
		progress.say("Warning: %s", note)
	}
	r := &run{
		project: p, settings: s, graph: g, scope: newScope(g, all, selected), mem: mem, progress: progress,
		invocation: newInvocation(),
		inputs:     make([][]*input, len(g.nodes)),
		observers:  make([]*observer, len(g.nodes)),
		places:     newPlaces(s.root),
		watch:      newStopwatch(len(g.nodes)),
		rejects:    newRejectLog(filepath.Join(s.target, "rejects"), len(p.Sources)),
	}
	r.env = &contract.Env{AsOf: s.asOf, Memory: mem, Failures: &r.failures, NoProofs: s.noProofs}
	return r, nil
}

// perform does the run. An error is why it could not be done; what is wrong
// with the data is none.
func (r *run) perform(ctx context.Context) (err error) {
	d, err := r.openDestination(ctx)
	if !heldByAnother(err) { // whose files they may be
		err = errors.Join(err, r.clearTarget())
	}
	if d != nil {
		defer func() { err = errors.Join(err, d.close()) }()
	}
	if err != nil {
		return err
	}
	if p, ok := d.(*published); ok && r.incremental() {
		return r.buildUpon(ctx, p)
	}
	if err := r.findInputs(ctx, nil); err != nil {
		return err
	}
	return r.buildAll(ctx, d)
}

// buildAll computes everything from the inputs that were found.
func (r *run) buildAll(ctx context.Context, d destination) error {
	defer func() { closeInputs(r.inputs) }()
	if err := r.openInputs(ctx); err != nil {
		return err
	}
	if err := d.begin(r.id); err != nil {
		return err
	}
	defer r.releaseOutputs()
	if err := r.prepare(d); err != nil {
		return err
	}
	defer func() {
		if r.keeper != nil {
			r.keeper.drop()
		}
	}()
	if p, ok := d.(*published); ok && r.incremental() {
		if err := r.keepState(p); err != nil {
			return err
		}
	}
	if err := r.execute(ctx); err != nil {
		return err
	}
	return r.conclude(ctx, d, nil)
}

// conclude finds out what there is to say of failing rows, and publishes the run if
// it deserves it.
func (r *run) conclude(ctx context.Context, d destination, u *update) error {
	r.traceFailures(ctx)
	if err := r.keepOrphans(ctx); err != nil {
		r.warnings = append(r.warnings, fmt.Errorf("the failing rows of relationships tests could not be stored: %w", err))
	}
	return r.settle(ctx, d, u)
}

// writesOutputs says whether the run writes any model.
func (r *run) writesOutputs() bool {
	if r.settings.command != "build" {
		return false
	}
	for _, writes := range r.scope.writes {
		if writes {
			return true
		}
	}
	return false
}

// openDestination gives no destination where there is an error.
func (r *run) openDestination(ctx context.Context) (destination, error) {
	switch {
	case !r.writesOutputs():
		return nowhere{}, nil
	case r.scope.partial, r.settings.aside:
		return &partial{folder: r.partialFolder()}, nil
	}
	d, err := openPublished(ctx, r.settings, r.progress.say)
	if err != nil {
		return nil, err
	}
	return d, nil
}

// partialFolder is where a run that may not publish puts its outputs.
func (r *run) partialFolder() string { return filepath.Join(r.settings.target, "partial") }

// failuresFolder is where the rows go that fail a test which keeps them.
func (r *run) failuresFolder() string { return filepath.Join(r.settings.target, "failures") }

// clearTarget removes the data that an earlier run left, before anything can
// end this one: they would pass for what this one found.
func (r *run) clearTarget() error {
	spill.RemoveLeftovers(r.settings.target)
	if err := errors.Join(clearData(r.rejects.folder), clearData(r.failuresFolder()), os.RemoveAll(r.partialFolder()), clearDrafts(r.settings.target)); err != nil {
		return fmt.Errorf("what an earlier run left could not be removed: %w", err)
	}
	return nil
}

// prepare makes the observers of all nodes that are run, and their outputs.
func (r *run) prepare(d destination) (err error) {
	for _, n := range r.graph.nodes {
		if !r.scope.includes(n) {
			continue
		}
		o := newObserver(n, r.scope.tests[n.index], r.env, r.settings.warnError, r.failuresFolder())
		r.observers[n.index], o.profiler = o, r.newProfiler(n)
		if r.settings.command == "build" && r.scope.writes[n.index] {
			schema := stamped(n.Node, r.id, r.project.Fingerprint, r.settings.asOf)
			if o.output, err = newOutput(r.writable(n.model), schema, r.mem, d.create, r.spoilt); err != nil {
				return fmt.Errorf("model %q: %w", n.Name, err)
			}
		}
	}
	r.relations = watchRelations(r.graph, r.observers, r.project.Relationships, r.env)
	r.guards = guards(r.graph, r.observers)
	r.ages = watchFreshness(r.graph, r.observers, r.env)
	return nil
}

func (r *run) releaseOutputs() {
	for _, o := range r.observers {
		if o != nil && o.output != nil {
			o.output.release()
		}
	}
}

// spoilt says whether rows are missing that may not be, or wrong, so that outputs
// are not worth writing. Once true it stays so, or outputs would have gaps.
func (r *run) spoilt() bool { return r.intolerable() || r.failures.Total() > 0 }

func (r *run) execute(ctx context.Context) error {
	x := &executor{
		ctx: ctx, graph: r.graph, threads: r.settings.threads,
		env: r.env, inputs: r.inputs, observers: r.observers, rejects: r.rejects, progress: r.progress, watch: r.watch,
		relations: r.relations, take: r.take, ordinals: r.keeper != nil, memory: r.settings.memory, temporary: r.settings.target,
	}
	r.executed = true
	defer bound(r.settings.threads, r.settings.memory, r.held())()
	if err := x.execute(); err != nil {
		return err
	}
	for i := range r.relations {
		r.relations[i].finish()
	}
	r.related = true
	return r.disproved()
}

// held is about how many bytes the rows of all sources take in memory.
func (r *run) held() (bytes int64) {
	for _, files := range r.inputs {
		for _, in := range files {
			bytes += in.memory
		}
	}
	return bytes
}

// settle publishes the run if it deserves it.
func (r *run) settle(ctx context.Context, d destination, u *update) error {
	_, private := d.(*partial)
	if r.spoilt() || !r.passed() && !private {
		return nil
	}
	if err := errors.Join(context.Cause(ctx), r.unfit(), r.inputsChanged()); err != nil {
		return err
	}
	if r.keeper != nil {
		if err := r.keeper.finish(); err != nil {
			return err
		}
		if err := r.logChanges(d.(*published), u); err != nil {
			return err
		}
	}
	warning, err := d.commit()
	if err != nil && !isVisible(err) {
		return err
	}
	if warning != nil {
		r.warnings = append(r.warnings, warning)
	}
	r.committed = true
	_, r.published = d.(*published)
	for _, o := range r.observers {
		if o == nil || o.output == nil {
			continue
		}
		for i := range o.output.files {
			f := &o.output.files[i]
			r.files = append(r.files, report.File{Path: d.shown(f.name), Size: f.size, Neutralized: f.neutralized})
		}
	}
	return err
}

// disproved finds tests that fail although the plan proves that they cannot. An
// expression without a value leaves a null where there should be none, which is
// told and is no fault of the plan.
func (r *run) disproved() error {
	if r.spoilt() {
		return nil
	}
	var problems []error
	for _, o := range r.observers {
		if o == nil {
			continue
		}
		for i := range o.tests {
			if t := &o.node.Tests[i]; t.Proved != "" && o.tests[i].Failures > 0 {
				problems = append(problems, fmt.Errorf("internal error: test %s cannot fail, as %s, and failed %s; please report this",
					t.Name, t.Proved, report.Plural(o.tests[i].Failures, "time")))
			}
		}
	}
	return errors.Join(problems...)
}

// passed says whether no test failed the run.
func (r *run) passed() bool {
	for _, o := range r.observers {
		if o == nil {
			continue
		}
		for i := range o.tests {
			if v := r.verdict(o.node, i); v == report.Fail || v == report.Errored {
				return false
			}
		}
	}
	return true
}

// good says whether nothing is wrong with the data but warnings.
func (r *run) good() bool { return !r.spoilt() && r.passed() }
