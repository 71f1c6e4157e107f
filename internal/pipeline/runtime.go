package pipeline

import (
	"math"
	"os"
	"runtime"
	"runtime/debug"
)

// frugal is how much the heap may grow, in percent, before Go's collector looks at
// it where a run holds much. What is held has next to no pointers, so looking is
// cheap, and Go's own 100 would have a run use twice what it holds.
const frugal = 20

// muchHeld is how much a run has to hold, in bytes, to be frugal.
const muchHeld = 256 << 20

// bound has Go's runtime keep to the processors and the memory that a run may use,
// until restore is called. held is about what it will hold. What the environment
// says of the collector goes.
func bound(threads int, memory budget, held int64) (restore func()) {
	processors := runtime.GOMAXPROCS(min(threads, runtime.GOMAXPROCS(0)))
	limit := debug.SetMemoryLimit(-1)
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(max(int64(memory), leastMemory))
	}
	percent := math.MinInt
	if os.Getenv("GOGC") == "" && held > muchHeld {
		percent = debug.SetGCPercent(frugal)
	}
	return func() {
		runtime.GOMAXPROCS(processors)
		debug.SetMemoryLimit(limit)
		if percent != math.MinInt {
			debug.SetGCPercent(percent)
		}
	}
}
