package manifest

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"martlet/internal/contract"
)

// sample has one of everything.
func sample() *contract.Project {
	print := strings.Repeat("0123456789abcdef", 4)
	users := contract.Source{Seed: "seeds/users.csv", Workbook: "raw_data/book.xlsx", Sheet: "users", Node: contract.Node{
		Name: "users", Description: "Who they are.", Tags: []string{"nightly"}, Fingerprint: print, Grain: []string{"id"},
		Columns: []contract.Column{{Name: "id", Type: "int64", Lineage: []string{"users.id"}}, {Name: "email", Type: "string", Nullable: true, PII: true, Description: "An address.", Lineage: []string{"users.email"}}},
		Tests:   []contract.Test{{Name: "grain_users", Kind: "unique", Column: "id", Severity: contract.Error, Fingerprint: print[:16], Grain: true, Expected: "one row for each id"}},
	}}
	orders := contract.Source{Seed: "extracts/*.csv", Node: contract.Node{Name: "orders", Fingerprint: print,
		Columns: []contract.Column{{Name: "price", Type: "decimal(10,2)"}},
		Tests: []contract.Test{
			{Name: "odd", Kind: "expression", Severity: contract.Warn, Fingerprint: print[:16], Description: "Odd prices.", Expected: "price < 100", Tags: []string{"slow"}},
			{Name: "orders_have_users", Kind: "relationships", Column: "price", Severity: contract.Error, Fingerprint: print[:16], Expected: "a value of users.id"},
		}}}
	core := contract.Model{From: "users", Joins: []string{"orders", "orders"}, Layer: "intermediate", Node: contract.Node{Name: "core", Fingerprint: print}}
	mart := contract.Model{From: "core", Formats: []string{"arrow", "csv"}, Node: contract.Node{Name: "mart", Fingerprint: print}}
	return &contract.Project{Name: "p", Description: "A project.", Timezone: "UTC", Fingerprint: print,
		Sources: []contract.Source{users, orders}, Models: []contract.Model{core, mart},
		Relationships: []contract.Relationship{{Child: "orders", Test: 1, Parent: "users"}}}
}

