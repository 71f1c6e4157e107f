package value

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow/go/v17/arrow"
	"pgregory.net/rapid"
)

func TestCivilIsTheCalendar(t *testing.T) {
	day := time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC)
	for n := int64(minDay); n <= maxDay; n++ {
		y, m, d := day.Date()
		want := civil{int64(y), int64(m), int64(d)}
		if got := civilOf(n); got != want {
			t.Fatalf("civilOf(%d) = %v, want %v", n, got, want)
		}
		if got := want.days(); got != n {
			t.Fatalf("%v.days() = %d, want %d", want, got, n)
		}
		day = day.AddDate(0, 0, 1)
	}
}

func TestParseDate(t *testing.T) {
	for text, want := range map[string]arrow.Date32{
		"1970-01-01": 0, "1969-12-31": -1, "2024-02-29": 19782, " 2000-03-01\n": 11017, "0001-01-01": minDay, "9999-12-31": maxDay,
	} {
		if got, err := ParseDate([]byte(text)); got != want || err != nil {
			t.Errorf("ParseDate(%q) = %d, %v; want %d", text, got, err, want)
		}
	}
	for _, text := range []string{"", "2024-4-8", "2023-02-29", "1900-02-29", "2024-13-01", "2024-00-10", "2024-01-00", "2024-04-31", "0000-01-01", "2024/04/08", "08.04.2024",
		"2024-04-08 00:00:00", "20240408", "2024-04-0x", "x024-04-08", "10000-01-01", "-2024-01-1", "2024-0:-08"} {
		if got, err := ParseDate([]byte(text)); got != 0 || err != ErrDate {
			t.Errorf("ParseDate(%q) = %d, %v; want ErrDate", text, got, err)
		}
	}
}

func TestDateRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := anyDate().Draw(t, "v")
		text := AppendDate([]byte("x"), v)[1:]
		if want := time.Unix(int64(v)*86400, 0).UTC().Format("2006-01-02"); string(text) != want || FormatDate(v) != want || DateToString(v) != want {
			t.Fatalf("AppendDate(%d) = %q, want %q", v, text, want)
		}
		if got, err := ParseDate(text); got != v || err != nil {
			t.Fatalf("ParseDate(%q) = %d, %v; want %d", text, got, err, v)
		}
		if got, err := StringToDate(string(text)); got != v || err != nil {
			t.Fatalf("StringToDate(%q) = %d, %v; want %d", text, got, err, v)
		}
		if got := TimestampToDate(DateToTimestamp(v)); got != v {
			t.Fatalf("day of midnight of %s is %s", text, FormatDate(got))
		}
	})
}

func TestParseTimestamp(t *testing.T) {
	for text, want := range map[string]arrow.Timestamp{
		"1970-01-01 00:00:00": 0, "1970-01-01T00:00:01": 1e6, "1969-12-31 23:59:59.999999": -1, "2024-04-08 11:01:54.5": 1712574114500000,
		"2024-04-08": 1712534400000000, " 2024-04-08 11:01:54.000001 ": 1712574114000001, "0001-01-01 00:00:00": minMicro, "9999-12-31 23:59:59.999999": maxMicro,
	} {
		if got, err := ParseTimestamp([]byte(text)); got != want || err != nil {
			t.Errorf("ParseTimestamp(%q) = %d, %v; want %d", text, got, err, want)
		}
	}
	for text, want := range map[string]error{
		"": ErrTimestamp, "2024-04-08 11:01": ErrTimestamp, "2024-04-08 24:00:00": ErrTimestamp, "2024-04-08 23:59:60": ErrTimestamp, "2024-04-08 23:60:00": ErrTimestamp,
		"2024-04-08 11:01:54.": ErrTimestamp, "2024-04-08 11:01:54.1234567": ErrTimestamp, "2024-04-08 11:01:54,5": ErrTimestamp, "2024-04-08  11:01:54": ErrTimestamp,
		"2024-02-30 11:01:54": ErrTimestamp, "0000-01-01 00:00:00": ErrTimestamp, "2024-04-08t11:01:54": ErrTimestamp, "2024-04-08 1:01:54": ErrTimestamp, "08/04/2024 11:01:54": ErrTimestamp,
		"2024-04-08 11:01:54 UTC": ErrTimestamp, "2024-04-08 11-01-54": ErrTimestamp, "2024-02-30": ErrTimestamp, "2024-04-08 11:01:54.5x": ErrTimestamp,
		"2024-04-08 11:01:54Z": ErrTimestampOffset, "2024-04-08 11:01:54.5+01:00": ErrTimestampOffset, "2024-04-08T11:01:54-08": ErrTimestampOffset,
	} {
		if got, err := ParseTimestamp([]byte(text)); got != 0 || err != want {
			t.Errorf("ParseTimestamp(%q) = %d, %v; want %v", text, got, err, want)
		}
	}
}

