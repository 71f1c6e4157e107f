package plan

import (
	"slices"

	"martlet/gen/internal/expr"
	"martlet/gen/internal/schema"
)

// Dictionary is a column of text with every value that it may have beside null.
type Dictionary struct {
	Column int
	Values []string // as the schema lists them
}

// output plans how the model is published, but for its dictionaries.
func (m *Model) output(decl *schema.Output) {
	if decl == nil {
		return
	}
	m.Formats = values(decl.Formats)
	m.Compression, m.Neutralize = decl.Compression.Value, decl.NeutralizeFormulas
}

// dictionaries finds the columns whose values are known, of the models that are to
// have dictionaries.
func (b *builder) dictionaries() {
	for _, m := range b.plan.Models {
		decl := b.models[m.Name]
		if decl.Output == nil || decl.Output.Dictionaries == nil {
			continue
		}
		for i, c := range decl.Columns {
			if closed := closedSet(c.Tests); closed != nil && m.Columns[i].Type.Kind == expr.String {
				m.Dictionaries = append(m.Dictionaries, Dictionary{i, closed})
			}
		}
		if len(m.Dictionaries) == 0 && !m.unfinished() {
			b.report(*decl.Output.Dictionaries, m.path+", output", NoClosedSet,
				"no column of text has values that are all known, so there is nothing to make a dictionary of", "",
				"give a column an accepted_values test that is an error, without where and error_if, or leave dictionaries out")
		}
	}
}

// closedSet gives the values that a column may have besides null where anything is
// published, nil where no test says.
func closedSet(tests []*schema.Test) []string {
	for _, t := range tests {
		if t.Kind != "accepted_values" || t.Severity != "error" || t.Where != nil || t.ErrorIf != "" {
			continue
		}
		var closed []string
		for _, v := range t.Values {
			if text, ok := v.Any.(string); ok {
				closed = append(closed, text)
			}
		}
		return closed
	}
	return nil
}

// unfinished says whether a column has no type, which was reported.
func (m *Model) unfinished() bool {
	return slices.ContainsFunc(m.Columns, func(c *Column) bool { return c.Type.Kind == expr.Invalid })
}
