package pipeline

import (
	"fmt"
	"slices"

	"martlet/internal/contract"
	"martlet/internal/profile"
	"martlet/internal/sink"
)

// observer looks at every batch that a node gives, once, as it streams past:
// it counts it, tests it, profiles it and writes it.
type observer struct {
	node      *node
	validator contract.Validator    // nil where no test of the node's own rows is to run
	repeats   contract.Repeats      // nil where no uniqueness test is to run
	runs      []bool                // which of the node's tests are to run
	tests     []contract.TestResult // in the order of the node's tests; zero for those that are not to run
	counted   []int                 // the tests that see every row
	stored    []*storedRows
	sides     []func(contract.Batch) error
	apart     []*repeatsApart    // the uniqueness tests, where memory has no room for them
	allowed   contract.Allowance // of a source: rejects that a run can live with
	output    *output            // nil where the node is not written
	profiler  *profiler          // nil where it is not profiled

	ended    bool // the node was run to its end
	rowsIn   int64
	rejected int64
	filtered int64
	folded   int64
	rowsOut  int64
	broken   error // a source: what kept the rest of its records from being read
}

// newObserver makes the observer of a node of which some tests are to run. What
// the validator, which knows them all, finds of others is dropped. strict allows
// no reject; failures is the folder of failing rows that are kept.
func newObserver(n *node, runs []bool, env *contract.Env, strict bool, failures string) *observer {
	o := &observer{node: n, runs: runs, tests: make([]contract.TestResult, len(n.Tests))}
	if n.source != nil && !strict {
		o.allowed = n.source.MaxRejects
	}
	for i := range n.Tests {
		if t := &n.Tests[i]; runs[i] && t.Where == "" && t.Runs(env) {
			o.counted = append(o.counted, i)
		}
	}
	o.stored = storedOf(n, runs, o.tests, failures, env)
	if n.NewValidator != nil && slices.Contains(runs, true) {
		o.validator = n.NewValidator(env)
	}
	if n.NewRepeats != nil && len(o.unique(env)) > 0 {
		o.repeats = n.NewRepeats(env)
	}
	for i, run := range runs {
		if !run {
			env.Failures.Ignore(n.Name, testPrefix+n.Tests[i].Name)
		}
	}
	return o
}

// unique lists the uniqueness tests that are to run.
func (o *observer) unique(env *contract.Env) (tests []int) {
	for i := range o.node.Tests {
		if t := &o.node.Tests[i]; o.runs[i] && t.Unique() && t.Runs(env) {
			tests = append(tests, i)
		}
	}
	return tests
}

// store is where failing rows of a test are kept, nil where they are not.
func (o *observer) store(test int) *storedRows {
	for _, s := range o.stored {
		if s.test == test {
			return s
		}
	}
	return nil
}

// sight is one batch of a node with what was found of its rows one by one.
type sight struct {
	batch   contract.Batch
	rowsIn  int // of the batch that it was computed from; 0 for a source and for rows held back
	results []contract.TestResult
	blocks  []*sink.Block // by file of the output
}

func (s *sight) drop() {
	freeBlocks(s.blocks)
	s.batch.Release()
}

// desk is what one goroutine needs to look at batches.
type desk struct {
	encoders []sink.Encoder       // by file of the output
	profile  *profile.Accumulator // nil where the node is not profiled
}

// newDesk makes one.
func (o *observer) newDesk() *desk {
	d := &desk{}
	if o.output != nil {
		d.encoders = o.output.encoders()
	}
	if o.profiler != nil {
		d.profile = o.profiler.accumulator()
	}
	return d
}

