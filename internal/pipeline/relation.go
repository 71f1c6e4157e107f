package pipeline

import "martlet/internal/contract"

// relation is one relationships test under way.
type relation struct {
	declared      *contract.Relationship
	check         contract.RelationshipCheck
	child, parent *observer
	apart         *relationApart // where the test is done in parts; nil elsewhere
}

// watchRelations has the observers of both sides of each relationships test that
// is to run collect what it needs.
func watchRelations(g *graph, observers []*observer, declared []contract.Relationship, env *contract.Env) []*relation {
	var relations []*relation
	for i := range declared {
		d := &declared[i]
		child, parent := observers[g.byName[d.Child].index], observers[g.byName[d.Parent].index]
		if child == nil || parent == nil || !child.runs[d.Test] {
			continue
		}
		r := &relation{declared: d, check: d.New(env), child: child, parent: parent}
		child.sides = append(child.sides, r.addChild)
		if s := child.store(d.Test); s != nil {
			s.orphans = r.check.Orphans
		}
		parent.sides = append(parent.sides, r.addParent)
		relations = append(relations, r)
	}
	return relations
}

func (r *relation) addChild(b contract.Batch) error {
	if r.apart != nil {
		return r.apart.addChild(b)
	}
	r.check.AddChild(b, r.result())
	return nil
}

func (r *relation) addParent(b contract.Batch) error {
	if r.apart != nil {
		return r.apart.addParent(b)
	}
	r.check.AddParent(b)
	return nil
}

func (r *relation) test() *contract.Test         { return &r.child.node.Tests[r.declared.Test] }
func (r *relation) result() *contract.TestResult { return &r.child.tests[r.declared.Test] }

// finish compares the two sides; both nodes have ended.
func (r *relation) finish() {
	if r.apart == nil {
		r.check.Finish(r.result())
	}
}
