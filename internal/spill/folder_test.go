package spill

import (
	"bufio"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow/go/v17/arrow/memory"
)

// newFolder is a folder that the test closes, below which nothing may be left.
func newFolder(t testing.TB) *Folder {
	t.Helper()
	parent := t.TempDir()
	f, err := NewFolder(parent)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
		mustBeEmpty(t, parent)
	})
	return f
}

func mustHaveNoFiles(t fataler, f *Folder) {
	t.Helper()
	entries, err := os.ReadDir(f.Path())
	if err != nil || len(entries) != 1 || entries[0].Name() != lockName {
		t.Fatalf("the folder has %v, want its lock only (%v)", entries, err)
	}
}

// Nobody else may read what is in the folder.
func TestPrivate(t *testing.T) {
	f := newFolder(t)
	mem := memory.NewGoAllocator()
	p, _ := smallPartition(t, f, mem)
	mustHaveMode := func(path string, want fs.FileMode) {
		t.Helper()
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != want {
			t.Errorf("the mode of %s is %o, want %o", path, info.Mode().Perm(), want)
		}
	}
	mustHaveMode(f.Path(), 0o700)
	mustHaveMode(p.parts[0].path, 0o600)
	mustHaveMode(filepath.Join(f.Path(), lockName), 0o600)
}

func TestNoParent(t *testing.T) {
	_, err := NewFolder(filepath.Join(t.TempDir(), "missing"))
	if err == nil || !strings.Contains(err.Error(), "--target-path") {
		t.Errorf("a folder below one that is not there: %v", err)
	}
}

// Closing twice is closing once, and nothing is made in a folder after it.
func TestClose(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	f := newFolder(t)
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	tape := f.Tape(smallSchema, mem)
	b := smallBatch(mem, 0, 3)
	defer b.Release()
	if err := tape.Add(b); err == nil {
		t.Error("a tape was written to a closed folder")
	}
}

// Of the folders in a parent, those go that nobody uses.
func TestLeftovers(t *testing.T) {
	parent := t.TempDir()
	used, err := NewFolder(parent)
	if err != nil {
		t.Fatal(err)
	}
	leave := func(name string, locked bool, age time.Duration) string {
		path := filepath.Join(parent, name)
		if err := os.Mkdir(path, folderMode); err != nil {
			t.Fatal(err)
		}
		files := []string{"000001.arrows"}
		if locked {
			files = append(files, lockName)
		}
		for _, file := range files {
			if err := os.WriteFile(filepath.Join(path, file), []byte("rows"), fileMode); err != nil {
				t.Fatal(err)
			}
		}
		then := time.Now().Add(-age)
		if err := os.Chtimes(path, then, then); err != nil {
			t.Fatal(err)
		}
		return path
	}
	stay := map[string]bool{
		used.Path():                               true,
		leave(prefix+"1-killed", true, 0):         false,
		leave(prefix+"2-new", false, 0):           true,
		leave(prefix+"3-old", false, 2*settling):  false,
		leave("somebody-elses", true, 2*settling): true,
	}
	f, err := NewFolder(parent)
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range stay {
		if _, err := os.Stat(path); (err == nil) != want {
			t.Errorf("%s: %v, want it to stay: %v", path, err, want)
		}
	}
	for _, f := range []*Folder{f, used} {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	}
}

// A file where a folder might be, or one that is no lock, is let alone.
func TestStrangeLeftovers(t *testing.T) {
	parent := t.TempDir()
	if err := os.WriteFile(filepath.Join(parent, prefix+"1-file"), nil, fileMode); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(parent, prefix+"2-lock", lockName), folderMode); err != nil {
		t.Fatal(err)
	}
	f, err := NewFolder(parent)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if entries, err := os.ReadDir(parent); err != nil || len(entries) != 2 {
		t.Errorf("%v are left (%v)", entries, err)
	}
}

// What a killed program leaves, the next one removes.
func TestKilled(t *testing.T) {
	const inside = "MARTLET_SPILL_TEST_PARENT"
	if parent := os.Getenv(inside); parent != "" {
		f, err := NewFolder(parent)
		if err != nil {
			t.Fatal(err)
		}
		smallPartition(t, f, memory.NewGoAllocator())
		os.Stdout.WriteString("ready\n")
		time.Sleep(time.Minute) // to be killed
	}
	parent := t.TempDir()
	program := exec.Command(os.Args[0], "-test.run=^TestKilled$")
	program.Env = append(os.Environ(), inside+"="+parent)
	output, err := program.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := program.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(output).ReadString('\n'); line != "ready\n" {
		t.Errorf("the program said %q (%v)", line, err)
	}
	f, err := NewFolder(parent) // while the program runs
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if entries, err := os.ReadDir(parent); err != nil || len(entries) != 1 {
		t.Errorf("while the program runs its folder is not left alone: %v (%v)", entries, err)
	}
	if err := program.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = program.Wait() // it was killed
	f, err = NewFolder(parent)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	mustBeEmpty(t, parent)
}
