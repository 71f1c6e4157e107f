package profile

import (
	"errors"
	"fmt"

	"martlet/internal/contract"
)

// Tables are the tables of an accumulator's columns, each with all values of one and how
// often they stand there; null for a column that has a sketch. They have personal data.
type Tables []*counterState

// Tables gives those of what was added and merged so far.
func (a *Accumulator) Tables() Tables {
	tables := make(Tables, len(a.counters))
	for i, c := range a.counters {
		if s := c.state(); s.Sketch == nil {
			tables[i] = &s
		}
	}
	return tables
}

// Settle has the accumulator of a relation, to which nothing was added yet, know the
// columns of which tables say how they were, and in which some rows are others than they
// were: was are those rows, is what stands in their place. Other columns, and those that
// are in anew, have to be looked at. Add and Merge pass the settled ones over.
//
// A table from which rows are taken, and to which others are added, is that of the rows
// there are: no row has to be looked at that stays.
func (a *Accumulator) Settle(tables Tables, was, is []contract.Batch, anew []int) error {
	if len(tables) != len(a.counters) {
		return fmt.Errorf("found tables of %d columns, expected %d", len(tables), len(a.counters))
	}
	a.settled = make([]bool, len(a.counters))
	for i, table := range tables {
		a.settled[i] = table != nil
	}
	for _, i := range anew {
		a.settled[i] = false
	}
	for i, settled := range a.settled {
		if !settled {
			continue
		}
		of := func(batches []contract.Batch) counter {
			c := newCounter(a.columns[i].Arrow)
			for _, b := range batches {
				c.add(b.Record.Column(i))
			}
			return c
		}
		c := newCounter(a.columns[i].Arrow)
		err := c.restore(tables[i])
		if err == nil {
			a.settled[i], err = c.replace(of(was), of(is))
		}
		if err != nil {
			return fmt.Errorf("the table of column %q: %w", a.columns[i].Name, err)
		}
		if a.settled[i] {
			a.counters[i] = c
		}
	}
	return nil
}

// errNotThere is of a table that does not have what is to be taken from it.
var errNotThere = errors.New("found fewer rows with a value than are to be taken away")

// replace takes the words of one table away and adds those of another. It is not ok
// where one of them is too large to be a table.
func (c *words) replace(was, is counter) (ok bool, err error) {
	return c.replaceWords(was.(*words), is.(*words))
}

func (c *bools) replace(was, is counter) (ok bool, err error) {
	return c.replaceWords(&was.(*bools).words, &is.(*bools).words)
}

func (c *words) replaceWords(was, is *words) (ok bool, err error) {
	if c.sketch != nil || was.sketch != nil || is.sketch != nil {
		return false, nil
	}
	rest, err := without(c.all(), was.all(), c.null-was.null)
	if err != nil {
		return false, err
	}
	*c = words{kind: c.kind, null: c.null - was.null}
	for _, t := range rest {
		c.put(t.value, t.count)
	}
	c.mergeWords(is)
	return true, nil
}

// replace is that of words.
func (c *texts) replace(was, is counter) (ok bool, err error) {
	minus, plus := was.(*texts), is.(*texts)
	if c.sketch != nil || minus.sketch != nil || plus.sketch != nil {
		return false, nil
	}
	rest, err := without(c.all(), minus.all(), c.null-minus.null)
	if err != nil {
		return false, err
	}
	*c = texts{kind: c.kind, null: c.null - minus.null}
	for _, t := range rest {
		c.put([]byte(t.value), markOf([]byte(t.value)), t.count)
	}
	c.merge(plus)
	return true, nil
}

// without is some tallies less others. These, and the nulls taken away, have to be
// there; nulls is how many are left.
func without[K comparable](had, taken []tally[K], nulls int64) (rest []tally[K], err error) {
	left := map[K]int64{}
	for _, t := range taken {
		left[t.value] = t.count
	}
	for _, t := range had {
		t.count -= left[t.value]
		delete(left, t.value)
		if t.count < 0 {
			return nil, errNotThere
		}
		if t.count > 0 {
			rest = append(rest, t)
		}
	}
	if len(left) > 0 || nulls < 0 {
		return nil, errNotThere
	}
	return rest, nil
}
