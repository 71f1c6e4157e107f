package pipeline

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/apache/arrow/go/v17/arrow"

	"martlet/internal/arrowops"
	"martlet/internal/contract"
	"martlet/internal/diskfile"
	"martlet/internal/sink"
)

// output writes the rows of one model in every format it is published in, in
// batches of contract.BatchRows whatever the model gives.
type output struct {
	rebatch *arrowops.Rebatcher
	files   []outputFile
	skip    func() bool // the data are known to be bad, so nobody will read the files
	closed  bool
}

type outputFile struct {
	name    string
	neutral bool // formulas in it are neutralized
	file    *os.File
	buffer  *diskfile.Writer // over file
	sink    sink.Sink
	// Set by close.
	size        int64
	neutralized *int64 // cells; nil where not neutral
}

// newOutput makes the files of model by create. The caller must close it, and
// release it whatever happens.
func newOutput(model *contract.Model, schema *arrow.Schema, mem contract.Allocator,
	create func(name string) (*os.File, error), skip func() bool) (*output, error) {
	o := &output{skip: skip}
	formats := slices.Compact(slices.Sorted(slices.Values(model.Formats)))
	for _, format := range formats {
		f := outputFile{name: model.Name + "." + format, neutral: format == "csv" && model.Neutralize}
		var err error
		if f.file, err = create(f.name); err != nil {
			o.release()
			return nil, err
		}
		f.buffer = diskfile.New(f.file)
		f.sink, err = newSink(format, f.buffer, f.neutral, schema, mem)
		o.files = append(o.files, f)
		if err != nil {
			o.release()
			return nil, fmt.Errorf("%s: %w", f.name, err)
		}
	}
	o.rebatch = arrowops.NewRebatcher(mem, schema, contract.BatchRows)
	return o, nil
}

// newSink gives nil where there is an error.
func newSink(format string, w io.Writer, neutral bool, schema *arrow.Schema, mem contract.Allocator) (sink.Sink, error) {
	switch format {
	case "arrow":
		return sink.NewArrow(w, schema, mem)
	case "csv":
		s, err := sink.NewCSV(w, schema, sink.CSVOptions{NeutralizeFormulas: neutral})
		if err != nil {
			return nil, err
		}
		return s, nil
	}
	return nil, fmt.Errorf("internal error: there is no output format %q", format)
}

// write borrows rec.
func (o *output) write(rec arrow.Record) error {
	if o.skip() {
		return nil
	}
	return o.rebatch.Add(rec, o.spread)
}

// spread takes over one batch of full size and gives it to every format.
func (o *output) spread(rec arrow.Record) error {
	defer rec.Release()
	for i := range o.files {
		f := &o.files[i]
		if err := f.sink.Write(rec); err != nil {
			return fmt.Errorf("%s: %w", f.name, err)
		}
	}
	return nil
}

// close writes what is left and closes the files; they are whole if it gives no
// error and skip says no.
func (o *output) close() error {
	if o.closed {
		return nil
	}
	o.closed = true
	var problems []error
	if !o.skip() {
		problems = append(problems, o.rebatch.Flush(o.spread))
	}
	for i := range o.files {
		f := &o.files[i]
		if err := errors.Join(f.sink.Close(), f.buffer.Close(), f.measure(), f.file.Close()); err != nil {
			problems = append(problems, fmt.Errorf("%s: %w", f.name, err))
		}
	}
	return errors.Join(problems...)
}

func (f *outputFile) measure() error {
	info, err := f.file.Stat()
	if err != nil {
		return err
	}
	f.size = info.Size()
	if s, ok := f.sink.(*sink.CSV); ok && f.neutral {
		n := s.Neutralized()
		f.neutralized = &n
	}
	return nil
}

// release frees what the output holds. A file that was not closed is not whole.
func (o *output) release() {
	if o.rebatch != nil {
		o.rebatch.Release()
		o.rebatch = nil
	}
	if o.closed {
		return
	}
	o.closed = true
	for i := range o.files {
		if f := &o.files[i]; f.sink != nil {
			_ = f.sink.Close() // for the memory it holds; the file is dropped
		}
		o.files[i].buffer.Drop()
		_ = o.files[i].file.Close()
	}
}
