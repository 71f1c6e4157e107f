package expr

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// interval is the value of an interval literal. As in PostgreSQL its parts stay
// apart: a month is not a number of days, nor a day one of hours.
type interval struct{ months, days, micros int64 }

const microsPerSecond = 1_000_000

// unit is one unit of an interval, as so much of one of its parts.
type unit struct {
	months, days, micros int64
}

var units = func() map[string]unit {
	m := map[string]unit{}
	for names, u := range map[string]unit{
		"microsecond microseconds us usec usecs":    {micros: 1},
		"millisecond milliseconds ms msec msecs":    {micros: 1000},
		"second seconds sec secs s":                 {micros: microsPerSecond},
		"minute minutes min mins m":                 {micros: 60 * microsPerSecond},
		"hour hours hr hrs h":                       {micros: 3600 * microsPerSecond},
		"day days d":                                {days: 1},
		"week weeks w":                              {days: 7},
		"month months mon mons":                     {months: 1},
		"year years yr yrs y":                       {months: 12},
		"decade decades dec decs":                   {months: 120},
		"century centuries cent c":                  {months: 1200},
		"millennium millennia millenniums mil mils": {months: 12000},
	} {
		for name := range strings.FieldsSeq(names) {
			m[name] = u
		}
	}
	return m
}()

// isoDateUnits and isoTimeUnits are the letters before and after the T of ISO 8601.
var (
	isoDateUnits = map[string]string{"Y": "year", "M": "month", "W": "week", "D": "day"}
	isoTimeUnits = map[string]string{"H": "hour", "M": "minute", "S": "second"}
)

var errIntervalForm = errors.New("expected an interval like '30 days', '1 month 2 days' or '01:30:00'")
var errIntervalRange = errors.New("the interval is out of range")

// parseInterval reads the usual forms that PostgreSQL reads: numbers with units,
// a time of day, a trailing "ago", and ISO 8601 with designators. Months and
// longer units must be whole numbers; a number needs its unit.
func parseInterval(text string) (interval, error) {
	rest := strings.TrimSpace(text)
	read := parseUnits
	if iso, ok := strings.CutPrefix(rest, "P"); ok {
		rest, read = iso, parseISOInterval
	}
	iv, err := read(rest)
	if err == nil && max(iv.months, -iv.months, iv.days, -iv.days) > math.MaxInt32 {
		err = errIntervalRange // as PostgreSQL, whose months and days are 32 bits
	}
	return iv, err
}

func parseUnits(rest string) (interval, error) {
	rest = strings.ToLower(strings.TrimSpace(strings.TrimPrefix(rest, "@")))
	rest, ago := strings.CutSuffix(rest, "ago")
	var iv interval
	if strings.TrimSpace(rest) == "" {
		return iv, errIntervalForm
	}
	for rest = strings.TrimSpace(rest); rest != ""; rest = strings.TrimLeft(rest, " \t\n") {
		number, tail := cutNumber(rest)
		if strings.HasPrefix(tail, ":") {
			clock, after, _ := strings.Cut(rest, " ")
			if err := iv.addClock(clock); err != nil {
				return iv, err
			}
			rest = after
			continue
		}
		tail = strings.TrimLeft(tail, " \t\n")
		end := 0
		for end < len(tail) && tail[end] >= 'a' && tail[end] <= 'z' {
			end++
		}
		u, ok := units[tail[:end]]
		if number == "" || !ok {
			return iv, errIntervalForm
		}
		if err := iv.add(number, u); err != nil {
			return iv, err
		}
		rest = tail[end:]
	}
	if ago {
		return iv.negated(), nil
	}
	return iv, nil
}

func parseISOInterval(rest string) (interval, error) {
	var iv interval
	letters := isoDateUnits
	if rest == "" || rest == "T" {
		return iv, errIntervalForm
	}
	for rest != "" {
		if rest[0] == 'T' && letters["Y"] != "" {
			rest, letters = rest[1:], isoTimeUnits
			continue
		}
		number, tail := cutNumber(rest)
		if number == "" || tail == "" || letters[tail[:1]] == "" {
			return iv, errIntervalForm
		}
		if err := iv.add(number, units[letters[tail[:1]]]); err != nil {
			return iv, err
		}
		rest = tail[1:]
	}
	return iv, nil
}

// cutNumber takes a number with an optional sign and fraction off the front.
func cutNumber(s string) (number, rest string) {
	i := 0
	if i < len(s) && (s[i] == '-' || s[i] == '+') {
		i++
	}
	for i < len(s) && (s[i] >= '0' && s[i] <= '9' || s[i] == '.') {
		i++
	}
	return s[:i], s[i:]
}

