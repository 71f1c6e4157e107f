package histories

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"pgregory.net/rapid"
)

// publication is a folder into which builds publish, and what readers of it know.
type publication struct {
	*rapid.T
	folder  string
	project *Project

	files map[string]string // that are published: content by name
	run   string            // that published them, "" before the first one
	// outdated is true where files that it read have changed since, and not only grown.
	outdated bool
	// damaged is true once the state of a run was, which later ones may share: then
	// everything may be computed at any time, and a log begin anew.
	damaged bool
	seen    map[string]bool              // logs
	known   map[string]keyed             // by model: what the logs add up to
	before  map[string]keyed             // by model: what was published
	ids     map[string]string            // of all runs, by their folders
	all     map[string]map[string]string // what each of these published
}

func newPublication(t *rapid.T, folder string, p *Project) *publication {
	return &publication{T: t, folder: folder, project: p, seen: map[string]bool{},
		known: map[string]keyed{}, before: map[string]keyed{},
		ids: map[string]string{}, all: map[string]map[string]string{}}
}

// published are the files of the run that is current.
func published(t *rapid.T, folder string) map[string]string {
	files := map[string]string{}
	entries, err := os.ReadDir(filepath.Join(folder, "current"))
	if os.IsNotExist(err) {
		return files
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.IsDir() {
			continue
		}
		content, err := os.ReadFile(filepath.Join(folder, e.Name())) // as readers do
		if err != nil {
			t.Fatal(err)
		}
		files[e.Name()] = string(content)
	}
	return files
}

// stays wants that a run which failed, or had nothing to do, has changed nothing.
func (p *publication) stays() {
	if now := published(p.T, p.folder); !maps.Equal(now, p.files) && len(now)+len(p.files) > 0 {
		p.Errorf("files were published though nothing should have been")
	}
	for i := range p.project.Models {
		if logs := p.newLogs(&p.project.Models[i]); len(logs) > 0 {
			p.Errorf("logs were written though nothing was published: %v", logs)
		}
	}
}

// follow reads what a run has published.
func (p *publication) follow(run string) {
	p.files = published(p.T, p.folder)
	for i := range p.project.Models {
		m := &p.project.Models[i]
		if err := p.followModel(m, run); err != nil {
			p.Errorf("%s: %v", m.Name, err)
		}
	}
	p.run, p.outdated = run, false
	p.ids[p.current()], p.all[run] = run, p.files
}

// current is the name of the current run's folder.
func (p *publication) current() string {
	link, err := os.Readlink(filepath.Join(p.folder, "current"))
	if err != nil {
		p.Fatal(err)
	}
	return filepath.Base(link)
}

// goneBack wants what an earlier run published, and logs of that.
func (p *publication) goneBack() {
	run := p.ids[p.current()]
	p.follow(run)
	p.outdated = true
	if !maps.Equal(p.files, p.all[run]) {
		p.Errorf("the run that was gone back to has other files than it published")
	}
}

// damage changes one byte of the current run's state, or cuts a file short.
func (p *publication) damage(pick Pick) {
	files, err := filepath.Glob(filepath.Join(p.folder, "current", "state", "*"))
	if err != nil {
		p.Fatal(err)
	}
	if len(files) == 0 {
		return
	}
	path := files[pick(len(files))]
	content, err := os.ReadFile(path)
	if err != nil {
		p.Fatal(err)
	}
	if len(content) == 0 {
		return
	}
	at := pick(len(content))
	p.Logf("%s is damaged at byte %d", filepath.Base(path), at)
	if pick(2) == 0 {
		content = content[:at]
	} else {
		content[at] ^= 1 << pick(8)
	}
	if err := os.WriteFile(path, content, 0o640); err != nil { // in place: states share their files
		p.Fatal(err)
	}
	p.damaged = true
}

// newLogs are the paths of the logs that have not been seen yet.
func (p *publication) newLogs(m *Model) (paths []string) {
	all, err := filepath.Glob(filepath.Join(p.folder, m.Name+".changes", "*"))
	if err != nil {
		p.Fatal(err)
	}
	for _, path := range all {
		if !p.seen[path] {
			p.seen[path] = true
			paths = append(paths, path)
		}
	}
	slices.Sort(paths)
	return paths
}

// followModel reads the log of a run, and holds it against the rows before and
// after, and all logs together against these.
func (p *publication) followModel(m *Model, run string) error {
	mart := parseCSV(p.files[m.Name+".csv"])
	after, err := m.byKey(mart)
	if err != nil {
		return err
	}
	logs := p.newLogs(m)
	if len(logs) == 0 && run == p.run && maps.EqualFunc(after, p.before[m.Name], slices.Equal) {
		return nil // it is the current one already
	}
	if len(logs) != 1 {
		return fmt.Errorf("a run has written %d logs", len(logs))
	}
	log, since, err := readLog(logs[0])
	if err != nil {
		return err
	}
	if !slices.Equal(log.columns[1:], mart.columns) {
		return fmt.Errorf("the log has the columns %v", log.columns)
	}
	switch {
	case since == "" && (p.run == "" || p.damaged): // it begins anew
		p.known[m.Name], p.before[m.Name] = keyed{}, keyed{}
	case since != p.run:
		return fmt.Errorf("the log goes on from %q, not from %q", since, p.run)
	}
	if err := m.compareLog(log, m.changes(mart.columns, p.before[m.Name], after)); err != nil {
		return err
	}
	if err := m.replay(p.known[m.Name], log); err != nil {
		return err
	}
	p.before[m.Name] = after
	return m.agree(mart.columns, p.known[m.Name], after)
}

// compareLog wants that a log has the changes and nothing else.
func (m *Model) compareLog(log table, want map[string]change) error {
	for _, row := range log.rows {
		key := m.key(log.columns, row)
		w, ok := want[key]
		if !ok {
			return fmt.Errorf("the log has %v, and nothing happened to it", row)
		}
		if w.operation != row[0] || !slices.Equal(w.row, row[1:]) {
			return fmt.Errorf("the log has %v, not %v", row, w)
		}
		delete(want, key)
	}
	for _, w := range want {
		return fmt.Errorf("the log lacks %v", w)
	}
	return nil
}

// replay does to rows what a log says.
func (m *Model) replay(rows keyed, log table) error {
	for _, row := range log.rows {
		key := m.key(log.columns, row)
		if _, known := rows[key]; known != (row[0] != "insert") {
			return fmt.Errorf("the log has %v, and the row is there: %t", row, known)
		}
		if row[0] == "delete" {
			delete(rows, key)
		} else {
			rows[key] = row[1:]
		}
	}
	return nil
}

// agree wants two states to be the same but for what only depends on now().
func (m *Model) agree(columns []string, replayed, rows keyed) error {
	if len(replayed) != len(rows) {
		return fmt.Errorf("all logs give %d rows, and there are %d", len(replayed), len(rows))
	}
	for key, row := range rows {
		if got, ok := replayed[key]; !ok || m.lasting(columns, got) != m.lasting(columns, row) {
			return fmt.Errorf("all logs give %v, and there is %v", strings.Join(got, ","), strings.Join(row, ","))
		}
	}
	return nil
}
