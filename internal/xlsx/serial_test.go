package xlsx

import (
	"fmt"
	"math/big"
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// serialOf is the serial number of a time as a fraction, from the definition
// of the two systems alone.
func serialOf(t time.Time, date1904 bool) *big.Rat {
	start := time.Date(1899, 12, 31, 0, 0, 0, 0, time.UTC)
	if date1904 {
		start = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	micros := big.NewInt(t.UnixMicro() - start.UnixMicro())
	serial := new(big.Rat).SetFrac(micros, big.NewInt(86400*1e6))
	if !date1904 && !t.Before(time.Date(1900, 3, 1, 0, 0, 0, 0, time.UTC)) {
		serial.Add(serial, big.NewRat(1, 1)) // the 29th of February 1900
	}
	return serial
}

// momentOf is the moment of a serial number as a time.
func momentOf(days epoch, lexeme string) (time.Time, bool) {
	micros, ok := days.moment([]byte(lexeme))
	return time.UnixMicro(micros).UTC(), ok
}

func drawSecond(t *rapid.T, from int) time.Time {
	first := time.Date(from, 1, 1, 0, 0, 0, 0, time.UTC).Unix()
	last := time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC).Unix()
	return time.Unix(rapid.Int64Range(first, last).Draw(t, "second"), 0).UTC()
}

// Whole seconds come back exactly from doubles in whatever digits they were written.
func TestMomentOfWholeSeconds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		date1904 := rapid.Bool().Draw(t, "1904")
		days, from := epoch1900, 1900
		if date1904 {
			days, from = epoch1904, 1904
		}
		want := drawSecond(t, from)
		double, _ := serialOf(want, date1904).Float64()
		for _, format := range []string{"%.17g", "%.16g", "%.15g", "%v", "%.17e"} {
			lexeme := fmt.Sprintf(format, double)
			got, ok := momentOf(days, lexeme)
			if !ok || !got.Equal(want) {
				t.Fatalf("moment(%s) = %v, %v; want %v", lexeme, got, ok, want)
			}
		}
	})
}

// Every second of some days, at both ends of the calendar.
func TestMomentOfEverySecond(t *testing.T) {
	for _, day := range []time.Time{
		time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC),
		time.Date(1900, 2, 28, 0, 0, 0, 0, time.UTC),
		time.Date(1900, 3, 1, 0, 0, 0, 0, time.UTC),
		time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC),
		time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC),
	} {
		for second := range 86400 {
			want := day.Add(time.Duration(second) * time.Second)
			double, _ := serialOf(want, false).Float64()
			cut := strconv.FormatFloat(double, 'f', 20, 64)
			cut = cut[:len("123456789012345.")]
			for _, lexeme := range []string{strconv.FormatFloat(double, 'g', 17, 64), strconv.FormatFloat(double, 'g', 15, 64), cut} {
				if got, ok := momentOf(epoch1900, lexeme); !ok || !got.Equal(want) {
					t.Fatalf("moment(%s) = %v, %v; want %v", lexeme, got, ok, want)
				}
			}
		}
	}
}

// apart says whether a serial number with so many microseconds behind a whole second
// is not taken for that second, or for the next.
func apart(lexeme string, micros int) bool {
	d, _ := parseDecimal([]byte(lexeme), nil)
	day, _, _ := d.days()
	above, below := d.tolerance(day)
	return above < int64(micros)*1000 && below < int64(1_000_000-micros)*1000
}

// Fractions written exactly come back to the microsecond, but for those that
// are within one of a whole second.
func TestMomentOfMicroseconds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		micros := rapid.IntRange(2, 999_998).Draw(t, "micros")
		second := drawSecond(t, 1970)
		if second.Year() == 9999 {
			return // what is rounded up may be past the calendar
		}
		want := second.Add(time.Duration(micros) * time.Microsecond)
		exact := serialOf(want, false)
		if double, _ := exact.Float64(); exact.Cmp(big.NewRat(65536, 1)) < 0 {
			lexeme := strconv.FormatFloat(double, 'g', 17, 64)
			got, ok := momentOf(epoch1900, lexeme)
			if off := got.Sub(want).Abs(); !ok || off > 2*time.Microsecond && apart(lexeme, micros) {
				t.Fatalf("a double of %v gave %v", want, got)
			}
		}
		// So many digits that it can be no double of this size.
		lexeme := exact.FloatString(18)
		got, ok := momentOf(epoch1900, lexeme)
		if !ok || !got.Equal(want) && apart(lexeme, micros) {
			t.Fatalf("moment(%s) = %v, %v; want %v", lexeme, got, ok, want)
		}
	})
}

