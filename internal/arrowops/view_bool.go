package arrowops

import (
	"fmt"
	"iter"

	"github.com/apache/arrow/go/v17/arrow"
)

// Bools is a view of booleans.
type Bools struct {
	values []byte // bits
	first  int    // the bit of row 0
	rows   int
	validity
}

// ViewBools looks at a boolean array. It panics for any other.
func ViewBools(a arrow.Array) Bools {
	data := a.Data()
	if id := a.DataType().ID(); id != arrow.BOOL {
		panic(fmt.Sprintf("arrowops: an array of %s does not hold booleans", a.DataType()))
	}
	v := Bools{first: data.Offset(), rows: data.Len(), validity: viewValidity(a)}
	if buffer := data.Buffers()[1]; buffer != nil {
		v.values = buffer.Bytes()
	}
	return v
}

// Len is the number of rows.
func (v Bools) Len() int { return v.rows }

// Nulls gives the rows that are null.
func (v Bools) Nulls() iter.Seq[int] { return v.nulls(v.Len()) }

// At is the value of row i, false where it is null.
func (v Bools) At(i int) bool {
	return v.values[uint(i+v.first)/8]>>(uint(i+v.first)%8)&1 != 0 && v.Valid(i)
}

// Get is the value of row i and whether it is not null.
func (v Bools) Get(i int) (value, ok bool) {
	if !v.Valid(i) {
		return false, false
	}
	return v.values[uint(i+v.first)/8]>>(uint(i+v.first)%8)&1 != 0, true
}
