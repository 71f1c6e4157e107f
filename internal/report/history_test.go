package report

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"martlet/internal/contract"
)

// history reads the file by the standard library.
func history(t *testing.T, path string) [][]string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return lines
}

func TestHistory(t *testing.T) {
	path := filepath.Join(t.TempDir(), "test_history.csv")
	r := sample()
	r.Tests = append(r.Tests, Test{Test: contract.Test{Name: "late"}, Node: "late", Status: Skipped})
	for i := range 2 {
		if note, err := AppendHistory(path, r, noon.Add(time.Duration(i)*time.Hour)); note != "" || err != nil {
			t.Fatalf("%q, %v", note, err)
		}
	}
	lines := history(t, path)
	if len(lines) != 1+2*3 {
		t.Fatalf("%d lines, want a header and three tests of two runs: %q", len(lines), lines)
	}
	for i, want := range []string{
		"generated_at|invocation|run|as_of|command|test|node|column|kind|severity|status|failures|rows",
		"2024-05-01T12:00:00.000000Z|uuid|abc|2024-05-01T12:00:00.000000Z|build|not_null_a_id|a|id|not_null|error|pass|0|1200",
		"2024-05-01T12:00:00.000000Z|uuid|abc|2024-05-01T12:00:00.000000Z|build|unique_mart_email|mart|email|unique|warn|warn|3|1000",
		"2024-05-01T12:00:00.000000Z|uuid|abc|2024-05-01T12:00:00.000000Z|build|accepted_values_mart_gender|mart|gender|accepted_values|error|fail|1|1000",
		"2024-05-01T13:00:00.000000Z|uuid|abc|2024-05-01T12:00:00.000000Z|build|not_null_a_id|a|id|not_null|error|pass|0|1200",
	} {
		if got := strings.Join(lines[i], "|"); got != want {
			t.Errorf("line %d is %s, want %s", i, got, want)
		}
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm()&0o007 != 0 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
}

// Wherever a run was killed while it wrote, the next one leaves whole lines only.
func TestHistoryMendsATornLine(t *testing.T) {
	path := filepath.Join(t.TempDir(), "test_history.csv")
	if _, err := AppendHistory(path, sample(), noon); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for end := range whole {
		if err := os.WriteFile(path, whole[:end], 0o640); err != nil {
			t.Fatal(err)
		}
		note, err := AppendHistory(path, sample(), noon)
		if err != nil {
			t.Fatalf("torn at %d: %v", end, err)
		}
		kept := strings.Count(string(whole[:end]), "\n")
		if lines := history(t, path); len(lines) != max(kept, 1)+3 || lines[0][0] != "generated_at" {
			t.Errorf("torn at %d: %q", end, lines)
		}
		if torn := end > 0 && whole[end-1] != '\n'; torn != strings.Contains(note, "took out a line") {
			t.Errorf("torn at %d: note %q", end, note)
		}
	}
}

func TestHistoryOfOtherColumnsIsLeftAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "test_history.csv")
	for _, text := range []string{"run,test\n1,a\n", strings.Repeat("x", 10_000) + "\n"} {
		if err := os.WriteFile(path, []byte(text), 0o640); err != nil {
			t.Fatal(err)
		}
		if _, err := AppendHistory(path, sample(), noon); err == nil || !strings.Contains(err.Error(), "found other columns than generated_at,") {
			t.Errorf("%v", err)
		}
		if now, err := os.ReadFile(path); err != nil || string(now) != text {
			t.Errorf("it was changed: %s, %v", now, err)
		}
	}
}

// A run that decided no test leaves no trace.
func TestHistoryWithoutResults(t *testing.T) {
	path := filepath.Join(t.TempDir(), "test_history.csv")
	if note, err := AppendHistory(path, &Run{Tests: []Test{{Status: Skipped}}}, noon); note != "" || err != nil {
		t.Errorf("%q, %v", note, err)
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("there is a file")
	}
}
