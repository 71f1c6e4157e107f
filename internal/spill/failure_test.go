package spill

import (
	"context"
	"errors"
	"io"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/apache/arrow/go/v17/arrow/memory"

	"martlet/internal/contract"
)

var errInjected = errors.New("injected failure")

// failing is a disk of which the call with the given number fails, counted from 0,
// and with it a count of the calls.
func failing(at int) (disk, *int) {
	calls := new(int)
	fails := func() error {
		*calls++
		if *calls-1 == at {
			return errInjected
		}
		return nil
	}
	return disk{
		create: func(path string) (io.WriteCloser, error) {
			if err := fails(); err != nil {
				return nil, err
			}
			w, err := system.create(path)
			return failingFile{w: w, fails: fails}, err
		},
		open: func(path string) (io.ReadCloser, error) {
			if err := fails(); err != nil {
				return nil, err
			}
			r, err := system.open(path)
			return failingFile{r: r, fails: fails}, err
		},
		remove: system.remove,
	}, calls
}

type failingFile struct {
	w     io.WriteCloser
	r     io.ReadCloser
	fails func() error
}

func (f failingFile) Write(b []byte) (int, error) {
	if err := f.fails(); err != nil {
		n, _ := f.w.Write(b[:len(b)/2])
		return n, err
	}
	return f.w.Write(b)
}

func (f failingFile) Read(b []byte) (int, error) {
	if err := f.fails(); err != nil {
		return 0, err
	}
	return f.r.Read(b)
}

func (f failingFile) Close() error {
	err := f.fails()
	if f.w != nil {
		return errors.Join(err, f.w.Close())
	}
	return errors.Join(err, f.r.Close())
}

// everything partitions, reads each partition into a run and merges these.
func everything(f *Folder, mem memory.Allocator, emit contract.Emit) error {
	const parts = 3
	p := f.Partitions(smallSchema, parts, 0, mem)
	p.blocks.limit, p.limit = 400, 4000
	for first := 0; first < 200; first += 50 {
		b := smallBatch(mem, first, 50)
		part := make([]uint32, b.Len())
		for i := range part {
			part[i] = uint32((first + i) / 7 % parts)
		}
		err := p.Add(b, Ordinals(nil, int64(first), b.Len()), part)
		b.Release()
		if err != nil {
			return err
		}
	}
	if err := p.Finish(); err != nil {
		return err
	}
	var runs []*Run
	for i := range parts {
		r := f.Run(smallSchema, 0, mem)
		r.blocks.limit = 400
		if err := p.Read(i, func(b contract.Batch, ordinals []int64) error {
			defer b.Release()
			return r.Add(b, ordinals)
		}); err != nil {
			return err
		}
		if err := errors.Join(p.Drop(i), r.Finish()); err != nil {
			return err
		}
		runs = append(runs, r)
	}
	return Merge(runs, mem, emit)
}

// Each operation on a file fails in turn. It is told, and nothing is left of memory
// or of files.
func TestFailure(t *testing.T) {
	for at, done := 0, false; !done; at++ {
		mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
		f := newFolder(t)
		var calls *int
		f.disk, calls = failing(at)
		rows := 0
		err := everything(f, mem, func(b contract.Batch) error {
			rows += b.Len()
			b.Release()
			return nil
		})
		done = *calls <= at
		switch {
		case done && (err != nil || rows != 200 || at < 30):
			t.Errorf("without a failure: %d rows, %v, after %d calls", rows, err, at)
		case !done && (!errors.Is(err, errInjected) || !strings.Contains(err.Error(), "temporary file")):
			t.Errorf("call %d failed: %v", at, err)
		}
		if err := f.Close(); err != nil && !errors.Is(err, errInjected) {
			t.Error(err)
		}
		mem.AssertSize(t, 0)
	}
}

// A full disk is told with what to do about it.
func TestFull(t *testing.T) {
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip("a system without a disk that is always full")
	}
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	f := newFolder(t)
	f.disk.create = func(string) (io.WriteCloser, error) { return os.OpenFile("/dev/full", os.O_WRONLY, 0) }
	err := everything(f, mem, nil)
	if !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("a full disk: %v", err)
	}
	for _, want := range []string{f.Path(), "free some", "--target-path", "--memory"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q does not say %q", err, want)
		}
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

