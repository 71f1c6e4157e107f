package pipeline

import (
	"encoding/binary"
	"slices"
	"strings"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"

	"martlet/internal/arrowops"
	"martlet/internal/contract"
)

// keySet is a set of keys: values that some columns of a relation have together, as
// arrowops encodes them. Null is a value like any other.
type keySet struct {
	columns []string
	known   map[string][]string // the values of each key, by all of them in one
}

func newKeySet(columns []string) *keySet {
	return &keySet{columns: columns, known: map[string][]string{}}
}

// add adds a key. It keeps values.
func (k *keySet) add(values []string) { k.known[strings.Join(values, "")] = values }

// contains says whether all keys of another set of the same columns are in it.
func (k *keySet) contains(other *keySet) bool {
	for key := range other.known {
		if k.known[key] == nil {
			return false
		}
	}
	return true
}

// onto is the set of what the keys have in some of their columns, by index, under
// the names that these have elsewhere.
func (k *keySet) onto(at []int, names []string) *keySet {
	out := newKeySet(names)
	for _, values := range k.known {
		some := make([]string, len(at))
		for i, c := range at {
			some[i] = values[c]
		}
		out.add(some)
	}
	return out
}

// null is the encoding of null.
const null = "\x00"

// appendValue adds the encoding of a value to a key.
func appendValue(dst []byte, column arrow.Array, row int) []byte {
	ok := column.IsValid(row)
	switch c := column.(type) {
	case *array.Boolean:
		return arrowops.AppendKeyBool(dst, ok && c.Value(row), ok)
	case *array.Int64:
		return arrowops.AppendKeyInt64(dst, c.Value(row), ok)
	case *array.Float64:
		return arrowops.AppendKeyFloat64(dst, c.Value(row), ok)
	case *array.Date32:
		return arrowops.AppendKeyInt64(dst, int64(c.Value(row)), ok)
	case *array.Timestamp:
		return arrowops.AppendKeyInt64(dst, int64(c.Value(row)), ok)
	case *array.Decimal128:
		return arrowops.AppendKeyDecimal(dst, c.Value(row), ok)
	case *array.String:
		if !ok {
			return arrowops.AppendKeyString(dst, "", false)
		}
		return arrowops.AppendKeyString(dst, c.Value(row), true)
	}
	panic("pipeline: a key of type " + column.DataType().String()) // the schema language has no other
}

// finder finds rows that have one of some keys; one serves one goroutine.
type finder struct {
	keys    *keySet
	at      []int           // the columns in a record of the node
	numbers map[int64]bool  // the keys, where they are of one column of whole numbers without null
	only    int64           // one of these
	texts   map[string]bool // the keys, where they are of one column of text without null
	key     []byte          // scratch
}

func newFinder(n *node, keys *keySet) *finder {
	f := &finder{keys: keys}
	for _, c := range keys.columns {
		f.at = append(f.at, n.at(c))
	}
	if len(f.at) != 1 || keys.known[null] != nil {
		return f
	}
	switch n.Schema.Field(f.at[0]).Type.(type) {
	case *arrow.Int64Type:
		f.numbers = map[int64]bool{}
		for key := range keys.known {
			f.only = int64(binary.LittleEndian.Uint64([]byte(key[1:])))
			f.numbers[f.only] = true
		}
	case *arrow.StringType:
		f.texts = map[string]bool{}
		for key := range keys.known {
			_, length := binary.Uvarint([]byte(key))
			f.texts[key[length:]] = true
		}
	}
	return f
}

// find adds the rows of a record that have one of the keys to rows.
func (f *finder) find(rows []int, rec arrow.Record) []int {
	switch {
	case len(f.keys.known) == 0:
		return rows
	case f.numbers != nil:
		return f.findNumbers(rows, rec.Column(f.at[0]).(*array.Int64))
	case f.texts != nil:
		column := rec.Column(f.at[0]).(*array.String)
		for i := range column.Len() {
			if f.texts[column.Value(i)] && column.IsValid(i) {
				rows = append(rows, i)
			}
		}
		return rows
	}
	for i := range int(rec.NumRows()) {
		f.key = f.key[:0]
		for _, c := range f.at {
			f.key = appendValue(f.key, rec.Column(c), i)
		}
		if f.keys.known[string(f.key)] != nil {
			rows = append(rows, i)
		}
	}
	return rows
}

func (f *finder) findNumbers(rows []int, column *array.Int64) []int {
	values := column.Int64Values()
	if len(f.numbers) == 1 {
		for i, v := range values {
			if v == f.only && column.IsValid(i) {
				rows = append(rows, i)
			}
		}
		return rows
	}
	for i, v := range values {
		if f.numbers[v] && column.IsValid(i) {
			rows = append(rows, i)
		}
	}
	return rows
}

// demand says which rows of a node are asked for: those that have one of some keys,
// those of some origins, or, where it has neither, all.
type demand struct {
	keys    *keySet
	origins map[contract.Origin]bool
}

// covers says whether all rows that another demand asks for are asked for by this one.
func (d demand) covers(other demand) bool {
	switch {
	case d.keys == nil && d.origins == nil:
		return true
	case d.keys != nil && other.keys != nil:
		return slices.Equal(d.keys.columns, other.keys.columns) && d.keys.contains(other.keys)
	case d.origins == nil || other.origins == nil:
		return false
	}
	for o := range other.origins {
		if !d.origins[o] {
			return false
		}
	}
	return true
}

// picker picks the rows of batches of a node that are asked for; one serves one
// goroutine.
type picker struct {
	demand
	finder *finder
}

func newPicker(n *node, d demand) *picker {
	p := &picker{demand: d}
	if d.keys != nil {
		p.finder = newFinder(n, d.keys)
	}
	return p
}

// pick adds the rows of a batch that are asked for to rows; origin tells where each
// comes from.
func (p *picker) pick(rows []int, rec arrow.Record, origin func(row int) contract.Origin) []int {
	switch {
	case p.finder != nil:
		return p.finder.find(rows, rec)
	case p.origins == nil:
		return contract.Sequence(rows, 0, int(rec.NumRows()))
	}
	for i := range int(rec.NumRows()) {
		if p.origins[origin(i)] {
			rows = append(rows, i)
		}
	}
	return rows
}
