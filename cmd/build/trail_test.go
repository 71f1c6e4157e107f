package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/ipc"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"martlet/internal/state"
)

// arrowTable is an Arrow file of the mart, or of its changes, as text.
type arrowTable struct {
	run, since string
	rows       []arrowRow
}

// arrowRow is a row without the column that is the run's as-of time.
type arrowRow struct{ operation, user, rest string }

func readArrow(t testing.TB, content string) arrowTable {
	t.Helper()
	r, err := ipc.NewFileReader(strings.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	metadata := r.Schema().Metadata()
	value := func(key string) string {
		text, _ := metadata.GetValue(key)
		return text
	}
	table := arrowTable{run: value("martlet.run"), since: value("martlet.changes_since")}
	for i := range r.NumRecords() {
		rec, err := r.Record(i)
		if err != nil {
			t.Fatal(err)
		}
		table.rows = append(table.rows, rowsOf(rec)...)
	}
	return table
}

func rowsOf(rec arrow.Record) []arrowRow {
	rows := make([]arrowRow, rec.NumRows())
	text := make([]strings.Builder, len(rows))
	for i, column := range rec.Columns() {
		name := rec.ColumnName(i)
		for j := range rows {
			switch value := column.ValueStr(j); name {
			case "_operation":
				rows[j].operation = value
			case "user_id":
				rows[j].user = value
			case "mart_built_at":
			default:
				text[j].WriteString(value + "\t")
			}
		}
	}
	for j := range rows {
		rows[j].rest = text[j].String()
	}
	return rows
}

// trail is what one who follows the logs of changes knows, and who has seen every
// run become the current one.
type trail struct {
	*site
	runs    []string // the folder of each that became the current one, again and again
	since   string   // the run that is known up to
	replays int      // of the logs, those replayed
	rows    map[string]string
}

// look notes what is current now. No more than one program may have run since the
// last look. It gives the logs, which are those of all these runs and, where a
// program was killed, that of a run that may not have become the current one.
func (r *trail) look(killed bool) (logs []string) {
	r.t.Helper()
	if now := r.currentRun(); len(r.runs) == 0 || r.runs[len(r.runs)-1] != now {
		r.runs = append(r.runs, now)
	}
	logs, err := filepath.Glob(r.path("out/mart_users_marketing.changes/*"))
	if err != nil {
		r.t.Fatal(err)
	}
	var found []string
	for _, log := range logs {
		_, run, _ := strings.Cut(strings.TrimSuffix(filepath.Base(log), ".arrow"), "-")
		found = append(found, run)
	}
	if killed && len(found) == len(r.runs)+1 {
		found = found[:len(r.runs)]
	}
	if !slices.Equal(found, r.runs) {
		r.t.Errorf("there are logs of %q, and the runs were %q", found, r.runs)
	}
	return logs
}

// follow replays the logs that are new, after which what is known are the rows that
// are published.
func (r *trail) follow() {
	r.t.Helper()
	logs := r.look(false)
	for ; r.replays < len(logs) && !r.t.Failed(); r.replays++ {
		content, err := os.ReadFile(logs[r.replays])
		if err != nil {
			r.t.Fatal(err)
		}
		r.replay(filepath.Base(logs[r.replays]), readArrow(r.t, string(content)))
	}
	mart := readArrow(r.t, r.read(martArrow))
	same := len(mart.rows) == len(r.rows)
	for _, row := range mart.rows {
		same = same && r.rows[row.user] == row.rest
	}
	if !same || mart.run != r.since {
		r.t.Errorf("the logs lead to %d rows of run %s, and others are published: %d of run %s", len(r.rows), r.since, len(mart.rows), mart.run)
	}
}

func (r *trail) replay(name string, log arrowTable) {
	r.t.Helper()
	if !strings.HasPrefix(log.run, r.runs[r.replays][:16]) || log.since != r.since {
		r.t.Errorf("%s has changes from %q to %q, expected those since %q", name, log.since, log.run, r.since)
	}
	if log.since == "" {
		r.rows = map[string]string{}
	}
	r.since = log.run
	for _, row := range log.rows {
		old, known := r.rows[row.user]
		if known != (row.operation != "insert") || row.operation == "update" && old == row.rest || row.operation == "delete" && old != row.rest {
			r.t.Errorf("%s: %s of user %s, who was known: %v", name, row.operation, row.user, known)
		}
		r.rows[row.user] = row.rest
		if row.operation == "delete" {
			delete(r.rows, row.user)
		}
	}
}

// checkState reads all of the current run's state, which must be of that run.
func (s *site) checkState(run string) {
	s.t.Helper()
	dir := s.path("out/current/state")
	m, err := state.Read(dir)
	if err != nil || m.Run != run {
		s.t.Fatalf("the state is not that of run %s: %v", run, err)
	}
	var tables []*state.Table
	for i := range m.Sources {
		for j := range m.Sources[i].Segments {
			tables = append(tables, &m.Sources[i].Segments[j].Rows, m.Sources[i].Segments[j].Parts)
		}
		for _, rejects := range m.Sources[i].Rejects {
			var any any
			if err := rejects.Read(dir, &any); err != nil {
				s.t.Error(err)
			}
		}
	}
	for i := range m.Lookups {
		for j := range m.Lookups[i] {
			tables = append(tables, &m.Lookups[i][j])
		}
	}
	for i := range m.Models {
		tables = append(tables, &m.Models[i].Rows, m.Models[i].Data)
	}
	for _, table := range tables {
		if table == nil || len(table.Blocks) == 0 {
			continue
		}
		if err := readTable(dir, table); err != nil {
			s.t.Errorf("%s: %v", table.Name, err)
		}
	}
}

// readTable reads every block, with its checksum.
func readTable(dir string, table *state.Table) error {
	r, err := table.Open(dir, memory.DefaultAllocator)
	if err != nil {
		return err
	}
	defer r.Close()
	for i := range table.Blocks {
		rec, _, err := r.Read(i, nil)
		if err != nil {
			return err
		}
		rec.Release()
	}
	return nil
}
