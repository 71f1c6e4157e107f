package diskfile

import (
	"errors"
	"io"
	"os"
	"syscall"
)

// blockBytes is what a direct write's place in memory and in the file and its
// length have to be multiples of. Few disks want more; they refuse, and get
// ordinary writes.
const blockBytes = 4096

// file is an open file. Tests have others than those of the system.
type file interface {
	io.Writer
	// setDirect has writes go past the page cache, or by it.
	setDirect(direct bool) error
}

type osFile struct{ *os.File }

// disk adds to the end of a file, directly as far as the file can be written so.
type disk struct {
	file    file
	direct  bool // as the file is set
	refused bool // there is no use in setting it
}

// write writes all of b, which is an aligned buffer: whole blocks directly, the
// rest, which has to be the end of the file, in the ordinary way.
func (d *disk) write(b []byte) error {
	if whole := len(b) &^ (blockBytes - 1); whole > 0 && d.straight() {
		n, err := d.file.Write(b[:whole])
		if err != nil && !isRefusal(err) {
			return err
		}
		// A file system that lets the file be set may refuse to write so, and one
		// that is full or has reached a limit writes a part of a block first: the
		// ordinary write goes on from there, and has the better error.
		d.refused = err != nil
		b = b[n:]
	}
	if len(b) == 0 {
		return nil
	}
	if err := d.ordinary(); err != nil {
		return err
	}
	_, err := d.file.Write(b)
	return err
}

// straight says whether writes go past the page cache, and has them do so where
// it can.
func (d *disk) straight() bool {
	if !d.direct && !d.refused {
		d.direct = d.file.setDirect(true) == nil
		d.refused = !d.direct // whatever it was: that the file cannot be written shows when it is
	}
	return d.direct && !d.refused
}

// ordinary has writes go by the page cache.
func (d *disk) ordinary() error {
	if !d.direct {
		return nil
	}
	d.direct = false
	return d.file.setDirect(false)
}

// isRefusal says whether an error means that a file cannot be written directly,
// or not these bytes.
func isRefusal(err error) bool {
	return errors.Is(err, syscall.EINVAL) || errors.Is(err, errors.ErrUnsupported)
}