// add adds number units; of days and shorter units the number may have a
// fraction, which goes to the shorter parts.
func (iv *interval) add(number string, u unit) error {
	whole, micro, err := splitNumber(number)
	if err != nil {
		return err
	}
	if u.months != 0 && micro != 0 {
		return errors.New("months, and units longer than them, are counted in whole numbers")
	}
	// A fraction of days is whole days first (1.5 weeks), then microseconds.
	part := micro * u.days
	days, dayPart := part/microsPerSecond, part%microsPerSecond
	const secondsPerDay = 86400
	ok := accumulate(&iv.months, whole, u.months) && accumulate(&iv.days, whole, u.days) && accumulate(&iv.days, days, 1) &&
		accumulate(&iv.micros, dayPart, secondsPerDay) && accumulate(&iv.micros, whole, u.micros)
	if u.micros >= microsPerSecond {
		ok = ok && accumulate(&iv.micros, micro, u.micros/microsPerSecond)
	} else {
		ok = ok && accumulate(&iv.micros, micro*u.micros/microsPerSecond, 1)
	}
	if !ok {
		return errIntervalRange
	}
	return nil
}

// addClock adds [+-]hours:minutes[:seconds[.fraction]].
func (iv *interval) addClock(clock string) error {
	sign := int64(1)
	if strings.HasPrefix(clock, "-") {
		sign = -1
	}
	parts := strings.Split(strings.TrimLeft(clock, "+-"), ":")
	if len(parts) < 2 || len(parts) > 3 {
		return errIntervalForm
	}
	scale := int64(3600)
	for i, part := range parts {
		whole, micro, err := splitNumber(part)
		if err != nil || i > 0 && whole >= 60 || whole < 0 || micro != 0 && i < 2 {
			return errIntervalForm
		}
		if !accumulate(&iv.micros, sign*whole, scale*microsPerSecond) || !accumulate(&iv.micros, sign*micro, 1) {
			return errIntervalRange
		}
		scale /= 60
	}
	return nil
}

// splitNumber gives a number as its whole part and millionths, both of its sign.
func splitNumber(number string) (whole, micro int64, err error) {
	digits := strings.TrimLeft(number, "+-")
	w, f, _ := strings.Cut(digits, ".")
	if len(digits)+1 < len(number) || w+f == "" || strings.Contains(f, ".") {
		return 0, 0, errIntervalForm
	}
	if f = strings.TrimRight(f, "0"); len(f) > 6 {
		return 0, 0, errors.New("at most 6 digits after the point are kept")
	}
	if w == "" {
		w = "0"
	}
	if whole, err = strconv.ParseInt(w, 10, 64); err != nil {
		return 0, 0, errIntervalRange
	}
	if micro, err = strconv.ParseInt(f+strings.Repeat("0", 6-len(f)), 10, 64); err != nil {
		return 0, 0, errIntervalForm
	}
	if strings.HasPrefix(number, "-") {
		return -whole, -micro, nil
	}
	return whole, micro, nil
}

// accumulate adds n*scale to sum; false where a part of an interval, kept well
// inside an int64 so that negation and display are safe, would not hold it.
func accumulate(sum *int64, n, scale int64) bool {
	const limit = math.MaxInt64 / 2
	if scale == 0 || n == 0 {
		return true
	}
	if n > limit/scale || n < -limit/scale {
		return false
	}
	*sum += n * scale
	return *sum <= limit && *sum >= -limit
}

func (iv interval) negated() interval { return interval{-iv.months, -iv.days, -iv.micros} }

// negative says whether no part is positive and one is negative.
func (iv interval) negative() bool {
	return iv.months <= 0 && iv.days <= 0 && iv.micros <= 0 && iv != interval{}
}

// String is the interval as parseInterval reads it.
func (iv interval) String() string {
	var parts []string
	put := func(n int64, name string) {
		if n == 1 {
			parts = append(parts, "1 "+name)
		} else if n != 0 {
			parts = append(parts, fmt.Sprintf("%d %ss", n, name))
		}
	}
	put(iv.months/12, "year")
	put(iv.months%12, "month")
	put(iv.days, "day")
	seconds := iv.micros / microsPerSecond
	put(seconds/3600, "hour")
	put(seconds/60%60, "minute")
	put(seconds%60, "second")
	put(iv.micros%microsPerSecond, "microsecond")
	if len(parts) == 0 {
		return "0 seconds"
	}
	return strings.Join(parts, " ")
}
