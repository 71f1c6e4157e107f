package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"martlet/examples/shop/generated"
	"martlet/internal/pipeline"
)

// The outputs are, byte for byte, what another engine made of the same seeds:
// see expected/oracle.sql.
func TestShop(t *testing.T) {
	const shop = "../.."
	expected, err := filepath.Glob(filepath.Join(shop, "expected", "*.csv"))
	if err != nil || len(expected) != 4 {
		t.Fatalf("expected/ has %d outputs, want 4; %v", len(expected), err)
	}
	for _, threads := range []string{"1", "2"} {
		out := t.TempDir()
		var stdout, stderr bytes.Buffer
		exit := pipeline.Execute(t.Context(), generated.Project(), []string{"--root", shop, "--out", out, "--target-path", filepath.Join(out, "target"),
			"--as-of", "2024-05-01T00:00:00Z", "--threads", threads}, &stdout, &stderr)
		if exit != 0 || !bytes.Contains(stdout.Bytes(), []byte(" 4 warned, 0 failed.")) {
			t.Fatalf("exit status %d\n%s%s", exit, &stdout, &stderr)
		}
		published, err := filepath.Glob(filepath.Join(out, "*.csv"))
		if err != nil || len(published) != len(expected) {
			t.Errorf("%d outputs, want %d; %v", len(published), len(expected), err)
		}
		for _, path := range expected {
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			got, err := os.ReadFile(filepath.Join(out, filepath.Base(path)))
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, want) {
				t.Errorf("%s: got\n%s\nwant\n%s", filepath.Base(path), got, want)
			}
		}
	}
}
