package sink

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"
)

// ErrNotInDictionary is of a text that is not among those which its column was
// said to have. Which it is, is not told: it may be personal.
var ErrNotInDictionary = errors.New("it has a value that is not among those of its dictionary")

// dictionary is a column of few texts, all known beforehand, of which each row has
// only the number.
type dictionary struct {
	name   string // of the column
	typ    *arrow.DictionaryType
	values arrow.Array // the texts; in Go's own memory, so nobody has to free them
	number map[string]int
}

// newDictionary makes the dictionary of a column of text. The numbers take as few
// bytes as they can.
func newDictionary(field arrow.Field, values []string) (*dictionary, error) {
	if field.Type.ID() != arrow.STRING {
		return nil, fmt.Errorf("column %q is %s; a dictionary is of a column of text", field.Name, field.Type)
	}
	d := &dictionary{
		name: field.Name, number: map[string]int{},
		typ: &arrow.DictionaryType{IndexType: numbersUpTo(len(values) - 1), ValueType: field.Type},
	}
	b := array.NewStringBuilder(memory.NewGoAllocator())
	for i, text := range values {
		if _, twice := d.number[text]; twice {
			return nil, fmt.Errorf("column %q: its dictionary has a value twice", field.Name)
		}
		d.number[text] = i
		b.Append(text)
	}
	d.values = b.NewArray()
	return d, nil
}

// numbersUpTo is the smallest signed type that holds the numbers: not every reader
// takes unsigned ones.
func numbersUpTo(n int) arrow.DataType {
	switch {
	case n <= math.MaxInt8:
		return arrow.PrimitiveTypes.Int8
	case n <= math.MaxInt16:
		return arrow.PrimitiveTypes.Int16
	}
	return arrow.PrimitiveTypes.Int32
}

// encode gives the numbers of a column, 0 under its nulls.
func (d *dictionary) encode(c canonical, a *array.String) (arrow.Array, error) {
	var numbers *memory.Buffer
	var ok bool
	switch d.typ.IndexType.ID() {
	case arrow.INT8:
		numbers, ok = numbered[int8](c, d.number, a)
	case arrow.INT16:
		numbers, ok = numbered[int16](c, d.number, a)
	default:
		numbers, ok = numbered[int32](c, d.number, a)
	}
	defer numbers.Release()
	if !ok {
		return nil, fmt.Errorf("column %q: %w", d.name, ErrNotInDictionary)
	}
	valid, nulls := c.validity(a)
	if valid != nil {
		defer valid.Release()
	}
	data := array.NewDataWithDictionary(d.typ, a.Len(), []*memory.Buffer{valid, numbers}, nulls, 0, d.values.Data().(*array.Data))
	defer data.Release()
	return array.NewDictionaryData(data), nil
}

// numbered looks up the number of each text; it is not ok where one has none.
func numbered[T int8 | int16 | int32](c canonical, number map[string]int, a *array.String) (_ *memory.Buffer, ok bool) {
	buffer := memory.NewResizableBuffer(c.mem)
	buffer.Resize(a.Len() * arrow.GetDataType[T]().(arrow.FixedWidthDataType).Bytes())
	out := arrow.GetData[T](buffer.Bytes())
	for i := range out {
		out[i] = 0
		if a.IsNull(i) {
			continue
		}
		n, known := number[a.Value(i)]
		if !known {
			return buffer, false
		}
		out[i] = T(n)
	}
	return buffer, true
}

// TextSchema is the schema of a file with the type of their texts for columns that
// are dictionaries in it.
func TextSchema(file *arrow.Schema) *arrow.Schema {
	fields := slices.Clone(file.Fields())
	for i := range fields {
		if d, ok := fields[i].Type.(*arrow.DictionaryType); ok {
			fields[i].Type = d.ValueType
		}
	}
	about := file.Metadata()
	return arrow.NewSchema(fields, &about)
}

// Texts is a batch of a file, which it borrows, as it was before its columns of
// text became dictionaries. The caller owns it.
func Texts(rec arrow.Record, mem memory.Allocator) arrow.Record {
	columns := slices.Clone(rec.Columns())
	for i, a := range columns {
		if numbers, ok := a.(*array.Dictionary); ok {
			columns[i] = textsOf(numbers, mem)
		} else {
			a.Retain()
		}
		defer columns[i].Release()
	}
	return array.NewRecord(TextSchema(rec.Schema()), columns, rec.NumRows())
}

func textsOf(numbers *array.Dictionary, mem memory.Allocator) arrow.Array {
	values := numbers.Dictionary().(*array.String)
	b := array.NewStringBuilder(mem)
	defer b.Release()
	b.Reserve(numbers.Len())
	for i := range numbers.Len() {
		if numbers.IsNull(i) {
			b.AppendNull()
		} else {
			b.Append(values.Value(numbers.GetValueIndex(i)))
		}
	}
	return b.NewArray()
}
