package sink

import (
	"bytes"
	"context"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"github.com/apache/arrow/go/v17/parquet"
	"github.com/apache/arrow/go/v17/parquet/compress"
	"github.com/apache/arrow/go/v17/parquet/file"
	"github.com/apache/arrow/go/v17/parquet/pqarrow"
	"pgregory.net/rapid"
)

var parquetKinds = map[string]compress.Compression{
	"parquet": compress.Codecs.Zstd, "parquet plain": compress.Codecs.Uncompressed, "parquet lz4": lz4Raw,
}

// Arrow's own reader reads back what was written, a row group for each batch, with
// the schema and its metadata.
func TestParquetReadsBack(t *testing.T) {
	mem := checked(t)
	about := arrow.NewMetadata([]string{"martlet.model", "martlet.run"}, []string{"mart", "12ab"})
	schema := arrow.NewSchema(everyType().Fields(), &about)
	rapid.Check(t, func(t *rapid.T) {
		var recs, want []arrow.Record
		for range rapid.IntRange(0, 3).Draw(t, "batches") {
			rec := record(mem, schema, drawManyRows(t))
			defer rec.Release()
			recs = append(recs, rec)
			if rec.NumRows() > 0 { // others are left out
				want = append(want, rec)
			}
		}
		for name, codec := range parquetKinds {
			readParquet(t, write(t, name, mem, schema, recs...), schema, codec, want)
		}
	})
}

func readParquet(t *rapid.T, data []byte, schema *arrow.Schema, codec compress.Compression, want []arrow.Record) {
	mem := memory.NewGoAllocator() // the reader's, which leaks
	r, err := file.NewParquetReader(bytes.NewReader(data), file.WithReadProps(parquet.NewReaderProperties(mem)))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	if created := r.MetaData().GetCreatedBy(); created != createdBy {
		t.Fatalf("created by %q", created)
	}
	if run := r.MetaData().KeyValueMetadata().FindValue("martlet.run"); run == nil || *run != "12ab" {
		t.Fatalf("run is %v", run)
	}
	reader, err := pqarrow.NewFileReader(r, pqarrow.ArrowReadProperties{}, mem)
	if err != nil {
		t.Fatal(err)
	}
	got, err := reader.Schema()
	if err != nil {
		t.Fatal(err)
	}
	if !got.Metadata().Equal(schema.Metadata()) || got.NumFields() != schema.NumFields() {
		t.Fatalf("schema reads back as %s", got)
	}
	for i, f := range schema.Fields() {
		back := got.Field(i)
		if back.Name != f.Name || !arrow.TypeEqual(back.Type, f.Type) || back.Nullable != f.Nullable {
			t.Fatalf("column %s reads back as %s", f, back)
		}
		for k, key := range f.Metadata.Keys() { // the reader adds one of its own
			if value, _ := back.Metadata.GetValue(key); value != f.Metadata.Values()[k] {
				t.Fatalf("metadata of %s read back as %s", f, back)
			}
		}
	}
	if r.NumRowGroups() != len(want) {
		t.Fatalf("%d row groups, want %d", r.NumRowGroups(), len(want))
	}
	var all []int
	for j := range schema.NumFields() {
		all = append(all, j)
	}
	for i, rec := range want {
		meta := r.MetaData().RowGroup(i)
		if chunk, err := meta.ColumnChunk(0); err != nil || chunk.Compression() != codec || int(meta.Ordinal()) != i {
			t.Fatalf("row group %d is the %dth, %v", i, meta.Ordinal(), err)
		}
		table, err := reader.RowGroup(i).ReadTable(context.Background(), all)
		if err != nil {
			t.Fatal(err)
		}
		wanted := array.NewTableFromRecords(rec.Schema(), []arrow.Record{rec})
		for j := range schema.NumFields() {
			if table.NumRows() != rec.NumRows() || !sameChunks(wanted.Column(j).Data(), table.Column(j).Data()) {
				t.Fatalf("column %d reads back as %s, want %s", j, table.Column(j).Data().Chunks(), rec.Column(j))
			}
		}
		wanted.Release()
		table.Release()
	}
}

// sameChunks says whether two columns have the same values.
func sameChunks(a, b *arrow.Chunked) bool {
	return array.ChunkedApproxEqual(a, b, array.WithNaNsEqual(true), array.WithAbsTolerance(0))
}

