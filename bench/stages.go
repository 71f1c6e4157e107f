package main

import (
	"regexp"
	"slices"
)

// stages are what a run does, and the functions that do it. A sample belongs to
// the first stage that any of its frames fits, so that what stages share (values,
// kernels, the runtime) counts for the one that called it.
var stages = []struct {
	name     string
	function *regexp.Regexp
}{
	{"garbage collector", regexp.MustCompile(`^runtime\.(gcBgMarkWorker|gcAssistAlloc|bgsweep|bgscavenge|gcStart)`)},
	{"reading files", regexp.MustCompile(`^internal/poll\.\(\*FD\)\.P?[rR]ead`)},
	{"writing files", regexp.MustCompile(`^internal/poll\.\(\*FD\)\.P?[wW]rite|^martlet/internal/diskfile\.`)},
	{"syncing files", regexp.MustCompile(`^internal/poll\.\(\*FD\)\.Fsync`)},
	{"digests", regexp.MustCompile(`^crypto/`)},
	{"temporary files", regexp.MustCompile(`^martlet/internal/spill\.`)},
	{"finding records and fields", regexp.MustCompile(`^martlet/internal/delimited\.`)},
	{"typing fields", regexp.MustCompile(`^martlet/generated\.\(\*\w+Parser\)`)},
	{"tests", regexp.MustCompile(`^martlet/generated\.\(\*(\w+(Validator|Repeats|Freshness)|relationships\w+Check)\)`)},
	{"profiles", regexp.MustCompile(`^martlet/internal/profile\.`)},
	{"CSV", regexp.MustCompile(`^martlet/internal/sink\.\(\*(CSV|csv\w+|\w*[cC]olumn|band|Fields)\b|^martlet/internal/sink\.append`)},
	{"Arrow", regexp.MustCompile(`^martlet/internal/sink\.\(?\*?arrow|/arrow/ipc\.|^martlet/internal/arrowops\.\(\*Rebatcher`)},
	{"dedupe and joins", regexp.MustCompile(`^martlet/generated\.\(\*\w+(Model|Stage)\)\.(add|dedupe|probe|wins|group|Join|Fold)|^martlet/generated\.\(\*\w+Kept\)`)},
	{"columns of models", regexp.MustCompile(`^martlet/generated\.\(\*\w+(Model|Stage)\)`)},
	{"kernels: the rest", regexp.MustCompile(`^martlet/internal/arrowops\.`)},
	{"sources: the rest", regexp.MustCompile(`^martlet/internal/(scan|ingest)\.`)},
	{"outputs: the rest", regexp.MustCompile(`^martlet/internal/(sink|publish)\.`)},
	{"driving the run", regexp.MustCompile(`^martlet/internal/pipeline\.`)},
}

// stageOf is the stage of a sample.
func stageOf(frames []string) string {
	for _, s := range stages {
		if slices.ContainsFunc(frames, s.function.MatchString) {
			return s.name
		}
	}
	return "the Go runtime"
}
