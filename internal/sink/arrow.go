package sink

import (
	"bufio"
	"errors"
	"io"
	"runtime"
	"slices"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/ipc"
	"github.com/apache/arrow/go/v17/arrow/memory"
)

// ArrowOptions says how an Arrow file differs from what it is by default.
type ArrowOptions struct {
	// Compression is of each buffer of a batch by itself; none by default, so that a
	// reader can map the file into memory.
	Compression Compression
	// Dictionaries are the texts that the columns may have which are written as
	// numbers into a dictionary, by column.
	Dictionaries map[string][]string
}

// NewArrowFormat is the Arrow IPC file format. An output without rows is a file
// with the schema and no batch; empty batches are left out.
//
// The bytes depend on the schema, the values and the sizes of the batches, not
// on how the memory of a batch came about (slices, spare capacity), provided
// that zero values stand under nulls.
//
// A block holds the record it was made of, until it is freed, and copies of no
// more than its bitmaps, the numbers of its dictionaries and, where they do not
// begin at 0, its offsets: the values are taken from where they are when the block
// is written, and compressed then.
//
// It refuses a schema with a type that an output cannot have. An encoder fails
// with ErrNotInDictionary where a column has another text than its dictionary.
func NewArrowFormat(schema *arrow.Schema, o ArrowOptions, mem memory.Allocator) (Format, error) {
	if err := checkSchema(schema); err != nil {
		return nil, err
	}
	compression, err := in(arrowCompressions, o.Compression)
	if err != nil {
		return nil, err
	}
	f := &arrowFormat{schema: schema, mem: mem, compression: compression, dictionaries: make([]*dictionary, schema.NumFields())}
	fields := slices.Clone(schema.Fields())
	for i := range fields {
		values, ok := o.Dictionaries[fields[i].Name]
		if !ok {
			continue
		}
		if f.dictionaries[i], err = newDictionary(fields[i], values); err != nil {
			return nil, err
		}
		fields[i].Type = f.dictionaries[i].typ
	}
	about := schema.Metadata()
	f.file = arrow.NewSchema(fields, &about)
	return f, nil
}

// arrowCompressions are the compressions as Arrow's writer is told of them.
var arrowCompressions = map[Compression][]ipc.Option{
	"": nil, Uncompressed: nil, LZ4: {ipc.WithLZ4()}, Zstd: {ipc.WithZstd()},
}

// NewArrow makes a sink of the Arrow IPC file format as it is by default: see
// NewArrowFormat.
func NewArrow(w io.Writer, schema *arrow.Schema, mem memory.Allocator) (Sink, error) {
	f, err := NewArrowFormat(schema, ArrowOptions{}, mem)
	if err != nil {
		return nil, err
	}
	s := newStream(f, w)
	return &s, nil
}

type arrowFormat struct {
	schema       *arrow.Schema // of the batches
	file         *arrow.Schema // of the file
	dictionaries []*dictionary // by column; nil for one that has none
	compression  []ipc.Option
	mem          memory.Allocator
}

func (f *arrowFormat) NewEncoder() Encoder { return arrowEncoder{f} }

type arrowEncoder struct{ format *arrowFormat }

func (e arrowEncoder) Encode(rec arrow.Record) (*Block, error) {
	if err := checkRecord(e.format.schema, rec); err != nil {
		return nil, err
	}
	block := &Block{format: e.format, rows: rec.NumRows(), free: func() {}}
	if block.rows == 0 {
		return block, nil
	}
	columns := make([]arrow.Array, rec.NumCols())
	for i, a := range rec.Columns() {
		var err error
		if columns[i], err = e.column(i, a); err != nil {
			return nil, err
		}
		defer columns[i].Release()
	}
	record := array.NewRecord(e.format.file, columns, block.rows)
	rec.Retain() // the buffers of record are parts of its buffers
	block.record, block.free = record, func() {
		record.Release()
		rec.Release()
	}
	return block, nil
}

// column is a column of a batch as the file has it.
func (e arrowEncoder) column(i int, a arrow.Array) (arrow.Array, error) {
	c := canonical{e.format.mem}
	if d := e.format.dictionaries[i]; d != nil {
		return d.encode(c, a.(*array.String))
	}
	return c.array(a), nil
}

// gathered is how much is put together of the small pieces, metadata and padding,
// between the buffers of the columns. Larger pieces are written from where they
// are.
const gathered = 8 << 10

func (f *arrowFormat) NewWriter(w io.Writer) Writer {
	out := &arrowWriter{format: f, pieces: bufio.NewWriterSize(whole{w}, gathered)}
	options := append([]ipc.Option{ipc.WithSchema(f.file), ipc.WithAllocator(f.mem)}, f.compression...)
	if f.compression != nil { // buffers side by side
		options = append(options, ipc.WithCompressConcurrency(runtime.GOMAXPROCS(0)))
	}
	out.file, out.err = ipc.NewFileWriter(&position{w: out.pieces}, options...)
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
