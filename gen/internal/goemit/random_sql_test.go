package goemit_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// column is a column that random SQL may read: how it is written there, its
// kind, and its type in full where that is known.
type column struct{ name, sql, kind, typ string }

// grammar writes random expressions, valid by construction, over some columns.
type grammar struct {
	*rand.Rand
	columns []column
}

var kinds = []string{"bool", "int64", "float64", "decimal", "string", "date", "timestamp", "timestamptz"}

// productions are the ways to make an expression of a kind of others: a word
// that names a kind stands for an expression of that kind, x and y for two of
// one kind.
var productions = map[string][]string{
	"bool": {
		"x = y", "x <> y", "x < y", "x >= y", "x between y and y", "x is null", "x is not null", "x is distinct from y", "x is not distinct from y",
		"x in (y, y)", "x not in (y, y, null)", "int64 in (1, 2, 3)", "string in ('a', 'b', 'c')", "date in ('2024-01-01', '2024-02-29', '2023-01-01')",
		"bool and bool", "bool or bool", "not bool", "bool and bool or bool", "bool is true", "bool is not false", "bool is unknown",
		"coalesce(bool, false)", "coalesce(bool, true)", "coalesce(bool, bool)", "nullif(bool, bool)", "case when bool then bool when bool then null else bool end",
		"string like 'a%'", "string not like '%b_'", "string ilike 'a%b%'", "regexp_like(string, 'x|y')", "starts_with(string, string)",
		"greatest(bool, bool)", "int64::bool", "int64 <> 0 and int64 / int64 > 1", "int64 = 0 or int64 % int64 = 1", "lower(string)::bool", "null > int64",
	},
	"int64": {
		"int64 + int64", "int64 - int64", "int64 * 2", "int64 / int64", "int64 % nullif(int64, 0)", "-int64", "abs(int64)", "length(string)",
		"extract(year from date)", "extract(isodow from timestamp)", "date - date", "bool::int64", "decimal::int64", "float64::int64", "lower(string)::int64",
		"case when int64 > 0 then 10 / int64 end", "case int64 when 1 then int64 when 2 then 7 else null end", "coalesce(int64, 0)", "coalesce(null, int64, int64 + 1)",
		"nullif(int64, 3)", "nullif(5, int64)", "greatest(int64, 0, int64)", "least(1, int64)", "age_years(date, now())", "age_years(date, timestamp)",
	},
	"float64": {
		"float64 + float64", "float64 * float64", "float64 / float64", "-float64", "round(float64)", "floor(float64)", "int64::float64", "decimal::float64",
		"lower(string)::float64", "date_part('hour', timestamp)", "coalesce(float64, int64)", "greatest(float64, 'NaN'::float64)", "coalesce(null::float64, float64)",
		"case when bool then float64 else 1 end", "nullif(float64, 0)", "least(float64, 'Infinity')", "abs(float64)",
	},
	"decimal": {
		"decimal + 1.25", "decimal - decimal", "decimal * 0.5", "decimal / 3", "-decimal", "round(decimal, 1)", "floor(decimal)", "int64::decimal(20,2)",
		"lower(string)::decimal(10,2)", "coalesce(decimal, 0)", "greatest(decimal, 1.5, int64)", "nullif(decimal, 2)", "case when bool then decimal else decimal end",
		"coalesce(decimal, 99999999999999999999.5)", "extract(second from timestamp)", "extract(epoch from timestamptz)", "float64::decimal(30,4)", "decimal % 7",
	},
	"string": {
		"lower(string)", "upper(trim(string))", "string || string", "string || int64", "concat(string, '-', string, date::string)", "substring(string, 2, 1)",
		"substring(string from int64)", "split_part(string, '-', 2)", "replace(string, 'a', 'b')", "md5(string)", "int64::string", "decimal::string", "bool::string",
		"timestamptz::string", "case when bool then string end", "coalesce(string, 'it''s')", "nullif(string, '')", "greatest(string, string)", "coalesce(nullif(trim(string), ''), string, '?')",
	},
	"date": {
		"date + 1", "date - int64", "timestamp::date", "timestamptz::date", "coalesce(date, '2024-01-01')", "greatest(date, null, date)", "nullif(date, '2024-02-29')",
		"case when bool then date end", "lower(string)::date", "coalesce(null::date, date, date)",
	},
	"timestamp": {
		"date_trunc('month', timestamp)", "date_trunc('week', date)", "timestamp + interval '1 month'", "timestamp - interval '2 hours'", "date::timestamp", "timestamptz::timestamp",
		"coalesce(timestamp, '2024-01-01 12:00:00')", "greatest(timestamp, date)", "nullif(timestamp, timestamp)", "date + interval '1 day'", "case when bool then null else timestamp end",
	},
	"timestamptz": {
		"now()", "now() - interval '30 days'", "now() - interval '1 month 2 hours'", "timestamp::timestamptz", "timestamptz + interval '1 day'", "timestamptz - interval '5 minutes'",
		"coalesce(timestamptz, now())", "greatest(timestamptz, timestamp, date)", "date_trunc('day', timestamptz)", "case when timestamptz > now() - interval '90 days' then timestamptz else now() end",
	},
}

