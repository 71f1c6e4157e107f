package pipeline

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// The manifest is there whatever becomes of the run, names the same invocation
// as the results, and differs between runs in its metadata alone.
func TestManifestOfARun(t *testing.T) {
	d := onDisk(t, nil)
	if err := os.Remove(filepath.Join(d.root, "seeds/users.csv")); err != nil {
		t.Fatal(err)
	}
	d.expect(d.build(), exitImpeded)
	read := func(name string) map[string]any {
		t.Helper()
		var file map[string]any
		if err := json.Unmarshal([]byte(d.text(name)), &file); err != nil {
			t.Fatal(err)
		}
		return file
	}
	without := func(file map[string]any) string {
		delete(file["metadata"].(map[string]any), "generated_at")
		delete(file["metadata"].(map[string]any), "invocation_id")
		text, err := json.Marshal(file)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	first := read("target/manifest.json")
	invocation := func(file map[string]any) any { return file["metadata"].(map[string]any)["invocation_id"] }
	if invocation(first) != invocation(read("target/run_results.json")) {
		t.Error("manifest and results name other invocations")
	}
	d.write("seeds/users.csv", "id,email,n\n1,a@x,1\n3,b@x,2\n")
	d.expect(d.build("--as-of", "2024-06-01", "--select", "lonely"), exitDone)
	second := read("target/manifest.json")
	if invocation(first) == invocation(second) {
		t.Error("two runs name one invocation")
	}
	if a, b := without(first), without(second); a != b {
		t.Errorf("the manifest depends on the run:\n%s\n%s", a, b)
	}
	if info, err := os.Stat(filepath.Join(d.root, "target/manifest.json")); err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("mode: %v, %v", info.Mode(), err)
	}
}
