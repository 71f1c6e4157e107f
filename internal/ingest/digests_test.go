package ingest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// Every file has its digest, whatever was read first, and one that cannot be read
// keeps no other from it.
func TestDigests(t *testing.T) {
	folder := t.TempDir()
	var paths, want []string
	for i := range 20 {
		path := filepath.Join(folder, fmt.Sprint(i))
		text := strings.Repeat(fmt.Sprintln(i), i*5000%70001)
		if i%6 == 5 {
			want = append(want, "no such file")
		} else {
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			sum := sha256.Sum256([]byte(text))
			want = append(want, hex.EncodeToString(sum[:]))
		}
		paths = append(paths, path)
	}
	paths, want = append(paths, folder, paths[3]), append(want, "is a directory", want[3])
	for _, processors := range []int{1, 2, 7} {
		before := runtime.GOMAXPROCS(processors)
		got, err := digests(t.Context(), paths)
		runtime.GOMAXPROCS(before)
		if err != nil || len(got) != len(paths)-1 {
			t.Fatal(got, err)
		}
		for i := range paths {
			if d := got[paths[i]]; d.err != nil && (d.sha256 != "" || !strings.Contains(d.err.Error(), paths[i]+": "+want[i])) || d.err == nil && d.sha256 != want[i] {
				t.Errorf("%d processors, %s: %q, %v; want %s", processors, paths[i], d.sha256, d.err, want[i])
			}
		}
	}
}

func TestDigestsOfNothing(t *testing.T) {
	if got, err := digests(t.Context(), nil); len(got) != 0 || err != nil {
		t.Error(got, err)
	}
}

// A file that is read for ever ends with the context, and says why that ended.
func TestDigestsAreStopped(t *testing.T) {
	endless := "/dev/zero"
	if _, err := os.Stat(endless); err != nil {
		t.Skip(err)
	}
	why := errors.New("enough")
	ctx, cancel := context.WithCancelCause(t.Context())
	stop := &stopAt{Context: ctx, cancel: func() { cancel(why) }}
	stop.n.Store(100)
	if got, err := digests(stop, []string{"missing", endless}); got != nil || !errors.Is(err, why) {
		t.Error(got, err)
	}
}

// All extracts that cannot be read are named, in the order of their names.
func TestUnreadableExtractsAreAllNamed(t *testing.T) {
	p := &project{t: t, root: t.TempDir()}
	p.write("seeds/b.csv", "id\n1\n")
	specs := []SeedSpec{{Source: "c", Seed: "seeds/c.csv"}, {Source: "b", Seed: "seeds/b.csv"}, {Source: "a", Seed: "seeds/a.csv"}, {Source: "x", Seed: "x/*.csv"}}
	m := &maker{ctx: t.Context(), root: p.root}
	_, err := m.extracts(specs)
	if err == nil {
		t.Fatal("no error")
	}
	lines := strings.Split(err.Error(), "\n")
	want := []string{"seeds/a.csv: the file of a cannot", "seeds/c.csv: the file of c cannot", "x/*.csv: found no file of x"}
	for i := range max(len(lines), len(want)) {
		if i >= len(lines) || i >= len(want) || !strings.HasPrefix(lines[i], want[i]) {
			t.Fatalf("%v\nwant %q", err, want)
		}
	}
}
