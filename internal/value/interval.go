package value

import "github.com/apache/arrow/go/v17/arrow"

// PostgreSQL's own range of years bounds what AddInterval may pass through on
// its way; beyond these no later part could bring it back.
const (
	firstYear = -4712
	lastYear  = 294276
)

// AddInterval is t plus months, then days, then micros, in that order as
// PostgreSQL adds an interval: a day that the month reached does not have
// becomes its last, and a day is 24 hours. Only the result has to be in range;
// ErrOutOfRange where it is not. To subtract, negate all three.
func AddInterval(t arrow.Timestamp, months, days, micros int64) (arrow.Timestamp, error) {
	day := floorDiv(int64(t), microsPerDay)
	clock := int64(t) - day*microsPerDay
	if months != 0 {
		const most = 12 * (lastYear - firstYear)
		if months < -most || months > most {
			return 0, ErrOutOfRange
		}
		c := civilOf(day).addMonths(months)
		if c.year < firstYear || c.year > lastYear {
			return 0, ErrOutOfRange
		}
		day = c.days()
	}
	const mostDays = 366 * (lastYear - firstYear)
	if days < -mostDays || days > mostDays {
		return 0, ErrOutOfRange
	}
	// In days nothing overflows, where microseconds might.
	day += days + floorDiv(micros, microsPerDay)
	clock += floorMod(micros, microsPerDay)
	if clock >= microsPerDay {
		clock -= microsPerDay
		day++
	}
	if day < minDay || day > maxDay {
		return 0, ErrOutOfRange
	}
	return arrow.Timestamp(day*microsPerDay + clock), nil
}

// addMonths is c so many months later, or that month's last day.
func (c civil) addMonths(months int64) civil {
	m := c.year*12 + c.month - 1 + months
	c.year, c.month = floorDiv(m, 12), floorMod(m, 12)+1
	c.day = min(c.day, monthDays(c.year, c.month))
	return c
}