func TestParseTimestampTZ(t *testing.T) {
	for text, want := range map[string]string{
		"2024-01-01 00:00:00+05:30": "2023-12-31 18:30:00+00", "2024-01-01T00:00:00-0800": "2024-01-01 08:00:00+00", "2024-01-01 00:00:00.25Z": "2024-01-01 00:00:00.25+00",
		"2024-01-01 00:00:00+00": "2024-01-01 00:00:00+00", "2024-01-01 00:00:00-00:00": "2024-01-01 00:00:00+00", "0001-01-01 15:59:00+15:59": "0001-01-01 00:00:00+00",
	} {
		got, err := ParseTimestampTZ([]byte(text))
		if FormatTimestampTZ(got) != want || TimestampTZToString(got) != want || err != nil {
			t.Errorf("ParseTimestampTZ(%q) = %s, %v; want %s", text, FormatTimestampTZ(got), err, want)
		}
	}
	for text, want := range map[string]error{
		"2024-01-01 00:00:00": ErrTimestampNoZone, "2024-01-01": ErrTimestampNoZone, "": ErrTimestampTZ, "2024-01-01Z": ErrTimestampTZ, "2024-01-01 00:00:00 +00": ErrTimestampTZ,
		"2024-01-01 00:00:00+16": ErrTimestampTZ, "2024-01-01 00:00:00+01:60": ErrTimestampTZ, "2024-01-01 00:00:00+1": ErrTimestampTZ, "2024-01-01 00:00:00+01:0": ErrTimestampTZ,
		"2024-01-01 00:00:00z": ErrTimestampTZ, "2024-01-01 00:00:00+01-00": ErrTimestampTZ, "2024-01-01 00:00:00.1234567Z": ErrTimestampTZ, "2024-01-01 00:00:00+010": ErrTimestampTZ,
		"9999-12-31 23:00:00-01": ErrTimestampTZRange, "0001-01-01 00:00:00+00:01": ErrTimestampTZRange,
	} {
		if got, err := ParseTimestampTZ([]byte(text)); got != 0 || err != want {
			t.Errorf("ParseTimestampTZ(%q) = %d, %v; want %v", text, got, err, want)
		}
	}
}

func TestTimestampRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := anyTimestamp().Draw(t, "v")
		text := string(AppendTimestamp([]byte("x"), v)[1:])
		if want := time.UnixMicro(int64(v)).UTC().Format("2006-01-02 15:04:05.999999"); text != want || FormatTimestamp(v) != want || TimestampToString(v) != want {
			t.Fatalf("AppendTimestamp(%d) = %q, want %q", v, text, want)
		}
		if got, err := ParseTimestamp([]byte(text)); got != v || err != nil {
			t.Fatalf("ParseTimestamp(%q) = %d, %v; want %d", text, got, err, v)
		}
		if got, err := StringToTimestamp(strings.Replace(text, " ", "T", 1)); got != v || err != nil {
			t.Fatalf("StringToTimestamp(%q) = %d, %v; want %d", text, got, err, v)
		}
		zoned := AppendTimestampTZ(nil, v)
		if got, err := ParseTimestampTZ(zoned); got != v || err != nil {
			t.Fatalf("ParseTimestampTZ(%q) = %d, %v; want %d", zoned, got, err, v)
		}
		if got, err := StringToTimestampTZ(string(zoned)); got != v || err != nil {
			t.Fatalf("StringToTimestampTZ(%q) = %d, %v; want %d", zoned, got, err, v)
		}
	})
}

