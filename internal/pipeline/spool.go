package pipeline

import (
	"context"
	"sync"

	"martlet/internal/contract"
)

// spool keeps the batches of a node that is read more than once, from its first
// reading on, so that it is computed once. Whoever comes meanwhile waits.
type spool struct {
	mu       sync.Mutex
	readings int // yet to begin
	replays  int // under way
	begun    bool
	full     chan struct{} // closed once the node has ended and can be replayed
	failed   error
	batches  []contract.Batch
}

func newSpool(readings int) *spool { return &spool{readings: readings, full: make(chan struct{})} }

// begin announces a reading and says whether it is the first, which computes the
// node; the others replay it.
func (s *spool) begin() (first bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	first, s.begun = !s.begun, true
	s.readings--
	return first
}

// tee keeps each batch and hands it on.
func (s *spool) tee(emit contract.Emit) contract.Emit {
	return func(b contract.Batch) error {
		b.Retain()
		s.batches = append(s.batches, b)
		return emit(b)
	}
}

// end says that the first reading is over.
func (s *spool) end(err error) {
	s.failed = err
	close(s.full)
}

// replay gives the batches again, once they are all there. The last replay empties
// the spool as it goes, so that memory is given back batch by batch.
func (s *spool) replay(ctx context.Context, emit contract.Emit) error {
	select {
	case <-s.full:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	if s.failed != nil {
		return s.failed
	}
	last := s.join()
	defer s.leave()
	for i, b := range s.batches {
		if last {
			s.batches[i] = contract.Batch{} // emit takes over our reference
		} else {
			b.Retain()
		}
		if err := emit(b); err != nil {
			return err
		}
	}
	return nil
}

// join says whether nobody else replays the batches, now or later.
func (s *spool) join() (last bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	last = s.readings <= 0 && s.replays == 0
	s.replays++
	return last
}

func (s *spool) leave() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.replays--
}

// release drops whatever is kept.
func (s *spool) release() {
	for _, b := range s.batches {
		if b.Record != nil {
			b.Release()
		}
	}
	s.batches = nil
}
