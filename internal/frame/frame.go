// Package frame makes records into frames and frames into records. A frame is one
// message of an Arrow IPC stream, so frames after one another are a stream that any
// reader of Arrow opens; yet each can be read alone, and has a checksum.
//
// It knows records and bytes: no file, and nothing of what the records mean.
package frame

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/ipc"
	"github.com/apache/arrow/go/v17/arrow/memory"
)

// continuation begins every message of an Arrow stream; the length of its
// metadata follows.
const continuation = 0xFFFFFFFF

// castagnoli is the polynomial that processors have an instruction for. A CRC of
// 32 bits finds every error of up to 32 bits in a row.
var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// Sum is the checksum of a frame: CRC-32C.
func Sum(frame []byte) uint32 { return crc32.Checksum(frame, castagnoli) }

// Encoder makes frames of records, for any number of streams of one schema: a
// compressor is large, and files are many.
type Encoder struct {
	writer *ipc.Writer
	lead   []byte
	frame  bytes.Buffer
}

// NewEncoder makes an encoder. LZ4 takes about as long as it takes to write what it
// saves; Arrow's other codec, zstd, makes frames of half the size, and takes twice
// as long to write them and nearly three times to read them.
func NewEncoder(mem memory.Allocator, schema *arrow.Schema, lz4 bool) *Encoder {
	e := &Encoder{}
	options := []ipc.Option{ipc.WithSchema(schema), ipc.WithAllocator(mem)}
	if lz4 {
		options = append(options, ipc.WithLZ4())
	}
	e.writer = ipc.NewWriterWithPayloadWriter((*payloads)(e), options...)
	return e
}

// Encode gives the frame of a record, which is good until the next call, and the
// lead, that of the schema, with which every stream begins.
func (e *Encoder) Encode(rec arrow.Record) (lead, frame []byte, err error) {
	e.frame.Reset()
	if err := e.writer.Write(rec); err != nil {
		return nil, nil, err
	}
	return e.lead, e.frame.Bytes(), nil
}

// payloads is the encoder as Arrow's writer sees it.
type payloads Encoder

// Start and Close are of ipc.PayloadWriter.
func (e *payloads) Start() error { return nil }

// Close does nothing: the stream has no end.
func (e *payloads) Close() error { return nil }

// WritePayload takes one message. The first is that of the schema.
func (e *payloads) WritePayload(p ipc.Payload) error {
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

// Decoder makes records of frames.
type Decoder struct {
	next   func() ([]byte, error)
	reader *ipc.Reader
	err    error
}

// NewDecoder reads the lead by next, and then a frame for each record. What next
// gives as error, io.EOF too, ends the reading.
//
// The bytes that next gives must be those that Encode gave: their Sum is to be
// compared before, as Arrow takes every length in them at its word. For other bytes
// Next gives an error, or a record in which anything may stand, and it may ask for
// any amount of memory; what it had taken when it found the error is not released.
func NewDecoder(mem memory.Allocator, next func() ([]byte, error)) (*Decoder, error) {
	d := &Decoder{next: next}
	var err error
	if d.reader, err = ipc.NewReaderFromMessageReader((*messages)(d), ipc.WithAllocator(mem)); err != nil {
		return nil, d.reason(err)
	}
	return d, nil
}

// Next gives the next record, which is the caller's and does not rest on the frame.
// After an error there is no other record.
func (d *Decoder) Next() (arrow.Record, error) {
	if d.reader.Next() {
		rec := d.reader.Record()
		rec.Retain()
		return rec, nil
	}
	return nil, d.reason(d.reader.Err())
}

// reason is why there is no record: what next said, else what Arrow says.
func (d *Decoder) reason(err error) error {
	if d.err != nil {
		return d.err
	}
	return err
}

// Schema is that of the records.
func (d *Decoder) Schema() *arrow.Schema { return d.reader.Schema() }

// Release frees what the decoder holds.
func (d *Decoder) Release() { d.reader.Release() }

// messages is the decoder as Arrow's reader sees it: messages are read out of the
// frame and not copied as a whole first.
type messages Decoder

// Message implements ipc.MessageReader.
func (d *messages) Message() (*ipc.Message, error) {
	var b []byte
	if d.err == nil {
		b, d.err = d.next()
	}
	if d.err != nil {
		return nil, d.err
	}
	body := 8 + binary.LittleEndian.Uint32(b[4:])
	return ipc.NewMessage(memory.NewBufferBytes(b[8:body]), memory.NewBufferBytes(b[body:])), nil
}

// Retain and Release are of ipc.MessageReader; there is nothing to count.
func (d *messages) Retain() {}

// Release does nothing.
func (d *messages) Release() {}
