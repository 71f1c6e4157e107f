package changes

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"martlet/internal/arrowops"
	"martlet/internal/contract"
	"martlet/internal/sink"
)

// OperationColumn is the column of a log that says what happened to the row.
const OperationColumn = "_operation"

// LogSchema is the schema of the log of a relation: the operation, as text that is
// never null, and the relation's columns. The metadata are the relation's, with
// those of about, which take the place of what has the same key. It refuses a
// relation with a column of the operation's name.
func LogSchema(of *arrow.Schema, about arrow.Metadata) (*arrow.Schema, error) {
	if of.HasField(OperationColumn) {
		return nil, fmt.Errorf("the relation has a column %q, as a log of changes has one of its own; give the relation's another name",
			OperationColumn)
	}
	fields := []arrow.Field{{Name: OperationColumn, Type: arrow.BinaryTypes.String}}
	md := of.Metadata()
	keys, values := slices.Clone(md.Keys()), slices.Clone(md.Values())
	for i, key := range about.Keys() {
		if at := slices.Index(keys, key); at >= 0 {
			values[at] = about.Values()[i]
		} else {
			keys, values = append(keys, key), append(values, about.Values()[i])
		}
	}
	md = arrow.NewMetadata(keys, values)
	return arrow.NewSchema(append(fields, of.Fields()...), &md), nil
}

// Log writes the rows that changed to an Arrow IPC file, in the order in which they
// are given and in batches of contract.BatchRows. Release frees what it holds, at
// any time.
type Log struct {
	Counts
	schema  *arrow.Schema
	ops     *arrowops.StringBuilder
	rebatch *arrowops.Rebatcher
	file    sink.Sink
}

// NewLog begins a log of a schema that LogSchema made. It refuses types that a
// published file cannot have.
func NewLog(w io.Writer, schema *arrow.Schema, mem memory.Allocator) (*Log, error) {
	file, err := sink.NewArrow(w, schema, mem)
	if err != nil {
		return nil, err
	}
	return &Log{schema: schema, ops: arrowops.NewStringBuilder(mem),
		rebatch: arrowops.NewRebatcher(mem, schema, contract.BatchRows), file: file}, nil
}

// Add adds rows and what happened to each, as Changes.Each gives them. It borrows
// both.
func (l *Log) Add(ops []Operation, rows arrow.Record) error {
	if err := l.check(ops, rows); err != nil {
		return err
	}
	for _, op := range ops {
		l.ops.Append(string(op))
		l.Counts.add(op, 1)
	}
	column := l.ops.NewArray()
	defer column.Release()
	rec := array.NewRecord(l.schema, append([]arrow.Array{column}, rows.Columns()...), rows.NumRows())
	defer rec.Release()
	return l.rebatch.Add(rec, l.write)
}

// check refuses rows of another relation: a bug above.
func (l *Log) check(ops []Operation, rows arrow.Record) error {
	if int64(len(ops)) != rows.NumRows() || int(rows.NumCols())+1 != l.schema.NumFields() {
		return fmt.Errorf("internal error: %d operations with %d rows of %d columns were given to a log of %d",
			len(ops), rows.NumRows(), rows.NumCols(), l.schema.NumFields()-1)
	}
	for i, c := range rows.Columns() {
		if f := l.schema.Field(i + 1); !arrow.TypeEqual(c.DataType(), f.Type) {
			return fmt.Errorf("internal error: column %q of a log is %s, rows with %s were given to it", f.Name, f.Type, c.DataType())
		}
	}
	return nil
}

// write takes over a batch of the file.
func (l *Log) write(rec arrow.Record) error {
	defer rec.Release()
	return l.file.Write(rec)
}

// Close writes what is left and ends the file, which is whole where there is no
// error. It does not close the writer below.
func (l *Log) Close() error {
	return errors.Join(l.rebatch.Flush(l.write), l.file.Close())
}

// Release frees what the log holds. A log that was not closed is not whole.
func (l *Log) Release() {
	l.rebatch.Release()
	l.ops.Release()
}
