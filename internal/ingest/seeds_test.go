package ingest

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"martlet/internal/contract"
	"martlet/internal/delimited"
	"martlet/internal/xlsx"
)

// project is a root with a workbook of two sheets and their specs.
type project struct {
	t     *testing.T
	root  string
	specs []SeedSpec
}

func newProject(t *testing.T) *project {
	t.Helper()
	p := &project{t: t, root: t.TempDir()}
	p.workbook("one", "two")
	for _, name := range []string{"user", "country"} {
		p.specs = append(p.specs, SeedSpec{
			Source: name, Workbook: "raw_data/book.xlsx", Sheet: name, Seed: "seeds/" + name + ".csv",
			Columns: []contract.Column{column("id", "int64"), column("name", "string")},
		})
	}
	return p
}

func (p *project) path(name string) string { return filepath.Join(p.root, filepath.FromSlash(name)) }

// workbook writes raw_data/book.xlsx, with the given names in the sheet user.
func (p *project) workbook(names ...string) {
	p.t.Helper()
	f := excelize.NewFile()
	for _, sheet := range []string{"user", "country"} {
		if _, err := f.NewSheet(sheet); err != nil {
			p.t.Fatal(err)
		}
		put(p.t, f, sheet, map[string]any{"A1": "id", "B1": "name", "A2": 1})
	}
	for i, name := range names {
		put(p.t, f, "user", map[string]any{xlsx.CellName(1, i+2): i, xlsx.CellName(2, i+2): name})
	}
	if err := os.MkdirAll(p.path("raw_data"), 0o750); err != nil {
		p.t.Fatal(err)
	}
	if err := f.SaveAs(p.path("raw_data/book.xlsx")); err != nil {
		p.t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		p.t.Fatal(err)
	}
}

func (p *project) read(name string) string {
	p.t.Helper()
	text, err := os.ReadFile(p.path(name))
	if err != nil {
		p.t.Fatal(err)
	}
	return string(text)
}

func (p *project) write(name, text string) {
	p.t.Helper()
	if err := os.MkdirAll(filepath.Dir(p.path(name)), 0o750); err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile(p.path(name), []byte(text), 0o600); err != nil {
		p.t.Fatal(err)
	}
}

func (p *project) remove(name string) {
	p.t.Helper()
	if err := os.Remove(p.path(name)); err != nil {
		p.t.Fatal(err)
	}
}

// seeds runs Seeds, checks what every result promises, and gives the files written.
func (p *project) seeds(force bool) []SeedResult {
	p.t.Helper()
	results, err := Seeds(p.t.Context(), p.root, p.specs, force, DefaultLimits(), nil)
	if err != nil {
		p.t.Fatal(err)
	}
	for _, r := range results {
		if r.SHA256 != digestOf(p.t, p.read(r.Path)) {
			p.t.Errorf("%s has another digest than %+v", r.Path, r)
		}
	}
	left, err := filepath.Glob(p.path("seeds/.*"))
	if err != nil || len(left) > 0 {
		p.t.Errorf("left behind: %v, %v", left, err)
	}
	return results
}

