package sink

import (
	"io"

	"github.com/apache/arrow/go/v17/arrow"
)

// Format is a file format for batches of one schema. What is costly, turning a
// batch into bytes, is apart from what has an order, writing them: the batches of
// one file may be encoded side by side and the blocks then written one after
// another. The bytes of a file do not depend on who encoded what.
//
// A Format is safe for concurrent use; its encoders and writers are not.
type Format interface {
	// NewEncoder makes an encoder, one for each goroutine that encodes.
	NewEncoder() Encoder
	// NewWriter makes the writer of one file. Nothing is written yet.
	NewWriter(w io.Writer) Writer
}

// Encoder turns batches into blocks.
type Encoder interface {
	// Encode gives a batch of any number of rows as a block, for the caller to
	// free. It borrows rec, and only reads it, so several encoders may be given
	// the same record at once. The columns of rec are those of the format's schema
	// in name, type and order, and have nulls only where it allows them; else
	// there is an error and no block. Their metadata may differ, the format's is
	// what is written.
	Encode(rec arrow.Record) (*Block, error)
}

// Writer puts the blocks of one file one after another, with what a file has
// before and after them.
//
// The first failure of a writer is final: every later call returns it, Close
// too, so a file that is not whole cannot be taken for one that is.
type Writer interface {
	// Write adds a block that an encoder of the same format made; it borrows it.
	Write(block *Block) error
	// Close writes what is left. It does not close the writer below. Closing
	// again gives the same answer.
	Close() error
}

// Block is one batch in a file format. It is not safe for concurrent use, but
// may be handed from one goroutine to another.
type Block struct {
	format      Format // nil once the block is freed
	rows        int64
	neutralized int64
	text        []byte       // of CSV; of Parquet, a file with this block alone
	record      arrow.Record // of Arrow; nil where there are no rows
	free        func()
}

// Rows is how many rows the block has.
func (b *Block) Rows() int64 { return b.rows }

// Neutralized is how many fields of the block got a ' because they looked like
// formulas.
func (b *Block) Neutralized() int64 { return b.neutralized }

// Free gives the memory of the block back; it must not be written any more.
// Freeing again does nothing.
func (b *Block) Free() {
	if b.format == nil {
		return
	}
	b.free()
	*b = Block{}
}

// whole is a writer whose every write is whole or fails. Not every writer keeps
// to io.Writer's word that it is so, and bufio would wait for the rest forever.
type whole struct{ w io.Writer }

func (f whole) Write(b []byte) (int, error) {
	n, err := f.w.Write(b)
	if err == nil && n < len(b) {
		err = io.ErrShortWrite
	}
	return n, err
}
