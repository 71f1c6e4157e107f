package pipeline

import (
	"context"
	"slices"

	"martlet/internal/contract"
)

// pieceRows is how many of the rows that a model holds back are computed at a
// time: few enough to stay in the processor's cache on their way through the
// models behind it.
const pieceRows = contract.BatchRows / 8

// flow is the way of rows from where they begin (a source, what a model holds
// back, a node that is read again) through models that look at one batch at a
// time, to whoever reads the last of them. Batches go that way side by side, each
// on one worker, and what must see them in order does so at its end.
type flow struct {
	x       *executor
	steps   []*step // the nodes on the way, the first of which may be a source
	produce func(ctx context.Context, push func(piece) error) error
	workers [][]station // by worker, then step
	emit    contract.Emit
}

// step is a node on the way of a flow.
type step struct {
	node      *node
	observer  *observer
	transform contract.Transform // nil for a source, and for a model computed in parts
	parted    *parted            // nil for any other
	// began are the ordinals of the rows held back, where batches have some; of a model
	// that dedupes and groups at once those of the rows that dedupe kept.
	began []int64
}

// station is what one worker has for one step.
type station struct {
	stage contract.Stage // nil for a source, and until used
	desk  *desk          // nil until used
}

// piece is what a worker takes: a batch, or the rows lo to hi-1 of those that the
// first step holds back.
type piece struct {
	batch  contract.Batch
	lo, hi int
}

func (p piece) drop() {
	if p.batch.Record != nil {
		p.batch.Release()
	}
}

// passage is what came of a piece, in the order of the steps: the batch that each
// gave, until one gave no rows.
type passage struct {
	sights []sight
	hi     int // of the piece
}

func (p passage) drop() {
	for i := range p.sights {
		p.sights[i].drop()
	}
}

// newFlow makes an empty flow; prepare and release are the caller's.
func (x *executor) newFlow(emit contract.Emit) *flow {
	return &flow{x: x, emit: emit, workers: make([][]station, x.threads)}
}

// prepare makes n the last step. The inputs that the models on the way hold are
// read here.
func (f *flow) prepare(ctx context.Context, n *node) error {
	x := f.x
	for at := n; f.produce == nil; at = at.inputs[0] {
		s := &step{node: at, observer: x.observers[at.index]}
		f.steps = append([]*step{s}, f.steps...)
		if at.source != nil {
			f.produce = func(ctx context.Context, push func(piece) error) error { return x.readSource(ctx, at, push) }
			break
		}
		if parts := partsOf(at, x.sizes, x.memory.whole(), x.memory.models()/int64(x.threads)); parts > 1 {
			s.parted = x.newParted(s, parts)
			if err := s.parted.split(ctx); err != nil {
				return err
			}
			f.produce = func(ctx context.Context, push func(piece) error) error {
				return s.parted.compute(ctx, func(b contract.Batch) error { return push(piece{batch: b}) })
			}
			break
		}
		s.transform = at.model.New(x.env)
		s.transform.Expect(int(x.rows[at.inputs[0].index]))
		if err := x.feed(ctx, s); err != nil {
			return err
		}
		if at.model.Holds() {
			f.produce = held(s.transform.Held())
			break
		}
		if base := at.inputs[0]; x.spools[base.index] != nil || x.given[base] != nil {
			f.produce = func(ctx context.Context, push func(piece) error) error {
				return x.run(ctx, base, func(b contract.Batch) error { return push(piece{batch: b}) })
			}
		}
	}
	for i := range f.workers {
		f.workers[i] = make([]station, len(f.steps))
	}
	return nil
}

// feed gives a model what it holds, inputs side by side. Rows that it groups are
// joined before. Those that dedupe keeps come before what is joined to them, which
// waits for them at the end of its way.
func (x *executor) feed(ctx context.Context, s *step) error {
	model := s.node.model
	base, joined := s.node.inputs[0], s.node.inputs[1:]
	fold := func(ctx context.Context) error {
		return x.run(ctx, base, x.feeding(s.node, func(b contract.Batch) error {
			s.observer.rowsIn += int64(b.Len())
			return s.fold(b)
		}))
	}
	ready := make(chan struct{})
	var tasks []func(context.Context) error
	if model.Dedupe != nil {
		tasks = append(tasks, func(ctx context.Context) error {
			err := fold(ctx)
			if err == nil {
				close(ready)
			}
			return err
		})
	} else {
		close(ready)
	}
	for i, input := range joined {
		tasks = append(tasks, func(ctx context.Context) error {
			if x.isShared(input) { // the base may wait for it in turn
				if err := await(ctx, ready); err != nil {
					return err
				}
			}
			join := x.feeding(s.node, func(b contract.Batch) error { return s.transform.Join(i, b) })
			return x.run(ctx, input, func(b contract.Batch) error {
				if err := await(ctx, ready); err != nil {
					b.Release()
					return err
				}
				return join(b)
			})
		})
	}
	if err := sideBySide(ctx, tasks); err != nil {
		return err
	}
	if model.Holds() && model.Dedupe == nil {
		return fold(ctx)
	}
	return nil
}

