package sink

import (
	"bytes"
	"encoding/csv"
	"io"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"pgregory.net/rapid"
)

// The text is exactly this, for the values where formats differ.
func TestCSVText(t *testing.T) {
	mem := checked(t)
	schema := everyType()
	rec := record(mem, schema, []row{
		{flag: true, count: -42, ratio: 0.1, amount: 123456, name: "Ann", day: 19821, at: 1712574114000000, atUTC: 1712574114000000},
		{ratio: 1e21, amount: -5, name: "", day: minDay, at: minDay * day, atUTC: 1500000},
		{name: `say "hi"`, at: 1712574114123456, day: maxDay},
		{name: "a,b"},
		{name: "a\r\nb"},
		{name: " kept "},
		{name: `"`},
		{null: [8]bool{true, true, true, true, true, true, true, true}},
	})
	defer rec.Release()
	const zeros = "1970-01-01,1970-01-01 00:00:00,1970-01-01 00:00:00+00\n"
	want := `flag,count,ratio,amount,"name, full",day,at,at_utc` + "\n" +
		"true,-42,0.1,1234.56,Ann,2024-04-08,2024-04-08 11:01:54,2024-04-08 11:01:54+00\n" +
		`false,0,1e+21,-0.05,"",0001-01-01,0001-01-01 00:00:00,1970-01-01 00:00:01.5+00` + "\n" +
		`false,0,0,0.00,"say ""hi""",9999-12-31,2024-04-08 11:01:54.123456,1970-01-01 00:00:00+00` + "\n" +
		`false,0,0,0.00,"a,b",` + zeros +
		"false,0,0,0.00,\"a\r\nb\"," + zeros +
		"false,0,0,0.00, kept ," + zeros +
		`false,0,0,0.00,"""",` + zeros +
		",,,,,,,\n"
	if got := string(write(t, "csv", mem, schema, rec)); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// No rows: the header alone.
func TestCSVEmpty(t *testing.T) {
	want := `flag,count,ratio,amount,"name, full",day,at,at_utc` + "\n"
	if got := string(write(t, "csv", checked(t), everyType())); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// A null in an output of one column is an empty line, empty text is not.
func TestCSVOneColumn(t *testing.T) {
	mem := checked(t)
	schema := arrow.NewSchema([]arrow.Field{{Name: "name", Type: arrow.BinaryTypes.String, Nullable: true}}, nil)
	b := array.NewRecordBuilder(mem, schema)
	defer b.Release()
	b.Field(0).(*array.StringBuilder).AppendValues([]string{"a", "", ""}, []bool{true, false, true})
	rec := b.NewRecord()
	defer rec.Release()
	if got, want := string(write(t, "csv", mem, schema, rec)), "name\na\n\n\"\"\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// encoding/csv reads back every value that was written. Its oracles for the
// fields are the standard library's own parsers.
func TestCSVReadsBack(t *testing.T) {
	mem := checked(t)
	schema := everyType()
	rapid.Check(t, func(t *rapid.T) {
		first, second := drawRows(t), drawRows(t)
		a, b := record(mem, schema, first), record(mem, schema, second)
		defer a.Release()
		defer b.Release()
		text := write(t, "csv", mem, schema, a, b)
		lines, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
		if err != nil {
			t.Fatalf("%v in %q", err, text)
		}
		rows := append(first, second...)
		if len(lines) != len(rows)+1 {
			t.Fatalf("%d records read back, want %d rows and the header", len(lines), len(rows))
		}
		for i, r := range rows {
			for j, got := range lines[i+1] {
				if want := r.reads(j, got); got != want {
					t.Fatalf("row %d, column %d reads %q, want %q", i, j, got, want)
				}
			}
		}
	})
}

// reads gives what column j of r has to read as, given what it does read as:
// got itself where the standard library parses it to the value.
func (r row) reads(j int, got string) string {
	switch {
	case r.null[j]:
		return ""
	case j == 0:
		return strconv.FormatBool(r.flag)
	case j == 1:
		return strconv.FormatInt(r.count, 10)
	case j == 2:
		if v, err := strconv.ParseFloat(got, 64); err == nil && v == r.ratio {
			return got
		}
		return strconv.FormatFloat(r.ratio, 'g', -1, 64)
	case j == 3:
		sign, cents := "", r.amount
		if cents < 0 {
			sign, cents = "-", -cents
		}
		digits := strconv.FormatInt(100+cents%100, 10)[1:]
		return sign + strconv.FormatInt(cents/100, 10) + "." + digits
	case j == 4:
		return strings.ReplaceAll(r.name, "\r\n", "\n") // as encoding/csv reads it
	case j == 5:
		return time.Unix(int64(r.day)*86400, 0).UTC().Format("2006-01-02")
	case j == 6:
		return time.UnixMicro(r.at).UTC().Format("2006-01-02 15:04:05.999999")
	default:
		return time.UnixMicro(r.atUTC).UTC().Format("2006-01-02 15:04:05.999999+00")
	}
}

// Writing rows allocates nothing once the buffer has its size.
func TestCSVAllocations(t *testing.T) {
	mem := memory.NewGoAllocator()
	schema, rec := benchRecord(mem)
	defer rec.Release()
	for _, neutral := range []bool{false, true} {
		s, err := NewCSV(io.Discard, schema, CSVOptions{NeutralizeFormulas: neutral})
		if err != nil {
			t.Fatal(err)
		}
		batches := testing.AllocsPerRun(2, func() {
			if err := s.Write(rec); err != nil {
				t.Error(err)
			}
		})
		if batches > 100 { // of 65,536 rows
			t.Errorf("neutral %v: %v allocations a batch", neutral, batches)
		}
	}
}

// Text of any kind survives encoding/csv, its folding of line ends aside.
func FuzzAppendText(f *testing.F) {
	for _, text := range []string{"", "a", `"`, `a"b""c`, ",", "\n", "\r", " ", "é", "\xff", `\.`} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		line := append(appendText(nil, []byte(text), special), ",end\n"...)
		fields, err := csv.NewReader(bytes.NewReader(line)).Read()
		if err != nil {
			t.Fatalf("%q is written as %q: %v", text, line, err)
		}
		if want := strings.ReplaceAll(text, "\r\n", "\n"); len(fields) != 2 || fields[0] != want {
			t.Errorf("%q is written as %q, which reads %q", text, line, fields)
		}
	})
}

func BenchmarkCSV(b *testing.B) { benchmark(b, "csv") }

func BenchmarkNeutralCSV(b *testing.B) { benchmark(b, "neutral csv") }

// What the standard library's writer takes for the same rows.
func BenchmarkEncodingCSV(b *testing.B) {
	mem := memory.NewGoAllocator()
	_, rec := benchRecord(mem)
	defer rec.Release()
	out := &counter{}
	w := csv.NewWriter(out)
	fields := make([]string, rec.NumCols())
	b.ReportAllocs()
	for b.Loop() {
		for i := range int(rec.NumRows()) {
			for j, c := range rec.Columns() {
				fields[j] = ""
				if c.IsValid(i) {
					fields[j] = c.ValueStr(i)
				}
			}
			if err := w.Write(fields); err != nil {
				b.Fatal(err)
			}
		}
		w.Flush()
	}
	b.SetBytes(out.n / int64(b.N))
}
