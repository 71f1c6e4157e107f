package pipeline

import (
	"errors"
	"fmt"
	"os"
	"slices"

	"github.com/apache/arrow/go/v17/arrow"

	"martlet/internal/arrowops"
	"martlet/internal/contract"
	"martlet/internal/diskfile"
	"martlet/internal/sink"
)

// output writes the rows of one model in every format it is published in. The
// batches of a file are those that the model gives where nobody can see how its
// rows were cut; they are of contract.BatchRows in one that shows it.
type output struct {
	rebatch *arrowops.Rebatcher
	files   []outputFile
	skip    func() bool // the data are known to be bad, so nobody will read the files
	closed  bool
}

type outputFile struct {
	name    string
	neutral bool // formulas in it are neutralized
	seams   bool // it shows how the rows were cut into batches
	file    *os.File
	buffer  *diskfile.Writer // over file
	format  sink.Format
	writer  sink.Writer
	encoder sink.Encoder // of what is encoded in order
	aside   *aside       // what encodes beside that; nil where it would not be worth it

	touched int64 // cells that were neutralized
	// unfit says that a column has a value which its dictionary lacks. The test that
	// fixes them finds it, so nothing will be published: the rest is not written.
	unfit bool
	// Set by close.
	size        int64
	neutralized *int64 // nil where not neutral
}

// newOutput makes the files of model by create. The caller must close it, and
// release it whatever happens.
func newOutput(model *contract.Model, schema *arrow.Schema, mem contract.Allocator,
	create func(name string) (*os.File, error), skip func() bool) (*output, error) {
	o := &output{skip: skip}
	for _, format := range formatsOf(model) {
		f := outputFile{name: model.Name + "." + format, neutral: format == "csv" && model.Neutralize}
		var err error
		if f.file, err = create(f.name); err != nil {
			o.release()
			return nil, err
		}
		f.buffer = diskfile.New(f.file)
		err = f.open(format, model, schema, mem)
		o.files = append(o.files, f)
		if err != nil {
			o.release()
			return nil, fmt.Errorf("%s: %w", f.name, err)
		}
	}
	o.rebatch = arrowops.NewRebatcher(mem, schema, contract.BatchRows)
	return o, nil
}

// formatsOf are those of the files of a model, in their order.
func formatsOf(model *contract.Model) []string {
	return slices.Compact(slices.Sorted(slices.Values(model.Formats)))
}

// open begins the file in its format.
func (f *outputFile) open(format string, model *contract.Model, schema *arrow.Schema, mem contract.Allocator) (err error) {
	compression := sink.Compression(model.Compression)
	switch format {
	case "arrow":
		f.seams = true
		f.format, err = sink.NewArrowFormat(schema, sink.ArrowOptions{Compression: compression, Dictionaries: model.Dictionaries}, mem)
	case "csv":
		f.format, err = sink.NewCSVFormat(schema, sink.CSVOptions{NeutralizeFormulas: f.neutral})
	case "parquet":
		f.seams = true
		f.format, err = sink.NewParquetFormat(schema, compression, mem)
		f.aside = &aside{format: f.format}
	default:
		err = fmt.Errorf("internal error: there is no output format %q", format)
	}
	if err != nil {
		return err
	}
	f.writer, f.encoder = f.format.NewWriter(f.buffer), f.format.NewEncoder()
	return nil
}

// encoders are those of one goroutine, by file; nil for one that needs the rows
// in order.
func (o *output) encoders() []sink.Encoder {
	all := make([]sink.Encoder, len(o.files))
	for i := range o.files {
		if !o.files[i].seams {
			all[i] = o.files[i].format.NewEncoder()
		}
	}
	return all
}

// encode is the part of writing a batch that batches do not have to be in order
// for. It gives a block for each file that encoders has an encoder for.
func (o *output) encode(encoders []sink.Encoder, rec arrow.Record) (blocks []*sink.Block, err error) {
	if o.skip() {
		return nil, nil
	}
	blocks = make([]*sink.Block, len(encoders))
	for i, e := range encoders {
		if e == nil {
			continue
		}
		if blocks[i], err = e.Encode(rec); err != nil {
			freeBlocks(blocks)
			return nil, fmt.Errorf("%s: %w", o.files[i].name, err)
		}
	}
	return blocks, nil
}