// look is the part of looking at a batch that batches do not have to be in order
// for: it may run on several goroutines, each with a desk of its own. It takes
// over b.
func (o *observer) look(b contract.Batch, d *desk) (s sight, err error) {
	if err := checkOrigins(b); err != nil {
		b.Release()
		return sight{}, err
	}
	s = sight{batch: b}
	for _, c := range b.Record.Columns() {
		c.NullN() // which is counted when it is asked for, and will be from several goroutines
	}
	if o.validator != nil && b.Len() > 0 {
		s.results = make([]contract.TestResult, len(o.tests))
		for i := range s.results {
			s.results[i].KeepRows, s.results[i].Keep = o.tests[i].KeepRows, o.tests[i].Keep
			s.results[i].Ordinals = b.Ordinals
		}
		o.validator.Check(b, s.results)
	}
	if d.profile != nil && b.Len() > 0 {
		d.profile.Add(b)
	}
	if o.output != nil && b.Len() > 0 {
		if s.blocks, err = o.output.encode(d.encoders, b.Record); err != nil {
			b.Release()
			return sight{}, err
		}
	}
	return s, nil
}

// see is the rest, batch by batch in order. It borrows the batch.
func (o *observer) see(s *sight) error {
	b := s.batch
	if o.node.model != nil { // what reads a source counts its records
		o.rowsIn += int64(s.rowsIn)
	}
	o.rowsOut += int64(b.Len())
	if b.Len() == 0 {
		return nil
	}
	for _, i := range o.counted {
		o.tests[i].Rows += int64(b.Len())
	}
	for i := range s.results {
		o.tests[i].Merge(&s.results[i])
	}
	o.number(b.Ordinals)
	if o.validator != nil {
		o.validator.Follow(b, o.tests)
	}
	return together(o.tasks(s))
}

// number tells the tests the ordinals of the batch at hand.
func (o *observer) number(ordinals []int64) {
	for i := range o.tests {
		o.tests[i].Ordinals = ordinals
	}
}

// tasks are what is left to do with a batch, of which none minds the others.
func (o *observer) tasks(s *sight) (tasks []func() error) {
	b := s.batch
	if o.repeats != nil || len(o.apart) > 0 || len(o.stored) > 0 {
		tasks = append(tasks, func() error { return o.remember(b) })
	}
	for _, add := range o.sides {
		tasks = append(tasks, func() error { return add(b) })
	}
	if o.output != nil {
		tasks = append(tasks, o.output.tasks(b.Record, s.blocks)...)
	}
	return tasks
}

// remember looks at a batch for the tests that remember values, and keeps the rows
// that were found to fail.
func (o *observer) remember(b contract.Batch) error {
	if o.repeats != nil {
		o.repeats.Add(b, o.tests)
	}
	for _, test := range o.apart {
		if err := test.see(b); err != nil {
			return err
		}
	}
	for _, stored := range o.stored {
		if err := stored.see(b, &o.tests[stored.test]); err != nil {
			return fmt.Errorf("storing the failing rows of %s: %w", stored.name(), err)
		}
	}
	return nil
}

// end completes what the node writes and checks that every row that went in is
// accounted for.
func (o *observer) end() error {
	o.number(nil)
	if o.validator != nil {
		o.validator.Finish(o.tests)
	}
	for i, run := range o.runs {
		if !run {
			o.tests[i] = contract.TestResult{}
		}
	}
	if o.profiler != nil {
		o.profiler.end()
	}
	if o.output != nil {
		if err := o.output.close(); err != nil {
			return err
		}
	}
	if missing := o.rowsIn - o.rowsOut - o.rejected - o.filtered - o.folded; missing != 0 {
		return fmt.Errorf("internal error: of %d rows in, %d came out, %d were rejected, %d filtered and %d merged, which leaves %+d; please report this",
			o.rowsIn, o.rowsOut, o.rejected, o.filtered, o.folded, missing)
	}
	return nil
}

// checkOrigins finds a batch that does not say where its rows come from.
func checkOrigins(b contract.Batch) error {
	if len(b.Origins) != b.Len() {
		return fmt.Errorf("internal error: a batch of %d rows has %d origins; please report this", b.Len(), len(b.Origins))
	}
	return nil
}
