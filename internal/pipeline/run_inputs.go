package pipeline

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"martlet/internal/delimited"
	"martlet/internal/ingest"
	"martlet/internal/report"
)

// findInputs brings the seeds up to date, finds all files and names the run by them.
// trusted knows digests that need not be taken; it may be nil.
func (r *run) findInputs(ctx context.Context, trusted ingest.Trusted) error {
	var sources []*node
	for _, n := range r.graph.nodes {
		if n.source != nil && r.scope.includes(n) {
			sources = append(sources, n)
		}
	}
	files, err := convertSeeds(ctx, r.settings.root, sources, false, r.settings.limits, trusted)
	if err != nil {
		return err
	}
	r.places.files = files
	var digests []digest
	for _, f := range files {
		r.announce(f)
		digests = append(digests, digest{source: f.Source, sha256: f.SHA256})
	}
	r.id = identity(r.project.Fingerprint, r.settings.asOf, digests)
	return context.Cause(ctx)
}

// openInputs opens all files. What is wrong with any of them is reported at once.
func (r *run) openInputs(ctx context.Context) error {
	if err := r.openFiles(func(int) (*delimited.Position, bool) { return nil, true }); err != nil {
		return err
	}
	return context.Cause(ctx)
}

// openFiles opens the files that are to be read, from the beginning where they are
// not to be read on from a position.
func (r *run) openFiles(which func(index int) (from *delimited.Position, open bool)) error {
	var problems []error
	var total int64
	for i, f := range r.places.files {
		r.rejects.expect(i, f.Faults)
		from, open := which(i)
		if !open {
			continue
		}
		in, passedOver, err := openInput(r.settings.root, f, i, from)
		if err != nil {
			problems = append(problems, err)
			continue
		}
		if len(passedOver) > 0 {
			r.progress.say("%s: columns that are not declared are passed over: %s", f.Path, strings.Join(passedOver, ", "))
		}
		r.inputs[f.node.index] = append(r.inputs[f.node.index], in)
		total += in.size
	}
	if len(problems) > 0 {
		return errors.Join(problems...)
	}
	r.inputBytes = total
	r.progress.start(total)
	return nil
}

// checkInputs opens all files and closes them again, and remembers how they look. What is
// wrong with any of them is reported at once.
func (r *run) checkInputs() error {
	var problems []error
	for i, f := range r.places.files {
		in, _, err := openInput(r.settings.root, f, i, nil)
		if err == nil {
			err = in.reader.Close()
			r.inputs[f.node.index] = append(r.inputs[f.node.index], &input{index: i, info: in.info})
		}
		problems = append(problems, err)
	}
	return errors.Join(problems...)
}

// announce says what became of a seed, if anything did.
func (r *run) announce(f seedFile) {
	if f.Written {
		r.progress.say("seed %s: %s from %s, %s", f.Path, report.Plural(f.Rows, "row"), f.node.source.Workbook, f.compared())
	}
	for _, remark := range f.remarks() {
		r.progress.say("seed %s: %s", f.Path, remark)
	}
}

// openInput opens the file that stands at index in the run's list, and names the
// columns of it that are passed over. It is read on from a position where there is one.
func openInput(root string, f seedFile, index int, from *delimited.Position) (in *input, passedOver []string, err error) {
	path := filepath.Join(root, filepath.FromSlash(f.Path))
	info, unseen := os.Stat(path) // before it is opened, so that another one put in its place is found out
	var reader *delimited.Reader
	if from == nil {
		reader, passedOver, err = ingest.OpenSource(path, f.Path, f.node.source, index)
	} else {
		reader, passedOver, err = ingest.ContinueSource(path, f.Path, f.node.source, index, *from)
	}
	if err != nil {
		return nil, nil, err // it names the file
	}
	if unseen != nil {
		return nil, nil, errors.Join(fmt.Errorf("%s: the file cannot be read: %w", f.Path, cause(unseen)), reader.Close())
	}
	in = &input{reader: reader, index: index, info: info}
	if in.size = in.info.Size(); from != nil {
		in.size, in.before = in.size-from.Offset, from.Records
	}
	in.rows, in.memory = estimate(path, in.size, len(f.node.Columns))
	return in, passedOver, nil
}

// inputsChanged finds the files that are no longer what they were when their digests
// were taken, by which the run is named, or when they were opened.
func (r *run) inputsChanged() error {
	var problems []error
	for _, files := range r.inputs {
		for _, in := range files {
			if in.info == nil { // it is no file of a source
				continue
			}
			f := &r.places.files[in.index]
			now, err := os.Stat(filepath.Join(r.settings.root, filepath.FromSlash(f.Path)))
			if err != nil || !alike(now, in.info) || f.Seen != nil && !alike(now, f.Seen) {
				problems = append(problems, fmt.Errorf("%s: the file was changed while it was read; expected it to stay as it is: run again", f.Path))
			}
		}
	}
	return errors.Join(problems...)
}

// alike says whether a file looks as it did.
func alike(a, b os.FileInfo) bool {
	return a.Size() == b.Size() && a.ModTime().Equal(b.ModTime()) && os.SameFile(a, b)
}

func closeInputs(inputs [][]*input) {
	for _, files := range inputs {
		for _, in := range files {
			if in.reader != nil {
				_ = in.reader.Close() // it was only read
			}
		}
	}
}
