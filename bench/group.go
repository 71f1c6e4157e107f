package main

import (
	"fmt"
	"time"
)

// group is contenders that do the same work, and what its table shows of them.
type group struct {
	name       string
	note       string // under the name
	contenders []contender
	columns    []column
	claims     []claim
	sameRows   bool // contenders with one input must write the same rows as CSV
	sameBytes  bool // ... and the same files, byte for byte
}

// contender is one way of doing it, run in a process of its own.
type contender struct {
	name  string
	input input
	run   func(job) (outcome, error)
	cores int    // how many it may use; 0: all
	runs  int    // at most so many, without one for the caches; 0: as wanted
	needs string // a flag that the program must know
}

// input is a file or folder that is made once.
type input struct {
	name string // in the folder of the inputs
	rows int    // that costs are shared among
	make func(path string) error
}

// job is what the process of a contender is told.
type job struct {
	Group, Contender string
	Divide           int     // see groups
	Input            string  // path
	Scratch          string  // folder of what it writes
	Cores            int     // that it may use
	Sizes            []int64 // of the files that the first contender wrote of this input
	Profile          string  // file for a CPU profile, if any
}

// outcome is what the process of a contender tells.
type outcome struct {
	Rows   int // seen, or written; 0: not counted
	Stages []stage
	CSV    string   // what it wrote as CSV, if anything, below Scratch
	Files  []string // all that it published, below Scratch
}

// stage is a part of a contender's time.
type stage struct {
	Name string
	Wall time.Duration
}

// result is the median of a contender's runs.
type result struct {
	name      string
	rows      int
	wall, cpu time.Duration
	anonymous int64 // bytes of memory that no file backs, at most
	peak      int64 // bytes of memory, files in memory included, at most
	stages    []stage
	digest    string // of the published files
}

// claim is what the results of a group should show.
type claim struct {
	what   string
	bound  float64
	least  bool // the bound is a least value, not a greatest
	figure func(results []result) (float64, bool)
}

// reading makes a contender's run of a function that reads a file and gives the
// number of rows it saw.
func reading(rows int, read func(path string) (int, error)) func(job) (outcome, error) {
	return func(j job) (outcome, error) {
		seen, err := read(j.Input)
		if err == nil && seen != rows {
			err = fmt.Errorf("it saw %d rows; expected %d", seen, rows)
		}
		return outcome{Rows: seen}, err
	}
}
