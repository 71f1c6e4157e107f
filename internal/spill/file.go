package spill

import (
	"errors"
	"fmt"
	"io"
	"io/fs"

	"martlet/internal/frame"
)

// block is what is remembered of a part of a file.
type block struct {
	size int64
	sum  uint32 // CRC-32C
}

// file is blocks on disk. It is made when the first is written, and its zero
// value but for the folder is a file without any.
type file struct {
	folder *Folder
	path   string
	w      io.WriteCloser // nil before the first block and after finish
	blocks []block
	rows   int64
	bytes  int64 // that the rows take in memory
}

// write appends a block of so many rows.
func (f *file) write(data []byte, rows int, bytes int64) error {
	if f.w == nil {
		if err := f.create(); err != nil {
			return err
		}
	}
	n, err := f.w.Write(data)
	if err == nil && n < len(data) {
		err = io.ErrShortWrite
	}
	if err != nil {
		return f.folder.unwritten(err)
	}
	f.blocks = append(f.blocks, block{size: int64(len(data)), sum: frame.Sum(data)})
	f.rows += int64(rows)
	f.bytes += bytes
	return nil
}

func (f *file) create() error {
	path, err := f.folder.next()
	if err != nil {
		return err
	}
	w, err := f.folder.disk.create(path)
	if err != nil {
		return f.folder.unwritten(err)
	}
	f.path, f.w = path, w
	return nil
}

// finish ends the writing. Nothing is synced: the file does not outlive the
// program.
func (f *file) finish() error {
	if f.w == nil {
		return nil
	}
	err := f.w.Close()
	f.w = nil
	if err != nil {
		return f.folder.unwritten(err)
	}
	return nil
}

// drop removes the file from the disk; it has no rows any more.
func (f *file) drop() error {
	var errs []error
	if f.w != nil {
		errs = append(errs, f.w.Close())
	}
	if f.path != "" {
		if err := f.folder.disk.remove(f.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, fmt.Errorf("a temporary file could not be removed: %w", err))
		}
	}
	*f = file{folder: f.folder}
	return errors.Join(errs...)
}

// blockReader gives the blocks of a file that was finished, in order.
type blockReader struct {
	file *file
	r    io.ReadCloser
	next int
}

func (f *file) open() (*blockReader, error) {
	r, err := f.folder.disk.open(f.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, damaged(f.path, "it has been removed")
	}
	if err != nil {
		return nil, fmt.Errorf("a temporary file could not be opened: %w", err)
	}
	return &blockReader{file: f, r: r}, nil
}

// read gives the next block in buffer, which grows as need be, or io.EOF behind
// the last.
func (r *blockReader) read(buffer []byte) ([]byte, error) {
	if r.next == len(r.file.blocks) {
		return buffer, io.EOF
	}
	b := r.file.blocks[r.next]
	if int64(cap(buffer)) < b.size {
		buffer = make([]byte, b.size)
	}
	buffer = buffer[:b.size]
	switch _, err := io.ReadFull(r.r, buffer); {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return buffer, damaged(r.file.path, "it is shorter than what was written")
	case err != nil:
		return buffer, fmt.Errorf("temporary file %s could not be read: %w", r.file.path, err)
	}
	if frame.Sum(buffer) != b.sum {
		return buffer, damaged(r.file.path, "a checksum does not match")
	}
	r.next++
	return buffer, nil
}

func (r *blockReader) close() error {
	if err := r.r.Close(); err != nil {
		return fmt.Errorf("temporary file %s could not be closed: %w", r.file.path, err)
	}
	return nil
}
