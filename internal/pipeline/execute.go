package pipeline

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"

	"martlet/internal/contract"
	"martlet/internal/spill"
)

// executor makes one pass over the data: it pulls each node that is asked for,
// which pulls what it reads, and pushes batches from the sources up as they
// come, so that nothing is held but what an operator or a spool must hold. See
// flow for what runs side by side; the order of rows does not depend on it.
type executor struct {
	ctx       context.Context
	graph     *graph
	env       *contract.Env
	threads   int
	inputs    [][]*input // of the sources that are run, by index of the node
	given     map[*node]source
	observers []*observer // of the nodes that are run, by index; nil elsewhere
	rejects   *rejectLog
	progress  progress
	watch     *stopwatch
	relations []*relation
	take      contract.Emit // takes over the rows of nodes that nobody reads; nil drops them
	memory    budget
	ordinals  bool   // batches have ordinals
	temporary string // where files are put that memory has no room for

	sizes  []int64       // of the nodes' rows in memory, about
	rows   []int64       // how many these are, about
	folder *spill.Folder // in temporary
	spools []*spool      // of the nodes that are read more than once
	ending sync.Mutex    // over the completion of tests in parts
}

// source gives the rows of a model that are not computed here, as they were looked at
// and written: emit takes over the batches.
type source func(ctx context.Context, emit contract.Emit) error

// execute runs every node that has an observer. A reject or a failed expression
// is no error: it is noted and the run goes on.
func (x *executor) execute() (err error) {
	x.progress = &sharedProgress{progress: x.progress}
	x.sizes, x.rows = sizes(x.graph, x.inputs), rowCounts(x.graph, x.inputs)
	if x.spills() {
		if err := os.MkdirAll(x.temporary, 0o750); err != nil {
			return err
		}
		defer func() { _ = os.Remove(x.temporary) }() // where it was made for this and nothing is in it
		if x.folder, err = spill.NewFolder(x.temporary); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, x.folder.Close()) }()
		x.divideTests()
	}
	readings := make([]int, len(x.graph.nodes))
	for _, n := range x.graph.nodes {
		if x.observers[n.index] == nil || x.given[n] != nil {
			continue
		}
		for _, input := range n.inputs {
			readings[input.index]++
		}
	}
	x.spools = make([]*spool, len(x.graph.nodes))
	for i, n := range readings {
		if n > 1 {
			x.spools[i] = x.newSpool(x.graph.nodes[i], n)
			defer x.spools[i].release()
		}
	}
	take := x.take
	if take == nil {
		take = discard
	}
	for _, root := range x.roots(readings) {
		if err := x.run(x.ctx, root, take); err != nil {
			return err
		}
	}
	return nil
}

// spills says whether memory may have no room for something.
func (x *executor) spills() bool {
	for _, n := range x.graph.nodes {
		if x.observers[n.index] != nil && x.sizes[n.index] > int64(x.memory)/64 {
			return true
		}
	}
	return memorized(x.memorizers()) > x.memory.tests()
}

// roots are the nodes that nobody reads: models first, as they read the others.
func (x *executor) roots(readings []int) []*node {
	var models, sources []*node
	for _, n := range x.graph.nodes {
		switch {
		case x.observers[n.index] == nil || readings[n.index] > 0:
		case n.model != nil:
			models = append(models, n)
		default:
			sources = append(sources, n)
		}
	}
	return append(models, sources...)
}

// discard ends a stream.
func discard(b contract.Batch) error {
	b.Release()
	return nil
}

// run gives all batches of a node to emit. The first reading computes them; if
// others are to come, it keeps them too.
func (x *executor) run(ctx context.Context, n *node, emit contract.Emit) error {
	s := x.spools[n.index]
	if s == nil {
		return x.flow(ctx, n, emit)
	}
	if !s.begin() {
		return s.replay(ctx, emit)
	}
	err := x.flow(ctx, n, s.tee(emit))
	s.end(err)
	return err
}

// flow computes all batches of a node.
func (x *executor) flow(ctx context.Context, n *node, emit contract.Emit) error {
	if give := x.given[n]; give != nil {
		return give(ctx, emit)
	}
	f := x.newFlow(emit)
	defer f.release()
	if err := f.prepare(ctx, n); err != nil {
		return err
	}
	return f.run(ctx)
}

// end completes what the node of an observer gives.
func (x *executor) end(o *observer) error {
	x.rejects.mu.Lock()
	o.ended = true
	x.rejects.mu.Unlock()
	if err := x.endApart(o); err != nil {
		return err
	}
	return o.end()
}

// nodeError is an error that stopped the run, with the node where it came up.
type nodeError struct {
	node *node
	err  error
}

func (e *nodeError) Error() string {
	return fmt.Sprintf("%s %q: %v", e.node.kind(), e.node.Name, e.err)
}

func (e *nodeError) Unwrap() error { return e.err }

// blame says at which node an error came up. An error passes through every node
// up the stream, so one that has its node already keeps it.
func blame(n *node, err error) error {
	var known *nodeError
	if err == nil || errors.As(err, &known) || errors.Is(err, context.Canceled) {
		return err
	}
	return &nodeError{node: n, err: err}
}

// firstOf gives the first error that is not only that others were cancelled.
func firstOf(problems []error) (first error) {
	for _, err := range problems {
		if err != nil && (first == nil || errors.Is(first, context.Canceled)) {
			first = err
		}
	}
	return first
}
