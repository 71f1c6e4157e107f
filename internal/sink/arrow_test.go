package sink

import (
	"bytes"
	"runtime"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/ipc"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"pgregory.net/rapid"
)

// arrowKinds are the formats that Arrow's own reader of files reads.
var arrowKinds = []string{"arrow", "arrow lz4", "arrow zstd"}

// Arrow's own reader reads back what was written, batch by batch.
func TestArrowReadsBack(t *testing.T) {
	mem := checked(t)
	schema := everyType()
	rapid.Check(t, func(t *rapid.T) {
		var recs, want []arrow.Record
		for range rapid.IntRange(0, 3).Draw(t, "batches") {
			rec := record(mem, schema, drawRows(t))
			defer rec.Release()
			recs = append(recs, rec)
			if rec.NumRows() > 0 { // others are left out
				want = append(want, rec)
			}
		}
		for _, name := range arrowKinds {
			r, err := ipc.NewFileReader(bytes.NewReader(write(t, name, mem, schema, recs...)), ipc.WithAllocator(mem))
			if err != nil {
				t.Fatal(err)
			}
			if !r.Schema().Equal(schema) {
				t.Fatalf("%s: schema reads back as %s", name, r.Schema())
			}
			if r.NumRecords() != len(want) {
				t.Fatalf("%s: %d batches read back, want %d", name, r.NumRecords(), len(want))
			}
			for i := range want {
				got, err := r.RecordAt(i)
				if err != nil {
					t.Fatal(err)
				}
				if !same(want[i], got) {
					t.Fatalf("%s: batch reads back as %s, want %s", name, got, want[i])
				}
				got.Release()
			}
			if err := r.Close(); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// same says whether two records have the same values, NaN being one.
func same(a, b arrow.Record) bool {
	return array.RecordApproxEqual(a, b, array.WithNaNsEqual(true), array.WithAbsTolerance(0))
}

// Buffers are compressed side by side, which nothing in the file tells.
func TestCompressedSideBySide(t *testing.T) {
	mem := checked(t)
	rec := mart(mem, 3000)
	defer rec.Release()
	files := map[string][]byte{}
	for _, processors := range []int{1, 2, 7} {
		before := runtime.GOMAXPROCS(processors)
		for name := range splits {
			file := write(t, name, mem, rec.Schema(), rec, rec)
			if first, ok := files[name]; ok && !bytes.Equal(file, first) {
				t.Errorf("%s: other bytes on %d processors", name, processors)
			}
			files[name] = file
		}
		runtime.GOMAXPROCS(before)
	}
	for small, large := range map[string]string{"arrow lz4": "arrow", "arrow zstd": "arrow lz4", "parquet lz4": "parquet plain", "parquet": "parquet lz4"} {
		if len(files[small]) >= len(files[large]) {
			t.Errorf("%s has %d bytes, %s %d", small, len(files[small]), large, len(files[large]))
		}
	}
}

// No rows: a file with the schema, its metadata, and no batch.
func TestArrowEmpty(t *testing.T) {
	mem := checked(t)
	about := arrow.NewMetadata([]string{"run", "model"}, []string{"1234", "mart"})
	schema := arrow.NewSchema(everyType().Fields(), &about)
	empty := record(mem, everyType(), nil)
	defer empty.Release()
	for name, recs := range map[string][]arrow.Record{"no batch": nil, "an empty batch": {empty}} {
		t.Run(name, func(t *testing.T) {
			r, err := ipc.NewFileReader(bytes.NewReader(write(t, "arrow", mem, schema, recs...)), ipc.WithAllocator(mem))
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			if r.NumRecords() != 0 {
				t.Errorf("%d batches, want none", r.NumRecords())
			}
			if got := r.Schema(); !got.Equal(schema) || !got.Metadata().Equal(about) {
				t.Errorf("schema reads back as %s", got)
			}
		})
	}
}

// The buffers are aligned as the format asks, so a reader may map the file.
func TestArrowIsUncompressed(t *testing.T) {
	mem := checked(t)
	schema := arrow.NewSchema([]arrow.Field{{Name: "name", Type: arrow.BinaryTypes.String}}, nil)
	b := array.NewRecordBuilder(mem, schema)
	defer b.Release()
	text := bytes.Repeat([]byte("abc"), 1000)
	b.Field(0).(*array.StringBuilder).Append(string(text))
	rec := b.NewRecord()
	defer rec.Release()
	file := write(t, "arrow", mem, schema, rec)
	at := bytes.Index(file, text)
	if at < 0 || at%8 != 0 {
		t.Errorf("the text stands at byte %d of the file, want a multiple of 8", at)
	}
}

func BenchmarkArrow(b *testing.B) { benchmark(b, "arrow") }

// benchmark writes batches of 65,536 rows of every type.
func benchmark(b *testing.B, format string) {
	mem := memory.NewGoAllocator()
	schema, rec := benchRecord(mem)
	defer rec.Release()
	out := &counter{}
	s, err := formats[format](out, schema, mem)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if err := s.Write(rec); err != nil {
			b.Fatal(err)
		}
	}
	b.SetBytes(out.n / int64(b.N))
	if err := s.Close(); err != nil {
		b.Fatal(err)
	}
}

// counter is a writer that only counts.
type counter struct{ n int64 }

func (c *counter) Write(b []byte) (int, error) {
	c.n += int64(len(b))
	return len(b), nil
}

func benchRecord(mem memory.Allocator) (*arrow.Schema, arrow.Record) {
	rows := make([]row, 65536)
	for i := range rows {
		rows[i] = row{flag: i%2 == 0, count: int64(i) * 7919, ratio: float64(i) / 7, amount: int64(i),
			name: "someone" + string(rune('a'+i%26)) + "@example.com", day: int32(i % 20000),
			at: int64(i) * day / 13, atUTC: int64(i) * day}
		rows[i].null[i%8] = i%10 == 0
	}
	schema := everyType()
	return schema, record(mem, schema, rows)
}
