package xlsx

import (
	"math/bits"
	"time"
)

const (
	nanosPerDay    = 86400 * 1e9
	nanosPerSecond = 1e9
	nanosPerMicro  = 1e3
)

// epoch says how a workbook counts days (ECMA-376 part 1, 18.17.4.1).
type epoch struct {
	first   time.Time // the day of serial 0
	min     int64     // the first serial that is a day
	max     int64     // the last: 9999-12-31
	phantom int64     // a serial that is no day though its neighbours are; -1 for none
}

// In the 1900 system serial 1 is 1900-01-01, and 60 is 1900-02-29, a day that
// never was; so the days before it are one further from the later ones than
// they should be.
var (
	epoch1900 = epoch{first: time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC), min: 1, max: 2958465, phantom: 60}
	epoch1904 = epoch{first: time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC), min: 0, max: 2957003, phantom: -1}
)

// moment gives the time that a serial number means, in microseconds since 1970
// of no zone. It is not ok where the number is no number, or no day of the
// calendar up to 9999-12-31.
func (e epoch) moment(lexeme []byte) (micros int64, ok bool) {
	var room [roomDigits]byte
	d, ok := parseDecimal(lexeme, room[:0])
	if !ok || d.negative && len(d.digits) > 0 {
		return 0, false
	}
	day, nanos, ok := d.time()
	if !ok || day < e.min || day > e.max || day == e.phantom {
		return 0, false
	}
	if day < e.phantom {
		day++
	}
	return e.first.UnixMicro() + day*(nanosPerDay/nanosPerMicro) + nanos/nanosPerMicro, true
}

// elapsed gives the duration that a number of days means, in microseconds. It is
// not ok for more days than any calendar has.
func elapsed(lexeme []byte) (micros int64, ok bool) {
	var room [roomDigits]byte
	d, ok := parseDecimal(lexeme, room[:0])
	if !ok {
		return 0, false
	}
	day, nanos, ok := d.time()
	micros = day*(nanosPerDay/nanosPerMicro) + nanos/nanosPerMicro
	if d.negative {
		micros = -micros
	}
	return micros, ok
}

// time splits a number of days, its sign aside, into whole days and a time of
// day, to the microsecond.
//
// The number is taken as the decimal it is written as, in whole nanoseconds.
// A double cannot hold most times of day, and Excel writes 15 to 17 digits of
// it, so a time nearer to a whole second than that can tell apart, or than a
// microsecond, is that second; others are rounded to the microsecond.
func (d decimal) time() (day, nanos int64, ok bool) {
	day, nanos, ok = d.days()
	if !ok {
		return 0, 0, false
	}
	inSecond := nanos % nanosPerSecond
	above, below := d.tolerance(day)
	switch {
	case inSecond <= above:
		nanos -= inSecond
	case nanosPerSecond-inSecond <= below:
		nanos += nanosPerSecond - inSecond
	default:
		nanos = (nanos + nanosPerMicro/2) / nanosPerMicro * nanosPerMicro
	}
	if nanos == nanosPerDay {
		day, nanos = day+1, 0
	}
	return day, nanos, true
}

// maxDayDigits is how many digits a day may have before it is past the year 9999.
const maxDayDigits = 7

// days splits a number that is not negative into whole days and nanoseconds.
func (d decimal) days() (day, nanos int64, ok bool) {
	if d.point > maxDayDigits {
		return 0, 0, false
	}
	const kept = 18 // digits of the fraction: far finer than a nanosecond
	var fraction uint64
	for i := range max(d.point, 0) + kept {
		digit := uint64(0)
		if j := i + min(d.point, 0); j >= 0 && j < len(d.digits) {
			digit = uint64(d.digits[j] - '0')
		}
		if i < d.point {
			day = day*10 + int64(digit)
		} else {
			fraction = fraction*10 + digit
		}
	}
	hi, lo := bits.Mul64(fraction, nanosPerDay)
	lo, carry := bits.Add64(lo, 1e18/2, 0)
	quotient, _ := bits.Div64(hi+carry, lo, 1e18)
	return day, int64(quotient), true
}

// tolerance is how many nanoseconds a moment of the given day may be above or
// below a whole second for want of digits, and a microsecond at least: half the
// distance between two doubles, and half a unit of the last digit that a
// program writing as many digits would have written. Fewer than 15 may be 15
// that ended in zeros. Where there are 15, the number may have been cut instead
// of rounded, as spreadsheets do with what is typed, and be a whole unit less.
func (d decimal) tolerance(day int64) (above, below int64) {
	const mantissa, typed = 53, 15
	double := int64(nanosPerDay)>>(mantissa+1-bits.Len64(uint64(day))) + 1
	unit := int64(nanosPerDay)
	for range min(max(len(d.digits), typed), doubleDigits) - max(d.point, 0) {
		unit /= 10
	}
	above = max(nanosPerMicro, double+unit/2+1)
	below = above
	if len(d.digits) <= typed {
		below = max(nanosPerMicro, double+unit+1)
	}
	return above, below
}

// Moment gives the time that a serial number of the workbook means, in
// microseconds since 1970 of no zone. It is not ok for what is no day of the
// calendar: serial 60 where 1900 is taken for a leap year, negative ones, and
// those beyond 9999-12-31.
func (b *Book) Moment(lexeme []byte) (micros int64, ok bool) { return b.days.moment(lexeme) }

// Duration gives the duration that a number of days means, in microseconds. It is
// not ok beyond ten million days.
func Duration(lexeme []byte) (micros int64, ok bool) { return elapsed(lexeme) }

// Date1904 says that the workbook counts days from 1904 on, and not from 1900.
func (b *Book) Date1904() bool { return b.days == epoch1904 }
