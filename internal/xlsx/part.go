package xlsx

import (
	"archive/zip"
	"bufio"
	"errors"
	"fmt"
	"hash/crc32"
	"io"

	"github.com/klauspost/compress/flate"
)

// partReader inflates one entry of the archive and holds it against the size
// and the CRC-32 that the directory has. archive/zip's own reader does not: it
// takes a CRC-32 of zero for none, and leaves alone what follows the data.
type partReader struct {
	name     string
	want     *zip.FileHeader
	raw      *bufio.Reader // the compressed bytes
	inflate  io.Reader
	size     uint64 // bytes given so far
	crc      uint32
	maxRatio uint64
	err      error
}

// readBuffer is how much of the archive is read at once.
const readBuffer = 64 << 10

func newPartReader(name string, f *zip.File, raw io.Reader, limits Limits) *partReader {
	p := &partReader{name: name, want: &f.FileHeader, raw: bufio.NewReaderSize(raw, int(min(f.CompressedSize64+1, readBuffer))), maxRatio: uint64(limits.Ratio)}
	if f.Method == zip.Store {
		p.inflate = p.raw
	} else {
		// Given an io.ByteReader, it reads no byte beyond the end of its data.
		p.inflate = flate.NewReader(p.raw)
	}
	return p
}

// room is how large a buffer for the part is, of the given size at most.
func (p *partReader) room(most int) int { return int(min(p.want.UncompressedSize64+1, uint64(most))) }

// Read implements io.Reader. Its io.EOF says that the part is whole and sound.
func (p *partReader) Read(b []byte) (int, error) {
	if p.err != nil {
		return 0, p.err
	}
	n, err := p.inflate.Read(b)
	p.size += uint64(n)
	p.crc = crc32.Update(p.crc, crc32.IEEETable, b[:n])
	switch {
	case p.size > p.want.UncompressedSize64:
		p.err = damaged("%s has more than the %d bytes that the archive says", p.name, p.want.UncompressedSize64)
	case p.maxRatio > 0 && p.size > ratioFrom && p.size > p.maxRatio*p.want.CompressedSize64:
		p.err = fmt.Errorf("found %s inflating to more than %d times its size; expected less: if it is a sound workbook, raise the limit \"ratio\"", p.name, p.maxRatio)
	case err == io.EOF:
		p.err = p.end()
	case err != nil:
		p.err = damaged("%s: %w", p.name, truncated(err))
	}
	return n, p.err
}

// end is io.EOF for a part that is what the archive says it is.
func (p *partReader) end() error {
	if _, err := p.raw.ReadByte(); err != io.EOF {
		return damaged("%s: bytes follow its compressed data", p.name)
	}
	if p.size != p.want.UncompressedSize64 {
		return damaged("%s has %d bytes instead of %d", p.name, p.size, p.want.UncompressedSize64)
	}
	if p.crc != p.want.CRC32 {
		return damaged("%s: its checksum is %08x instead of %08x", p.name, p.crc, p.want.CRC32)
	}
	return io.EOF
}

// truncated names an end of data that nobody expected.
func truncated(err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return errors.New("its compressed data end too early")
	}
	return err
}

// readAhead reads from another reader on a goroutine of its own, some blocks
// ahead, so that inflating and scanning overlap.
type readAhead struct {
	full  chan block
	empty chan []byte
	stop  chan struct{}
	done  chan struct{}
	block block  // being read
	rest  []byte // of block
}

type block struct {
	text []byte
	err  error
}

const (
	aheadBlock  = 128 << 10
	aheadBlocks = 4
)

func newReadAhead(in *partReader) *readAhead {
	r := &readAhead{full: make(chan block, aheadBlocks), empty: make(chan []byte, aheadBlocks), stop: make(chan struct{}), done: make(chan struct{})}
	for range aheadBlocks {
		r.empty <- nil // made when it is needed
	}
	size := in.room(aheadBlock)
	go func() {
		defer close(r.done)
		for {
			var text []byte
			select {
			case text = <-r.empty:
			case <-r.stop:
				return
			}
			if text == nil {
				text = make([]byte, size)
			}
			n, err := io.ReadFull(in, text[:size])
			if err == io.ErrUnexpectedEOF {
				err = io.EOF
			}
			r.full <- block{text: text[:n], err: err} // there are no more blocks than it has room for
			if err != nil {
				return
			}
		}
	}()
	return r
}

// Read implements io.Reader.
func (r *readAhead) Read(b []byte) (int, error) {
	for len(r.rest) == 0 {
		if r.block.err != nil {
			return 0, r.block.err
		}
		if r.block.text != nil {
			r.empty <- r.block.text
		}
		r.block = <-r.full
		r.rest = r.block.text
	}
	n := copy(b, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}

// Close stops reading ahead and waits for it. Nothing is to be read afterwards.
func (r *readAhead) Close() {
	close(r.stop)
	<-r.done
}
