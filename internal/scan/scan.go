// Package scan reads the files of a source as typed records, on several
// processors and in the order of the file.
//
// It brings together what others know: delimited finds chunks and fields, the
// generated parser types them. It knows neither what becomes of the records nor
// how rejects are told.
package scan

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/apache/arrow/go/v17/arrow"

	"martlet/internal/contract"
	"martlet/internal/delimited"
)

// Piece is one chunk of a file on its way through the workers.
type Piece struct {
	Chunk   *delimited.Chunk
	Rejects contract.Rejects
	Spent   time.Duration // on splitting and parsing the chunk

	parsed chan struct{} // closed once the chunk is split and the others are set
	record arrow.Record  // as long as the chunk's rows
	failed error         // why there is no record
}

// Lane reads one file: one goroutine cuts the file into chunks, workers split
// and parse them, and the caller takes them in the order of the file, so that
// the number of workers cannot be seen in what comes out.
type Lane struct {
	reader  *delimited.Reader
	ctx     context.Context
	cancel  context.CancelFunc
	ordered chan *Piece // in the order of the file
	work    chan *Piece
	group   sync.WaitGroup
	ended   bool // there are no pieces behind the last one given
}

// Start begins to read a file of a source with so many workers. The caller stops
// the lane, and closes the reader after that.
func Start(ctx context.Context, reader *delimited.Reader, source *contract.Source, env *contract.Env, threads int) *Lane {
	l := &Lane{reader: reader, ordered: make(chan *Piece, 2*threads), work: make(chan *Piece)}
	l.ctx, l.cancel = context.WithCancel(ctx)
	l.group.Go(l.cut)
	for range threads {
		l.group.Go(func() { l.parse(source.NewParser(env)) })
	}
	return l
}

// cut reads the file until its end or until the lane is stopped.
func (l *Lane) cut() {
	defer close(l.ordered)
	defer close(l.work)
	for {
		chunk, err := l.reader.Next()
		if err != nil {
			return
		}
		p := &Piece{Chunk: chunk, parsed: make(chan struct{})}
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

func (l *Lane) parse(parser contract.Parser) {
	defer parser.Release()
	for p := range l.work {
		begin := time.Now()
		p.Chunk.Split()
		p.record, p.failed = parser.Parse(&p.Chunk.Rows, &p.Rejects)
		p.Spent = time.Since(begin)
		close(p.parsed)
	}
}

// Next gives the next piece, its rows placed in the file, or nil at the end of
// the file and where the context has ended. bad is why the file is not read
// beyond the piece, see delimited.Reader.Place; there are no pieces behind it.
// The caller takes the record of the piece, and frees its chunk when it is done
// with it.
func (l *Lane) Next() (p *Piece, bad error) {
	if l.ended {
		return nil, nil
	}
	if p = l.take(); p != nil {
		bad = l.reader.Place(p.Chunk)
		l.ended = bad != nil
	}
	return p, bad
}

// Free gives the memory of a piece's chunk back.
func (l *Lane) Free(p *Piece) { l.reader.Free(p.Chunk) }

// take gives the next piece in the order of the file, as soon as it is parsed.
func (l *Lane) take() *Piece {
	var p *Piece
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

// Stop ends the goroutines and frees what nobody took.
func (l *Lane) Stop() {
	l.cancel()
	l.group.Wait()
	for p := range l.ordered {
		p.release()
	}
}

func (p *Piece) release() {
	if p.record != nil {
		p.record.Release()
		p.record = nil
	}
}

// Record takes the typed record of the piece, with a row for each of its chunk's;
// the caller owns it. The error is of rows whose text does not fit one Arrow
// array.
func (p *Piece) Record() (arrow.Record, error) {
	if p.failed != nil {
		return nil, p.failed
	}
	p.trim(p.Chunk.Rows.Len())
	record := p.record
	p.record = nil
	return record, nil
}

// trim drops the rows from n on: when they were parsed it was not known that
// they come to nothing.
func (p *Piece) trim(n int) {
	if p.record.NumRows() == int64(n) {
		return
	}
	whole := p.record
	defer whole.Release()
	p.record = whole.NewSlice(0, int64(n))
	p.Rejects.Cells = slices.DeleteFunc(p.Rejects.Cells, func(r contract.Reject) bool { return r.Row >= n })
}
