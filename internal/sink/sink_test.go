package sink

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/decimal128"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"pgregory.net/rapid"
)

var (
	decimal9_2  = &arrow.Decimal128Type{Precision: 9, Scale: 2}
	timestampUS = &arrow.TimestampType{Unit: arrow.Microsecond}
	timestampTZ = &arrow.TimestampType{Unit: arrow.Microsecond, TimeZone: "UTC"}
)

// everyType has one nullable column of each type.
func everyType() *arrow.Schema {
	tag := arrow.NewMetadata([]string{"description"}, []string{"a column"})
	return arrow.NewSchema([]arrow.Field{
		{Name: "flag", Type: arrow.FixedWidthTypes.Boolean, Nullable: true},
		{Name: "count", Type: arrow.PrimitiveTypes.Int64, Nullable: true, Metadata: tag},
		{Name: "ratio", Type: arrow.PrimitiveTypes.Float64, Nullable: true},
		{Name: "amount", Type: decimal9_2, Nullable: true},
		{Name: "name, full", Type: arrow.BinaryTypes.String, Nullable: true},
		{Name: "day", Type: arrow.FixedWidthTypes.Date32, Nullable: true},
		{Name: "at", Type: timestampUS, Nullable: true},
		{Name: "at_utc", Type: timestampTZ, Nullable: true},
	}, nil)
}

// row is a row of everyType; null says which columns are null.
type row struct {
	flag   bool
	count  int64
	ratio  float64
	amount int64 // hundredths
	name   string
	day    int32
	at     int64
	atUTC  int64
	null   [8]bool
}

const (
	minDay = -719162 // 0001-01-01
	maxDay = 2932896 // 9999-12-31
	day    = 86_400_000_000
)

func drawRows(t *rapid.T) []row {
	instant := rapid.Int64Range(minDay*day, (maxDay+1)*day-1)
	text := rapid.OneOf(rapid.String(), rapid.StringMatching("[ a\",\r\n€]{0,4}"))
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) row {
		r := row{
			flag:   rapid.Bool().Draw(t, "flag"),
			count:  rapid.Int64().Draw(t, "count"),
			ratio:  rapid.Float64().Draw(t, "ratio"),
			amount: rapid.Int64Range(-999_999_999, 999_999_999).Draw(t, "amount"),
			name:   text.Draw(t, "name"),
			day:    rapid.Int32Range(minDay, maxDay).Draw(t, "day"),
			at:     instant.Draw(t, "at"),
			atUTC:  instant.Draw(t, "atUTC"),
		}
		for i := range r.null {
			r.null[i] = rapid.IntRange(0, 3).Draw(t, "null") == 0
		}
		return r
	}), 0, 40).Draw(t, "rows")
}

// record builds a batch of rows with Arrow's own builders.
func record(mem memory.Allocator, schema *arrow.Schema, rows []row) arrow.Record {
	b := array.NewRecordBuilder(mem, schema)
	defer b.Release()
	for _, r := range rows {
		for i, f := range b.Fields() {
			if r.null[i] {
				f.AppendEmptyValue() // a zero under the null, which nullify marks
				continue
			}
			switch f := f.(type) {
			case *array.BooleanBuilder:
				f.Append(r.flag)
			case *array.Int64Builder:
				f.Append(r.count)
			case *array.Float64Builder:
				f.Append(r.ratio)
			case *array.Decimal128Builder:
				f.Append(decimal128.FromI64(r.amount))
			case *array.StringBuilder:
				f.Append(r.name)
			case *array.Date32Builder:
				f.Append(arrow.Date32(r.day))
			case *array.TimestampBuilder:
				at := r.at
				if i == 7 {
					at = r.atUTC
				}
				f.Append(arrow.Timestamp(at))
			}
		}
	}
	whole := b.NewRecord()
	defer whole.Release()
	return nullify(mem, whole, rows)
}

// nullify marks the nulls of rows in rec, whose values there are zeros. Arrow's
// AppendNull would leave what the memory held before.
func nullify(mem memory.Allocator, rec arrow.Record, rows []row) arrow.Record {
	columns := make([]arrow.Array, rec.NumCols())
	for i, c := range rec.Columns() {
		valid := array.NewBooleanBuilder(mem)
		for _, r := range rows {
			valid.Append(!r.null[i])
		}
		bits := valid.NewBooleanArray()
		valid.Release()
		buffers := append([]*memory.Buffer{bits.Data().Buffers()[1]}, c.Data().Buffers()[1:]...)
		data := array.NewData(c.DataType(), len(rows), buffers, nil, array.UnknownNullCount, 0)
		columns[i] = array.MakeFromData(data)
		data.Release()
		bits.Release()
	}
	defer func() {
		for _, c := range columns {
			c.Release()
		}
	}()
	return array.NewRecord(rec.Schema(), columns, rec.NumRows())
}

