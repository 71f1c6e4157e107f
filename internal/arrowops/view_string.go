package arrowops

import (
	"fmt"
	"iter"
	"unsafe"

	"github.com/apache/arrow/go/v17/arrow"
)

// Strings is a view of text. The strings it gives alias the memory it looks at
// and are good for as long as that is: clone what is kept.
type Strings struct {
	text    string
	offsets []int32 // row i is text[offsets[i]:offsets[i+1]]
	validity
}

// ViewStrings looks at an array of strings with offsets of 32 bits. It panics
// for any other.
func ViewStrings(a arrow.Array) Strings {
	data := a.Data()
	if id := a.DataType().ID(); id != arrow.STRING {
		panic(fmt.Sprintf("arrowops: an array of %s does not hold strings", a.DataType()))
	}
	v := Strings{validity: viewValidity(a)}
	if buffer := data.Buffers()[1]; buffer != nil && data.Len() > 0 {
		v.offsets = reinterpret[int32](buffer.Bytes())[data.Offset() : data.Offset()+data.Len()+1]
	}
	if buffer := data.Buffers()[2]; buffer != nil {
		v.text = alias(buffer.Bytes())
	}
	return v
}

// Len is the number of rows.
func (v Strings) Len() int { return max(len(v.offsets)-1, 0) }

// Nulls gives the rows that are null.
func (v Strings) Nulls() iter.Seq[int] { return v.nulls(v.Len()) }

// At is the text of row i, empty where it is null.
func (v Strings) At(i int) string {
	if !v.Valid(i) {
		return ""
	}
	return v.text[v.offsets[i]:v.offsets[i+1]]
}

// Get is the text of row i and whether it is not null.
func (v Strings) Get(i int) (string, bool) {
	if !v.Valid(i) {
		return "", false
	}
	return v.text[v.offsets[i]:v.offsets[i+1]], true
}

// alias gives bytes as a string that shares their memory.
func alias(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// bytesIn gives a string as bytes that share its memory, to be read only.
func bytesIn(s string) []byte { return unsafe.Slice(unsafe.StringData(s), len(s)) }
