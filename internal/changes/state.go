package changes

import (
	"errors"
	"fmt"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"martlet/internal/arrowops"
)

// Reader gives the rows of one state of a relation, any number of times. An
// [ipc.FileReader] is one.
type Reader interface {
	Schema() *arrow.Schema
	// NumRecords is the number of batches.
	NumRecords() int
	// RecordAt gives batch i, which is of the schema and of any number of rows, for
	// the caller to release. Every call gives the same rows.
	RecordAt(i int) (arrow.Record, error)
}

// side says of which of the two states something is.
type side int

const (
	older side = iota
	newer
)

func (s side) String() string { return [...]string{"before", "after"}[s] }

// state is one of the two states, with what is known of its rows.
type state struct {
	Reader
	side   side
	plain  *arrow.Schema // the reader's, with text for dictionaries
	mem    memory.Allocator
	starts []int64 // by batch, the number of its first row; behind them that of all rows
}

func newState(s side, r Reader, mem memory.Allocator) *state {
	fields := r.Schema().Fields()
	for i, f := range fields {
		if d, ok := f.Type.(*arrow.DictionaryType); ok && d.ValueType.ID() == arrow.STRING {
			fields[i].Type = d.ValueType
		}
	}
	about := r.Schema().Metadata()
	return &state{Reader: r, side: s, plain: arrow.NewSchema(fields, &about), mem: mem, starts: []int64{0}}
}

// rows is how many rows the batches have that were counted.
func (s *state) rows() int64 { return s.starts[len(s.starts)-1] }

// count takes note of the rows of the next batch.
func (s *state) count(rec arrow.Record) { s.starts = append(s.starts, s.rows()+rec.NumRows()) }

// read gives some columns of batch i, text for dictionaries. The caller releases
// the record.
func (s *state) read(i int, columns []int) (rec arrow.Record, err error) {
	whole, err := s.record(i)
	if err != nil {
		return nil, fmt.Errorf("batch %d of the state %s cannot be read: %w", i, s.side, err)
	}
	defer whole.Release()
	fields, arrays := make([]arrow.Field, len(columns)), make([]arrow.Array, len(columns))
	for j, column := range columns {
		fields[j] = s.plain.Field(column)
		if arrays[j], err = s.text(whole.Column(column)); err != nil {
			return nil, fmt.Errorf("column %q of the state %s: %w", fields[j].Name, s.side, err)
		}
		defer arrays[j].Release()
	}
	return array.NewRecord(arrow.NewSchema(fields, nil), arrays, whole.NumRows()), nil
}

// record is RecordAt of a file that may be damaged, in which Arrow's reader
// panics.
func (s *state) record(i int) (rec arrow.Record, err error) {
	defer func() {
		if damage := recover(); damage != nil {
			err = fmt.Errorf("it is damaged: %v", damage)
		}
	}()
	return s.RecordAt(i)
}

// text is the array, or that of the texts which its dictionary has for it. The
// caller releases it.
func (s *state) text(a arrow.Array) (arrow.Array, error) {
	coded, ok := a.(*array.Dictionary)
	if !ok {
		a.Retain()
		return a, nil
	}
	texts := arrowops.ViewStrings(coded.Dictionary())
	b := arrowops.NewStringBuilder(s.mem)
	b.Reserve(coded.Len())
	for row := range coded.Len() {
		if coded.IsNull(row) {
			b.AppendNull()
		} else {
			b.AppendOption(texts.Get(coded.GetValueIndex(row)))
		}
	}
	if err := b.Err(); err != nil {
		b.Release()
		return nil, err
	}
	return b.NewArray(), nil
}

// checkStates refuses states of which no row could be compared with one of the
// other.
func checkStates(b, a *arrow.Schema) error {
	if b.NumFields() != a.NumFields() {
		return fmt.Errorf("the state before has %d columns, the one after %d; compare states with the same columns",
			b.NumFields(), a.NumFields())
	}
	var errs []error
	for i, f := range b.Fields() {
		if g := a.Field(i); f.Name != g.Name || !arrow.TypeEqual(f.Type, g.Type) {
			errs = append(errs, fmt.Errorf("column %d is %q of type %s before and %q of type %s after; compare states with the same columns",
				i+1, f.Name, f.Type, g.Name, g.Type))
		}
	}
	return errors.Join(errs...)
}
