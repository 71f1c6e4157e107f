package pipeline

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/apache/arrow/go/v17/arrow"

	"martlet/internal/changes"
	"martlet/internal/contract"
	"martlet/internal/diskfile"
	"martlet/internal/publish"
	"martlet/internal/state"
)

// logExtension is that of a log of changes: it is an Arrow file.
const logExtension = "arrow"

// changesFolder is where the logs of an incremental model stand below the published
// folder.
func changesFolder(model string) string { return model + ".changes" }

// keySince names, in the metadata of a log, the run since which it has all changes;
// it is empty where everything is new.
const keySince = "martlet.changes_since"

// logChanges writes what the run changes in the incremental models.
func (r *run) logChanges(d *published, u *update) error {
	for _, n := range r.graph.nodes {
		if n.model == nil || n.model.Increment == nil {
			continue
		}
		found, since, free, err := r.changesOf(d, u, n)
		var counts changes.Counts
		if err == nil {
			schema := stamped(n.Node, r.id, r.project.Fingerprint, r.settings.asOf)
			counts, err = writeLog(d.append, n, schema, found, since, r.mem)
			r.changed = append(r.changed, changedRows{n, counts, since != ""})
		}
		if free != nil {
			free()
		}
		if err != nil {
			return blame(n, fmt.Errorf("the changes could not be logged: %w", err))
		}
	}
	return nil
}

// changesOf finds them, for as long as they are not freed; since is the run that
// they are the changes from.
func (r *run) changesOf(d *published, u *update, n *node) (found eachChange, since string, free func(), err error) {
	options := changeOptions(n, r.settings.memory, r.mem)
	if u != nil {
		if renewal := u.renewalOf(n); !renewal.many {
			return u.fewChanges(n, renewal, options)
		}
	}
	folder, _ := d.current()
	return changesBetween(n, folder, d.run.Dir(), options)
}

// changeOptions are those of comparing the rows of an incremental model.
func changeOptions(n *node, memory budget, mem contract.Allocator) changes.Options {
	return changes.Options{Key: n.Grain, Ignore: constants(n), Memory: int64(memory) / 4, Mem: mem}
}

// changesBetween finds what changed between the rows of an incremental model that two
// runs made, by their folders. There is no run since which they are where the first
// is "" or its rows cannot be compared with those of the other: all are new then.
func changesBetween(n *node, from, to string, options changes.Options) (found eachChange, since string, free func(), err error) {
	var open []func()
	free = func() {
		for _, f := range open {
			f()
		}
	}
	after, closing, err := openRows(n, to, options.Mem)
	if err != nil {
		return nil, "", free, err
	}
	open = append(open, closing)
	if from == "" {
		return inserts(after), "", free, nil
	}
	if before, run, closing, err := openEarlier(n, from, options.Mem); err == nil {
		open = append(open, closing)
		if c, err := changes.Compare(before, after, options); err == nil {
			return c.Each, run, free, nil
		}
	}
	return inserts(after), "", free, nil
}

// eachChange gives the rows that changed.
type eachChange = func(emit func(ops []changes.Operation, rows arrow.Record) error) error

// constants are the columns of a model that say nothing of a row.
func constants(n *node) (names []string) {
	for _, c := range n.model.Increment.Constant {
		names = append(names, n.Columns[c].Name)
	}
	return names
}

// runOf is the identity of the run that a published schema is of.
func runOf(schema *arrow.Schema) string {
	md := schema.Metadata()
	if i := md.FindKey(keyRun); i >= 0 {
		return md.Values()[i]
	}
	return ""
}

// inserts gives all rows as new.
func inserts(rows changes.Reader) eachChange {
	return func(emit func(ops []changes.Operation, rows arrow.Record) error) error {
		for i := range rows.NumRecords() {
			rec, err := rows.RecordAt(i)
			if err != nil {
				return err
			}
			err = emit(slices.Repeat([]changes.Operation{changes.Insert}, int(rec.NumRows())), rec)
			rec.Release()
			if err != nil {
				return err
			}
		}
		return nil
	}
}

// fewChanges finds what changed among the rows that an update made anew.
func (u *update) fewChanges(n *node, r *renewal, options changes.Options) (found eachChange, since string, free func(), err error) {
	before, err := newInMemory(u.mem, n.Schema, u.before[n.index], r.was)
	if err != nil {
		return nil, "", before.release, err
	}
	after, err := newInMemory(u.mem, n.Schema, u.after[n.index], r.is)
	free = func() {
		before.release()
		after.release()
	}
	if err != nil {
		return nil, "", free, err
	}
	c, err := changes.Compare(before, after, options)
	if err != nil {
		return nil, "", free, err
	}
	return c.Each, u.manifest.Run, free, nil
}

// renewalOf is how a model was renewed.
func (u *update) renewalOf(n *node) *renewal {
	return u.renewals[slices.IndexFunc(u.renewals, func(r *renewal) bool { return r.node == n })]
}

