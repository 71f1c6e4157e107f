package sink

import "fmt"

// Compression is how what a file holds is packed. The zero value is what its
// format does where nothing is said.
type Compression string

// The compressions.
const (
	Uncompressed Compression = "none"
	LZ4          Compression = "lz4"  // the quickest to read
	Zstd         Compression = "zstd" // the smallest
)

// in is what a format has for the compression.
func in[T any](has map[Compression]T, c Compression) (T, error) {
	found, ok := has[c]
	if !ok {
		return found, fmt.Errorf("there is no compression %q; there are %q, %q and %q", string(c), Uncompressed, LZ4, Zstd)
	}
	return found, nil
}
