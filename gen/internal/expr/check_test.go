package expr_test

import (
	"fmt"
	"testing"

	"martlet/gen/internal/expr"
)

// checked are expressions, and what they are checked into: the SQL of the tree,
// its type and whether it may be null.
var checked = []struct{ src, sql, typ string }{
	// Literals
	{"1", "1", "int64"},
	{"-9223372036854775808", "-9223372036854775808", "int64"},
	{"9223372036854775808", "9223372036854775808", "decimal(19,0)"},
	{"1.50", "1.50", "decimal(3,2)"},
	{".5", "0.5", "decimal(1,1)"},
	{"1e-3", "0.001", "decimal(3,3)"},
	{"1.5e3", "1500", "decimal(4,0)"},
	{"0x1F", "31", "int64"},
	{"0755", "755", "int64"},
	{"0", "0", "int64"},
	{"0.0", "0.0", "decimal(1,1)"},
	{"1_000", "1000", "int64"},
	{"'it''s'", "'it''s'", "string"},
	{"true", "true", "bool"},
	{"null", "null", "null?"},
	{"date '2020-02-29'", "date '2020-02-29'", "date"},
	{"timestamp '2020-01-01'", "timestamp '2020-01-01 00:00:00'", "timestamp"},
	{"timestamptz '2020-01-01 02:00:00+02'", "timestamptz '2020-01-01 00:00:00+00'", "timestamptz"},
	{"timestamptz '2020-01-01'", "cast(timestamp '2020-01-01 00:00:00' as timestamptz)", "timestamptz"},
	{"float64 '1e300'", "float64 '1e+300'", "float64"},
	{"'7'::int64", "7", "int64"},
	{"'12.5'::decimal(5,2)", "12.50", "decimal(5,2)"},
	// Columns
	{"i_n", "i_n", "int64?"},
	{"I", "i", "int64"},
	{`"Mixed"`, `"Mixed"`, "int64"},
	{`"user"`, `"user"`, "string"},
	{"other.s_n", "other.s_n", "string?"},
	// Arithmetic
	{"i + 1", "i + 1", "int64"},
	{"i - (i - i)", "i - (i - i)", "int64"},
	{"- - i", "- - i", "int64"},
	{"+i", "i", "int64"},
	{"i_n * 2 + i", "i_n * 2 + i", "int64?"},
	{"mod(i, 2)", "i % 2", "int64"},
	{"f + i", "f + cast(i as float64)", "float64"},
	{"f + 1.5", "f + float64 '1.5'", "float64"},
	{"f * d_n", "f * cast(d_n as float64)", "float64?"},
	{"i + '5'", "i + 5", "int64"},
	{"d + '5.125'", "cast(d as decimal(11,3)) + 5.125", "decimal(12,3)"},
	{"i + null", "i + cast(null as int64)", "int64?"},
	{"d + e", "cast(d as decimal(12,4)) + e", "decimal(13,4)"},
	{"i + d", "cast(i as decimal(21,2)) + d", "decimal(22,2)"},
	{"d - 1", "d - 1.00", "decimal(11,2)"},
	{"d * e", "d * e", "decimal(22,6)"},
	{"d * 2", "d * 2", "decimal(11,2)"},
	{"i * d", "cast(i as decimal(19,0)) * d", "decimal(29,2)"},
	{"d / e", "d / e", "decimal(38,16)"},
	{"big / d", "big / d", "decimal(38,20)"},
	{"cast(d as decimal(38,2)) / 3", "cast(d as decimal(38,2)) / 3", "decimal(38,2)"},
	{"d % e", "cast(d as decimal(12,4)) % e", "decimal(12,4)"},
	{"-d_n", "- d_n", "decimal(10,2)?"},
	{"abs(d)", "abs(d)", "decimal(10,2)"},
	{"abs(-5)", "abs(-5)", "int64"},
	{"round(d)", "cast(round(d, 0) as decimal(9,0))", "decimal(9,0)"},
	{"round(e, 2)", "cast(round(e, 2) as decimal(11,2))", "decimal(11,2)"},
	{"round(e, -2)", "cast(round(e, -2) as decimal(9,0))", "decimal(9,0)"},
	{"round(e, 4)", "e", "decimal(12,4)"},
	{"round(i, -2)", "round(cast(i as decimal(19,0)), -2)", "decimal(20,0)"},
	{"round(f)", "round(f)", "float64"},
	{"round(i)", "round(cast(i as float64))", "float64"},
	{"floor(d_n)", "cast(floor(d_n) as decimal(9,0))", "decimal(9,0)?"},
	{"ceiling(f)", "ceil(f)", "float64"},
	// Text
	{"lower(trim(s_n))", "lower(btrim(s_n))", "string?"},
	{"trim(both 'x' from s)", "btrim(s, 'x')", "string"},
	{"trim(leading from s)", "ltrim(s)", "string"},
	{"rtrim(s, 'x')", "rtrim(s, 'x')", "string"},
	{"char_length(s)", "length(s)", "int64"},
	{"substring(s from 2 for 3)", "substring(s, 2, 3)", "string"},
	{"substr(s, 2)", "substring(s, 2)", "string"},
	{"s || i", "s || cast(i as string)", "string"},
	{"'a' || s_n", "'a' || s_n", "string?"},
	{"concat(s_n, i, null)", "concat(s_n, cast(i as string), cast(null as string))", "string"},
	{"split_part(s, '@', 2)", "split_part(s, '@', 2)", "string"},
	{"starts_with(s, 'a')", "starts_with(s, 'a')", "bool"},
	{"replace(s, 'a', '')", "replace(s, 'a', '')", "string"},
	{"md5(s) || sha256(s)", "md5(s) || sha256(s)", "string"},
	{"s like 'a!%%' escape '!'", "s like 'a!%%' escape '!'", "bool"},
	{"s like 'a' escape ''", "s like 'a' escape ''", "bool"},
	{"s_n not ilike '%x'", "not s_n ilike '%x'", "bool?"},
	{"regexp_like(s, '^a+$')", "regexp_like(s, '^a+$')", "bool"},
	{"null like 'a'", "cast(null as string) like 'a'", "bool?"},
	// Comparison
	{"i = '5'", "i = 5", "bool"},
	{"i < 1.5", "cast(i as decimal(20,1)) < 1.5", "bool"},
	{"d > 1000", "d > 1000.00", "bool"},
	{"d > 1.555", "cast(d as decimal(11,3)) > 1.555", "bool"},
	{"d <> e", "cast(d as decimal(12,4)) <> e", "bool"},
	{"f >= 1", "f >= float64 '1'", "bool"},
	{"b < b_n", "b < b_n", "bool?"},
	{"b_n = 'yes'", "b_n = true", "bool?"},
	{"day < ts", "cast(day as timestamp) < ts", "bool"},
	{"day = '2020-01-01'", "day = date '2020-01-01'", "bool"},
	{"ts = tz", "cast(ts as timestamptz) = tz", "bool"},
	{"day < tz", "cast(cast(day as timestamp) as timestamptz) < tz", "bool"},
	{"tz < '2020-01-01'", "tz < cast(timestamp '2020-01-01 00:00:00' as timestamptz)", "bool"},
	{"null = null", "cast(null as string) = cast(null as string)", "bool?"},
	{"i between 1 and i_n", "i >= 1 and i <= i_n", "bool?"},
	{"i not between 1 and 2", "i < 1 or i > 2", "bool"},
	{"i in (1, 2.5, null)", "cast(i as decimal(20,1)) in (1.0, 2.5, cast(null as decimal(20,1)))", "bool?"},
	{"s not in ('a', 'b')", "s not in ('a', 'b')", "bool"},
	{"(i = 1) = b", "(i = 1) = b", "bool"},
	// Logic
	{"not (b and b_n) or b", "not (b and b_n) or b", "bool?"},
	{"b and (b or b)", "b and (b or b)", "bool"},
	{"i_n is null", "i_n is null", "bool"},
	{"i notnull", "i is not null", "bool"},
	{"null is null", "cast(null as bool) is null", "bool"},
	{"b_n is not true", "b_n is not true", "bool"},
	{"b_n is false", "b_n is false", "bool"},
	{"b_n is unknown", "b_n is null", "bool"},
	{"b_n is not unknown", "b_n is not null", "bool"},
	{"i_n is distinct from null", "i_n is not null", "bool"},
	{"null is not distinct from i_n", "i_n is null", "bool"},
	{"i_n is not distinct from 1.5", "cast(i_n as decimal(20,1)) is not distinct from 1.5", "bool"},
	{"(b is null) is null", "(b is null) is null", "bool"},
	// Choice
	{"case when b then 1 end", "case when b then 1 end", "int64?"},
	{"case when b then 1 else 2.5 end", "case when b then 1.0 else 2.5 end", "decimal(2,1)"},
	{"case i when 1 then 'a' else s end", "case when i = 1 then 'a' else s end", "string"},
	{"case when b then null else day end", "case when b then cast(null as date) else day end", "date?"},
	{"coalesce(i_n, 0)", "coalesce(i_n, 0)", "int64"},
	{"coalesce(i_n, i2_n)", "coalesce(i_n, i2_n)", "int64?"},
	{"coalesce('2020-01-01', day_n)", "coalesce(date '2020-01-01', day_n)", "date"},
	{"nullif(lower(s), '')", "nullif(lower(s), '')", "string?"},
	{"nullif(i, 1.5)", "case when cast(i as decimal(20,1)) = 1.5 then cast(null as int64) else i end", "int64?"},
	{"greatest(ts_n, ts, tz_n)", "greatest(cast(ts_n as timestamptz), cast(ts as timestamptz), tz_n)", "timestamptz"},
	{"least(i_n, i2_n)", "least(i_n, i2_n)", "int64?"},
	// Times
	{"now()", "now()", "timestamptz"},
	{"current_timestamp", "now()", "timestamptz"},
	{"ts + interval '1 day'", "ts + interval '1 day'", "timestamp"},
	{"interval '1' month + ts", "ts + interval '1 month'", "timestamp"},
	{"day - interval '1 month -2 days'", "cast(day as timestamp) + interval '-1 months 2 days'", "timestamp"},
	{"now() - interval '30 days'", "cast(cast(now() as timestamp) - interval '30 days' as timestamptz)", "timestamptz"},
	{"tz_n + interval '90 minutes'", "tz_n + interval '1 hour 30 minutes'", "timestamptz?"},
	{"tz + interval '1 day 1 hour'", "cast(cast(tz as timestamp) + interval '1 day' as timestamptz) + interval '1 hour'", "timestamptz"},
	{"1 + day", "day + 1", "date"},
	{"day - i", "day - i", "date"},
	{"day - day_n", "day - day_n", "int64?"},
	{"day - '2020-01-01'", "day - date '2020-01-01'", "int64"},
	{"date_trunc('month', day)", "date_trunc('month', cast(day as timestamp))", "timestamp"},
	{"date_trunc('HOUR', tz)", "date_trunc('hour', tz)", "timestamptz"}, // an hour shown twice stays the one it is
	{"date_trunc('DAY', tz)", "cast(date_trunc('day', cast(tz as timestamp)) as timestamptz)", "timestamptz"},
	{"extract(year from day)", "extract(year from cast(day as timestamp))", "int64"},
	{"extract(second from ts)", "extract(second from ts)", "decimal(8,6)"},
	{"extract(epoch from tz)", "extract(epoch from tz)", "decimal(18,6)"},
	{"extract(isodow from tz_n)", "extract(isodow from cast(tz_n as timestamp))", "int64?"},
	{"date_part('year', ts)", "cast(extract(year from ts) as float64)", "float64"},
	{"age_years(day, now())", "age_years(cast(day as timestamp), cast(now() as timestamp))", "int64"},
	// Casts
	{"cast(s as int64)", "cast(s as int64)", "int64"},
	{"d::decimal(5,1)", "cast(d as decimal(5,1))", "decimal(5,1)"},
	{"f::bigint", "cast(f as int64)", "int64"},
	{"tz::date", "cast(cast(tz as timestamp) as date)", "date"},
	{"null::timestamp with time zone", "cast(null as timestamptz)", "timestamptz?"},
	{"null::decimal(4,1) >= f", "cast(null as float64) >= f", "bool?"},
	{"coalesce(null::int64, d)", "coalesce(cast(null as decimal(21,2)), cast(d as decimal(21,2)))", "decimal(21,2)"},
	{"1::decimal(10,2)", "1.00", "decimal(10,2)"},
	{"b::int::text", "cast(cast(b as int64) as string)", "string"},
	// Aggregates
	{"max(ts) filter (where b_n)", "max(ts) filter (where b_n)", "timestamp?"},
	{"count(*)", "count(*)", "int64"},
	{"count(distinct s_n)", "count(distinct s_n)", "int64"},
	{"sum(i) + count(i_n)", "sum(i) + count(i_n)", "int64?"},
	{"sum(d)", "sum(d)", "decimal(38,2)?"},
	{"avg(i)", "avg(i)", "float64?"},
	{"every(b)", "bool_and(b)", "bool?"},
	{"arg_max(s, ts)", "arg_max(s, ts)", "string?"},
	{"coalesce(bool_or(b), false)", "coalesce(bool_or(b), false)", "bool"},
}

