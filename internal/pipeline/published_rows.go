package pipeline

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/ipc"

	"martlet/internal/arrowops"
	"martlet/internal/contract"
	"martlet/internal/sink"
	"martlet/internal/state"
)

// eachPublished gives the rows of an incremental model that the earlier run made,
// with their origins and ordinals; do takes over the batches.
func (u *update) eachPublished(n *node, do func(contract.Batch) error) error {
	known, err := u.publishedModel(n)
	if err != nil {
		return err
	}
	numbers := &rowNumbers{shift: u.firstFile(n.baseSource())}
	if len(known.Rows.Blocks) > 0 {
		r, err := known.Rows.Open(u.earlierState.dir, u.mem)
		if err != nil {
			return err
		}
		defer func() { _ = r.Close() }() // only read
		numbers.reader, numbers.blocks = r, len(known.Rows.Blocks)
	}
	take := func(rec arrow.Record) error {
		b := contract.Batch{Record: array.NewRecord(n.Schema, rec.Columns(), rec.NumRows())}
		if err := numbers.next(&b); err != nil {
			b.Release()
			return err
		}
		return do(b)
	}
	if known.Data != nil {
		err = u.eachStored(known.Data, take)
	} else {
		err = u.eachOfFile(known.File, take)
	}
	if err == nil && !numbers.ended() {
		err = &state.DamagedError{Name: known.Rows.Name, How: "it is of more rows than there are"}
	}
	return err
}

// publishedModel is what the earlier state has of an incremental model.
func (u *update) publishedModel(n *node) (*state.Model, error) {
	for i := range u.manifest.Models {
		if m := &u.manifest.Models[i]; m.Name == n.Name {
			return m, nil
		}
	}
	return nil, &state.DamagedError{Name: "manifest.json", How: "it does not have " + n.Name}
}

// eachStored gives the records of a table, each in memory of its own.
func (u *update) eachStored(t *state.Table, do func(arrow.Record) error) error {
	if len(t.Blocks) == 0 {
		return nil
	}
	r, err := t.Open(u.earlierState.dir, u.mem)
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }() // only read
	for i := range t.Blocks {
		rec, _, err := r.Read(i, nil)
		if err != nil {
			return err
		}
		err = do(rec)
		rec.Release()
		if err != nil {
			return err
		}
	}
	return nil
}

// eachOfFile gives the records of a published file.
func (u *update) eachOfFile(f *state.Published, do func(arrow.Record) error) error {
	if err := f.Check(u.outputs); err != nil {
		return err
	}
	r, err := openArrow(filepath.Join(u.outputs, f.Name), u.mem)
	if err != nil {
		return &state.DamagedError{Name: f.Name, How: err.Error()}
	}
	defer func() { _ = r.close() }() // only read
	for i := range r.NumRecords() {
		rec, err := r.RecordAt(i)
		if err != nil {
			return &state.DamagedError{Name: f.Name, How: err.Error()}
		}
		err = do(rec)
		rec.Release()
		if err != nil {
			return err
		}
	}
	return nil
}

// arrowFile is an open Arrow file. Its rows have text for dictionaries.
type arrowFile struct {
	file *ipc.FileReader
	disk *os.File
	mem  contract.Allocator
}

// Schema, NumRecords and RecordAt are of changes.Reader.
func (f *arrowFile) Schema() *arrow.Schema { return sink.TextSchema(f.file.Schema()) }

// NumRecords is the number of batches.
func (f *arrowFile) NumRecords() int { return f.file.NumRecords() }

// RecordAt gives a batch.
func (f *arrowFile) RecordAt(i int) (rec arrow.Record, err error) {
	defer noPanic(&err)
	if rec, err = f.file.RecordAt(i); err != nil {
		return nil, err
	}
	defer rec.Release()
	return sink.Texts(rec, f.mem), nil
}

// openArrow opens one, be it one or not.
func openArrow(path string, mem contract.Allocator) (file *arrowFile, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, f.Close())
		}
	}()
	defer noPanic(&err)
	r, err := ipc.NewFileReader(f, ipc.WithAllocator(arrowops.ForReading(mem)))
	if err != nil {
		return nil, err
	}
	return &arrowFile{r, f, mem}, nil
}

// noPanic makes an error of a panic, with which Arrow meets a damaged file.
func noPanic(err *error) {
	if found := recover(); found != nil {
		*err = fmt.Errorf("it is damaged: %v", found)
	}
}

func (f *arrowFile) close() error { return errors.Join(f.file.Close(), f.disk.Close()) }

// rowNumbers gives the ordinals and origins of rows, in order.
type rowNumbers struct {
	reader *state.TableReader // nil where there are no rows
	blocks int
	shift  int // the base source's first file

	block             int
	buffer            []byte
	ordinals, origins []int64 // read and not given
}

// next gives a batch those of its rows.
func (r *rowNumbers) next(b *contract.Batch) error {
	n := int(b.Record.NumRows())
	b.Origins, b.Ordinals = make([]contract.Origin, 0, n), make([]int64, 0, n)
	for len(b.Ordinals) < n {
		if len(r.ordinals) == 0 {
			if err := r.load(); err != nil {
				return err
			}
		}
		take := min(n-len(b.Ordinals), len(r.ordinals))
		for i := range take {
			b.Ordinals = append(b.Ordinals, shifted(r.ordinals[i], r.shift))
			b.Origins = append(b.Origins, contract.Origin(shifted(r.origins[i], r.shift)))
		}
		r.ordinals, r.origins = r.ordinals[take:], r.origins[take:]
	}
	return nil
}

func (r *rowNumbers) load() error {
	if r.block == r.blocks {
		return &state.DamagedError{Name: "the rows of a model", How: "they are fewer than are published"}
	}
	rec, buffer, err := r.reader.Read(r.block, r.buffer)
	r.buffer = buffer
	if err != nil {
		return err
	}
	defer rec.Release()
	r.block++
	r.ordinals = slices.Clone(arrowops.View[int64](rec.Column(0)).Values())
	r.origins = slices.Clone(arrowops.View[int64](rec.Column(1)).Values())
	return nil
}

func (r *rowNumbers) ended() bool { return len(r.ordinals) == 0 && r.block == r.blocks }

// asOfState is the time of an earlier run.
func asOfState(m *state.Manifest) arrow.Timestamp { return arrow.Timestamp(m.AsOf) }
