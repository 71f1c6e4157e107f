package sink

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"github.com/apache/arrow/go/v17/parquet"
	"github.com/apache/arrow/go/v17/parquet/compress"
	"github.com/apache/arrow/go/v17/parquet/metadata"
	"github.com/apache/arrow/go/v17/parquet/pqarrow"
)

// NewParquetFormat is Parquet, with a row group for each batch that has rows. An
// output without rows is a file with the schema and no row group. The Arrow schema
// is in it, so that readers of Arrow find its types and all metadata; that of the
// schema itself is in the metadata of the file too.
//
// Its columns are compressed page by page, by Zstandard where nothing is said;
// LZ4 is what Parquet calls LZ4_RAW.
//
// The bytes depend on the schema, the values and the sizes of the batches. They
// are those that Arrow's own writer gives: an encoder has it write a file of one
// batch, and the writer puts the row groups of these behind one another, which
// Arrow's would encode one after another.
//
// It refuses a schema with a type that an output cannot have.
func NewParquetFormat(schema *arrow.Schema, c Compression, mem memory.Allocator) (Format, error) {
	if err := checkSchema(schema); err != nil {
		return nil, err
	}
	codec, err := in(parquetCompressions, c)
	if err != nil {
		return nil, err
	}
	f := &parquetFormat{
		schema: schema, mem: mem,
		properties: parquet.NewWriterProperties(parquet.WithAllocator(mem), parquet.WithCreatedBy(createdBy),
			parquet.WithCompression(codec), parquet.WithMaxRowGroupLength(math.MaxInt64)),
	}
	// The allocator of this one is Go's, as it forgets to free the schema.
	properties := parquet.NewWriterProperties(parquet.WithAllocator(memory.NewGoAllocator()), parquet.WithCreatedBy(createdBy))
	if f.empty, err = f.write(nil, schema, nil, properties, pqarrow.WithStoreSchema()); err != nil {
		return nil, err
	}
	return f, nil
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
	empty      []byte // a file without a row group
	spare      spare
}

// write adds a whole file, of one batch or none, to dst.
func (f *parquetFormat) write(dst []byte, schema *arrow.Schema, rec arrow.Record, properties *parquet.WriterProperties, more ...pqarrow.WriterOption) ([]byte, error) {
	file := bytes.NewBuffer(dst)
	options := append([]pqarrow.WriterOption{pqarrow.WithAllocator(properties.Allocator())}, more...)
	w, err := pqarrow.NewFileWriter(schema, file, properties, pqarrow.NewArrowWriterProperties(options...))
	if err != nil {
		return nil, err
	}
	if rec != nil {
		if err := w.Write(rec); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return file.Bytes(), nil
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

func (f *parquetFormat) NewEncoder() Encoder {
	return &parquetEncoder{format: f, bare: arrow.NewSchema(f.schema.Fields(), nil)}
}

type parquetEncoder struct {
	format *parquetFormat
	bare   *arrow.Schema // without the metadata, which the row groups have no part of
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
	columns := make([]arrow.Array, rec.NumCols())
	for i, a := range rec.Columns() {
		columns[i] = canonical{f.mem}.array(a)
		defer columns[i].Release()
	}
	own := array.NewRecord(e.bare, columns, block.rows)
	defer own.Release()
	file, err := f.write(f.spare.take(), e.bare, own, f.properties)
	if err != nil {
		return nil, fmt.Errorf("could not encode Parquet: %w", err)
	}
	block.text, block.free = file, func() { f.spare.give(file) }
	return block, nil
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
