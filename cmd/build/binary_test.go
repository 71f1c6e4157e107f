package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"martlet/internal/scratch"
)

// compiled is the program, which is made once for all tests.
var compiled struct {
	once sync.Once
	dir  string
	err  error
}

func TestMain(m *testing.M) {
	status := m.Run()
	if compiled.dir != "" {
		_ = os.RemoveAll(compiled.dir)
	}
	os.Exit(status)
}

// binary compiles the program as `make build` does.
func binary(t *testing.T) string {
	t.Helper()
	if testing.Short() {
		t.Skip("compiles the program")
	}
	c := &compiled
	c.once.Do(func() {
		if c.dir, c.err = os.MkdirTemp("", "martlet-build-"); c.err != nil {
			return
		}
		cmd := exec.Command("go", "build", "-trimpath", "-o", filepath.Join(c.dir, "build.exe"), "./cmd/build")
		cmd.Dir = scratch.Root()
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := cmd.CombinedOutput(); err != nil {
			c.err = fmt.Errorf("%w\n%s", err, out)
		}
	})
	if c.err != nil {
		t.Fatal(c.err)
	}
	return filepath.Join(c.dir, "build.exe")
}

// runIn runs the program in a folder.
func runIn(t testing.TB, dir, program string, args ...string) outcome {
	t.Helper()
	cmd := exec.Command(program, args...)
	cmd.Dir = dir
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	var exit *exec.ExitError
	if err := cmd.Run(); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return outcome{cmd.ProcessState.ExitCode(), stdout.String(), stderr.String()}
}

// The program as it is used: from the project's folder and from others.
func TestBinary(t *testing.T) {
	program := binary(t)
	s := sampleSite(t)

	s.expect(runIn(t, s.root, program), 0, "\nout/mart_users_marketing.csv  ", "Done.")
	if out := s.tree("out"); out["mart_users_marketing.csv"] != "current/mart_users_marketing.csv" || !strings.HasPrefix(out["current"], "runs/") {
		t.Errorf("published: %v", out["current"])
	}

	// Results go to standard output, all else to standard error.
	s.replace("seeds/country.csv", "\nAF,Afghanistan\n", "\nAF\n")
	got := runIn(t, s.root, program)
	s.expect(got, 1, "seeds/country.csv:4: found 1 field")
	if !strings.Contains(got.stdout, "seeds/country.csv:4") || strings.Contains(got.stderr, "Error") || !strings.Contains(got.stderr, "source country: 248 rows") {
		t.Errorf("standard output:\n%s\nstandard error:\n%s", got.stdout, got.stderr)
	}
	s.replace("seeds/country.csv", "\nAF\n", "\nAF,Afghanistan\n")

	got = runIn(t, s.root, program, "--root", "nowhere")
	s.expect(got, 2, "Error: --root nowhere: no such file or directory; give the folder that holds raw_data/ and seeds/")
	if got.stdout != "" {
		t.Errorf("standard output:\n%s", got.stdout)
	}
	if _, err := os.Stat(s.path("nowhere")); err == nil {
		t.Error("a misspelled folder was made")
	}

	// --out and --target-path are seen from where the program is called, the rest from the root.
	elsewhere := t.TempDir()
	relative, err := filepath.Rel(elsewhere, s.root)
	if err != nil {
		t.Fatal(err)
	}
	s.expect(runIn(t, elsewhere, program, "--root", relative, "--out", "mart", "--target-path", filepath.Join(elsewhere, "said")), 0, "\nmart/mart_users_marketing.csv  ")
	for _, name := range []string{"mart/current/mart_users_marketing.arrow", "said/run_results.json"} {
		if _, err := os.Stat(filepath.Join(elsewhere, name)); err != nil {
			t.Error(err)
		}
	}
	s.expect(runIn(t, elsewhere, program, "list", "--out", relative), 2, "Error: unknown flag: --out")
	s.expect(runIn(t, elsewhere, program, "list"), 0,
		"seeds/user_account.csv (raw_data/ae_sample_db.xlsx!user_account)\n", "  int_users_acc__core, country\n")
}
