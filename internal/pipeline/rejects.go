package pipeline

import (
	"bytes"
	"cmp"
	"errors"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"martlet/internal/contract"
	"martlet/internal/delimited"
	"martlet/internal/ingest"
	"martlet/internal/report"
)

// maxRejects is how many rejects are shown; the files have them all.
const maxRejects = 20

// rejectLog notes fields and records that could not be read: the first for the
// terminal, all in one file a source; without a folder there are no files.
// Sources may be read side by side.
type rejectLog struct {
	mu     sync.Mutex // of all that follows, and of what observers of sources know of their records
	folder string
	counts report.Rejected
	shown  map[*node][]reject
	faults [][]ingest.Fault // by index of the file in the run's list
	files  []*rejectFile    // by index of the source; nil for one without rejects
	silent bool             // the rejects are known already
	keeps  bool             // in entered, what is noted
	// entered are the rejects that were noted, by index of the file in the run's list.
	entered map[int][]entry
}

// entry is one reject as the state keeps it.
type entry struct {
	Record   int64    `json:"record"`
	Column   int      `json:"column"` // noColumn for a whole record
	Name     string   `json:"name,omitempty"`
	Found    string   `json:"found"`
	Expected string   `json:"expected,omitempty"`
	Reason   string   `json:"reason"`
	Fields   []string `json:"fields"`
	Raw      []byte   `json:"raw"`
}

// noColumn stands for the column of a reject that is a whole record.
const noColumn = -1

// reject is one field, or one record.
type reject struct {
	node     *node
	origin   contract.Origin
	line     int // 0 where it is yet to be looked up
	column   string
	found    string
	expected string // "" where found says all
}

func newRejectLog(folder string, sources int) *rejectLog {
	return &rejectLog{folder: folder, files: make([]*rejectFile, sources)}
}

// expect makes the faults of a file, sorted by record, rejects of its records
// as these are read.
func (l *rejectLog) expect(file int, faults []ingest.Fault) {
	for len(l.faults) <= file {
		l.faults = append(l.faults, nil)
	}
	l.faults[file] = faults
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

// note takes down the rejects of one piece of a source's file, which has the given
// index in the run's list, in the order of the file, and gives the rows they
// are in. rows may be nil where there are no cells.
func (l *rejectLog) note(o *observer, file int, rows *contract.Rows, cells []contract.Reject, ragged []delimited.Ragged) (bad badRows, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	defer func() { o.rejected += int64(bad.len() + len(ragged)) }()
	n := o.node
	if rows != nil && file < len(l.faults) {
		cells = withFaults(cells, l.faults[file], rows)
	}
	if len(cells) == 0 && len(ragged) == 0 {
		return nil, nil
	}
	sortCells(cells)
	for _, cell := range cells {
		if len(bad) == 0 || bad[len(bad)-1] != cell.Row {
			bad = append(bad, cell.Row)
		}
	}
	if l.silent {
		return bad, nil
	}
	l.counts.Records += int64(len(bad) + len(ragged))
	for next := 0; len(cells) > 0 || next < len(ragged); {
		if len(cells) == 0 || next < len(ragged) && ragged[next].Record < rows.Origin(cells[0].Row).Record() {
			if err := l.enter(n, file, raggedEntry(n, ragged[next])); err != nil {
				return nil, err
			}
			next++
			continue
		}
		if err := l.enter(n, file, cellEntry(n, rows, cells[0])); err != nil {
			return nil, err
		}
		cells = cells[1:]
	}
	return bad, nil
}

// sortCells brings cells into the order of the file.
func sortCells(cells []contract.Reject) {
	slices.SortStableFunc(cells, func(a, b contract.Reject) int {
		return cmp.Or(cmp.Compare(a.Row, b.Row), cmp.Compare(a.Column, b.Column))
	})
}

// cellEntry is the reject of a field.
func cellEntry(n *node, rows *contract.Rows, cell contract.Reject) entry {
	column := &n.Columns[cell.Column]
	e := entry{Record: rows.Origin(cell.Row).Record(), Column: cell.Column, Name: column.Name}
	if f := (*faultError)(nil); errors.As(cell.Err, &f) {
		e.Found, e.Reason = f.reason, f.reason
	} else {
		e.Expected = strings.TrimPrefix(cell.Err.Error(), "expected ")
		e.Reason = "expected " + e.Expected
		if e.Found = contract.Redacted; !column.PII {
			e.Found = report.Printable(string(rows.Field(cell.Row, cell.Column)))
		}
	}
	e.Fields = make([]string, len(n.Columns))
	for j := range e.Fields {
		e.Fields[j] = string(rows.Field(cell.Row, j))
	}
	e.Raw = rows.Raw(cell.Row)
	return e
}

// raggedEntry is the reject of a whole record, without fields, as nobody knows which
// is which.
func raggedEntry(n *node, r delimited.Ragged) entry {
	return entry{Record: r.Record, Column: noColumn, Found: r.Reason, Reason: r.Reason, Fields: make([]string, len(n.Columns)), Raw: r.Raw}
}

// enter takes down one reject.
func (l *rejectLog) enter(n *node, file int, e entry) error {
	if e.Column != noColumn {
		l.counts.Cells++
	}
	origin := contract.MakeOrigin(file, e.Record)
	l.show(reject{node: n, origin: origin, column: e.Name, found: e.Found, expected: e.Expected})
	if l.keeps {
		if l.entered == nil {
			l.entered = map[int][]entry{}
		}
		kept := e
		kept.Raw = bytes.Clone(e.Raw)
		l.entered[file] = append(l.entered[file], kept)
	}
	return l.draft(n, rejectLine{origin: origin, column: e.Column}, e.Name, e.Reason, e.Fields, e.Raw)
}

// recall takes down the rejects of a file that an earlier run read.
func (l *rejectLog) recall(n *node, file int, entries []entry) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	keeps := l.keeps
	l.keeps = false
	defer func() { l.keeps = keeps }()
	for i, e := range entries {
		if i == 0 || entries[i-1].Record != e.Record {
			l.counts.Records++
		}
		if err := l.enter(n, file, e); err != nil {
			return err
		}
	}
	return nil
}

