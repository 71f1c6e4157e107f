package histories

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/apache/arrow/go/v17/arrow/ipc"

	"martlet/internal/sink"
)

// table is a relation as CSV has it: each field as it stands there, quotes and all.
type table struct {
	columns []string
	rows    [][]string
}

// parseCSV reads what the program writes.
func parseCSV(text string) (t table) {
	var record []string
	for len(text) > 0 {
		end, quoted := 0, false
		for quoted || text[end] != ',' && text[end] != '\n' {
			quoted = quoted != (text[end] == '"')
			end++
		}
		record = append(record, text[:end])
		if text[end] == '\n' {
			if t.columns == nil {
				t.columns = record
			} else {
				t.rows = append(t.rows, record)
			}
			record = nil
		}
		text = text[end+1:]
	}
	return t
}

// readLog reads a log of changes, with the run that it says it goes on from.
func readLog(path string) (t table, since string, err error) {
	f, err := os.Open(path)
	if err != nil {
		return t, "", err
	}
	defer f.Close() // only read
	r, err := ipc.NewFileReader(f)
	if err != nil {
		return t, "", err
	}
	defer r.Close()
	md := r.Schema().Metadata()
	i := md.FindKey("martlet.changes_since")
	if i < 0 {
		return t, "", fmt.Errorf("%s does not say since when it has changes", path)
	}
	var text bytes.Buffer
	csv, err := sink.NewCSV(&text, r.Schema(), sink.CSVOptions{})
	if err != nil {
		return t, "", err
	}
	for i := range r.NumRecords() {
		rec, err := r.Record(i)
		if err == nil {
			err = csv.Write(rec)
		}
		if err != nil {
			return t, "", err
		}
	}
	err = csv.Close()
	return parseCSV(text.String()), md.Values()[i], err
}

// change is one row of a log: the operation, and the row's fields.
type change struct {
	operation string
	row       []string
}

// keyed are the rows of a table by their keys.
type keyed map[string][]string

// key is that of a row of a model.
func (m *Model) key(columns, row []string) string {
	var parts []string
	for i, name := range columns {
		if slices.Contains(m.Key, name) {
			parts = append(parts, row[i])
		}
	}
	return strings.Join(parts, ",")
}

// lasting is a row without what only depends on now().
func (m *Model) lasting(columns, row []string) string {
	var parts []string
	for i, name := range columns {
		if !slices.Contains(m.Constant, name) {
			parts = append(parts, row[i])
		}
	}
	return strings.Join(parts, ",")
}

// byKey gives the rows of a table.
func (m *Model) byKey(t table) (keyed, error) {
	rows := keyed{}
	for _, row := range t.rows {
		key := m.key(t.columns, row)
		if _, twice := rows[key]; twice {
			return nil, fmt.Errorf("%s is there twice", key)
		}
		rows[key] = row
	}
	return rows, nil
}

// changes are those from one state of the model to the next, by key.
func (m *Model) changes(columns []string, before, after keyed) map[string]change {
	all := map[string]change{}
	for key, row := range after {
		if was, known := before[key]; !known {
			all[key] = change{"insert", row}
		} else if m.lasting(columns, was) != m.lasting(columns, row) {
			all[key] = change{"update", row}
		}
	}
	for key, row := range before {
		if _, stays := after[key]; !stays {
			all[key] = change{"delete", row}
		}
	}
	return all
}
