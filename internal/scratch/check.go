package scratch

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Check compiles a program beside packages of generated code, given as files by
// name, and runs it. The program is a file of package main for which projects is
// declared: by name, the function that gives each project. Where it fails, so does
// the test, with what it says.
func Check(t testing.TB, packages map[string]map[string][]byte, program string) {
	t.Helper()
	depend(t, "internal")
	dir := t.TempDir()
	var imports, projects strings.Builder
	for _, name := range slices.Sorted(maps.Keys(packages)) {
		for file, content := range packages[name] {
			write(t, filepath.Join(dir, "projects", name, file), string(content))
		}
		fmt.Fprintf(&imports, "\t%s %q\n", name, "martlet/scratch/projects/"+name)
		fmt.Fprintf(&projects, "\t%q: %s.Project,\n", name, name)
	}
	write(t, filepath.Join(dir, "main.go"), program)
	write(t, filepath.Join(dir, "projects.go"), fmt.Sprintf(projectsFile, imports.String(), projects.String()))
	module(t, dir)
	checker := filepath.Join(dir, "check.exe")
	run(t, dir, "go", "build", "-trimpath", "-mod=mod", "-o", checker, ".")
	run(t, dir, checker)
}

const projectsFile = `package main

import (
	"martlet/internal/contract"
%s)

var projects = map[string]func() *contract.Project{
%s}
`
