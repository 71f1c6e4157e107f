package sink

import (
	"math"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/decimal128"
	"pgregory.net/rapid"

	"martlet/internal/value"
)

// naive is rows of everyType in CSV, field by field and by the standard library
// where it has the form, and how many formulas were neutralized.
func naive(rows []row, neutral bool) (text string, touched int64) {
	lines := []string{`flag,count,ratio,amount,"name, full",day,at,at_utc`}
	for _, r := range rows {
		name := r.name
		quoted := ",\"\r\n"
		if neutral {
			quoted += ";\t"
			if formula.MatchString(name) && !r.null[4] {
				name = "'" + name
				touched++
			}
		}
		if name == "" || strings.ContainsAny(name, quoted) {
			name = `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
		}
		fields := []string{
			strconv.FormatBool(r.flag), strconv.FormatInt(r.count, 10), value.FormatFloat64(r.ratio),
			value.FormatDecimal(decimal128.FromI64(r.amount), 2), name,
			time.Unix(int64(r.day)*86400, 0).UTC().Format("2006-01-02"),
			time.UnixMicro(r.at).UTC().Format("2006-01-02 15:04:05.999999"),
			time.UnixMicro(r.atUTC).UTC().Format("2006-01-02 15:04:05.999999+00"),
		}
		for j := range fields {
			if r.null[j] {
				fields[j] = ""
			}
		}
		lines = append(lines, strings.Join(fields, ","))
	}
	return strings.Join(lines, "\n") + "\n", touched
}

// drawManyRows draws more rows than are written side by side: a few ones over and
// over, with runs of the same, so that columns have stretches without a null, or
// of one value only.
func drawManyRows(t *rapid.T) []row {
	few := drawRows(t)
	if len(few) == 0 {
		return nil
	}
	var rows []row
	for range rapid.IntRange(0, 6).Draw(t, "runs") {
		r := rapid.SampledFrom(few).Draw(t, "row")
		if rapid.Bool().Draw(t, "no null") {
			r.null = [8]bool{}
		}
		r.name = drawText(t)
		for range rapid.IntRange(1, 100).Draw(t, "length") {
			rows = append(rows, r)
			r.count++ // so that one column goes on changing
		}
	}
	return rows
}

// Every byte is as it would be if each field were written alone, whatever batches
// the rows come in and wherever these are cut from.
func TestCSVIsWhatItsFieldsAre(t *testing.T) {
	mem := checked(t)
	schema := everyType()
	rapid.Check(t, func(t *rapid.T) {
		rows := drawManyRows(t)
		all := record(mem, schema, rows)
		defer all.Release()
		for name, neutral := range map[string]bool{"csv": false, "neutral csv": true} {
			want, touched := naive(rows, neutral)
			cut := rapid.Int64Range(0, all.NumRows()).Draw(t, "cut")
			before, after := all.NewSlice(0, cut), all.NewSlice(cut, all.NumRows())
			defer before.Release()
			defer after.Release()
			for _, recs := range [][]arrow.Record{{all}, {before, after}} {
				if got := string(write(t, name, mem, schema, recs...)); got != want {
					t.Fatalf("%s in %d batches: got\n%s\nwant\n%s", name, len(recs), got, want)
				}
			}
			e, n := mustFormat(t, name, schema, mem).NewEncoder(), int64(0)
			for _, rec := range []arrow.Record{before, after} {
				b, err := e.Encode(rec)
				if err != nil {
					t.Fatal(err)
				}
				n += b.Neutralized()
				b.Free()
			}
			if n != touched {
				t.Fatalf("%s: %d were neutralized, want %d", name, n, touched)
			}
		}
	})
}

// Texts are copied in pieces of a size that depends on the longest.
func TestTextsOfEveryLength(t *testing.T) {
	mem := checked(t)
	schema := everyType()
	for _, n := range []int{0, 1, 2, 15, 16, 17, 18, 31, 32, 33, 63, 64, 65, 66, 127, 128, 129} {
		rows := make([]row, 3)
		for i := range rows {
			rows[i].name = strings.Repeat(string(rune('a'+i)), n)
		}
		for range bandRows {
			rows = append(rows, row{name: "z"})
		}
		all := record(mem, schema, rows)
		few := all.NewSlice(0, 3) // with text behind it in memory
		for _, rec := range []arrow.Record{all, few} {
			want, _ := naive(rows[:rec.NumRows()], false)
			if got := string(write(t, "csv", mem, schema, rec)); got != want {
				t.Errorf("texts of %d bytes: got\n%s\nwant\n%s", n, got, want)
			}
		}
		few.Release()
		all.Release()
	}
}

// A text may be longer than all that is written side by side otherwise, and may
// need quotes for each of its bytes.
func TestLongTexts(t *testing.T) {
	mem := checked(t)
	schema := everyType()
	rows := make([]row, 3*bandRows+5)
	for i := range rows {
		rows[i].name = strings.Repeat("x", i%80)
	}
	for _, i := range []int{0, 1, bandRows - 1, bandRows + 7, len(rows) - 1} {
		rows[i].name = strings.Repeat(`="`, bandBytes/2+i)
	}
	rec := record(mem, schema, rows)
	defer rec.Release()
	for name, neutral := range map[string]bool{"csv": false, "neutral csv": true} {
		want, _ := naive(rows, neutral)
		if got := string(write(t, name, mem, schema, rec)); got != want {
			t.Errorf("%s: %d bytes, want %d", name, len(got), len(want))
		}
	}
}

// 0 and -0 are equal and have each its text; NaN is not equal to itself.
func TestEqualFloatsOfOtherText(t *testing.T) {
	mem := checked(t)
	schema := everyType()
	for _, ratio := range []float64{0, 1, math.NaN()} {
		rows := []row{{ratio: ratio}, {ratio: math.Copysign(0, -1)}, {ratio: ratio}}
		rec := record(mem, schema, rows)
		want, _ := naive(rows, false)
		if got := string(write(t, "csv", mem, schema, rec)); got != want {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
		rec.Release()
	}
}