// writeLog writes the log of a model's changes, which are the rows of a run that the
// schema is stamped with.
func writeLog(create func(folder, extension string) (*os.File, error), n *node, of *arrow.Schema, found eachChange, since string, mem contract.Allocator) (counts changes.Counts, err error) {
	schema, err := changes.LogSchema(of, arrow.NewMetadata([]string{keySince}, []string{since}))
	if err != nil {
		return counts, err
	}
	f, err := create(changesFolder(n.Name), logExtension)
	if err != nil {
		return counts, err
	}
	buffer := diskfile.New(f)
	defer buffer.Drop()
	log, err := changes.NewLog(buffer, schema, mem)
	if err != nil {
		return counts, errors.Join(err, f.Close())
	}
	defer log.Release()
	err = found(log.Add)
	if err == nil {
		err = errors.Join(log.Close(), buffer.Close())
	}
	return log.Counts, errors.Join(err, f.Close())
}

// logReturn writes what going back to an earlier run changes in the incremental
// models.
func (a *app) logReturn(r *publish.Return) error {
	g, err := newGraph(a.project)
	if err != nil {
		return err
	}
	for _, n := range g.nodes {
		if n.model == nil || n.model.Increment == nil {
			continue
		}
		options := changeOptions(n, defaultMemory(), a.mem)
		found, since, free, err := changesBetween(n, r.From, r.To, options)
		if err == nil {
			var schema *arrow.Schema
			if schema, err = schemaOf(n, r.To, a.mem); err == nil {
				_, err = writeLog(r.Append, n, schema, found, since, a.mem)
			}
		}
		free()
		if err != nil {
			return fmt.Errorf("the changes of %s could not be logged: %w", n.Name, err)
		}
	}
	return nil
}

// schemaOf is the schema of the rows of an incremental model that a run made.
func schemaOf(n *node, folder string, mem contract.Allocator) (*arrow.Schema, error) {
	rows, free, err := openRows(n, folder, mem)
	if err != nil {
		return nil, err
	}
	defer free()
	return rows.Schema(), nil
}

// openEarlier opens the rows of a model that an earlier run published, and names the
// run. Where it has a state, they are as that says.
func openEarlier(n *node, folder string, mem contract.Allocator) (rows changes.Reader, run string, free func(), err error) {
	m, err := state.Read(filepath.Join(folder, stateFolder))
	switch {
	case errors.Is(err, state.ErrNone):
		if rows, free, err = openRows(n, folder, mem); err == nil {
			run = runOf(rows.Schema())
		}
		return rows, run, free, err
	case err != nil:
		return nil, "", nil, err
	}
	for i := range m.Models {
		if known := &m.Models[i]; known.Name == n.Name && known.File != nil {
			if err := known.File.Check(folder); err != nil {
				return nil, "", nil, err
			}
		}
	}
	rows, free, err = openRows(n, folder, mem)
	return rows, m.Run, free, err
}

// openRows opens the rows of an incremental model that a run made, in its folder.
func openRows(n *node, folder string, mem contract.Allocator) (rows changes.Reader, free func(), err error) {
	if name := publishedFile(n); name != "" {
		f, err := openArrow(filepath.Join(folder, name), mem)
		if err != nil {
			return nil, nil, err
		}
		return f, func() { _ = f.close() }, nil
	}
	dir := filepath.Join(folder, stateFolder)
	m, err := state.Read(dir)
	if err != nil {
		return nil, nil, err
	}
	i := slices.IndexFunc(m.Models, func(known state.Model) bool { return known.Name == n.Name })
	if i < 0 || m.Models[i].Data == nil {
		return nil, nil, state.ErrNone
	}
	t := &tableRows{schema: stamped(n.Node, m.Run, m.Fingerprint, asOfState(m)), table: m.Models[i].Data}
	if len(t.table.Blocks) > 0 {
		if t.reader, err = t.table.Open(dir, mem); err != nil {
			return nil, nil, err
		}
	}
	return t, t.close, nil
}

// tableRows gives the rows of a table.
type tableRows struct {
	schema *arrow.Schema
	table  *state.Table
	reader *state.TableReader // nil where there are none
}

// Schema, NumRecords and RecordAt are of changes.Reader.
func (t *tableRows) Schema() *arrow.Schema { return t.schema }

// NumRecords is the number of batches.
func (t *tableRows) NumRecords() int { return len(t.table.Blocks) }

// RecordAt gives a batch.
func (t *tableRows) RecordAt(i int) (arrow.Record, error) {
	rec, _, err := t.reader.Read(i, nil)
	return rec, err
}

func (t *tableRows) close() {
	if t.reader != nil {
		_ = t.reader.Close() // only read
	}
}

// changedRows is what a run changed in a model.
type changedRows struct {
	node *node
	changes.Counts
	compared bool // with what was published before; otherwise all rows are new
}
