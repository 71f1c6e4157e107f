package oracle

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
)

// generic is one data test, and the query that dbt would run for it: that of
// its generic tests, of dbt_utils or of dbt_expectations, with {model} for the
// relation. Where dbt counts values and not rows, rows is the query of the rows.
type generic struct {
	name   string
	ours   string // kind, as the schema has it
	ofRows bool   // it stands at the source
	dbt    string
	rows   string
	whole  bool // it fails as a whole, so there is no percentage
	// noRows is how often it fails where no value is seen, if that is not what
	// dbt says.
	noRows int
}

var generics = []generic{
	{name: "not_null", ours: `not_null = true`, dbt: `select * from {model} where word is null`},
	{name: "unique", ours: `unique = true`, dbt: `select word as unique_field, count(*) as n_records from {model} where word is not null group by word having count(*) > 1`},
	{name: "unique_combination", ofRows: true, ours: `unique_combination = ["word", "amount", "id"]`, dbt: `select word, amount, id from {model} group by word, amount, id having count(*) > 1`},
	{name: "accepted_values", ours: `accepted_values = ["A", "b", "it's"]`, dbt: `with all_values as (select word as value_field, count(*) as n_records from {model} group by word)
		select * from all_values where value_field not in ('A', 'b', 'it''s')`, rows: `select * from {model} where word not in ('A', 'b', 'it''s')`},
	{name: "accepted_values_nulls", ours: `accepted_values = ["A", "b"], nulls = "fail"`, dbt: `with all_values as (select word as value_field, count(*) as n_records from {model} group by word)
		select * from all_values where value_field not in ('A', 'b')`, rows: `select * from {model} where word not in ('A', 'b') or word is null`},
	{name: "not_accepted_values", ours: `not_accepted_values = ["x", ""]`, dbt: `with all_values as (select distinct word as value_field from {model}) select value_field from all_values where value_field in ('x', '')`,
		rows: `select * from {model} where word in ('x', '')`},
	{name: "relationships", ours: `relationships = { to = "p", field = "word" }`, dbt: `with child as (select word as from_field from {model} where word is not null), parent as (select word as to_field from p)
		select from_field from child left join (select distinct to_field from parent) parent on child.from_field = parent.to_field where parent.to_field is null`},
	{name: "relationships_nulls", ours: `relationships = { to = "p", field = "word" }, nulls = "fail"`, dbt: `select * from {model} where word is null or not exists (select 1 from p where p.word = dbt_model.word)`},
	{name: "matches", ours: `matches = '^[A-Z]'`, dbt: `with grouped_expression as (select regexp_matches(word, '^[A-Z]') as expression from {model}) select * from grouped_expression where not(expression)`},
	{name: "matches_nulls", ours: `matches = '(?i)^[a-z]*$', nulls = "fail"`, dbt: `select * from {model} where word is null or not regexp_matches(word, '(?i)^[a-z]*$')`},
	{name: "length", ours: `length = { min = 1, max = 2 }`, dbt: `with grouped_expression as (select (length(word) >= 1 and length(word) <= 2) as expression from {model}) select * from grouped_expression where not(expression)`},
	{name: "not_empty", ours: `not_empty = true`, dbt: `select * from {model} where trim(translate(word, chr(9) || chr(10) || chr(13), '   ')) = ''`},
	{name: "row_count", ofRows: true, whole: true, ours: `row_count = { min = 150, max = 280 }`, dbt: `with c as (select count(*) as n from {model}) select * from c where not (n >= 150 and n <= 280)`},
	{name: "expression", ofRows: true, ours: `expr = "amount > 0 or word = 'A'"`, dbt: `select * from {model} where not(amount > 0 or word = 'A')`},
	{name: "expression_nulls", ofRows: true, ours: `expr = "amount > 0 or word = 'A'", nulls = "fail"`, dbt: `select * from {model} where (amount > 0 or word = 'A') is not true`},
	{name: "expression_of_numbers", ofRows: true, ours: `expr = "id % 7 <> 3"`, dbt: `select * from {model} where not(id % 7 <> 3)`},
}

