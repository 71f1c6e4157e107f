package pipeline

import "time"

// stopwatch shares out wall-clock time among nodes that run interleaved: at any
// moment one node is running, and the time goes to it alone.
type stopwatch struct {
	running int // index of a node; none where negative
	since   time.Time
	nodes   []lap
}

// lap is one node's time.
type lap struct {
	started, completed time.Time // of the first and the last stretch; zero where never run
	spent              time.Duration
}

const none = -1

func newStopwatch(nodes int) *stopwatch {
	return &stopwatch{running: none, since: time.Now(), nodes: make([]lap, nodes)}
}

// enter makes a node the running one and gives the one before it, for leave.
func (s *stopwatch) enter(node int) (previous int) {
	now := time.Now()
	previous = s.running
	s.charge(now)
	s.running = node
	if node != none && s.nodes[node].started.IsZero() {
		s.nodes[node].started = now
	}
	return previous
}

// leave makes the node that enter gave the running one again.
func (s *stopwatch) leave(previous int) { s.enter(previous) }

// charge gives the time since the last change to the running node.
func (s *stopwatch) charge(now time.Time) {
	if s.running != none {
		n := &s.nodes[s.running]
		n.spent += now.Sub(s.since)
		n.completed = now
	}
	s.since = now
}