// leaves are constants of each kind, taken where no column is.
var leaves = map[string][]string{
	"bool": {"true", "false", "null::bool"}, "int64": {"0", "7", "(-9223372036854775808)", "null::int64"},
	"float64": {"1.5::float64", "'NaN'::float64", "'-0'::float64", "null::float64"}, "decimal": {"1.5", "12345678901234567890.25", "null::decimal(4,1)"},
	"string": {"'x'::string", "'a \"b\" `c` */ // d'::string", "''::string", "null::string"}, "date": {"date '2024-02-29'", "'0001-01-01'::date", "null::date"},
	"timestamp":   {"timestamp '2024-02-29 23:59:59.999999'", "null::timestamp"},
	"timestamptz": {"now()", "'2024-01-01 00:00:00+01'::timestamptz", "null::timestamptz"},
}

// aggregates of each kind, in the same notation.
var aggregates = map[string][]string{
	"bool":    {"bool_and(bool)", "bool_or(bool) filter (where bool)", "max(bool)"},
	"int64":   {"count(*)", "count(x)", "count(distinct x)", "sum(int64)", "max(int64) filter (where bool)", "count(*) filter (where bool)"},
	"float64": {"avg(int64)", "avg(decimal)", "sum(float64)", "min(float64)", "avg(float64) filter (where bool)"},
	"decimal": {"sum(decimal)", "max(decimal)"},
	"string":  {"min(string)", "arg_max(string, x)", "arg_min(string, x) filter (where bool)"},
	"date":    {"max(date)", "arg_max(date, x)"}, "timestamp": {"min(timestamp)"}, "timestamptz": {"max(timestamptz)", "arg_min(timestamptz, int64)"},
}

func pick[T any](r *rand.Rand, from []T) T { return from[r.IntN(len(from))] }

// of gives an expression of a kind.
func (g *grammar) of(kind string, depth int) string {
	if depth == 0 || g.IntN(4) == 0 {
		return g.leaf(kind)
	}
	return "(" + g.fill(pick(g.Rand, productions[kind]), depth-1) + ")"
}

func (g *grammar) leaf(kind string) string {
	var fitting []string
	for _, c := range g.columns {
		if c.kind == kind {
			fitting = append(fitting, c.sql)
		}
	}
	if len(fitting) == 0 || g.IntN(6) == 0 {
		return pick(g.Rand, leaves[kind])
	}
	return pick(g.Rand, fitting)
}

// fill replaces the words of a production.
func (g *grammar) fill(production string, depth int) string {
	same := pick(g.Rand, kinds)
	var out strings.Builder
	for i := 0; i < len(production); {
		word := production[i : i+wordLength(production[i:])]
		switch _, isKind := productions[word]; {
		case word == "":
			out.WriteByte(production[i])
			i++
			continue
		case strings.HasSuffix(production[:i], "::"):
			out.WriteString(word)
		case isKind:
			out.WriteString(g.of(word, depth))
		case word == "x" || word == "y":
			out.WriteString(g.of(same, depth))
		default:
			out.WriteString(word)
		}
		i += len(word)
	}
	return out.String()
}

// wordLength is the length of the word that text in SQL begins with, quoted text included.
func wordLength(text string) int {
	if text[0] == '\'' {
		return strings.IndexByte(text[1:], '\'') + 2
	}
	n := 0
	for n < len(text) && (text[n] == '_' || text[n] >= '0' && text[n] <= '9' || text[n] >= 'a' && text[n] <= 'z') {
		n++
	}
	return n
}

// aggregate gives an expression over groups: an aggregate, or what is computed of it.
func (g *grammar) aggregate(kind string) string {
	a := g.fill(pick(g.Rand, aggregates[kind]), 1)
	switch g.IntN(4) {
	case 0:
		return fmt.Sprintf("coalesce(%s, %s)", a, pick(g.Rand, leaves[kind]))
	case 1:
		return fmt.Sprintf("case when count(*) > 1 then %s end", a)
	case 2:
		if kind == "int64" {
			return fmt.Sprintf("%s * 100 / count(*)", a)
		}
	}
	return a
}
