package randschema

// table has ways to make something of a kind. Those that are partial have no
// value on some rows, or, of floats, one that depends on the order of the rows.
type table struct{ total, partial map[string][]string }

// productions are the ways to make an expression of a kind of others: a word
// that names a kind stands for an expression of that kind, x and y for two of
// one kind.
var productions = table{
	total: map[string][]string{
		"bool": {
			"x = y", "x <> y", "x < y", "x >= y", "x between y and y", "x is null", "x is not null", "x is distinct from y", "x is not distinct from y",
			"x in (y, y)", "x not in (y, y, null)", "int64 in (1, 2, 3)", "string in ('a', 'b', 'c')", "date in ('2024-01-01', '2024-02-29', '2023-01-01')",
			"bool and bool", "bool or bool", "not bool", "bool and bool or bool", "bool is true", "bool is not false", "bool is unknown",
			"coalesce(bool, false)", "coalesce(bool, true)", "coalesce(bool, bool)", "nullif(bool, bool)", "case when bool then bool when bool then null else bool end",
			"string like 'a%'", "string not like '%b_'", "string ilike 'a%b%'", "regexp_like(string, 'x|y')", "starts_with(string, string)",
			"greatest(bool, bool)", "int64::bool", "null > int64", "x > y", "x <= y", "not (x = y)", "x not in (x, y)",
			"string not ilike '_x%'", `string like '%\_%'`, "regexp_like(lower(string), '^[a-c]+$')", "bool is not true", "bool is false", "bool <> bool", "case bool when true then bool else not bool end",
			"timestamptz > timestamp", "timestamp between date and timestamptz", "int64 < decimal", "decimal >= float64", "date = '2024-03-31'",
		},
		"int64": {
			"int64 + int64", "int64 - int64", "int64 * 2", "int64 / nullif(int64, 0)", "int64 % nullif(int64, 0)", "-int64", "abs(int64)", "length(string)",
			"extract(year from date)", "extract(isodow from timestamp)", "extract(hour from timestamptz)", "date - date", "bool::int64",
			"case int64 when 1 then int64 when 2 then 7 else null end", "coalesce(int64, 0)", "coalesce(null, int64, int64 + 1)",
			"nullif(int64, 3)", "nullif(5, int64)", "greatest(int64, 0, int64)", "least(1, int64)", "age_years(date, now())", "age_years(date, timestamp)",
			"(round(decimal, 1) % 1000)::int64", "(int64 % 1000) * (int64 % 1000)", "extract(doy from date)", "extract(week from timestamp)", "extract(quarter from timestamptz)",
			"extract(microseconds from timestamp) % 1000", "mod(int64, 7)", "(3 - 5) * int64 % 100", "2 * 3 + int64", "case when bool then 1 when bool then 2 end + 3",
		},
		"float64": {
			"float64 + float64", "float64 * float64", "float64 / nullif(float64, 0)", "-float64", "round(float64)", "floor(float64)", "int64::float64", "decimal::float64",
			"date_part('hour', timestamp)", "coalesce(float64, int64)", "greatest(float64, 'NaN'::float64)", "coalesce(null::float64, float64)",
			"case when bool then float64 else 1 end", "nullif(float64, 0)", "least(float64, 'Infinity')", "abs(float64)", "ceil(float64)", "float64 - float64", "date_part('epoch', timestamp)", "date_part('second', timestamptz)",
		},
		"decimal": {
			"decimal + 1.25", "decimal - decimal", "(decimal % 1000) * 0.5", "decimal / 3", "-decimal", "round(decimal, 1)", "floor(decimal)", "int64::decimal(20,2)",
			"coalesce(decimal, 0)", "greatest(decimal, 1.5, int64)", "nullif(decimal, 2)", "case when bool then decimal else decimal end",
			"extract(second from timestamp)", "extract(epoch from timestamptz)", "decimal % 7", "round(decimal, -1)", "abs(decimal)", "ceil(decimal)", "round(decimal, 3)", "(decimal % 1000) * (int64 % 1000)", "mod(decimal, 0.3)",
			"extract(milliseconds from timestamp)", "extract(epoch from date)", "decimal / nullif(int64, 0)", "decimal - int64", "least(decimal, int64)", "(decimal % 1000)::decimal(6,1)",
		},
		"string": {
			"lower(string)", "upper(trim(string))", "string || string", "string || int64", "concat(string, '-', string, date::string)", "substring(string, 2, 1)",
			"substring(string from int64)", "split_part(string, '-', 2)", "replace(string, 'a', 'b')", "md5(string)", "int64::string", "decimal::string", "bool::string",
			"timestamptz::string", "case when bool then string end", "coalesce(string, 'it''s')", "nullif(string, '')", "greatest(string, string)", "coalesce(nullif(trim(string), ''), string, '?')", "upper(string)", "ltrim(string)", "rtrim(string, ' x')", "substring(string, int64, 2)",
			"substring(string from 2 for abs(int64 % 5))", "split_part(string, 'b', -1)", "sha256(string)", "string || decimal", "date || string", "timestamp::string", "(float64 + 0)::string",
			"replace(string, string, '-')", "concat(int64, decimal, null)", "least(string, 'b')", "string || null",
		},
		"date": {
			"date + 1", "date - int64 % 1000", "timestamp::date", "timestamptz::date", "coalesce(date, '2024-01-01')", "greatest(date, null, date)", "nullif(date, '2024-02-29')",
			"case when bool then date end", "coalesce(null::date, date, date)", "int64 % 30 + date", "(timestamp + interval '1 month')::date", "least(date, '2024-01-01')", "date_trunc('month', date)::date",
		},
		"timestamp": {
			"date_trunc('month', timestamp)", "date_trunc('week', date)", "timestamp + interval '1 month'", "timestamp - interval '2 hours'", "date::timestamp", "timestamptz::timestamp",
			"coalesce(timestamp, '2024-01-01 12:00:00')", "greatest(timestamp, date)", "nullif(timestamp, timestamp)", "date + interval '1 day'", "case when bool then null else timestamp end",
			"date_trunc('hour', timestamp)", "date_trunc('quarter', date)", "date_trunc('decade', timestamp)", "date_trunc('century', timestamp)", "timestamp + interval '30 days'",
			"timestamp + interval '1 month 2 days 03:04:05'", "timestamp - interval '1 year'", "least(timestamp, date)", "timestamp + interval '24 hours'",
		},
		"timestamptz": {
			"now()", "now() - interval '30 days'", "now() - interval '1 month 2 hours'", "timestamp::timestamptz", "timestamptz + interval '1 day'", "timestamptz - interval '5 minutes'",
			"coalesce(timestamptz, now())", "greatest(timestamptz, timestamp, date)", "date_trunc('day', timestamptz)", "case when timestamptz > now() - interval '90 days' then timestamptz else now() end",
			"date_trunc('hour', timestamptz)", "date_trunc('week', timestamptz)", "timestamptz + interval '1 month'", "timestamptz - interval '36 hours'", "date::timestamptz", "least(timestamptz, timestamp)",
		},
	},
	partial: map[string][]string{
		"bool":    {"int64 <> 0 and int64 / int64 > 1", "int64 = 0 or int64 % int64 = 1", "lower(string)::bool"},
		"int64":   {"int64 / int64", "case when int64 > 0 then 10 / int64 end", "decimal::int64", "float64::int64", "lower(string)::int64"},
		"float64": {"float64 / float64", "lower(string)::float64"},
		"decimal": {"decimal * 0.5", "lower(string)::decimal(10,2)", "coalesce(decimal, 99999999999999999999.5)", "float64::decimal(30,4)"},
		"date":    {"date - int64", "lower(string)::date"},
	},
}

