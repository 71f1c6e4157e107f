package arrowops

import (
	"unsafe"

	"martlet/internal/hugepages"
)

// room makes a slice of n zero elements, which have no pointers; in huge pages where it
// is large and the system has some.
func room[T any](n int) []T {
	s := make([]T, n)
	hugepages.Ask(uintptr(unsafe.Pointer(unsafe.SliceData(s))), uintptr(n)*unsafe.Sizeof(*new(T)))
	return s
}
