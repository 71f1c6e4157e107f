package state

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"martlet/internal/diskfile"
	"martlet/internal/frame"
)

// Table describes a table: records of one schema, in order.
type Table struct {
	Name   string  `json:"name"` // of the file
	Lead   Block   `json:"lead"` // has the schema
	Blocks []Block `json:"blocks"`
}

// Block is one part of a table's file: a record.
type Block struct {
	Size int64  `json:"size"` // bytes
	Rows int    `json:"rows"`
	Sum  uint32 `json:"sum"` // CRC-32C
}

// Rows is how many rows the table has.
func (t *Table) Rows() (rows int64) {
	for _, b := range t.Blocks {
		rows += int64(b.Rows)
	}
	return rows
}

// Bytes is the size of its file.
func (t *Table) Bytes() int64 {
	bytes := t.Lead.Size
	for _, b := range t.Blocks {
		bytes += b.Size
	}
	return bytes
}

// TableWriter writes a table.
type TableWriter struct {
	table  Table
	disk   *os.File
	buffer *diskfile.Writer
	frames *frame.Encoder
	err    error
}

// Create begins a table in a new file. It is ended by Close or Drop.
func Create(dir, name string, schema *arrow.Schema, mem memory.Allocator) (*TableWriter, error) {
	f, err := os.OpenFile(filepath.Join(dir, name), os.O_CREATE|os.O_EXCL|os.O_RDWR, fileMode)
	if err != nil {
		return nil, fmt.Errorf("a table of the state could not be made: %w", err)
	}
	return &TableWriter{table: Table{Name: name}, disk: f, buffer: diskfile.New(f), frames: frame.NewEncoder(mem, schema, false)}, nil
}

// Add appends a record, which it borrows. One without rows is left out. The first
// error stays.
func (w *TableWriter) Add(rec arrow.Record) error {
	if w.err != nil || rec.NumRows() == 0 {
		return w.err
	}
	lead, data, err := w.frames.Encode(rec)
	if err == nil && w.table.Blocks == nil {
		w.table.Lead, err = w.put(lead, 0)
	}
	var block Block
	if err == nil {
		block, err = w.put(data, int(rec.NumRows()))
	}
	if err != nil {
		w.err = fmt.Errorf("table %s of the state could not be written: %w", w.table.Name, err)
		return w.err
	}
	w.table.Blocks = append(w.table.Blocks, block)
	return nil
}

func (w *TableWriter) put(data []byte, rows int) (Block, error) {
	_, err := w.buffer.Write(data)
	return Block{Size: int64(len(data)), Rows: rows, Sum: frame.Sum(data)}, err
}

// Rows is how many rows were added.
func (w *TableWriter) Rows() int64 { return w.table.Rows() }

// Close ends the table and describes it.
func (w *TableWriter) Close() (Table, error) {
	err := errors.Join(w.err, w.buffer.Close(), w.disk.Close())
	if err != nil && w.err == nil {
		err = fmt.Errorf("table %s of the state could not be written: %w", w.table.Name, err)
	}
	return w.table, err
}

// Drop gives up a table. After Close it does nothing.
func (w *TableWriter) Drop() {
	w.buffer.Drop()
	_ = w.disk.Close() // the file is of no use
}

// TableReader reads a table, a block at a time and in any order. It serves one
// goroutine.
type TableReader struct {
	table  *Table
	disk   *os.File
	starts []int64 // of the blocks, in the file
	frames *frame.Decoder
	next   []byte
}

// Open opens a table. It must have rows.
func (t *Table) Open(dir string, mem memory.Allocator) (*TableReader, error) {
	if len(t.Blocks) == 0 {
		return nil, errors.New("internal error: a table without rows was opened; please report this")
	}
	f, err := os.Open(filepath.Join(dir, t.Name))
	if err != nil {
		return nil, damaged(t.Name, err)
	}
	r := &TableReader{table: t, disk: f, starts: make([]int64, len(t.Blocks))}
	start := t.Lead.Size
	for i, b := range t.Blocks {
		r.starts[i] = start
		start += b.Size
	}
	if info, err := f.Stat(); err != nil || info.Size() != start {
		_ = f.Close()
		return nil, &DamagedError{t.Name, fmt.Sprintf("it has not the %d bytes that were written", start)}
	}
	if r.next, err = r.load(0, t.Lead, nil); err == nil {
		r.frames, err = frame.NewDecoder(mem, func() ([]byte, error) {
			next := r.next
			r.next = nil
			if next == nil {
				return nil, io.EOF
			}
			return next, nil
		})
	}
	if err != nil {
		_ = f.Close()
		return nil, r.damaged(err)
	}
	return r, nil
}

// load reads one block into buffer, where that is large enough, and checks it.
func (r *TableReader) load(start int64, b Block, buffer []byte) ([]byte, error) {
	if int64(cap(buffer)) < b.Size {
		buffer = make([]byte, b.Size)
	}
	buffer = buffer[:b.Size]
	if _, err := r.disk.ReadAt(buffer, start); err != nil {
		return buffer, err
	}
	if frame.Sum(buffer) != b.Sum {
		return buffer, errors.New("a checksum does not match")
	}
	return buffer, nil
}

// Read gives the record of a block, which is the caller's. It is read by way of
// buffer, which grows as need be and may be used again at once.
func (r *TableReader) Read(block int, buffer []byte) (arrow.Record, []byte, error) {
	b := r.table.Blocks[block]
	buffer, err := r.load(r.starts[block], b, buffer)
	if err != nil {
		return nil, buffer, r.damaged(err)
	}
	r.next = buffer
	rec, err := r.frames.Next()
	if err != nil {
		return nil, buffer, r.damaged(err)
	}
	if rec.NumRows() != int64(b.Rows) {
		rec.Release()
		return nil, buffer, r.damaged(fmt.Errorf("a record has %d rows, not %d", rec.NumRows(), b.Rows))
	}
	return rec, buffer, nil
}

func (r *TableReader) damaged(err error) error { return damaged(r.table.Name, err) }

// Close ends the reading.
func (r *TableReader) Close() error {
	if r.frames != nil {
		r.frames.Release()
	}
	return r.disk.Close()
}