// shape is the type of a node, with a question mark where it may be null.
func shape(n expr.Node) string {
	if n.Nullable() {
		return n.Type().String() + "?"
	}
	return n.Type().String()
}

func TestChecked(t *testing.T) {
	for _, c := range checked {
		t.Run(c.src, func(t *testing.T) {
			n := check(t, c.src)
			if got := expr.SQL(n); got != c.sql {
				t.Errorf("SQL is %s, want %s", got, c.sql)
			}
			if got := shape(n); got != c.typ {
				t.Errorf("type is %s, want %s", got, c.typ)
			}
		})
	}
}

// TestSample checks the harder expressions of the sample pipeline.
func TestSample(t *testing.T) {
	n := check(t, "ts_n is not null and (day_n is null or ts_n > day_n)")
	if n.Nullable() {
		t.Error("opted in may be null")
	}
	n = check(t, `case when ts >= now() - interval '30 days' then '0-30 days'
	     when ts >= now() - interval '60 days' then '31-60 days'
	     else 'over 60 days' end`)
	if got := shape(n); got != "string" {
		t.Errorf("the segment is %s, want string", got)
	}
}

func TestOrderBy(t *testing.T) {
	terms, problems := expr.CheckOrderBy("ts desc, i_n + 1 asc nulls last, s", scope{})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	got := ""
	for _, o := range terms {
		got += fmt.Sprintf("%s %v; ", expr.SQL(o.Expr), o.Desc)
	}
	if want := "ts true; i_n + 1 false; s false; "; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestCoerce(t *testing.T) {
	typ := func(s string) expr.Type {
		t.Helper()
		parsed, err := expr.ParseType(s)
		if err != nil {
			t.Fatal(err)
		}
		return parsed
	}
	for _, c := range []struct {
		value    any
		from, to string
		want     string // "" where there is no conversion
	}{
		{"2020-01-01", "string", "date", "date '2020-01-01'"},
		{"x", "string", "date", ""},
		{"M", "string", "string", "'M'"},
		{int64(5), "int64", "decimal(5,2)", "5.00"},
		{int64(5000), "int64", "decimal(5,2)", ""},
		{int64(5), "int64", "float64", "float64 '5'"},
		{1.5, "float64", "int64", ""},
		{1.5, "float64", "decimal(5,2)", ""},
		{true, "bool", "int64", ""},
		{nil, "string", "string", "cast(null as string)"},
	} {
		n, ok := expr.Coerce(expr.NewLiteral(c.value, typ(c.from)), typ(c.to))
		switch {
		case ok != (c.want != ""):
			t.Errorf("%v as %s: ok is %v", c.value, c.to, ok)
		case ok && expr.SQL(n) != c.want:
			t.Errorf("%v as %s is %s, want %s", c.value, c.to, expr.SQL(n), c.want)
		case ok && n.Type() != typ(c.to):
			t.Errorf("%v as %s is of type %s", c.value, c.to, n.Type())
		}
	}
	column := expr.NewColumn(0, 0, "x", typ("decimal(10,2)"), true, 0)
	if n, ok := expr.Coerce(column, typ("decimal(12,4)")); !ok || expr.SQL(n) != "cast(x as decimal(12,4))" {
		t.Error("a decimal does not widen")
	}
	if _, ok := expr.Coerce(column, typ("decimal(12,1)")); ok {
		t.Error("a decimal lost digits without a cast")
	}
}