func encode(t *testing.T, p *contract.Project) []byte {
	t.Helper()
	text, err := New(p).Encode(time.Unix(1714521600, 0), "01234567-89ab-4def-8123-456789abcdef")
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func compile(t *testing.T, fragment string) *jsonschema.Schema {
	t.Helper()
	s, err := jsonschema.NewCompiler().Compile("../../docs/manifest.schema.json" + fragment)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func decode(t *testing.T, text []byte) any {
	t.Helper()
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return value
}

func TestManifestIsAsItsSchemaSays(t *testing.T) {
	file := compile(t, "")
	if err := file.Validate(decode(t, encode(t, sample()))); err != nil {
		t.Errorf("%#v", err)
	}
	if err := file.Validate(decode(t, encode(t, &contract.Project{}))); err != nil {
		t.Errorf("an empty project: %#v", err)
	}
	m := New(sample())
	for id, of := range map[string]string{"source.p.users": "source", "model.p.core": "model", "test.p.odd": "test"} {
		line, err := json.Marshal(m.Entry(id))
		if err != nil {
			t.Fatal(err)
		}
		if err := compile(t, "#/$defs/"+of).Validate(decode(t, line)); err != nil {
			t.Errorf("%s: %#v", id, err)
		}
	}
	if m.Entry("model.p.none") != nil {
		t.Error("an entry of nothing")
	}
}

// The schema is as tight as the file: it misses every field that is taken away,
// but those that not every entry has, and knows of none that is added.
func TestSchemaIsTight(t *testing.T) {
	file := compile(t, "")
	optional := []string{"workbook", "sheet", "layer", "test_metadata", "to", "column_name"}
	named := []string{"nodes", "sources", "columns", "parent_map", "child_map", "env"} // maps by name: any may be missing
	whole := decode(t, encode(t, sample()))
	checked := 0
	var each func(value any, path []string)
	each = func(value any, path []string) {
		object, ok := value.(map[string]any)
		if !ok {
			return
		}
		inMap := len(path) > 0 && slices.Contains(named, path[len(path)-1])
		for key, old := range object {
			each(old, append(slices.Clone(path), key))
			if inMap || slices.Contains(optional, key) && !(key == "column_name" && len(path) == 2) {
				continue
			}
			checked++
			delete(object, key)
			if file.Validate(whole) == nil {
				t.Errorf("%s.%s is not missed", strings.Join(path, "."), key)
			}
			object[key] = old
		}
		if !inMap {
			object["unheard_of"] = "x"
			if file.Validate(whole) == nil {
				t.Errorf("%s.unheard_of is allowed", strings.Join(path, "."))
			}
			delete(object, "unheard_of")
		}
	}
	each(whole, nil)
	if checked < 150 {
		t.Errorf("only %d fields were looked at", checked)
	}
}

func TestEntries(t *testing.T) {
	var file struct {
		Nodes map[string]struct {
			FQN       []string
			DependsOn struct{ Nodes []string } `json:"depends_on"`
			Attached  string                   `json:"attached_node"`
			Config    struct{ Severity, Materialized string }
			Metadata  *struct {
				Name   string
				Kwargs map[string]string
			} `json:"test_metadata"`
			Tags []string
		}
		Sources map[string]struct {
			Columns map[string]struct {
				DataType string `json:"data_type"`
				Martlet  struct {
					Index    int
					Nullable bool
					PII      bool
					Lineage  []string
				}
			}
		}
		ParentMap map[string][]string `json:"parent_map"`
		ChildMap  map[string][]string `json:"child_map"`
	}
	if err := json.Unmarshal(encode(t, sample()), &file); err != nil {
		t.Fatal(err)
	}
	email := file.Sources["source.p.users"].Columns["email"]
	if m := email.Martlet; email.DataType != "string" || m.Index != 2 || !m.Nullable || !m.PII || !slices.Equal(m.Lineage, []string{"users.email"}) {
		t.Errorf("email: %+v", email)
	}
	core := file.Nodes["model.p.core"]
	if !slices.Equal(core.FQN, []string{"p", "intermediate", "core"}) || core.Config.Materialized != "ephemeral" ||
		!slices.Equal(core.DependsOn.Nodes, []string{"source.p.users", "source.p.orders"}) { // joined twice, read once
		t.Errorf("core: %+v", core)
	}
	if got := file.Nodes["model.p.mart"]; got.Config.Materialized != "table" {
		t.Errorf("mart: %+v", got)
	}
	related := file.Nodes["test.p.orders_have_users"]
	if related.Attached != "source.p.orders" || related.Metadata == nil || related.Metadata.Name != "relationships" || related.Metadata.Kwargs["to"] != "users" ||
		!slices.Equal(related.DependsOn.Nodes, []string{"source.p.orders", "source.p.users"}) {
		t.Errorf("orders_have_users: %+v", related)
	}
	if odd := file.Nodes["test.p.odd"]; odd.Metadata != nil || odd.Config.Severity != "warn" || !slices.Equal(odd.Tags, []string{"slow"}) {
		t.Errorf("odd: %+v", odd)
	}
	// Both maps have every entry, and each is the other turned around.
	if len(file.ParentMap) != 7 || len(file.ChildMap) != 7 {
		t.Errorf("maps: %v, %v", file.ParentMap, file.ChildMap)
	}
	for id, parents := range file.ParentMap {
		for _, parent := range parents {
			if !slices.Contains(file.ChildMap[parent], id) {
				t.Errorf("%s is no child of %s", id, parent)
			}
		}
	}
	if got := file.ChildMap["source.p.orders"]; !slices.Equal(got, []string{"model.p.core", "test.p.odd", "test.p.orders_have_users"}) {
		t.Errorf("children of orders: %v", got)
	}
}

// Two invocations differ in their metadata alone.
func TestOnlyTheMetadataNamesTheInvocation(t *testing.T) {
	m := New(sample())
	one, err := m.Encode(time.Unix(1, 0), "a")
	if err != nil {
		t.Fatal(err)
	}
	two, err := m.Encode(time.Unix(2, 0), "b")
	if err != nil {
		t.Fatal(err)
	}
	a, b := strings.Split(string(one), "\n"), strings.Split(string(two), "\n")
	var differ []string
	for i := range a {
		if a[i] != b[i] {
			differ = append(differ, strings.TrimSpace(a[i]))
		}
	}
	if len(a) != len(b) || !slices.Equal(differ, []string{`"generated_at": "1970-01-01T00:00:01.000000Z",`, `"invocation_id": "a",`}) {
		t.Errorf("differ: %q", differ)
	}
}

func TestFingerprints(t *testing.T) {
	prints, err := Fingerprints(encode(t, sample()))
	if err != nil {
		t.Fatal(err)
	}
	if len(prints) != 7 || len(prints["model.p.mart"]) != 64 || len(prints["test.p.odd"]) != 16 || prints["source.p.users"] == "" {
		t.Errorf("fingerprints: %v", prints)
	}
	for text, want := range map[string]string{
		"":   "unexpected end",
		"[]": "cannot unmarshal",
		"{}": "no node",
		`{"nodes": {"model.p.x": {"checksum": {}}}}`: "model.p.x has no fingerprint",
	} {
		if _, err := Fingerprints([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
}

// Whatever is read, it is refused or gives a fingerprint an entry.
func FuzzFingerprints(f *testing.F) {
	text, err := New(sample()).Encode(time.Unix(0, 0), "a")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add([]byte(`{"nodes": {"a": {"martlet": {"fingerprint": ""}}}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		prints, err := Fingerprints(text)
		if err == nil && len(prints) == 0 {
			t.Fatalf("%q: nothing", text)
		}
		for id, print := range prints {
			if print == "" {
				t.Fatalf("%q: %s has none", text, id)
			}
		}
	})
}
