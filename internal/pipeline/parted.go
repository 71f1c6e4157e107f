package pipeline

import (
	"context"
	"errors"
	"slices"
	"sync"

	"martlet/internal/contract"
	"martlet/internal/spill"
)

// parted computes a model of which memory has no room for all that it holds, part
// by part: its inputs are divided by key among temporary files, each part is
// computed by a transform of its own, and the rows are put back in order.
type parted struct {
	x     *executor
	step  *step
	parts int
	files []*spill.Partitions // by input; nil for one that every part needs whole
	whole []*spill.Tape       // by input; nil for the others

	mu               sync.Mutex
	filtered, folded int64
}

func (x *executor) newParted(s *step, parts int) *parted {
	inputs := len(s.node.inputs)
	return &parted{x: x, step: s, parts: parts, files: make([]*spill.Partitions, inputs), whole: make([]*spill.Tape, inputs)}
}

// close removes the files.
func (p *parted) close() error {
	var problems []error
	for i := range p.files {
		if p.files[i] != nil {
			problems = append(problems, p.files[i].Close())
		}
		if p.whole[i] != nil {
			problems = append(problems, p.whole[i].Close())
		}
	}
	return errors.Join(problems...)
}

// split reads the inputs into files, one after the other: side by side they would
// need the memory of all.
func (p *parted) split(ctx context.Context) error {
	for i := len(p.step.node.inputs) - 1; i >= 0; i-- { // the base last
		split := p.divide
		if !slices.Contains(p.step.node.model.Parted, i) {
			split = p.keep
		}
		if err := split(ctx, i); err != nil {
			return err
		}
	}
	return nil
}

// divide reads an input into a file a part.
func (p *parted) divide(ctx context.Context, i int) error {
	x, n := p.x, p.step.node
	to := x.folder.Partitions(n.inputs[i].Schema, p.parts, x.memory.writing(), x.env.Memory)
	p.files[i] = to
	router := n.model.New(x.env)
	defer router.Release()
	var part []uint32
	var ordinals, places []int64
	var rows int64
	err := x.run(ctx, n.inputs[i], x.feeding(n, func(b contract.Batch) error {
		part = slices.Grow(part[:0], b.Len())[:b.Len()]
		router.Part(i, b, part)
		numbered(part, p.parts)
		if ordinals = b.Ordinals; ordinals == nil {
			places = spill.Ordinals(places[:0], rows, b.Len())
			ordinals = places
		}
		rows += int64(b.Len())
		return to.Add(b, ordinals, part)
	}))
	if i == 0 {
		p.step.observer.rowsIn += rows
	}
	if err != nil {
		return err
	}
	return blame(n, to.Finish())
}

// keep reads an input that every part needs into one file.
func (p *parted) keep(ctx context.Context, i int) error {
	x, n := p.x, p.step.node
	to := x.folder.Tape(n.inputs[i].Schema, x.env.Memory)
	p.whole[i] = to
	if err := x.run(ctx, n.inputs[i], x.feeding(n, to.Add)); err != nil {
		return err
	}
	return blame(n, to.Finish())
}

// compute computes all parts, some side by side, and gives their rows in order.
func (p *parted) compute(ctx context.Context, emit contract.Emit) (err error) {
	runs := make([]*spill.Run, p.parts)
	defer func() {
		for _, run := range runs {
			if run != nil {
				err = errors.Join(err, run.Close())
			}
		}
	}()
	work := func(_, part int) (*spill.Run, error) {
		defer p.x.watch.time(p.step.node.index)()
		return p.part(part)
	}
	done := 0
	keep := func(run *spill.Run) error {
		runs[done] = run
		done++
		return nil
	}
	err = inOrder(ctx, p.x.threads, upTo(p.parts), work, keep, func(int) {}, func(run *spill.Run) { _ = run.Close() })
	if err == nil {
		err = p.close()
	}
	if err == nil {
		err = spill.Merge(runs, p.x.env.Memory, func(b contract.Batch) error {
			if !p.x.ordinals { // they are places in the stream
				b.Ordinals = nil
			}
			return slicesOf(b, pieceRows, emit)
		})
	}
	return blame(p.step.node, err)
}

