package goemit_test

import (
	"os"
	"path/filepath"
	"testing"
)

// The code generated for a few scenarios, which are compiled and run as well: it
// is here to be read, and so that a change of the generator shows what it changes.
var golden = map[string][]string{
	"increments": {"orders_source.go", "mart_model.go", "project.go"},
	"joins":      {"staff_model.go"},
	"lazy":       {"guarded_model.go"},
	"grouping":   {"by_month_model.go"},
	"tests":      {"t_source.go", "project.go"},
	"unit_tests": {"unit_tests.go", "project_test.go"},
	"freshness":  {"texts_source.go"},
	"checks":     {"t_source.go", "project.go"},
	"outputs":    {"coded_model.go"},
}

func TestGolden(t *testing.T) {
	for name, files := range golden {
		t.Run(name, func(t *testing.T) {
			emitted := emit(t, filepath.Join(scenarios, name, "schema.toml"))
			for _, file := range files {
				path := filepath.Join("testdata", "golden", name, file+".golden")
				if os.Getenv("UPDATE_GOLDEN") != "" {
					put(t, path, string(emitted[file]))
				}
				if read(t, path) != string(emitted[file]) {
					t.Errorf("%s has changed; make golden rewrites it:\n%s", path, emitted[file])
				}
			}
		})
	}
}
