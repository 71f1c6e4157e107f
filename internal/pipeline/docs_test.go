package pipeline

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"martlet/internal/contract"
)

// drawn gives the nodes of the fixture places, side by side, and its joins conditions:
// what a page looks like is not the business of these tests.
func (d *diskProject) drawn() *diskProject {
	for i := range len(d.project.Sources) + len(d.project.Models) {
		d.project.Places = append(d.project.Places, contract.Place{Column: i, Passes: make([]int, 9)})
	}
	for i := range d.project.Models {
		m := &d.project.Models[i]
		m.On = make([][]contract.Match, len(m.Joins))
	}
	return d
}

func TestDocs(t *testing.T) {
	d := onDisk(t, nil).drawn()
	d.expect(d.run("docs", "--root", d.root), exitDone)
	path := filepath.Join(d.root, "target/docs/index.html")
	if want := path + "  "; !strings.HasPrefix(d.stdout.String(), want) {
		t.Errorf("found %q, expected the path of the page", d.stdout.String())
	}
	before := d.text("target/docs/index.html")
	if !strings.Contains(before, "Nothing has run yet") {
		t.Error("the page does not say that nothing has run")
	}
	d.write("target/docs/.index.html-1", "of a command that was killed")
	d.expect(d.build(), exitDone)
	if d.text("target/docs/.index.html-1") != "" {
		t.Error("what a command that was killed has left is still there")
	}
	d.expect(d.run("docs", "--root", d.root), exitDone)
	after := d.text("target/docs/index.html")
	for _, want := range []string{", and published", "out/mart.csv", "not_null_stg_email", "Last run: "} {
		if !strings.Contains(after, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if strings.Contains(after, "Nothing has run yet") {
		t.Error("the page says that nothing has run")
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("found %v and %v, expected a file of mode 0640", info, err)
	}
	d.expect(d.run("docs", "--root", d.root), exitDone)
	if again := d.text("target/docs/index.html"); again != after {
		t.Error("another page of the same files")
	}
}

// TestDocsOfBrokenFiles holds the command to leave the page as it was where results
// cannot be read.
func TestDocsOfBrokenFiles(t *testing.T) {
	d := onDisk(t, nil).drawn()
	d.expect(d.run("docs", "--root", d.root), exitDone)
	before := d.text("target/docs/index.html")
	d.write("target/run_results.json", "{")
	d.write("target/test_history.csv", "a\n")
	d.expect(d.run("docs", "--root", d.root), exitImpeded, "run_results.json: found something else", "run `build` anew", "test_history.csv: ")
	if d.text("target/docs/index.html") != before {
		t.Error("the page was written all the same")
	}
	d.expect(d.run("docs", "--root", filepath.Join(d.root, "none")), exitImpeded, "--root")
}

// TestDocsServed serves the page, changes what it is made from, and interrupts.
func TestDocsServed(t *testing.T) {
	d := onDisk(t, nil).drawn()
	ctx, stop := context.WithCancelCause(t.Context())
	said, out := io.Pipe()
	ended := make(chan int, 1)
	go func() {
		ended <- Execute(ctx, d.project, []string{"docs", "--serve", "--port", "0", "--root", d.root}, out, io.Discard)
		out.Close()
	}()
	lines := bufio.NewReader(said)
	address, err := lines.ReadString('\n')
	if err != nil || !strings.HasPrefix(address, "http://127.0.0.1:") {
		t.Fatalf("found %q and %v, expected an address of this machine", address, err)
	}
	go io.Copy(io.Discard, lines)
	address = strings.TrimSpace(address)
	if page := get(t, address); !strings.Contains(page, "Nothing has run yet") || !strings.Contains(page, "EventSource") {
		t.Error("found another page than the live one of a project that has not run")
	}
	changes, err := http.Get(address + "changes")
	if err != nil {
		t.Fatal(err)
	}
	defer changes.Body.Close()
	events := bufio.NewReader(changes.Body)
	if line, err := events.ReadString('\n'); err != nil || !strings.HasPrefix(line, ":") {
		t.Fatalf("found %q and %v", line, err)
	}
	d.expect(d.build(), exitDone)
	for line := ""; line != "event: change\n"; {
		if line, err = events.ReadString('\n'); err != nil {
			t.Fatal(err)
		}
	}
	if page := get(t, address); !strings.Contains(page, ", and published") {
		t.Error("the page does not say how the run ended")
	}
	stop(&interrupted{signal: os.Interrupt})
	if status := <-ended; status != exitDone {
		t.Errorf("found exit status %d, expected %d", status, exitDone)
	}
}

func get(t *testing.T, address string) string {
	t.Helper()
	r, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	text, err := io.ReadAll(r.Body)
	if err != nil || r.StatusCode != http.StatusOK {
		t.Fatalf("found %s, %v: %s", r.Status, err, text)
	}
	return string(text)
}
