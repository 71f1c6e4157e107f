package sink

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/ipc"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"pgregory.net/rapid"
)

// splits makes a format of each kind.
var splits = map[string]func(schema *arrow.Schema, mem memory.Allocator) (Format, error){
	"arrow":      arrowWith(ArrowOptions{}),
	"arrow lz4":  arrowWith(ArrowOptions{Compression: LZ4}),
	"arrow zstd": arrowWith(ArrowOptions{Compression: Zstd}),
	"csv": func(schema *arrow.Schema, _ memory.Allocator) (Format, error) {
		return NewCSVFormat(schema, CSVOptions{})
	},
	"neutral csv": func(schema *arrow.Schema, _ memory.Allocator) (Format, error) {
		return NewCSVFormat(schema, CSVOptions{NeutralizeFormulas: true})
	},
	"parquet":       parquetWith(""),
	"parquet plain": parquetWith(Uncompressed),
	"parquet lz4":   parquetWith(LZ4),
}

func arrowWith(o ArrowOptions) func(*arrow.Schema, memory.Allocator) (Format, error) {
	return func(schema *arrow.Schema, mem memory.Allocator) (Format, error) {
		return NewArrowFormat(schema, o, mem)
	}
}

func parquetWith(c Compression) func(*arrow.Schema, memory.Allocator) (Format, error) {
	return func(schema *arrow.Schema, mem memory.Allocator) (Format, error) {
		return NewParquetFormat(schema, c, mem)
	}
}

