package pipeline

import (
	"context"
	"sync"

	"martlet/internal/contract"
	"martlet/internal/spill"
)

// spool keeps the batches of a node that is read more than once, from its first
// reading on, so that it is computed once. Whoever comes meanwhile waits.
type spool struct {
	mu       sync.Mutex
	readings int // yet to begin
	replays  int // that have begun and not ended
	begun    bool
	full     chan struct{} // closed once the node has ended and can be replayed
	failed   error
	batches  []contract.Batch
	tape     *spill.Tape // instead of batches, where memory has no room for them
}

func newSpool(readings int) *spool { return &spool{readings: readings, full: make(chan struct{})} }

// newSpool makes the spool of a node.
func (x *executor) newSpool(n *node, readings int) *spool {
	s := newSpool(readings)
	if x.sizes[n.index] > x.memory.models()/2 {
		s.tape = x.folder.Tape(n.Schema, x.env.Memory)
	}
	return s
}

// begin announces a reading and says whether it is the first, which computes the
// node; the others replay it.
func (s *spool) begin() (first bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	first, s.begun = !s.begun, true
	s.readings--
	if !first {
		s.replays++
	}
	return first
}

// tee keeps each batch and hands it on.
func (s *spool) tee(emit contract.Emit) contract.Emit {
	return func(b contract.Batch) error {
		if s.tape != nil {
			if err := s.tape.Add(b); err != nil {
				b.Release()
				return err
			}
			return emit(b)
		}
		b.Retain()
		s.batches = append(s.batches, b)
		return emit(b)
	}
}

// end says that the first reading is over.
func (s *spool) end(err error) {
	if err == nil && s.tape != nil {
		err = s.tape.Finish()
	}
	s.failed = err
	close(s.full)
}

// replay gives the batches again, once they are all there. The last replay empties
// the spool as it goes, so that memory is given back batch by batch.
func (s *spool) replay(ctx context.Context, emit contract.Emit) error {
	defer s.leave()
	select {
	case <-s.full:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	if s.failed != nil {
		return s.failed
	}
	if s.tape != nil {
		return s.tape.Play(emit)
	}
	last := s.isLast()
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

// isLast says whether nobody else replays the batches, now or later.
func (s *spool) isLast() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.readings <= 0 && s.replays == 1
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
