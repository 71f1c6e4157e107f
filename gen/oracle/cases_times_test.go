package oracle

import (
	"slices"
	"strings"
)

const int32Days = "DuckDB adds 32-bit days"

const (
	thirtyDays = "DuckDB takes the constants of a month and of 30 days, which it calls equal, for one"
	onClocks   = "DuckDB resolves hours that clocks skip or show twice otherwise; written out in local time"
)

// spans are intervals, and their two parts: the steps counted on the calendar, and
// what is time that passes.
var spans = []struct{ text, calendar, clock string }{
	{"1 month", "1 month", "0 hours"},
	{"1 day", "1 day", "0 hours"},
	{"3 hours", "", "3 hours"},
	{"1 month 1 day 3 hours", "1 month,1 day", "3 hours"},
	{"-1 month", "-1 month", "0 hours"},
	{"90 minutes", "", "90 minutes"},
	{"1 year", "1 year", "0 hours"},
	{"36 hours", "", "36 hours"},
	{"2 weeks", "2 weeks", "0 hours"},
	{"0.000001 seconds", "", "1 microsecond"},
	{"1 year -1 day", "1 year,-1 day", "0 hours"},
	{"-1 day 25 hours", "-1 day", "25 hours"},
	{"10 years 11 months", "10 years 11 months", "0 hours"},
	{"30 days", "29 days & 1 day", "0 hours"},
	{"-90 days 1 second", "-90 days", "1 second"},
}

// withSpans adds and subtracts each to and from each type.
func withSpans() []example {
	var out []example
	for _, span := range spans {
		for _, op := range []string{" + ", " - "} {
			for _, x := range []string{"t1", "p1"} {
				e := example{ours: x + op + "interval '" + span.text + "'"}
				if span.text == "30 days" {
					e.duck, e.note = onCalendar(x, op, span.calendar), thirtyDays
				}
				out = append(out, e)
			}
			out = append(out, example{ours: "z1" + op + "interval '" + span.text + "'", duck: onClock("z1", op, span.calendar, span.clock), note: onClocks})
		}
	}
	return out
}

// onClock adds to a timestamptz as PostgreSQL does: months and then days in local
// time, each giving an instant, and to that what is only time.
func onClock(x, op, calendar, clock string) string {
	for _, step := range strings.FieldsFunc(calendar, func(r rune) bool { return r == ',' }) {
		x = "(" + onCalendar(x+"::timestamp", op, step) + ")::timestamptz"
	}
	return x + op + "interval '" + clock + "'"
}

// onCalendar adds one interval after the other.
func onCalendar(x, op, intervals string) string {
	for _, i := range strings.Split(intervals, " & ") {
		x += op + "interval '" + i + "'"
	}
	return x
}

var calendar = slices.Concat(
	withSpans(),
	same(
		"t1", "p1", "z1", "t1 - t2", "t1 - date '2024-01-31'", "'2024-01-31' - t1", "interval '1 month' + p1", "p1 + interval '1 month' - interval '1 month'", "(t1 + interval '1 month')::date",
		"z1::date - t1", "p1 + interval '1 day' > z1", "tx - t1",
		"p1 + interval '1' month", "z1 + interval '2' hour", "p1 + interval '1' year", "p1 + interval '90' minute", "p1 + interval '5' second",
	),
	[]example{
		{"z1 + interval '1 day' + interval '1 hour'", onClock("z1", " + ", "1 day", "1 hour"), onClocks, 0, ""},
		{"z1 + interval '0 days'", "z1", onClocks, 0, ""},
		{"z1 >= z2 - interval '1 month'", "z1 >= " + onClock("z2", " - ", "1 month", "0 hours"), onClocks, 0, ""},
		{"z1 - interval '30' day", onClock("z1", " - ", "29 days & 1 day", "0 hours"), onClocks, 0, ""},
		{"p1 - interval '30' day", onCalendar("p1", " - ", "29 days & 1 day"), thirtyDays, 0, ""},
		{"p1 >= p2 - interval '30 days'", "p1 >= " + onCalendar("p2", " - ", "29 days & 1 day"), thirtyDays, 0, ""},
		{"t1 - '2000-02-29'", "t1 - date '2000-02-29'", "DuckDB cannot choose", 0, ""},
		{"t1 + i1", "t1 + i1::integer", int32Days, 0, ""},
		{"t1 - i1", "t1 - i1::integer", int32Days, 0, ""},
		{"i1 + t1", "t1 + i1::integer", int32Days, 0, ""},
		{"t1 + 30", "", "", 0, ""},
		{"t1 - 1", "", "", 0, ""},
		{"(t1 - t2) / 7", "(t1 - t2) // 7", wholes, 0, ""},
		{"p1 + interval 'P1M2DT3H'", "p1 + interval '1 month 2 days 3 hours'", "DuckDB does not read ISO 8601", 0, ""},
		{"z1 + interval 'P1Y2M3DT4H'", onClock("z1", " + ", "14 months,3 days", "4 hours"), "as above", 0, ""},
		{"z1 - interval 'P1Y'", onClock("z1", " - ", "1 year", "0 hours"), "as above", 0, ""},
		{"p1 + interval '1 day 02:03:04.5'", "", "", 0, ""},
		{"now()", asOf, "the run's as-of time", 0, ""},
		{"current_timestamp", asOf, "as above", 0, ""},
		{"now() - interval '1 month'", asOf + " - interval '1 month'", "as above", 0, ""},
		{"now()::date - t1", asOf + "::date - t1", "as above", 0, ""},
		{"z1 >= now() - interval '2000 days'", "z1 >= " + asOf + " - interval '2000 days'", "as above", 0, ""},
		{"p1 < now()", "p1 < " + asOf, "as above", 0, ""},
		{"age_years(t1, t2)", "extract(year from age(t2, t1))", "not PostgreSQL's function, but defined by it", 0, ""},
		{"age_years(t2, t1)", "extract(year from age(t1, t2))", "as above", 0, ""},
		{"age_years(t1, p1)", "extract(year from age(p1, t1::timestamp))", "as above", 0, ""},
		{"age_years(p1, p2)", "extract(year from age(p2, p1))", "as above", 0, ""},
		{"age_years(t1, z1)", "extract(year from age(z1::timestamp, t1::timestamp))", "as above", 0, ""},
		{"age_years(z2, z1)", "extract(year from age(z1::timestamp, z2::timestamp))", "as above", 0, ""},
		{"age_years(tx, date '2024-02-29')", "extract(year from age(date '2024-02-29', tx))", "as above", 0, ""},
		{"age_years(t1, now())", "extract(year from age(" + asOf + "::timestamp, t1::timestamp))", "as above", 0, ""},
	},
)