// fold gives the transform a batch of the base.
func (s *step) fold(b contract.Batch) error {
	err := s.transform.Fold(b)
	if err == nil && b.Ordinals != nil {
		for _, row := range s.transform.Began() {
			s.began = append(s.began, b.Ordinals[row])
		}
	}
	return err
}

// isShared says whether a node rests on one that is read more than once, or is one.
func (x *executor) isShared(n *node) bool {
	if x.spools[n.index] != nil {
		return true
	}
	return slices.ContainsFunc(n.inputs, x.isShared)
}

// await waits until something is ready.
func await(ctx context.Context, ready <-chan struct{}) error {
	select {
	case <-ready:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// feeding has a step of n look at batches.
func (x *executor) feeding(n *node, step func(contract.Batch) error) contract.Emit {
	return func(b contract.Batch) error {
		defer b.Release()
		defer x.watch.time(n.index)()
		if err := step(b); err != nil {
			return blame(n, err)
		}
		return nil
	}
}

// held gives the rows that a model holds back, a piece at a time.
func held(rows int) func(ctx context.Context, push func(piece) error) error {
	return func(_ context.Context, push func(piece) error) error {
		for lo := 0; lo < rows; lo += pieceRows {
			if err := push(piece{lo: lo, hi: min(lo+pieceRows, rows)}); err != nil {
				return err
			}
		}
		return nil
	}
}

// run takes all rows to the end.
func (f *flow) run(ctx context.Context) error {
	err := inOrder(ctx, len(f.workers), f.produce, f.pass, f.arrive, piece.drop, passage.drop)
	if err != nil {
		return err
	}
	for i, s := range f.steps {
		if s.transform != nil {
			s.observer.filtered += s.transform.Filtered()
			s.observer.folded += s.transform.Folded()
		} else if s.parted != nil {
			s.observer.filtered += s.parted.filtered
			s.observer.folded += s.parted.folded
		}
		for _, stations := range f.workers {
			if stage := stations[i].stage; stage != nil {
				s.observer.filtered += stage.Filtered()
			}
		}
		if err := f.x.end(s.observer); err != nil {
			return blame(s.node, err)
		}
		f.x.progress.nodeDone(s.observer)
	}
	return nil
}

// pass takes a piece through the steps, on a worker.
func (f *flow) pass(worker int, p piece) (way passage, err error) {
	way.hi = p.hi
	b := p.batch
	for i, s := range f.steps {
		rows := 0
		if s.transform != nil {
			if b.Record != nil {
				rows = b.Len()
			}
			b, err = f.compute(worker, i, b, p)
			if i == 0 {
				p.drop()
			}
		}
		if err == nil {
			var seen sight
			if seen, err = f.look(worker, i, b); err == nil {
				seen.rowsIn = rows
				way.sights = append(way.sights, seen)
			}
		}
		if err != nil {
			way.drop()
			return passage{}, blame(s.node, err)
		}
		if b.Len() == 0 {
			break
		}
	}
	return way, nil
}

// compute gives the rows of a step, whose input b is.
func (f *flow) compute(worker, i int, b contract.Batch, p piece) (contract.Batch, error) {
	s := f.steps[i]
	defer f.x.watch.time(s.node.index)()
	w := &f.workers[worker][i]
	if w.stage == nil {
		w.stage = s.transform.NewStage()
	}
	if s.node.model.Holds() {
		out, err := w.stage.Give(p.lo, p.hi)
		if err == nil && s.began != nil {
			out.Ordinals = at(s.began, p.lo, w.stage.Rows(), out.Len())
		}
		return out, err
	}
	out, err := w.stage.Apply(b)
	if err == nil && b.Ordinals != nil {
		out.Ordinals = at(b.Ordinals, 0, w.stage.Rows(), out.Len())
	}
	return out, err
}

func (f *flow) look(worker, i int, b contract.Batch) (sight, error) {
	s, w := f.steps[i], &f.workers[worker][i]
	defer f.x.watch.time(s.node.index)()
	if w.desk == nil {
		w.desk = s.observer.newDesk()
	}
	return s.observer.look(b, w.desk)
}

// arrive lets the observers see what came of a piece, in order, and hands its
// last batch on.
func (f *flow) arrive(way passage) (err error) {
	defer way.drop()
	for i := range way.sights {
		s := &way.sights[i]
		if err := f.note(f.steps[i], s); err != nil {
			return blame(f.steps[i].node, err)
		}
	}
	if first := f.steps[0]; way.hi > 0 && (way.hi%contract.BatchRows == 0) {
		first.transform.Drop(way.hi)
	}
	if len(way.sights) < len(f.steps) {
		return nil
	}
	last := way.sights[len(way.sights)-1].batch
	if last.Len() == 0 {
		return nil
	}
	last.Retain()
	return f.emit(last)
}

func (f *flow) note(s *step, seen *sight) error {
	defer f.x.watch.time(s.node.index)()
	return s.observer.see(seen)
}

// release frees what the flow holds.
func (f *flow) release() {
	for _, stations := range f.workers {
		for i := range stations {
			if stations[i].stage != nil {
				stations[i].stage.Release()
			}
		}
	}
	for _, s := range f.steps {
		if s.transform != nil {
			s.transform.Release()
		}
		if s.parted != nil {
			_ = s.parted.close() // the folder is removed in any case
		}
	}
}
