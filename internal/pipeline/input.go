package pipeline

import (
	"context"
	"errors"
	"io"
	"sync"

	"github.com/apache/arrow/go/v17/arrow"

	"martlet/internal/arrowops"
	"martlet/internal/contract"
	"martlet/internal/ingest"
)

// input is one open file of a source, its header already checked.
type input struct {
	reader *ingest.Reader
	index  int   // of the file in the run's list
	size   int64 // bytes; for the progress shown
}

// piece is one run of a file's records on its way through the workers.
type piece struct {
	rows    *contract.Rows // nil at the end of the file
	ragged  []ingest.Ragged
	err     error         // what ended the file, if not its end
	parsed  chan struct{} // closed once the following are set
	record  arrow.Record  // as long as rows
	rejects contract.Rejects
	failed  error // why there is no record
}

// lane reads one file: one goroutine cuts the file into pieces, workers parse
// them, and the caller takes them in the order of the file, so that the number
// of workers cannot be seen in what comes out.
type lane struct {
	ctx     context.Context
	cancel  context.CancelFunc
	ordered chan *piece // in the order of the file
	work    chan *piece
	group   sync.WaitGroup
}

func startLane(ctx context.Context, reader *ingest.Reader, source *contract.Source, env *contract.Env, threads int) *lane {
	l := &lane{ordered: make(chan *piece, 2*threads), work: make(chan *piece)}
	l.ctx, l.cancel = context.WithCancel(ctx)
	l.group.Go(func() { l.cut(reader) })
	for range threads {
		l.group.Go(func() { l.parse(source.NewParser(env)) })
	}
	return l
}

// cut reads the file until its end or until the lane is stopped.
func (l *lane) cut(reader *ingest.Reader) {
	defer close(l.ordered)
	defer close(l.work)
	for seen := 0; ; {
		rows, err := reader.Next()
		p := &piece{rows: rows, parsed: make(chan struct{})}
		ragged := reader.Ragged()
		p.ragged, seen = ragged[seen:], len(ragged)
		if err != nil {
			p.rows = nil
			if err != io.EOF {
				p.err = err
			}
			close(p.parsed)
		}
		select {
		case l.ordered <- p:
		case <-l.ctx.Done():
			return
		}
		if err != nil {
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
		p.record, p.failed = parser.Parse(p.rows, &p.rejects)
		close(p.parsed)
	}
}

// next gives the next piece, or nil where the lane was stopped.
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
	l := startLane(x.ctx, in.reader, n.source, x.env, x.threads)
	defer l.stop()
	for {
		p := l.next()
		if p == nil {
			return context.Cause(x.ctx)
		}
		if p.rows == nil {
			o.rowsIn += in.reader.Records() // as the reader counts, to be held against what came of them
			return x.endFile(o, in, p)
		}
		if p.failed != nil {
			return p.failed
		}
		x.progress.sourceRead(n, int64(len(p.rows.Data)))
		batch, err := x.accept(o, in, p)
		in.reader.Free(p.rows)
		if err != nil {
			return err
		}
		if err := emit(batch); err != nil {
			return err
		}
	}
}

// accept notes what is wrong with a piece and makes a batch of what is right.
func (x *executor) accept(o *observer, in *input, p *piece) (contract.Batch, error) {
	n := p.rows.Len()
	bad, err := x.rejects.note(o.node, in.index, p.rows, p.rejects.Cells, p.ragged)
	o.rejected += int64(bad.len() + len(p.ragged))
	if err != nil {
		p.release()
		return contract.Batch{}, err
	}
	record := p.record
	p.record = nil
	origins := make([]contract.Origin, 0, n-bad.len())
	if bad.len() == 0 {
		for i := range n {
			origins = append(origins, p.rows.First+contract.Origin(i))
		}
		return contract.Batch{Record: record, Origins: origins}, nil
	}
	defer record.Release()
	kept := bad.others(n)
	for _, i := range kept {
		origins = append(origins, p.rows.First+contract.Origin(i))
	}
	return contract.Batch{Record: arrowops.Take(x.env.Memory, record, kept), Origins: origins}, nil
}

// endFile notes what the last piece of a file says. Data that keep the rest
// of the file from being read fail the run, but do not end it: what else is
// wrong is to be reported too.
func (x *executor) endFile(o *observer, in *input, last *piece) error {
	o.rejected += int64(len(last.ragged))
	if _, err := x.rejects.note(o.node, in.index, nil, nil, last.ragged); err != nil {
		return err
	}
	var bad *ingest.DataError
	if errors.As(last.err, &bad) {
		if o.broken == nil {
			o.broken = bad
		}
		return x.rejects.noteBroken(o.node, in.index, bad)
	}
	return last.err
}
