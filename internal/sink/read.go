package sink

import (
	"io"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/ipc"
	"github.com/apache/arrow/go/v17/arrow/memory"
)

// ReadArrow gives the batches of a file that NewArrow wrote, in order. each
// borrows the record it is given; its error ends the reading.
func ReadArrow(r interface {
	io.ReaderAt
	io.ReadSeeker
}, mem memory.Allocator, each func(rec arrow.Record) error) error {
	file, err := ipc.NewFileReader(r, ipc.WithAllocator(mem))
	if err != nil {
		return err
	}
	for i := range file.NumRecords() {
		rec, err := file.RecordAt(i)
		if err != nil {
			_ = file.Close() // what kept it from being read is told
			return err
		}
		err = each(rec)
		rec.Release()
		if err != nil {
			_ = file.Close()
			return err
		}
	}
	return file.Close()
}