func digestOf(t *testing.T, text string) string {
	t.Helper()
	sum, err := xlsx.Digest(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return sum
}

func written(results []SeedResult) string {
	var names []string
	for _, r := range results {
		if r.Written {
			names = append(names, r.Source)
		}
	}
	return strings.Join(names, " ")
}

const userSeed = "id,name\n0,one\n1,two\n"

func TestSeedsOnlyWhatChanged(t *testing.T) {
	p := newProject(t)
	results := p.seeds(false)
	if written(results) != "user country" || p.read("seeds/user.csv") != userSeed || results[0].Rows != 2 {
		t.Errorf("first: %+v, %q", results, p.read("seeds/user.csv"))
	}
	lock := p.read(LockPath)
	before, err := os.Stat(p.path(LockPath))
	if err != nil {
		t.Fatal(err)
	}
	results = p.seeds(false)
	after, err := os.Stat(p.path(LockPath))
	if err != nil || written(results) != "" || results[0].Rows != 2 || !os.SameFile(before, after) {
		t.Errorf("again: %+v, %v", results, err)
	}
	// Another workbook, of which one sheet is as it was.
	p.workbook("one", "two", "three")
	results = p.seeds(false)
	if written(results) != "user" || results[0].Rows != 3 || p.read("seeds/user.csv") != userSeed+"2,three\n" || p.read(LockPath) == lock {
		t.Errorf("changed: %+v", results)
	}
	// A seed that is gone, and one declared otherwise.
	p.remove("seeds/user.csv")
	p.specs[1].Columns = slices.Clone(p.specs[1].Columns)
	p.specs[1].Columns[0].Type = "date"
	if results = p.seeds(false); written(results) != "user country" || p.read("seeds/country.csv") != "id,name\n1900-01-01,\n" {
		t.Errorf("gone: %+v %q", results, p.read("seeds/country.csv"))
	}
	if results = p.seeds(true); written(results) != "" {
		t.Errorf("force made what was as it is to be: %+v", results)
	}
}

func TestSeedsEdited(t *testing.T) {
	p := newProject(t)
	p.seeds(false)
	lock := p.read(LockPath)
	p.write("seeds/user.csv", "id,name\n9,edited\n")
	p.write("seeds/country.csv", "id,name\n9,edited\n")
	for _, change := range []func(){func() {}, func() { p.workbook("three") }} {
		change()
		_, err := Seeds(t.Context(), p.root, p.specs, false, DefaultLimits(), nil)
		want := `seeds/country.csv: found another content than seeds/seeds.lock has; expected the seed as raw_data/book.xlsx gave it: restore it from git, or make it anew with ` + "`build seed --force`" + `
seeds/user.csv: found another content than seeds/seeds.lock has; expected the seed as raw_data/book.xlsx gave it: restore it from git, or make it anew with ` + "`build seed --force`"
		var data *delimited.DataError
		if err == nil || err.Error() != want || errors.As(err, &data) {
			t.Fatalf("%v\nwant %s", err, want)
		}
		if p.read("seeds/user.csv") != "id,name\n9,edited\n" || p.read(LockPath) != lock {
			t.Fatal("something was written")
		}
	}
	if results := p.seeds(true); written(results) != "user country" || p.read("seeds/user.csv") != "id,name\n0,three\n" {
		t.Errorf("%+v", results)
	}
	if results := p.seeds(false); written(results) != "" {
		t.Errorf("%+v", results)
	}
}

// A run that ended before the lock was written is made good by the next one.
func TestSeedsWithoutTheirLock(t *testing.T) {
	p := newProject(t)
	p.seeds(false)
	old := p.read(LockPath)
	p.workbook("three")
	p.seeds(false)
	lock := p.read(LockPath)
	p.write(LockPath, old)
	if results := p.seeds(false); written(results) != "" || p.read(LockPath) != lock {
		t.Errorf("an old lock: %+v", results)
	}
	p.remove(LockPath)
	if results := p.seeds(false); written(results) != "" || p.read(LockPath) != lock {
		t.Errorf("no lock: %+v", results)
	}
	p.remove(LockPath)
	p.write("seeds/user.csv", "id,name\n9,other\n")
	results := p.seeds(false)
	if written(results) != "user" || !strings.Contains(results[0].Note, "was not in seeds/seeds.lock") || p.read(LockPath) != lock {
		t.Errorf("no lock and another seed: %+v", results)
	}
}

// A run that is cut short at any of its writes is made good by the next one,
// though the workbook has changed again, or changed back, in between; so is a
// second one that is cut short.
func TestSeedsCutShort(t *testing.T) {
	const all = 3 // the lock, a seed, the lock
	books := map[string]string{}
	for _, name := range []string{"one", "two", "three", "four"} {
		p := newProject(t)
		p.workbook(name)
		books[name] = p.read("raw_data/book.xlsx")
	}
	specs := newProject(t).specs
	for _, next := range []string{"one", "three", "four"} { // the first, the one cut short, another
		for cuts := range (all + 1) * (all + 1) {
			at := fmt.Sprintf("%d writes, %d writes, then %s", cuts%(all+1), cuts/(all+1), next)
			p := &project{t: t, root: t.TempDir(), specs: specs}
			p.write("raw_data/book.xlsx", books["one"])
			p.seeds(false)
			p.write("raw_data/book.xlsx", books["two"])
			p.seedsCut(at, cuts%(all+1), all)
			p.write("raw_data/book.xlsx", books["three"])
			p.seedsCut(at, cuts/(all+1), all)
			p.write("raw_data/book.xlsx", books[next])
			p.seeds(false)
			if got, want := p.read("seeds/user.csv"), "id,name\n0,"+next+"\n"; got != want {
				t.Fatalf("%s: %q, want %q", at, got, want)
			}
			if lock := p.read(LockPath); strings.Contains(lock, "pending") {
				t.Fatalf("%s: the lock is not settled:\n%s", at, lock)
			}
		}
	}
}

// seedsCut runs Seeds and lets it do only the first writes, of all it makes.
func (p *project) seedsCut(at string, writes, all int) {
	p.t.Helper()
	errCut, made := errors.New("cut short"), 0
	m := &maker{ctx: p.t.Context(), root: p.root, place: func(d *draft) error {
		if made == writes {
			return errCut
		}
		made++
		return d.place()
	}}
	_, err := m.seeds(p.specs)
	if cut := err != nil && strings.HasSuffix(err.Error(), "cut short"); cut != (writes < all) || made != writes {
		p.t.Fatalf("%s: %v after %d writes", at, err, made)
	}
}

// What a run that was cut short has made is known as such, and nothing else is.
func TestSeedsEditedAfterACut(t *testing.T) {
	p := newProject(t)
	p.seeds(false)
	p.workbook("three")
	m := &maker{ctx: t.Context(), root: p.root, place: func(d *draft) error {
		content, err := os.ReadFile(d.file.Name())
		if err != nil {
			t.Fatal(err)
		}
		if filepath.Base(d.target) == filepath.Base(LockPath) && !strings.Contains(string(content), "pending") {
			return errors.New("cut short")
		}
		return d.place()
	}}
	_, err := m.seeds(p.specs)
	if err == nil {
		t.Fatal("it was not cut short")
	}
	made := p.read("seeds/user.csv")
	p.remove("raw_data/book.xlsx")
	if results := p.seeds(false); results[0].Rows != -1 || results[0].Cell(0, 1) != "" {
		t.Errorf("without the workbook: %+v", results[0])
	}
	p.write("seeds/user.csv", made+"9,edited\n")
	if _, err := Seeds(t.Context(), p.root, p.specs, false, DefaultLimits(), nil); err == nil || !strings.Contains(err.Error(), "keep it as it is with `build seed --force`") {
		t.Errorf("edited, without the workbook: %v", err)
	}
	p.workbook("four")
	if _, err := Seeds(t.Context(), p.root, p.specs, false, DefaultLimits(), nil); err == nil || !strings.Contains(err.Error(), "make it anew with `build seed --force`") {
		t.Errorf("edited: %v", err)
	}
}

// A source may read the seeds that others are converted to: as they are after
// the conversion, and though they are not there before.
func TestSeedsReadByOthers(t *testing.T) {
	p := newProject(t)
	p.specs = append([]SeedSpec{{Source: "same", Seed: "seeds/user.csv"}, {Source: "all", Seed: "seeds/*.csv"}}, p.specs...)
	for _, names := range [][]string{{"one"}, {"one", "two"}, {"three"}} {
		p.workbook(names...)
		first := p.seeds(false) // checks the digests
		again := p.seeds(false)
		var paths []string
		for i, r := range first {
			paths = append(paths, r.Source+" "+r.Path)
			if i >= len(again) || again[i].SHA256 != r.SHA256 || again[i].Path != r.Path {
				t.Errorf("%v: first %+v, then %+v", names, first, again)
			}
		}
		if want := []string{"same seeds/user.csv", "all seeds/country.csv", "all seeds/user.csv", "user seeds/user.csv", "country seeds/country.csv"}; !slices.Equal(paths, want) {
			t.Errorf("%v: %q, want %q", names, paths, want)
		}
	}
	// What is known to fail does so before anything is written.
	p.workbook("four")
	before := p.read("seeds/user.csv")
	p.specs = append(p.specs, SeedSpec{Source: "folder", Seed: "raw_data"}, SeedSpec{Source: "none", Seed: "seeds/none*.csv"})
	_, err := Seeds(t.Context(), p.root, p.specs, false, DefaultLimits(), nil)
	if err == nil || !strings.Contains(err.Error(), "raw_data: the file of folder cannot be read: is a directory") || !strings.Contains(err.Error(), "no file of none") {
		t.Error(err)
	}
	if p.read("seeds/user.csv") != before {
		t.Error("something was written")
	}
}

func TestSeedsWithoutWorkbook(t *testing.T) {
	p := newProject(t)
	p.seeds(false)
	p.remove("raw_data/book.xlsx")
	results := p.seeds(false)
	if written(results) != "" || results[0].Rows != 2 || results[0].Note != "the workbook raw_data/book.xlsx is absent; the seed is used as it is" {
		t.Errorf("%+v", results)
	}
	p.write("seeds/user.csv", "id,name\n9,\"edited\n\"\n8,x\n7\n")
	_, err := Seeds(t.Context(), p.root, p.specs, false, DefaultLimits(), nil)
	if err == nil || !strings.HasPrefix(err.Error(), "seeds/user.csv: found another content") || !strings.HasSuffix(err.Error(), "keep it as it is with `build seed --force`") {
		t.Fatal(err)
	}
	if results = p.seeds(true); written(results) != "" || results[0].Rows != 3 || !strings.HasPrefix(p.read("seeds/user.csv"), "id,name\n9,") {
		t.Errorf("kept: %+v", results)
	}
	if results = p.seeds(false); results[0].Rows != 3 {
		t.Errorf("%+v", results)
	}
	// A seed that the lock has never known.
	p.remove(LockPath)
	if results = p.seeds(false); results[0].Rows != -1 || results[0].Note == "" {
		t.Errorf("%+v", results)
	}
	if _, err := os.Stat(p.path(LockPath)); err == nil {
		t.Error("it was locked")
	}
	p.remove("seeds/user.csv")
	_, err = Seeds(t.Context(), p.root, p.specs, true, DefaultLimits(), nil)
	want := "seeds/user.csv: found neither it nor the workbook raw_data/book.xlsx of user; expected one of them: put the workbook there, or restore the seed from git"
	if err == nil || err.Error() != want {
		t.Errorf("%v; want %s", err, want)
	}
}

func TestSeedsErrors(t *testing.T) {
	p := newProject(t)
	p.specs[0].Sheet = "nobody"
	p.specs[1].Columns = declare("id", "nam")
	p.specs = append(p.specs,
		SeedSpec{Source: "plain", Seed: "seeds/plain.csv"},
		SeedSpec{Source: "globbed", Seed: "seeds/extract/*.csv"},
		SeedSpec{Source: "pattern", Seed: "seeds/[.csv"},
		SeedSpec{Source: "again", Workbook: "raw_data/book.xlsx", Sheet: "user", Seed: "seeds/user.csv"},
		SeedSpec{Source: "text", Workbook: "raw_data/text.xlsx", Sheet: "user", Seed: "seeds/text.csv"},
		SeedSpec{Source: "folder", Workbook: "raw_data", Sheet: "user", Seed: "seeds/folder.csv"},
		SeedSpec{Source: "seedfolder", Workbook: "raw_data/book.xlsx", Sheet: "user", Seed: "raw_data"},
	)
	p.write("raw_data/text.xlsx", "id,name\n")
	_, err := Seeds(t.Context(), p.root, p.specs, false, DefaultLimits(), nil)
	if err == nil {
		t.Fatal("no error")
	}
	want := []string{
		`raw_data/book.xlsx!country!B1: the column "name" is not declared; `,
		`raw_data/book.xlsx!country!A1: the column "nam" is missing; `,
		`raw_data/book.xlsx: found no sheet "nobody"; expected one of Sheet1, user, country: `,
		`raw_data/text.xlsx: found no xlsx workbook; `,
		`raw_data: the seed of seedfolder cannot be read: is a directory`,
		`raw_data: the workbook of folder cannot be read: is a directory`,
		`seeds/[.csv: found a pattern that is none (`,
		`seeds/extract/*.csv: found no file of globbed; `,
		`seeds/plain.csv: the file of plain cannot be read: no such file or directory; `,
		`seeds/user.csv: found it as the seed of both user and again; `,
	}
	lines := strings.Split(err.Error(), "\n")
	for i := range max(len(lines), len(want)) {
		if i >= len(lines) || i >= len(want) || !strings.HasPrefix(lines[i], want[i]) {
			t.Fatalf("%v\nwant %s", err, strings.Join(want, "\n"))
		}
	}
	if entries, err := os.ReadDir(p.path("seeds")); err == nil {
		t.Errorf("written: %v", entries)
	}
}

func TestSeedsUnreadable(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root may read everything")
	}
	p := newProject(t)
	if err := os.Chmod(p.path("raw_data/book.xlsx"), 0); err != nil {
		t.Fatal(err)
	}
	if _, err := Seeds(t.Context(), p.root, p.specs[:1], false, DefaultLimits(), nil); err == nil || !strings.Contains(err.Error(), "the workbook of user cannot be read: permission denied") {
		t.Error(err)
	}
}