// noteBroken takes down what keeps the rest of a source from being read.
func (l *rejectLog) noteBroken(o *observer, file int, err *delimited.DataError) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if o.broken == nil {
		o.broken = err
	}
	if l.silent {
		return nil
	}
	n := o.node
	origin := contract.MakeOrigin(file, err.Record)
	l.counts.Files++
	l.counts.Lines++
	l.keep(reject{node: n, origin: origin, line: err.Line, found: err.Problem})
	return l.draft(n, rejectLine{origin: origin, column: noColumn}, "", err.Problem, make([]string, len(n.Columns)), nil)
}

// show counts a reject and keeps it to be shown if it is one of the first.
func (l *rejectLog) show(x reject) {
	l.counts.Lines++
	if len(l.shown[x.node]) < maxRejects {
		l.keep(x)
	}
}

func (l *rejectLog) keep(x reject) {
	if l.shown == nil {
		l.shown = map[*node][]reject{}
	}
	l.shown[x.node] = append(l.shown[x.node], x)
}

// first gives the rejects that are shown, by source and in the order of its
// records. Those that keep the rest of a source from being read are among them
// however many there are, as what they say is that rows are missing.
func (l *rejectLog) first() (first []reject) {
	for _, n := range slices.SortedFunc(maps.Keys(l.shown), func(a, b *node) int { return a.index - b.index }) {
		for _, x := range l.shown[n] {
			if whole := x.expected == "" && x.line > 0; whole || len(first) < maxRejects {
				first = append(first, x)
			}
		}
	}
	return first
}

// draft adds a line, but for its place, to the source's file.
func (l *rejectLog) draft(n *node, line rejectLine, column, reason string, fields []string, raw []byte) error {
	if l.folder == "" {
		return nil
	}
	f := l.files[n.index]
	if f == nil {
		var err error
		if f, err = newRejectFile(l.folder, n); err != nil {
			return err
		}
		l.files[n.index] = f
	}
	raw = bytes.TrimSuffix(bytes.TrimSuffix(raw, []byte("\n")), []byte("\r"))
	return f.add(line, slices.Concat([]string{column, reason}, fields, []string{string(raw)}))
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

// drop gives up the files.
func (l *rejectLog) drop() {
	for _, f := range l.files {
		if f != nil {
			f.drop()
		}
	}
}
