package ingest

import (
	"cmp"
	"context"
	"io"
	"os"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"

	"martlet/internal/xlsx"
)

// digest is the SHA-256 of a file, in hex, or why there is none.
type digest struct {
	sha256 string
	seen   os.FileInfo // of the file as it was opened
	err    error
}

// digests takes the digests of files, by their paths, side by side: as many at once
// as there are processors, since each keeps one busy for as long as its file is
// read. An error is why ctx has ended; one of a file stands with its digest.
func digests(ctx context.Context, paths []string) (map[string]digest, error) {
	ordered := largestFirst(paths)
	taken := make([]digest, len(ordered))
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, path := range ordered {
		group.Go(func() error {
			taken[i] = digestFile(ctx, path)
			return stopped(ctx)
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	byPath := make(map[string]digest, len(ordered))
	for i, path := range ordered {
		byPath[path] = taken[i]
	}
	return byPath, nil
}

// largestFirst gives each path once, so that no large file is left to one
// processor when the others have nothing more to do.
func largestFirst(paths []string) []string {
	sizes := make(map[string]int64, len(paths))
	var once []string
	for _, path := range paths {
		if _, known := sizes[path]; known {
			continue
		}
		once = append(once, path)
		sizes[path] = 0
		if info, err := os.Stat(path); err == nil {
			sizes[path] = info.Size()
		}
	}
	slices.SortStableFunc(once, func(a, b string) int { return cmp.Compare(sizes[b], sizes[a]) })
	return once
}

// digestFile is the SHA-256 of a file, in hex.
func digestFile(ctx context.Context, path string) (d digest) {
	in, err := os.Open(path)
	if err != nil {
		return digest{err: err}
	}
	defer in.Close() // only read
	if d.seen, d.err = in.Stat(); d.err == nil {
		d.sha256, d.err = xlsx.Digest(stoppable{ctx, in})
	}
	return d
}

// stoppable is a reader that fails once its context has ended, so that a run
// that is interrupted need not wait for the end of a large file.
type stoppable struct {
	ctx context.Context
	in  io.Reader
}

// Read implements io.Reader.
func (s stoppable) Read(b []byte) (int, error) {
	if err := stopped(s.ctx); err != nil {
		return 0, err
	}
	return s.in.Read(b)
}