// checked gives an allocator that must be empty when the test ends.
func checked(t *testing.T) *memory.CheckedAllocator {
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	t.Cleanup(func() { mem.AssertSize(t, 0) })
	return mem
}

// formats makes a sink of each kind.
var formats = sinks()

func sinks() map[string]func(w io.Writer, schema *arrow.Schema, mem memory.Allocator) (Sink, error) {
	all := map[string]func(w io.Writer, schema *arrow.Schema, mem memory.Allocator) (Sink, error){}
	for name, format := range splits {
		all[name] = func(w io.Writer, schema *arrow.Schema, mem memory.Allocator) (Sink, error) {
			f, err := format(schema, mem)
			if err != nil {
				return nil, err
			}
			s := newStream(f, w)
			return &s, nil
		}
	}
	return all
}

// write puts records into a new sink and closes it.
func write(t interface{ Fatal(...any) }, format string, mem memory.Allocator, schema *arrow.Schema, recs ...arrow.Record) []byte {
	var out bytes.Buffer
	s, err := formats[format](&out, schema, mem)
	if err != nil {
		t.Fatal(err)
	}
	for _, rec := range recs {
		if err := s.Write(rec); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// The same rows give the same bytes, whatever memory they stand in: fresh, or
// cut from a longer batch at any place.
func TestBytesDependOnValuesOnly(t *testing.T) {
	mem := checked(t)
	schema := everyType()
	for format := range formats {
		t.Run(format, rapid.MakeCheck(func(t *rapid.T) {
			before, rows, after := drawRows(t), drawRows(t), drawRows(t)
			fresh := record(mem, schema, rows)
			defer fresh.Release()
			all := append(append(append([]row{}, before...), rows...), after...)
			long := record(mem, schema, all)
			defer long.Release()
			slice := long.NewSlice(int64(len(before)), int64(len(before)+len(rows)))
			defer slice.Release()
			a, b := write(t, format, mem, schema, fresh), write(t, format, mem, schema, slice)
			if !bytes.Equal(a, b) {
				t.Fatalf("%d rows after %d others give other bytes than alone", len(rows), len(before))
			}
		}))
	}
}

// wholeRows is the number of rows whose smallest buffer, one bit a row, fills
// the 64 bytes to which Arrow's format pads every buffer.
const wholeRows = 64 * 8

// The same at a size that leaves nothing to pad.
func TestBytesOfWholeBatches(t *testing.T) {
	mem := checked(t)
	schema := everyType()
	rows := make([]row, 2*wholeRows+3)
	for i := range rows {
		rows[i] = row{flag: i%3 == 0, count: int64(i), ratio: float64(i) / 3, amount: int64(i), name: strings.Repeat("x", i%5), day: int32(i), at: int64(i), atUTC: int64(-i)}
		rows[i].null[i%8] = i%7 == 0
	}
	for format := range formats {
		t.Run(format, func(t *testing.T) {
			long := record(mem, schema, rows)
			defer long.Release()
			for _, from := range []int{0, 1, 3, wholeRows} {
				slice := long.NewSlice(int64(from), int64(from+wholeRows))
				fresh := record(mem, schema, rows[from:from+wholeRows])
				if !bytes.Equal(write(t, format, mem, schema, slice), write(t, format, mem, schema, fresh)) {
					t.Errorf("a batch cut from row %d on gives other bytes than one built afresh", from)
				}
				slice.Release()
				fresh.Release()
			}
		})
	}
}

// tooSmall is a writer that takes so many bytes and then fails, or only says
// that it took fewer than it was given.
type tooSmall struct {
	room  int
	quiet bool
}

var errFull = errors.New("no space left")

func (w *tooSmall) Write(b []byte) (int, error) {
	n := min(len(b), w.room)
	w.room -= n
	if n < len(b) && !w.quiet {
		return n, errFull
	}
	return n, nil
}

// A failed write fails the sink for good: Close repeats it.
func TestFailedWritePoisons(t *testing.T) {
	mem := checked(t)
	schema := everyType()
	rec := record(mem, schema, []row{{name: "a"}, {name: strings.Repeat("b", 128<<10)}})
	defer rec.Release()
	for format, open := range formats {
		size := len(write(t, format, mem, schema, rec, rec))
		for _, quiet := range []bool{false, true} {
			for room := 0; room < size; room += 1 + size/50 {
				t.Run(fmt.Sprintf("%s/room %d/quiet %v", format, room, quiet), func(t *testing.T) {
					s, err := open(&tooSmall{room: room, quiet: quiet}, schema, mem)
					if err != nil {
						t.Fatal(err)
					}
					want := errFull
					if quiet {
						want = io.ErrShortWrite
					}
					first := errors.Join(s.Write(rec), s.Write(rec))
					last := s.Close()
					if !errors.Is(last, want) {
						t.Errorf("Close gave %v, want %v", last, want)
					}
					if first != nil && !errors.Is(first, want) {
						t.Errorf("Write gave %v, want %v", first, want)
					}
					if again := s.Close(); !errors.Is(again, want) {
						t.Errorf("Close gave %v the second time", again)
					}
					if err := s.Write(rec); !errors.Is(err, want) {
						t.Errorf("Write gave %v after the failure", err)
					}
				})
			}
		}
	}
}

func TestWriteAfterClose(t *testing.T) {
	mem := checked(t)
	schema := everyType()
	rec := record(mem, schema, []row{{}})
	defer rec.Release()
	for format, open := range formats {
		s, err := open(io.Discard, schema, mem)
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(s.Close(), s.Close()); err != nil {
			t.Errorf("%s: closing twice: %v", format, err)
		}
		if err := s.Write(rec); !errors.Is(err, errClosed) {
			t.Errorf("%s: Write after Close gave %v", format, err)
		}
	}
}

func TestRefusedSchemas(t *testing.T) {
	bad := arrow.NewSchema([]arrow.Field{
		{Name: "fine", Type: arrow.PrimitiveTypes.Int64},
		{Name: "small", Type: arrow.PrimitiveTypes.Int32},
		{Name: "seconds", Type: arrow.FixedWidthTypes.Timestamp_s},
		{Name: "paris", Type: &arrow.TimestampType{Unit: arrow.Microsecond, TimeZone: "Europe/Paris"}},
		{Name: "code", Type: &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int8, ValueType: arrow.BinaryTypes.String}},
	}, nil)
	for format, open := range formats {
		_, err := open(io.Discard, bad, memory.DefaultAllocator)
		if err == nil {
			t.Errorf("%s: types that cannot be written were taken", format)
			continue
		}
		for _, name := range []string{"small", "seconds", "paris", "code"} {
			if !strings.Contains(err.Error(), fmt.Sprintf("column %q has the Arrow type", name)) {
				t.Errorf("%s: %q does not name column %s", format, err, name)
			}
		}
		if strings.Contains(err.Error(), `"fine"`) {
			t.Errorf("%s: %q names a column that is fine", format, err)
		}
		if _, err := open(io.Discard, arrow.NewSchema(nil, nil), memory.DefaultAllocator); err == nil {
			t.Errorf("%s: an output without columns was taken", format)
		}
	}
}

// A batch of another schema fails, and the file with it; other metadata does not matter.
func TestBatchesOfAnotherSchema(t *testing.T) {
	mem := checked(t)
	fields := everyType().Fields()
	change := func(edit func(f []arrow.Field) []arrow.Field) *arrow.Schema {
		return arrow.NewSchema(edit(append([]arrow.Field{}, fields...)), nil)
	}
	tests := []struct {
		name   string
		schema *arrow.Schema // of the sink
		want   string
	}{
		{"fewer columns", change(func(f []arrow.Field) []arrow.Field { return f[:7] }), "a batch of 8 columns was written to an output of 7"},
		{"another name", change(func(f []arrow.Field) []arrow.Field { f[1].Name = "n"; return f }), `column 2 of a batch is "count", the output's is "n"`},
		{"another type", change(func(f []arrow.Field) []arrow.Field { f[6].Type = timestampTZ; return f }), `column "at" of a batch is timestamp[us], the output's is timestamp[us, tz=UTC]`},
		{"another scale", change(func(f []arrow.Field) []arrow.Field {
			f[3].Type = &arrow.Decimal128Type{Precision: 9, Scale: 3}
			return f
		}), `column "amount" of a batch is decimal(9, 2), the output's is decimal(9, 3)`},
		{"nulls", change(func(f []arrow.Field) []arrow.Field { f[4].Nullable = false; return f }), `column "name, full" is declared without nulls, a batch has 1 of them`},
		{"metadata", change(func(f []arrow.Field) []arrow.Field { f[1].Metadata = arrow.Metadata{}; return f }), ""},
	}
	rec := record(mem, everyType(), []row{{null: [8]bool{4: true}}})
	defer rec.Release()
	for format, open := range formats {
		for _, tt := range tests {
			t.Run(format+"/"+tt.name, func(t *testing.T) {
				s, err := open(io.Discard, tt.schema, mem)
				if err != nil {
					t.Fatal(err)
				}
				err = s.Write(rec)
				if tt.want == "" {
					if err != nil {
						t.Error(err)
					}
				} else if err == nil || !strings.Contains(err.Error(), tt.want) {
					t.Errorf("Write gave %v, want %s", err, tt.want)
				}
				if last := s.Close(); fmt.Sprint(last) != fmt.Sprint(err) {
					t.Errorf("Close gave %v, Write %v", last, err)
				}
			})
		}
	}
}