// part computes one part.
func (p *parted) part(part int) (run *spill.Run, err error) {
	x, n := p.x, p.step.node
	run = x.folder.Run(n.Schema, x.memory.writing()/int64(max(4*x.threads, 2*p.parts)), x.env.Memory)
	t := n.model.New(x.env)
	t.Expect(int(x.rows[n.inputs[0].index]) / p.parts)
	defer t.Release()
	defer func() {
		if err != nil {
			_ = run.Close() // err says what is wrong
		}
	}()
	var began []int64
	if n.model.Dedupe != nil {
		if began, err = p.fold(t, part); err != nil {
			return nil, err
		}
	}
	for i := 1; i < len(n.inputs); i++ {
		if err := p.join(t, i, part); err != nil {
			return nil, err
		}
	}
	if n.model.Grouped {
		if began, err = p.fold(t, part); err != nil {
			return nil, err
		}
	}
	rows := t.Held()
	stage := t.NewStage()
	defer stage.Release()
	if n.model.Holds() {
		err = give(t, stage, rows, began, run)
	} else {
		err = p.files[0].Read(part, func(b contract.Batch, ordinals []int64) error {
			defer b.Release()
			out, err := stage.Apply(b)
			if err != nil {
				return err
			}
			return add(run, out, at(ordinals, 0, stage.Rows(), out.Len()))
		})
	}
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.filtered += t.Filtered() + stage.Filtered()
	p.folded += t.Folded()
	return run, run.Finish()
}

// join gives a transform its part of a joined input.
func (p *parted) join(t contract.Transform, input, part int) error {
	feed := func(b contract.Batch) error {
		defer b.Release()
		return t.Join(input-1, b)
	}
	if p.files[input] == nil {
		return p.whole[input].Play(feed)
	}
	return p.files[input].Read(part, func(b contract.Batch, _ []int64) error { return feed(b) })
}

// fold gives a transform its part of the base. The rows that it holds back have
// the ordinals of those that began their keys.
func (p *parted) fold(t contract.Transform, part int) (began []int64, err error) {
	err = p.files[0].Read(part, func(b contract.Batch, ordinals []int64) error {
		defer b.Release()
		if err := t.Fold(b); err != nil {
			return err
		}
		for _, row := range t.Began() {
			began = append(began, ordinals[row])
		}
		return nil
	})
	return began, err
}

// give writes the rows that a transform holds back.
func give(t contract.Transform, stage contract.Stage, rows int, began []int64, run *spill.Run) error {
	for lo := 0; lo < rows; lo += pieceRows {
		hi := min(lo+pieceRows, rows)
		out, err := stage.Give(lo, hi)
		if err != nil {
			return err
		}
		if err := add(run, out, at(began, lo, stage.Rows(), out.Len())); err != nil {
			return err
		}
		if hi%contract.BatchRows == 0 {
			t.Drop(hi)
		}
	}
	return nil
}

// at gives the ordinals of n rows, which are those at lo and the places given
// behind it, or one after the other.
func at(ordinals []int64, lo int, rows []int, n int) []int64 {
	if rows == nil {
		return ordinals[lo : lo+n]
	}
	return takeOrdinals(ordinals[lo:], rows)
}

// add writes a batch, which it takes over.
func add(run *spill.Run, b contract.Batch, ordinals []int64) error {
	defer b.Release()
	if b.Len() == 0 {
		return nil
	}
	return run.Add(b, ordinals)
}

// partsOf is in how many parts a model is computed: one where it may hold all of
// its rows, else so many that what it holds of one has room in a share of the memory.
func partsOf(n *node, sizes []int64, whole, share int64) int {
	m := n.model
	if len(m.Parted) == 0 {
		return 1
	}
	var parted int64
	for _, input := range m.Parted {
		if input > 0 || m.Holds() {
			parted += sizes[n.inputs[input].index]
		}
	}
	if parted <= whole {
		return 1
	}
	return int(min((parted+share-1)/max(share, 1), maxParts))
}

// maxParts bounds the files that are open at a time.
const maxParts = 256

// numbered gives the part of each row from its hash.
func numbered(part []uint32, parts int) {
	for i, hash := range part {
		part[i] = uint32(uint64(hash) * uint64(parts) >> 32)
	}
}

// slicesOf cuts a batch into pieces of so many rows, which emit takes over. It
// takes the batch over.
func slicesOf(b contract.Batch, rows int, emit contract.Emit) error {
	if b.Len() <= rows {
		return emit(b)
	}
	defer b.Release()
	for lo := 0; lo < b.Len(); lo += rows {
		hi := min(lo+rows, b.Len())
		piece := contract.Batch{Record: b.Record.NewSlice(int64(lo), int64(hi)), Origins: b.Origins[lo:hi]}
		if b.Ordinals != nil {
			piece.Ordinals = b.Ordinals[lo:hi]
		}
		if err := emit(piece); err != nil {
			return err
		}
	}
	return nil
}
