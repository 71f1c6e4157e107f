//go:build !linux

package hugepages

func advise(_, _ uintptr) {}