func TestMomentLimits(t *testing.T) {
	tests := []struct {
		lexeme   string
		date1904 bool
		want     string // "" for no moment
	}{
		{"1", false, "1900-01-01 00:00:00"},
		{"59", false, "1900-02-28 00:00:00"},
		{"59.99999999999999", false, ""}, // midnight of a day that is none
		{"60", false, ""},
		{"60.5", false, ""},
		{"61", false, "1900-03-01 00:00:00"},
		{"0", false, ""},
		{"0.5", false, ""},
		{"0.9999999999999999", false, "1900-01-01 00:00:00"},
		{"-1", false, ""},
		{"-0", true, "1904-01-01 00:00:00"},
		{"0", true, "1904-01-01 00:00:00"},
		{"60", true, "1904-03-01 00:00:00"},
		{"-1", true, ""},
		{"-0.00001", true, ""},
		{"2957003", true, "9999-12-31 00:00:00"},
		{"2957004", true, ""},
		{"2958465", false, "9999-12-31 00:00:00"},
		{"2958465.9999884259", false, "9999-12-31 23:59:59"},
		{"2958465.9999999999", false, ""}, // midnight of the year 10000
		{"2958466", false, ""},
		{"12345678", false, ""},
		{"1E300", false, ""},
		{"1e99999999999", false, ""},
		{"4.5390459652777776E4", false, "2024-04-08 11:01:54"},
		{"45390.4596527778", false, "2024-04-08 11:01:54"},
		{"45390.4596527777", false, "2024-04-08 11:01:54"}, // cut, not rounded
		{"45390.0000000001", false, "2024-04-08 00:00:00.000009"},
		{"45390.459652777776", false, "2024-04-08 11:01:54"},
		{"45390.50000578704", false, "2024-04-08 12:00:00.500000"},
		{"45390.500001428571", false, "2024-04-08 12:00:00.123429"},
		{"+45390", false, "2024-04-08 00:00:00"},
		{"45390.", false, "2024-04-08 00:00:00"},
		{"", false, ""},
		{".", false, ""},
		{"1_0", false, ""},
		{"0x10", false, ""},
		{"NaN", false, ""},
		{"1e", false, ""},
		{"1 2", false, ""},
	}
	for _, test := range tests {
		days := epoch1900
		if test.date1904 {
			days = epoch1904
		}
		got := ""
		if m, ok := momentOf(days, test.lexeme); ok {
			got = m.Format("2006-01-02 15:04:05")
			if m.Nanosecond() != 0 {
				got = m.Format("2006-01-02 15:04:05.000000")
			}
		}
		if got != test.want {
			t.Errorf("moment(%q), 1904 %v: %q; want %q", test.lexeme, test.date1904, got, test.want)
		}
	}
}

func FuzzMoment(f *testing.F) {
	for _, lexeme := range []string{"45390.459652777776", "60", "-1", "1e-5", "2958465.9999999999", "00001.5E+3"} {
		f.Add(lexeme)
	}
	f.Fuzz(func(t *testing.T, lexeme string) {
		got, ok := momentOf(epoch1900, lexeme)
		if !ok {
			return
		}
		exact, valid := new(big.Rat).SetString(lexeme)
		if !valid {
			t.Fatalf("%q is a moment and no number", lexeme)
		}
		off := exact.Sub(exact, serialOf(got, false))
		if off.Abs(off).Cmp(big.NewRat(1, 86400*500)) > 0 { // 2 ms
			t.Fatalf("moment(%q) = %v", lexeme, got)
		}
	})
}
