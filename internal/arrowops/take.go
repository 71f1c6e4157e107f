package arrowops

import (
	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/memory"
)

// Take gives a record of the given rows of rec, in the order given. It borrows
// rec; the caller releases the result. It panics for column types that this
// package has no view of, for a row that rec does not have, and where rows
// repeat so often that the text of a column passes 2 GiB.
func Take(mem memory.Allocator, rec arrow.Record, rows []int) arrow.Record {
	copiers := make([]columnCopier, rec.NumCols())
	for i, column := range rec.Columns() {
		copiers[i] = newColumnCopier(mem, column.DataType())
		defer copiers[i].release()
		copiers[i].take(column, rows)
	}
	taken, err := newRecord(rec.Schema(), copiers, len(rows))
	if err != nil {
		panic("arrowops: Take: " + err.Error())
	}
	return taken
}
