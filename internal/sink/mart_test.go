package sink

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"math/rand/v2"
	"strconv"
	"testing"
	"time"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"
)

// mart is a batch like those of a marketing mart: 17 columns, about 200 bytes a
// line.
func mart(mem memory.Allocator, rows int) arrow.Record {
	stamp := func(name string) arrow.Field { return arrow.Field{Name: name, Type: timestampUS, Nullable: true} }
	text := func(name string) arrow.Field {
		return arrow.Field{Name: name, Type: arrow.BinaryTypes.String, Nullable: true}
	}
	flag := func(name string) arrow.Field { return arrow.Field{Name: name, Type: arrow.FixedWidthTypes.Boolean} }
	b := array.NewRecordBuilder(mem, arrow.NewSchema([]arrow.Field{
		{Name: "user_id", Type: arrow.PrimitiveTypes.Int64},
		text("email"), text("gender"), {Name: "date_of_birth", Type: arrow.FixedWidthTypes.Date32, Nullable: true}, text("country_code"),
		stamp("created_at"), stamp("last_updated_time"), stamp("account_closed_at"), stamp("account_reopened_at"),
		flag("user_opt_in_marketing"), stamp("user_opt_in_at"), flag("is_closed"), flag("is_reopened"),
		stamp("last_seen_ts"), text("recency_segmentation"), text("country_name"), {Name: "mart_built_at", Type: timestampTZ},
	}, nil))
	defer b.Release()
	r := rand.New(rand.NewPCG(1, 2))
	countries := [][2]string{
		{"GB", "United Kingdom of Great Britain and Northern Ireland"}, {"US", "United States of America"}, {"ZA", "South Africa"},
		{"DE", "Germany"}, {"FR", "France"}, {"IN", "India"}, {"BR", "Brazil"}, {"KR", "Korea, Republic of"},
	}
	segments := []string{"0-30 days", "31-60 days", "61-90 days", "over 90 days", "over 90 days", "over 90 days"}
	second := func() arrow.Timestamp { return arrow.Timestamp(1_400_000_000+r.Int64N(300_000_000)) * 1e6 }
	for i := range rows {
		country := countries[min(r.IntN(len(countries)), r.IntN(len(countries)+1))]
		for j, of := range []struct {
			value any
			null  float64 // how often
		}{
			{10_000_000 + int64(i)*7919, 0}, {fmt.Sprintf("user.%d@example%d.org", r.Uint64(), r.IntN(60)), 0.02}, {"FM"[i%2 : i%2+1], 0.1},
			{arrow.Date32(r.IntN(15000)), 0.1}, {country[0], 0},
			{second(), 0}, {second(), 0}, {second(), 0.7}, {second(), 0.9},
			{r.IntN(2) == 0, 0}, {second(), 0.5}, {r.IntN(4) == 0, 0}, {r.IntN(10) == 0, 0},
			{second(), 0}, {segments[r.IntN(len(segments))], 0}, {country[1], 0}, {arrow.Timestamp(1_714_521_600_000_000), 0},
		} {
			if r.Float64() < of.null {
				b.Field(j).AppendNull()
				continue
			}
			switch v := of.value.(type) {
			case int64:
				b.Field(j).(*array.Int64Builder).Append(v)
			case string:
				b.Field(j).(*array.StringBuilder).Append(v)
			case bool:
				b.Field(j).(*array.BooleanBuilder).Append(v)
			case arrow.Date32:
				b.Field(j).(*array.Date32Builder).Append(v)
			case arrow.Timestamp:
				b.Field(j).(*array.TimestampBuilder).Append(v)
			}
		}
	}
	return b.NewRecord()
}

// plainly writes the mart's types with encoding/csv and the standard library's
// formats: the slow way, which nobody doubts.
func plainly(w io.Writer, rec arrow.Record) error {
	out := csv.NewWriter(w)
	fields := make([]string, rec.NumCols())
	for i := range int(rec.NumRows()) {
		for j, c := range rec.Columns() {
			fields[j] = plainField(c, i)
		}
		if err := out.Write(fields); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

func plainField(c arrow.Array, i int) string {
	if c.IsNull(i) {
		return ""
	}
	switch c := c.(type) {
	case *array.Boolean:
		return strconv.FormatBool(c.Value(i))
	case *array.Int64:
		return strconv.FormatInt(c.Value(i), 10)
	case *array.String:
		return c.Value(i)
	case *array.Date32:
		return time.Unix(int64(c.Value(i))*86400, 0).UTC().Format("2006-01-02")
	case *array.Timestamp:
		layout := "2006-01-02 15:04:05.999999"
		if c.DataType().(*arrow.TimestampType).TimeZone != "" {
			layout += "+00"
		}
		return time.UnixMicro(int64(c.Value(i))).UTC().Format(layout)
	}
	return c.ValueStr(i)
}

// The mart is, byte for byte, what the standard library makes of it: it has no
// empty texts, which that cannot tell from nulls.
func TestMartIsWhatTheStandardLibraryWrites(t *testing.T) {
	mem := checked(t)
	rec := mart(mem, 10_000)
	defer rec.Release()
	for _, from := range []int64{0, 1, 4097} {
		slice := rec.NewSlice(from, rec.NumRows())
		var want bytes.Buffer
		if err := plainly(&want, slice); err != nil {
			t.Fatal(err)
		}
		got := write(t, "csv", mem, rec.Schema(), slice)
		_, lines, _ := bytes.Cut(got, []byte("\n"))
		if !bytes.Equal(lines, want.Bytes()) {
			i := 0
			for i < min(len(lines), want.Len()) && lines[i] == want.Bytes()[i] {
				i++
			}
			t.Errorf("from row %d on: differs at byte %d: %q, want %q", from, i, lines[i:min(i+200, len(lines))], want.Bytes()[i:min(i+200, want.Len())])
		}
		slice.Release()
	}
}

// What a batch of the mart takes in each format, and with encoding/csv.
func BenchmarkMart(b *testing.B) {
	rec := mart(memory.NewGoAllocator(), 65536)
	defer rec.Release()
	for _, name := range []string{"csv", "neutral csv", "arrow", "arrow lz4", "arrow zstd", "parquet", "parquet plain", "parquet lz4"} {
		b.Run(name, func(b *testing.B) {
			out := &counter{}
			s, err := formats[name](out, rec.Schema(), memory.NewGoAllocator())
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
		})
	}
	b.Run("encoding/csv", func(b *testing.B) {
		out := &counter{}
		for b.Loop() {
			if err := plainly(out, rec); err != nil {
				b.Fatal(err)
			}
		}
		b.SetBytes(out.n / int64(b.N))
	})
}
