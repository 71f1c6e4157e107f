package spill

import (
	"errors"
	"fmt"
	"io"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"martlet/internal/frame"
)

// encoder makes blocks of records, for any number of files of one schema.
type encoder struct{ frames *frame.Encoder }

// newEncoder compresses.
func newEncoder(mem memory.Allocator, schema *arrow.Schema) *encoder {
	return &encoder{frames: frame.NewEncoder(mem, schema, true)}
}

// write appends a record to a file.
func (e *encoder) write(f *file, rec arrow.Record) error {
	lead, data, err := e.frames.Encode(rec)
	if err != nil {
		return err
	}
	if len(f.blocks) == 0 {
		if err := f.write(lead, 0, 0); err != nil {
			return err
		}
	}
	rows := int(rec.NumRows())
	return f.write(data, rows, sizesOf(rec).of(0, rows))
}

// decoder gives the records of a file.
type decoder struct {
	blocks *blockReader
	frames *frame.Decoder
	err    error // of the reading of blocks
}

// decode opens a file that has rows. Its blocks are read into buffer, which others
// may use between two reads. The caller closes the decoder.
func (f *file) decode(mem memory.Allocator, buffer *[]byte) (*decoder, error) {
	blocks, err := f.open()
	if err != nil {
		return nil, err
	}
	d := &decoder{blocks: blocks}
	d.frames, err = frame.NewDecoder(mem, func() ([]byte, error) {
		*buffer, d.err = blocks.read(*buffer)
		return *buffer, d.err
	})
	if err != nil {
		return nil, errors.Join(d.reason(err), blocks.close())
	}
	return d, nil
}

// next gives the next record, which is the caller's, or io.EOF.
func (d *decoder) next() (arrow.Record, error) {
	rec, err := d.frames.Next()
	if err != nil {
		return nil, d.reason(err)
	}
	return rec, nil
}

// reason says which file it is that cannot be read. What Arrow says about blocks
// whose sums are right can but be a mistake of this program.
func (d *decoder) reason(err error) error {
	if d.err != nil {
		return d.err
	}
	return fmt.Errorf("temporary file %s: %w", d.blocks.file.path, err)
}

func (d *decoder) close() error {
	d.frames.Release()
	return d.blocks.close()
}

// each gives the records of a file, in order; do takes them over. Its error ends
// the reading.
func (f *file) each(mem memory.Allocator, buffer *[]byte, do func(arrow.Record) error) error {
	if f.rows == 0 {
		return nil
	}
	d, err := f.decode(mem, buffer)
	if err != nil {
		return err
	}
	for {
		rec, err := d.next()
		if errors.Is(err, io.EOF) {
			return d.close()
		}
		if err == nil {
			err = do(rec)
		}
		if err != nil {
			_ = d.close() // only read from; what ended the reading is told
			return err
		}
	}
}
