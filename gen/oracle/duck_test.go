package oracle

import (
	"database/sql"
	"fmt"
	"strings"
	"testing"

	_ "github.com/duckdb/duckdb-go/v2" // the driver of the oracle

	"martlet/gen/internal/sqlemit"
)

// duck is one DuckDB in memory.
type duck struct{ db *sql.DB }

// openDuck opens one. It has one connection and one thread, so that its sums of
// floats do not vary.
func openDuck(t testing.TB) *duck {
	t.Helper()
	db, err := sql.Open("duckdb", "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	db.SetMaxOpenConns(1)
	d := &duck{db}
	d.exec(t, "set threads = 1")
	return d
}

// script runs the SQL that is emitted of a project: its zone, its sources as
// empty tables, its models as views, at an as-of time.
func (d *duck) script(t testing.TB, c *compiled, name, asOf string) {
	t.Helper()
	d.exec(t, c.scripts[name])
	d.exec(t, fmt.Sprintf("create or replace macro %s() as %s", sqlemit.AsOf, asOf))
}

func (d *duck) exec(t testing.TB, sql string) {
	t.Helper()
	if _, err := d.db.Exec(sql); err != nil {
		t.Fatalf("DuckDB: %v\n%s", err, sql)
	}
}

// duckType is DuckDB's name of one of our types.
func duckType(ours string) string {
	switch ours {
	case "int64":
		return "bigint"
	case "float64":
		return "double"
	case "string":
		return "varchar"
	}
	return ours
}

// load reads a seed into its table. An empty field in quotes is empty text, and
// one without quotes is null.
func (d *duck) load(t testing.TB, table, path string, columns []column) {
	t.Helper()
	var types []string
	for _, c := range columns {
		types = append(types, fmt.Sprintf("'%s': '%s'", c.name, duckType(c.typ)))
	}
	d.exec(t, fmt.Sprintf(`insert into %q by name select row_number() over () as %s, * from read_csv('%s', header = true, auto_detect = false, delim = ',', quote = '"', escape = '"',
		nullstr = '', allow_quoted_nulls = false, columns = {%s})`, table, sqlemit.Row, path, strings.Join(types, ", ")))
}

// query gives the rows of a query as Go values of DuckDB's driver.
func (d *duck) query(sql string) ([][]any, error) {
	rows, err := d.db.Query(sql)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	var out [][]any
	for rows.Next() {
		row := make([]any, len(columns))
		into := make([]any, len(columns))
		for i := range row {
			into[i] = &row[i]
		}
		if err := rows.Scan(into...); err != nil {
			return nil, err
		}
		out = append(out, row)
	}
	return out, rows.Err()
}

// ask fills a query with columns, one for each example; where DuckDB refuses
// them, each is tried alone to name those at fault.
func (d *duck) ask(t testing.TB, q query, template string, columns []string) [][]any {
	t.Helper()
	rows, err := d.query(fmt.Sprintf(template, strings.Join(columns, ", ")))
	if err == nil {
		return rows
	}
	named := false
	for i, e := range q.examples {
		if _, err := d.query(fmt.Sprintf(template, columns[i])); err != nil {
			t.Errorf("%s: %s: DuckDB refuses %s: %v", q.model, e.ours, columns[i], err)
			named = true
		}
	}
	if !named {
		t.Errorf("%s: DuckDB: %v", q.model, err)
	}
	return nil
}
