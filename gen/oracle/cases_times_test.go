package oracle

import "slices"

// spans are intervals that are added to and subtracted from each type.
var spans = []string{"1 month", "1 day", "3 hours", "1 month 1 day 3 hours", "-1 month", "90 minutes", "1 year", "36 hours", "2 weeks", "0.000001 seconds",
	"1 year -1 day", "-1 day 25 hours", "10 years 11 months", "30 days", "-90 days 1 second"}

func withSpans() []example {
	var out []example
	for _, span := range spans {
		for _, op := range []string{"+", "-"} {
			on := "# " + op + " interval '" + span + "'"
			as := same
			if span == "30 days" { // DuckDB takes it for the month beside it
				as = emitted
			}
			out = append(out, as(each(on, "t1", "p1")...)...)
			out = append(out, emitted(each(on, "z1")...)...) // hours that clocks skip or show twice
		}
	}
	return out
}

var calendar = slices.Concat(
	withSpans(),
	same(
		"t1", "p1", "z1", "t1 - t2", "t1 - date '2024-01-31'", "'2024-01-31' - t1", "interval '1 month' + p1", "p1 + interval '1 month' - interval '1 month'", "(t1 + interval '1 month')::date",
		"z1::date - t1", "p1 + interval '1 day' > z1", "tx - t1",
		"p1 + interval '1' month", "z1 + interval '2' hour", "p1 + interval '1' year", "p1 + interval '90' minute", "p1 + interval '5' second",
	),
	emitted(
		"z1 + interval '1 day' + interval '1 hour'", "z1 + interval '0 days'", "z1 >= z2 - interval '1 month'", "z1 - interval '30' day",
		"p1 - interval '30' day", "p1 >= p2 - interval '30 days'", "t1 - '2000-02-29'", "t1 + i1", "t1 - i1", "i1 + t1", "(t1 - t2) / 7",
		"p1 + interval 'P1M2DT3H'", "z1 + interval 'P1Y2M3DT4H'", "z1 - interval 'P1Y'", "now()", "current_timestamp", "now() - interval '1 month'",
		"now()::date - t1", "z1 >= now() - interval '2000 days'", "p1 < now()", "age_years(t1, t2)", "age_years(t2, t1)", "age_years(t1, p1)",
		"age_years(p1, p2)", "age_years(t1, z1)", "age_years(z2, z1)", "age_years(tx, date '2024-02-29')", "age_years(t1, now())",
	),
	same(
		"t1 + 30", "t1 - 1", "p1 + interval '1 day 02:03:04.5'",
	),
)

// asOf is the as-of time of every run, in SQL.
const asOf = "timestamptz '2024-03-31 00:30:00+00'"

var truncations = truncate()

// truncate cuts every type to every unit.
func truncate() []example {
	out := same("date_trunc('month', p1)::date", "date_trunc('month', t1)::date", "date_trunc('day', z1 + interval '36 hours')", "date_trunc('MONTH', p1)")
	for _, unit := range []string{"millisecond", "milliseconds", "second", "minute", "day", "week", "month", "quarter", "year", "decade"} {
		out = append(out, same(each("date_trunc('"+unit+"', #)", "p1", "z1", "px", "zx")...)...)
		out = append(out, emitted(each("date_trunc('"+unit+"', #)", "t1", "tx")...)...)
	}
	for _, unit := range []string{"hour", "century", "millennium"} {
		out = append(out, emitted(each("date_trunc('"+unit+"', #)", "t1", "p1", "z1", "tx", "px", "zx")...)...)
	}
	return out
}

var fields = extract()

// extract takes every field from every type that has it, by both names.
func extract() []example {
	out := same("extract(year from t1) * 100 + extract(month from t1)", "extract(YEAR from p1)", "extract(dow from t1) in (0, 6)", "extract(day from z1 + interval '36 hours')")
	take := func(as func(...string) []example, field string, from ...string) {
		out = append(out, as(each("extract("+field+" from #)", from...)...)...)
		out = append(out, as(each("date_part('"+field+"', #)", from...)...)...)
	}
	for _, field := range []string{"year", "quarter", "month", "week", "day", "dow", "isodow", "doy", "isoyear", "decade", "century", "millennium"} {
		take(same, field, "t1", "p1", "z1", "tx", "px", "zx")
	}
	for _, field := range []string{"hour", "minute"} { // a date has none
		take(same, field, "p1", "z1", "px", "zx")
	}
	for _, field := range []string{"second", "milliseconds", "microseconds"} {
		take(emitted, field, "p1", "z1", "px", "zx")
	}
	take(emitted, "epoch", "t1", "p1", "z1", "tx", "px", "zx")
	return out
}
