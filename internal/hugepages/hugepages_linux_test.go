package hugepages

import (
	"os"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unsafe"
)

// Whatever is asked for, memory is as it was.
func TestAsk(t *testing.T) {
	for _, n := range []int{0, 1, least - 1, least, size, 5*size + 17} {
		memory := make([]byte, n)
		for i := range memory {
			memory[i] = byte(i)
		}
		Ask(uintptr(unsafe.Pointer(unsafe.SliceData(memory))), uintptr(n))
		for i, b := range memory {
			if b != byte(i) {
				t.Fatalf("byte %d of %d is %d", i, n, b)
			}
		}
	}
}

// What was asked for is marked so, whether the system has huge pages to give or not.
func TestMarked(t *testing.T) {
	if _, err := os.Stat("/sys/kernel/mm/transparent_hugepage"); err != nil {
		t.Skip("the system knows no huge pages that are given where they are asked for")
	}
	memory := make([]byte, 8*size)
	address := uintptr(unsafe.Pointer(unsafe.SliceData(memory)))
	Ask(address, uintptr(len(memory)))
	if flags := flagsOf(t, address+4*size); !slices.Contains(flags, "hg") {
		t.Errorf("the memory has the flags %v, and not hg", flags)
	}
	runtime.KeepAlive(memory)
}

// flagsOf is how the system has marked the mapping that an address is in.
func flagsOf(t *testing.T, address uintptr) []string {
	maps, err := os.ReadFile("/proc/self/smaps")
	if err != nil {
		t.Skip(err)
	}
	head := regexp.MustCompile(`^([0-9a-f]+)-([0-9a-f]+) `)
	inside := false
	for line := range strings.Lines(string(maps)) {
		if m := head.FindStringSubmatch(line); m != nil {
			from, _ := strconv.ParseUint(m[1], 16, 64)
			to, _ := strconv.ParseUint(m[2], 16, 64)
			inside = uint64(address) >= from && uint64(address) < to
		}
		if fields := strings.Fields(line); inside && fields[0] == "VmFlags:" {
			return fields[1:]
		}
	}
	t.Fatalf("no mapping has the address %x", address)
	return nil
}