// leaves are constants of each kind, taken where no column is.
var leaves = table{
	total: map[string][]string{
		"bool": {"true", "false", "null::bool"}, "int64": {"0", "7", "3000000000", "null::int64"},
		"float64": {"1.5::float64", "'NaN'::float64", "'-0'::float64", "null::float64"}, "decimal": {"1.5", "1234567.25", "null::decimal(4,1)"},
		"string": {"'x'::string", "'a \"b\" `c` */ // d'::string", "''::string", "null::string"}, "date": {"date '2024-02-29'", "'1970-01-01'::date", "null::date"},
		"timestamp":   {"timestamp '2024-02-29 23:59:59.999999'", "null::timestamp"},
		"timestamptz": {"now()", "'2024-01-01 00:00:00+01'::timestamptz", "null::timestamptz"},
	},
	partial: map[string][]string{
		"int64": {"(-9223372036854775808)"}, "decimal": {"12345678901234567890.25"}, "date": {"'0001-01-01'::date"},
	},
}

// aggregates of each kind, in the same notation. Sums and means of floats are
// of whole ones that are not large, which are exact in any order.
var aggregates = table{
	total: map[string][]string{
		"bool":    {"bool_and(bool)", "bool_or(bool) filter (where bool)", "max(bool)", "every(bool)", "arg_max(bool, x)"},
		"int64":   {"count(*)", "count(x)", "count(distinct x)", "sum(int64)", "max(int64) filter (where bool)", "count(*) filter (where bool)", "arg_min(int64, x) filter (where bool)", "count(distinct x) filter (where bool)", "sum(case when bool then 1 else 0 end)"},
		"float64": {"avg(int64)", "sum(round(least(greatest(float64, -9999), 9999)))", "min(float64)", "avg(round(least(greatest(float64, -9999), 9999))) filter (where bool)"},
		"decimal": {"sum(decimal)", "max(decimal)", "arg_max(decimal, x) filter (where bool)"},
		"string":  {"min(string)", "arg_max(string, x)", "arg_min(string, x) filter (where bool)"},
		"date":    {"max(date)", "arg_max(date, x)"}, "timestamp": {"min(timestamp)", "arg_min(timestamp, x)"}, "timestamptz": {"max(timestamptz)", "arg_min(timestamptz, int64)", "max(timestamptz) filter (where bool)"},
	},
	partial: map[string][]string{
		"float64": {"avg(decimal)", "sum(float64)", "avg(float64) filter (where bool)"},
	},
}
