package hugepages

import (
	"os"
	"regexp"
	"runtime"
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

// Where the system gives huge pages to who asks, new memory is in some.
func TestGiven(t *testing.T) {
	if mode, err := os.ReadFile("/sys/kernel/mm/transparent_hugepage/enabled"); err != nil || !strings.Contains(string(mode), "[madvise]") {
		t.Skip("the system does not give huge pages to who asks")
	}
	const n = 64 * size
	memory := make([]byte, n)
	address := uintptr(unsafe.Pointer(unsafe.SliceData(memory)))
	Ask(address, n)
	for i := 0; i < n; i += 4096 {
		memory[i] = 1
	}
	if given := hugeBytes(t, address+n/2); given < n/2 {
		t.Errorf("of %d bytes %d are in huge pages", n, given)
	}
	runtime.KeepAlive(memory)
}

// hugeBytes is how much of the mapping that an address is in is in huge pages.
func hugeBytes(t *testing.T, address uintptr) int {
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
		if fields := strings.Fields(line); inside && fields[0] == "AnonHugePages:" {
			kib, _ := strconv.Atoi(fields[1])
			return kib << 10
		}
	}
	return 0
}
