package pipeline

import (
	"sync"
	"time"
)

// stopwatch sums up the time that goroutines spend on each node.
type stopwatch struct {
	mu    sync.Mutex
	nodes []lap
}

// lap is one node's time.
type lap struct {
	started, completed time.Time     // of the first and the last stretch; zero where never run
	spent              time.Duration // of all goroutines
}

func newStopwatch(nodes int) *stopwatch { return &stopwatch{nodes: make([]lap, nodes)} }

// time begins a stretch of a node's time, which the function given ends.
func (s *stopwatch) time(node int) (end func()) {
	started := time.Now()
	return func() {
		completed := time.Now()
		s.mu.Lock()
		defer s.mu.Unlock()
		n := &s.nodes[node]
		if n.started.IsZero() || started.Before(n.started) {
			n.started = started
		}
		if completed.After(n.completed) {
			n.completed = completed
		}
		n.spent += completed.Sub(started)
	}
}

// add adds to a node's time what was spent in between.
func (s *stopwatch) add(node int, spent time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.nodes[node].spent += spent
}
