package sink

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/ipc"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"github.com/apache/arrow/go/v17/parquet"
	"github.com/apache/arrow/go/v17/parquet/compress"
	"github.com/apache/arrow/go/v17/parquet/file"
	"github.com/apache/arrow/go/v17/parquet/metadata"
	"github.com/apache/arrow/go/v17/parquet/schema"
)

// NewParquetFormat is Parquet, with a row group for each batch that has rows. An
// output without rows is a file with the schema and no row group. The Arrow schema
// is in it, so that readers of Arrow find its types and all metadata; that of the
// schema itself is in the metadata of the file too.
//
// Its columns are compressed page by page, by Zstandard where nothing is said;
// LZ4 is what Parquet calls LZ4_RAW.
//
// The bytes depend on the schema, the values and the sizes of the batches. Arrow's
// own writer encodes row groups one after another; here an encoder has it write a
// file of one batch, and the writer puts the row groups of these files behind one
// another, which gives the same bytes.
//
// It refuses a schema with a type that an output cannot have.
func NewParquetFormat(s *arrow.Schema, c Compression, mem memory.Allocator) (Format, error) {
	if err := checkSchema(s); err != nil {
		return nil, err
	}
	codec, err := in(parquetCompressions, c)
	if err != nil {
		return nil, err
	}
	f := &parquetFormat{
		schema: s, mem: mem,
		properties: parquet.NewWriterProperties(parquet.WithAllocator(mem), parquet.WithCreatedBy(createdBy), parquet.WithCompression(codec)),
	}
	if f.root, err = parquetSchema(s, f.properties); err != nil {
		return nil, err
	}
	about, err := parquetMetadata(s)
	if err != nil {
		return nil, err
	}
	f.empty, err = f.write(nil, about, func(*file.Writer) error { return nil })
	if err != nil {
		return nil, err
	}
	return f, nil
}

// parquetMetadata is what a file says of itself: the metadata of the schema, and
// the whole Arrow schema as a stream without batches.
func parquetMetadata(s *arrow.Schema) (metadata.KeyValueMetadata, error) {
	about := metadata.NewKeyValueMetadata()
	own := s.Metadata()
	for i, key := range own.Keys() {
		if err := about.Append(key, own.Values()[i]); err != nil {
			return nil, err
		}
	}
	var stream bytes.Buffer
	if err := ipc.NewWriter(&stream, ipc.WithSchema(s)).Close(); err != nil {
		return nil, err
	}
	return about, about.Append("ARROW:schema", base64.StdEncoding.EncodeToString(stream.Bytes()))
}

// parquetCompressions are the compressions in Parquet.
var parquetCompressions = map[Compression]compress.Compression{
	"": compress.Codecs.Zstd, Uncompressed: compress.Codecs.Uncompressed, LZ4: lz4Raw, Zstd: compress.Codecs.Zstd,
}

// createdBy is what a file says of who wrote it. It changes with nothing but
// what is written.
const createdBy = "martlet"

type parquetFormat struct {
	schema     *arrow.Schema
	mem        memory.Allocator
	properties *parquet.WriterProperties
	root       *schema.GroupNode
	empty      []byte // a file without a row group
	spare      spare
}

// write adds a whole file to dst.
func (f *parquetFormat) write(dst []byte, about metadata.KeyValueMetadata, rowGroups func(*file.Writer) error) ([]byte, error) {
	out := bytes.NewBuffer(dst)
	w := file.NewParquetWriter(out, f.root, file.WithWriterProps(f.properties), file.WithWriteMetadata(about))
	if err := errors.Join(rowGroups(w), w.FlushWithFooter(), w.Close()); err != nil { // Close keeps a failure of the footer to itself
		return nil, err
	}
	return out.Bytes(), nil
}

// A file is parquetMagic, the row groups, the footer, its length and parquetMagic.
const (
	parquetMagic  = "PAR1"
	parquetEnding = 4 + len(parquetMagic)
)

// cutParquet takes a whole file apart.
func cutParquet(file []byte) (rowGroups []byte, footer *metadata.FileMetaData, err error) {
	end := len(file) - parquetEnding
	from := end - int(binary.LittleEndian.Uint32(file[end:]))
	footer, err = metadata.NewFileMetaData(file[from:end], nil)
	return file[len(parquetMagic):from], footer, err
}

