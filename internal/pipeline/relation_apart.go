package pipeline

import (
	"errors"
	"slices"
	"sync"
	"sync/atomic"

	"martlet/internal/contract"
)

// relationApart is a relationships test that is done in parts. Of the rows of the
// child those alone are remembered that may fail. A parent that is small is not
// divided: once it has ended, other rows of the child are not kept either.
type relationApart struct {
	x             *executor
	r             *relation
	child, parent *divided // parent is nil where it is not divided

	whole       sync.Mutex // over the relation's check, which then has all of the parent
	childEnded  bool
	parentEnded atomic.Bool
}

// relateInParts has a relationships test done in parts.
func (x *executor) relateInParts(r *relation, share, writing int64) {
	a := &relationApart{x: x, r: r}
	child, parent := r.sizes(x)
	store := r.child.store(r.declared.Test)
	if parent > share/2 || r.test().Where != "" { // which is to see every row
		parts := partsOfTable(child+parent, share)
		a.parent = x.divide(r.parent.node, []string{r.declared.Field}, false, parts, writing/2, r.check.PartParent)
	}
	parts := partsOfTable(child, share)
	if a.parent != nil {
		parts = a.parent.files.Len()
	}
	looks := slices.Concat(columnsOf(r.test()), r.test().WhereReads, r.child.node.Grain)
	a.child = x.divide(r.child.node, looks, store != nil, parts, writing/2, r.check.PartChild)
	if store != nil {
		store.orphans = nil // they are kept as they are found
	}
	r.apart = a
}

func (a *relationApart) addParent(b contract.Batch) error {
	if a.parent == nil {
		a.r.check.AddParent(b)
		return nil
	}
	return a.parent.add(b)
}

func (a *relationApart) addChild(b contract.Batch) error {
	if a.parent == nil && a.parentEnded.Load() {
		return a.child.addRows(b, a.r.check.Orphans(b))
	}
	return a.child.add(b)
}

// end notes that a node has ended, and does the test once both have.
func (a *relationApart) end(o *observer) error {
	if o == a.r.parent {
		a.parentEnded.Store(true)
	}
	a.childEnded = a.childEnded || o == a.r.child
	if !a.childEnded || !a.parentEnded.Load() || o != a.r.parent && o != a.r.child {
		return nil
	}
	if err := a.child.finish(); err != nil {
		return err
	}
	if a.parent != nil {
		if err := a.parent.finish(); err != nil {
			return err
		}
	}
	unstored, err := a.x.inParts(a.r.child, a.r.declared.Test, a.child.files.Len(), a.part)
	if store := a.r.child.store(a.r.declared.Test); store != nil {
		store.unstored = unstored
	}
	return errors.Join(err, a.child.files.Close(), a.closeParent())
}

func (a *relationApart) closeParent() error {
	if a.parent == nil {
		return nil
	}
	return a.parent.files.Close()
}

// part does the test on one part.
func (a *relationApart) part(part int, into *found) error {
	if a.child.files.Rows(part) == 0 {
		return nil
	}
	check := a.r.declared.New(a.x.env)
	if a.parent != nil {
		err := a.parent.read(part, func(b contract.Batch, _ []int64) error {
			wide := a.parent.widen(b)
			defer wide.Release()
			check.AddParent(wide)
			return nil
		})
		if err := errors.Join(err, a.parent.files.Drop(part)); err != nil {
			return err
		}
	}
	err := a.child.read(part, func(b contract.Batch, ordinals []int64) error { return a.add(b, ordinals, check, into) })
	if err != nil {
		return err
	}
	into.result.Ordinals = nil
	check.Finish(&into.result)
	return a.child.files.Drop(part)
}

// add looks at a batch of the child as it was read. What is no orphan is passed
// over, unless its condition is yet to be counted.
func (a *relationApart) add(b contract.Batch, ordinals []int64, check contract.RelationshipCheck, into *found) error {
	wide := a.child.widen(b)
	defer wide.Release()
	orphans := a.orphans(wide, check)
	if err := into.rows.add(b, ordinals, orphans); err != nil {
		return err
	}
	if a.r.test().Where != "" {
		into.result.Ordinals = ordinals
		check.AddChild(wide, &into.result)
		return nil
	}
	if len(orphans) == 0 {
		return nil
	}
	some := takeRows(a.x.env.Memory, wide, orphans)
	defer some.Release()
	into.result.Ordinals = takeOrdinals(ordinals, orphans)
	check.AddChild(some, &into.result)
	return nil
}

// orphans finds the rows of a batch of the child that the parent lacks.
func (a *relationApart) orphans(b contract.Batch, check contract.RelationshipCheck) []int {
	if a.parent != nil {
		return check.Orphans(b)
	}
	a.whole.Lock()
	defer a.whole.Unlock()
	return a.r.check.Orphans(b)
}

// sizes are about how many bytes the values of the sides take.
func (r *relation) sizes(x *executor) (child, parent int64) {
	return x.tableSize(r.child.node, columnsOf(r.test())), x.tableSize(r.parent.node, []string{r.declared.Field})
}
