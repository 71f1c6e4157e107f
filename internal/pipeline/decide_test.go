package pipeline

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"martlet/internal/delimited"
	"martlet/internal/ingest"
	"martlet/internal/state"
)

// How much is new is what is read of the files, in bytes, and matters only where
// there is much in all.
func TestTooMuch(t *testing.T) {
	const whole = 2 * smallInputs
	for _, x := range []struct {
		name   string
		sizes  []int64
		unread []bool
		grown  map[int]delimited.Position
		want   bool
	}{
		{"nothing", []int64{whole, whole}, []bool{false, false}, nil, false},
		{"all of little", []int64{smallInputs / 2, smallInputs / 2}, []bool{true, true}, nil, false},
		{"all of much", []int64{smallInputs / 2, smallInputs/2 + 1}, []bool{true, true}, nil, true},
		{"a quarter", []int64{3 * whole, whole}, []bool{false, true}, nil, false},
		{"more than a quarter", []int64{3 * whole, whole + 4}, []bool{false, true}, nil, true},
		{"grown by a quarter", []int64{4 * whole}, []bool{true}, map[int]delimited.Position{0: {Offset: 3 * whole}}, false},
		{"grown by more", []int64{4 * whole}, []bool{true}, map[int]delimited.Position{0: {Offset: 3*whole - 4}}, true},
		{"grown and new", []int64{4 * whole, whole}, []bool{true, true}, map[int]delimited.Position{0: {Offset: 3 * whole}}, true},
		{"one is gone since", []int64{-1, whole}, []bool{true, false}, nil, false},
	} {
		t.Run(x.name, func(t *testing.T) {
			r := &run{settings: &settings{root: t.TempDir()}, places: &places{}}
			for i, size := range x.sizes {
				name := fmt.Sprint(i, ".csv")
				r.places.files = append(r.places.files, seedFile{SeedResult: ingest.SeedResult{Path: name}})
				if size < 0 {
					continue
				}
				f, err := os.Create(filepath.Join(r.settings.root, name))
				if err != nil {
					t.Fatal(err)
				}
				if err := f.Truncate(size); err != nil { // it takes no room
					t.Fatal(err)
				}
				if err := f.Close(); err != nil {
					t.Fatal(err)
				}
			}
			d := &delta{unread: x.unread, grown: x.grown}
			if why := d.tooMuch(r); (why != "") != x.want {
				t.Errorf("it says %q", why)
			}
		})
	}
}

// digestOf is the SHA-256 of a text.
func digestOf(text string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(text))) }

// A file begins with what was read where that is all there, to the end of a line.
func TestBegins(t *testing.T) {
	const was = "id\n1\n"
	for _, x := range []struct {
		was, now string
		want     bool
	}{
		{was, was, true}, {was, was + "2\n", true}, {was, was + "2", true}, {was, "id\n2\n3\n", false},
		{"id\n1", "id\n1\n", false}, {"id\n1", "id\n12\n", false}, {"id\n1\r", "id\n1\r\n", false}, {"id\r\n", "id\r\n1\r\n", true}, {"", "id\n", false},
	} {
		path := filepath.Join(t.TempDir(), "x.csv")
		if err := os.WriteFile(path, []byte(x.now), 0o640); err != nil {
			t.Fatal(err)
		}
		got, whole, err := digestsOf(path, &state.File{Size: int64(len(x.was)), SHA256: digestOf(x.was)})
		if got != x.want || whole != digestOf(x.now) || err != nil {
			t.Errorf("%q begins with %q: %t, %s, %v", x.now, x.was, got, whole, err)
		}
	}
	short := filepath.Join(t.TempDir(), "x.csv")
	if err := os.WriteFile(short, []byte("id\n1"), 0o640); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{short, short + ".none"} {
		if got, _, err := digestsOf(path, &state.File{Size: int64(len(was)), SHA256: digestOf(was)}); got || err == nil {
			t.Errorf("%s begins with what was read: %t, %v", path, got, err)
		}
	}
}

// The digest of a file is known where its size, time and inode are those it had, and
// taken where it only grew; it is not known of others.
func TestTrust(t *testing.T) {
	root := t.TempDir()
	path := filepath.Join(root, "in", "x.csv")
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		t.Fatal(err)
	}
	const text = "id\n1\n"
	if err := os.WriteFile(path, []byte(text), 0o640); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	known := state.File{Path: "in/x.csv", Size: info.Size(), ModTime: info.ModTime().UnixNano(), Inode: inode(info), SHA256: "abc"}
	for name, x := range map[string]struct {
		change func(f *state.File)
		want   string
	}{
		"as it was":     {func(*state.File) {}, "abc"},
		"grown":         {func(f *state.File) { f.Size -= 2 }, digestOf(text)},
		"shorter":       {func(f *state.File) { f.Size++ }, ""},
		"another time":  {func(f *state.File) { f.ModTime-- }, ""},
		"another inode": {func(f *state.File) { f.Inode++ }, ""},
		"another path":  {func(f *state.File) { f.Path = "in/y.csv" }, ""},
	} {
		f := known
		x.change(&f)
		e := &earlierState{manifest: &state.Manifest{Sources: []state.Source{{}, {Files: []state.File{f}}}}}
		e.look(root)
		sum, ok := e.trust(root)("in/x.csv")
		if ok != (x.want != "") || sum != x.want {
			t.Errorf("%s: %q, %t", name, sum, ok)
		}
	}
}

// A file that is written to while a run that does not read it is under way, and is as
// large as before, is not trusted by the next one.
func TestWrittenMeanwhile(t *testing.T) {
	root := t.TempDir()
	path := filepath.Join(root, "x.csv")
	write := func(text string, at time.Time) os.FileInfo {
		t.Helper()
		if err := errors.Join(os.WriteFile(path, []byte(text), 0o640), os.Chtimes(path, at, at)); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		return info
	}
	start := time.Now().Add(-time.Hour)
	info := write("id\n1\n", start)
	known := state.File{Path: "x.csv", Size: info.Size(), ModTime: info.ModTime().UnixNano(), Inode: inode(info), SHA256: "abc"}
	trusts := func(f state.File) (*earlierState, bool) {
		e := &earlierState{manifest: &state.Manifest{Sources: []state.Source{{Files: []state.File{f}}}}}
		e.look(root)
		_, ok := e.trust(root)(f.Path)
		return e, ok
	}
	e, ok := trusts(known)
	write("id\n2\n", start.Add(time.Minute))
	k := &keeper{run: &run{settings: &settings{root: root}, inputs: make([][]*input, 1)}, seen: e.seen}
	kept, err := k.described(seedFile{node: &node{}, SeedResult: ingest.SeedResult{Path: known.Path}}, 0, []state.File{known})
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	if _, ok := trusts(kept); ok {
		t.Error("other bytes are trusted")
	}
}

// What is read is said in numbers of files.
func TestSaid(t *testing.T) {
	for want, d := range map[string]delta{
		"no new record":                        {unread: []bool{false, false}},
		"1 new file":                           {unread: []bool{false, true}},
		"2 new files":                          {unread: []bool{true, true}},
		"1 file with new records":              {unread: []bool{true, false}, grown: map[int]delimited.Position{0: {}}},
		"2 new files, 1 file with new records": {unread: []bool{true, true, true}, grown: map[int]delimited.Position{1: {}}},
		"1 new file, 2 files with new records": {unread: []bool{true, true, true}, grown: map[int]delimited.Position{1: {}, 2: {}}},
	} {
		if got := d.said(); got != want {
			t.Errorf("it says %q, want %q", got, want)
		}
	}
}
