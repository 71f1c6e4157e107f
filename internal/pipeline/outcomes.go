package pipeline

import (
	"encoding/json"

	"martlet/internal/contract"
	"martlet/internal/state"
)

// keptExamples is how many failing rows of a test the state has, so that there are
// enough to show when some of them are mended.
const keptExamples = 1000

// outcomeOf is what a run that has ended found of a node, for the state.
func (r *run) outcomeOf(n *node) (out state.Node, err error) {
	o, shift := r.observers[n.index], r.firstFile(n.baseSource())
	out = state.Node{Name: n.Name, RowsIn: o.rowsIn, Rejected: o.rejected, Filtered: o.filtered, Folded: o.folded, RowsOut: o.rowsOut}
	for i := range o.tests {
		t := &o.tests[i]
		kept := state.Test{Rows: t.Rows, Failures: t.Failures, Distinct: t.Distinct, Values: t.Values()}
		for _, e := range t.Examples {
			x := state.Example{Origin: int64(e.Origin), Ordinal: e.Ordinal, Key: e.Key, Value: e.Value, Count: e.Count}
			if e.Origin != 0 {
				x.Origin, x.Ordinal = shifted(x.Origin, -shift), shifted(x.Ordinal, -shift)
			}
			kept.Examples = append(kept.Examples, x)
		}
		out.Tests = append(out.Tests, kept)
	}
	if o.profiler != nil {
		out.Profile, err = json.Marshal(&o.profiler.found)
	}
	return out, err
}

// recallNode gives an observer what an earlier run found of its node.
func (r *run) recallNode(o *observer, known *state.Node) {
	shift := r.firstFile(o.node.baseSource())
	o.rowsIn, o.rejected, o.filtered, o.folded, o.rowsOut = known.RowsIn, known.Rejected, known.Filtered, known.Folded, known.RowsOut
	for i := range o.tests {
		if !o.runs[i] {
			continue
		}
		o.tests[i] = recalled(&known.Tests[i], shift)
	}
}

// recalled is the result of a test that an earlier run found.
func recalled(known *state.Test, shift int) contract.TestResult {
	t := contract.TestResult{Rows: known.Rows, Failures: known.Failures, Distinct: known.Distinct, Keep: keptExamples}
	t.SetValues(known.Values)
	for _, e := range known.Examples {
		x := contract.Example{Origin: contract.Origin(e.Origin), Ordinal: e.Ordinal, Key: e.Key, Value: e.Value, Count: e.Count}
		if e.Origin != 0 {
			x.Origin, x.Ordinal = contract.Origin(shifted(e.Origin, shift)), shifted(e.Ordinal, shift)
		}
		t.Examples = append(t.Examples, x)
	}
	return t
}

// latest is when a source was last loaded, in microseconds; nil where that is not
// known or not asked.
func (r *run) latest(n *node) *int64 {
	if n.source.Freshness == nil {
		return nil
	}
	if at, problem := r.latestLoad(n); problem == "" {
		latest := int64(at)
		return &latest
	}
	return nil
}
