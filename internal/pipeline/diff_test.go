package pipeline

import (
	"context"
	"os"
	"path/filepath"
	"testing"
)

// diff runs the command.
func (d *diskProject) diff(status int, args []string, words ...string) {
	d.t.Helper()
	d.expect(d.run(append([]string{"diff", "--root", d.root}, args...)...), status, words...)
}

// Nothing is left in memory, however a comparison ends. The files of this project do not
// say what its grain is, nor which columns are personal; the project does.
func TestDiffGivesBackMemory(t *testing.T) {
	d := onDisk(t, nil)
	d.expect(d.build(), exitDone)
	d.write("seeds/users.csv", "id,email,n\n1,a@x,1\n2,b@y,2\n4,f@x,5\n3,e@x,5\n")
	d.expect(d.build(), exitDone)
	d.diff(exitDone, nil, "no grain: rows are compared whole", "added: 3 rows\n    id=1, email=<redacted>, n=4\n    id=2, email=<redacted>, n=3\n    id=4, email=<redacted>, n=6\n",
		"removed: 2 rows\n    id=1, email=<redacted>, n=5\n    id=2, email=<redacted>, n=3\n")
	d.diff(exitDone, []string{"--output", "json", "--limit", "1"}, `"added": 3`, `"email": "<redacted>"`)

	stopped, stop := context.WithCancelCause(t.Context())
	stop(&interrupted{signal: os.Interrupt})
	d.expect(d.runWith(stopped, "diff", "--root", d.root), exitInterrupted, "stopped by a signal")

	folder, err := filepath.EvalSymlinks(filepath.Join(d.root, "out", "current"))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(folder, "mart.arrow")
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	damaged := append([]byte(nil), whole...)
	for i := 8; i < len(damaged)/2; i++ { // the batches, and not the footer
		damaged[i] = 0xff
	}
	if err := os.WriteFile(path, damaged, 0o640); err != nil {
		t.Fatal(err)
	}
	d.diff(exitImpeded, nil, "mart: ")
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	d.diff(exitDone, nil, "not compared: there is no Arrow file in run "+filepath.Base(folder)+"; the csv files differ", "0 models compared: 0 the same, 0 with differences; 1 not compared.")
}
