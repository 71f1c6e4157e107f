package pipeline

import (
	"errors"
	"os"
	"path/filepath"
	"slices"

	"github.com/apache/arrow/go/v17/arrow"

	"martlet/internal/changes"
	"martlet/internal/contract"
	"martlet/internal/diskfile"
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
		if err == nil {
			err = r.writeLog(d.append, n, found, since)
		}
		if free != nil {
			free()
		}
		if err != nil {
			return blame(n, err)
		}
	}
	return nil
}

// changesOf finds them, for as long as they are not freed. There is no run since
// which they are where the published rows cannot be compared with those of this run.
func (r *run) changesOf(d *published, u *update, n *node) (found eachChange, since string, free func(), err error) {
	options := changes.Options{Key: n.Grain, Ignore: constants(n), Memory: int64(r.settings.memory) / 4, Mem: r.mem}
	if u != nil {
		if renewal := u.renewalOf(n); !renewal.many {
			return u.fewChanges(n, renewal, options)
		}
	}
	var open []func()
	free = func() {
		for _, f := range open {
			f()
		}
	}
	after, closing, err := openRows(n, d.run.Dir(), r.mem)
	if err != nil {
		return nil, "", free, err
	}
	open = append(open, closing)
	folder, published := d.current()
	if published {
		if before, run, closing, err := openEarlier(n, folder, r.mem); err == nil {
			open = append(open, closing)
			if c, err := changes.Compare(before, after, options); err == nil {
				return c.Each, run, free, nil
			}
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

// writeLog writes a log.
func (r *run) writeLog(create func(folder, extension string) (*os.File, error), n *node, found eachChange, since string) error {
	about := arrow.NewMetadata([]string{keySince}, []string{since})
	schema, err := changes.LogSchema(stamped(n.Node, r.id, r.project.Fingerprint, r.settings.asOf), about)
	if err != nil {
		return err
	}
	f, err := create(changesFolder(n.Name), logExtension)
	if err != nil {
		return err
	}
	buffer := diskfile.New(f)
	err = func() error {
		log, err := changes.NewLog(buffer, schema, r.mem)
		if err != nil {
			return err
		}
		defer log.Release()
		if err := found(log.Add); err != nil {
			return err
		}
		if err := log.Close(); err != nil {
			return err
		}
		r.changed = append(r.changed, changedRows{n, log.Counts, since != ""})
		return nil
	}()
	if err != nil {
		buffer.Drop()
		return errors.Join(err, f.Close())
	}
	return errors.Join(buffer.Close(), f.Close())
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
	t := &tableRows{schema: n.Schema, table: m.Models[i].Data}
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
