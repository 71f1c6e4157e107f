package sink

import (
	"bufio"
	"errors"
	"io"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/ipc"
	"github.com/apache/arrow/go/v17/arrow/memory"
)

// NewArrowFormat is the Arrow IPC file format, uncompressed, so that a reader can
// map a file into memory. An output without rows is a file with the schema and
// no batch; empty batches are left out.
//
// The bytes depend on the schema, the values and the sizes of the batches, not
// on how the memory of a batch came about (slices, spare capacity), provided
// that zero values stand under nulls.
//
// A block holds the record it was made of, until it is freed, and copies of no
// more than its bitmaps and, where they do not begin at 0, its offsets: the
// values are taken from where they are when the block is written.
//
// It refuses a schema with a type that an output cannot have.
func NewArrowFormat(schema *arrow.Schema, mem memory.Allocator) (Format, error) {
	if err := checkSchema(schema); err != nil {
		return nil, err
	}
	return &arrowFormat{schema: schema, mem: mem}, nil
}

// NewArrow makes a sink of the Arrow IPC file format: see NewArrowFormat.
func NewArrow(w io.Writer, schema *arrow.Schema, mem memory.Allocator) (Sink, error) {
	f, err := NewArrowFormat(schema, mem)
	if err != nil {
		return nil, err
	}
	s := newStream(f, w)
	return &s, nil
}

type arrowFormat struct {
	schema *arrow.Schema
	mem    memory.Allocator
}

func (f *arrowFormat) NewEncoder() Encoder { return arrowEncoder{f} }

// gathered is how much is put together of the small pieces, metadata and padding,
// between the buffers of the columns. Larger pieces are written from where they
// are.
const gathered = 8 << 10

func (f *arrowFormat) NewWriter(w io.Writer) Writer {
	out := &arrowWriter{format: f, pieces: bufio.NewWriterSize(whole{w}, gathered)}
	out.file, out.err = ipc.NewFileWriter(&position{w: out.pieces}, ipc.WithSchema(f.schema), ipc.WithAllocator(f.mem))
	return out
}

// arrowWriter has Arrow's own writer put the pieces of a batch in their places:
// of a canonical record it copies nothing.
type arrowWriter struct {
	state
	format *arrowFormat
	pieces *bufio.Writer
	file   *ipc.FileWriter
}

func (w *arrowWriter) Write(block *Block) error {
	if err := w.writable(); err != nil {
		return err
	}
	if block.format != Format(w.format) {
		return w.fail(errForeign)
	}
	if block.record == nil {
		return nil
	}
	return w.fail(w.file.Write(block.record))
}

// Close writes the footer. Arrow's own Close writes one after a failed Write
// too and returns nil, hence the state.
func (w *arrowWriter) Close() error {
	return w.close(func() error {
		if err := w.file.Close(); err != nil {
			return err
		}
		return w.pieces.Flush()
	})
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
	return n, err
}

// Seek tells the position and moves nowhere.
func (p *position) Seek(offset int64, whence int) (int64, error) {
	if offset != 0 || whence != io.SeekCurrent {
		return p.n, errors.New("an Arrow file is written from front to back")
	}
	return p.n, nil
}
