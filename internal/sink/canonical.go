package sink

import (
	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"
)

// arrowEncoder makes records that Arrow's writer can write in one way only. It
// would copy bits and offsets where they do not begin at 0, which is done here,
// side by side with others; and it pads a buffer with the bytes that happen to
// follow in memory, the next rows of a slice, say, so here each buffer ends with
// its last row.
type arrowEncoder struct{ format *arrowFormat }

func (e arrowEncoder) Encode(rec arrow.Record) (*Block, error) {
	if err := checkRecord(e.format.schema, rec); err != nil {
		return nil, err
	}
	block := &Block{format: e.format, rows: rec.NumRows(), free: func() {}}
	if block.rows == 0 {
		return block, nil
	}
	columns := make([]arrow.Array, rec.NumCols())
	for i, c := range rec.Columns() {
		columns[i] = e.canonical(c)
		defer columns[i].Release()
	}
	record := array.NewRecord(e.format.schema, columns, block.rows)
	rec.Retain() // the buffers of record are parts of its buffers
	block.record, block.free = record, func() {
		record.Release()
		rec.Release()
	}
	return block, nil
}

// canonical is an array of the same rows whose buffers have them and no others.
// It aliases a.
func (e arrowEncoder) canonical(a arrow.Array) arrow.Array {
	from, to := a.Data().Offset(), a.Data().Offset()+a.Len()
	of := a.Data().Buffers()
	valid, nulls := validity(a)
	var buffers []*memory.Buffer
	if nulls == 0 {
		buffers = append(buffers, nil)
	} else {
		buffers = append(buffers, e.bits(valid, a.Len()))
	}
	switch a := a.(type) {
	case *array.Boolean:
		buffers = append(buffers, e.bits(bitmap{of[1].Bytes(), from}, a.Len()))
	case *array.String:
		buffers = append(buffers, e.offsets(a), memory.NewBufferBytes(a.ValueBytes()))
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

// bits is n bits, copied unless they are whole bytes.
func (e arrowEncoder) bits(m bitmap, n int) *memory.Buffer {
	if m.offset%8 == 0 && n%8 == 0 {
		return memory.NewBufferBytes(m.bytes[m.offset/8 : (m.offset+n)/8])
	}
	buffer := memory.NewResizableBuffer(e.format.mem)
	buffer.Resize((n + 7) / 8)
	m.copyTo(buffer.Bytes(), n)
	return buffer
}

// offsets are those of a's rows in a's text alone.
func (e arrowEncoder) offsets(a *array.String) *memory.Buffer {
	offsets := a.ValueOffsets()
	if offsets[0] == 0 {
		from := a.Data().Offset() * arrow.Int32SizeBytes
		return memory.NewBufferBytes(a.Data().Buffers()[1].Bytes()[from : from+len(offsets)*arrow.Int32SizeBytes])
	}
	buffer := memory.NewResizableBuffer(e.format.mem)
	buffer.Resize(len(offsets) * arrow.Int32SizeBytes)
	shifted := arrow.Int32Traits.CastFromBytes(buffer.Bytes())
	for i := range shifted {
		shifted[i] = offsets[i] - offsets[0]
	}
	return buffer
}
