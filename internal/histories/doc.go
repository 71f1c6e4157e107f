// Package histories proves that a build which starts from the one before it does
// what a build does that computes everything: it makes up histories of extracts,
// builds after each change to the files, and compares with a build that knows of
// no earlier one.
//
// It knows the command line, and the files that a build reads and writes. What the
// project computes is not its business. Nothing but tests imports it.
package histories

import "time"

// Project is a compiled project, and what its files are made of.
type Project struct {
	// Run runs one command line, and gives the exit status and all that was said.
	Run     func(args ...string) (exit int, said string)
	Sources []Source
	Models  []Model   // the incremental ones
	AsOf    time.Time // of the first run
	// Apart says why an update may be given up for computing everything although
	// there are only new records; it is told the reason that the run gives. It may
	// be nil.
	Apart func(reason string) bool
}

// Source is one source of the project.
type Source struct {
	Name   string
	Seed   string // path of its file; with one * where it has several
	Header string
	First  int // records that it has at least when the first run begins
	// Record makes up a record, without a line end; n were made up before it. Most
	// should pass all tests.
	Record func(pick Pick, n int) string
	// Bad makes up one that is rejected, or fails a test. It may be nil.
	Bad func(pick Pick, n int) string
}

// Model is an incremental model, which is published as CSV at least.
type Model struct {
	Name     string
	Key      []string // its grain
	Constant []string // columns that only depend on now()
}

// Pick gives a number from 0 to n-1.
type Pick func(n int) int

// Of picks one of several.
func (p Pick) Of(values ...string) string { return values[p(len(values))] }

// At picks a time of the given layout: one of n, the given number of hours apart,
// from 2024 on.
func (p Pick) At(layout string, n, hours int) string {
	return time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(p(n)*hours) * time.Hour).Format(layout)
}
