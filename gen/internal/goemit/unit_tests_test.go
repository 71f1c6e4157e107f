package goemit_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"martlet/internal/scratch"
)

// unitTests runs the unit tests of a scenario that fail and that pass, and
// compares what is said of them, but for how long they took. They need no data.
func unitTests(t *testing.T, program *scratch.Program, name string) {
	got := program.Run(t, name, "test", "--unit", "--root", t.TempDir())
	if got.Exit != 1 || got.Stderr != "" {
		t.Errorf("exit status %d, want 1\n%s", got.Exit, got.Stderr)
	}
	said := got.Stdout[:max(strings.LastIndex(got.Stdout, " in "), 0)]
	path := filepath.Join(scenarios, name, "expected", "unit_tests")
	if os.Getenv("UPDATE_GOLDEN") != "" {
		put(t, path, said+"\n")
	}
	if want := read(t, path); said+"\n" != want {
		t.Errorf("it says\n%s\nwant\n%s", said, want)
	}
	one := program.Run(t, name, "test", "--unit", "--select", "test_name:no_value joined_to_itself")
	for _, want := range []string{"FAIL  divided: no_value\n", "PASS  joined_to_itself: one_relation_twice\n", "Failed. 2 unit tests: 1 passed, 1 failed"} {
		if !strings.Contains(one.Stdout, want) {
			t.Errorf("of those selected it says\n%s, without %s", one.Stdout, want)
		}
	}
	none := program.Run(t, name, "test", "--unit", "--select", "in_ordr")
	if none.Exit != 2 || none.Stdout != "" || !strings.Contains(none.Stderr, `did you mean "in_order"?`) {
		t.Errorf("an unknown name gives status %d\n%s%s", none.Exit, none.Stdout, none.Stderr)
	}
	passed := program.Run(t, name, "test", "--unit", "--select", "in_order")
	if passed.Exit != 0 || !strings.Contains(passed.Stdout, "Done. 1 unit test: 1 passed, 0 failed") {
		t.Errorf("one that passes gives status %d\n%s", passed.Exit, passed.Stdout)
	}
}
