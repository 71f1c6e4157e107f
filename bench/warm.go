package main

import (
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"syscall"
)

// A virtual machine gives the pages that it does not need back to its host, and
// pays for each anew when it needs one: a gigabyte may cost a second, which has
// nothing to do with who happens to need it. So free memory is touched before
// each run, as much as the run may take and there is without emptying the cache.
const (
	mostARow     = 1000 // bytes that a contender takes, with what it writes
	leastTouched = 64 << 20
)

// warm has a process touch memory and end, before one that needs it for so many
// rows.
func warm(rows int) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	text, err := os.ReadFile("/proc/meminfo")
	if err != nil {
		return err
	}
	size := min(leastTouched+int64(rows)*mostARow, kilobytes(text, "MemFree:")*9/10)
	cmd := exec.Command(self, "touch", strconv.FormatInt(size, 10))
	cmd.Stderr = os.Stderr
	return cmd.Run()
}

// touch is the process of warm.
func touch(size string) int {
	n, err := strconv.ParseInt(size, 10, 64)
	var memory []byte
	if err == nil {
		memory, err = syscall.Mmap(-1, 0, int(n), syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "touching memory:", err)
		return 1
	}
	_ = syscall.Madvise(memory, syscall.MADV_HUGEPAGE) // faster where there are such pages
	for i := 0; i < len(memory); i += os.Getpagesize() {
		memory[i] = 1
	}
	return 0
}
