package main

import (
	"database/sql"
	_ "embed"
	"fmt"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"

	_ "github.com/duckdb/duckdb-go/v2"
)

// martSQL is the mart as one would best write it for DuckDB, in stages that a
// line `-- stage: NAME` begins.
//
//go:embed duckdb.sql
var martSQL string

// queryMart has DuckDB make the mart and write it as CSV and Parquet.
func queryMart(j job) (outcome, error) {
	o := outcome{CSV: "mart.csv", Files: []string{"mart.csv", "mart.parquet"}}
	db, err := sql.Open("duckdb", "")
	if err != nil {
		return o, err
	}
	threads := j.Cores
	if threads == 0 {
		threads = runtime.NumCPU()
	}
	fill := strings.NewReplacer(
		"$seeds", filepath.Join(j.Input, "seeds"), "$out", j.Scratch, "$threads", strconv.Itoa(threads), "$asof", asOf,
	)
	for _, part := range strings.Split(martSQL, "-- stage: ")[1:] {
		name, text, _ := strings.Cut(part, "\n")
		start := time.Now()
		if _, err := db.Exec(fill.Replace(text)); err != nil {
			return o, fmt.Errorf("%s: %w", name, err)
		}
		o.Stages = append(o.Stages, stage{name, time.Since(start)})
	}
	// Not closed: the process ends here, and freeing its memory first is no use.
	return o, db.QueryRow("select count(*) from mart").Scan(&o.Rows)
}

// duckVersion is DuckDB's own; its driver has another.
func duckVersion() string {
	db, err := sql.Open("duckdb", "")
	if err != nil {
		return ""
	}
	defer db.Close()
	var v string
	if err := db.QueryRow("select version()").Scan(&v); err != nil {
		return ""
	}
	return ", DuckDB " + v
}
