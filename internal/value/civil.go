package value

import "encoding/binary"

// The valid range, in days and microseconds since 1970-01-01.
const (
	minDay = -719162 // 0001-01-01
	maxDay = 2932896 // 9999-12-31

	minMicro = minDay * microsPerDay
	maxMicro = (maxDay+1)*microsPerDay - 1
)

// Units in microseconds.
const (
	microsPerMilli  = 1000
	microsPerSecond = 1000 * microsPerMilli
	microsPerMinute = 60 * microsPerSecond
	microsPerHour   = 60 * microsPerMinute
	microsPerDay    = 24 * microsPerHour
)

// A year that begins on 1 March has its leap day last, and 400 of them, an era,
// have the same number of days wherever they begin.
const (
	daysPerEra  = 146097
	eraToEpoch  = 719468 // days from 0000-03-01 to 1970-01-01
	daysPer4    = 1460
	daysPer100  = 36524
	daysPerYear = 365
)

// civil is a day of the proleptic Gregorian calendar; year 0 is 1 BC.
type civil struct {
	year  int64
	month int64 // 1 to 12
	day   int64 // 1 to 31
}

// days counts from 1970-01-01. The algorithm is Howard Hinnant's
// days_from_civil (https://howardhinnant.github.io/date_algorithms.html).
func (c civil) days() int64 {
	y, m := c.year, c.month-3 // March is month 0
	if m < 0 {
		y, m = y-1, m+12
	}
	era := floorDiv(y, 400)
	yearOfEra := y - era*400
	dayOfYear := (153*m+2)/5 + c.day - 1
	dayOfEra := yearOfEra*daysPerYear + yearOfEra/4 - yearOfEra/100 + dayOfYear
	return era*daysPerEra + dayOfEra - eraToEpoch
}

// civilOf is the day so many days after 1970-01-01. The algorithm is Howard
// Hinnant's civil_from_days.
func civilOf(days int64) civil {
	days += eraToEpoch
	era := floorDiv(days, daysPerEra)
	dayOfEra := uint32(days - era*daysPerEra)
	yearOfEra := (dayOfEra - dayOfEra/daysPer4 + dayOfEra/daysPer100 - dayOfEra/(daysPerEra-1)) / daysPerYear
	dayOfYear := dayOfEra - (daysPerYear*yearOfEra + yearOfEra/4 - yearOfEra/100)
	m := (5*dayOfYear + 2) / 153 // March is month 0
	c := civil{
		year:  era*400 + int64(yearOfEra),
		month: int64(m) + 3,
		day:   int64(dayOfYear-(153*m+2)/5) + 1,
	}
	if c.month > 12 {
		c.month -= 12
		c.year++
	}
	return c
}

// isLeap says whether February has 29 days.
func isLeap(year int64) bool { return year%4 == 0 && (year%100 != 0 || year%400 == 0) }

// monthDays is the number of days of a month.
func monthDays(year, month int64) int64 {
	if month == 2 && isLeap(year) {
		return 29
	}
	return int64(daysOfMonth[month-1])
}

var daysOfMonth = [12]uint8{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}

// floorDiv is a / b rounded down; b is positive.
func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// floorMod is a - floorDiv(a, b)*b, which is never negative.
func floorMod(a, b int64) int64 {
	m := a % b
	if m < 0 {
		m += b
	}
	return m
}

// weekday is 0 for Monday to 6 for Sunday.
func weekday(days int64) int64 { return floorMod(days+3, 7) } // 1970-01-01 was a Thursday

// scanCivil reads 2024-04-08, which is 10 bytes, as days since 1970-01-01.
func scanCivil(b []byte) (days int64, ok bool) {
	micros, ok := instant((*[10]byte)(b), ' ', clockZeros)
	return micros / microsPerDay, ok
}

// instant is the microseconds since 1970-01-01 of a day as 2024-04-08, a space or
// T, and a time as 11:01:54, in a word; it counts as civil.days does.
func instant(date *[10]byte, between byte, clock uint64) (micros int64, ok bool) {
	yearMonth := binary.LittleEndian.Uint64(date[:8]) ^ dateZeros
	day := uint64(binary.LittleEndian.Uint16(date[8:])) ^ zeros&0xffff
	clock ^= clockZeros
	bad := yearMonth | (yearMonth + onlyDate) | day | (day + onlyDigits) | clock | (clock + onlyClock)
	clock = pairs(clock) & 0x00ff0000ff0000ff // hours, minutes and seconds
	bad |= clock + ((0x80-60)<<48 + (0x80-60)<<24 + 0x80 - 24)
	if bad&highBits != 0 || between != ' ' && between != 'T' {
		return 0, false
	}
	second := clock&0xff*3600 + clock>>24&0xff*60 + clock>>48
	yearMonth, day = pairs(yearMonth), pairs(day)&0xff
	year, month := uint32(yearMonth&0xff*100+yearMonth>>16&0xff), &months[yearMonth>>40&0x7f]
	if uint32(day)-1 >= month.days && !isLeapDay(year, month, uint32(day)) || year == 0 {
		return 0, false
	}
	year -= month.late
	century := year / 100
	days := int64(year*daysPerYear+year/4-century+century/4+month.before+uint32(day)) - eraToEpoch - 1
	return days*microsPerDay + int64(second)*microsPerSecond, true
}

func isLeapDay(year uint32, month *monthOfMarchYear, day uint32) bool {
	return day == 29 && month == &months[2] && isLeap(int64(year))
}

// monthOfMarchYear is a month of a year that begins in March.
type monthOfMarchYear struct {
	before uint32 // days of the year before the month
	late   uint32 // 1 for the months that stand in the year after
	days   uint32 // but for a leap day
}

// months are by the two digits that name them; those that there are not have no days.
var months = [128]monthOfMarchYear{
	1: {306, 1, 31}, 2: {337, 1, 28}, 3: {0, 0, 31}, 4: {31, 0, 30}, 5: {61, 0, 31}, 6: {92, 0, 30},
	7: {122, 0, 31}, 8: {153, 0, 31}, 9: {184, 0, 30}, 10: {214, 0, 31}, 11: {245, 0, 30}, 12: {275, 0, 31},
}

// notDigits is what twoDigits gives for anything else: a bit that no number of
// two digits has, so that several results can be tested at once.
const notDigits = 1 << 7

// twoDigits is the number of two digits.
func twoDigits(tens, ones byte) uint {
	t, o := tens-'0', ones-'0'
	if t > 9 || o > 9 {
		return notDigits
	}
	return uint(t)*10 + uint(o)
}
