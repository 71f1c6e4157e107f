package frame

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/ipc"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"pgregory.net/rapid"
)

var schema = arrow.NewSchema([]arrow.Field{
	{Name: "id", Type: arrow.PrimitiveTypes.Int64},
	{Name: "name", Type: arrow.BinaryTypes.String, Nullable: true},
	{Name: "open", Type: arrow.FixedWidthTypes.Boolean, Nullable: true},
}, nil)

// record has n rows, whose ids begin with first.
func record(mem memory.Allocator, first, n int) arrow.Record {
	b := array.NewRecordBuilder(mem, schema)
	defer b.Release()
	for i := first; i < first+n; i++ {
		b.Field(0).(*array.Int64Builder).Append(int64(i))
		if i%5 == 0 {
			b.Field(1).AppendNull()
			b.Field(2).AppendNull()
			continue
		}
		b.Field(1).(*array.StringBuilder).Append(fmt.Sprint("text ", i%7))
		b.Field(2).(*array.BooleanBuilder).Append(i%3 == 0)
	}
	return b.NewRecord()
}

// encoded are the lead and the frames of records.
func encoded(t rapid.TB, e *Encoder, records []arrow.Record) (frames [][]byte) {
	t.Helper()
	for i, rec := range records {
		lead, frame, err := e.Encode(rec)
		if err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			frames = append(frames, bytes.Clone(lead))
		}
		if !bytes.Equal(lead, frames[0]) {
			t.Fatal("the lead is not the same for each record")
		}
		frames = append(frames, bytes.Clone(frame))
	}
	return frames
}

// giving gives frames one after another, then the error.
func giving(frames [][]byte, end error) func() ([]byte, error) {
	return func() ([]byte, error) {
		if len(frames) == 0 {
			return nil, end
		}
		next := frames[0]
		frames = frames[1:]
		return next, nil
	}
}

func mustBe(t rapid.TB, got, want arrow.Record) {
	t.Helper()
	if !array.RecordEqual(got, want) {
		t.Fatalf("the record is\n%v\nwant\n%v", got, want)
	}
}

// Frames are read alone and in any order, and all of them after the lead are a
// stream of Arrow.
func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
		defer func() {
			if n := mem.CurrentAlloc(); n != 0 {
				t.Errorf("%d bytes were not released", n)
			}
		}()
		var records []arrow.Record
		for range rapid.IntRange(1, 5).Draw(t, "records") {
			rec := record(mem, rapid.IntRange(0, 9).Draw(t, "first"), rapid.IntRange(0, 70).Draw(t, "rows"))
			defer rec.Release()
			some := rec.NewSlice(int64(rapid.IntRange(0, int(rec.NumRows())).Draw(t, "from")), rec.NumRows())
			defer some.Release()
			records = append(records, some)
		}
		frames := encoded(t, NewEncoder(mem, schema, rapid.Bool().Draw(t, "lz4")), records)

		stream, err := ipc.NewReader(bytes.NewReader(bytes.Join(frames, nil)), ipc.WithAllocator(mem))
		if err != nil {
			t.Fatal(err)
		}
		defer stream.Release()
		for _, want := range records {
			if !stream.Next() {
				t.Fatal(stream.Err())
			}
			mustBe(t, stream.Record(), want)
		}
		if stream.Next() || stream.Err() != nil {
			t.Fatalf("there is more than the records: %v", stream.Err())
		}

		order := rapid.SliceOfN(rapid.IntRange(0, len(records)-1), 1, 8).Draw(t, "order")
		asked := [][]byte{frames[0]}
		for _, i := range order {
			asked = append(asked, frames[1+i])
		}
		d, err := NewDecoder(mem, giving(asked, io.EOF))
		if err != nil {
			t.Fatal(err)
		}
		defer d.Release()
		if !d.Schema().Equal(schema) {
			t.Fatalf("the schema is %v", d.Schema())
		}
		for n, i := range order {
			got, err := d.Next()
			if err != nil {
				t.Fatal(err)
			}
			frame := bytes.Clone(asked[1+n])
			clear(asked[1+n]) // the record does not rest on it
			mustBe(t, got, records[i])
			copy(asked[1+n], frame)
			got.Release()
		}
	})
}

