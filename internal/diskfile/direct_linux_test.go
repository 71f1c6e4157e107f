package diskfile

import (
	"errors"
	"os"
	"os/signal"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

func isDirect(t *testing.T, f *os.File) bool {
	t.Helper()
	flags, err := unix.FcntlInt(f.Fd(), unix.F_GETFL, 0)
	if err != nil {
		t.Fatal(err)
	}
	return flags&unix.O_DIRECT != 0
}

// create makes a file that its file system writes directly.
func create(t *testing.T) *os.File {
	t.Helper()
	f, err := os.Create(filepath.Join(t.TempDir(), "file"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	if err := (osFile{f}).setDirect(true); err != nil {
		t.Skipf("the temporary folder's file system writes nothing directly: %v", err)
	}
	if err := (osFile{f}).setDirect(false); err != nil || isDirect(t, f) {
		t.Fatal(err)
	}
	return f
}

// A large file is written directly, and is left as it was found.
func TestFlag(t *testing.T) {
	for _, end := range []func(w *Writer) error{(*Writer).Close, func(w *Writer) error { w.Drop(); return nil }} {
		f := create(t)
		w := New(f)
		feed(t, w, []int{BufferBytes, BufferBytes})
		err := w.wait()
		if err != nil || !isDirect(t, f) || w.disk.refused {
			t.Error("it was not written directly", err)
		}
		if err := end(w); err != nil || isDirect(t, f) {
			t.Error("it is left set", err)
		}
	}
}

// A file that may not get as large as it would is written up to there, and the
// error says why it ends, be that within a block or not.
func TestLimitedFile(t *testing.T) {
	signal.Ignore(unix.SIGXFSZ)
	defer signal.Reset(unix.SIGXFSZ)
	var before unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_FSIZE, &before); err != nil {
		t.Fatal(err)
	}
	for _, limit := range []int{10, BufferBytes, BufferBytes + 10, BufferBytes + 3*blockBytes, 2*BufferBytes + 10} {
		f := create(t)
		w := New(f)
		if err := unix.Setrlimit(unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: uint64(limit), Max: before.Max}); err != nil {
			t.Fatal(err)
		}
		_, err := w.Write(text(2*BufferBytes + 100))
		closing := w.Close()
		if err := unix.Setrlimit(unix.RLIMIT_FSIZE, &before); err != nil {
			t.Fatal(err)
		}
		info, statErr := f.Stat()
		if statErr != nil || !errors.Is(closing, unix.EFBIG) || err != nil && err != closing || info.Size() != int64(limit) {
			t.Errorf("limit %d: %d bytes; write gave %v, close %v", limit, info.Size(), err, closing)
		}
	}
}
