package value

import "github.com/apache/arrow/go/v17/arrow"

// truncMicros cuts t down to a multiple of unit since 1970-01-01 00:00:00.
func truncMicros(t arrow.Timestamp, unit int64) arrow.Timestamp {
	return arrow.Timestamp(floorDiv(int64(t), unit) * unit)
}

// TruncMillisecond is the start of t's millisecond.
func TruncMillisecond(t arrow.Timestamp) arrow.Timestamp { return truncMicros(t, microsPerMilli) }

// TruncSecond is the start of t's second.
func TruncSecond(t arrow.Timestamp) arrow.Timestamp { return truncMicros(t, microsPerSecond) }

// TruncMinute is the start of t's minute.
func TruncMinute(t arrow.Timestamp) arrow.Timestamp { return truncMicros(t, microsPerMinute) }

// TruncHour is the start of t's hour.
func TruncHour(t arrow.Timestamp) arrow.Timestamp { return truncMicros(t, microsPerHour) }

// TruncDay is midnight of t's day.
func TruncDay(t arrow.Timestamp) arrow.Timestamp { return truncMicros(t, microsPerDay) }

// TruncWeek is midnight of the Monday of t's week.
func TruncWeek(t arrow.Timestamp) arrow.Timestamp {
	day := dayOf(t)
	return arrow.Timestamp((day - weekday(day)) * microsPerDay)
}

// dayOf is the day of t, counted from 1970-01-01.
func dayOf(t arrow.Timestamp) int64 { return floorDiv(int64(t), microsPerDay) }

// firstOf is midnight of a month's first day, and the first timestamp for one
// before it.
func firstOf(year, month int64) arrow.Timestamp {
	return clamp(civil{year: year, month: month, day: 1}.days() * microsPerDay)
}

// TruncMonth is midnight of the first day of t's month.
func TruncMonth(t arrow.Timestamp) arrow.Timestamp {
	c := civilOf(dayOf(t))
	return firstOf(c.year, c.month)
}

// TruncQuarter is midnight of the first day of t's quarter.
func TruncQuarter(t arrow.Timestamp) arrow.Timestamp {
	c := civilOf(dayOf(t))
	return firstOf(c.year, c.month-(c.month-1)%3)
}

// TruncYear is midnight of 1 January of t's year.
func TruncYear(t arrow.Timestamp) arrow.Timestamp { return firstOf(civilOf(dayOf(t)).year, 1) }

// TruncDecade is midnight of 1 January of the last year up to t's that is
// divisible by ten. The decade of the years 1 to 9 begins in 1 BC, which is out
// of range: for these it is 0001-01-01.
func TruncDecade(t arrow.Timestamp) arrow.Timestamp {
	year := civilOf(dayOf(t)).year
	return firstOf(year-year%10, 1)
}

// TruncCentury is midnight of 1 January of the first year of t's century, which
// ends in 01.
func TruncCentury(t arrow.Timestamp) arrow.Timestamp {
	year := civilOf(dayOf(t)).year
	return firstOf(year-(year-1)%100, 1)
}

// TruncMillennium is midnight of 1 January of the first year of t's millennium,
// which ends in 001.
func TruncMillennium(t arrow.Timestamp) arrow.Timestamp {
	year := civilOf(dayOf(t)).year
	return firstOf(year-(year-1)%1000, 1)
}
