//go:build !race

package arrowops

// poisonFreed has freed memory overwritten.
const poisonFreed = false