// ranges, monotonic and recency are of columns of several types.
func init() {
	for _, c := range []struct{ name, low, high string }{
		{"amount", "-5.5", "9.99"}, {"id", "10", "200"}, {"ratio", "0.0", "0.5"}, {"day", "2024-04-01", "2024-04-30"}, {"stamp", "2024-04-10 12:00:00", "2024-04-30 00:00:00"},
	} {
		sql := func(v string) string {
			if c.name == "day" || c.name == "stamp" {
				return "'" + v + "'"
			}
			return v
		}
		generics = append(generics,
			generic{name: "range_" + c.name, ours: fmt.Sprintf(`range = { min = %s, max = %s }`, c.low, c.high),
				dbt: fmt.Sprintf(`select * from {model} where 1 = 2 or not %[1]s >= %[2]s or not %[1]s <= %[3]s`, c.name, sql(c.low), sql(c.high))},
			generic{name: "inside_" + c.name, ours: fmt.Sprintf(`range = { min = %s, inclusive = false }`, c.low),
				dbt: fmt.Sprintf(`select * from {model} where 1 = 2 or not %s > %s`, c.name, sql(c.low))})
	}
	for _, c := range []string{"amount", "id", "ratio", "day", "stamp", "word"} {
		for _, o := range []struct{ name, order, options string }{{"never_falls", ">=", ""}, {"rises", ">", "strictly = true"}, {"never_rises", "<=", "descending = true"}, {"falls", "<", "strictly = true, descending = true"}} {
			generics = append(generics, generic{name: fmt.Sprintf("monotonic_%s_%s", c, o.name), ours: fmt.Sprintf("monotonic = { %s }", o.options), dbt: fmt.Sprintf(`
				with all_values as (select row$ as sort_column, %[1]s as value_field from {model} where %[1]s is not null),
				add_lag_values as (select sort_column, value_field, lag(value_field) over (order by sort_column) as value_field_lag from all_values)
				select * from add_lag_values where value_field_lag is not null and not (value_field %[2]s value_field_lag)`, c, o.order)})
		}
	}
	for _, c := range []string{"day", "stamp"} {
		for _, within := range []struct{ ours, sql string }{{"1h", "1 hour"}, {"1d", "24 hours"}, {"36h", "36 hours"}, {"2d12h", "60 hours"}, {"30d", "720 hours"}} {
			generics = append(generics, generic{name: "recency_" + c + "_" + within.ours, whole: true, noRows: 1, ours: fmt.Sprintf(`recency = { within = %q }`, within.ours), dbt: fmt.Sprintf(`
				with recency as (select max(%s) as most_recent from {model})
				select most_recent from recency where most_recent < timestamp '2024-05-01 00:00:00' - interval '%s'`, c, within.sql)})
		}
	}
}

// column is the column that a test stands at.
func (g generic) column() string {
	_, last, _ := strings.Cut(g.name, "_")
	last, _, _ = strings.Cut(last, "_")
	for _, c := range checkedColumns(nil) {
		if c.name == last {
			return last
		}
	}
	return "word"
}

// chosen are the options of one test, with dbt's words.
type chosen struct{ where, severity, warnIf, errorIf string }

var optionSets = []chosen{
	{},
	{severity: "warn"},
	{where: "id > 60"},
	{where: "amount is null or word = 'A'", severity: "warn", warnIf: "> 3"},
	{errorIf: "> 30", warnIf: "> 3"},
	{errorIf: ">= 10%", warnIf: "!= 0"},
	{where: "id < 100", errorIf: "= 0", warnIf: "< 5"},
	{where: "id < 0", errorIf: "> 0.1%", warnIf: "<= 100%"}, // sees no row
}

func (c chosen) fits(g generic) bool {
	return !g.whole || !strings.Contains(c.errorIf+c.warnIf, "%")
}

func (c chosen) schema() string {
	out := ""
	for key, value := range map[string]string{"where": c.where, "severity": c.severity, "warn_if": c.warnIf, "error_if": c.errorIf} {
		if value != "" {
			out += fmt.Sprintf(", %s = %q", key, value)
		}
	}
	return out
}

// relation is what dbt puts in place of the model where the test has a where.
func (c chosen) relation(table string) string {
	if c.where == "" {
		return table + " dbt_model"
	}
	return fmt.Sprintf("(select * from %s where %s) dbt_model", table, c.where)
}

// status is the query of the status that dbt gives, of a number of failures and
// of rows.
func (c chosen) status(failures, rows string) string {
	met := func(threshold string) string {
		if threshold == "" {
			threshold = "!= 0"
		}
		if share, ok := strings.CutSuffix(threshold, "%"); ok {
			return fmt.Sprintf("coalesce(100.0 * %s / nullif(%s, 0), 0) %s", failures, rows, share)
		}
		return failures + " " + threshold
	}
	severity := c.severity
	if severity == "" {
		severity = "error"
	}
	return fmt.Sprintf("case when '%s' = 'error' and %s then 'fail' when %s then 'warn' else 'pass' end", severity, met(c.errorIf), met(c.warnIf))
}

// checkedColumns are those of the tables that are tested.
func checkedColumns(*rand.Rand) []column {
	return []column{
		{"id", "int64", or(10, "", id(250))},
		{"word", "string", or(6, "", or(8, `""`, oneOf("A", "b", "x", " ", `"	"`, "it's", "Long", "é", "Éa", "zz", "abc")))},
		{"amount", "decimal(8,2)", or(8, "", oneOf("-5.50", "-5.51", "0.00", "9.99", "10.00", "3.33"))},
		{"ratio", "float64", or(8, "", oneOf("0", "0.5", "-0.25", "0.75", "NaN", "1e300"))},
		{"day", "date", or(5, "", oneOf("2024-03-31", "2024-04-01", "2024-04-15", "2024-04-29", "2024-04-30"))},
		{"stamp", "timestamp", or(5, "", moment("2024-04-30 18:00:00", 40))},
	}
}

// testedTables are the tables with tests: one with rows, one without.
var testedTables = []string{"t", "empty"}

