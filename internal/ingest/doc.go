// Package ingest brings data in: worksheets as CSV seeds, and the files of a
// source, which it finds and of which it knows the declared columns.
//
// It knows workbooks, the lock of the seeds, patterns that name extracts and the
// names and types that columns are declared with; how a file is written is for
// delimited to know. It does not know what a type's text looks like beyond what
// it writes itself, no Arrow, no test and no model: a field that is not of its
// type is for the parser of the source to refuse.
//
// An error of this package means that a file as a whole could not be used: it
// is missing, is something else, or lacks a sheet, a column or a header.
package ingest
