package oracle

import "strings"

// example is one construct: an expression of ours.
type example struct {
	ours string
	// asIs says that DuckDB's own answer to the very same text is PostgreSQL's, so
	// that it is asked for that beside what sqlemit writes.
	asIs bool
	// within is how far a float64 may be from the oracle's, as a fraction of it;
	// 0 asks for the same bits.
	within float64
	// known is a difference that is a bug of ours: what it is. The test fails
	// once there is no difference, so that this is taken out.
	known string
}

// same are constructs that DuckDB has as PostgreSQL does.
func same(expressions ...string) []example {
	out := emitted(expressions...)
	for i := range out {
		out[i].asIs = true
	}
	return out
}

// emitted are constructs that DuckDB has otherwise, or by another name.
func emitted(expressions ...string) []example {
	out := make([]example, len(expressions))
	for i, e := range expressions {
		out[i].ours = e
	}
	return out
}

// near are constructs whose floats differ in their last digits.
func near(within float64, expressions ...string) []example {
	out := emitted(expressions...)
	for i := range out {
		out[i].within = within
	}
	return out
}

// each fills the blank # of a template with one of several texts.
func each(template string, texts ...string) []string {
	out := make([]string, len(texts))
	for i, text := range texts {
		out[i] = strings.ReplaceAll(template, "#", text)
	}
	return out
}

// group is a part of the table that becomes one model.
type group struct {
	name     string
	examples []example
}

// scalars are computed from each row; aggregates over groups of rows, and in a
// join; grouped only where the key of the group is at hand.
var (
	scalars = []group{
		{"comparisons", comparisons}, {"logic", logic}, {"choices", choices}, {"narrowing", narrowing},
		{"patterns", patterns}, {"texts", texts}, {"integers", integers}, {"floats", floats}, {"decimals", decimals},
		{"casts", casts}, {"calendar", calendar}, {"truncations", truncations}, {"fields", fields},
	}
	aggregated = []group{{"aggregates", aggregates}}
	grouped    = []group{{"grouped", groupedOnly}}
)

func all() []example {
	var out []example
	for _, groups := range [][]group{scalars, aggregated, grouped} {
		for _, g := range groups {
			out = append(out, g.examples...)
		}
	}
	return out
}
