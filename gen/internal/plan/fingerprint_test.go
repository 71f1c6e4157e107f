package plan

import (
	"slices"
	"strings"
	"testing"

	"martlet/gen/internal/schema"
)

// A change is seen in what was changed and in what takes types or descriptions
// over from it; not in all that reads it.
func TestFingerprintsTellWhatWasChanged(t *testing.T) {
	const text = `
name = "p"

[[source]]
name = "raw"
seed = "raw.csv"
grain = ["id"]
columns = [
  { name = "id", type = "int64", tests = ["not_null"] },
  { name = "a", type = "int64" },
  { name = "b", type = "int64" },
]

[[model]]
name = "first"
from = "raw"
columns = [{ name = "id", tests = ["unique"] }, { name = "x", expr = "a + 1" }]

[[model]]
name = "second"
from = "first"
columns = [{ name = "id" }, { name = "x" }]
tests = [{ name = "key", unique_combination = ["id", "x"] }]
`
	of := func(text string) map[string]string {
		t.Helper()
		decl, errs := schema.Parse("schema.toml", []byte(text))
		if errs.Err() != nil {
			t.Fatal(errs.Err())
		}
		p, errs := Build(decl)
		if errs.Err() != nil {
			t.Fatal(errs.Err())
		}
		prints := map[string]string{}
		for _, s := range p.Sources {
			prints[s.Name] = s.Fingerprint()
		}
		for _, m := range p.Models {
			prints[m.Name] = m.Fingerprint()
		}
		for _, r := range p.Relations() {
			for _, x := range r.Tests {
				prints[x.Name] = x.Fingerprint(r)
			}
		}
		return prints
	}
	before := of(text)
	for _, c := range []struct{ name, old, new, want string }{
		{"nothing", "", "", ""},
		{"a comment", "name = \"p\"", "# hello\nname = \"p\"", ""},
		{"an expression, and so the lineage of what reads it", "a + 1", "b + 1", "first"},
		{"a type", `name = "a", type = "int64"`, `name = "a", type = "float64"`, "first raw second"},
		{"a description, which columns that are passed on keep", `expr = "a + 1"`, `expr = "a + 1", description = "One more."`, "first second"},
		{"where it is read from", "raw.csv", "other.csv", "raw"},
		{"the columns of a test", `["id", "x"]`, `["x", "id"]`, "key"},
		{"a severity", `["not_null"]`, `[{ not_null = true, severity = "warn" }]`, "not_null_raw_id"},
		{"a test more", `["not_null"]`, `["not_null", "unique"]`, "unique_raw_id"},
	} {
		after := of(strings.Replace(text, c.old, c.new, 1))
		var changed []string
		for name, print := range after {
			if before[name] != print {
				changed = append(changed, name)
			}
		}
		slices.Sort(changed)
		if got := strings.Join(changed, " "); got != c.want {
			t.Errorf("%s: changed %q, want %q", c.name, got, c.want)
		}
	}
	if before["grain_raw"] == "" || len(before["raw"]) != 64 || len(before["key"]) != 16 {
		t.Errorf("fingerprints: %v", before)
	}
}
