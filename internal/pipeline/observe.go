package pipeline

import (
	"fmt"

	"martlet/internal/contract"
)

// observer looks at every batch that a node gives, once, as it streams past:
// it counts it, tests it and writes it.
type observer struct {
	node      *node
	validator contract.Validator    // nil where the node has no test of its own rows
	tests     []contract.TestResult // in the order of the node's tests
	counted   []int                 // the tests that see every row
	stored    []*storedRows
	sides     []func(contract.Batch)
	output    *output // nil where the node is not written

	ended    bool // the node was run to its end
	rowsIn   int64
	rejected int64
	filtered int64
	folded   int64
	rowsOut  int64
	broken   error // a source: what kept the rest of its records from being read
}

func newObserver(n *node, env *contract.Env, failures string) *observer {
	o := &observer{node: n, tests: make([]contract.TestResult, len(n.Tests))}
	for i := range n.Tests {
		if t := &n.Tests[i]; t.Where == "" && t.Runs(env) {
			o.counted = append(o.counted, i)
		}
	}
	o.stored = storedOf(n, o.tests, failures, env)
	if n.NewValidator != nil {
		o.validator = n.NewValidator(env)
	}
	return o
}

// see looks at one batch. It borrows b.
func (o *observer) see(b contract.Batch) error {
	if len(b.Origins) != b.Len() {
		return fmt.Errorf("internal error: a batch of %d rows has %d origins; please report this", b.Len(), len(b.Origins))
	}
	o.rowsOut += int64(b.Len())
	for _, i := range o.counted {
		o.tests[i].Rows += int64(b.Len())
	}
	if o.validator != nil {
		o.validator.Check(b, o.tests)
	}
	for _, s := range o.stored {
		if err := s.see(b, &o.tests[s.test]); err != nil {
			return fmt.Errorf("storing the failing rows of %s: %w", s.name(), err)
		}
	}
	for _, add := range o.sides {
		add(b)
	}
	if o.output != nil {
		return o.output.write(b.Record)
	}
	return nil
}

// end completes what the node writes and checks that every row that went in is
// accounted for.
func (o *observer) end() error {
	o.ended = true
	if o.validator != nil {
		o.validator.Finish(o.tests)
	}
	if o.output != nil {
		if err := o.output.close(); err != nil {
			return err
		}
	}
	if missing := o.rowsIn - o.rowsOut - o.rejected - o.filtered - o.folded; missing != 0 {
		return fmt.Errorf("internal error: of %d rows in, %d came out, %d were rejected, %d filtered and %d merged, which leaves %+d; please report this",
			o.rowsIn, o.rowsOut, o.rejected, o.filtered, o.folded, missing)
	}
	return nil
}

// relation is one relationships test under way.
type relation struct {
	declared *contract.Relationship
	check    contract.RelationshipCheck
}

// watchRelations has the observers of both sides of each relationships test
// whose child is run collect what it needs.
func watchRelations(g *graph, observers []*observer, declared []contract.Relationship, env *contract.Env) []relation {
	var relations []relation
	for i := range declared {
		r := &declared[i]
		child, parent := observers[g.byName[r.Child].index], observers[g.byName[r.Parent].index]
		if child == nil || parent == nil {
			continue
		}
		check := r.New(env)
		child.sides = append(child.sides, func(b contract.Batch) { check.AddChild(b, &child.tests[r.Test]) })
		for _, s := range child.stored {
			if s.test == r.Test {
				s.orphans = check.Orphans
			}
		}
		parent.sides = append(parent.sides, check.AddParent)
		relations = append(relations, relation{declared: r, check: check})
	}
	return relations
}

// finish compares the two sides; both nodes have ended.
func (r *relation) finish(g *graph, observers []*observer) {
	child := observers[g.byName[r.declared.Child].index]
	r.check.Finish(&child.tests[r.declared.Test])
}
