package state

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"pgregory.net/rapid"
)

// A manifest is read as it was written, whatever it has.
func TestManifest(t *testing.T) {
	dir := t.TempDir()
	if _, err := Read(filepath.Join(dir, "none")); !errors.Is(err, ErrNone) {
		t.Errorf("without a folder the error is %v", err)
	}
	if _, err := Read(dir); !errors.Is(err, ErrNone) || IsDamaged(err) {
		t.Errorf("without a manifest the error is %v", err)
	}
	rapid.Check(t, func(t *rapid.T) {
		m := drawManifest(t)
		if err := m.Write(dir); err != nil {
			t.Fatal(err)
		}
		got, err := Read(dir)
		if err != nil {
			t.Fatal(err)
		}
		if m.Version != Version || asJSON(t, got) != asJSON(t, &m) {
			t.Fatalf("read %s\nwritten %s", asJSON(t, got), asJSON(t, &m))
		}
	})
	info, err := os.Stat(filepath.Join(dir, manifestName))
	if err != nil || info.Mode() != 0o640 {
		t.Errorf("the mode of the manifest is %v, %v", info, err)
	}
}

// few are up to two of what a type can be.
func few[T any](t *rapid.T) []T {
	return rapid.SliceOfN(rapid.Make[T](), 0, 2).Draw(t, reflect.TypeFor[T]().Name())
}

func drawManifest(t *rapid.T) Manifest {
	table := func() Table {
		return Table{Name: rapid.String().Draw(t, "name"), Lead: rapid.Make[Block]().Draw(t, "lead"), Blocks: few[Block](t)}
	}
	m := Manifest{
		Fingerprint: rapid.String().Draw(t, "fingerprint"), Run: rapid.String().Draw(t, "run"), AsOf: rapid.Int64().Draw(t, "as of"),
		Lookups: [][]Table{{table()}, nil}, Models: []Model{{Name: rapid.String().Draw(t, "name"), Rows: table()}},
	}
	parts := table()
	m.Sources = []Source{{Files: few[File](t), Segments: []Segment{{Rows: table(), Parts: &parts}, {Rows: table()}}, Rejects: few[Rejects](t)}}
	m.Nodes = []Node{{RowsIn: rapid.Int64().Draw(t, "rows"), Tests: []Test{{
		Failures: rapid.Int64().Draw(t, "failures"), Examples: few[Example](t),
		Values: rapid.MapOfN(rapid.String(), rapid.Int64(), 0, 2).Draw(t, "values"),
	}}}}
	if rapid.Bool().Draw(t, "more") {
		latest := rapid.Int64().Draw(t, "latest")
		m.Sources[0].Latest, m.Models[0].Data, m.Models[0].File = &latest, &parts, &Published{Name: "m.arrow", Size: math.MaxInt64, ModTime: math.MaxInt64}
	}
	return m
}

// asJSON is what tells nothing from an empty list.
func asJSON(t rapid.TB, m *Manifest) string {
	t.Helper()
	text, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// What is damaged is said to be, or reads as it was written: the names of JSON's
// fields may be in capitals, and nothing need stand behind it.
func TestManifestDamage(t *testing.T) {
	dir := t.TempDir()
	m := &Manifest{Fingerprint: "f00d", Run: "<run> & é", AsOf: -1, Sources: []Source{{Name: "s", Files: []File{{Path: "seeds/s.csv", Size: 7, SHA256: "abc"}}}}}
	if err := m.Write(dir); err != nil {
		t.Fatal(err)
	}
	unnoticed := 0
	everyDamage(t, filepath.Join(dir, manifestName), func(how string) {
		got, err := Read(dir)
		switch {
		case how == "the file was removed":
			if !errors.Is(err, ErrNone) {
				t.Fatalf("%s: %v", how, err)
			}
		case err != nil:
			mustBeDamage(t, err, manifestName)
		case asJSON(t, got) != asJSON(t, m):
			t.Fatalf("%s: it reads as %s", how, asJSON(t, got))
		default:
			unnoticed++
		}
	})
	if unnoticed > 6 {
		t.Errorf("damage went unnoticed %d times", unnoticed)
	}
}

// A manifest that is sealed and is not one of this version is of no use.
func TestManifestOfOtherVersion(t *testing.T) {
	for text, how := range map[string]string{
		`{"version":4,"sources":[]}`: "it is of version 4, not 3",
		`{"version":0}`:              "it is of version 0, not 3",
		`{}`:                         "it is of version 0, not 3",
		`null`:                       "it is of version 0, not 3",
		`[]`:                         "cannot unmarshal",
		`{"version":4,"sources":{}}`: "cannot unmarshal",
	} {
		dir := t.TempDir()
		whole := fmt.Sprintf(`{"sha256":%q,"state":%s}`, digest([]byte(text)), text)
		if err := os.WriteFile(filepath.Join(dir, manifestName), []byte(whole), 0o640); err != nil {
			t.Fatal(err)
		}
		_, err := Read(dir)
		mustBeDamage(t, err, manifestName)
		if !strings.Contains(err.Error(), how) {
			t.Errorf("%s: %v, want %q", text, err, how)
		}
	}
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, manifestName), 0o750); err != nil {
		t.Fatal(err)
	}
	_, err := Read(dir)
	mustBeDamage(t, err, manifestName)
}

