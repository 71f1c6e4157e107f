package architecture

import (
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "martlet"

// root is the module's folder, seen from here.
const root = "../.."

// goPackage is one package of the module.
type goPackage struct {
	name        string // path below the module, "." for the module's own
	imports     []string
	testImports []string // of its tests
}

// packages reads the imports of every package of the module, whatever a file's
// build constraints. It reads them itself where `go list` would do, so that the
// results of these tests are not taken from the cache when a file has changed.
func packages(t *testing.T) []goPackage {
	t.Helper()
	found := map[string]*goPackage{}
	err := filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir():
			return skip(file, d.Name())
		case !strings.HasSuffix(file, ".go"):
			return nil
		}
		rel, err := filepath.Rel(root, filepath.Dir(file))
		if err != nil {
			return err
		}
		name := filepath.ToSlash(rel)
		p := found[name]
		if p == nil {
			p = &goPackage{name: name}
			found[name] = p
		}
		imports, err := importsOf(file)
		if strings.HasSuffix(file, "_test.go") {
			p.testImports = append(p.testImports, imports...)
		} else {
			p.imports = append(p.imports, imports...)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	var all []goPackage
	for _, name := range slices.Sorted(maps.Keys(found)) {
		p := found[name]
		slices.Sort(p.imports)
		slices.Sort(p.testImports)
		p.imports, p.testImports = slices.Compact(p.imports), slices.Compact(p.testImports)
		all = append(all, *p)
	}
	return all
}

// skip leaves out the folders that are no packages of the module, as go does.
func skip(dir, name string) error {
	if dir == root {
		return nil
	}
	if name == "testdata" || strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") {
		return fs.SkipDir
	}
	if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
		return fs.SkipDir // a module of its own
	}
	return nil
}

func importsOf(file string) ([]string, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	parsed, err := parser.ParseFile(token.NewFileSet(), file, f, parser.ImportsOnly)
	if err != nil {
		return nil, err
	}
	var imports []string
	for _, spec := range parsed.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return nil, err
		}
		imports = append(imports, imported)
	}
	return imports, nil
}

// below gives the path below the module of a package that is the module's.
func below(importPath string) (string, bool) {
	if importPath == module {
		return ".", true
	}
	return strings.CutPrefix(importPath, module+"/")
}

// matches says whether a path is the one a pattern names, or below it where
// the pattern ends in /...
func matches(pattern, name string) bool {
	if above, ok := strings.CutSuffix(pattern, "/..."); ok {
		return name == above || strings.HasPrefix(name, above+"/")
	}
	ok, err := path.Match(pattern, name)
	return ok && err == nil
}

func anyMatches(patterns []string, name string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool { return matches(p, name) })
}

// ruleOf finds the row of a package.
func ruleOf(name string) (rule, bool) {
	i := slices.IndexFunc(table, func(r rule) bool { return matches(r.of, name) })
	if i < 0 {
		return rule{}, false
	}
	return table[i], true
}

// violations lists what a package imports against the table.
func violations(name string, imports []string) []string {
	r, ok := ruleOf(name)
	if !ok {
		return []string{fmt.Sprintf("%s is not in the table of imports: give it a row that says what it may import", name)}
	}
	var found []string
	for _, imported := range imports {
		inner, isOurs := below(imported)
		first, _, _ := strings.Cut(imported, "/")
		switch {
		case isOurs && !anyMatches(r.ours, inner):
			found = append(found, fmt.Sprintf("%s imports %s; of this module it may import %s", name, imported, among(r.ours)))
		case isOurs:
		case strings.Contains(first, "."): // a domain: not of the standard library
			if !anyMatches(r.theirs, imported) {
				found = append(found, fmt.Sprintf("%s imports %s; of libraries it may import %s", name, imported, among(r.theirs)))
			}
		case r.pure && anyMatches(impure, imported):
			found = append(found, fmt.Sprintf("%s imports %s; it must do no I/O", name, imported))
		}
	}
	return found
}

func among(allowed []string) string {
	if len(allowed) == 0 {
		return "nothing"
	}
	return "only " + strings.Join(allowed, ", ")
}

// Every package is in the table and imports what its row allows.
func TestImports(t *testing.T) {
	for _, p := range packages(t) {
		for _, v := range violations(p.name, p.imports) {
			t.Error(v)
		}
	}
}

// Every row of the table has a package, so none outlives what it was for.
func TestTableIsCurrent(t *testing.T) {
	all := packages(t)
	for _, r := range table {
		if !slices.ContainsFunc(all, func(p goPackage) bool { return matches(r.of, p.name) }) {
			t.Errorf("the table of imports has a row for %s, and there is no such package", r.of)
		}
	}
}

// Neither the generator nor the runtime knows what was generated, their tests
// included: what works for one schema only belongs to cmd/build.
func TestGeneratedIsUnknown(t *testing.T) {
	for _, p := range packages(t) {
		if !anyMatches([]string{"gen/...", "internal/..."}, p.name) {
			continue
		}
		for _, imported := range slices.Concat(p.imports, p.testImports) {
			inner, ok := below(imported)
			if ok && anyMatches([]string{"generated/...", "examples/..."}, inner) {
				t.Errorf("%s, or a test of it, imports %s", p.name, imported)
			}
		}
	}
}

// The table catches what it is there to catch.
func TestViolations(t *testing.T) {
	tests := []struct {
		of      string
		imports []string
		want    string // part of the one violation; empty for none
	}{
		{"gen/internal/plan", []string{"fmt", "martlet/gen/internal/expr"}, ""},
		{"gen/internal/plan", []string{jennifer}, "of libraries it may import nothing"},
		{"gen/internal/plan", []string{"os"}, "no I/O"},
		{"gen/internal/plan", []string{"net/http"}, "no I/O"},
		{"internal/pipeline", []string{"os", cobra, "martlet/internal/sink"}, ""},
		{"internal/pipeline", []string{"martlet/generated"}, "imports martlet/generated"},
		{"internal/sink", []string{"martlet/internal/publish"}, "only internal/contract, internal/value"},
		{"internal/value", []string{ipc}, "imports " + ipc},
		{"internal/report", []string{"github.com/jedib0t/go-pretty/v6/table"}, ""},
		{"examples/shop/cmd/build", []string{"martlet/examples/shop/generated"}, ""},
		{"examples/shop/cmd/build", []string{"martlet/generated"}, "imports martlet/generated"},
		{"internal/unheard", nil, "not in the table"},
		{".", nil, "not in the table"},
	}
	for _, tt := range tests {
		got := violations(tt.of, tt.imports)
		if tt.want == "" && len(got) > 0 || tt.want != "" && (len(got) != 1 || !strings.Contains(got[0], tt.want)) {
			t.Errorf("%s importing %q: %q, want %q", tt.of, tt.imports, got, tt.want)
		}
	}
}
