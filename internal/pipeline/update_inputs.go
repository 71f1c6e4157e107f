package pipeline

import (
	"context"
	"errors"
	"fmt"

	"github.com/apache/arrow/go/v17/arrow"

	"martlet/internal/changes"
	"martlet/internal/contract"
)

// changedInputs finds what changed in the models that rows with a key are joined to
// by other columns, where these hold rows back: they are computed from all rows, as
// they were and as they are, and compared.
func (u *update) changedInputs(ctx context.Context) error {
	for i := range u.project.Increments.Lookups {
		l := &u.project.Increments.Lookups[i]
		n := u.graph.byName[l.Input]
		if n.rowByRow() || !u.rests(n) {
			continue
		}
		space := u.newRoom()
		before, err := u.rowsOf(ctx, n, true, space)
		defer before.release()
		if err != nil {
			return err
		}
		after, err := u.rowsOf(ctx, n, false, space)
		defer after.release()
		if err != nil {
			return err
		}
		if u.matches[i], err = u.changedMatches(n, l.OfInput, before, after); err != nil {
			return err
		}
	}
	return nil
}

// rests says whether a node rests on a source with new records.
func (u *update) rests(n *node) bool {
	if n.source != nil {
		return u.reads(u.run, n)
	}
	for _, input := range n.inputs {
		if u.rests(input) {
			return true
		}
	}
	return false
}

// rowsOf computes all rows of a node, from the records that there were or from all, as
// far as there is space for them.
func (u *update) rowsOf(ctx context.Context, n *node, old bool, space *room) (*captured, error) {
	rows := &captured{room: space}
	needed := make([]bool, len(u.graph.nodes))
	needed[n.index] = true
	markInputs(needed, n)
	observers, inputs := make([]*observer, len(needed)), make([][]*input, len(needed))
	for i, m := range u.graph.nodes {
		if !needed[i] {
			continue
		}
		observers[i] = mute(m)
		if m.source != nil {
			inputs[i] = u.storedInput(m, nil, old)
		}
	}
	observers[n.index].sides = append(observers[n.index].sides, rows.add)
	return rows, u.executor(ctx, observers, inputs, u.quietEnv()).execute()
}

// changedMatches numbers the rows that changed by what they are joined by: as they
// were, and as they are.
func (u *update) changedMatches(n *node, part contract.Part, before, after *captured) (numbers []uint32, err error) {
	was, err := newInMemory(u.mem, n.Schema, before)
	defer was.release()
	if err != nil {
		return nil, err
	}
	is, err := newInMemory(u.mem, n.Schema, after)
	defer is.release()
	if err != nil {
		return nil, err
	}
	for _, way := range [][2]*inMemory{{was, is}, {is, was}} { // an updated row is given as it is in the second
		c, err := changes.Compare(way[0], way[1], changes.Options{Key: n.Grain, Mem: u.mem})
		if repeated := (*changes.NotUniqueError)(nil); errors.As(err, &repeated) { // its test is going to tell
			return nil, &impossible{fmt.Sprintf("rows of %s cannot be told apart by its grain", n.Name)}
		}
		if err != nil {
			return nil, err
		}
		err = c.Each(func(_ []changes.Operation, rows arrow.Record) error {
			from := len(numbers)
			numbers = append(numbers, make([]uint32, rows.NumRows())...)
			part(contract.Batch{Record: rows}, numbers[from:])
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return numbers, nil
}
