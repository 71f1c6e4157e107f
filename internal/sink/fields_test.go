package sink

import (
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"pgregory.net/rapid"
)

// Fields put together again are the CSV file, whatever batches they come in.
func TestFieldsAreThoseOfTheFile(t *testing.T) {
	schema := everyType()
	rapid.Check(t, func(rt *rapid.T) {
		mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
		defer mem.AssertSize(t, 0)
		rec := record(mem, schema, drawRows(rt))
		defer rec.Release()
		cut := rapid.Int64Range(0, rec.NumRows()).Draw(rt, "cut")
		fields, err := NewFields(schema)
		if err != nil {
			rt.Fatal(err)
		}
		var text []byte
		for j, f := range schema.Fields() {
			if j > 0 {
				text = append(text, ',')
			}
			text = AppendField(text, f.Name, true)
		}
		text = append(text, '\n')
		for _, part := range []arrow.Record{rec.NewSlice(0, cut), rec.NewSlice(cut, rec.NumRows())} {
			fields.Bind(part)
			for i := range int(part.NumRows()) {
				for j := range schema.NumFields() {
					if j > 0 {
						text = append(text, ',')
					}
					field, ok := fields.At(i, j)
					if ok == part.Column(j).IsNull(i) {
						rt.Fatalf("row %d, column %d: ok is %v", i, j, ok)
					}
					text = AppendField(text, field, ok)
				}
				text = append(text, '\n')
			}
			fields.Unbind()
			part.Release()
		}
		if want := write(rt, "csv", mem, schema, rec); string(text) != string(want) {
			rt.Fatalf("fields give\n%s\nthe file has\n%s", text, want)
		}
	})
}

func TestFieldsOfOtherTypes(t *testing.T) {
	if _, err := NewFields(arrow.NewSchema([]arrow.Field{{Name: "a", Type: arrow.PrimitiveTypes.Int8}}, nil)); err == nil {
		t.Error("int8 has a text")
	}
}