// asOf is the as-of time of every run, in SQL.
const asOf = "timestamptz '2024-03-31 00:30:00+00'"

var truncations = truncate()

// truncate cuts every type to every unit.
func truncate() []example {
	var out []example
	for _, unit := range []string{"millisecond", "milliseconds", "second", "minute", "hour", "day", "week", "month", "quarter", "year", "decade", "century", "millennium"} {
		for _, x := range []string{"t1", "p1", "z1", "tx", "px", "zx"} {
			e := example{ours: "date_trunc('" + unit + "', " + x + ")"}
			switch unit {
			case "century", "millennium":
				years := map[string]string{"century": "100", "millennium": "1000"}[unit]
				e.duck = strings.NewReplacer("@", years, "#", x).Replace("make_timestamp((extract(year from #) - 1) // @ * @ + 1, 1, 1, 0, 0, 0)")
				if x[0] == 'z' {
					e.duck += "::timestamptz"
				}
				e.note = "DuckDB's begin with the years that end in 00"
			case "hour":
				e.duck, e.note = fill("# - (#::timestamp - date_trunc('hour', #::timestamp))", x), "DuckDB makes one of an hour that clocks show twice"
				if x[0] != 'z' {
					e.duck = "date_trunc('hour', " + x + "::timestamp)"
				}
			default:
				if x[0] == 't' {
					e.duck, e.note = "date_trunc('"+unit+"', "+x+"::timestamp)", "a date is its midnight"
				}
			}
			out = append(out, e)
		}
	}
	return append(out,
		example{ours: "date_trunc('month', p1)::date"}, example{ours: "date_trunc('month', t1)::date"},
		example{ours: "date_trunc('day', z1 + interval '36 hours')"}, example{ours: "date_trunc('MONTH', p1)"})
}

var fields = extract()

// extract takes every field from every type that has it, by both names.
func extract() []example {
	exact := map[string]string{
		"second":       "extract(microsecond from #)::decimal(18,0) * 0.000001::decimal(7,6)",
		"milliseconds": "extract(microsecond from #)::decimal(18,0) * 0.001::decimal(4,3)",
		"microseconds": "extract(microsecond from #)",
		"epoch":        "epoch_us(#)::decimal(20,0) * 0.000001::decimal(7,6)",
	}
	var out []example
	for _, f := range []string{"year", "quarter", "month", "week", "day", "hour", "minute", "dow", "isodow", "doy", "isoyear", "decade", "century", "millennium", "microseconds", "second", "milliseconds", "epoch"} {
		for _, x := range []string{"t1", "p1", "z1", "tx", "px", "zx"} {
			if x[0] == 't' && slices.Contains([]string{"hour", "minute", "second", "milliseconds", "microseconds"}, f) {
				continue // a date has none
			}
			e := example{ours: "extract(" + f + " from " + x + ")"}
			part := example{ours: "date_part('" + f + "', " + x + ")"}
			if sql, ok := exact[f]; ok {
				from := x
				if x[0] == 't' {
					from += "::timestamp"
				}
				e.duck, e.note = fill(sql, from), "DuckDB gives whole seconds, and the epoch as a float"
				part.duck, part.note = "("+e.duck+")::double", e.note
			}
			out = append(out, e, part)
		}
	}
	return append(out, same("extract(year from t1) * 100 + extract(month from t1)", "extract(YEAR from p1)", "extract(dow from t1) in (0, 6)", "extract(day from z1 + interval '36 hours')")...)
}
