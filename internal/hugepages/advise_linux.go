package hugepages

import "syscall"

// advise asks for huge pages. A system that has none goes on with small ones.
func advise(address, bytes uintptr) {
	_, _, _ = syscall.Syscall(syscall.SYS_MADVISE, address, bytes, syscall.MADV_HUGEPAGE)
}
