package sink

import (
	"errors"
	"fmt"
	"io"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/ipc"
	"github.com/apache/arrow/go/v17/arrow/memory"
)

// NewArrow makes a sink of the Arrow IPC file format, uncompressed, so that a
// reader can map it into memory. An output without rows is a file with the
// schema and no batch; empty batches are left out.
//
// The bytes depend on the schema, the values and the sizes of the batches, not
// on how the memory of a batch came about (slices, spare capacity), provided
// that zero values stand under nulls.
func NewArrow(w io.Writer, schema *arrow.Schema, mem memory.Allocator) (Sink, error) {
	if err := checkSchema(schema); err != nil {
		return nil, err
	}
	file, err := ipc.NewFileWriter(&position{w: w}, ipc.WithSchema(schema), ipc.WithAllocator(mem))
	if err != nil {
		return nil, err
	}
	return &arrowSink{file: file, schema: schema, mem: mem}, nil
}

type arrowSink struct {
	state
	file   *ipc.FileWriter
	schema *arrow.Schema
	mem    memory.Allocator
}

func (s *arrowSink) Write(rec arrow.Record) error {
	if err := s.writable(); err != nil {
		return err
	}
	if err := checkRecord(s.schema, rec); err != nil {
		return s.fail(err)
	}
	if rec.NumRows() == 0 {
		return nil
	}
	canonical, err := s.canonical(rec)
	if err != nil {
		return s.fail(err)
	}
	defer canonical.Release()
	return s.fail(s.file.Write(canonical))
}

// wholeRows is the number of rows whose smallest buffer, one bit a row, fills
// the 64 bytes to which the format pads every buffer.
const wholeRows = 64 * 8

// canonical gives rec the sink's schema and memory that is written in one way
// only. Arrow's writer pads a buffer with the bytes that happen to follow the
// batch in memory, the next rows of a slice, say. Whole batches leave nothing
// to pad; others are copied, in practice the last one of an output.
func (s *arrowSink) canonical(rec arrow.Record) (arrow.Record, error) {
	if rec.NumRows()%wholeRows == 0 {
		return array.NewRecord(s.schema, rec.Columns(), rec.NumRows()), nil
	}
	columns := make([]arrow.Array, 0, rec.NumCols())
	defer func() {
		for _, c := range columns {
			c.Release()
		}
	}()
	for i, c := range rec.Columns() {
		fresh, err := array.Concatenate([]arrow.Array{c}, s.mem)
		if err != nil {
			return nil, fmt.Errorf("column %q: %w", rec.ColumnName(i), err)
		}
		columns = append(columns, fresh)
	}
	return array.NewRecord(s.schema, columns, rec.NumRows()), nil
}

// Close writes the footer. Arrow's own Close writes one after a failed Write
// too and returns nil, hence the state.
func (s *arrowSink) Close() error {
	if s.closed || s.err != nil {
		s.closed = true
		return s.err
	}
	s.closed = true
	return s.fail(s.file.Close())
}

// position lets Arrow's file writer, which asks a seeker how far it is, write
// to any writer.
type position struct {
	w io.Writer
	n int64
}

func (p *position) Write(b []byte) (int, error) {
	n, err := p.w.Write(b)
	p.n += int64(n)
	if err == nil && n < len(b) {
		err = io.ErrShortWrite
	}
	return n, err
}

// Seek tells the position and moves nowhere.
func (p *position) Seek(offset int64, whence int) (int64, error) {
	if offset != 0 || whence != io.SeekCurrent {
		return p.n, errors.New("an Arrow file is written from front to back")
	}
	return p.n, nil
}
