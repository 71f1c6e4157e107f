package value

import (
	"math"
	"strconv"
	"testing"
	"time"

	"github.com/apache/arrow/go/v17/arrow"
	"pgregory.net/rapid"
)

// Every day that there is, and a second of each.
func TestEveryDayIsTheCalendars(t *testing.T) {
	at := time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC)
	for day := int64(minDay); day <= maxDay; day++ {
		var text Text
		n := PutDate(&text, arrow.Date32(day))
		if want := at.Format("2006-01-02"); string(text[:n]) != want {
			t.Fatalf("day %d is %s, want %s", day, text[:n], want)
		}
		at = at.AddDate(0, 0, 1)
	}
}

// Every second of a day.
func TestEverySecondIsTheClocks(t *testing.T) {
	for second := range int64(24 * 60 * 60) {
		var text Text
		n := PutTimestamp(&text, arrow.Timestamp(-3*microsPerDay+second*microsPerSecond))
		if want := time.Unix(-3*24*60*60+second, 0).UTC().Format("2006-01-02 15:04:05"); string(text[:n]) != want {
			t.Fatalf("second %d is %s, want %s", second, text[:n], want)
		}
	}
}

// What is outside the range of dates has no year, and breaks nothing.
func TestDaysThatThereAreNot(t *testing.T) {
	for v, want := range map[arrow.Timestamp]string{
		maxMicro + 1:  "0000-01-01 00:00:00",
		minMicro - 1:  "0000-12-31 23:59:59.999999",
		math.MaxInt64: "0000-01-10 04:00:54.775807",
		math.MinInt64: "0000-12-21 19:59:05.224192",
	} {
		if got := FormatTimestamp(v); got != want {
			t.Errorf("%d is %s, want %s", v, got, want)
		}
	}
	for v, want := range map[arrow.Date32]string{maxDay + 1: "0000-01-01", minDay - 1: "0000-12-31", math.MinInt32: "0000-06-23", math.MaxInt32: "0000-07-11"} {
		if got := FormatDate(v); got != want {
			t.Errorf("%d is %s, want %s", v, got, want)
		}
	}
}

// Every number of digits, at its ends and anywhere, is what strconv writes, and
// whatever the memory held before.
func TestPutInt64(t *testing.T) {
	same := func(t interface{ Fatalf(string, ...any) }, v int64) {
		text := Text([]byte("################################################"))
		if n, want := PutInt64(&text, v), strconv.FormatInt(v, 10); string(text[:n]) != want || n > MaxText {
			t.Fatalf("PutInt64(%d) = %q, want %q", v, text[:n], want)
		}
	}
	for power := int64(1); power > 0 && power <= 1e18; power *= 10 {
		for d := int64(-11); d <= 11; d++ {
			same(t, power+d)
			same(t, -power+d)
		}
	}
	for v := range int64(100_000) {
		same(t, v)
		same(t, v*1_000_003)
	}
	rapid.Check(t, func(t *rapid.T) {
		same(t, anyInt64().Draw(t, "v"))
		same(t, rapid.Int64Range(0, math.MaxInt64).Draw(t, "u")>>rapid.IntRange(0, 62).Draw(t, "shift"))
	})
}

// The longest text of each type has room.
func TestTextsHaveRoom(t *testing.T) {
	least := mustDecimal(t, "-9999999999999999999999999999999999999"+"9")
	for name, put := range map[string]func(*Text) int{
		"decimal":     func(dst *Text) int { return PutDecimal(dst, least, 0) },
		"fraction":    func(dst *Text) int { return PutDecimal(dst, least, 38) },
		"float":       func(dst *Text) int { return PutFloat64(dst, -math.SmallestNonzeroFloat64) },
		"long float":  func(dst *Text) int { return PutFloat64(dst, -0.00012345678901234567) },
		"int64":       func(dst *Text) int { return PutInt64(dst, math.MinInt64) },
		"timestamptz": func(dst *Text) int { return PutTimestampTZ(dst, maxMicro) },
	} {
		text := Text{}
		n := put(&text)
		if n > MaxText || n > len(text) || text[n-1] == 0 {
			t.Errorf("%s: %d bytes of %q", name, n, text)
		}
	}
}
