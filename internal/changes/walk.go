package changes

import (
	"github.com/apache/arrow/go/v17/arrow"

	"martlet/internal/arrowops"
)

// cursor goes through one state, a batch at a time.
type cursor struct {
	*state
	table  *table
	next   int          // batch to read
	rec    arrow.Record // nil before the first and behind the last
	hashes []uint64     // of the batch's keys
	at     int          // the next row of the batch
}

// fill reads the next batch with rows where all rows of this one are done. more is
// false at the end.
func (c *cursor) fill(loaded func(c *cursor)) (more bool, err error) {
	for c.at == len(c.hashes) {
		c.close()
		if c.next == c.NumRecords() {
			return false, nil
		}
		if c.rec, err = c.read(c.next, c.table.columns); err != nil {
			return false, err
		}
		c.next++
		c.count(c.rec)
		c.table.bind(c.side, c.rec)
		c.hashes, c.at = c.table.hash(c.side, c.hashes, int(c.rec.NumRows())), 0
		loaded(c)
	}
	return true, nil
}

// close gives up the batch.
func (c *cursor) close() {
	if c.rec != nil {
		c.rec.Release()
		c.rec, c.hashes, c.at = nil, c.hashes[:0], 0
	}
}

// rest are the hashes of the rows yet to come in the batch.
func (c *cursor) rest() []uint64 { return c.hashes[c.at:] }

// row is the number of the next row in the state.
func (c *cursor) row() int64 { return c.starts[c.next-1] + int64(c.at) }

// walk goes through both states in step. Where it has ended, gone and new are the
// rows that it passed over, and changed those of the state after that it found with
// other values. It hashes the keys of the rows that isLooked names.
func (m *matching) walk() error {
	b, a := &cursor{state: m.states[older], table: m.table}, &cursor{state: m.states[newer], table: m.table}
	defer b.close()
	defer a.close()
	for {
		moreB, err := b.fill(m.loaded)
		if err != nil {
			return err
		}
		moreA, err := a.fill(m.loaded)
		if err != nil {
			return err
		}
		switch {
		case moreB && moreA:
			m.step(b, a)
		case moreB:
			m.pass(b, &m.gone, len(b.rest()))
		case moreA:
			m.pass(a, &m.new, len(a.rest()))
		default:
			return nil
		}
	}
}

// loaded takes note of a batch.
func (m *matching) loaded(c *cursor) {
	if c.side == newer {
		return
	}
	m.bytes += arrowops.Bytes(c.rec)
	if m.bag {
		return
	}
	for i, hash := range c.hashes {
		m.found.add(hash, older, c.row()+int64(i))
	}
}

// step compares the rows whose keys agree, and passes over those up to where keys
// agree again.
func (m *matching) step(b, a *cursor) {
	n := m.table.sameKeys(b.at, a.at, agreeing(b.rest(), a.rest()))
	m.differ = append(m.differ[:0], make([]bool, n)...)
	m.table.differing(b.at, a.at, a.row(), m.differ)
	for i, differs := range m.differ {
		if differs {
			m.changed.add(a.row() + int64(i))
		}
	}
	b.at += n
	a.at += n
	if len(b.rest()) > 0 && len(a.rest()) > 0 {
		inB, inA := m.align(b.rest(), a.rest())
		m.pass(b, &m.gone, inB)
		m.pass(a, &m.new, inA)
	}
}

// pass passes over n rows.
func (m *matching) pass(c *cursor, passed *rowSet, n int) {
	passed.addRange(c.row(), c.row()+int64(n))
	if c.side == newer || m.bag {
		for i, hash := range c.rest()[:n] {
			m.found.add(hash, c.side, c.row()+int64(i))
		}
	}
	c.at += n
}

// agreeing is how many hashes are equal before the first that are not.
func agreeing(b, a []uint64) int {
	n := min(len(b), len(a))
	for i, hash := range b[:n] {
		if a[i] != hash {
			return i
		}
	}
	return n
}
