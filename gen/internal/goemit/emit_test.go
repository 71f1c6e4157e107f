package goemit_test

import (
	"bytes"
	"maps"
	"path/filepath"
	"slices"
	"testing"

	"martlet/gen/internal/goemit"
	"martlet/gen/internal/plan"
	"martlet/gen/internal/schema"
)

func emit(t *testing.T, file string) map[string][]byte {
	t.Helper()
	decl, errs := schema.Load(file)
	if err := errs.Err(); err != nil {
		t.Fatal(err)
	}
	p, errs := plan.Build(decl)
	if err := errs.Err(); err != nil {
		t.Fatal(err)
	}
	files, err := goemit.Emit(p, "generated")
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// TestSameSchemaSameBytes emits everything again and again.
func TestSameSchemaSameBytes(t *testing.T) {
	paths, err := filepath.Glob(filepath.Join(scenarios, "*", "schema.toml"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range append(paths, "../../../schema.toml") {
		first := emit(t, path)
		for range 5 {
			again := emit(t, path)
			if !slices.Equal(slices.Sorted(maps.Keys(first)), slices.Sorted(maps.Keys(again))) {
				t.Fatalf("%s gives other files", path)
			}
			for name, content := range first {
				if !bytes.Equal(content, again[name]) {
					t.Errorf("%s gives another %s", path, name)
				}
			}
		}
	}
}
