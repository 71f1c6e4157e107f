package pipeline

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/apache/arrow/go/v17/arrow"

	"martlet/internal/arrowops"
	"martlet/internal/contract"
	"martlet/internal/report"
	"martlet/internal/sink"
)

// originColumn is what the files of failing rows have beside the node's columns:
// the place of the record that the row comes from.
const originColumn = "martlet_origin"

// storedFormats are those of the files of failing rows.
var storedFormats = []string{"arrow", "csv"}

// storedRows are the failing rows of one test that is to keep them. They are
// drafted as they stream past, as the place of a record costs a second reading of
// its seed; those of a relationships test, which are known only at the end, as
// the node is read once more.
type storedRows struct {
	node  *node
	test  int // of the node's
	limit int64
	// orphans tells which rows of a batch fail a relationships test, once both
	// its sides are known; nil for another test.
	orphans func(contract.Batch) []int
	// unstored is why the rows of a relationships test done in parts, which are known
	// before it is certain that they are wanted, could not be drafted.
	unstored error

	folder  string
	mem     contract.Allocator
	schema  *arrow.Schema
	draft   *os.File // nil as long as there is no row
	buffer  *bufio.Writer
	sink    sink.Sink
	origins []contract.Origin // of the rows drafted

	files []string // once finished
	rows  int64
}

// storedOf makes the stores of the node's tests that ask for one and run.
func storedOf(n *node, runs []bool, tests []contract.TestResult, folder string, env *contract.Env) []*storedRows {
	var stored []*storedRows
	for i := range n.Tests {
		if t := &n.Tests[i]; runs[i] && t.Store && t.Runs(env) {
			tests[i].KeepRows = t.Kind != relationships
			stored = append(stored, &storedRows{node: n, test: i, limit: t.Limit, folder: folder, mem: env.Memory, schema: nullable(n.Schema)})
		}
	}
	return stored
}

// relationships is the kind of test that spans two nodes.
const relationships = "relationships"

// nullable is the schema for rows that may be wrong in any way.
func nullable(s *arrow.Schema) *arrow.Schema {
	fields := slices.Clone(s.Fields())
	for i := range fields {
		fields[i].Nullable = true
	}
	about := s.Metadata()
	return arrow.NewSchema(fields, &about)
}

// see drafts the rows of a batch that were found to fail. It borrows b.
func (s *storedRows) see(b contract.Batch, result *contract.TestResult) error {
	return s.keep(b, result.TakeRows())
}

// keep drafts some rows of a batch, as far as they are within the limit.
func (s *storedRows) keep(b contract.Batch, rows []int) error {
	if left := s.limit - int64(len(s.origins)); s.limit > 0 && int64(len(rows)) > left {
		rows = rows[:left]
	}
	if len(rows) == 0 {
		return nil
	}
	rec := arrowops.Take(s.mem, b.Record, rows)
	defer rec.Release()
	return s.add(rec, contract.TakeOrigins(b.Origins, rows))
}

func (s *storedRows) add(rec arrow.Record, origins []contract.Origin) error {
	if s.draft == nil {
		if err := s.begin(); err != nil {
			return err
		}
	}
	s.origins = append(s.origins, origins...)
	return s.sink.Write(rec)
}

// writeBuffer is large as sinks write large pieces.
const writeBuffer = 1 << 20

func (s *storedRows) begin() (err error) {
	if err := os.MkdirAll(s.folder, 0o750); err != nil {
		return err
	}
	if s.draft, err = os.CreateTemp(s.folder, s.name()+".arrow-draft-*"); err != nil { // 0600; it may have personal data
		return err
	}
	s.buffer = bufio.NewWriterSize(s.draft, writeBuffer)
	s.sink, err = sink.NewArrow(s.buffer, s.schema, s.mem)
	return err
}

func (s *storedRows) name() string { return s.node.Tests[s.test].Name }

// close drops the draft.
func (s *storedRows) close() error {
	if s.draft == nil {
		return nil
	}
	var problems []error
	if s.sink != nil {
		problems = append(problems, s.sink.Close())
	}
	problems = append(problems, s.draft.Close(), os.Remove(s.draft.Name()))
	s.draft = nil
	return errors.Join(problems...)
}

