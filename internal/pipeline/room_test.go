package pipeline

import (
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"martlet/internal/contract"
)

// Rows are held as long as there is room for them, and an update is given up then.
func TestRoom(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	numbers := array.NewInt64Builder(mem)
	defer numbers.Release()
	numbers.AppendValues(make([]int64, 100), nil)
	column := numbers.NewArray()
	defer column.Release()
	rec := array.NewRecord(arrow.NewSchema([]arrow.Field{{Name: "n", Type: arrow.PrimitiveTypes.Int64}}, nil), []arrow.Array{column}, 100)
	defer rec.Release()
	space := &room{}
	space.left.Store(2000)
	rows := &captured{room: space}
	defer rows.release()
	b := contract.Batch{Record: rec}
	for i := range 3 {
		err := rows.add(b)
		if why, ok := isImpossible(blame(&node{Node: &contract.Node{Name: "users"}, source: &contract.Source{}}, err)); ok != (i == 2) {
			t.Errorf("batch %d: %v, %q", i, err, why)
		}
	}
	if err := (&captured{}).room.take(rec); err != nil {
		t.Errorf("where there is no end of it: %v", err)
	}
}
