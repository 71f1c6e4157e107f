package pipeline

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"os"
	"path/filepath"

	"martlet/internal/contract"
)

// rejectFile is a source's file of rejects in the making. The place of a record
// may cost a second reading of the seed, so it is put before each line at the end.
type rejectFile struct {
	node   *node
	draft  *os.File
	buffer *bufio.Writer // over draft
	lines  []rejectLine
}

type rejectLine struct {
	origin contract.Origin
	column int // of the source, or noColumn
	size   int // bytes in the draft, without the place
}

func newRejectFile(folder string, n *node) (*rejectFile, error) {
	if err := os.MkdirAll(folder, 0o750); err != nil {
		return nil, err
	}
	draft, err := os.CreateTemp(folder, n.Name+".csv-*") // 0600; it has personal data
	if err != nil {
		return nil, err
	}
	return &rejectFile{node: n, draft: draft, buffer: bufio.NewWriter(draft)}, nil
}

// add writes a line without its place.
func (f *rejectFile) add(line rejectLine, record []string) error {
	text, err := csvLine(record)
	if err != nil {
		return err
	}
	line.size = len(text)
	f.lines = append(f.lines, line)
	_, err = f.buffer.Write(text)
	return err
}

func csvLine(record []string) ([]byte, error) {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	err := w.Write(record)
	w.Flush()
	return b.Bytes(), err
}

// finish writes the file beside its draft and renames it into place.
func (f *rejectFile) finish(path string, places *places) (err error) {
	defer func() { err = errors.Join(err, f.draft.Close(), os.Remove(f.draft.Name())) }()
	if err := f.buffer.Flush(); err != nil {
		return err
	}
	if _, err := f.draft.Seek(0, io.SeekStart); err != nil {
		return err
	}
	out, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+"-*")
	if err != nil {
		return err
	}
	err = errors.Join(f.assemble(out, places), out.Chmod(0o640), out.Close())
	if err != nil {
		return errors.Join(err, os.Remove(out.Name()))
	}
	return os.Rename(out.Name(), path)
}

func (f *rejectFile) assemble(out io.Writer, places *places) error {
	f.locate(places)
	w := bufio.NewWriter(out)
	header := []string{"origin", "column", "reason"}
	for _, c := range f.node.Columns {
		header = append(header, c.Name)
	}
	head, err := csvLine(append(header, "raw"))
	if err != nil {
		return err
	}
	if _, err := w.Write(head); err != nil {
		return err
	}
	draft := bufio.NewReader(f.draft)
	for _, line := range f.lines {
		place, err := csvLine([]string{places.where(line.origin, line.column)})
		if err != nil {
			return err
		}
		if _, err := w.Write(append(bytes.TrimSuffix(place, []byte("\n")), ',')); err != nil {
			return err
		}
		if _, err := io.CopyN(w, draft, int64(line.size)); err != nil {
			return err
		}
	}
	return w.Flush()
}

// locate looks up the lines of those records that have no cell in a workbook.
func (f *rejectFile) locate(places *places) {
	var origins []contract.Origin
	for _, line := range f.lines {
		if places.cell(line.origin, line.column) == "" {
			origins = append(origins, line.origin)
		}
	}
	places.locate(origins)
}

// drop gives up the file.
func (f *rejectFile) drop() {
	_ = f.draft.Close()
	_ = os.Remove(f.draft.Name())
}
