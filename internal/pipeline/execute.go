package pipeline

import (
	"context"
	"errors"
	"fmt"

	"martlet/internal/contract"
)

// executor makes one pass over the data: it pulls each node that is asked for,
// which pulls what it reads, and pushes batches from the sources up as they
// come, so that nothing is held but what an operator or a spool must hold.
//
// Nodes run on one goroutine; only the sources are parsed by others.
type executor struct {
	ctx       context.Context
	graph     *graph
	env       *contract.Env
	threads   int
	inputs    [][]*input  // of the sources that are run, by index of the node
	observers []*observer // of the nodes that are run, by index; nil elsewhere
	rejects   *rejectLog
	progress  progress
	watch     *stopwatch
	take      contract.Emit // takes over the rows of nodes that nobody reads; nil drops them

	readings []int // how often each node is yet to be read
	spools   []spool
}

// execute runs every node that has an observer. A reject or a failed expression
// is no error: it is noted and the run goes on.
func (x *executor) execute() error {
	x.readings = make([]int, len(x.graph.nodes))
	x.spools = make([]spool, len(x.graph.nodes))
	defer func() {
		for i := range x.spools {
			x.spools[i].release()
		}
	}()
	for _, n := range x.graph.nodes {
		if x.observers[n.index] == nil {
			continue
		}
		for _, input := range n.inputs {
			x.readings[input.index]++
		}
	}
	take := x.take
	if take == nil {
		take = discard
	}
	for _, root := range x.roots() {
		if err := x.run(root, take); err != nil {
			return err
		}
	}
	return nil
}

// roots are the nodes that nobody reads: models first, as they read the others.
func (x *executor) roots() []*node {
	var models, sources []*node
	for _, n := range x.graph.nodes {
		switch {
		case x.observers[n.index] == nil || x.readings[n.index] > 0:
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
func (x *executor) run(n *node, emit contract.Emit) error {
	s := &x.spools[n.index]
	x.readings[n.index]--
	last := x.readings[n.index] <= 0
	if s.full {
		return s.replay(emit, last)
	}
	if !last {
		emit = s.tee(emit)
	}
	err := x.compute(n, x.observed(n, emit))
	s.full = true
	if err == nil {
		err = x.observers[n.index].end()
	}
	if err != nil {
		return blame(n, err)
	}
	x.progress.nodeDone(x.observers[n.index])
	return nil
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
	if errors.As(err, &known) || errors.Is(err, context.Canceled) {
		return err
	}
	return &nodeError{node: n, err: err}
}

func (x *executor) compute(n *node, emit contract.Emit) error {
	defer x.watch.leave(x.watch.enter(n.index))
	if n.source != nil {
		return x.readSource(n, emit)
	}
	return x.transform(n, emit)
}

// observed has the node's observer see each batch before emit takes it over. It
// is also where a run that was cancelled stops.
func (x *executor) observed(n *node, emit contract.Emit) contract.Emit {
	o := x.observers[n.index]
	return func(b contract.Batch) error {
		if b.Len() == 0 {
			b.Release()
			return nil
		}
		err := context.Cause(x.ctx)
		if err == nil {
			previous := x.watch.enter(n.index)
			err = o.see(b)
			x.watch.leave(previous)
			if err != nil {
				err = blame(n, err)
			}
		}
		if err != nil {
			b.Release()
			return err
		}
		return emit(b)
	}
}

// transform runs a model: first its joined inputs, then its base.
func (x *executor) transform(n *node, emit contract.Emit) error {
	t := n.model.New(x.env)
	defer t.Release()
	feed := func(step func(contract.Batch) error) contract.Emit {
		return func(b contract.Batch) error {
			defer b.Release()
			defer x.watch.leave(x.watch.enter(n.index))
			if err := context.Cause(x.ctx); err != nil {
				return err
			}
			if err := step(b); err != nil {
				return blame(n, err)
			}
			return nil
		}
	}
	base, joined := n.inputs[0], n.inputs[1:]
	for i, input := range joined {
		join := func(b contract.Batch) error { return t.Join(i, b) }
		if err := x.run(input, feed(join)); err != nil {
			return err
		}
	}
	o := x.observers[n.index]
	push := func(b contract.Batch) error {
		o.rowsIn += int64(b.Len())
		return t.Push(b, emit)
	}
	if err := x.run(base, feed(push)); err != nil {
		return err
	}
	if err := t.Finish(emit); err != nil {
		return err
	}
	o.filtered, o.folded = t.Filtered(), t.Folded()
	return nil
}
