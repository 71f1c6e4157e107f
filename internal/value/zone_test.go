package value

import (
	"testing"
	"time"
	_ "time/tzdata" // so that the zones are there wherever the test runs

	"github.com/apache/arrow/go/v17/arrow"
	"pgregory.net/rapid"
)

func mustZone(t testing.TB, name string) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// The results are PostgreSQL's: times skipped, shown twice, and plain ones.
func TestToTimestampTZ(t *testing.T) {
	for _, c := range []struct{ zone, at, want string }{
		{"Europe/London", "2024-03-31 01:30:00", "2024-03-31 01:30:00"},
		{"Europe/London", "2024-03-31 01:00:00", "2024-03-31 01:00:00"},
		{"Europe/London", "2024-03-31 02:00:00", "2024-03-31 01:00:00"},
		{"Europe/London", "2024-10-27 01:30:00", "2024-10-27 01:30:00"},
		{"Europe/London", "2024-10-27 02:00:00", "2024-10-27 02:00:00"},
		{"America/New_York", "2024-03-10 02:30:00", "2024-03-10 07:30:00"},
		{"America/New_York", "2024-11-03 01:30:00", "2024-11-03 06:30:00"},
		{"America/New_York", "1800-01-01 12:00:00", "1800-01-01 16:56:02"},
		{"America/New_York", "2200-07-14 12:00:00", "2200-07-14 16:00:00"},
		{"Australia/Lord_Howe", "2024-10-06 02:15:00", "2024-10-05 15:45:00"},
		{"Australia/Lord_Howe", "2024-04-07 01:45:00", "2024-04-06 15:15:00"},
		{"Pacific/Apia", "2011-12-30 12:00:00", "2011-12-30 22:00:00"},
		{"UTC", "2024-03-31 01:30:00", "2024-03-31 01:30:00"},
		// Beyond the ends of the range.
		{"America/New_York", "9999-12-31 23:00:00", "9999-12-31 23:59:59.999999"},
		{"Asia/Tokyo", "0001-01-01 00:00:00", "0001-01-01 00:00:00"},
	} {
		if got := FormatTimestamp(ToTimestampTZ(mustTimestamp(t, c.at), mustZone(t, c.zone))); got != c.want {
			t.Errorf("%s at %s is %s in UTC, want %s", c.at, c.zone, got, c.want)
		}
	}
}

func TestToTimestamp(t *testing.T) {
	for _, c := range []struct{ zone, at, want string }{
		{"Europe/London", "2024-06-01 12:00:00.5", "2024-06-01 13:00:00.5"},
		{"America/New_York", "1969-12-31 23:59:59.999999", "1969-12-31 18:59:59.999999"},
		{"UTC", "2024-06-01 12:00:00", "2024-06-01 12:00:00"},
		{"Asia/Tokyo", "9999-12-31 20:00:00", "9999-12-31 23:59:59.999999"},
		{"America/New_York", "0001-01-01 00:00:00", "0001-01-01 00:00:00"},
	} {
		if got := FormatTimestamp(ToTimestamp(mustTimestamp(t, c.at), mustZone(t, c.zone))); got != c.want {
			t.Errorf("%s is %s at %s, want %s", c.at, got, c.zone, c.want)
		}
	}
}

// Every instant that clocks show as a given time is found by looking at all
// offsets around it.
func TestZonesProperty(t *testing.T) {
	var zones []*time.Location
	for _, name := range []string{"Europe/London", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "Europe/Dublin", "Africa/Casablanca", "Asia/Kathmandu"} {
		zones = append(zones, mustZone(t, name))
	}
	rapid.Check(t, func(t *rapid.T) {
		zone := rapid.SampledFrom(zones).Draw(t, "zone")
		near := time.Unix(rapid.Int64Range(-3e9, 5e9).Draw(t, "near"), 0).In(zone)
		if _, change := near.ZoneBounds(); rapid.Bool().Draw(t, "at a change") && !change.IsZero() {
			near = change.Add(time.Duration(rapid.Int64Range(-10, 10).Draw(t, "quarters")) * 15 * time.Minute)
		}
		wall := near.Unix() + offsetOf(near)
		at := arrow.Timestamp(wall*microsPerSecond + rapid.Int64Range(0, 999_999).Draw(t, "micros"))
		if got := ToTimestamp(arrow.Timestamp(near.Unix()*microsPerSecond), zone); int64(got) != wall*microsPerSecond {
			t.Fatalf("%v is shown as %s", near, FormatTimestamp(got))
		}
		var shown []int64 // instants, in order, at which wall is shown
		before := offsetOf(time.Unix(wall-2*86400, 0).In(zone))
		for offset := int64(16 * 3600); offset >= -16*3600; offset -= 900 {
			u := time.Unix(wall-offset, 0).In(zone)
			if offsetOf(u) == offset {
				shown = append(shown, u.Unix())
			}
		}
		if before%900 != 0 || len(shown) == 0 && offsetOf(near)%900 != 0 {
			return // local mean time, before there were zones
		}
		want := wall - before
		if len(shown) > 0 {
			want = shown[len(shown)-1]
		}
		if got := ToTimestampTZ(at, zone); floorDiv(int64(got), microsPerSecond) != want || floorMod(int64(got-at), microsPerSecond) != 0 {
			t.Fatalf("%s at %v is %s, want %v", FormatTimestamp(at), zone, FormatTimestamp(got), time.Unix(want, 0).UTC())
		}
	})
}

func TestTruncatedInstantsKeepTheirOffset(t *testing.T) {
	berlin := mustZone(t, "Europe/Berlin")
	kathmandu := mustZone(t, "Asia/Kathmandu") // 5:45 ahead
	for _, test := range []struct {
		at, minute, hour string
		zone             *time.Location
	}{
		{"2024-10-27 00:30:59.5", "2024-10-27 00:30:00", "2024-10-27 00:00:00", berlin}, // 02:30 for the first time
		{"2024-10-27 01:30:59.5", "2024-10-27 01:30:00", "2024-10-27 01:00:00", berlin}, // and for the second
		{"2024-10-27 01:30:59.5", "2024-10-27 01:30:00", "2024-10-27 01:15:00", kathmandu},
		{"1890-01-01 00:00:00", "1889-12-31 23:59:32", "1889-12-31 23:06:32", berlin}, // local mean time
	} {
		at := mustTimestamp(t, test.at)
		if got := TruncMinuteTZ(at, test.zone); got != mustTimestamp(t, test.minute) {
			t.Errorf("TruncMinuteTZ(%s) = %s, want %s", test.at, FormatTimestamp(got), test.minute)
		}
		if got := TruncHourTZ(at, test.zone); got != mustTimestamp(t, test.hour) {
			t.Errorf("TruncHourTZ(%s) = %s, want %s", test.at, FormatTimestamp(got), test.hour)
		}
	}
}
