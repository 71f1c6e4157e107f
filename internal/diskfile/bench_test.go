package diskfile

import (
	"bufio"
	"io"
	"os"
	"testing"
)

// BenchmarkWrite writes and syncs a file as a sink gives its bytes, and reports
// what the disk is worth beside the page cache. Run it with -benchtime 3x, and
// look at the time of the processor (time -p) too: that is where they differ most.
func BenchmarkWrite(b *testing.B) {
	const total = 512 << 20
	piece := text(70_001)
	fill := func(w io.Writer) error {
		for n := 0; n < total; n += len(piece) {
			if _, err := w.Write(piece); err != nil {
				return err
			}
		}
		return nil
	}
	ways := map[string]func(f *os.File) (io.Writer, func() error){
		"buffered": func(f *os.File) (io.Writer, func() error) { w := bufio.NewWriterSize(f, 1<<20); return w, w.Flush },
		"direct":   func(f *os.File) (io.Writer, func() error) { w := New(f); return w, w.Close },
	}
	for name, folder := range folders(b) {
		for way, open := range ways {
			b.Run(name+"/"+way, func(b *testing.B) {
				b.SetBytes(total)
				for b.Loop() {
					if err := writeSynced(folder, open, fill); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

func writeSynced(folder string, open func(f *os.File) (io.Writer, func() error), fill func(w io.Writer) error) error {
	f, err := os.CreateTemp(folder, "")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	defer f.Close()
	w, end := open(f)
	if err := fill(w); err != nil {
		return err
	}
	if err := end(); err != nil {
		return err
	}
	return f.Sync()
}
