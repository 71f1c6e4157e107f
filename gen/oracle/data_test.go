package oracle

import (
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// column is a column of the rows that expressions are tried on.
type column struct {
	name, typ string
	value     func(*rand.Rand) string
}

// columns of the rows; the n-th row has n as its first column. Values come from
// small domains, so that ties, equal pairs and edges are met often.
var columns = []column{
	{"g", "int64", oneOf("1", "2", "3", "4", "5", "-6", "700")},
	{"b1", "bool", oneOf("true", "false")},
	{"b2", "bool", oneOf("true", "false")},
	{"i1", "int64", small},
	{"i2", "int64", small},
	{"i3", "int64", oneOf("1", "2", "-2", "3", "7", "-10")},
	{"ib", "int64", large},
	{"f1", "float64", float},
	{"f2", "float64", float},
	{"ff", "float64", finite},
	{"d1", "decimal(12,2)", decimal(12, 2)},
	{"d2", "decimal(9,4)", decimal(9, 4)},
	{"d3", "decimal(12,2)", decimal(12, 2)},
	{"d0", "decimal(20,0)", decimal(12, 0)},
	{"dw", "decimal(38,10)", decimal(30, 10)},
	{"s1", "string", text},
	{"s2", "string", text},
	{"s3", "string", ascii},
	{"t1", "date", date},
	{"t2", "date", date},
	{"tx", "date", anyDate},
	{"p1", "timestamp", timestamp},
	{"p2", "timestamp", timestamp},
	{"px", "timestamp", anyTimestamp},
	{"z1", "timestamptz", timestamptz},
	{"z2", "timestamptz", timestamptz},
	{"zx", "timestamptz", anyTimestamptz},
	{"sb", "string", oneOf("true", "t", "yes", "y", "on", "1", "false", "f", "no", "n", "off", "0", " TRUE ", "False", "OFF", "tru", "fals")},
	{"si", "string", padded(either(small, large))},
	{"sf", "string", padded(either(float, oneOf("1e3", ".5", "5.", "+2.5", "1E-3", "nan", "infinity", "-Infinity", "inf")))},
	{"sd", "string", padded(either(decimal(9, 4), oneOf("1e2", ".005", "+7", "-0.005", "1.2345678", "9.995", "-9.995", "2.5e-1")))},
	{"st", "string", padded(date)},
	{"sp", "string", padded(either(timestamp, date, withT(timestamp)))},
	{"sz", "string", padded(either(timestamptz, offset(timestamp)))},
}

// zone is the project's; its clocks change, and in 1893 they left local mean time.
const zone = "Europe/Berlin"

func oneOf(values ...string) func(*rand.Rand) string {
	return func(r *rand.Rand) string { return values[r.IntN(len(values))] }
}

func either(sources ...func(*rand.Rand) string) func(*rand.Rand) string {
	return func(r *rand.Rand) string { return sources[r.IntN(len(sources))](r) }
}

func small(r *rand.Rand) string {
	if r.IntN(8) == 0 {
		return oneOf("365", "100003", "-366", "15", "25", "-25", "105")(r)
	}
	return strconv.Itoa(r.IntN(13) - 6)
}

func large(r *rand.Rand) string {
	if r.IntN(2) == 0 {
		return oneOf("9223372036854775807", "-9223372036854775807", "4503599627370497", "9007199254740993", "1000000000000", "-1", "0")(r)
	}
	return strconv.FormatInt(int64(r.Uint64()|1)>>r.IntN(40), 10)
}

func float(r *rand.Rand) string {
	if r.IntN(3) == 0 {
		return oneOf("NaN", "Infinity", "-Infinity", "-0", "1e300", "-1e300", "1e-300", "1e15", "1e16", "1.5e-7", "1234567890123456", "123456789012345.6")(r)
	}
	return finite(r)
}

func finite(r *rand.Rand) string {
	if r.IntN(2) == 0 {
		return oneOf("0", "0.5", "1.5", "2.5", "-0.5", "-1.5", "-2.5", "0.1", "0.2", "0.30000000000000004", "100", "-100", "0.0001", "0.00001", "2.005", "1.115", "99999.995")(r)
	}
	return strconv.FormatFloat((r.Float64()-0.5)*float64(int64(1)<<r.IntN(40)), 'g', -1, 64)
}

// decimal gives numbers of at most digits digits, most of them short.
func decimal(digits, scale int) func(*rand.Rand) string {
	return func(r *rand.Rand) string {
		n := 1 + r.IntN(digits)
		if r.IntN(2) == 0 {
			n = min(n, scale+1)
		}
		raw := make([]byte, n)
		for i := range raw {
			raw[i] = "0555123456789"[r.IntN(13)]
		}
		s := string(raw)
		if len(s) <= scale {
			s = strings.Repeat("0", scale+1-len(s)) + s
		}
		if scale > 0 {
			s = s[:len(s)-scale] + "." + s[len(s)-scale:]
		}
		if r.IntN(3) == 0 {
			s = "-" + s
		}
		return s
	}
}

var words = []string{"", "", " ", "a", "A", "abc", " abc ", "ABC", "aBc", "éa", "ÉA", "Äpfel", "äpfel", "straße", "日本語", "日本", "😀x", "a😀b",
	"a%b", "a_b", `a\b`, "100%", "it's", "a,b", "a.b.c", ".a..b.", `x"y`, "line\nbreak", "tab\t", "NULL", "NA", "ab", "b", "abcabc", "ΑΣ", "e\u0301"}

func text(r *rand.Rand) string { return words[r.IntN(len(words))] }

func ascii(r *rand.Rand) string {
	b := make([]byte, r.IntN(7))
	for i := range b {
		b[i] = "ab x.%"[r.IntN(6)]
	}
	return string(b)
}

var days = []string{"2024-02-29", "2023-02-28", "2024-01-31", "2024-03-31", "2024-03-30", "2024-10-27", "2024-10-26", "2023-12-31", "2024-01-01",
	"2021-01-01", "2020-12-31", "2000-02-29", "1999-12-31", "2000-01-01", "2001-01-01", "1970-01-01", "1969-12-31", "2016-02-29", "2012-12-31"}

func date(r *rand.Rand) string {
	if r.IntN(2) == 0 {
		return days[r.IntN(len(days))]
	}
	return time.Date(1900, 1, 1+r.IntN(120*365), 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
}

// anyDate is one of ten thousand years, but for the ends: a unit that begins before
// the year 1 is clamped to it, where PostgreSQL and DuckDB go on.
func anyDate(r *rand.Rand) string {
	if r.IntN(3) == 0 {
		return oneOf("0012-02-29", "0100-12-31", "0101-01-01", "1000-12-31", "1001-01-01", "1582-10-10", "1893-03-31", "1893-04-01", "9998-12-31", "9999-06-01")(r)
	}
	return time.Date(10, 1, 2+r.IntN(9980*365), 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
}

func clock(r *rand.Rand) string {
	if r.IntN(2) == 0 { // hours in which clocks change
		return oneOf("00:00:00", "01:30:00", "02:00:00", "02:30:00", "02:59:59.999999", "03:00:00", "01:59:59", "23:59:59.999999", "00:00:00.000001")(r)
	}
	s := fmt.Sprintf("%02d:%02d:%02d", r.IntN(24), r.IntN(60), r.IntN(60))
	if r.IntN(2) == 0 {
		s += oneOf(".5", ".123456", ".1", ".000001", ".999999", ".25")(r)
	}
	return s
}

func timestamp(r *rand.Rand) string    { return date(r) + " " + clock(r) }
func anyTimestamp(r *rand.Rand) string { return anyDate(r) + " " + clock(r) }
func timestamptz(r *rand.Rand) string  { return timestamp(r) + "+00" }

// anyTimestamptz leaves out the first millennium, which begins in 1 BC as UTC has it.
func anyTimestamptz(r *rand.Rand) string {
	for {
		if s := anyTimestamp(r); s > "1001-02" {
			return s + "+00"
		}
	}
}

func withT(source func(*rand.Rand) string) func(*rand.Rand) string {
	return func(r *rand.Rand) string { return strings.Replace(source(r), " ", "T", 1) }
}

func offset(source func(*rand.Rand) string) func(*rand.Rand) string {
	zones := oneOf("Z", "+01", "-05:30", "+14:00", "+00")
	return func(r *rand.Rand) string { return source(r) + zones(r) }
}

func padded(source func(*rand.Rand) string) func(*rand.Rand) string {
	return func(r *rand.Rand) string {
		s := source(r)
		switch r.IntN(6) {
		case 0:
			return " " + s
		case 1:
			return s + "  "
		}
		return s
	}
}

// writeRows writes random rows as a seed; one value in `nulls` is null, none where that is 0.
func writeRows(t testing.TB, path string, r *rand.Rand, rows, nulls int) {
	t.Helper()
	var b strings.Builder
	b.WriteString("n")
	for _, c := range columns {
		b.WriteString("," + c.name)
	}
	for n := range rows {
		fmt.Fprintf(&b, "\n%d", n+1)
		for _, c := range columns {
			b.WriteByte(',')
			if nulls == 0 || r.IntN(nulls) > 0 {
				b.WriteString(field(c.value(r)))
			}
		}
	}
	b.WriteByte('\n')
	writeFile(t, path, b.String())
}

// writeKeys writes the base rows of the join: keys of groups, keys of none, and null.
func writeKeys(t testing.TB, path string, r *rand.Rand, rows int) {
	t.Helper()
	var b strings.Builder
	b.WriteString("n,k\n")
	for n := range rows {
		fmt.Fprintf(&b, "%d,%s\n", n+1, oneOf("1", "2", "3", "4", "5", "-6", "700", "8", "")(r))
	}
	writeFile(t, path, b.String())
}

// field is a value as a CSV field: in quotes where it is empty, which is not null.
func field(s string) string {
	if s == "" {
		return `""`
	}
	var b strings.Builder
	w := csv.NewWriter(&b)
	if err := w.Write([]string{s}); err != nil {
		panic(err)
	}
	w.Flush()
	return strings.TrimSuffix(b.String(), "\n")
}

func writeFile(t testing.TB, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}