func freeBlocks(blocks []*sink.Block) {
	for _, b := range blocks {
		if b != nil {
			b.Free()
		}
	}
}

// tasks are the rest, in order: what there is to write to each file, which may be
// done side by side. blocks are what encode gave. They borrow both.
func (o *output) tasks(rec arrow.Record, blocks []*sink.Block) (tasks []func() error) {
	if blocks == nil || o.skip() {
		return nil
	}
	seams := false
	for i := range o.files {
		f := &o.files[i]
		if seams = seams || f.seams; !f.seams {
			tasks = append(tasks, func() error { return f.named(f.put(blocks[i])) })
		}
	}
	if seams {
		tasks = append(tasks, func() error { return o.rebatch.Add(rec, o.spread) })
	}
	return tasks
}

// add is encode and write, for who has one goroutine.
func (o *output) add(rec arrow.Record) error {
	blocks, err := o.encode(o.encoders(), rec)
	if err != nil {
		return err
	}
	defer freeBlocks(blocks)
	return together(o.tasks(rec, blocks))
}

func (f *outputFile) put(block *sink.Block) error {
	f.touched += block.Neutralized()
	return f.writer.Write(block)
}

// spread takes over one batch of full size and gives it to every file that shows
// its size.
func (o *output) spread(rec arrow.Record) error {
	defer rec.Release()
	for i := range o.files {
		f := &o.files[i]
		if !f.seams {
			continue
		}
		if err := f.take(rec); err != nil {
			return err
		}
	}
	return nil
}

// take writes a batch of full size, which it borrows.
func (f *outputFile) take(rec arrow.Record) error {
	switch {
	case f.unfit:
		return nil
	case f.aside != nil:
		rec.Retain()
		return f.named(f.aside.add(rec, f.put))
	}
	block, err := f.encoder.Encode(rec)
	if errors.Is(err, sink.ErrNotInDictionary) {
		f.unfit = true
		return nil
	}
	if err != nil {
		return f.named(err)
	}
	defer block.Free()
	return f.named(f.put(block))
}

// named says which file an error is of.
func (f *outputFile) named(err error) error {
	if err != nil {
		err = fmt.Errorf("%s: %w", f.name, err)
	}
	return err
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
		if f.aside != nil {
			problems = append(problems, f.named(f.aside.finish(f.put)))
			f.aside.release()
		}
		problems = append(problems, f.named(errors.Join(f.writer.Close(), f.buffer.Close(), f.measure(), f.file.Close())))
	}
	return errors.Join(problems...)
}

func (f *outputFile) measure() error {
	info, err := f.file.Stat()
	if err != nil {
		return err
	}
	f.size = info.Size()
	if f.neutral {
		f.neutralized = &f.touched
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
		f := &o.files[i]
		if f.aside != nil {
			f.aside.release()
		}
		if f.writer != nil {
			_ = f.writer.Close() // for the memory it holds; the file is dropped
		}
		f.buffer.Drop()
		_ = f.file.Close()
	}
}

// writable is the model as the run writes it. One that leaves something out has no
// dictionaries: it may leave out the tests that fix their values, and writes its
// files also where these fail.
func (r *run) writable(model *contract.Model) *contract.Model {
	if !r.scope.partial {
		return model
	}
	plain := *model
	plain.Dictionaries = nil
	return &plain
}

// unfit finds a file that lacks rows because of a value which its dictionary lacks,
// although the tests, which fix the values, passed.
func (r *run) unfit() error {
	if !r.passed() {
		return nil
	}
	var problems []error
	for _, o := range r.observers {
		if o == nil || o.output == nil {
			continue
		}
		for i := range o.output.files {
			if f := &o.output.files[i]; f.unfit {
				problems = append(problems, fmt.Errorf("internal error: %s lacks rows, as a column has a value that its dictionary lacks and its test passed; please report this", f.name))
			}
		}
	}
	return errors.Join(problems...)
}
