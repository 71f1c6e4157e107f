package value

import (
	"math"
	"testing"
	"time"

	"github.com/apache/arrow/go/v17/arrow"
	"pgregory.net/rapid"
)

// The results are PostgreSQL's.
func TestAddInterval(t *testing.T) {
	for _, c := range []struct {
		at                   string
		months, days, micros int64
		want                 string
	}{
		{"2024-01-31", 1, 0, 0, "2024-02-29 00:00:00"},
		{"2024-03-31 10:00:00", -1, 0, 0, "2024-02-29 10:00:00"},
		{"2024-02-29", -12, 0, 0, "2023-02-28 00:00:00"},
		{"2024-01-31", 1, 1, -3 * microsPerHour, "2024-02-29 21:00:00"},
		{"0001-01-01", 0, 0, 0, "0001-01-01 00:00:00"},
		{"9999-12-31 23:00:00", 1, -31, 0, "9999-12-31 23:00:00"}, // by way of the year 10000
		{"0001-01-01", -1, 31, 0, "0001-01-01 00:00:00"},          // by way of 1 BC
		{"9999-12-31", 0, 1, -1, "9999-12-31 23:59:59.999999"},
	} {
		got, err := AddInterval(mustTimestamp(t, c.at), c.months, c.days, c.micros)
		if FormatTimestamp(got) != c.want || err != nil {
			t.Errorf("%s + (%d, %d, %d) = %s, %v; want %s", c.at, c.months, c.days, c.micros, FormatTimestamp(got), err, c.want)
		}
	}
	for _, c := range [][3]int64{
		{math.MaxInt64, 0, 0}, {math.MinInt64, 0, 0}, {0, math.MaxInt64, 0}, {0, math.MinInt64, 0}, {0, 0, math.MaxInt64}, {0, 0, math.MinInt64},
		{12 * 8000, 0, 0}, {-12 * 8000, 0, 0}, {12 * 300000, 0, 0}, {0, 1 << 22, 0}, {0, 0, 1 << 61}, {-12 * 7000, 0, 0},
	} {
		if got, err := AddInterval(mustTimestamp(t, "2024-04-08 11:01:54"), c[0], c[1], c[2]); got != 0 || err != ErrOutOfRange {
			t.Errorf("2024-04-08 + %v = %s, %v; want ErrOutOfRange", c, FormatTimestamp(got), err)
		}
	}
}

// addNaively walks month by month from the first of t's, then uses package time.
func addNaively(t arrow.Timestamp, months, days, micros int64) time.Time {
	v := time.UnixMicro(int64(t)).UTC()
	first := time.Date(v.Year(), v.Month(), 1, v.Hour(), v.Minute(), v.Second(), v.Nanosecond(), time.UTC)
	first = first.AddDate(0, int(months), 0)
	last := first.AddDate(0, 1, -1).Day()
	return first.AddDate(0, 0, min(v.Day(), last)-1+int(days)).Add(time.Duration(micros) * time.Microsecond)
}

func TestAddIntervalProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		at := anyTimestamp().Draw(t, "at")
		months := rapid.Int64Range(-5000, 5000).Draw(t, "months")
		days := rapid.Int64Range(-5000, 5000).Draw(t, "days")
		micros := rapid.Int64Range(-1e15, 1e15).Draw(t, "micros")
		want := addNaively(at, months, days, micros)
		got, err := AddInterval(at, months, days, micros)
		if inRange := want.Year() >= 1 && want.Year() <= 9999; !inRange {
			if err != ErrOutOfRange {
				t.Fatalf("got %s, %v; want ErrOutOfRange since it is %v", FormatTimestamp(got), err, want)
			}
		} else if err != nil || int64(got) != want.UnixMicro() {
			t.Fatalf("got %s, %v; want %v", FormatTimestamp(got), err, want)
		}
	})
}

func TestDateArithmetic(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := anyDate().Draw(t, "d")
		n := rapid.OneOf(rapid.Int64Range(-4e6, 4e6), anyInt64()).Draw(t, "n")
		for _, op := range []struct {
			add  func(arrow.Date32, int64) (arrow.Date32, error)
			sign float64
		}{{AddDays, 1}, {SubDays, -1}} {
			got, err := op.add(d, n)
			// A float64 is exact where the sum is in range, and far off elsewhere.
			sum := float64(d) + op.sign*float64(n)
			if sum < minDay || sum > maxDay {
				if err != ErrOutOfRange || got != 0 {
					t.Fatalf("%d %+v * %d = %d, %v; want ErrOutOfRange", d, op.sign, n, got, err)
				}
			} else if err != nil || float64(got) != sum {
				t.Fatalf("%d %+v * %d = %d, %v", d, op.sign, n, got, err)
			} else if DaysBetween(got, d) != int64(op.sign)*n {
				t.Fatalf("DaysBetween(%d, %d) = %d", got, d, DaysBetween(got, d))
			}
		}
	})
}
