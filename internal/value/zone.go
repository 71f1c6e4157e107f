package value

import (
	"time"

	"github.com/apache/arrow/go/v17/arrow"
)

// ToTimestampTZ is the instant at which clocks in zone show t. Where they skip
// t or show it twice, PostgreSQL's rule decides: the offset before the change
// for a time that was skipped, the one after it for a time shown twice. An
// instant outside the range of timestamps, which only a time within a day of
// its ends can give, becomes the end it is beyond: PostgreSQL's range is wider.
func ToTimestampTZ(t arrow.Timestamp, zone *time.Location) arrow.Timestamp {
	if zone == time.UTC {
		return t
	}
	return clamp(int64(t) - wallOffset(floorDiv(int64(t), microsPerSecond), zone)*microsPerSecond)
}

// wallOffset is the offset in seconds east of UTC that holds when clocks in
// zone show wall, in seconds since 1970-01-01 00:00:00 on them. It follows
// DetermineTimeZoneOffset of PostgreSQL's datetime.c: look at the first change
// of offset after a day earlier.
func wallOffset(wall int64, zone *time.Location) int64 {
	const day = 24 * 60 * 60
	earlier := time.Unix(wall-day, 0).In(zone)
	before := offsetOf(earlier)
	_, change := earlier.ZoneBounds()
	if change.IsZero() || change.Unix() > wall+2*day {
		return before
	}
	after := offsetOf(change)
	isBefore, isAfter := wall-before < change.Unix(), wall-after >= change.Unix()
	switch {
	case isBefore && !isAfter:
		return before
	case isAfter && !isBefore:
		return after
	}
	// Skipped where clocks go forward, shown twice where they go back.
	if after > before {
		return before
	}
	return after
}

// offsetOf is the offset in seconds east of UTC that holds at t.
func offsetOf(t time.Time) int64 {
	_, offset := t.Zone()
	return int64(offset)
}

// ToTimestamp is what clocks in zone show at the instant t. What is outside the
// range of timestamps becomes the end it is beyond, as for ToTimestampTZ.
func ToTimestamp(t arrow.Timestamp, zone *time.Location) arrow.Timestamp {
	if zone == time.UTC {
		return t
	}
	at := time.Unix(floorDiv(int64(t), microsPerSecond), 0).In(zone)
	return clamp(int64(t) + offsetOf(at)*microsPerSecond)
}

// clamp is the valid timestamp nearest to micros.
func clamp(micros int64) arrow.Timestamp {
	return arrow.Timestamp(min(max(micros, minMicro), maxMicro))
}

// TruncMinuteTZ and TruncHourTZ are the instants at which clocks in zone last
// showed a full minute or hour. An hour that they show twice stays the one it
// is, as in PostgreSQL: the offset from UTC is kept, not looked up again.
func TruncMinuteTZ(t arrow.Timestamp, zone *time.Location) arrow.Timestamp {
	return truncOnClock(t, zone, TruncMinute)
}

// TruncHourTZ: see TruncMinuteTZ.
func TruncHourTZ(t arrow.Timestamp, zone *time.Location) arrow.Timestamp {
	return truncOnClock(t, zone, TruncHour)
}

func truncOnClock(t arrow.Timestamp, zone *time.Location, trunc func(arrow.Timestamp) arrow.Timestamp) arrow.Timestamp {
	shown := ToTimestamp(t, zone)
	return clamp(int64(t - (shown - trunc(shown))))
}