// finish writes the files from the draft, each by rename.
func (s *storedRows) finish(places *places) (err error) {
	if s.draft == nil {
		return nil
	}
	defer func() { err = errors.Join(err, s.close()) }()
	if err := errors.Join(s.sink.Close(), s.buffer.Flush()); err != nil {
		return err
	}
	fields := append(slices.Clone(s.schema.Fields()), arrow.Field{Name: originColumn, Type: arrow.BinaryTypes.String})
	about := s.schema.Metadata()
	model := &contract.Model{Node: contract.Node{Name: s.name()}, Formats: storedFormats}
	create := func(name string) (*os.File, error) { return os.CreateTemp(s.folder, name+"-*") }
	out, err := newOutput(model, arrow.NewSchema(fields, &about), s.mem, create, func() bool { return false })
	if err != nil {
		return err
	}
	defer out.release()
	if err := s.write(out, arrow.NewSchema(fields, &about), places); err != nil {
		return errors.Join(err, removeAll(out))
	}
	if err := out.close(); err != nil {
		return errors.Join(err, removeAll(out))
	}
	for i := range out.files {
		path := filepath.Join(s.folder, out.files[i].name)
		if err := errors.Join(os.Chmod(out.files[i].file.Name(), 0o640), os.Rename(out.files[i].file.Name(), path)); err != nil {
			return err
		}
		s.files = append(s.files, path)
	}
	return nil
}

// removeAll removes the files of an output that is given up.
func removeAll(o *output) error {
	o.release()
	var problems []error
	for i := range o.files {
		problems = append(problems, os.Remove(o.files[i].file.Name()))
	}
	return errors.Join(problems...)
}

// write reads the draft back and writes its rows, with their places.
func (s *storedRows) write(out *output, schema *arrow.Schema, places *places) error {
	places.locate(s.origins)
	return s.each(func(rec arrow.Record, origins []contract.Origin) error {
		s.rows += int64(len(origins))
		placed := s.placed(rec, schema, origins, places)
		defer placed.Release()
		return out.add(placed)
	})
}

// each gives what was drafted, batch by batch.
func (s *storedRows) each(do func(rec arrow.Record, origins []contract.Origin) error) error {
	if _, err := s.draft.Seek(0, io.SeekStart); err != nil {
		return err
	}
	read := 0
	return sink.ReadArrow(s.draft, s.mem, func(rec arrow.Record) error {
		origins := s.origins[read : read+int(rec.NumRows())]
		read += len(origins)
		return do(rec, origins)
	})
}

// placed adds the places to a record.
func (s *storedRows) placed(rec arrow.Record, schema *arrow.Schema, origins []contract.Origin, places *places) arrow.Record {
	b := arrowops.NewStringBuilder(s.mem)
	defer b.Release()
	b.Reserve(len(origins))
	for _, o := range origins {
		b.Append(places.line(o))
	}
	columns := slices.Clone(rec.Columns())
	for _, c := range columns {
		c.Retain()
	}
	return contract.NewRecord(schema, append(columns, b.NewArray())...)
}

// keepOrphans reads the children of relationships tests that failed once more, for
// the rows that are to be stored: which they are was not known while they streamed.
func (r *run) keepOrphans(ctx context.Context) error {
	var nodes []*node
	var wanted []*storedRows
	var problems []error
	for _, o := range r.observers {
		if o == nil {
			continue
		}
		for _, s := range o.stored {
			switch {
			case o.tests[s.test].Failures == 0 || r.gates.closesTest(s.node, s.test):
			case s.orphans != nil:
				nodes, wanted = append(nodes, s.node), append(wanted, s)
			default:
				problems = append(problems, s.unstored)
			}
		}
	}
	if len(wanted) == 0 {
		return errors.Join(problems...)
	}
	var problem error
	err := r.reread(ctx, nodes, func(n *node, b contract.Batch) {
		for _, s := range wanted {
			if s.node == n && problem == nil {
				problem = s.keep(b, s.orphans(b))
			}
		}
	})
	return errors.Join(append(problems, err, problem)...)
}

// storeFailures completes the files of failing rows.
func (r *run) storeFailures() {
	for _, o := range r.observers {
		if o == nil {
			continue
		}
		for _, s := range o.stored {
			complete := s.finish
			if r.gates.closesTest(s.node, s.test) { // nothing is to be told of it
				complete = func(*places) error { return s.close() }
			}
			if err := complete(r.places); err != nil {
				r.warnings = append(r.warnings, fmt.Errorf("the failing rows of %s could not be stored: %w", s.name(), err))
			}
		}
	}
}

// describeStored says where the failing rows of a test are.
func (o *observer) describeStored(out *report.Test, test int) {
	if s := o.store(test); s != nil {
		out.Files, out.Stored = s.files, s.rows
	}
}
