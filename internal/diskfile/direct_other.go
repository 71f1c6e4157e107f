//go:build !linux

package diskfile

import "errors"

// setDirect implements file for systems on which writes are left to the page cache.
func (f osFile) setDirect(direct bool) error {
	if direct {
		return errors.ErrUnsupported
	}
	return nil
}

func newBuffer(size int) ([]byte, error) { return make([]byte, 0, size), nil }

func freeBuffer([]byte) {}
