package ingest

import (
	"strings"
	"time"

	"github.com/apache/arrow/go/v17/arrow"

	"martlet/internal/value"
	"martlet/internal/xlsx"
)

// fault is why a cell has no value that the text of a seed could carry. The zero
// value is none.
type fault uint8

const (
	noFault     fault = iota
	errorCell         // it shows an error
	noResult          // a formula whose result was not stored
	badText           // half of a surrogate pair, or NUL
	noDay             // a serial number that is no day, where a day is declared
	noFormat          // a number of which nobody knows what it shows, where that is what counts
	countFaults = iota
)

// faultNames are the names of faults in seeds.lock.
var faultNames = [countFaults]string{errorCell: "error", noResult: "no_result", badText: "bad_text", noDay: "no_day", noFormat: "no_format"}

// faultReasons say what was found and what was expected.
var faultReasons = [countFaults]string{
	errorCell: "found an error; expected a value: mend what the cell computes",
	noResult:  "found a formula without a stored result; expected its value: open the workbook in a spreadsheet program and save it",
	badText:   "found half of a surrogate pair, or NUL; expected characters: type the text again",
	noDay:     "found a number that is no day; expected one of the calendar up to 9999-12-31: mend it, or the type of its column",
	noFormat:  "found a number in a format that the workbook does not define; expected one that says whether it is a day: format the cell, or declare the column as a number",
}

// days is how a workbook counts time: the one thing about a workbook that the
// text of a cell depends on.
type days interface {
	Moment(lexeme []byte) (micros int64, ok bool)
}

// appendText writes a cell as the text of the declared type of its column, such
// that nothing is lost. What is not of the type is written as it stands, for
// the parser of the column to refuse; a fault is what that parser could not
// see.
//
//   - A number under date or timestamp is a serial date. A date with a time of
//     day keeps it, and so is no date. A timestamptz needs an offset, which no
//     sheet has, so there a serial date is a timestamp and no timestamptz.
//   - A number under string is a date, a time of day or a duration where its
//     format shows one, which is what the person who wrote it sees.
//   - Every other number is written in its shortest form, see xlsx.AppendNumber.
//   - Booleans are true and false, whatever the type. Text is as it is.
//   - A formula without a result is nothing.
//
// An empty type is that of an undeclared column; it is treated as string.
func appendText(dst []byte, c *xlsx.Cell, declared string, d days) ([]byte, fault) {
	switch c.Kind {
	case xlsx.Bool:
		if string(c.Raw) == "1" {
			return append(dst, "true"...), noFault
		}
		return append(dst, "false"...), noFault
	case xlsx.ISO:
		return appendISO(dst, c.Raw, declared), noFault
	case xlsx.Error:
		return append(dst, c.Raw...), errorCell
	case xlsx.Formula:
		return dst, noResult
	case xlsx.BadText:
		return append(dst, c.Raw...), badText
	case xlsx.Number:
		return appendNumber(dst, c, declared, d)
	}
	return append(dst, c.Raw...), noFault
}

// appendNumber is appendText for a number.
func appendNumber(dst []byte, c *xlsx.Cell, declared string, d days) ([]byte, fault) {
	switch declared {
	case "date", "timestamp", "timestamptz":
		t, ok := d.Moment(c.Raw)
		switch {
		case !ok:
			return append(dst, c.Raw...), noDay
		case declared == "date":
			return appendDate(dst, t), noFault
		}
		return value.AppendTimestamp(dst, arrow.Timestamp(t)), noFault
	case "string", "":
		if c.Format == xlsx.Unknown {
			return xlsx.AppendNumber(dst, c.Raw), noFormat
		}
		return appendShown(dst, c, d), noFault
	}
	return xlsx.AppendNumber(dst, c.Raw), noFault
}

// appendShown writes a number as what its format makes of it.
func appendShown(dst []byte, c *xlsx.Cell, d days) []byte {
	if c.Format == xlsx.General {
		return xlsx.AppendNumber(dst, c.Raw)
	}
	if c.Format == xlsx.Elapsed || c.Format == xlsx.Time {
		if t, ok := xlsx.Duration(c.Raw); ok && (c.Format == xlsx.Elapsed || 0 <= t && t < microsPerDay) {
			return appendClock(dst, t)
		}
	}
	t, ok := d.Moment(c.Raw)
	switch {
	case !ok:
		return xlsx.AppendNumber(dst, c.Raw)
	case c.Format == xlsx.Date:
		return appendDate(dst, t)
	}
	return value.AppendTimestamp(dst, arrow.Timestamp(t))
}

const microsPerDay = 24 * 60 * 60 * 1_000_000

// appendDate writes microseconds since 1970 as a date, with its time of day
// where it has one.
func appendDate(dst []byte, micros int64) []byte {
	t := arrow.Timestamp(micros)
	if day := value.TimestampToDate(t); value.DateToTimestamp(day) == t {
		return value.AppendDate(dst, day)
	}
	return value.AppendTimestamp(dst, t)
}

// appendClock writes microseconds as hours, minutes and seconds: 36:00:00.5.
func appendClock(dst []byte, micros int64) []byte {
	if micros < 0 {
		dst, micros = append(dst, '-'), -micros
	}
	two := func(n int64) {
		dst = append(dst, byte('0'+n/10), byte('0'+n%10))
	}
	seconds, fraction := micros/1_000_000, micros%1_000_000
	if hours := seconds / 3600; hours < 100 {
		two(hours)
	} else {
		dst = value.AppendInt64(dst, hours)
	}
	dst = append(dst, ':')
	two(seconds / 60 % 60)
	dst = append(dst, ':')
	two(seconds % 60)
	if fraction > 0 {
		digits := value.FormatInt64(1_000_000 + fraction)
		dst = append(append(dst, '.'), strings.TrimRight(digits[1:], "0")...)
	}
	return dst
}

// isoLayouts are the forms of an ISO 8601 cell that have a day.
var isoLayouts = []string{"2006-01-02", "2006-01-02T15:04:05", "2006-01-02T15:04"}

// appendISO writes an ISO 8601 date or time. Files in strict form write dates
// as the midnight of a day, and fractions in as many digits as they like; under
// a declared date or timestamp it is put into the form that these have.
// Whatever has another form, an offset or parts of a microsecond stays as it is.
func appendISO(dst, text []byte, declared string) []byte {
	if declared != "date" && declared != "timestamp" {
		return append(dst, text...)
	}
	for _, layout := range isoLayouts {
		t, err := time.Parse(layout, string(text))
		if err != nil || t.Nanosecond()%1000 != 0 || t.Year() < 1 || t.Year() > 9999 {
			continue
		}
		if declared == "date" {
			return appendDate(dst, t.UnixMicro())
		}
		return value.AppendTimestamp(dst, arrow.Timestamp(t.UnixMicro()))
	}
	return append(dst, text...)
}
