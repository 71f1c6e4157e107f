package pipeline

import "martlet/internal/contract"

// spool keeps the batches of a node that is read more than once, from its first
// reading on, so that it is computed once.
type spool struct {
	full    bool // the node has ended: it can be replayed
	batches []contract.Batch
}

// tee keeps each batch and hands it on.
func (s *spool) tee(emit contract.Emit) contract.Emit {
	return func(b contract.Batch) error {
		b.Retain()
		s.batches = append(s.batches, b)
		return emit(b)
	}
}

// replay gives the batches again. The last replay empties the spool as it goes,
// so that memory is given back batch by batch.
func (s *spool) replay(emit contract.Emit, last bool) error {
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
	if last {
		s.batches = nil
	}
	return nil
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
