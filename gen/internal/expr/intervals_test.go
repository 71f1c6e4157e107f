package expr

import (
	"testing"

	"pgregory.net/rapid"
)

// The values are PostgreSQL 16's.
func TestParseInterval(t *testing.T) {
	const second, hour = int64(1_000_000), int64(3_600_000_000)
	for text, want := range map[string]interval{
		"30 days":                  {0, 30, 0},
		"1 month 2 days":           {1, 2, 0},
		"01:30:00":                 {0, 0, hour + hour/2},
		"01:30":                    {0, 0, hour + hour/2},
		"-01:30":                   {0, 0, -hour - hour/2},
		"1 day 00:00:01.5":         {0, 1, second + second/2},
		"1 year":                   {12, 0, 0},
		"-1 day":                   {0, -1, 0},
		"-1 day 2 hours":           {0, -1, 2 * hour},
		"2 weeks 3 hours":          {0, 14, 3 * hour},
		"1 day 2 hours ago":        {0, -1, -2 * hour},
		"@ 1 minute":               {0, 0, 60 * second},
		"1.5 days":                 {0, 1, 12 * hour},
		"1.5 weeks":                {0, 10, 12 * hour},
		"0.25 hours":               {0, 0, hour / 4},
		"-0.5 days":                {0, 0, -12 * hour},
		"1 decade 1 century":       {1320, 0, 0},
		"1d 2h 3m 4s 5ms 6us":      {0, 1, 2*hour + 184*second + 5006},
		"1 MON":                    {1, 0, 0},
		"100 hours":                {0, 0, 100 * hour},
		"P1Y2M3DT4H5M6S":           {14, 3, 4*hour + 306*second},
		"P2W":                      {0, 14, 0},
		"PT0.5S":                   {0, 0, second / 2},
		" 1  day ":                 {0, 1, 0},
		"0 days":                   {},
		"1 day -1 day":             {},
		"1 month 1 month":          {2, 0, 0},
		"0.000001 seconds":         {0, 0, 1},
		"2147483647 days 1 months": {1, 2147483647, 0},
	} {
		got, err := parseInterval(text)
		if err != nil || got != want {
			t.Errorf("%q is %+v, %v; want %+v", text, got, err, want)
		}
	}
}

func TestParseIntervalErrors(t *testing.T) {
	for _, text := range []string{
		"", " ", "ago", "day", "1", "30", "1 parsec", "1 day 2", "1:2:3:4", "01:60", "1:00:61", "1.5 months", "0.5 years", "--1 day",
		"1..5 days", "1.1234567 seconds", "P", "PT", "P1", "P1H", "PT1D", "9223372036854 seconds", "2147483648 days", "99999999999999999999 days",
		"1 day,", "1-2", "+-1 day", ". days", "1:-30",
	} {
		if got, err := parseInterval(text); err == nil {
			t.Errorf("%q is read as %+v", text, got)
		}
	}
}

func TestIntervalText(t *testing.T) {
	part := func(limit int64) *rapid.Generator[int64] { return rapid.Int64Range(-limit, limit) }
	rapid.Check(t, func(t *rapid.T) {
		iv := interval{part(1<<31-1).Draw(t, "months"), part(1<<31-1).Draw(t, "days"), part(1<<62-1).Draw(t, "micros")}
		if back, err := parseInterval(iv.String()); err != nil || back != iv {
			t.Fatalf("%q is read as %+v, %v", iv, back, err)
		}
	})
}

func FuzzParseInterval(f *testing.F) {
	for _, text := range []string{"1 day", "-01:30:00.5", "P1Y2M3DT4H5M6S", "1.5 weeks ago", "@ 1 mon", "::", "1e5 days"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		iv, err := parseInterval(text)
		if err != nil {
			return
		}
		if back, err := parseInterval(iv.String()); err != nil || back != iv {
			t.Errorf("%q is %+v, printed as %q, read as %+v, %v", text, iv, iv, back, err)
		}
	})
}
