package arrowops

import (
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/decimal128"
	"github.com/apache/arrow/go/v17/arrow/memory"
)

func TestArrange(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	b := array.NewRecordBuilder(mem, arrow.NewSchema([]arrow.Field{
		{Name: "id", Type: arrow.PrimitiveTypes.Int64}, {Name: "text", Type: arrow.BinaryTypes.String, Nullable: true},
	}, nil))
	defer b.Release()
	b.Field(0).(*array.Int64Builder).AppendValues([]int64{7, 8, 9}, nil)
	b.Field(1).(*array.StringBuilder).AppendValues([]string{"a", "", "c"}, []bool{true, false, true})
	whole := b.NewRecord()
	defer whole.Release()
	rec := whole.NewSlice(1, 3)
	defer rec.Release()

	wide := arrow.NewSchema([]arrow.Field{
		{Name: "text", Type: arrow.BinaryTypes.String}, {Name: "other", Type: arrow.BinaryTypes.String}, {Name: "flag", Type: arrow.FixedWidthTypes.Boolean},
		{Name: "amount", Type: &arrow.Decimal128Type{Precision: 10, Scale: 2}}, {Name: "day", Type: arrow.FixedWidthTypes.Date32}, {Name: "id", Type: arrow.PrimitiveTypes.Int64},
	}, nil)
	got := Arrange(rec, wide, []int{1, -1, -1, -1, -1, 0})
	defer got.Release()
	if !got.Schema().Equal(wide) || got.NumRows() != 2 || View[int64](got.Column(5)).At(1) != 9 || ViewStrings(got.Column(0)).At(1) != "c" {
		t.Errorf("got %v", got)
	}
	for row := range 2 {
		text, textOK := ViewStrings(got.Column(1)).Get(row)
		flag, flagOK := ViewBools(got.Column(2)).Get(row)
		amount, amountOK := View[decimal128.Num](got.Column(3)).Get(row)
		_, dayOK := View[arrow.Date32](got.Column(4)).Get(row)
		if text != "" || textOK || flag || flagOK || amount != (decimal128.Num{}) || amountOK || dayOK {
			t.Errorf("row %d of the columns that are not there is not null", row)
		}
	}
	narrow := Arrange(got, arrow.NewSchema(wide.Fields()[:1], nil), []int{0})
	defer narrow.Release()
	if narrow.NumCols() != 1 || narrow.Column(0).NullN() != 1 {
		t.Errorf("got %v", narrow)
	}
}
