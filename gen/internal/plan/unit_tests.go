package plan

import (
	"slices"
	"strings"

	"martlet/gen/internal/diag"
	"martlet/gen/internal/expr"
	"martlet/gen/internal/schema"
)

// UnitTest is rows given to a model, and the rows it must give. Unit tests decide
// nothing about the program, so they are not in the plan's fingerprint.
type UnitTest struct {
	Name        string
	Description string
	Model       *Model
	Now         any      // of now(), as a timestamptz; nil where the model does not ask
	Given       []*Table // of inputs of the model, none twice; the others have no rows
	Expect      *Table
	Ordered     bool // the rows are expected in this order
}

// unitTests plans the unit tests, once all relations are known.
func (b *builder) unitTests(p *schema.Project) {
	for _, decl := range p.UnitTests {
		if u := b.unitTest(decl); u != nil {
			b.plan.UnitTests = append(b.plan.UnitTests, u)
		}
	}
}

// unitTest plans one; nil where there is nothing to check it against.
func (b *builder) unitTest(decl *schema.UnitTest) *UnitTest {
	path := decl.Path()
	m := b.modelOf(decl.Model, path)
	if m == nil {
		return nil
	}
	u := &UnitTest{Name: decl.Name.Value, Description: decl.Description.Value, Model: m, Ordered: decl.Ordered}
	inputs := m.inputs()
	for _, g := range decl.Given {
		path := schema.GivenPath(path, g.Input.Value)
		at := slices.IndexFunc(inputs, func(r *Relation) bool { return r.Name == g.Input.Value })
		if at < 0 {
			b.notAnInput(m, inputs, g.Input, path)
			continue
		}
		u.Given = append(u.Given, b.table(inputs[at], g.Rows, path, true))
	}
	u.Expect = b.table(&m.Relation, decl.Expect, schema.ExpectPath(path), false)
	switch {
	case decl.Now != nil:
		u.Now = b.instant(*decl.Now, path+", now")
	case m.asksForNow():
		b.report(decl.Pos, path, NowNeeded, m.Name+" calls now(), and the unit test does not say what time it is", "", `add now = "2024-05-01 00:00:00"`)
	}
	return u
}

// modelOf finds a model by name. It gives nil, with an error reported, where
// there is none, and nil where the errors of the model say enough.
func (b *builder) modelOf(name schema.Text, path string) *Model {
	var names []string
	for _, m := range b.plan.Models {
		if m.Name == name.Value {
			if len(m.From.Columns) == 0 {
				return nil
			}
			return m
		}
		names = append(names, m.Name)
	}
	help := ""
	if b.relations[name.Value] != nil {
		help = "it is a source, which computes nothing; unit tests are of models"
	}
	b.report(name.Pos, path, UnknownRelation, "there is no model "+quote(name.Value), diag.Nearest(name.Value, names), help)
	return nil
}

// inputs lists what the model reads, the base first and none twice.
func (m *Model) inputs() []*Relation {
	all := []*Relation{m.From}
	for _, j := range m.Joins {
		if !slices.Contains(all, j.Input) {
			all = append(all, j.Input)
		}
	}
	return all
}

func (b *builder) notAnInput(m *Model, inputs []*Relation, name schema.Text, path string) {
	var names []string
	for _, r := range inputs {
		names = append(names, r.Name)
	}
	b.report(name.Pos, path, UnknownInput, m.Name+" does not read "+quote(name.Value), diag.Nearest(name.Value, names), "it reads "+strings.Join(names, ", "))
}

// asksForNow says whether any expression of the model calls now().
func (m *Model) asksForNow() bool { return slices.ContainsFunc(m.expressions(), callsNow) }

// instant reads a time as --as-of is read: UTC, unless it has an offset.
func (b *builder) instant(v schema.Value, path string) any {
	text, ok := v.Any.(string)
	if ok {
		for _, kind := range []expr.Kind{expr.TimestampTZ, expr.Timestamp} {
			if t, err := expr.ParseField(text, expr.Type{Kind: kind}); err == nil {
				return t
			}
		}
	}
	b.report(v.Pos, path, BadValue, "found "+found(v)+`; expected a time such as "2024-05-01 00:00:00", in UTC unless it has an offset`, "", "")
	return nil
}
