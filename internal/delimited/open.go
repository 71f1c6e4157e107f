package delimited

import (
	"errors"
	"io"
	"os"
	"strings"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"martlet/internal/contract"
)

// maxWindow bounds what a file in zstd makes its reader hold; it is what the
// zstd program accepts unasked.
const maxWindow = 128 << 20

// Open opens the file at path and reads its header. It is decompressed where
// its name ends in .gz or .zst. Messages call it by name.
func Open(path, name string, dialect contract.Dialect) (*Reader, error) {
	in, err := openText(path, name)
	if err != nil {
		return nil, err
	}
	r, err := NewReader(in, name, dialect)
	if err != nil {
		return nil, errors.Join(err, in.Close())
	}
	r.close, r.taken = in.Close, func() int64 { return in.taken }
	return r, nil
}

// Position is a place in a file, behind a record.
type Position struct {
	Offset  int64 // in bytes
	Records int64 // before it
	Lines   int   // before it, those of the header included
	Ragged  int   // of the records
}

// CanGrow says whether a file may be read from a position on: one whose text
// stands in it as it is.
func CanGrow(path string, dialect contract.Dialect) bool {
	return !strings.HasSuffix(path, ".gz") && !strings.HasSuffix(path, ".zst") && (dialect.Encoding == "" || strings.EqualFold(dialect.Encoding, "utf-8"))
}

// OpenAt is Open for the records behind a position at which an earlier reading of
// the same file ended. The file must be one that CanGrow.
func OpenAt(path, name string, dialect contract.Dialect, from Position) (*Reader, error) {
	in, err := openText(path, name)
	if err != nil {
		return nil, err
	}
	r, err := NewReader(in, name, dialect)
	if err == nil {
		_, err = in.disk.Seek(from.Offset, io.SeekStart)
	}
	if err != nil {
		return nil, errors.Join(err, in.Close())
	}
	r.close, r.taken = in.Close, func() int64 { return in.taken }
	r.counted = in.taken
	r.in, r.ended, r.next.text = in, nil, r.next.text[:0]
	r.records, r.lines, r.ragged = from.Records, from.Lines, from.Ragged
	return r, nil
}

// textFile is a file that may be compressed.
type textFile struct {
	disk   *os.File
	taken  int64 // bytes read from disk
	text   io.Reader
	format string       // of the compression; empty where there is none
	finish func() error // frees what decompresses
}

func openText(path, name string) (f *textFile, err error) {
	disk, err := os.Open(path)
	if err != nil {
		return nil, unreadable(name, err)
	}
	f = &textFile{disk: disk, finish: func() error { return nil }}
	f.text = (*diskReader)(f)
	switch {
	case strings.HasSuffix(path, ".gz"):
		f.format = "gzip"
		var z *gzip.Reader
		if z, err = gzip.NewReader(f.text); err == nil {
			f.text, f.finish = z, z.Close
		}
	case strings.HasSuffix(path, ".zst"):
		f.format = "zstd"
		var z *zstd.Decoder
		if z, err = zstd.NewReader(f.text, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(maxWindow)); err == nil {
			f.text, f.finish = z, func() error { z.Close(); return nil }
		}
	}
	if err != nil {
		return nil, errors.Join(unreadable(name, f.damaged(err)), disk.Close())
	}
	return f, nil
}

// Read reads text.
func (f *textFile) Read(p []byte) (int, error) {
	n, err := f.text.Read(p)
	if err != nil && err != io.EOF {
		err = f.damaged(err)
	}
	return n, err
}

// damaged says which format a compressed file does not have.
func (f *textFile) damaged(err error) error {
	var disk *os.PathError
	if f.format == "" || errors.As(err, &disk) {
		return err
	}
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return &damage{format: f.format, cause: err}
}

// damage is of a compressed file.
type damage struct {
	format string
	cause  error
}

func (d *damage) Error() string {
	return "found damaged or truncated " + d.format + " (" + d.cause.Error() + "); expected a whole file: fetch or export it again"
}

func (d *damage) Unwrap() error { return d.cause }

// Close closes the file.
func (f *textFile) Close() error { return errors.Join(f.finish(), f.disk.Close()) }

// diskReader reads the file as it is.
type diskReader textFile

// Read reads and counts.
func (f *diskReader) Read(p []byte) (int, error) {
	n, err := f.disk.Read(p)
	f.taken += int64(n)
	return n, err
}
