package value

import "github.com/apache/arrow/go/v17/arrow"

// ParseDate reads 2024-04-08 with white space around. The error is ErrDate.
func ParseDate(text []byte) (arrow.Date32, error) {
	text = trim(text)
	if len(text) != 10 {
		return 0, ErrDate
	}
	days, ok := scanCivil(text)
	if !ok {
		return 0, ErrDate
	}
	return arrow.Date32(days), nil
}

// AppendDate writes 2024-04-08.
func AppendDate(dst []byte, v arrow.Date32) []byte {
	var buf Text
	return append(dst, buf[:PutDate(&buf, v)]...)
}

// FormatDate is AppendDate as a string.
func FormatDate(v arrow.Date32) string {
	var buf [10]byte
	return string(AppendDate(buf[:0], v))
}

// AddDays is d + n days, or ErrOutOfRange.
func AddDays(d arrow.Date32, n int64) (arrow.Date32, error) {
	if n < minDay-maxDay || n > maxDay-minDay {
		return 0, ErrOutOfRange
	}
	sum := int64(d) + n
	if sum < minDay || sum > maxDay {
		return 0, ErrOutOfRange
	}
	return arrow.Date32(sum), nil
}

// SubDays is d - n days, or ErrOutOfRange.
func SubDays(d arrow.Date32, n int64) (arrow.Date32, error) {
	if n < minDay-maxDay { // its negation need not be an int64
		return 0, ErrOutOfRange
	}
	return AddDays(d, -n)
}

// DaysBetween is a - b in days.
func DaysBetween(a, b arrow.Date32) int64 { return int64(a) - int64(b) }

// DateToTimestamp is midnight of d.
func DateToTimestamp(d arrow.Date32) arrow.Timestamp { return arrow.Timestamp(int64(d) * microsPerDay) }

// TimestampToDate is the day of t.
func TimestampToDate(t arrow.Timestamp) arrow.Date32 {
	return arrow.Date32(floorDiv(int64(t), microsPerDay))
}
