package pipeline

import (
	"sync/atomic"

	"github.com/apache/arrow/go/v17/arrow"

	"martlet/internal/arrowops"
)

// room is how much memory there is for rows that an update holds, which are few as a
// rule: a record of a table that many rows are joined to may touch most of them. It
// serves several goroutines.
type room struct{ left atomic.Int64 }

// newRoom is as much as models hold that are computed in parts.
func (r *run) newRoom() *room {
	out := &room{}
	out.left.Store(max(r.settings.memory, leastMemory).models())
	return out
}

// take makes room for a record; the error is an *impossible where there is none left.
// A nil room has no end.
func (r *room) take(rec arrow.Record) error {
	if r != nil && r.left.Add(-arrowops.Bytes(rec)) < 0 {
		return &impossible{"what is new touches more rows than memory has room for"}
	}
	return nil
}
