// Package sink writes record batches to a file format: Arrow's IPC file, Parquet and CSV.
//
// It knows the formats and the types of Arrow that the project uses. It does
// not know where the bytes go, which model they belong to or when a file is
// published. How a file is made is in Format; a Sink is one encoder and one
// writer of a Format, for those who have nothing to do side by side.
package sink

import (
	"errors"
	"io"

	"github.com/apache/arrow/go/v17/arrow"
)

// Sink takes the batches of one output in order. It is not safe for concurrent use.
//
// The first failure of a sink is final: every later call returns it, Close too,
// so a file that is not whole cannot be taken for one that is.
type Sink interface {
	// Write adds a batch of any number of rows; it borrows rec. The columns of
	// rec are those of the sink's schema in name, type and order; their metadata
	// may differ, the sink's is what is written.
	Write(rec arrow.Record) error
	// Close writes what is left. It does not close the writer below. Closing
	// again gives the same answer.
	Close() error
}

// stream is the sink that any format gives.
type stream struct {
	state
	encoder Encoder
	writer  Writer
	touched int64 // fields neutralized
}

func newStream(f Format, w io.Writer) stream {
	return stream{encoder: f.NewEncoder(), writer: f.NewWriter(w)}
}

// Write implements Sink.
func (s *stream) Write(rec arrow.Record) error {
	if err := s.writable(); err != nil {
		return err
	}
	block, err := s.encoder.Encode(rec)
	if err != nil {
		return s.fail(err)
	}
	defer block.Free()
	s.touched += block.Neutralized()
	return s.fail(s.writer.Write(block))
}

// Close implements Sink.
func (s *stream) Close() error { return s.close(s.writer.Close) }

var (
	errClosed  = errors.New("write to an output that has been closed")
	errForeign = errors.New("internal error: a block was written that is not of the output's format, or was freed")
)

// state is what every sink and writer remembers: whether it is closed, and its
// failure.
type state struct {
	closed bool
	err    error
}

// writable is nil while there can be more.
func (s *state) writable() error {
	if s.err == nil && s.closed {
		return errClosed
	}
	return s.err
}

// fail makes err, if it is one, the failure.
func (s *state) fail(err error) error {
	if s.err == nil {
		s.err = err
	}
	return err
}

// close is finish the first time, unless there was a failure.
func (s *state) close(finish func() error) error {
	if !s.closed && s.err == nil {
		s.err = finish()
	}
	s.closed = true
	return s.err
}