func mustFormat(t interface{ Fatal(...any) }, name string, schema *arrow.Schema, mem memory.Allocator) Format {
	f, err := splits[name](schema, mem)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// Batches that several goroutines encode, each after its own order, and that are
// written in theirs while others are still encoded, give the bytes of a sink. All
// formats read the same records at the same time.
func TestBlocksOfSeveralGoroutines(t *testing.T) {
	mem := checked(t)
	schema := everyType()
	rapid.Check(t, func(t *rapid.T) {
		var recs []arrow.Record
		for _, rows := range rapid.SliceOfN(rapid.Custom(drawRows), 1, 6).Draw(t, "batches") {
			rec := record(mem, schema, rows)
			defer rec.Release()
			slice := rec.NewSlice(min(1, rec.NumRows()), rec.NumRows())
			defer slice.Release()
			recs = append(recs, slice)
		}
		files := map[string]*bytes.Buffer{}
		errs := make(chan error, len(splits))
		for name := range splits {
			f, file := mustFormat(t, name, schema, mem), &bytes.Buffer{}
			files[name] = file
			go func() { errs <- sideBySide(f, file, recs) }()
		}
		for range splits {
			if err := <-errs; err != nil {
				t.Error(err)
			}
		}
		for name, file := range files {
			if want := write(t, name, mem, schema, recs...); !bytes.Equal(file.Bytes(), want) {
				t.Fatalf("%s: blocks give\n%q\na sink\n%q", name, file, want)
			}
		}
	})
}

// sideBySide writes a file of batches that three goroutines encode, the last
// batches first.
func sideBySide(f Format, file io.Writer, recs []arrow.Record) error {
	const goroutines = 3
	blocks, errs := make([]chan *Block, len(recs)), make([]error, len(recs))
	for i := range recs {
		blocks[i] = make(chan *Block, 1)
	}
	for g := range goroutines {
		go func() {
			e := f.NewEncoder()
			for i := len(recs) - 1 - g; i >= 0; i -= goroutines {
				var b *Block
				b, errs[i] = e.Encode(recs[i])
				blocks[i] <- b
			}
		}()
	}
	w := f.NewWriter(file)
	for i := range recs {
		b := <-blocks[i]
		if errs[i] != nil {
			return errs[i]
		}
		if b.Rows() != recs[i].NumRows() {
			return fmt.Errorf("a batch of %d rows became a block of %d", recs[i].NumRows(), b.Rows())
		}
		if err := w.Write(b); err != nil {
			return err
		}
		b.Free()
		b.Free() // does nothing
	}
	return w.Close()
}

// A writer that failed once fails for good, and says why.
func TestFailedWriterStaysFailed(t *testing.T) {
	mem := checked(t)
	schema := everyType()
	rec := record(mem, schema, []row{{name: letters(4 * gathered)}}) // more than 2*gathered in any format
	defer rec.Release()
	for name := range splits {
		f := mustFormat(t, name, schema, mem)
		b, err := f.NewEncoder().Encode(rec)
		if err != nil {
			t.Fatal(err)
		}
		for _, room := range []int{0, 1, 100, gathered, 2 * gathered} {
			below := &tooSmall{room: room}
			w := f.NewWriter(below)
			if err := w.Write(b); !errors.Is(err, errFull) {
				t.Errorf("%s, room for %d bytes: %v", name, room, err)
			}
			below.room = 1 << 20
			if err := errors.Join(w.Write(b), w.Close(), w.Close()); err == nil || strings.Count(err.Error(), errFull.Error()) != 3 {
				t.Errorf("%s, room for %d bytes: %v after the failure", name, room, err)
			}
			if below.room != 1<<20 {
				t.Errorf("%s, room for %d bytes: there was more after the failure", name, room)
			}
		}
		b.Free()
	}
}

// letters is text that hardly can be compressed.
func letters(n int) string {
	r := rand.New(rand.NewPCG(1, 2))
	text := make([]byte, n)
	for i := range text {
		text[i] = byte('a' + r.IntN(26))
	}
	return string(text)
}

// The file is, byte for byte, what Arrow's own writer makes of copies of the
// batches.
func TestArrowIsWhatArrowWrites(t *testing.T) {
	mem := checked(t)
	schema := everyType()
	rapid.Check(t, func(t *rapid.T) {
		rec := record(mem, schema, drawRows(t))
		defer rec.Release()
		from := rapid.Int64Range(0, rec.NumRows()).Draw(t, "from")
		slice := rec.NewSlice(from, rapid.Int64Range(from, rec.NumRows()).Draw(t, "to"))
		defer slice.Release()
		var want bytes.Buffer
		w, err := ipc.NewFileWriter(&position{w: &want}, ipc.WithSchema(schema), ipc.WithAllocator(mem))
		if err != nil {
			t.Fatal(err)
		}
		var columns []arrow.Array
		for _, c := range slice.Columns() {
			fresh, err := array.Concatenate([]arrow.Array{c}, mem)
			if err != nil {
				t.Fatal(err)
			}
			defer fresh.Release()
			columns = append(columns, fresh)
		}
		fresh := array.NewRecord(schema, columns, slice.NumRows())
		defer fresh.Release()
		if fresh.NumRows() > 0 {
			if err := w.Write(fresh); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if got := write(t, "arrow", mem, schema, slice); !bytes.Equal(got, want.Bytes()) {
			t.Fatalf("%d rows from %d on: got\n%q\nwant\n%q", slice.NumRows(), from, got, want.Bytes())
		}
	})
}

// A writer takes blocks of its own format that are not freed, and none after
// one that failed.
func TestForeignBlocks(t *testing.T) {
	mem := checked(t)
	schema := everyType()
	rec := record(mem, schema, []row{{name: "a"}})
	defer rec.Release()
	for name := range splits {
		f, another := mustFormat(t, name, schema, mem), mustFormat(t, name, schema, mem)
		encode := func(f Format) *Block {
			b, err := f.NewEncoder().Encode(rec)
			if err != nil {
				t.Fatal(err)
			}
			return b
		}
		foreign, freed, good := encode(another), encode(f), encode(f)
		freed.Free()
		for what, bad := range map[string]*Block{"another format's": foreign, "freed": freed} {
			w := f.NewWriter(io.Discard)
			if err := w.Write(bad); !errors.Is(err, errForeign) {
				t.Errorf("%s: a block that is %s: %v", name, what, err)
			}
			if err := w.Write(good); !errors.Is(err, errForeign) {
				t.Errorf("%s: after a block that is %s: %v", name, what, err)
			}
			if err := w.Close(); !errors.Is(err, errForeign) {
				t.Errorf("%s: closed after a block that is %s: %v", name, what, err)
			}
		}
		foreign.Free()
		good.Free()
	}
}

// An encoder goes on after a batch that it refused.
func TestEncoderAfterAnotherSchema(t *testing.T) {
	mem := checked(t)
	schema := arrow.NewSchema(everyType().Fields()[:1], nil)
	bad := record(mem, everyType(), []row{{flag: true}})
	defer bad.Release()
	good := array.NewRecord(schema, bad.Columns()[:1], 1)
	defer good.Release()
	for name := range splits {
		e := mustFormat(t, name, schema, mem).NewEncoder()
		if b, err := e.Encode(bad); err == nil || b != nil {
			t.Errorf("%s: %v, %v for a batch of other columns", name, b, err)
		}
		b, err := e.Encode(good)
		if err != nil {
			t.Fatal(err)
		}
		if b.Rows() != 1 || b.Neutralized() != 0 {
			t.Errorf("%s: %d rows, %d neutralized", name, b.Rows(), b.Neutralized())
		}
		b.Free()
	}
}
