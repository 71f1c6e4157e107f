package pipeline

import (
	"context"
	"errors"
	"os"

	"martlet/internal/arrowops"
	"martlet/internal/contract"
	"martlet/internal/delimited"
	"martlet/internal/scan"
)

// input is one open file of a source, its header already checked.
type input struct {
	reader *delimited.Reader
	index  int         // of the file in the run's list
	info   os.FileInfo // of the file as it was when it was opened
	stored *stored     // where the rows are in the state, and reader is nil
	before int64       // records that an earlier run read
	size   int64       // bytes; for the progress shown
	rows   int64       // about
	memory int64       // bytes that they take
}

// readSource reads a source's files one after the other, drops the records that
// have a field which is not of its type, and gives the others.
func (x *executor) readSource(ctx context.Context, n *node, push func(piece) error) error {
	x.progress.sourceStart(n)
	for _, in := range x.inputs[n.index] {
		read := x.readFile
		if in.stored != nil {
			read = x.readStored
		}
		if err := read(ctx, n, in, push); err != nil {
			return err
		}
	}
	return nil
}

func (x *executor) readFile(ctx context.Context, n *node, in *input, push func(piece) error) error {
	o := x.observers[n.index]
	defer func() { _ = in.reader.Close() }() // it was only read
	l := scan.Start(ctx, in.reader, n.source, x.env, x.threads)
	defer l.Stop()
	defer func() {
		x.rejects.mu.Lock()
		defer x.rejects.mu.Unlock()
		o.rowsIn += in.reader.Records() - in.before // as the reader counts, to be held against what came of them
	}()
	for {
		p, bad := l.Next()
		if p == nil {
			return context.Cause(ctx)
		}
		x.progress.sourceRead(n, p.Chunk.Size)
		batch, err := x.accept(o, in, p)
		l.Free(p)
		if err != nil {
			return blame(n, err)
		}
		if x.ordinals {
			batch.Ordinals = ordinalsOf(batch.Origins)
		}
		if batch.Len() == 0 {
			batch.Release()
		} else if err := push(piece{batch: batch}); err != nil {
			return err
		}
		if bad != nil {
			return x.breakOff(o, in, bad)
		}
	}
}

// ordinalsOf are the ordinals of the rows of a source.
func ordinalsOf(origins []contract.Origin) []int64 {
	ordinals := make([]int64, len(origins))
	for i, o := range origins {
		ordinals[i] = int64(o)
	}
	return ordinals
}

// accept notes what is wrong with a piece and makes a batch of what is right.
func (x *executor) accept(o *observer, in *input, p *scan.Piece) (contract.Batch, error) {
	record, err := p.Record()
	if err != nil {
		return contract.Batch{}, err
	}
	rows, ragged := &p.Chunk.Rows, p.Chunk.Ragged
	defer x.watch.time(o.node.index)()
	x.watch.add(o.node.index, p.Spent)
	bad, err := x.rejects.note(o, in.index, rows, p.Rejects.Cells, ragged)
	if err != nil {
		record.Release()
		return contract.Batch{}, err
	}
	origins := rows.Origins()
	if bad.len() == 0 {
		return contract.Batch{Record: record, Origins: origins}, nil
	}
	defer record.Release()
	kept := bad.others(rows.Len())
	return contract.Batch{Record: arrowops.Take(x.env.Memory, record, kept), Origins: contract.TakeOrigins(origins, kept)}, nil
}

// breakOff notes why there is no more of a file. Data that keep the rest of it
// from being read fail the run, but do not end it: what else is wrong is to be
// reported too.
func (x *executor) breakOff(o *observer, in *input, problem error) error {
	var bad *delimited.DataError
	if errors.As(problem, &bad) {
		return x.rejects.noteBroken(o, in.index, bad)
	}
	return blame(o.node, problem)
}
