package plan

import (
	"martlet/gen/internal/diag"
	"martlet/gen/internal/expr"
	"martlet/gen/internal/schema"
)

// Build plans a project whose declarations stand. It reports every error it
// finds; the plan is of use only where there is none.
func Build(p *schema.Project) (*Plan, *diag.List) {
	b := &builder{
		errs:      new(diag.List),
		relations: map[string]*Relation{},
		models:    map[string]*schema.Model{},
		state:     map[string]visit{},
		plan:      &Plan{Name: p.Name.Value, Description: p.Description.Value, Timezone: p.Timezone.Value},
	}
	for _, s := range p.Sources {
		b.names = append(b.names, s.Name.Value)
		b.source(s)
	}
	for _, m := range p.Models {
		b.names = append(b.names, m.Name.Value)
		b.models[m.Name.Value] = m
	}
	for _, m := range p.Models {
		b.visit(m)
	}
	b.audiences()
	b.increments()
	b.tests(p)
	b.dictionaries()
	b.unitTests(p)
	return b.plan, b.errs
}

type visit uint8

const (
	unvisited visit = iota
	visiting
	visited
)

// builder holds what is known while a project is being planned.
type builder struct {
	errs      *diag.List
	names     []string // of all relations, for suggestions
	relations map[string]*Relation
	models    map[string]*schema.Model
	state     map[string]visit
	plan      *Plan
}

// report notes an error about a thing.
func (b *builder) report(pos diag.Pos, path string, code diag.Code, message, suggestion, help string) {
	b.errs.Add(diag.Diagnostic{Pos: pos, Code: code, Path: path, Message: message, Suggestion: suggestion, Help: help})
}

// problems reports what is wrong inside an expression. A problem without a code
// is the echo of one reported elsewhere.
func (b *builder) problems(src schema.Text, path string, problems []expr.Problem) {
	for _, p := range problems {
		if p.Code != "" {
			b.report(src.At(p.Offset), path, p.Code, p.Message, p.Suggestion, p.Help)
		}
	}
}

// source plans a raw table.
func (b *builder) source(decl *schema.Source) {
	s := &Source{
		Relation: Relation{Name: decl.Name.Value, Description: decl.Description.Value, Tags: values(decl.Tags), path: schema.SourcePath(decl.Name.Value)},
		Workbook: decl.Workbook.Value, Sheet: decl.Sheet.Value, Seed: decl.Seed.Value,
		Dialect: dialect(decl.CSV), ExtraColumns: decl.ExtraColumns, MaxRejects: Allowance(decl.MaxRejects),
	}
	for _, c := range decl.Columns {
		t, err := expr.ParseType(c.Type.Value)
		if err != nil {
			b.report(c.Type.Pos, schema.ColumnPath(s.path, c.Name.Value), UnknownType, err.Error(), diag.Nearest(c.Type.Value, expr.Types()), "")
		}
		s.Columns = append(s.Columns, &Column{
			Name: c.Name.Value, Description: c.Description.Value, Type: t,
			Nullable: c.Nullable == nil || *c.Nullable,
			PII:      c.PII != nil && *c.PII,
			Lineage:  []ColumnRef{{s.Name, c.Name.Value}},
		})
	}
	if grain := b.columnsOf(&s.Relation, decl.Grain, s.path); len(grain) > 0 {
		s.Grain, s.Proof, s.keys = grain, ByTesting, []key{{columns: grain}}
	}
	if f := decl.Freshness; f != nil {
		s.Freshness = b.freshness(s, f)
	}
	b.plan.Sources = append(b.plan.Sources, s)
	b.relations[s.Name] = &s.Relation
}

// dialect leaves out what is the default.
func dialect(decl schema.Dialect) Dialect {
	d := Dialect{Unquoted: decl.Quote.Value == ""}
	if decl.Delimiter.Value != "," {
		d.Delimiter = decl.Delimiter.Value[0]
	}
	if decl.Quote.Value != `"` && !d.Unquoted {
		d.Quote = decl.Quote.Value[0]
	}
	if decl.Encoding.Value != "utf-8" {
		d.Encoding = decl.Encoding.Value
	}
	for _, word := range decl.Nulls {
		d.Nulls = append(d.Nulls, word.Value)
	}
	return d
}

// columnsOf resolves names of columns of one relation, reporting unknown ones.
func (b *builder) columnsOf(r *Relation, names []schema.Text, path string) []int {
	var found []int
	for _, name := range names {
		i := r.column(name.Value)
		if i < 0 {
			b.unknownColumn(name, path, r)
			return nil
		}
		found = append(found, i)
	}
	return found
}

func (b *builder) unknownColumn(name schema.Text, path string, r *Relation) {
	b.report(name.Pos, path, UnknownColumn, r.Name+" has no column "+quote(name.Value), diag.Nearest(name.Value, r.columnNames()), "")
}

// relation finds an input by name, planning it first where it is a model. It
// gives nil, with an error reported, where there is none.
func (b *builder) relation(name schema.Text, path string) *Relation {
	if m, ok := b.models[name.Value]; ok {
		if b.state[name.Value] == visiting {
			b.report(name.Pos, path, Cycle, quote(name.Value)+" reads, directly or through others, the model that reads it", "", "break the circle: one of its models must not read the next")
			return nil
		}
		b.visit(m)
	}
	r, ok := b.relations[name.Value]
	if !ok {
		b.report(name.Pos, path, UnknownRelation, "there is no source or model "+quote(name.Value), diag.Nearest(name.Value, b.names), "")
	}
	return r
}

func (b *builder) visit(m *schema.Model) {
	if b.state[m.Name.Value] != unvisited {
		return
	}
	b.state[m.Name.Value] = visiting
	planned := b.model(m)
	b.state[m.Name.Value] = visited
	b.relations[planned.Name] = &planned.Relation
	b.plan.Models = append(b.plan.Models, planned)
}

// values are the texts without their places.
func values(texts []schema.Text) []string {
	var out []string
	for _, t := range texts {
		out = append(out, t.Value)
	}
	return out
}

func quote(s string) string { return `"` + s + `"` }
