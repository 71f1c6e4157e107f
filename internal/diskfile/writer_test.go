package diskfile

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"unsafe"

	"pgregory.net/rapid"
)

// tinyBuffer makes a few bytes a large file.
const tinyBuffer = 2 * blockBytes

// strict is a file as strict as one can be about direct writes. It keeps what it
// was given.
type strict struct {
	bytes.Buffer
	direct    bool
	set       int  // how often it was set to be direct
	forbidden bool // it cannot be set
	bears     int  // bytes written directly until such writes are refused; none where < 0
	room      int  // bytes
}

var errFull = errors.New("it is full")

func (f *strict) setDirect(direct bool) error {
	if direct {
		f.set++
		if f.forbidden {
			return syscall.EINVAL
		}
	}
	f.direct = direct
	return nil
}

func (f *strict) Write(b []byte) (int, error) {
	fits := min(len(b), f.room-f.Len())
	if f.direct {
		at := uintptr(unsafe.Pointer(unsafe.SliceData(b)))
		if (at|uintptr(len(b))|uintptr(f.Len()))%blockBytes != 0 {
			panic(fmt.Sprintf("%d bytes at %x were written directly at %d", len(b), at, f.Len()))
		}
		if f.bears >= 0 && f.bears < fits {
			f.Buffer.Write(b[:f.bears])
			return f.bears, syscall.EINVAL
		}
		f.bears = max(f.bears-len(b), min(f.bears, 0))
	}
	f.Buffer.Write(b[:fits])
	if fits < len(b) {
		return fits, errFull
	}
	return len(b), nil
}

// pieces are the lengths of writes: many small ones, some longer than a buffer.
func pieces(t *rapid.T) []int {
	return rapid.SliceOfN(rapid.OneOf(rapid.IntRange(0, 100), rapid.IntRange(0, 3*tinyBuffer),
		rapid.Map(rapid.IntRange(0, 5), func(n int) int { return n * blockBytes })), 0, 20).Draw(t, "pieces")
}

// text gives n bytes that are other ones at every place.
func text(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i ^ i>>8 ^ i>>16)
	}
	return b
}

// feed writes text in pieces and gives all of it.
func feed(t interface{ Errorf(string, ...any) }, w *Writer, pieces []int) []byte {
	total := 0
	for _, n := range pieces {
		total += n
	}
	all := text(total)
	for at, i := 0, 0; i < len(pieces); at, i = at+pieces[i], i+1 {
		if n, err := w.Write(all[at : at+pieces[i]]); n != pieces[i] || err != nil {
			t.Errorf("wrote %d of %d bytes: %v", n, pieces[i], err)
		}
	}
	return all
}

// Whatever pieces it is given in and whenever direct writes are refused, a file
// has the bytes it was given.
func TestWriter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := &strict{
			forbidden: rapid.Bool().Draw(t, "forbidden"), room: 1 << 30,
			bears: rapid.OneOf(rapid.Just(-1), rapid.IntRange(0, 6*tinyBuffer)).Draw(t, "bears"),
		}
		w := newWriter(f, tinyBuffer)
		all := feed(t, w, pieces(t))
		if err := errors.Join(w.Close(), w.Close()); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(f.Bytes(), all) {
			t.Fatalf("the file has %d bytes that are not the %d given", f.Len(), len(all))
		}
		if f.direct || f.set > 1 || len(all) < tinyBuffer && f.set > 0 || len(all) >= tinyBuffer && f.set == 0 {
			t.Fatalf("of %d bytes, the file was set %d times to be written directly; at the end %v", len(all), f.set, f.direct)
		}
		if n, err := w.Write([]byte("more")); n != 0 || !errors.Is(err, os.ErrClosed) {
			t.Fatal(n, err)
		}
		w.Drop()
	})
}

