package scratch

import (
	"path/filepath"
	"testing"
)

// Vet compiles packages of generated code, given as files by name, and has go
// vet look at them.
func Vet(t testing.TB, packages map[string]map[string][]byte) {
	t.Helper()
	depend(t, "internal")
	dir := t.TempDir()
	for pkg, files := range packages {
		for name, content := range files {
			write(t, filepath.Join(dir, pkg, name), string(content))
		}
	}
	module(t, dir)
	run(t, dir, "go", "vet", "-mod=mod", "./...")
}
