package diskfile

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// setDirect implements file by the flag O_DIRECT, which a file system that knows
// no such writes refuses.
func (f osFile) setDirect(direct bool) error {
	conn, err := f.SyscallConn()
	if err != nil {
		return err
	}
	var failed error
	err = conn.Control(func(fd uintptr) {
		var flags int
		if flags, failed = unix.FcntlInt(fd, unix.F_GETFL, 0); failed != nil {
			return
		}
		flags &^= unix.O_DIRECT
		if direct {
			flags |= unix.O_DIRECT
		}
		_, failed = unix.FcntlInt(fd, unix.F_SETFL, flags)
	})
	return errors.Join(err, os.NewSyscallError("fcntl", failed))
}

// newBuffer gives size bytes from the system and not from the heap: they begin at
// a page, only those pages that are used take memory, and the garbage collector
// does not let the heap grow for them.
func newBuffer(size int) ([]byte, error) {
	b, err := unix.Mmap(-1, 0, size, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
	if err != nil {
		return nil, os.NewSyscallError("mmap", err)
	}
	return b[:0], nil
}

// freeBuffer gives back what newBuffer gave; nil is none.
func freeBuffer(b []byte) {
	if b != nil {
		_ = unix.Munmap(b[:cap(b)]) // it fails for what was not mapped only
	}
}
