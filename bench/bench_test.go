package main

import (
	"path/filepath"
	"testing"
)

// Every contender sees every row of what the generator makes.
func TestContendersSeeEveryRow(t *testing.T) {
	const rows = 3000
	small := []group{sheetGroup("shared", rows, true), sheetGroup("inline", rows, false), csvGroup("csv", rows), testsGroup("tests", rows)}
	for _, g := range small {
		path := filepath.Join(t.TempDir(), g.file)
		if err := g.make(path); err != nil {
			t.Fatal(err)
		}
		for _, c := range g.contenders {
			if n, err := c.read(path); err != nil || n != rows {
				t.Errorf("%s, %s: %d rows, %v", g.name, c.name, n, err)
			}
		}
	}
}
