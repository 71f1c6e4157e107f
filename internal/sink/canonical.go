package sink

import (
	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"
)

// canonical makes arrays that a writer of Arrow or Parquet can write in one way
// only. Arrow's writer would copy bits and offsets where they do not begin at 0,
// which is done here, side by side with others; and it pads a buffer with the
// bytes that happen to follow in memory, the next rows of a slice, say, so here
// each buffer ends with its last row.
type canonical struct{ mem memory.Allocator }

// array is an array of the same rows whose buffers have them and no others. It
// aliases a.
func (c canonical) array(a arrow.Array) arrow.Array {
	from, to := a.Data().Offset(), a.Data().Offset()+a.Len()
	of := a.Data().Buffers()
	valid, nulls := c.validity(a)
	buffers := []*memory.Buffer{valid}
	switch a := a.(type) {
	case *array.Boolean:
		buffers = append(buffers, c.bits(bitmap{of[1].Bytes(), from}, a.Len()))
	case *array.String:
		text := a.ValueBytes()
		if text == nil {
			text = []byte{} // else Parquet's writer takes texts that are all empty for none at all
		}
		buffers = append(buffers, c.offsets(a), memory.NewBufferBytes(text))
	default:
		width := a.DataType().(arrow.FixedWidthDataType).Bytes()
		buffers = append(buffers, memory.NewBufferBytes(of[1].Bytes()[from*width:to*width]))
	}
	data := array.NewData(a.DataType(), a.Len(), buffers, nil, nulls, 0)
	defer data.Release()
	for _, b := range buffers {
		if b != nil {
			b.Release()
		}
	}
	return array.MakeFromData(data)
}

// validity is the bits of the rows that are not null, nil where none is.
func (c canonical) validity(a arrow.Array) (bits *memory.Buffer, nulls int) {
	valid, nulls := validity(a)
	if nulls == 0 {
		return nil, 0
	}
	return c.bits(valid, a.Len()), nulls
}

// bits is n bits, copied unless they are whole bytes.
func (c canonical) bits(m bitmap, n int) *memory.Buffer {
	if m.offset%8 == 0 && n%8 == 0 {
		return memory.NewBufferBytes(m.bytes[m.offset/8 : (m.offset+n)/8])
	}
	buffer := memory.NewResizableBuffer(c.mem)
	buffer.Resize((n + 7) / 8)
	m.copyTo(buffer.Bytes(), n)
	return buffer
}

// offsets are those of a's rows in a's text alone.
func (c canonical) offsets(a *array.String) *memory.Buffer {
	offsets := a.ValueOffsets()
	if offsets[0] == 0 {
		from := a.Data().Offset() * arrow.Int32SizeBytes
		return memory.NewBufferBytes(a.Data().Buffers()[1].Bytes()[from : from+len(offsets)*arrow.Int32SizeBytes])
	}
	buffer := memory.NewResizableBuffer(c.mem)
	buffer.Resize(len(offsets) * arrow.Int32SizeBytes)
	shifted := arrow.Int32Traits.CastFromBytes(buffer.Bytes())
	for i := range shifted {
		shifted[i] = offsets[i] - offsets[0]
	}
	return buffer
}