func (f *parquetFormat) NewEncoder() Encoder { return &parquetEncoder{format: f} }

type parquetEncoder struct {
	format  *parquetFormat
	columns parquetColumns
}

func (e *parquetEncoder) Encode(rec arrow.Record) (*Block, error) {
	f := e.format
	if err := checkRecord(f.schema, rec); err != nil {
		return nil, err
	}
	block := &Block{format: f, rows: rec.NumRows(), free: func() {}}
	if block.rows == 0 {
		return block, nil
	}
	text, err := f.write(f.spare.take(), nil, func(w *file.Writer) error { return e.rowGroup(w.AppendRowGroup(), rec) })
	if err != nil {
		return nil, fmt.Errorf("could not encode Parquet: %w", err)
	}
	block.text, block.free = text, func() { f.spare.give(text) }
	return block, nil
}

// rowGroup writes a batch.
func (e *parquetEncoder) rowGroup(w file.SerialRowGroupWriter, rec arrow.Record) error {
	for i, a := range rec.Columns() {
		column, err := w.NextColumn()
		if err != nil {
			return err
		}
		own := canonical{e.format.mem}.array(a)
		err = e.columns.write(column, own, e.format.schema.Field(i).Nullable)
		own.Release()
		if err != nil {
			return err
		}
	}
	return w.Close()
}

func (f *parquetFormat) NewWriter(w io.Writer) Writer {
	out := &parquetWriter{format: f, w: whole{w}}
	_, out.footer, out.err = cutParquet(f.empty)
	return out
}

type parquetWriter struct {
	state
	format *parquetFormat
	w      io.Writer
	at     int64                  // how much is written
	footer *metadata.FileMetaData // of what is written
}

func (w *parquetWriter) Write(block *Block) error {
	if err := w.writable(); err != nil {
		return err
	}
	if block.format != Format(w.format) {
		return w.fail(errForeign)
	}
	if block.rows == 0 {
		return nil
	}
	return w.fail(w.add(block.text))
}

// add writes the row group of a file of one.
func (w *parquetWriter) add(file []byte) error {
	rowGroup, footer, err := cutParquet(file)
	if err != nil {
		return err
	}
	if err := w.begin(); err != nil {
		return err
	}
	w.place(footer)
	if err := w.footer.AppendRowGroups(footer); err != nil {
		return err
	}
	return w.put(rowGroup)
}

// place makes the footer of one row group say where in this file that begins.
func (w *parquetWriter) place(footer *metadata.FileMetaData) {
	moved, group := w.at-int64(len(parquetMagic)), footer.RowGroups[0]
	group.Ordinal = nil // which it may lack
	if n := len(w.footer.RowGroups); n <= math.MaxInt16 {
		ordinal := int16(n)
		group.Ordinal = &ordinal
	}
	*group.FileOffset += moved
	for _, c := range group.Columns {
		c.FileOffset += moved
		c.MetaData.DataPageOffset += moved
		if c.MetaData.DictionaryPageOffset != nil {
			*c.MetaData.DictionaryPageOffset += moved
		}
	}
}

// Close writes the footer.
func (w *parquetWriter) Close() error {
	return w.close(func() error {
		if err := w.begin(); err != nil {
			return err
		}
		var end bytes.Buffer
		n, err := w.footer.WriteTo(&end, nil)
		if err != nil {
			return err
		}
		if n > math.MaxUint32 {
			return errors.New("a Parquet file cannot have so many row groups: its footer has no room for them")
		}
		return w.put(append(binary.LittleEndian.AppendUint32(end.Bytes(), uint32(n)), parquetMagic...))
	})
}

// begin writes the beginning, if that is still to come.
func (w *parquetWriter) begin() error {
	if w.at > 0 {
		return nil
	}
	return w.put([]byte(parquetMagic))
}

func (w *parquetWriter) put(b []byte) error {
	n, err := w.w.Write(b)
	w.at += int64(n)
	if err != nil {
		return fmt.Errorf("could not write Parquet: %w", err)
	}
	return nil
}