// What the source of the frames says is what the decoder says, in the lead as
// behind it, and it stays.
func TestDecoderHandsOnErrors(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	rec := record(mem, 0, 3)
	defer rec.Release()
	frames := encoded(t, NewEncoder(mem, schema, false), []arrow.Record{rec})
	for _, broken := range []error{io.EOF, errors.New("the disk is gone")} {
		if _, err := NewDecoder(mem, giving(nil, broken)); err != broken {
			t.Errorf("without a lead the error is %v, want %v", err, broken)
		}
		d, err := NewDecoder(mem, giving(frames, broken))
		if err != nil {
			t.Fatal(err)
		}
		got, err := d.Next()
		if err != nil {
			t.Fatal(err)
		}
		got.Release()
		for range 2 {
			if got, err := d.Next(); got != nil || err != broken {
				t.Errorf("behind the last frame there is %v, %v, want %v", got, err, broken)
			}
		}
		d.Release()
	}
}

// A record of another schema is refused, and the next one is encoded all the same.
func TestEncoderRefusesOtherSchema(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	other := array.NewRecord(arrow.NewSchema(schema.Fields()[:0], nil), nil, 3)
	defer other.Release()
	e := NewEncoder(mem, schema, false)
	if _, _, err := e.Encode(other); err == nil {
		t.Fatal("a record of another schema was encoded")
	}
	rec := record(mem, 0, 3)
	defer rec.Release()
	frames := encoded(t, e, []arrow.Record{rec})
	d, err := NewDecoder(mem, giving(frames, io.EOF))
	if err != nil {
		t.Fatal(err)
	}
	defer d.Release()
	got, err := d.Next()
	if err != nil {
		t.Fatal(err)
	}
	defer got.Release()
	mustBe(t, got, rec)
}

// A checksum tells every flip of a bit and every burst of 32.
func TestSum(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		frame := rapid.SliceOfN(rapid.Byte(), 4, 200).Draw(t, "frame")
		sum := Sum(frame)
		at := rapid.IntRange(0, len(frame)-4).Draw(t, "at")
		burst := rapid.SliceOfN(rapid.Byte(), 4, 4).Draw(t, "burst")
		for i, b := range burst {
			frame[at+i] ^= b
		}
		if changed := !bytes.Equal(burst, make([]byte, 4)); changed != (Sum(frame) != sum) {
			t.Fatalf("%x in place %d is not noticed", burst, at)
		}
	})
	if got := Sum([]byte("123456789")); got != 0xe3069283 { // the check value of CRC-32C
		t.Errorf("the checksum is %x", got)
	}
}

// sparing is an allocator that panics for more than a frame here asks for, as the
// runtime does for more than there can be.
type sparing struct{ memory.Allocator }

func (s sparing) Allocate(size int) []byte { return s.Allocator.Allocate(spared(size)) }

func (s sparing) Reallocate(size int, b []byte) []byte {
	return s.Allocator.Reallocate(spared(size), b)
}

func spared(size int) int {
	if size > 1<<20 {
		panic("out of memory")
	}
	return size
}

// Behind a lead that is as it was, any bytes are an error or a record of its schema.
// The lead itself is not made up here: Arrow makes room for as many names as it says.
func FuzzDecoder(f *testing.F) {
	mem := memory.NewGoAllocator()
	rec := record(mem, 0, 9)
	defer rec.Release()
	var leads [2][]byte
	for i := range leads {
		frames := encoded(f, NewEncoder(mem, schema, i == 1), []arrow.Record{rec})
		leads[i] = frames[0]
		for _, frame := range [][]byte{frames[1], frames[0], frames[1][:len(frames[1])/2], frames[1][:7], {}} {
			f.Add(frame, i == 1)
		}
	}
	f.Fuzz(func(t *testing.T, frame []byte, lz4 bool) {
		lead := leads[0]
		if lz4 {
			lead = leads[1]
		}
		d, err := NewDecoder(sparing{mem}, giving([][]byte{lead, frame}, io.EOF))
		if err != nil {
			t.Fatal(err)
		}
		defer d.Release()
		rec, err := d.Next()
		if (rec == nil) != (err != nil) {
			t.Fatalf("there is a record, %v, and an error, %v", rec, err)
		}
		if err == nil {
			if !rec.Schema().Equal(schema) {
				t.Errorf("the record is of %v", rec.Schema())
			}
			rec.Release()
		}
	})
}
