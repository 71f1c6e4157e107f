package sink

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/ipc"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"pgregory.net/rapid"
)

// drawWords draws rows whose texts are among some.
func drawWords(t *rapid.T, words []string) []row {
	rows := drawRows(t)
	for i := range rows {
		rows[i].name = ""
		if !rows[i].null[4] {
			rows[i].name = rapid.SampledFrom(words).Draw(t, "word")
		}
	}
	return rows
}

// Arrow's own reader reads back the texts, nulls among them, of batches that are
// cut from others; the rest of the columns and of the schema is as it was.
func TestDictionaryReadsBack(t *testing.T) {
	mem := checked(t)
	about := arrow.NewMetadata([]string{"run"}, []string{"1234"})
	schema := arrow.NewSchema(everyType().Fields(), &about)
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOfNDistinct(rapid.String(), 1, 5, rapid.ID).Draw(t, "words")
		f, err := NewArrowFormat(schema, ArrowOptions{
			Compression:  rapid.SampledFrom([]Compression{"", LZ4, Zstd}).Draw(t, "compression"),
			Dictionaries: map[string][]string{"name, full": words},
		}, mem)
		if err != nil {
			t.Fatal(err)
		}
		var file bytes.Buffer
		s := newStream(f, &file)
		var want []arrow.Record
		for range rapid.IntRange(0, 3).Draw(t, "batches") {
			all := record(mem, schema, drawWords(t, words))
			defer all.Release()
			rec := all.NewSlice(rapid.Int64Range(0, all.NumRows()).Draw(t, "from"), all.NumRows())
			defer rec.Release()
			if err := s.Write(rec); err != nil {
				t.Fatal(err)
			}
			if rec.NumRows() > 0 {
				want = append(want, rec)
			}
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		r, err := ipc.NewFileReader(bytes.NewReader(file.Bytes()), ipc.WithAllocator(memory.NewGoAllocator())) // it never frees a dictionary
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = r.Close() }()
		if got := r.Schema(); !got.Metadata().Equal(about) || got.Field(4).Type.String() != "dictionary<values=utf8, indices=int8, ordered=false>" {
			t.Fatalf("schema reads back as %s", got)
		}
		if r.NumRecords() != len(want) {
			t.Fatalf("%d batches, want %d", r.NumRecords(), len(want))
		}
		for i, rec := range want {
			got, err := r.RecordAt(i)
			if err != nil {
				t.Fatal(err)
			}
			plain := Texts(got, mem)
			if !plain.Schema().Equal(schema) || !same(plain, rec) {
				t.Fatalf("batch reads back as %s, want %s", plain, rec)
			}
			plain.Release()
			if got := got.Column(4).(*array.Dictionary).Dictionary().(*array.String); fmt.Sprint(wordsOf(got)) != fmt.Sprint(words) {
				t.Fatalf("dictionary is %q, want %q", wordsOf(got), words)
			}
			got.Release()
		}
	})
}

func wordsOf(a *array.String) (all []string) {
	for i := range a.Len() {
		all = append(all, a.Value(i))
	}
	return all
}

// The numbers grow with the dictionary, and have 0 under nulls.
func TestNumbersOfDictionaries(t *testing.T) {
	mem := checked(t)
	schema := arrow.NewSchema([]arrow.Field{{Name: "a", Type: arrow.BinaryTypes.String, Nullable: true}}, nil)
	for n, want := range map[int]arrow.Type{1: arrow.INT8, 128: arrow.INT8, 129: arrow.INT16, 32768: arrow.INT16, 32769: arrow.INT32} {
		words := make([]string, n)
		b := array.NewStringBuilder(mem)
		for i := range words {
			words[i] = fmt.Sprint(i)
			b.Append(words[i])
		}
		b.AppendNull()
		a := b.NewStringArray()
		b.Release()
		d, err := newDictionary(schema.Field(0), words)
		if err != nil {
			t.Fatal(err)
		}
		coded, err := d.encode(canonical{mem}, a)
		if err != nil {
			t.Fatal(err)
		}
		numbers := coded.(*array.Dictionary)
		if got := numbers.Indices().DataType().ID(); got != want || !numbers.IsNull(n) || numbers.NullN() != 1 || numbers.Len() != n+1 {
			t.Errorf("%d values: numbers are %s, want %s", n, got, want)
		}
		for i := range n {
			if numbers.GetValueIndex(i) != i {
				t.Errorf("%d values: row %d has number %d", n, i, numbers.GetValueIndex(i))
			}
		}
		if numbers.GetValueIndex(n) != 0 {
			t.Errorf("under the null is %d", numbers.GetValueIndex(n))
		}
		coded.Release()
		a.Release()
	}
}

// A text that the dictionary lacks is an error which does not tell it; the encoder
// goes on.
func TestTextNotInDictionary(t *testing.T) {
	mem := checked(t)
	schema := everyType()
	f, err := NewArrowFormat(schema, ArrowOptions{Dictionaries: map[string][]string{"name, full": {"x", "y"}}}, mem)
	if err != nil {
		t.Fatal(err)
	}
	bad, good := record(mem, schema, []row{{name: "x"}, {name: "Secret"}}), record(mem, schema, []row{{name: "y"}})
	defer bad.Release()
	defer good.Release()
	e := f.NewEncoder()
	block, err := e.Encode(bad)
	if block != nil || !errors.Is(err, ErrNotInDictionary) || strings.Contains(err.Error(), "Secret") || !strings.Contains(err.Error(), `column "name, full"`) {
		t.Errorf("%v, %v", block, err)
	}
	if block, err = e.Encode(good); err != nil {
		t.Fatal(err)
	}
	block.Free()
}

func TestRefusedDictionaries(t *testing.T) {
	for want, of := range map[string]map[string][]string{
		`column "count" is int64; a dictionary is of a column of text`: {"count": {"1"}},
		`column "name, full": its dictionary has a value twice`:        {"name, full": {"a", "b", "a"}},
	} {
		if _, err := NewArrowFormat(everyType(), ArrowOptions{Dictionaries: of}, memory.DefaultAllocator); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}
