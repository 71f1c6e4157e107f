// Package oracle holds what generated programs compute against DuckDB, an
// engine that shares no code with ours.
//
// One table of cases names every construct of the expression language. Each is
// compiled into a pipeline, run on random rows, and compared value by value with
// DuckDB's answer to the same SQL, or to SQL written to give PostgreSQL's answer
// where DuckDB's own differs. Two whole projects are held to SQL of their own.
//
// It is a module of its own because DuckDB's driver needs cgo, and it knows the
// generator by its commands and by the types of its expressions only.
package oracle
