package report

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"time"
)

// historyHeader names the columns of the history of test results.
var historyHeader = []string{"generated_at", "invocation", "run", "as_of", "command", "test", "node", "column", "kind", "severity", "status", "failures", "rows"}

// AppendHistory adds a line for each test of the run that was decided, passes
// included, to the CSV file at path, which gets a header where it is new; now is
// when that happens. All lines are written in one piece. Where an earlier run was
// killed while it wrote, what it left of a line is taken out, and note says so.
// A file that has other columns is left as it is, which is an error.
func AppendHistory(path string, r *Run, now time.Time) (note string, err error) {
	lines := historyLines(r, now)
	if len(lines) == 0 {
		return "", nil
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_APPEND|os.O_CREATE, 0o640)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	size, torn, err := wholeLines(f)
	if err != nil {
		return "", err
	}
	if torn > 0 {
		if err := f.Truncate(size); err != nil {
			return "", err
		}
		note = fmt.Sprintf("%s: took out a line that a run which was killed had not finished, %s", path, Plural(torn, "byte"))
	}
	head := csvText([][]string{historyHeader})
	if size == 0 {
		lines = append(head, lines...)
	} else if found := make([]byte, len(head)); size < int64(len(head)) || readFull(f, found) != nil || !bytes.Equal(found, head) {
		return note, fmt.Errorf("%s: found other columns than %s: move the file away, so that a new one is begun", path, bytes.TrimSpace(head))
	}
	_, err = f.Write(lines)
	return note, err
}

func readFull(f *os.File, into []byte) error {
	_, err := f.ReadAt(into, 0)
	return err
}

// wholeLines is how many bytes of a file are whole lines, and how many are left.
func wholeLines(f *os.File) (size, torn int64, err error) {
	info, err := f.Stat()
	if err != nil {
		return 0, 0, err
	}
	end := info.Size()
	buf := make([]byte, 4096)
	for at := end; at > 0; {
		n := min(at, int64(len(buf)))
		at -= n
		if _, err := io.ReadFull(io.NewSectionReader(f, at, n), buf[:n]); err != nil {
			return 0, 0, err
		}
		if i := bytes.LastIndexByte(buf[:n], '\n'); i >= 0 {
			return at + int64(i) + 1, end - at - int64(i) - 1, nil
		}
	}
	return 0, end, nil
}

// historyLines are the tests that were decided, as CSV; nothing where none was.
func historyLines(r *Run, now time.Time) []byte {
	var lines [][]string
	for i := range r.Tests {
		t := &r.Tests[i]
		if t.Status == Skipped {
			continue
		}
		lines = append(lines, []string{clock(now), r.Invocation, r.ID, clock(r.AsOf), r.Command, t.Name, t.Node, t.Column, t.Kind,
			string(t.Severity), string(t.Status), strconv.FormatInt(t.Failures, 10), strconv.FormatInt(t.Rows, 10)})
	}
	return csvText(lines)
}

func csvText(lines [][]string) []byte {
	var text bytes.Buffer
	w := csv.NewWriter(&text)
	_ = w.WriteAll(lines) // into memory
	return text.Bytes()
}