// The first error stays and is what Close says, wherever it came up.
func TestErrorsStay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		size := rapid.IntRange(1, 8*tinyBuffer).Draw(t, "size")
		f := &strict{bears: -1, room: rapid.IntRange(0, size-1).Draw(t, "room"), forbidden: rapid.Bool().Draw(t, "forbidden")}
		if !f.forbidden {
			f.room = f.room &^ (blockBytes - 1) // as a disk has it
		}
		w := newWriter(f, tinyBuffer)
		all := text(size)
		var failed error
		for at := 0; at < size; {
			n := min(rapid.IntRange(1, 2*tinyBuffer).Draw(t, "n"), size-at)
			_, err := w.Write(all[at : at+n])
			if failed != nil && err != failed {
				t.Fatalf("%v after %v", err, failed)
			}
			failed, at = err, at+n
		}
		if err := w.Close(); !errors.Is(err, errFull) || failed != nil && err != failed || w.Close() != err {
			t.Fatalf("closed with %v after %v", err, failed)
		}
		if !bytes.HasPrefix(all, f.Bytes()) {
			t.Fatal("the file has other bytes")
		}
	})
}

// A file that is dropped has at most what was written and is not touched again.
func TestDrop(t *testing.T) {
	f := &strict{bears: -1, room: 1 << 30}
	w := newWriter(f, tinyBuffer)
	all := feed(t, w, []int{tinyBuffer, tinyBuffer, 10})
	w.Drop()
	w.Drop()
	if err := w.Close(); err != nil || f.direct || f.Len() != 2*tinyBuffer || !bytes.HasPrefix(all, f.Bytes()) {
		t.Error(err, f.direct, f.Len())
	}
	newWriter(f, tinyBuffer).Drop() // without a write
}

// folders are on the file systems that tests write to, by what messages call them.
func folders(t testing.TB) map[string]string {
	found := map[string]string{"disk": t.TempDir()}
	if folder, err := os.MkdirTemp("/dev/shm", "diskfile-*"); err == nil {
		t.Cleanup(func() { _ = os.RemoveAll(folder) })
		found["memory"] = folder
	}
	return found
}

// Files of a file system have what os.WriteFile would have written.
func TestFiles(t *testing.T) {
	for name, folder := range folders(t) {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				path := filepath.Join(folder, "file")
				f, err := os.Create(path)
				if err != nil {
					t.Fatal(err)
				}
				w := newWriter(osFile{f}, tinyBuffer)
				all := feed(t, w, pieces(t))
				if err := errors.Join(w.Close(), f.Close()); err != nil {
					t.Fatal(err)
				}
				if got, err := os.ReadFile(path); err != nil || !bytes.Equal(got, all) {
					t.Fatalf("%d bytes that are not the %d given: %v", len(got), len(all), err)
				}
			})
		})
	}
}

// The buffers that programs get do as well as those of the tests, and what is in
// the file already stays.
func TestLargeFile(t *testing.T) {
	for name, folder := range folders(t) {
		for _, before := range []string{"", "before"} {
			path := filepath.Join(folder, "file")
			f, err := os.Create(path)
			if err != nil {
				t.Fatal(err)
			}
			_, err = f.WriteString(before)
			w := New(f)
			all := feed(t, w, []int{BufferBytes - 1, 1, 3*BufferBytes + 5000, 7})
			if err := errors.Join(err, w.Close(), f.Close()); err != nil {
				t.Fatal(err)
			}
			if got, err := os.ReadFile(path); err != nil || !bytes.Equal(got, append([]byte(before), all...)) {
				t.Errorf("%s: %d bytes that are not those given: %v", name, len(got), err)
			}
		}
	}
}

// Files that cannot be written say so.
func TestFilesThatFail(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	closed, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := closed.Close(); err != nil {
		t.Fatal(err)
	}
	unwritable, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer unwritable.Close()
	files := []*os.File{closed, unwritable}
	if full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0); err == nil {
		defer full.Close()
		files = append(files, full)
	}
	for _, f := range files {
		for _, size := range []int{10, 3 * BufferBytes} {
			w := New(f)
			n, err := w.Write(text(size))
			closing := w.Close()
			if closing == nil || size > BufferBytes && (err == nil || closing != err || n >= size) {
				t.Errorf("%s: wrote %d of %d bytes: %v; closed: %v", f.Name(), n, size, err, closing)
			}
		}
	}
}
