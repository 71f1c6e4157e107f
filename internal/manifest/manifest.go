package manifest

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"martlet/internal/contract"
)

// dbtSchema names the layout of dbt's file that ours follows.
const dbtSchema = "https://schemas.getdbt.com/dbt/manifest/v12.json"

// declaredIn is the file that declares everything, from the project's folder.
const declaredIn = "schema.toml"

// The resource types of the entries.
const (
	SourceType = "source"
	ModelType  = "model"
	TestType   = "test"
)

// ID is the unique id of a source, a model or a test, as dbt has them:
// "model.project.name".
func ID(resourceType, project, name string) string {
	return fmt.Sprintf("%s.%s.%s", resourceType, project, name)
}

// New writes a project down.
func New(p *contract.Project) *Manifest {
	b := &builder{
		project: p,
		ids:     map[string]string{},
		parents: map[[2]string]string{},
		m: &Manifest{
			Metadata: metadata{DBTSchemaVersion: dbtSchema, ProjectName: p.Name, AdapterType: "martlet", Env: map[string]string{}},
			Nodes:    map[string]any{}, Sources: map[string]*source{},
			ParentMap: map[string][]string{}, ChildMap: map[string][]string{},
			Martlet: project{Description: p.Description, Timezone: p.Timezone, Fingerprint: p.Fingerprint},
		},
	}
	for i := range p.Sources {
		b.ids[p.Sources[i].Name] = ID(SourceType, p.Name, p.Sources[i].Name)
	}
	for i := range p.Models {
		b.ids[p.Models[i].Name] = ID(ModelType, p.Name, p.Models[i].Name)
	}
	for _, r := range p.Relationships {
		b.parents[[2]string{r.Child, fmt.Sprint(r.Test)}] = r.Parent
	}
	for i := range p.Sources {
		b.source(&p.Sources[i])
	}
	for i := range p.Models {
		b.model(&p.Models[i])
	}
	for _, children := range b.m.ChildMap {
		slices.Sort(children)
	}
	return b.m
}

// Entry is the entry of a source, a model or a test, to be written as JSON; nil
// where there is none.
func (m *Manifest) Entry(id string) any {
	if s := m.Sources[id]; s != nil {
		return s
	}
	return m.Nodes[id]
}

// Encode gives the file of one invocation; now is when it is written.
func (m *Manifest) Encode(now time.Time, invocation string) ([]byte, error) {
	stamped := *m
	stamped.Metadata.GeneratedAt = now.UTC().Format("2006-01-02T15:04:05.000000Z")
	stamped.Metadata.InvocationID = invocation
	text, err := json.MarshalIndent(&stamped, "", "  ")
	return append(text, '\n'), err
}

// builder puts a manifest together.
type builder struct {
	project *contract.Project
	ids     map[string]string    // of the nodes, by name
	parents map[[2]string]string // of the relationships tests: node and index of the test
	m       *Manifest
}

// resource begins an entry and draws the edges from what it reads.
func (b *builder) resource(resourceType, name, group, description string, tags []string, reads []string) resource {
	r := resource{
		UniqueID: ID(resourceType, b.project.Name, name), ResourceType: resourceType, Name: name, PackageName: b.project.Name,
		FQN: []string{b.project.Name}, Path: declaredIn, OriginalFilePath: declaredIn,
		Description: description, Tags: list(tags), DependsOn: dependsOn{Macros: []string{}, Nodes: []string{}},
	}
	if group != "" {
		r.FQN = append(r.FQN, group)
	}
	r.FQN = append(r.FQN, name)
	for _, name := range reads {
		if id := b.ids[name]; !slices.Contains(r.DependsOn.Nodes, id) {
			r.DependsOn.Nodes = append(r.DependsOn.Nodes, id)
			b.m.ChildMap[id] = append(b.m.ChildMap[id], r.UniqueID)
		}
	}
	b.m.ParentMap[r.UniqueID] = r.DependsOn.Nodes
	b.m.ChildMap[r.UniqueID] = []string{}
	return r
}

func (b *builder) source(s *contract.Source) {
	r := b.resource(SourceType, s.Name, "", s.Description, s.Tags, nil)
	b.m.Sources[r.UniqueID] = &source{
		resource: r, SourceName: s.Name, Identifier: s.Name, RelationName: s.Seed, Columns: columns(&s.Node),
		Config:  sourceConfig{Enabled: true, Tags: r.Tags},
		Martlet: sourceDetail{Fingerprint: s.Fingerprint, Grain: list(s.Grain), Workbook: s.Workbook, Sheet: s.Sheet, Seed: s.Seed},
	}
	b.tests(&s.Node)
}

func (b *builder) model(m *contract.Model) {
	r := b.resource(ModelType, m.Name, m.Layer, m.Description, m.Tags, m.Inputs())
	materialized := "ephemeral"
	if len(m.Formats) > 0 {
		materialized = "table"
	}
	b.m.Nodes[r.UniqueID] = &model{
		resource: r, Alias: m.Name, Checksum: checksum{"sha256", m.Fingerprint}, Columns: columns(&m.Node),
		Config:  modelConfig{Enabled: true, Tags: r.Tags, Materialized: materialized},
		Martlet: modelDetail{Fingerprint: m.Fingerprint, Grain: list(m.Grain), Layer: m.Layer, Formats: list(m.Formats)},
	}
	b.tests(&m.Node)
}

func (b *builder) tests(n *contract.Node) {
	for i := range n.Tests {
		t := &n.Tests[i]
		reads := []string{n.Name}
		kwargs := map[string]string{"model": n.Name}
		if parent := b.parents[[2]string{n.Name, fmt.Sprint(i)}]; parent != "" {
			reads = append(reads, parent)
			kwargs["to"] = parent
		}
		r := b.resource(TestType, t.Name, "", t.Description, t.Tags, reads)
		entry := &test{
			resource: r, Alias: t.Name, Checksum: checksum{"sha256", t.Fingerprint}, AttachedNode: b.ids[n.Name],
			Config: testConfig{Enabled: true, Tags: r.Tags, Severity: string(t.Severity), Materialized: "test",
				WarnIf: cmp.Or(string(t.WarnIf), "!= 0"), ErrorIf: cmp.Or(string(t.ErrorIf), "!= 0"), Store: t.Store},
			Martlet: testDetail{Fingerprint: t.Fingerprint, Kind: t.Kind, Expected: t.Expected, Proved: t.Proved, PII: t.PII, Grain: t.Grain},
		}
		if t.Where != "" {
			entry.Config.Where = &t.Where
		}
		if t.Limit > 0 {
			entry.Config.Limit = &t.Limit
		}
		if t.Column != "" {
			entry.ColumnName = &t.Column
			kwargs["column_name"] = t.Column
		}
		if t.Kind != "expression" { // one that is written for its node alone: singular
			entry.TestMetadata = &testMetadata{Name: t.Kind, Kwargs: kwargs}
		}
		b.m.Nodes[r.UniqueID] = entry
	}
}

func columns(n *contract.Node) map[string]column {
	all := map[string]column{}
	for i, c := range n.Columns {
		all[c.Name] = column{Name: c.Name, Description: c.Description, DataType: c.Type, Tags: []string{},
			Martlet: columnDetail{Index: i + 1, Nullable: c.Nullable, PII: c.PII, Lineage: list(c.Lineage)}}
	}
	return all
}

// list is a list that is written as one where it is empty.
func list(items []string) []string { return append([]string{}, items...) }
