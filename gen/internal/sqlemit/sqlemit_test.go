package sqlemit_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"martlet/gen/internal/plan"
	"martlet/gen/internal/schema"
	"martlet/gen/internal/sqlemit"
)

const head = `
timezone = "Europe/Berlin"
[[source]]
name = "t"
grain = ["i"]
columns = [
  { name = "i", type = "int64", nullable = false }, { name = "j", type = "int64" }, { name = "f", type = "float64" }, { name = "d", type = "decimal(12,2)" },
  { name = "s", type = "string" }, { name = "day", type = "date" }, { name = "at", type = "timestamp" }, { name = "z", type = "timestamptz" }, { name = "order", type = "bool" },
]
`

// written are expressions, and what is written for them.
var written = map[string]string{
	`i + j * 2`:                            `i + j * 2`,
	`j / 2`:                                `j // 2`,
	`i / j`:                                `pg_div(i, j)`,
	`i / nullif(j, 0)`:                     `i // nullif(j, 0)`,
	`f / 2`:                                `f / 2::double`,
	`1 + 2`:                                `1::bigint + 2`,
	`7`:                                    `7::bigint`,
	`-9223372036854775808`:                 `(-9223372036854775808)::bigint`,
	`d * d`:                                `d::decimal(38,2) * d`,
	`d * i`:                                `d * i`,
	`d / 3`:                                `quotient_2_16(d, 3::decimal(1,0))`,
	`round(d, 1)`:                          `round(d, 1)`,
	`coalesce(d, 0)`:                       `coalesce(d, 0)`,
	`d > 1.50`:                             `d > 1.5`,
	`s::int64`:                             `pg_bigint(s)`,
	`d::string`:                            `d::varchar`,
	`lower(trim(s)) = 'a'`:                 `lower(trim(s)) = 'a'`,
	`s like 'a%'`:                          `s like 'a%'`,
	`s like '10\%'`:                        `s like '10\%' escape '\'`,
	`replace(s, e'\n', ' ')`:               `replace(s, e'\n', ' ')`,
	`"order" is not unknown`:               `"order" is not null`,
	`not "order" or j > 1`:                 `not "order" or j > 1`,
	`j <> 0 and i / j > 1`:                 `case when not j <> 0 then false else j <> 0 and pg_div(i, j) > 1 end`,
	`day + 1`:                              `day + 1`,
	`day + j`:                              `day + j::integer`,
	`day + interval '1 month'`:             `day + interval '1 month'`,
	`z + interval '1 day'`:                 `(z::timestamp + interval '1 day')::timestamptz`,
	`at - interval '30 days'`:              `"at" - interval '29 days' - interval '1 day'`,
	`date_trunc('month', day)::date`:       `date_trunc('month', day)::date`,
	`extract(year from day)`:               `extract(year from day)`,
	`extract(hour from z)`:                 `extract(hour from z::timestamp)`,
	`at < z`:                               `"at" < z`,
	`now()`:                                `as_of()`,
	`age_years(day, at)`:                   `extract(year from age("at", day))`,
	`case when j > 1 then 'a' end`:         `case when j > 1 then 'a' end`,
	`upper(s) is distinct from 'ß'`:        `pg_upper(s) is distinct from 'ß'`,
	`substring(s, 2, 1)`:                   `substring(s, 2, 1)`,
	`substring(s from j for 1)`:            `pg_substring(s, j, 1)`,
	`concat(s, null, z)`:                   `concat(s, cast(null as varchar), pg_instant(z))`,
	`greatest(f, 'NaN')`:                   `greatest(f, 'NaN'::double)`,
	`i in (1, j)`:                          `i in (1, j)`,
	`coalesce(s || null, '')`:              `coalesce((s || cast(null as varchar))::varchar, '')`,
	`lower(substring(null from i))`:        `lower(pg_substring_from(cast(null as varchar), i)::varchar)`,
	`timestamptz '2024-01-01 00:00:00+01'`: `timestamptz '2023-12-31 23:00:00+00'`,
}

func TestExpressions(t *testing.T) {
	for ours, want := range written {
		sql := script(t, head+"\n[[model]]\nname = \"m\"\nfrom = \"t\"\ncolumns = [{ name = \"x\", expr = '''"+ours+"''' }, { name = \"month\", expr = \"at + interval '1 month'\" }]")
		_, got, _ := strings.Cut(sql, "row$,\n  ")
		if got, _, _ = strings.Cut(got, " as x,"); got != want {
			t.Errorf("%s\ngives %s\nwant  %s", ours, got, want)
		}
	}
}

// Names that are taken are given way to, and those that SQL reads are in quotes.
func TestNames(t *testing.T) {
	sql := script(t, head+`
[[model]]
name = "deduplicated"
from = "t"
dedupe = { key = ["order", "i"] }
columns = [{ name = "i" }, { name = "select", expr = "s" }]

[[model]]
name = "t_by_i"
from = "deduplicated"
joins = [
  { input = "t", as = "deduplicated_2", on = ["i"], aggregate = [{ name = "i", expr = "max(j)" }] },
  { input = "t_by_i_2", on = ["i"] },
]
dedupe = { key = ["i"] }
columns = [{ name = "i" }, { name = "most", expr = "deduplicated_2.i" }]

[[model]]
name = "t_by_i_2"
from = "t"
columns = [{ name = "i" }]
`)
	for _, want := range []string{
		`partition by "order", i`, `s as "select"`, "with deduplicated_3 as (", "t_by_i_3 as (", "i as key_i,", "max(j) as i",
		"left join t_by_i_3 as deduplicated_2 on deduplicated_2.key_i = deduplicated_3.i\nleft join t_by_i_2 on t_by_i_2.i = deduplicated_3.i",
	} {
		if !strings.Contains(sql, want) {
			t.Errorf("%s is not in\n%s", want, sql)
		}
	}
}

// DuckDB takes names that differ in case only for one.
func TestNamesThatDifferInCase(t *testing.T) {
	for schema, want := range map[string]string{
		"[[source]]\nname = \"t\"\ncolumns = [{ name = \"id\", type = \"bool\" }, { name = \"ID\", type = \"bool\" }]":                      `columns of t: "id" and "ID" differ in case only`,
		head + "[[model]]\nname = \"T\"\nfrom = \"t\"\ncolumns = [{ name = \"i\" }]":                                                        `sources and models: "t" and "T" differ in case only`,
		head + "[[model]]\nname = \"m\"\nfrom = \"t\"\njoins = [{ input = \"t\", as = \"T\", on = [\"i\"] }]\ncolumns = [{ name = \"i\" }]": `inputs of model m: "t" and "T" differ in case only`,
	} {
		if _, err := sqlemit.DuckDB(planned(t, schema)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

func script(t *testing.T, text string) string {
	t.Helper()
	sql, err := sqlemit.DuckDB(planned(t, text))
	if err != nil {
		t.Fatal(err)
	}
	return sql
}

func planned(t *testing.T, text string) *plan.Plan {
	t.Helper()
	path := filepath.Join(t.TempDir(), "schema.toml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	decl, errs := schema.Load(path)
	if err := errs.Err(); err != nil {
		t.Fatal(err)
	}
	p, errs := plan.Build(decl)
	if err := errs.Err(); err != nil {
		t.Fatal(err)
	}
	return p
}
