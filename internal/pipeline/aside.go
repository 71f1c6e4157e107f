package pipeline

import (
	"runtime"

	"github.com/apache/arrow/go/v17/arrow"

	"martlet/internal/sink"
)

// aside encodes the batches of one file side by side, beside the flow that gives
// them, and hands on the blocks in the order of the batches. As many batches are
// under way as there are processors.
type aside struct {
	format   sink.Format
	idle     []sink.Encoder
	underway []*encoding // in the order of the batches
}

// encoding is a batch that is being encoded. The rest is set once it is done.
type encoding struct {
	encoder sink.Encoder
	done    chan struct{}
	block   *sink.Block
	err     error
}

// add takes over a batch, and hands on the block of an earlier one where there are
// enough under way.
func (a *aside) add(rec arrow.Record, put func(*sink.Block) error) error {
	if len(a.underway) >= runtime.GOMAXPROCS(0) {
		if err := a.next(put); err != nil {
			rec.Release()
			return err
		}
	}
	e := &encoding{encoder: a.encoder(), done: make(chan struct{})}
	a.underway = append(a.underway, e)
	go func() {
		defer close(e.done)
		defer rec.Release()
		e.block, e.err = e.encoder.Encode(rec)
	}()
	return nil
}

func (a *aside) encoder() sink.Encoder {
	last := len(a.idle) - 1
	if last < 0 {
		return a.format.NewEncoder()
	}
	e := a.idle[last]
	a.idle = a.idle[:last]
	return e
}

// next hands on the block of the batch that came first.
func (a *aside) next(put func(*sink.Block) error) error {
	e := a.underway[0]
	a.underway = a.underway[1:]
	<-e.done
	if e.err != nil {
		return e.err
	}
	a.idle = append(a.idle, e.encoder)
	defer e.block.Free()
	return put(e.block)
}

// finish hands on all that is left.
func (a *aside) finish(put func(*sink.Block) error) error {
	for len(a.underway) > 0 {
		if err := a.next(put); err != nil {
			return err
		}
	}
	return nil
}

// release waits for what is under way and drops it.
func (a *aside) release() {
	for _, e := range a.underway {
		<-e.done
		if e.block != nil {
			e.block.Free()
		}
	}
	a.underway = nil
}
