package ingest

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// trusting gives what Seeds is told of files, and the paths that it asked for.
func trusting(known map[string]string) (trusted Trusted, asked *[]string) {
	asked = new([]string)
	return func(path string) (string, bool) {
		*asked = append(*asked, path)
		sum, ok := known[path]
		return sum, ok
	}, asked
}

// The digests of CSV files that are known are taken over, those of others are taken,
// and nobody is asked for those of workbooks.
func TestTrusted(t *testing.T) {
	p := newProject(t)
	p.workbook("one", "two")
	p.write("in/a.csv", "id,name\n1,a\n")
	p.write("in/b.csv", "id,name\n1,b\n")
	p.write("in/c.csv", "id,name\n1,c\n")
	p.write("list.csv", "id,name\n1,l\n")
	p.specs = []SeedSpec{p.specs[0], {Source: "extracts", Seed: "in/*.csv", Columns: p.specs[0].Columns}, {Source: "list", Seed: "list.csv", Columns: p.specs[0].Columns}}
	book := p.specs[0].Seed
	trusted, asked := trusting(map[string]string{"in/a.csv": "aaa", "list.csv": "lll", p.specs[0].Workbook: "bad", "in/none.csv": "nnn"})
	results, err := Seeds(t.Context(), p.root, p.specs, false, DefaultLimits(), trusted)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range results {
		got = append(got, fmt.Sprint(r.Source, " ", r.Path, " ", r.SHA256))
	}
	want := []string{
		"user " + book + " " + digestOf(t, p.read(book)), "extracts in/a.csv aaa", "extracts in/b.csv " + digestOf(t, p.read("in/b.csv")),
		"extracts in/c.csv " + digestOf(t, p.read("in/c.csv")), "list list.csv lll",
	}
	if !slices.Equal(got, want) {
		t.Errorf("the files are\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if want := []string{book, "in/a.csv", "in/b.csv", "in/c.csv", "list.csv"}; !slices.Equal(*asked, want) {
		t.Errorf("asked for %v, want %v", *asked, want)
	}
}

// A source that reads what another one is converted to reads it as it is now.
func TestTrustedSeedOfAnotherSource(t *testing.T) {
	p := newProject(t)
	p.workbook("one", "two")
	book := p.specs[0].Seed
	p.specs = []SeedSpec{{Source: "again", Seed: book, Columns: p.specs[0].Columns}, p.specs[0]}
	before := ""
	trusted := func(path string) (string, bool) { return before, path == book && before != "" } // as it is before the run
	for _, name := range []string{"two", "other"} {
		p.workbook("one", name)
		results, err := Seeds(t.Context(), p.root, p.specs, false, DefaultLimits(), trusted)
		if err != nil {
			t.Fatal(err)
		}
		now := digestOf(t, p.read(book))
		if results[0].SHA256 != now || results[1].SHA256 != now || now == before {
			t.Errorf("the digests are %s and %s, want %s", results[0].SHA256, results[1].SHA256, now)
		}
		before = now
	}
}

// A file that is known is to be there all the same.
func TestTrustedAbsent(t *testing.T) {
	p := newProject(t)
	p.specs = []SeedSpec{{Source: "list", Seed: "list.csv", Columns: p.specs[0].Columns}, {Source: "extracts", Seed: "in/*.csv", Columns: p.specs[0].Columns}}
	trusted, _ := trusting(map[string]string{"list.csv": "lll", "in/a.csv": "aaa"})
	_, err := Seeds(t.Context(), p.root, p.specs, false, DefaultLimits(), trusted)
	for _, want := range []string{"list.csv: the file of list cannot be read", "in/*.csv: found no file of extracts"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v does not say %q", err, want)
		}
	}
}
