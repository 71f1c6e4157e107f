package profile

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"martlet/internal/contract"
)

// sampleProfiles has one of everything.
func sampleProfiles() *Profiles {
	run := strings.Repeat("0123456789abcdef", 4)
	batches := martBatches(1, 3000)
	columns := slices.Clone(martColumns)
	for i := range columns {
		columns[i].Type = "some type"
	}
	a := New(columns, 3)
	a.Add(batches[0])
	mart := Node{UniqueID: "model.p.mart", ResourceType: "model", Name: "mart", Run: run, AsOf: "2024-05-01T00:00:00.000000Z", Passed: true, Complete: true, Relation: a.Profile()}
	users := Node{UniqueID: "source.p.users", ResourceType: "source", Name: "users", Run: run, AsOf: "2024-05-01T00:00:00.000000Z",
		Relation: New([]contract.Column{{Name: "id", Type: "int64", Arrow: arrow.PrimitiveTypes.Int64}}, 0).Profile()}
	return &Profiles{Version: Version, Project: "p", Nodes: []Node{users, mart}}
}

func compile(t *testing.T) *jsonschema.Schema {
	t.Helper()
	s, err := jsonschema.NewCompiler().Compile("../../docs/profiles.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func decode(t *testing.T, p *Profiles) any {
	t.Helper()
	text, err := p.Encode()
	if err != nil {
		t.Fatal(err)
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return value
}

// The schema is as tight as the file: it misses every field that is taken away, but
// the values of personal data, and knows of none that is added.
func TestSchemaIsTight(t *testing.T) {
	file := compile(t)
	whole := decode(t, sampleProfiles())
	if err := file.Validate(whole); err != nil {
		t.Fatalf("%#v", err)
	}
	checked := map[string]bool{}
	var each func(value any, path string)
	each = func(value any, path string) {
		if list, ok := value.([]any); ok {
			for _, item := range list[:min(len(list), 20)] {
				each(item, path+"[]")
			}
			return
		}
		object, ok := value.(map[string]any)
		if !ok {
			return
		}
		for key, old := range object {
			each(old, path+"."+key)
			checked[path+"."+key] = true
			delete(object, key)
			if file.Validate(whole) == nil {
				t.Errorf("%s.%s is not missed", path, key)
			}
			object[key] = old
		}
		object["unheard_of"] = "x"
		if file.Validate(whole) == nil {
			t.Errorf("%s.unheard_of is allowed", path)
		}
		delete(object, "unheard_of")
		if object["pii"] == true {
			object["values"] = nil
			if file.Validate(whole) == nil {
				t.Errorf("%s.values of personal data are allowed", path)
			}
			delete(object, "values")
		}
	}
	each(whole, "")
	if len(checked) != 38 {
		t.Errorf("%d fields were looked at", len(checked))
	}
}