func TestSeedsOfExtracts(t *testing.T) {
	p := &project{t: t, root: filepath.Join(t.TempDir(), "a[b]*c")}
	for _, name := range []string{"seeds/x/b.csv", "seeds/x/a.csv", "seeds/x/B.csv", "seeds/x/no.txt", "seeds/plain.csv"} {
		p.write(name, "id\n"+name+"\n")
	}
	p.specs = []SeedSpec{{Source: "x", Seed: "seeds/x/*.csv"}, {Source: "plain", Seed: "seeds/plain.csv"}}
	var got []string
	for _, r := range p.seeds(false) {
		got = append(got, r.Path)
		if (r.Note != "") != (r.Source == "plain") || r.Rows != -1 || r.Written {
			t.Errorf("%+v", r)
		}
	}
	if want := []string{"seeds/x/B.csv", "seeds/x/a.csv", "seeds/x/b.csv", "seeds/plain.csv"}; !slices.Equal(got, want) {
		t.Errorf("%v; want %v", got, want)
	}
	if _, err := os.Stat(p.path(LockPath)); err == nil {
		t.Error("extracts were locked")
	}
}

func TestSeedsForgetsWhatIsGone(t *testing.T) {
	p := newProject(t)
	p.seeds(false)
	p.specs = p.specs[:1]
	p.workbook("three")
	p.seeds(false)
	if !strings.Contains(p.read(LockPath), "seeds/country.csv") {
		t.Error("a seed that is still there was taken out of the lock")
	}
	p.remove("seeds/country.csv")
	p.workbook("four")
	p.seeds(false)
	if strings.Contains(p.read(LockPath), "seeds/country.csv") {
		t.Error("a seed that is gone is still in the lock")
	}
}

