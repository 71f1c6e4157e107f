package goemit_test

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"

	"martlet/gen/internal/plan"
	"martlet/gen/internal/randschema"
	"martlet/gen/internal/schema"
	"martlet/internal/scratch"
)

// incrementalProjects is how many projects are made up; they are the same every time.
const incrementalProjects = 20

// TestIncrements holds projects to what they say of their increments: that the
// rows of some keys can be computed from the rows of sources which have them, that
// new rows touch no other keys, and that rows can be refreshed. A program of its own
// computes the models, without the runtime.
func TestIncrements(t *testing.T) {
	packages := map[string]map[string][]byte{
		"sample":     emit(t, "../../../schema.toml"),
		"increments": emit(t, filepath.Join(scenarios, "increments", "schema.toml")),
	}
	dir := t.TempDir()
	for seed := range uint64(incrementalProjects) {
		file := filepath.Join(dir, fmt.Sprintf("%d.toml", seed))
		text := randschema.Incremental(rand.New(rand.NewPCG(seed, 4)), stands)
		if strings.Contains(text, "incremental = true") {
			put(t, file, text)
			packages[fmt.Sprintf("random%d", seed)] = emit(t, file)
		}
	}
	scratch.Check(t, packages, read(t, filepath.Join("testdata", "check_increments", "main.go")))
}

// stands says whether the generator takes a schema.
func stands(text string) bool {
	decl, errs := schema.Parse("schema.toml", []byte(text))
	if errs.Len() > 0 {
		return false
	}
	_, errs = plan.Build(decl)
	return errs.Len() == 0
}
