// Package oracle holds what generated programs compute against DuckDB, an
// engine that shares no code with ours.
//
// One table of cases names every construct of the expression language. Each is
// compiled into a pipeline, run on random rows, and compared value by value with
// what DuckDB makes of the SQL that sqlemit writes for the same model; and with
// its answer to the very text where that is PostgreSQL's. Two whole projects are
// held to SQL of their own.
//
// It is a module of its own because DuckDB's driver needs cgo.
package oracle
