package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const small = `
name = "small"

[[source]]
name = "raw"
columns = [{ name = "id", type = "int64" }, { name = "name", type = "string" }]

[[model]]
name = "out"
from = "raw"
columns = [{ name = "id" }, { name = "name", expr = "lower(name)" }]
`

// project makes a folder with a schema.
func project(t *testing.T, schema string) string {
	t.Helper()
	root := t.TempDir()
	put(t, filepath.Join(root, "schema.toml"), schema)
	return root
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

func generate(args ...string) (string, error) {
	var out bytes.Buffer
	err := run(args, &out, &out)
	return out.String(), err
}

func TestCheckFindsWhatIsNotCurrent(t *testing.T) {
	root := project(t, small)
	if _, err := generate("-root", root, "-check"); err == nil || !strings.Contains(err.Error(), "is missing") {
		t.Fatalf("nothing is generated yet, and -check says %v", err)
	}
	if _, err := generate("-root", root); err != nil {
		t.Fatal(err)
	}
	if _, err := generate("-root", root, "-check"); err != nil {
		t.Fatal(err)
	}
	model := filepath.Join(root, "generated", "out_model.go")
	content, err := os.ReadFile(model)
	if err != nil {
		t.Fatal(err)
	}
	put(t, model, strings.Replace(string(content), "value.Lower", "value.Upper", 1))
	_, err = generate("-root", root, "-check")
	if err == nil || !strings.Contains(err.Error(), "out_model.go is not what schema.toml gives") || !strings.Contains(err.Error(), "go generate") {
		t.Errorf("an edited file gives %v", err)
	}
	put(t, model, string(content))
	put(t, filepath.Join(root, "generated", "gone_model.go"), string(content))
	if _, err = generate("-root", root, "-check"); err == nil || !strings.Contains(err.Error(), "gone_model.go is no longer generated") {
		t.Errorf("a stale file gives %v", err)
	}
	put(t, filepath.Join(root, "generated", "mine.go"), "package generated\n")
	if _, err = generate("-root", root, "-check"); err == nil || !strings.Contains(err.Error(), "mine.go is not generated") {
		t.Errorf("a file of somebody else's gives %v", err)
	}
	if _, err = generate("-root", root); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(root, "generated", "gone_model.go")); !os.IsNotExist(err) {
		t.Error("the stale file is still there")
	}
}

func TestFilesOfOthersAreLeftAlone(t *testing.T) {
	root := project(t, small)
	mine := filepath.Join(root, "generated", "raw_source.go")
	put(t, mine, "package generated\n")
	put(t, filepath.Join(root, "generated", "notes.go"), "package generated\n")
	_, err := generate("-root", root)
	if err == nil || !strings.Contains(err.Error(), "was not generated; move it away") {
		t.Errorf("a file of somebody else's gives %v", err)
	}
	entries, err := os.ReadDir(filepath.Dir(mine))
	if err != nil || len(entries) != 2 {
		t.Errorf("%d files are there, want the two that were: all are written or none (%v)", len(entries), err)
	}
}

func TestErrorsAreToldAllAtOnce(t *testing.T) {
	broken := strings.NewReplacer(`type = "int64"`, `type = "integer"`, "lower(name)", "lowr(name)", `from = "raw"`, `from = "raws"`).Replace(small)
	broken = strings.Replace(broken, `from = "raws"`, `from = "raw"`+"\nwhere = \"nam = 'x'\"", 1)
	root := project(t, broken)
	_, err := generate("-root", root)
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{"schema.toml:6:", "unknown_type", "schema.toml:11:", "unknown_column", "schema.toml:12:", "sql_unknown_function", "did you mean"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in\n%v", want, err)
		}
	}
	if _, err := os.Stat(filepath.Join(root, "generated")); !os.IsNotExist(err) {
		t.Error("a broken schema gave files")
	}
}

func TestUsage(t *testing.T) {
	var usage usageError
	for _, args := range [][]string{{"-nonsense"}, {"-root", project(t, small), "plane"}, {"-root", t.TempDir()}, {"-root", project(t, small), "plan", "more"}, {"-root", project(t, small), "sql", "-dialect"}} {
		if _, err := generate(args...); !errors.As(err, &usage) {
			t.Errorf("%v gives %v, want a usage error", args, err)
		}
	}
}

// TestPlan compares the printed plan of the shop with what it was.
func TestPlan(t *testing.T) { golden(t, "testdata/shop.plan", "-root", "../examples/shop", "plan") }

// TestSQL compares the printed SQL with what it was; gen/oracle runs it.
func TestSQL(t *testing.T) {
	golden(t, "testdata/sample.sql", "-root", "..", "sql")
	golden(t, "testdata/shop.sql", "-root", "../examples/shop", "sql", "-dialect", "duckdb")
}

func TestUnknownDialect(t *testing.T) {
	var usage usageError
	_, err := generate("-root", project(t, small), "sql", "-dialect", "mysql")
	if want := `found -dialect "mysql"; expected one of: duckdb`; !errors.As(err, &usage) || err.Error() != want {
		t.Errorf("another dialect gives %v, want a usage error: %s", err, want)
	}
}

// golden compares what a command prints with a file.
func golden(t *testing.T, path string, args ...string) {
	t.Helper()
	got, err := generate(args...)
	if err != nil {
		t.Fatal(err)
	}
	if os.Getenv("UPDATE_GOLDEN") != "" {
		put(t, path, got)
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("gen %s has changed; make golden rewrites %s:\n%s", strings.Join(args, " "), path, got)
	}
}