// checksSchema declares every test with every choice of options.
func checksSchema() string {
	s := &schemaWriter{}
	s.line("name = \"checks\"")
	for _, table := range testedTables {
		s.line("[[source]]\nname = %q\ncolumns = [", table)
		for _, c := range checkedColumns(nil) {
			s.line("  { name = %q, type = %q, tests = [%s] },", c.name, c.typ, testsOf(table, func(g generic) bool { return !g.ofRows && g.column() == c.name }))
		}
		s.line("]\ntests = [%s]", testsOf(table, func(g generic) bool { return g.ofRows }))
	}
	s.line("[[source]]\nname = \"p\"\ncolumns = [{ name = \"word\", type = \"string\" }]")
	return s.text.String()
}

func testsOf(table string, of func(generic) bool) string {
	var out []string
	for _, g := range generics {
		for i, c := range optionSets {
			if of(g) && c.fits(g) {
				out = append(out, fmt.Sprintf("{ name = %q, %s%s }", checkName(table, g, i), g.ours, c.schema()))
			}
		}
	}
	return strings.Join(out, ",\n    ")
}

func checkName(table string, g generic, choice int) string {
	return fmt.Sprintf("%s_%s_%d", table, g.name, choice)
}

// outcome is what a run says of one test.
type outcome struct {
	Status   string
	Failures int64
	Martlet  struct {
		Distinct int64 `json:"distinct_values"`
		Rows     int64
	}
}

// TestChecksAgainstDuckDB holds every kind of data test, with every choice of
// options, to the query that dbt would run.
func TestChecksAgainstDuckDB(t *testing.T) {
	program := compile(t, map[string]string{"checks": checksSchema()})
	for _, seed := range seeds() {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			d := openDuck(t)
			root := project(t, d, program, "checks", "timestamptz '2024-05-01 00:00:00+00'", []table{
				{"t", checkedColumns(nil), 300}, {"empty", checkedColumns(nil), 0},
				{"p", []column{{"word", "string", or(4, "", oneOf("A", "b", "zz", "é"))}}, 30},
			}, seed)
			got := program.Run(t, "checks", "--root", root, "--as-of", "2024-05-01T00:00:00Z")
			if got.Exit != 1 {
				t.Fatalf("exit status %d\n%s%s", got.Exit, got.Stdout, got.Stderr)
			}
			ours := outcomes(t, filepath.Join(root, "target", "run_results.json"))
			fails := map[string]int{}
			for _, table := range testedTables {
				for _, g := range generics {
					for i, c := range optionSets {
						if c.fits(g) {
							fails[holdCheck(t, d, ours[checkName(table, g, i)], table, g, c)]++
						}
					}
				}
			}
			if fails["pass"] < 100 || fails["warn"] < 100 || fails["fail"] < 100 {
				t.Errorf("statuses are too much of one kind: %v", fails)
			}
		})
	}
}

// holdCheck compares one test and gives its status.
func holdCheck(t *testing.T, d *duck, ours outcome, table string, g generic, c chosen) string {
	t.Helper()
	model := c.relation(table)
	count := func(query string) string {
		return "(select count(*) from (" + strings.ReplaceAll(query, "{model}", model) + "))"
	}
	rows := "(select count(*) from " + model + ")"
	failing := count(g.dbt)
	if g.rows != "" {
		failing = count(g.rows)
	}
	seen := fmt.Sprintf("(select count(%s) from %s)", g.column(), model)
	if g.noRows > 0 {
		failing = fmt.Sprintf("(case when %s = 0 then %d else %s end)", seen, g.noRows, failing)
	}
	found, err := d.query(fmt.Sprintf("select %s, %s, %s, %s", failing, count(g.dbt), rows, c.status(failing, rows)))
	if err != nil {
		t.Fatalf("%s, %+v: DuckDB: %v", g.name, c, err)
	}
	failures, values, looked, status := found[0][0].(int64), found[0][1].(int64), found[0][2].(int64), found[0][3].(string)
	if ours.Failures != failures || ours.Status != status || ours.Martlet.Rows != looked {
		t.Errorf("%s of %s, %+v: ours %s with %d failures in %d rows, dbt's %s with %d in %d", g.name, table, c, ours.Status, ours.Failures, ours.Martlet.Rows, status, failures, looked)
	}
	if g.rows != "" && ours.Martlet.Distinct != values {
		t.Errorf("%s of %s, %+v: ours %d values, dbt's %d", g.name, table, c, ours.Martlet.Distinct, values)
	}
	return status
}

// outcomes reads what a run says of its tests, by name.
func outcomes(t *testing.T, path string) map[string]outcome {
	t.Helper()
	var run struct {
		Results []struct {
			outcome
			UniqueID string `json:"unique_id"`
		}
	}
	if err := json.Unmarshal([]byte(readFile(t, path)), &run); err != nil {
		t.Fatal(err)
	}
	out := map[string]outcome{}
	for _, r := range run.Results {
		out[r.UniqueID[strings.LastIndex(r.UniqueID, ".")+1:]] = r.outcome
	}
	return out
}