// The file is, byte for byte, what Arrow's own package for that makes of the
// batches one after another.
func TestParquetIsWhatArrowWrites(t *testing.T) {
	mem := checked(t)
	about := arrow.NewMetadata([]string{"martlet.model"}, []string{"mart"})
	rapid.Check(t, func(t *rapid.T) {
		fields := everyType().Fields()
		for i := range fields {
			fields[i].Nullable = rapid.Bool().Draw(t, "nullable")
		}
		schema := arrow.NewSchema(fields, &about)
		var recs []arrow.Record
		for range rapid.IntRange(0, 4).Draw(t, "batches") {
			rows := drawManyRows(t)
			for i := range rows {
				for j := range fields {
					rows[i].null[j] = rows[i].null[j] && fields[j].Nullable
				}
			}
			rec := record(mem, schema, rows)
			defer rec.Release()
			recs = append(recs, rec)
		}
		for name, codec := range parquetKinds {
			var want bytes.Buffer
			properties := parquet.NewWriterProperties(parquet.WithCreatedBy("martlet"), parquet.WithCompression(codec))
			w, err := pqarrow.NewFileWriter(schema, &want, properties, pqarrow.NewArrowWriterProperties(pqarrow.WithStoreSchema()))
			if err != nil {
				t.Fatal(err)
			}
			for _, rec := range recs {
				if rec.NumRows() == 0 {
					continue
				}
				columns := make([]arrow.Array, rec.NumCols())
				for i, a := range rec.Columns() {
					columns[i] = canonical{memory.NewGoAllocator()}.array(a)
				}
				if err := w.Write(array.NewRecord(schema, columns, rec.NumRows())); err != nil {
					t.Fatal(err)
				}
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			if got := write(t, name, mem, schema, recs...); !bytes.Equal(got, want.Bytes()) {
				t.Fatalf("%s: got %d bytes, want %d", name, len(got), want.Len())
			}
		}
	})
}

// Columns of more than a page, and of more values than their dictionary takes.
func TestLargeParquet(t *testing.T) {
	mem := checked(t)
	rec := mart(mem, 65536)
	defer rec.Release()
	table, err := pqarrow.ReadTable(context.Background(), bytes.NewReader(write(t, "parquet", mem, rec.Schema(), rec, rec)),
		parquet.NewReaderProperties(nil), pqarrow.ArrowReadProperties{}, memory.NewGoAllocator())
	if err != nil {
		t.Fatal(err)
	}
	want := array.NewTableFromRecords(rec.Schema(), []arrow.Record{rec, rec})
	defer want.Release()
	for j := range int(rec.NumCols()) {
		if !sameChunks(want.Column(j).Data(), table.Column(j).Data()) {
			t.Errorf("column %d reads back otherwise", j)
		}
	}
}

func TestBytesOfDecimals(t *testing.T) {
	for precision := range int32(38) {
		if got, want := decimalBytes(precision+1), int(pqarrow.DecimalSize(precision+1)); got != want {
			t.Errorf("precision %d: %d bytes, want %d", precision+1, got, want)
		}
	}
}

// What a page of nothing, or of what cannot be compressed, becomes is still LZ4.
func TestLZ4OfAnything(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		src := bytes.Repeat(rapid.SliceOf(rapid.Byte()).Draw(t, "page"), rapid.IntRange(1, 100).Draw(t, "times"))
		packed := lz4Codec{}.EncodeLevel(make([]byte, rapid.IntRange(0, 200).Draw(t, "room")), src, -1)
		if got := (lz4Codec{}).Decode(make([]byte, len(src)), packed); len(packed) == 0 || !bytes.Equal(got, src) {
			t.Fatalf("%d bytes became %d and then %d", len(src), len(packed), len(got))
		}
	})
}

func TestUnknownCompression(t *testing.T) {
	for name, open := range map[string]func(*arrow.Schema, memory.Allocator) (Format, error){
		"arrow": arrowWith(ArrowOptions{Compression: "gzip"}), "parquet": parquetWith("gzip"),
	} {
		if _, err := open(everyType(), memory.DefaultAllocator); err == nil || err.Error() != `there is no compression "gzip"; there are "none", "lz4" and "zstd"` {
			t.Errorf("%s: %v", name, err)
		}
	}
}
