// Package ingest brings data in: worksheets as CSV seeds, and CSV files as
// records of raw fields that know where they come from.
//
// It knows file formats (xlsx, CSV, the lock of the seeds) and the names and
// types that columns are declared with. It does not know what a type's text
// looks like beyond what it writes itself, no Arrow, no test and no model: a
// field that is not of its type is for the parser of the source to refuse.
//
// Two classes of errors leave this package. A *DataError means that a file is
// what its name says and one of its records is not. Every other error means
// that the file as a whole could not be used: it is missing, is something else,
// or lacks a sheet, a column or a header.
package ingest
