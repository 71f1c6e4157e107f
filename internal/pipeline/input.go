package pipeline

import (
	"context"
	"errors"
	"slices"
	"sync"

	"github.com/apache/arrow/go/v17/arrow"

	"martlet/internal/arrowops"
	"martlet/internal/contract"
	"martlet/internal/delimited"
)

// input is one open file of a source, its header already checked.
type input struct {
	reader *delimited.Reader
	index  int   // of the file in the run's list
	size   int64 // bytes; for the progress shown
}

// piece is one chunk of a file on its way through the workers.
type piece struct {
	chunk   *delimited.Chunk
	parsed  chan struct{} // closed once the chunk is split and the following are set
	record  arrow.Record  // as long as the chunk's rows
	rejects contract.Rejects
	failed  error // why there is no record
}

// lane reads one file: one goroutine cuts the file into chunks, workers split
// and parse them, and the caller takes them in the order of the file, so that
// the number of workers cannot be seen in what comes out.
type lane struct {
	ctx     context.Context
	cancel  context.CancelFunc
	ordered chan *piece // in the order of the file
	work    chan *piece
	group   sync.WaitGroup
}

func startLane(ctx context.Context, reader *delimited.Reader, source *contract.Source, env *contract.Env, threads int) *lane {
	l := &lane{ordered: make(chan *piece, 2*threads), work: make(chan *piece)}
	l.ctx, l.cancel = context.WithCancel(ctx)
	l.group.Go(func() { l.cut(reader) })
	for range threads {
		l.group.Go(func() { l.parse(source.NewParser(env)) })
	}
	return l
}

// cut reads the file until its end or until the lane is stopped.
func (l *lane) cut(reader *delimited.Reader) {
	defer close(l.ordered)
	defer close(l.work)
	for {
		chunk, err := reader.Next()
		if err != nil {
			return
		}
		p := &piece{chunk: chunk, parsed: make(chan struct{})}
		select {
		case l.ordered <- p:
		case <-l.ctx.Done():
			return
		}
		select {
		case l.work <- p:
		case <-l.ctx.Done():
			return
		}
	}
}

func (l *lane) parse(parser contract.Parser) {
	defer parser.Release()
	for p := range l.work {
		p.chunk.Split()
		p.record, p.failed = parser.Parse(&p.chunk.Rows, &p.rejects)
		close(p.parsed)
	}
}

// next gives the next piece, or nil at the end of the file and where the lane
// was stopped.
func (l *lane) next() *piece {
	var p *piece
	select {
	case p = <-l.ordered:
	case <-l.ctx.Done():
		return nil
	}
	if p == nil {
		return nil
	}
	select {
	case <-p.parsed:
		return p
	case <-l.ctx.Done():
		l.group.Wait()
		p.release()
		return nil
	}
}

// stop ends the goroutines and frees what nobody took.
func (l *lane) stop() {
	l.cancel()
	l.group.Wait()
	for p := range l.ordered {
		p.release()
	}
}

func (p *piece) release() {
	if p.record != nil {
		p.record.Release()
		p.record = nil
	}
}

// readSource reads a source's files one after the other, drops the records that
// have a field which is not of its type, and gives the others.
func (x *executor) readSource(n *node, emit contract.Emit) error {
	x.progress.sourceStart(n)
	for _, in := range x.inputs[n.index] {
		if err := x.readFile(n, in, emit); err != nil {
			return err
		}
	}
	return nil
}

func (x *executor) readFile(n *node, in *input, emit contract.Emit) error {
	o := x.observers[n.index]
	defer func() { _ = in.reader.Close() }() // it was only read
	l := startLane(x.ctx, in.reader, n.source, x.env, x.threads)
	defer l.stop()
	defer func() { o.rowsIn += in.reader.Records() }() // as the reader counts, to be held against what came of them
	for {
		p := l.next()
		if p == nil {
			return context.Cause(x.ctx)
		}
		if p.failed != nil {
			return p.failed
		}
		x.progress.sourceRead(n, p.chunk.Size)
		bad := in.reader.Place(p.chunk)
		batch, err := x.accept(o, in, p)
		in.reader.Free(p.chunk)
		if err != nil {
			return err
		}
		if err := emit(batch); err != nil {
			return err
		}
		if bad != nil {
			return x.breakOff(o, in, bad)
		}
	}
}

// accept notes what is wrong with a piece and makes a batch of what is right.
func (x *executor) accept(o *observer, in *input, p *piece) (contract.Batch, error) {
	rows, ragged := &p.chunk.Rows, p.chunk.Ragged
	p.trim(rows.Len())
	bad, err := x.rejects.note(o.node, in.index, rows, p.rejects.Cells, ragged)
	o.rejected += int64(bad.len() + len(ragged))
	if err != nil {
		p.release()
		return contract.Batch{}, err
	}
	record := p.record
	p.record = nil
	origins := make([]contract.Origin, 0, rows.Len()-bad.len())
	if bad.len() == 0 {
		for i := range rows.Len() {
			origins = append(origins, rows.Origin(i))
		}
		return contract.Batch{Record: record, Origins: origins}, nil
	}
	defer record.Release()
	kept := bad.others(rows.Len())
	for _, i := range kept {
		origins = append(origins, rows.Origin(i))
	}
	return contract.Batch{Record: arrowops.Take(x.env.Memory, record, kept), Origins: origins}, nil
}

// trim drops the rows from n on: when they were parsed it was not known that
// they come to nothing.
func (p *piece) trim(n int) {
	if p.record.NumRows() == int64(n) {
		return
	}
	whole := p.record
	defer whole.Release()
	p.record = whole.NewSlice(0, int64(n))
	p.rejects.Cells = slices.DeleteFunc(p.rejects.Cells, func(r contract.Reject) bool { return r.Row >= n })
}

// breakOff notes why there is no more of a file. Data that keep the rest of it
// from being read fail the run, but do not end it: what else is wrong is to be
// reported too.
func (x *executor) breakOff(o *observer, in *input, problem error) error {
	var bad *delimited.DataError
	if errors.As(problem, &bad) {
		if o.broken == nil {
			o.broken = bad
		}
		return x.rejects.noteBroken(o.node, in.index, bad)
	}
	return problem
}
