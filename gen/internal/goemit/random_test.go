package goemit_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"martlet/gen/internal/randschema"
	"martlet/internal/scratch"
)

// randomProjects is how many projects are made up; they are the same every time.
const randomProjects = 60

// TestRandomProjectsCompile makes up projects and has Go's compiler and vet look
// at what is generated of them. Their results are compared elsewhere.
func TestRandomProjectsCompile(t *testing.T) {
	dir := t.TempDir()
	packages := map[string]map[string][]byte{}
	for seed := range randomProjects {
		r := rand.New(rand.NewPCG(uint64(seed), 4))
		file := filepath.Join(dir, fmt.Sprintf("%d.toml", seed))
		put(t, file, randschema.Schema(r))
		packages[fmt.Sprintf("random%d", seed)] = emit(t, file)
	}
	scratch.Vet(t, packages)
}

func put(t *testing.T, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}