// A blob is read as it was written, and is damaged otherwise.
func TestBlob(t *testing.T) {
	dir := t.TempDir()
	value := map[string][]int{"one": {1, 2, 3}, "é<": nil}
	blob, err := WriteBlob(dir, "blob.json", value)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "blob.json")
	info, err := os.Stat(path)
	if err != nil || info.Mode() != 0o640 || info.Size() != blob.Size {
		t.Errorf("the file is %v, %v", info, err)
	}
	var got map[string][]int
	if err := blob.Read(dir, &got); err != nil || !reflect.DeepEqual(got, value) {
		t.Errorf("read %v, %v", got, err)
	}
	everyDamage(t, path, func(how string) {
		var got map[string][]int
		err := blob.Read(dir, &got)
		if err == nil {
			t.Fatalf("%s, and nobody noticed", how)
		}
		mustBeDamage(t, err, "blob.json")
	})
	var other []int
	mustBeDamage(t, blob.Read(dir, &other), "blob.json")
}

// A published file is as it was written, or is damaged.
func TestPublished(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "m.arrow")
	text := []byte(strings.Repeat("text", 99))
	if err := os.WriteFile(path, text, 0o640); err != nil {
		t.Fatal(err)
	}
	p, err := Describe(dir, "m.arrow")
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Check(dir); err != nil {
		t.Error(err)
	}
	later := time.Unix(0, p.ModTime).Add(time.Millisecond)
	for _, damage := range []func() error{
		func() error { return errors.Join(os.WriteFile(path, text, 0o640), os.Chtimes(path, later, later)) },
		func() error { return os.Truncate(path, int64(len(text)-1)) },
		func() error { return os.Remove(path) },
	} {
		if err := damage(); err != nil {
			t.Fatal(err)
		}
		mustBeDamage(t, p.Check(dir), "m.arrow")
	}
}

// A file that is there may be one of another state: it is not written over.
func TestBlobIsNew(t *testing.T) {
	before, after := t.TempDir(), t.TempDir()
	blob, err := WriteBlob(before, "a", "before")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Link(filepath.Join(before, "a"), filepath.Join(after, "a")); err != nil {
		t.Fatal(err)
	}
	if _, err := WriteBlob(after, "a", "after"); !errors.Is(err, os.ErrExist) {
		t.Errorf("a blob was written over another: %v", err)
	}
	var got string
	if err := blob.Read(before, &got); err != nil || got != "before" {
		t.Errorf("the state before has %q, %v", got, err)
	}
	if _, err := WriteBlob(after, "b", make(chan int)); err == nil {
		t.Error("what is no JSON was written")
	}
}

// Files names all that stands in the folder but the manifest and tables without rows.
func TestFiles(t *testing.T) {
	dir, mem := t.TempDir(), memory.NewGoAllocator()
	table := func(name string) Table {
		return written(t, dir, name, mem, []arrow.Record{record(mem, []uint64{1})})
	}
	blob := func(name string) Blob {
		b, err := WriteBlob(dir, name, name)
		if err != nil {
			t.Fatal(err)
		}
		return *b
	}
	pointer := func(t Table) *Table { return &t }
	m := &Manifest{
		Sources: []Source{
			{Segments: []Segment{{Rows: table("a-0"), Parts: pointer(table("a-0.keys"))}, {Rows: table("a-1")}}, Rejects: []Rejects{{Blob: blob("a-r")}, {Blob: blob("a-r2")}}},
			{Segments: []Segment{{Rows: table("b-0")}}},
			{},
		},
		Lookups: [][]Table{{table("l-0-0"), table("l-0-1")}, nil, {table("l-2-0")}},
		Models:  []Model{{Rows: table("m.rows"), Data: pointer(table("m"))}, {Rows: table("n.rows")}},
	}
	if err := m.Write(dir); err != nil {
		t.Fatal(err)
	}
	m.Lookups = append(m.Lookups, []Table{written(t, t.TempDir(), "empty", mem, nil)})
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{}
	for _, e := range entries {
		if e.Name() != manifestName {
			want = append(want, e.Name())
		}
	}
	got := m.Files()
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("the files are %v, want %v", got, want)
	}
	if len(m.Files()) != len(slices.Compact(got)) {
		t.Error("a file is named twice")
	}
}
