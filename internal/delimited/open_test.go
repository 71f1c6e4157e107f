package delimited

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"martlet/internal/contract"
)

// compressed gives a text in each format, by the ending of its name.
func compressed(t *testing.T, text string) map[string][]byte {
	t.Helper()
	squeeze := func(w io.WriteCloser, out *bytes.Buffer) []byte {
		_, err := io.WriteString(w, text)
		if err := errors.Join(err, w.Close()); err != nil {
			t.Fatal(err)
		}
		return out.Bytes()
	}
	var gz, zst bytes.Buffer
	z, err := zstd.NewWriter(&zst)
	if err != nil {
		t.Fatal(err)
	}
	return map[string][]byte{".gz": squeeze(gzip.NewWriter(&gz), &gz), ".zst": squeeze(z, &zst)}
}

// unpack reads a file of the given content.
func unpack(t *testing.T, ending string, content []byte) (reading, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "x.csv"+ending)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	r, err := Open(path, "x.csv"+ending, contract.Dialect{})
	if err != nil {
		return reading{}, err
	}
	r.Select(r.file.columns, 7)
	all := readAll(t, r)
	return all, errors.Join(all.bad, r.Close())
}

func longText() string {
	var text strings.Builder
	text.WriteString("a,b\n")
	for i := range 20_000 {
		fmt.Fprintf(&text, "%d,\"%d\n\"\n", i, i*i)
	}
	return text.String()
}

func TestCompression(t *testing.T) {
	text := longText()
	for ending, content := range compressed(t, text) {
		all, err := unpack(t, ending, content)
		if err != nil || len(all.records) != 20_000 {
			t.Fatalf("%s: %d records, %v", ending, len(all.records), err)
		}
		more := compressed(t, "x,y\n")[ending]
		if all, err := unpack(t, ending, slices.Concat(content, more, more)); err != nil || len(all.records) != 20_002 || all.records[20_001][1] != "y" {
			t.Errorf("%s, several in one: %d records, %v", ending, len(all.records), err)
		}
		for name, bad := range map[string][]byte{
			"garbage behind": slices.Concat(content, []byte("some more text")),
			"a byte behind":  slices.Concat(content, []byte("x")),
			"none":           []byte("a,b\n1,2\n"),
		} {
			if _, err := unpack(t, ending, bad); err == nil || !strings.HasPrefix(err.Error(), "x.csv"+ending+": the file cannot be read: found damaged or truncated ") {
				t.Errorf("%s, %s: %v", ending, name, err)
			}
		}
	}
}

// Wherever a compressed file was cut or changed, nobody takes the rest for all
// of it.
func TestDamagedCompression(t *testing.T) {
	text := "a,b\n" + strings.Repeat("1,2\n3,4\n5,some text\n", 30)
	for ending, content := range compressed(t, text) {
		whole, err := unpack(t, ending, content)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := unpack(t, ending, nil); err == nil {
			t.Errorf("%s, empty: no error", ending)
		}
		for n := 1; n < len(content); n++ {
			if _, err := unpack(t, ending, content[:n]); err == nil || !strings.HasPrefix(err.Error(), "x.csv"+ending+": the file cannot be read: ") {
				t.Errorf("%s, cut at %d of %d: %v", ending, n, len(content), err)
			}
			damaged := bytes.Clone(content)
			damaged[n] ^= 0x11
			if all, err := unpack(t, ending, damaged); err == nil && !same(all, whole) {
				t.Errorf("%s, another byte at %d: %+v", ending, n, all)
			}
		}
	}
}

// What a file says of itself does not make the reader take any memory for it.
func TestWindowIsBounded(t *testing.T) {
	var out bytes.Buffer
	z, err := zstd.NewWriter(&out, zstd.WithWindowSize(2*maxWindow), zstd.WithSingleSegment(false))
	if err != nil {
		t.Fatal(err)
	}
	_, err = io.WriteString(z, "a,b\n")
	if err := errors.Join(err, z.Flush(), z.Close()); err != nil {
		t.Fatal(err)
	}
	if _, err := unpack(t, ".zst", out.Bytes()); !errors.Is(err, zstd.ErrWindowSizeExceeded) {
		t.Error(err)
	}
}

func TestOpen(t *testing.T) {
	folder := t.TempDir()
	for want, name := range map[string]string{
		"seeds/t.csv: the file cannot be read: no such file or directory": filepath.Join(folder, "no.csv"),
		"seeds/t.csv: the file cannot be read: is a directory":            folder,
	} {
		if _, err := Open(name, "seeds/t.csv", contract.Dialect{}); err == nil || err.Error() != want {
			t.Errorf("%v; want %s", err, want)
		}
	}
	// A chunk tells how much of the file was read for it.
	content := compressed(t, longText())[".gz"]
	path := filepath.Join(folder, "x.csv.gz")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	r, err := Open(path, "x", contract.Dialect{})
	if err != nil {
		t.Fatal(err)
	}
	sum := int64(0)
	for c, err := r.Next(); err == nil; c, err = r.Next() {
		sum += c.Size
	}
	if err := r.Close(); err != nil || sum != int64(len(content)) {
		t.Errorf("%d bytes of %d, %v", sum, len(content), err)
	}
	lines, err := Locate(path, contract.Dialect{}, []int64{3, 20_000})
	if err != nil || !slices.Equal(lines, []int{6, 40_000}) {
		t.Errorf("lines %v, %v", lines, err)
	}
}
