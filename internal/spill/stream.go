package spill

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/ipc"
	"github.com/apache/arrow/go/v17/arrow/memory"
)

// continuation begins every message of an Arrow stream; the length of its
// metadata follows.
const continuation = 0xFFFFFFFF

// encoder makes messages of records, for any number of files of one schema: a
// compressor is large, and files are many.
type encoder struct {
	writer *ipc.Writer
	lead   []byte // the message of the schema, with which every file begins
	frame  bytes.Buffer
}

// newEncoder compresses with LZ4: Arrow's other codec, zstd, makes files of half the
// size, and takes twice as long to write them and nearly three times to read them.
// LZ4 takes about as long as it takes to write what it saves.
func newEncoder(mem memory.Allocator, schema *arrow.Schema) *encoder {
	e := &encoder{}
	e.writer = ipc.NewWriterWithPayloadWriter(e, ipc.WithSchema(schema), ipc.WithAllocator(mem), ipc.WithLZ4())
	return e
}

// write appends a record to a file.
func (e *encoder) write(f *file, rec arrow.Record) error {
	e.frame.Reset()
	if err := e.writer.Write(rec); err != nil {
		return err
	}
	if len(f.blocks) == 0 {
		if err := f.write(e.lead, 0, 0); err != nil {
			return err
		}
	}
	rows := int(rec.NumRows())
	return f.write(e.frame.Bytes(), rows, sizesOf(rec).of(0, rows))
}

// Start and Close are of ipc.PayloadWriter.
func (e *encoder) Start() error { return nil }

// Close does nothing: the stream has no end.
func (e *encoder) Close() error { return nil }

// WritePayload takes one message. The first is that of the schema.
func (e *encoder) WritePayload(p ipc.Payload) error {
	meta := p.Meta()
	defer meta.Release()
	padded := (meta.Len() + 7) &^ 7
	var head [8]byte
	binary.LittleEndian.PutUint32(head[:], continuation)
	binary.LittleEndian.PutUint32(head[4:], uint32(padded))
	e.frame.Write(head[:])
	e.frame.Write(meta.Bytes())
	e.frame.Write(make([]byte, padded-meta.Len()))
	if err := p.SerializeBody(&e.frame); err != nil {
		return err
	}
	if e.lead == nil {
		e.lead = bytes.Clone(e.frame.Bytes())
		e.frame.Reset()
	}
	return nil
}

// decoder gives the records of a file. It is the ipc.MessageReader of its own
// ipc.Reader, so that messages are read out of the block and not copied first.
type decoder struct {
	blocks *blockReader
	buffer *[]byte // for one block; others may use it between two reads
	reader *ipc.Reader
	err    error
}

// decode opens a file that has rows. The caller closes the decoder.
func (f *file) decode(mem memory.Allocator, buffer *[]byte) (*decoder, error) {
	blocks, err := f.open()
	if err != nil {
		return nil, err
	}
	d := &decoder{blocks: blocks, buffer: buffer}
	d.reader, err = ipc.NewReaderFromMessageReader(d, ipc.WithAllocator(mem))
	if err != nil {
		return nil, errors.Join(d.reason(err), blocks.close())
	}
	return d, nil
}

// next gives the next record, which is the caller's, or io.EOF.
func (d *decoder) next() (arrow.Record, error) {
	if d.reader.Next() {
		rec := d.reader.Record()
		rec.Retain()
		return rec, nil
	}
	return nil, d.reason(d.reader.Err())
}

// reason is why nothing could be read. What Arrow says about blocks whose sums are
// right can but be a mistake of this program.
func (d *decoder) reason(err error) error {
	switch {
	case d.err != nil:
		return d.err
	case err != nil:
		return fmt.Errorf("temporary file %s: %w", d.blocks.file.path, err)
	}
	return io.EOF
}

func (d *decoder) close() error {
	d.reader.Release()
	return d.blocks.close()
}

// Message implements ipc.MessageReader.
func (d *decoder) Message() (*ipc.Message, error) {
	if d.err == nil {
		*d.buffer, d.err = d.blocks.read(*d.buffer)
	}
	if d.err != nil {
		return nil, d.err
	}
	b := *d.buffer
	body := 8 + binary.LittleEndian.Uint32(b[4:])
	return ipc.NewMessage(memory.NewBufferBytes(b[8:body]), memory.NewBufferBytes(b[body:])), nil
}

// Retain and Release are of ipc.MessageReader; there is nothing to count.
func (d *decoder) Retain() {}

// Release does nothing.
func (d *decoder) Release() {}

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