func TestDraftKeepsPermissions(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new", "file")
	for _, mode := range []os.FileMode{0o640, 0o600} {
		d, err := newDraft(path, 0)
		if err != nil {
			t.Fatal(err)
		}
		if err := d.place(); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(path)
		if err != nil || info.Mode().Perm() != mode {
			t.Fatalf("%v, %v; want %v", info.Mode(), err, mode)
		}
		if err := os.Chmod(path, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// A field of a seed is found again in the workbook as long as the seed is known
// to be made from it.
func TestCell(t *testing.T) {
	p := newProject(t)
	f := excelize.NewFile()
	if _, err := f.NewSheet("user"); err != nil {
		t.Fatal(err)
	}
	// The header stands aside, its columns not as declared.
	put(t, f, "user", map[string]any{"AA5": "name", "AB5": "id", "AA6": "one", "AB6": 1, "AA8": "three", "AB8": 3})
	if err := f.SaveAs(p.path("raw_data/book.xlsx")); err != nil {
		t.Fatal(err)
	}
	p.specs = p.specs[:1]
	check := func(when string, result SeedResult, want ...string) {
		t.Helper()
		got := []string{result.Cell(0, 1), result.Cell(1, 1), result.Cell(1, 3), result.Cell(2, 1), result.Cell(-1, 1)}
		if !slices.Equal(got, append(want, "", "")) {
			t.Errorf("%s: %q, want %q", when, got, want)
		}
	}
	check("made", p.seeds(false)[0], "AB6", "AA6", "AA8")
	check("as it was", p.seeds(false)[0], "AB6", "AA6", "AA8")
	p.remove("raw_data/book.xlsx")
	check("the workbook absent", p.seeds(false)[0], "AB6", "AA6", "AA8")
	p.write("seeds/user.csv", "id,name\n2,two\n")
	check("edited and kept", p.seeds(true)[0], "", "", "")
	check("as it was kept", p.seeds(false)[0], "", "", "")
	p.remove("seeds/seeds.lock")
	check("unlocked", p.seeds(false)[0], "", "", "")
}
