package goemit_test

import (
	"path/filepath"
	"testing"

	"martlet/internal/scratch"
)

// TestIncrements holds projects to what they say of their increments: that the
// rows of some keys can be computed from the rows of sources which have them, that
// new rows touch no other keys, and that rows can be refreshed. A program of its own
// computes the models, without the runtime.
func TestIncrements(t *testing.T) {
	packages := map[string]map[string][]byte{
		"sample":     emit(t, "../../../schema.toml"),
		"increments": emit(t, filepath.Join("testdata", "increments", "schema.toml")),
	}
	scratch.Check(t, packages, read(t, filepath.Join("testdata", "increments", "main.go")))
}
