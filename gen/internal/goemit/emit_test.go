package goemit_test

import (
	"bytes"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
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
	files, err := goemit.Emit(p, "generated", nil)
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

// TestDeclaredForTheRuntime holds what the generator only hands on to the
// runtime, and that it says nothing of what is as always.
func TestDeclaredForTheRuntime(t *testing.T) {
	path := filepath.Join(t.TempDir(), "schema.toml")
	err := os.WriteFile(path, []byte(`
[[source]]
name = "plain"
columns = [{ name = "a", type = "int64" }]

[[source]]
name = "other"
seed = "extracts/*.csv.zst"
csv = { delimiter = ";", quote = "'", nulls = ["NA", '\N'], encoding = "windows-1252" }
extra_columns = true
max_rejects = "0.5%"
columns = [{ name = "a", type = "int64" }]

[[source]]
name = "unquoted"
csv = { delimiter = "\t", quote = "" }
max_rejects = 10
columns = [{ name = "a", type = "int64" }]

[[model]]
name = "m"
from = "plain"
complete = true
output = { neutralize_formulas = true }
columns = [{ name = "a" }]
`), 0o600)
	if err != nil {
		t.Fatal(err)
	}
	files := emit(t, path)
	space := regexp.MustCompile(`\s+`)
	for file, want := range map[string]string{
		"plain_source.go": `Node: node, Seed: "seeds/plain.csv", NewParser:`,
		"other_source.go": `Seed: "extracts/*.csv.zst", Dialect: contract.Dialect{Delimiter: ';', Quote: '\'', Nulls: []string{"NA", "\\N"}, Encoding: "windows-1252"}, ` +
			`ExtraColumns: true, MaxRejects: contract.Allowance{PerMillion: 5000}, NewParser:`,
		"unquoted_source.go": `Dialect: contract.Dialect{Delimiter: '\t', Unquoted: true}, MaxRejects: contract.Allowance{Records: 10}, NewParser:`,
		"m_model.go":         `Formats: []string{"arrow", "csv"}, Neutralize: true, Complete: true, RowByRow: true, New:`,
	} {
		if got := space.ReplaceAllString(string(files[file]), " "); !strings.Contains(got, want) {
			t.Errorf("%s lacks\n%s\n%s", file, want, files[file])
		}
	}
}
