package changes

import (
	"fmt"
	"slices"

	"github.com/apache/arrow/go/v17/arrow"
)

// block is how many rows are compared at once before they are looked at one by one.
const block = 256

// hashBits are the bits of hashes that are used; a variable so that in a test keys
// can have one hash.
var hashBits = ^uint64(0)

// table compares rows of the two states: their keys, and the values that make a
// row changed.
type table struct {
	columns []int // of the states, which its records have
	keys    []part
	values  []part
	ignored []part // which are only tallied
}

// part is one column of a record that is compared.
type part struct {
	column
	at    int    // in the record
	tally *Tally // of the rows that differ; nil where nobody asks
}

// newTable refuses names that no column has, and columns of types that are not
// compared.
func newTable(schema *arrow.Schema, o Options) (*table, error) {
	t := &table{}
	ignored := map[int]bool{}
	for _, name := range o.Ignore {
		i, err := columnOf(schema, name, "to be ignored")
		if err != nil {
			return nil, err
		}
		ignored[i] = true
	}
	place := map[int]int{} // in the records
	use := func(i int) int {
		if _, used := place[i]; !used {
			place[i] = len(t.columns)
			t.columns = append(t.columns, i)
		}
		return place[i]
	}
	if o.Bag {
		o.Key, o.Tally = nil, false
	}
	for _, name := range o.Key {
		i, err := columnOf(schema, name, "of the key")
		if err != nil {
			return nil, err
		}
		c, err := newColumn(schema.Field(i).Type, true)
		if err != nil {
			return nil, fmt.Errorf("column %q: %w", name, err)
		}
		t.keys = append(t.keys, part{column: c, at: use(i)})
	}
	for i, f := range schema.Fields() {
		c, err := newColumn(f.Type, false)
		if err != nil {
			return nil, fmt.Errorf("column %q: %w", f.Name, err)
		}
		_, isKey := place[i]
		p := part{column: c}
		if o.Tally {
			p.tally = &Tally{Column: f.Name, Ignored: ignored[i], at: i, most: o.Noted}
		}
		switch {
		// Of equal keys only floats may be different values: 0 and -0.
		case isKey && (ignored[i] || f.Type.ID() != arrow.FLOAT64):
		case !ignored[i] && o.Bag:
			p.at = use(i)
			t.keys = append(t.keys, p)
		case !ignored[i]:
			p.at = use(i)
			t.values = append(t.values, p)
		case o.Tally:
			p.at = use(i)
			t.ignored = append(t.ignored, p)
		}
	}
	return t, nil
}

func columnOf(schema *arrow.Schema, name, what string) (int, error) {
	found := schema.FieldIndices(name)
	if len(found) == 0 {
		return 0, fmt.Errorf("there is no column %q, which is %s; the columns are %s", name, what, names(schema))
	}
	return found[0], nil
}

// keyColumns are the columns of the states that the key has.
func (t *table) keyColumns() []int {
	columns := make([]int, len(t.keys))
	for i, k := range t.keys {
		columns[i] = t.columns[k.at]
	}
	return columns
}

// valueColumns are the columns of the states that make a row changed.
func (t *table) valueColumns() []int {
	columns := make([]int, len(t.values))
	for i, v := range t.values {
		columns[i] = t.columns[v.at]
	}
	return columns
}

// bind turns to a record of one side with the table's columns, which is borrowed
// until the next.
func (t *table) bind(s side, rec arrow.Record) {
	for _, p := range t.keys {
		p.bind(s, rec.Column(p.at))
	}
	for _, p := range t.values {
		p.bind(s, rec.Column(p.at))
	}
	for _, p := range t.ignored {
		p.bind(s, rec.Column(p.at))
	}
}

// hash gives the hashes of the keys of the n rows of a side, in memory that is
// used again.
func (t *table) hash(s side, hashes []uint64, n int) []uint64 {
	hashes = append(hashes[:0], make([]uint64, n)...)
	for _, p := range t.keys {
		p.hash(s, hashes)
	}
	for i := range hashes {
		hashes[i] &= hashBits
	}
	return hashes
}

// appendKey encodes the key of a row.
func (t *table) appendKey(dst []byte, s side, row int) []byte {
	for _, p := range t.keys {
		dst = p.appendKey(dst, s, row)
	}
	return dst
}

// sameKeys is how many of n rows, from rows b and a on, have the same key before
// the first that have not.
func (t *table) sameKeys(b, a, n int) int {
	for _, p := range t.keys {
		n = p.leading(b, a, n)
	}
	return n
}

// leading is how many of n rows are the same before the first that are not.
func (p part) leading(b, a, n int) int {
	for lo := 0; lo < n; lo += block {
		hi := min(n, lo+block)
		if p.alike(b+lo, a+lo, hi-lo) {
			continue
		}
		for i := lo; i < hi; i++ {
			if !p.same(b+i, a+i) {
				return i
			}
		}
	}
	return n
}

// differing marks those of the rows from b and a on whose values differ. differ is
// false for all; row is the number of row a in its state.
func (t *table) differing(b, a int, row int64, differ []bool) {
	for lo := 0; lo < len(differ); lo += block {
		of := differ[lo:min(len(differ), lo+block)]
		for _, p := range t.values {
			p.differing(b+lo, a+lo, row+int64(lo), of)
		}
		for _, p := range t.ignored {
			var nobody [block]bool
			p.differing(b+lo, a+lo, row+int64(lo), nobody[:len(of)])
		}
	}
}

func (p part) differing(b, a int, row int64, differ []bool) {
	if p.alike(b, a, len(differ)) {
		return
	}
	for i := range differ {
		switch {
		case p.tally == nil:
			differ[i] = differ[i] || !p.same(b+i, a+i)
		case !p.same(b+i, a+i):
			differ[i] = true
			p.tally.add(row + int64(i))
		}
	}
}

// sameKey compares the keys of one row of each side.
func (t *table) sameKey(b, a int) bool {
	return !slices.ContainsFunc(t.keys, func(p part) bool { return !p.same(b, a) })
}
