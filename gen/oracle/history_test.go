package oracle

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// What docs/results.md says of reading the history of test results works.
func TestHistoryQueries(t *testing.T) {
	program := compile(t, map[string]string{"p": `
[[source]]
name = "s"
columns = [{ name = "n", type = "int64", tests = [{ not_null = true, severity = "warn" }] }]
`})
	root := t.TempDir()
	for i, nulls := range []int{0, 3, 1, 4} {
		writeFile(t, filepath.Join(root, "seeds", "s.csv"), "n\n1\n"+strings.Repeat("\n", nulls))
		day := time.Date(2024, 5, 28+i, 0, 0, 0, 0, time.UTC)
		if got := program.Run(t, "p", "--root", root, "--as-of", day.Format(time.DateOnly)); got.Exit != 0 {
			t.Fatalf("exit status %d\n%s\n%s", got.Exit, got.Stdout, got.Stderr)
		}
	}
	page, err := os.ReadFile("../../docs/results.md")
	if err != nil {
		t.Fatal(err)
	}
	_, sql, _ := strings.Cut(string(page), "```sql\n")
	sql, _, _ = strings.Cut(sql, "```")
	statements := strings.Split(strings.ReplaceAll(sql, "target/test_history.csv", filepath.Join(root, "target", "test_history.csv")), ";")
	if len(statements) != 4 {
		t.Fatalf("the page has %d statements of SQL", len(statements)-1)
	}
	db := openDuck(t).db
	if _, err := db.Exec(statements[0]); err != nil {
		t.Fatal(err)
	}
	var name string
	var runs, notPassed, most int
	err = db.QueryRow(statements[1]).Scan(&name, &runs, &notPassed, &most)
	if err != nil || name != "not_null_s_n" || runs != 4 || notPassed != 3 || most != 4 {
		t.Errorf("%s: %d runs, %d not passed, at most %d failures, %v", name, runs, notPassed, most, err)
	}
	rows, err := db.Query(statements[2])
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var worse []int
	for rows.Next() {
		var at time.Time
		var failures, more int
		if err := rows.Scan(&name, &at, &failures, &more); err != nil {
			t.Fatal(err)
		}
		worse = append(worse, more)
	}
	if slices.Sort(worse); !slices.Equal(worse, []int{3, 3}) {
		t.Errorf("it got worse by %v", worse)
	}
}
