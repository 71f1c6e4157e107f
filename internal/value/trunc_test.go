package value

import (
	"testing"
	"time"

	"github.com/apache/arrow/go/v17/arrow"
	"pgregory.net/rapid"
)

// The results are PostgreSQL's, but for the decade before the year 10.
func TestTrunc(t *testing.T) {
	for _, c := range []struct {
		name     string
		f        func(arrow.Timestamp) arrow.Timestamp
		at, want string
	}{
		{"millisecond", TruncMillisecond, "1969-12-31 23:59:59.999999", "1969-12-31 23:59:59.999"},
		{"week", TruncWeek, "2024-04-07 10:11:12", "2024-04-01 00:00:00"},
		{"week", TruncWeek, "0001-01-01", "0001-01-01 00:00:00"},
		{"quarter", TruncQuarter, "2024-05-07", "2024-04-01 00:00:00"},
		{"decade", TruncDecade, "2019-05-07", "2010-01-01 00:00:00"},
		{"decade", TruncDecade, "0010-05-07", "0010-01-01 00:00:00"},
		{"decade", TruncDecade, "0005-05-07", "0001-01-01 00:00:00"},
		{"century", TruncCentury, "2000-05-07", "1901-01-01 00:00:00"},
		{"century", TruncCentury, "2001-05-07", "2001-01-01 00:00:00"},
		{"century", TruncCentury, "0100-05-07", "0001-01-01 00:00:00"},
		{"millennium", TruncMillennium, "2000-05-07", "1001-01-01 00:00:00"},
		{"millennium", TruncMillennium, "2001-05-07", "2001-01-01 00:00:00"},
		{"millennium", TruncMillennium, "0001-05-07", "0001-01-01 00:00:00"},
	} {
		if got := FormatTimestamp(c.f(mustTimestamp(t, c.at))); got != c.want {
			t.Errorf("%s of %s is %s, want %s", c.name, c.at, got, c.want)
		}
	}
}

func TestTruncProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		at := anyTimestamp().Draw(t, "at")
		v := time.UnixMicro(int64(at)).UTC()
		y, m, d := v.Date()
		date := func(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, time.UTC) }
		monday := date(y, m, d)
		for monday.Weekday() != time.Monday {
			monday = monday.AddDate(0, 0, -1)
		}
		for name, c := range map[string]struct {
			got  arrow.Timestamp
			want time.Time
		}{
			"millisecond": {TruncMillisecond(at), date(y, m, d).Add(v.Sub(date(y, m, d)) / time.Millisecond * time.Millisecond)},
			"second":      {TruncSecond(at), time.Date(y, m, d, v.Hour(), v.Minute(), v.Second(), 0, time.UTC)},
			"minute":      {TruncMinute(at), time.Date(y, m, d, v.Hour(), v.Minute(), 0, 0, time.UTC)},
			"hour":        {TruncHour(at), time.Date(y, m, d, v.Hour(), 0, 0, 0, time.UTC)},
			"day":         {TruncDay(at), date(y, m, d)},
			"week":        {TruncWeek(at), monday},
			"month":       {TruncMonth(at), date(y, m, 1)},
			"quarter":     {TruncQuarter(at), date(y, (m-1)/3*3+1, 1)},
			"year":        {TruncYear(at), date(y, 1, 1)},
			"decade":      {TruncDecade(at), date(max(y/10*10, 1), 1, 1)},
			"century":     {TruncCentury(at), date((y-1)/100*100+1, 1, 1)},
			"millennium":  {TruncMillennium(at), date((y-1)/1000*1000+1, 1, 1)},
		} {
			if int64(c.got) != c.want.UnixMicro() {
				t.Fatalf("%s of %v is %s, want %v", name, v, FormatTimestamp(c.got), c.want)
			}
		}
	})
}

func TestExtractProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		at := anyTimestamp().Draw(t, "at")
		v := time.UnixMicro(int64(at)).UTC()
		isoYear, week := v.ISOWeek()
		micros := int64(v.Second())*1e6 + int64(v.Nanosecond())/1e3
		for name, c := range map[string][2]int64{
			"year":         {ExtractYear(at), int64(v.Year())},
			"quarter":      {ExtractQuarter(at), int64(v.Month()-1)/3 + 1},
			"month":        {ExtractMonth(at), int64(v.Month())},
			"week":         {ExtractWeek(at), int64(week)},
			"day":          {ExtractDay(at), int64(v.Day())},
			"hour":         {ExtractHour(at), int64(v.Hour())},
			"minute":       {ExtractMinute(at), int64(v.Minute())},
			"dow":          {ExtractDOW(at), int64(v.Weekday())},
			"isodow":       {ExtractISODOW(at), int64(v.Weekday()+6)%7 + 1},
			"doy":          {ExtractDOY(at), int64(v.YearDay())},
			"isoyear":      {ExtractISOYear(at), int64(isoYear)},
			"decade":       {ExtractDecade(at), int64(v.Year() / 10)},
			"century":      {ExtractCentury(at), int64(v.Year()-1)/100 + 1},
			"millennium":   {ExtractMillennium(at), int64(v.Year()-1)/1000 + 1},
			"microseconds": {ExtractMicroseconds(at), micros},
			"epoch":        {ExtractEpoch(at).BigInt().Int64(), v.UnixMicro()},
		} {
			if c[0] != c[1] {
				t.Fatalf("%s of %v is %d, want %d", name, v, c[0], c[1])
			}
		}
	})
}

// The texts are PostgreSQL's.
func TestExtractDecimals(t *testing.T) {
	at := mustTimestamp(t, "1960-01-01 00:00:01.500123")
	for name, c := range map[string][2]string{
		"second":       {DecimalToString(ExtractSecond(at), 6), "1.500123"},
		"milliseconds": {DecimalToString(ExtractMilliseconds(at), 3), "1500.123"},
		"epoch":        {DecimalToString(ExtractEpoch(at), 6), "-315619198.499877"},
	} {
		if c[0] != c[1] {
			t.Errorf("%s is %s, want %s", name, c[0], c[1])
		}
	}
}

// The results are PostgreSQL's.
func TestAgeYears(t *testing.T) {
	for _, c := range []struct {
		birth, at string
		want      int64
	}{
		{"2000-02-29", "2024-02-28", 23}, {"2000-02-29", "2024-02-29", 24}, {"2000-02-29", "2023-03-01", 23}, {"2000-02-29", "2023-02-28", 22},
		{"2023-02-28", "2000-02-29", -22}, {"2023-03-01", "2000-02-29", -23}, {"2000-04-08 11:00:00", "2024-04-08 10:00:00", 23},
		{"2024-04-08 10:00:00", "2000-04-08 11:00:00", -23}, {"2024-04-08 11:00:00", "2000-04-08 10:00:00", -24}, {"1990-06-15", "1990-06-15", 0},
	} {
		if got := AgeYears(mustTimestamp(t, c.birth), mustTimestamp(t, c.at)); got != c.want {
			t.Errorf("age at %s of one born %s is %d, want %d", c.at, c.birth, got, c.want)
		}
	}
}

// Years pass one by one: an age of n is reached at the nth birthday.
func TestAgeYearsProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		birth, at := anyTimestamp().Draw(t, "birth"), anyTimestamp().Draw(t, "at")
		if at < birth {
			birth, at = at, birth
		}
		n := AgeYears(birth, at)
		if back := AgeYears(at, birth); back != -n {
			t.Fatalf("%d years on, %d back", n, back)
		}
		b := time.UnixMicro(int64(birth)).UTC()
		birthday := func(years int64) int64 { // package time makes 29 February 1 March
			return b.AddDate(int(years), 0, 0).UnixMicro()
		}
		if birthday(n) > int64(at) || birthday(n+1) <= int64(at) {
			t.Fatalf("born %s, at %s: %d years", FormatTimestamp(birth), FormatTimestamp(at), n)
		}
	})
}
