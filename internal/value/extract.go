package value

import (
	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/decimal128"
)

// ExtractYear is the year of t, from 1.
func ExtractYear(t arrow.Timestamp) int64 { return civilOf(dayOf(t)).year }

// ExtractQuarter is the quarter of t's year, 1 to 4.
func ExtractQuarter(t arrow.Timestamp) int64 { return (civilOf(dayOf(t)).month + 2) / 3 }

// ExtractMonth is the month of t's year, 1 to 12.
func ExtractMonth(t arrow.Timestamp) int64 { return civilOf(dayOf(t)).month }

// ExtractDay is the day of t's month, 1 to 31.
func ExtractDay(t arrow.Timestamp) int64 { return civilOf(dayOf(t)).day }

// ExtractWeek is the week of t's ISO 8601 year, 1 to 53: weeks begin on Monday,
// the first of a year is the one with its first Thursday.
func ExtractWeek(t arrow.Timestamp) int64 {
	thursday := thursdayOf(t)
	first := civil{year: civilOf(thursday).year, month: 1, day: 1}.days()
	return (thursday-first)/7 + 1
}

// ExtractISOYear is the year to which t's ISO 8601 week belongs.
func ExtractISOYear(t arrow.Timestamp) int64 { return civilOf(thursdayOf(t)).year }

// thursdayOf is the Thursday of t's week, which is in the year of the week.
func thursdayOf(t arrow.Timestamp) int64 {
	day := dayOf(t)
	return day - weekday(day) + 3
}

// ExtractDOW is the day of t's week, 0 for Sunday to 6 for Saturday.
func ExtractDOW(t arrow.Timestamp) int64 { return (weekday(dayOf(t)) + 1) % 7 }

// ExtractISODOW is the day of t's week, 1 for Monday to 7 for Sunday.
func ExtractISODOW(t arrow.Timestamp) int64 { return weekday(dayOf(t)) + 1 }

// ExtractDOY is the day of t's year, 1 to 366.
func ExtractDOY(t arrow.Timestamp) int64 {
	day := dayOf(t)
	return day - civil{year: civilOf(day).year, month: 1, day: 1}.days() + 1
}

// ExtractDecade is t's year divided by ten, cut.
func ExtractDecade(t arrow.Timestamp) int64 { return ExtractYear(t) / 10 }

// ExtractCentury is t's century; the first began with the year 1.
func ExtractCentury(t arrow.Timestamp) int64 { return (ExtractYear(t) + 99) / 100 }

// ExtractMillennium is t's millennium; the first began with the year 1.
func ExtractMillennium(t arrow.Timestamp) int64 { return (ExtractYear(t) + 999) / 1000 }

// ExtractHour is the hour of t's day, 0 to 23.
func ExtractHour(t arrow.Timestamp) int64 { return floorMod(int64(t), microsPerDay) / microsPerHour }

// ExtractMinute is the minute of t's hour, 0 to 59.
func ExtractMinute(t arrow.Timestamp) int64 {
	return floorMod(int64(t), microsPerHour) / microsPerMinute
}

// ExtractMicroseconds is the seconds of t's minute with their fraction, in
// microseconds.
func ExtractMicroseconds(t arrow.Timestamp) int64 { return floorMod(int64(t), microsPerMinute) }

// ExtractSecond is the seconds of t's minute with their fraction, a decimal of
// scale 6.
func ExtractSecond(t arrow.Timestamp) decimal128.Num {
	return decimal128.FromI64(ExtractMicroseconds(t))
}

// ExtractMilliseconds is the seconds of t's minute with their fraction, in
// milliseconds, a decimal of scale 3.
func ExtractMilliseconds(t arrow.Timestamp) decimal128.Num {
	return decimal128.FromI64(ExtractMicroseconds(t))
}

// ExtractEpoch is the seconds from 1970-01-01 00:00:00 to t with their fraction,
// a decimal of scale 6.
func ExtractEpoch(t arrow.Timestamp) decimal128.Num { return decimal128.FromI64(int64(t)) }

// AgeYears is the number of whole years from birth to at, negative where at is
// before birth: PostgreSQL's extract(year from age(at, birth)). Who was born on
// 29 February is a year older on 1 March of a year without that day.
func AgeYears(birth, at arrow.Timestamp) int64 {
	if at < birth {
		return -AgeYears(at, birth)
	}
	from, to := civilOf(dayOf(birth)), civilOf(dayOf(at))
	years := to.year - from.year
	if to.inYear(at) < from.inYear(birth) {
		years--
	}
	return years
}

// inYear orders timestamps by month, day and time, without their year; c is the
// day of t.
func (c civil) inYear(t arrow.Timestamp) int64 {
	return (c.month*32+c.day)*microsPerDay + floorMod(int64(t), microsPerDay)
}
