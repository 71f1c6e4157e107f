package value

import (
	"math/rand/v2"
	"strconv"
	"testing"
	"time"

	"github.com/apache/arrow/go/v17/arrow"
)

// Neither reading nor writing a value allocates, nor does refusing one.
func TestNothingAllocates(t *testing.T) {
	integer, number, date := []byte(" 123456 "), []byte("12345.678"), []byte("2024-04-08")
	stamp, zoned, word := []byte("2024-04-08 11:01:54.25"), []byte("2024-04-08T11:01:54+01:00"), []byte("TRUE")
	amount := mustDecimal(t, "-1234567890123456789012345")
	dst := make([]byte, 0, 64)
	zone := mustZone(t, "America/New_York")
	must := func(err error) {
		if err != nil {
			panic(err)
		}
	}
	mustNot := func(err error) {
		if err == nil {
			panic("accepted")
		}
	}
	for name, f := range map[string]func(){
		"ParseBool":            func() { _, err := ParseBool(word); must(err) },
		"ParseInt64":           func() { _, err := ParseInt64(integer); must(err) },
		"ParseFloat64":         func() { _, err := ParseFloat64(number); must(err) },
		"ParseDecimal":         func() { _, err := ParseDecimal(number, 10, 3); must(err) },
		"ParseDate":            func() { _, err := ParseDate(date); must(err) },
		"ParseTimestamp":       func() { _, err := ParseTimestamp(stamp); must(err) },
		"ParseTimestampTZ":     func() { _, err := ParseTimestampTZ(zoned); must(err) },
		"ParseInt64 of 1e3":    func() { _, err := ParseInt64([]byte("1e3")); must(err) },
		"refusing a bool":      func() { _, err := ParseBool(number); mustNot(err) },
		"refusing an int64":    func() { _, err := ParseInt64(number); mustNot(err) },
		"refusing a decimal":   func() { _, err := ParseDecimal(number, 5, 3); mustNot(err) },
		"refusing a date":      func() { _, err := ParseDate(stamp); mustNot(err) },
		"refusing a timestamp": func() { _, err := ParseTimestamp(zoned); mustNot(err) },
		"AppendBool":           func() { dst = AppendBool(dst[:0], true) },
		"AppendInt64":          func() { dst = AppendInt64(dst[:0], -123456789) },
		"AppendFloat64":        func() { dst = AppendFloat64(dst[:0], 1234.5) },
		"AppendDecimal":        func() { dst = AppendDecimal(dst[:0], amount, 4) },
		"AppendDate":           func() { dst = AppendDate(dst[:0], 19000) },
		"AppendTimestamp":      func() { dst = AppendTimestamp(dst[:0], 1712574114250000) },
		"AppendTimestampTZ":    func() { dst = AppendTimestampTZ(dst[:0], 1712574114250000) },
		"MulDecimal":           func() { _, err := MulDecimal(amount, amount, 10); mustNot(err) },
		"DivDecimal":           func() { _, err := DivDecimal(amount, amount, 4, 4, 38, 6); must(err) },
		"ToTimestampTZ":        func() { ToTimestampTZ(1712574114250000, zone) },
	} {
		if n := testing.AllocsPerRun(100, f); n > 0 {
			t.Errorf("%s allocates %v times", name, n)
		}
	}
}

func BenchmarkParseInt64(b *testing.B) {
	text := []byte("1234567")
	for b.Loop() {
		if _, err := ParseInt64(text); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkParseInt64Standard(b *testing.B) {
	text := []byte("1234567")
	for b.Loop() {
		if _, err := strconv.ParseInt(string(text), 10, 64); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkParseTimestamp(b *testing.B) {
	text := []byte("2024-04-08 11:01:54.123456")
	for b.Loop() {
		if _, err := ParseTimestamp(text); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkParseTimestampStandard(b *testing.B) {
	text := []byte("2024-04-08 11:01:54.123456")
	for b.Loop() {
		if _, err := time.Parse("2006-01-02 15:04:05", string(text)); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAppendTimestamp(b *testing.B) {
	dst := make([]byte, 0, 32)
	for b.Loop() {
		dst = AppendTimestamp(dst[:0], arrow.Timestamp(1712574114123456))
	}
}

func BenchmarkAppendTimestampStandard(b *testing.B) {
	dst := make([]byte, 0, 32)
	for b.Loop() {
		dst = time.UnixMicro(1712574114123456).UTC().AppendFormat(dst[:0], "2006-01-02 15:04:05.999999")
	}
}

func BenchmarkParseDecimal(b *testing.B) {
	text := []byte("123456.78")
	for b.Loop() {
		if _, err := ParseDecimal(text, 18, 2); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAppendDecimal(b *testing.B) {
	dst := make([]byte, 0, 64)
	v := mustDecimal(b, "12345678")
	for b.Loop() {
		dst = AppendDecimal(dst[:0], v, 2)
	}
}

func BenchmarkToTimestampTZ(b *testing.B) {
	zone := mustZone(b, "Europe/London")
	for b.Loop() {
		ToTimestampTZ(1712574114123456, zone)
	}
}

func BenchmarkLike(b *testing.B) {
	m := MustLike("%@%.co_", '\\', false)
	for b.Loop() {
		m.Match("somebody@example.com")
	}
}

// A column of booleans in the spellings of a file that people have filled in, of so
// many rows that a processor does not remember which comes when.
func BenchmarkBools(b *testing.B) {
	spellings := []string{"true", "false", "true", "false", "TRUE", "False", "t", "yes", " false", "1", "Y", "no", "N", "0", " true"}
	f := Fields{Step: 1, Count: 1_000_000, Data: []byte{','}}
	r := rand.New(rand.NewPCG(1, 2))
	for range f.Count {
		f.Start = append(f.Start, uint32(len(f.Data)-1))
		f.Data = append(f.Data, spellings[r.IntN(len(spellings))]...)
		f.End, f.Data = append(f.End, uint32(len(f.Data))), append(f.Data, ',')
	}
	values := make([]bool, f.Count)
	for b.Loop() {
		for i, field := range f.Bools(values) {
			v, err := ParseBool(field)
			if err != nil {
				b.Fatal(err)
			}
			values[i] = v
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*f.Count), "ns/value")
}
