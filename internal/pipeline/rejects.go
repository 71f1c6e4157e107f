package pipeline

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/csv"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"martlet/internal/contract"
	"martlet/internal/delimited"
	"martlet/internal/report"
)

// maxRejects is how many rejects are shown; the files have them all.
const maxRejects = 20

// rejectLog notes fields and records that could not be read: the first for the
// terminal, all in one file a source.
type rejectLog struct {
	folder string
	count  int64
	first  []reject
	files  []*rejectFile // by index of the source; nil for one without rejects
}

// reject is one field, or one record where column is empty.
type reject struct {
	node     *node
	origin   contract.Origin
	line     int // 0 where it is yet to be looked up
	column   string
	found    string
	expected string
}

// rejectFile is a source's file of rejects in the making. The place of a record
// costs a second reading of the seed, so it is put before each line at the end.
type rejectFile struct {
	node   *node
	draft  *os.File
	buffer *bufio.Writer // over draft
	lines  []rejectLine
}

type rejectLine struct {
	origin contract.Origin
	size   int // bytes in the draft, without the place
}

func newRejectLog(folder string, sources int) *rejectLog {
	return &rejectLog{folder: folder, files: make([]*rejectFile, sources)}
}

// clear removes the files of an earlier run and their drafts.
func (l *rejectLog) clear() error {
	stale, err := os.ReadDir(l.folder)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	var problems []error
	for _, entry := range stale {
		if !strings.Contains(entry.Name(), ".csv") {
			continue
		}
		if err := os.Remove(filepath.Join(l.folder, entry.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
			problems = append(problems, err)
		}
	}
	return errors.Join(problems...)
}

// badRows are the rows of a piece that have a reject, ascending.
type badRows []int

func (b badRows) len() int { return len(b) }

// others are the rows below n that are not among b.
func (b badRows) others(n int) []int {
	rows := make([]int, 0, n-len(b))
	for i, next := 0, 0; i < n; i++ {
		if next < len(b) && b[next] == i {
			next++
			continue
		}
		rows = append(rows, i)
	}
	return rows
}

// note takes down the rejects of one piece of n's file, which has the given
// index in the run's list, in the order of the file, and gives the rows they
// are in. rows may be nil where there are no cells.
func (l *rejectLog) note(n *node, file int, rows *contract.Rows, cells []contract.Reject, ragged []delimited.Ragged) (badRows, error) {
	if len(cells) == 0 && len(ragged) == 0 {
		return nil, nil
	}
	slices.SortFunc(cells, func(a, b contract.Reject) int {
		return cmp.Or(cmp.Compare(a.Row, b.Row), cmp.Compare(a.Column, b.Column))
	})
	var bad badRows
	for _, cell := range cells {
		if len(bad) == 0 || bad[len(bad)-1] != cell.Row {
			bad = append(bad, cell.Row)
		}
	}
	for len(cells) > 0 || len(ragged) > 0 {
		if len(cells) == 0 || len(ragged) > 0 && ragged[0].Record < rows.Origin(cells[0].Row).Record() {
			if err := l.noteRagged(n, file, ragged[0]); err != nil {
				return nil, err
			}
			ragged = ragged[1:]
			continue
		}
		if err := l.noteCell(n, rows, cells[0]); err != nil {
			return nil, err
		}
		cells = cells[1:]
	}
	return bad, nil
}

func (l *rejectLog) noteCell(n *node, rows *contract.Rows, cell contract.Reject) error {
	column := &n.Columns[cell.Column]
	expected := strings.TrimPrefix(cell.Err.Error(), "expected ")
	origin := rows.Origin(cell.Row)
	field := rows.Field(cell.Row, cell.Column)
	l.count++
	if len(l.first) < maxRejects {
		found := contract.Redacted
		if !column.PII {
			found = report.Printable(string(field))
		}
		l.first = append(l.first, reject{node: n, origin: origin, column: column.Name, found: found, expected: expected})
	}
	record := []string{column.Name, "expected " + expected}
	for j := range n.Columns {
		record = append(record, string(rows.Field(cell.Row, j)))
	}
	return l.draft(n, origin, record)
}

func (l *rejectLog) noteRagged(n *node, file int, r delimited.Ragged) error {
	origin := contract.MakeOrigin(file, r.Record)
	l.count++
	if len(l.first) < maxRejects {
		l.first = append(l.first, reject{node: n, origin: origin, found: r.Reason})
	}
	record := make([]string, 2+len(n.Columns)) // without fields, as nobody knows which is which
	record[1] = r.Reason
	return l.draft(n, origin, record)
}

// noteBroken takes down what keeps the rest of a source from being read.
func (l *rejectLog) noteBroken(n *node, file int, err *delimited.DataError) error {
	origin := contract.MakeOrigin(file, err.Record)
	l.count++
	// Shown however many rejects there are, as what it says is that rows are missing.
	l.first = append(l.first, reject{node: n, origin: origin, line: err.Line, found: err.Problem})
	record := make([]string, 2+len(n.Columns))
	record[1] = err.Problem
	return l.draft(n, origin, record)
}

// draft adds a line, but for its place, to the source's file.
func (l *rejectLog) draft(n *node, origin contract.Origin, record []string) error {
	f := l.files[n.index]
	if f == nil {
		if err := os.MkdirAll(l.folder, 0o750); err != nil {
			return err
		}
		draft, err := os.CreateTemp(l.folder, n.Name+".csv-*") // 0600; it has personal data
		if err != nil {
			return err
		}
		f = &rejectFile{node: n, draft: draft, buffer: bufio.NewWriter(draft)}
		l.files[n.index] = f
	}
	line, err := csvLine(record)
	if err != nil {
		return err
	}
	f.lines = append(f.lines, rejectLine{origin: origin, size: len(line)})
	_, err = f.buffer.Write(line)
	return err
}

func csvLine(record []string) ([]byte, error) {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	err := w.Write(record)
	w.Flush()
	return b.Bytes(), err
}

// finish completes the files and gives their paths.
func (l *rejectLog) finish(places *places) (paths []string, err error) {
	var problems []error
	for _, f := range l.files {
		if f == nil {
			continue
		}
		path := filepath.Join(l.folder, f.node.Name+".csv")
		if err := f.finish(path, places); err != nil {
			problems = append(problems, err)
			continue
		}
		paths = append(paths, path)
	}
	return paths, errors.Join(problems...)
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
	origins := make([]contract.Origin, len(f.lines))
	for i, line := range f.lines {
		origins[i] = line.origin
	}
	places.locate(origins)
	w := bufio.NewWriter(out)
	header := []string{"origin", "column", "reason"}
	for _, c := range f.node.Columns {
		header = append(header, c.Name)
	}
	head, err := csvLine(header)
	if err != nil {
		return err
	}
	if _, err := w.Write(head); err != nil {
		return err
	}
	draft := bufio.NewReader(f.draft)
	for _, line := range f.lines {
		place, err := csvLine([]string{places.line(line.origin)})
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
