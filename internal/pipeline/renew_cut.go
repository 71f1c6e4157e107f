package pipeline

import "martlet/internal/contract"

// stretch is what a worker takes: rows of the earlier run, and those that were
// computed and stand between them or right behind. They make one batch.
type stretch struct {
	old   []standing
	fresh []place
}

// standing are rows of the earlier run, in order.
type standing struct {
	contract.Batch
	touched []bool // which of them have keys that are touched
}

func (s stretch) drop() {
	for _, old := range s.old {
		old.Release()
	}
}

// cutting puts stretches together, of which each makes a batch of full size.
type cutting struct {
	places  []place // that are in no stretch yet, in order
	push    func(stretch) error
	stretch stretch
	rows    int // that the stretch makes
	fresh   int // of places, those that belong to it
}

// add adds rows of the earlier run, which it borrows.
func (c *cutting) add(old contract.Batch, touched []bool) error {
	from := 0
	cut := func(to int) error {
		if c.rows < contract.BatchRows {
			return nil
		}
		c.stand(old, touched, from, to)
		from = to
		return c.flush()
	}
	for row, ordinal := range old.Ordinals {
		for c.comes(ordinal, touched[row]) {
			c.fresh++
			c.rows++
			if err := cut(row); err != nil {
				return err
			}
		}
		if !touched[row] {
			c.rows++
			if err := cut(row + 1); err != nil {
				return err
			}
		}
	}
	c.stand(old, touched, from, old.Len())
	return nil
}

// comes says whether the next computed row comes before a row of the earlier run, or
// in its place.
func (c *cutting) comes(ordinal int64, touched bool) bool {
	return c.fresh < len(c.places) && before(c.places[c.fresh], ordinal, touched)
}

func before(p place, ordinal int64, touched bool) bool {
	return p.ordinal < ordinal || p.ordinal == ordinal && touched
}

// stand adds rows from to to-1 to the stretch.
func (c *cutting) stand(old contract.Batch, touched []bool, from, to int) {
	if from < to {
		c.stretch.old = append(c.stretch.old, standing{sliceOf(old, from, to), touched[from:to]})
	}
}

func (c *cutting) flush() error {
	s := c.stretch
	s.fresh, c.places = c.places[:c.fresh], c.places[c.fresh:]
	c.stretch, c.rows, c.fresh = stretch{}, 0, 0
	return c.push(s)
}

// end makes stretches of what is left.
func (c *cutting) end() error {
	for c.fresh < len(c.places) {
		c.fresh++
		if c.rows++; c.rows == contract.BatchRows {
			if err := c.flush(); err != nil {
				return err
			}
		}
	}
	if len(c.stretch.old) == 0 && c.fresh == 0 {
		return nil
	}
	return c.flush()
}

// sliceOf gives some rows of a batch, with a reference of its own.
func sliceOf(b contract.Batch, lo, hi int) contract.Batch {
	return contract.Batch{Record: b.Record.NewSlice(int64(lo), int64(hi)), Origins: b.Origins[lo:hi], Ordinals: b.Ordinals[lo:hi]}
}