const asciiSpace = " \t\n\v\f\r"

func FuzzParseDate(f *testing.F) {
	for _, s := range []string{"2024-04-08", "2023-02-29", "0000-01-01", " 1900-02-28", "2024-4-8"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		want, wantErr := time.Parse("2006-01-02", strings.Trim(s, asciiSpace))
		got, err := ParseDate([]byte(s))
		if valid := wantErr == nil && want.Year() >= 1; valid != (err == nil) {
			t.Fatalf("ParseDate(%q): %v; time.Parse: %v", s, err, wantErr)
		}
		if err == nil && int64(got)*86400 != want.Unix() {
			t.Fatalf("ParseDate(%q) = %d, want %v", s, got, want)
		}
	})
}

// time.Parse decides whether there is such a day and time; these decide how it
// may be written.
var (
	timestampPattern   = regexp.MustCompile(`^[0-9]{4}-[0-9]{2}-[0-9]{2}([ T][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?)?$`)
	timestampTZPattern = regexp.MustCompile(`^[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|[+-](0[0-9]|1[0-5])(:?[0-5][0-9])?)$`)
)

// parseStandard reads s by the first layout that it follows.
func parseStandard(s string, layouts ...string) (time.Time, bool) {
	for _, layout := range layouts {
		if v, err := time.Parse(layout, s); err == nil {
			return v, true
		}
	}
	return time.Time{}, false
}

func FuzzParseTimestamp(f *testing.F) {
	for _, s := range []string{"2024-04-08 11:01:54", "2024-04-08T11:01:54.123456", "2024-04-08", "2024-02-30 00:00:00", "2024-04-08 24:00:00", "2024-04-08 11:01:54+00", "0000-01-01 00:00:00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		text := strings.Trim(s, asciiSpace)
		want, valid := parseStandard(strings.Replace(text, "T", " ", 1), "2006-01-02", "2006-01-02 15:04:05")
		valid = valid && timestampPattern.MatchString(text) && want.Year() >= 1
		got, err := ParseTimestamp([]byte(s))
		if valid != (err == nil) {
			t.Fatalf("ParseTimestamp(%q): %v, want valid %v", s, err, valid)
		}
		if valid && int64(got) != want.UnixMicro() {
			t.Fatalf("ParseTimestamp(%q) = %d, want %v", s, got, want)
		}
	})
}

func FuzzParseTimestampTZ(f *testing.F) {
	for _, s := range []string{"2024-04-08 11:01:54Z", "2024-04-08T11:01:54.123456+05:30", "2024-04-08 11:01:54-0800", "2024-04-08 11:01:54+00", "9999-12-31 23:59:59-01", "2024-04-08", "2024-04-08 11:01:54+16"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		text := strings.Trim(s, asciiSpace)
		want, valid := parseStandard(strings.Replace(text, "T", " ", 1), "2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05Z0700", "2006-01-02 15:04:05Z07")
		year := want.UTC().Year()
		written := timestampTZPattern.MatchString(text) && !strings.HasPrefix(text, "0000")
		valid = valid && written && year >= 1 && year <= 9999
		got, err := ParseTimestampTZ([]byte(s))
		if valid != (err == nil) {
			t.Fatalf("ParseTimestampTZ(%q): %v, want valid %v", s, err, valid)
		}
		if valid && int64(got) != want.UnixMicro() {
			t.Fatalf("ParseTimestampTZ(%q) = %d, want %v", s, got, want)
		}
	})
}
