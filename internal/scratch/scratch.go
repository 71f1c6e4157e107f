// Package scratch compiles projects inside tests: it generates each one's code
// and links them all into one program, which is then run as a user would run
// the build binary.
//
// It knows the generator and the runtime by their commands and entry points
// only. Nothing but tests imports it.
package scratch

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
)

// Program is a build binary that holds several projects.
type Program struct{ path string }

// Root is the repository that this package was compiled from.
func Root() string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Dir(filepath.Dir(filepath.Dir(file)))
}

// include is the key that names files with unit tests: programs are the same
// without them.
var include = regexp.MustCompile(`(?m)^include\s*=.*$`)

// WithoutIncludes is a schema without the files that it includes.
func WithoutIncludes(schema string) string { return include.ReplaceAllString(schema, "") }

// Compile generates and links the schemas, by name of project. A schema that
// the generator refuses fails the test. What it includes is left out.
func Compile(t testing.TB, schemas map[string]string) *Program {
	t.Helper()
	depend(t, "gen", "internal")
	dir := t.TempDir()
	gen := filepath.Join(dir, "gen.exe")
	run(t, Root(), "go", "build", "-o", gen, "./gen")
	var roots []string
	for name, schema := range schemas {
		root := filepath.Join(dir, "projects", name)
		write(t, filepath.Join(root, "schema.toml"), WithoutIncludes(schema))
		roots = append(roots, root)
	}
	generate(t, gen, roots)
	return link(t, dir, slices.Sorted(maps.Keys(schemas)))
}

// Link links packages of generated code, given as files by name.
func Link(t testing.TB, packages map[string]map[string][]byte) *Program {
	t.Helper()
	depend(t, "internal")
	dir := t.TempDir()
	for name, files := range packages {
		for file, content := range files {
			write(t, filepath.Join(dir, "projects", name, "generated", file), string(content))
		}
	}
	return link(t, dir, slices.Sorted(maps.Keys(packages)))
}

// link makes a program of the projects whose code lies in dir.
func link(t testing.TB, dir string, projects []string) *Program {
	t.Helper()
	var imports, cases strings.Builder
	for _, name := range projects {
		fmt.Fprintf(&imports, "\t%s %q\n", name, "martlet/scratch/projects/"+name+"/generated")
		fmt.Fprintf(&cases, "\tcase %q:\n\t\tpipeline.Main(%s.Project())\n", name, name)
	}
	write(t, filepath.Join(dir, "main.go"), fmt.Sprintf(mainFile, imports.String(), cases.String()))
	module(t, dir)
	p := &Program{path: filepath.Join(dir, "build.exe")}
	// Paths are trimmed so that packages built before are taken from the cache.
	run(t, dir, "go", "build", "-trimpath", "-mod=mod", "-o", p.path, ".")
	return p
}

// depend looks at folders of ours, so that go test knows that the test's result
// stands only as long as their files are what they are.
func depend(t testing.TB, folders ...string) {
	t.Helper()
	for _, folder := range folders {
		err := filepath.WalkDir(filepath.Join(Root(), folder), func(_ string, _ fs.DirEntry, err error) error { return err })
		if err != nil {
			t.Fatal(err)
		}
	}
}

// generate runs the generator for each root, as many at once as there are
// processors: it takes its second to start.
func generate(t testing.TB, gen string, roots []string) {
	t.Helper()
	problems := make([]error, len(roots))
	free := make(chan struct{}, runtime.NumCPU())
	var group sync.WaitGroup
	for i, root := range roots {
		group.Go(func() {
			free <- struct{}{}
			defer func() { <-free }()
			problems[i] = command(filepath.Dir(root), gen, "-root", root)
		})
	}
	group.Wait()
	if err := errors.Join(problems...); err != nil {
		t.Fatal(err)
	}
}

// The project is chosen by the environment, so that arguments are the user's.
const mainFile = `package main

import (
	"os"

	"martlet/internal/pipeline"
%s)

func main() {
	switch os.Getenv("MARTLET_SCRATCH") {
%s	}
}
`

// module makes dir a module below ours, so that it may import internal packages.
func module(t testing.TB, dir string) {
	t.Helper()
	ours, err := os.ReadFile(filepath.Join(Root(), "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	_, requirements, _ := strings.Cut(string(ours), "\n")
	sums, err := os.ReadFile(filepath.Join(Root(), "go.sum"))
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "go.mod"), "module martlet/scratch\n"+requirements+
		"\nrequire martlet v0.0.0\n\nreplace martlet => "+Root()+"\n")
	write(t, filepath.Join(dir, "go.sum"), string(sums))
}

// Result is what one run of the program gave.
type Result struct {
	Exit           int
	Stdout, Stderr string
}

// Run runs one of the projects with arguments of the build command.
func (p *Program) Run(t testing.TB, project string, args ...string) Result {
	t.Helper()
	cmd := exec.Command(p.path, args...)
	cmd.Env = append(os.Environ(), "MARTLET_SCRATCH="+project)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return Result{cmd.ProcessState.ExitCode(), stdout.String(), stderr.String()}
}

func write(t testing.TB, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

func run(t testing.TB, dir, name string, args ...string) {
	t.Helper()
	if err := command(dir, name, args...); err != nil {
		t.Fatal(err)
	}
}

// command runs a command in a folder; the error has what it said.
func command(dir, name string, args ...string) error {
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s %s: %w\n%s", filepath.Base(name), strings.Join(args, " "), err, out)
	}
	return nil
}
