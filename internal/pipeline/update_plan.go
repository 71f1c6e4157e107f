package pipeline

import (
	"slices"

	"martlet/internal/contract"
)

// updatePlan says how what is known of each node comes about, by its index.
type updatePlan struct {
	rows    []bool // it has row by row what its source has: what is new is added
	keyed   []bool // it is computed for some keys
	renewed []bool // it is an incremental model
	whole   []bool // it is computed from all rows
	// repeats says that it is a source whose uniqueness tests are of the key: rows
	// that have a value in common have their key in common.
	repeats []bool
}

// whole says whether what is found of a node is found from all of its rows, and why
// not from those that are new: it is written, tests look at it that are about more than
// one row, or its age depends on the time.
func (r *run) whole(n *node) bool {
	if r.scope.writes[n.index] || n.source != nil && n.source.Freshness != nil && n.source.Freshness.Timed {
		return true
	}
	for i := range n.Tests {
		t := &n.Tests[i]
		if r.scope.tests[n.index][i] && t.Runs(r.env) && (t.Whole || t.Store) {
			return true
		}
	}
	for i := range r.project.Relationships {
		rel := &r.project.Relationships[i]
		child := r.graph.byName[rel.Child]
		if r.scope.tests[child.index][rel.Test] && (rel.Child == n.Name || rel.Parent == n.Name) {
			return true
		}
	}
	return false
}

// repeatsIn says whether uniqueness tests of a node are to run.
func (r *run) repeatsIn(n *node) bool {
	for i := range n.Tests {
		if t := &n.Tests[i]; r.scope.tests[n.index][i] && t.Unique() && t.Runs(r.env) {
			return true
		}
	}
	return false
}

// repeatsByKey says whether uniqueness tests of a source are to run, and all of them
// look at its key.
func (r *run) repeatsByKey(n *node, known *contract.KeyedSource) bool {
	if known.Part == nil || known.Whole || !r.repeatsIn(n) {
		return false
	}
	for i := range n.Tests {
		t := &n.Tests[i]
		if !r.scope.tests[n.index][i] || !t.Unique() || !t.Runs(r.env) {
			continue
		}
		columns := columnsOf(t)
		if slices.ContainsFunc(known.Key, func(key string) bool { return !slices.Contains(columns, key) }) {
			return false
		}
	}
	return true
}

// repeatsWhole says whether the uniqueness tests of an incremental model are done on
// all of its rows: where failing ones are stored, or a test looks at what depends on
// now(), so that the values of any row may be others than before.
func (r *run) repeatsWhole(n *node) bool {
	return slices.ContainsFunc(r.observers[n.index].unique(r.env), func(test int) bool {
		t := &n.Tests[test]
		looks := slices.Concat(columnsOf(t), t.WhereReads)
		timed := func(c int) bool { return slices.Contains(looks, n.Columns[c].Name) }
		return t.Whole || t.Store || slices.ContainsFunc(n.model.Increment.Timed, timed)
	})
}

// tested says whether tests of a node are to run.
func (r *run) tested(n *node) bool { return slices.Contains(r.scope.tests[n.index], true) }

// mixes says whether a node rests on a source that has the key and is read whole all
// the same. Computed for some keys it has rows of others, too, without what they are
// joined to: such rows cancel out where rows are counted, but must not be shown.
func (r *run) mixes(n *node) bool {
	if n.source != nil {
		known := &r.project.Increments.Sources[n.index]
		return known.Part != nil && known.Whole
	}
	return slices.ContainsFunc(n.inputs, r.mixes)
}

// rowByRow says whether each row of a node is computed from one record.
func (n *node) rowByRow() bool {
	return n.source != nil || n.model.RowByRow && n.inputs[0].rowByRow()
}

// keyed says whether a model's rows are computed for some keys alone.
func (r *run) keyed(n *node) bool {
	for _, name := range r.project.Increments.Models {
		if name == n.Name {
			return true
		}
	}
	return false
}
