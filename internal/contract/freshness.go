package contract

import (
	"time"

	"github.com/apache/arrow/go/v17/arrow"
)

// FreshnessRule says how old the data of a source may be.
type FreshnessRule struct {
	LoadedAt string // the expression whose latest value says when the source was loaded, as declared
	Filter   string // the condition under which a record counts, as declared; "" where all do
	// WarnAfter and ErrorAfter are the ages beyond which the source is stale, whole
	// minutes; 0 where there is no such limit. ErrorAfter is not the shorter one.
	WarnAfter, ErrorAfter time.Duration
	// Timed says that LoadedAt or Filter calls now(): at another time the same records
	// may have been loaded at another.
	Timed bool
	New   func(env *Env) Freshness
}

// Freshness finds when a source was last loaded, in one run.
type Freshness interface {
	// Add looks at one batch. It borrows b.
	Add(b Batch)
	// Latest is the latest of what was added, in UTC; a date or a timestamp was
	// read in the project's timezone. It is not ok where no record had a value.
	Latest() (latest arrow.Timestamp, ok bool)
}