// Rows that were added when the end comes, in whatever state, are freed with the
// folder.
func TestCancelled(t *testing.T) {
	stop := context.Canceled
	tests := map[string]func(f *Folder, mem memory.Allocator) error{
		"while adding": func(f *Folder, mem memory.Allocator) error {
			p, r, tape := f.Partitions(smallSchema, 2, 0, mem), f.Run(smallSchema, 0, mem), f.Tape(smallSchema, mem)
			b := smallBatch(mem, 0, 10)
			defer b.Release()
			ordinals := Ordinals(nil, 0, 10)
			return errors.Join(p.Add(b, ordinals, make([]uint32, 10)), r.Add(b, ordinals), tape.Add(b), stop)
		},
		"while reading": func(f *Folder, mem memory.Allocator) error {
			p := f.Partitions(smallSchema, 1, 0, mem)
			p.blocks.limit = 300
			b := smallBatch(mem, 0, 40)
			defer b.Release()
			if err := errors.Join(p.Add(b, Ordinals(nil, 0, 40), make([]uint32, 40)), p.Finish()); err != nil {
				return err
			}
			return p.Read(0, func(b contract.Batch, _ []int64) error {
				b.Release()
				return stop
			})
		},
		"while playing": func(f *Folder, mem memory.Allocator) error {
			tape := f.Tape(smallSchema, mem)
			b := smallBatch(mem, 0, 40)
			defer b.Release()
			if err := errors.Join(tape.Add(b), tape.Add(b), tape.Finish()); err != nil {
				return err
			}
			return tape.Play(func(b contract.Batch) error {
				b.Release()
				return stop
			})
		},
		"while merging": func(f *Folder, mem memory.Allocator) error {
			return everything(f, mem, func(b contract.Batch) error {
				b.Release()
				return stop
			})
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
			defer mem.AssertSize(t, 0)
			f := newFolder(t)
			if err := test(f, mem); !errors.Is(err, stop) {
				t.Error(err)
			}
			if err := f.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}

// Mistakes of the caller are errors, and none of them loses rows silently.
func TestMisuse(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	f := newFolder(t)
	b := smallBatch(mem, 0, 3)
	defer b.Release()
	other := contract.Batch{Record: b.Record}
	ordinals, part := Ordinals(nil, 0, 3), []uint32{0, 1, 1}
	partitions := func() *Partitions { return f.Partitions(smallSchema, 2, 0, mem) }
	finished := partitions()
	run, tape, full := f.Run(smallSchema, 0, mem), f.Tape(smallSchema, mem), f.Run(smallSchema, 0, mem)
	if err := errors.Join(finished.Finish(), full.Add(b, []int64{7, 8, 9})); err != nil {
		t.Fatal(err)
	}
	swapped := smallBatch(mem, 0, 3)
	defer swapped.Release()
	tests := map[string]error{
		"no origins":           partitions().Add(other, ordinals, part),
		"too few ordinals":     partitions().Add(b, ordinals[:2], part),
		"too few partitions":   partitions().Add(b, ordinals, part[:2]),
		"partition 2 of 2":     partitions().Add(b, ordinals, []uint32{0, 1, 2}),
		"added when finished":  finished.Add(b, ordinals, part),
		"read before finished": partitions().Read(0, nil),
		"dropped unfinished":   partitions().Drop(0),
		"played unfinished":    tape.Play(nil),
		"merged unfinished":    Merge([]*Run{run}, mem, nil),
		"not in order":         full.Add(b, []int64{8, 9, 10}),
		"not in one batch":     f.Run(smallSchema, 0, mem).Add(b, []int64{2, 1, 0}),
		"run of few ordinals":  f.Run(smallSchema, 0, mem).Add(b, ordinals[:1]),
		"another schema":       f.Tape(benchSchema, mem).Add(b),
	}
	for name, err := range tests {
		if err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

// Goroutines may share a folder, each with files of its own.
func TestConcurrent(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	f := newFolder(t)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			rows := 0
			if err := everything(f, mem, func(b contract.Batch) error {
				rows += b.Len()
				b.Release()
				return nil
			}); err != nil || rows != 200 {
				t.Errorf("%d rows, %v", rows, err)
			}
		})
	}
	all.Wait()
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}
