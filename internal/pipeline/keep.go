package pipeline

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"

	"martlet/internal/contract"
	"martlet/internal/state"
)

// keeper writes the state of a run while it goes on, for the next one to start from.
type keeper struct {
	run     *run
	dir     string
	seen    map[string]os.FileInfo // the files that an earlier run read, as this one found them
	sources []*keptSource          // by index of the node; nil for models
	models  []*keptModel           // the incremental ones
	lookups []*keptLookup

	mu   sync.Mutex           // guards open: sources are read side by side
	open []*state.TableWriter // of which some are closed
}

// newKeeper begins a state in a folder. What an earlier state, in another folder,
// has is linked into it; it may be nil.
func newKeeper(r *run, dir string, earlier *earlierState, link func(name, source string) error) (*keeper, error) {
	k := &keeper{run: r, dir: dir, sources: make([]*keptSource, len(r.graph.nodes))}
	for i := range r.project.Sources {
		n := r.graph.nodes[i]
		s := &keptSource{keeper: k, node: n, part: r.project.Increments.Sources[i].Part, schema: storedSchema(n)}
		s.state.Name = n.Name
		if earlier != nil {
			s.state = earlier.manifest.Sources[i]
			s.state.Segments, s.state.Rejects = slices.Clone(s.state.Segments), slices.Clone(s.state.Rejects)
			s.old = len(s.state.Segments)
		}
		k.sources[i] = s
	}
	for i := range r.project.Increments.Lookups {
		l := &keptLookup{keeper: k, declared: &r.project.Increments.Lookups[i], index: i}
		if earlier != nil {
			l.tables = slices.Clone(earlier.manifest.Lookups[i])
		}
		k.lookups = append(k.lookups, l)
	}
	for _, n := range r.graph.nodes {
		if n.model != nil && n.model.Increment != nil {
			k.models = append(k.models, &keptModel{keeper: k, node: n})
		}
	}
	if earlier != nil {
		k.seen = earlier.seen
		if err := k.link(earlier, link); err != nil {
			return nil, err
		}
	}
	r.rejects.keeps = true
	return k, nil
}

// link has the tables of the earlier state that stay as they are; made makes a file of
// the state of another one.
func (k *keeper) link(earlier *earlierState, made func(name, source string) error) error {
	m := *earlier.manifest
	m.Models, m.Sources = nil, slices.Clone(m.Sources)
	for i := range m.Sources {
		m.Sources[i].Gathered = nil
	}
	for _, name := range m.Files() {
		err := made(name, filepath.Join(earlier.dir, name))
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return &state.DamagedError{Name: name, How: "it is not there"}
		case err != nil:
			return fmt.Errorf("%s of the state could not be linked: %w", name, err)
		}
	}
	return nil
}

// create begins a table.
func (k *keeper) create(name string, schema *arrow.Schema) (*state.TableWriter, error) {
	w, err := state.Create(k.dir, name, schema, k.run.mem)
	if err == nil {
		k.mu.Lock()
		defer k.mu.Unlock()
		k.open = append(k.open, w)
	}
	return w, err
}

// drop gives up what is being written. After finish it does nothing.
func (k *keeper) drop() {
	for _, w := range k.open {
		w.Drop()
	}
	k.open = nil
}

// first is the index of a source's first file in the run's list.
func (k *keeper) first(n *node) int { return k.run.firstFile(n) }

// firstFile is the index in the run's list of the first file of a source.
func (r *run) firstFile(source *node) int {
	return slices.IndexFunc(r.places.files, func(f seedFile) bool { return f.node == source })
}

// baseSource is the source whose records a node's rows come from: a source's own,
// a model's by way of its base.
func (n *node) baseSource() *node {
	for n.source == nil {
		n = n.inputs[0]
	}
	return n
}

// shifted makes an origin one that counts files from the first of its source, or
// undoes that with a shift of other sign.
func shifted(origin int64, files int) int64 {
	return origin + int64(contract.MakeOrigin(1, 0))*int64(files)
}

// watch has the observers of a run put into the state what they see.
func (k *keeper) watch(observers []*observer) {
	for i, s := range k.sources {
		if s != nil && observers[i] != nil {
			observers[i].sides = append(observers[i].sides, s.add)
		}
	}
}

// watchRows has the observers of the incremental models and of what is joined to
// rows of theirs do the same.
func (k *keeper) watchRows(observers []*observer) {
	for _, m := range k.models {
		o := observers[m.node.index]
		o.sides = append(o.sides, m.add)
	}
	k.watchLookups(observers)
}

// watchLookups is the part of it that is of lookups.
func (k *keeper) watchLookups(observers []*observer) {
	for _, l := range k.lookups {
		o := observers[k.run.graph.byName[l.declared.Base].index]
		o.sides = append(o.sides, l.add)
	}
}

// endSources ends the segments, so that they can be read.
func (k *keeper) endSources() error {
	for _, s := range k.sources {
		if s != nil {
			if err := s.end(); err != nil {
				return err
			}
		}
	}
	return nil
}

// finish completes the state of a run that has succeeded.
func (k *keeper) finish() error {
	r := k.run
	m := &state.Manifest{Fingerprint: r.project.Fingerprint, Program: program(), Run: r.id, AsOf: int64(r.settings.asOf)}
	if err := k.endSources(); err != nil {
		return err
	}
	for i := range r.project.Sources {
		source, err := k.sources[i].finish()
		if err != nil {
			return err
		}
		m.Sources = append(m.Sources, source)
	}
	for _, l := range k.lookups {
		if err := l.end(); err != nil {
			return err
		}
		m.Lookups = append(m.Lookups, l.tables)
	}
	for _, kept := range k.models {
		model, err := kept.finish()
		if err != nil {
			return err
		}
		m.Models = append(m.Models, model)
	}
	for _, n := range r.graph.nodes {
		node, err := r.outcomeOf(n)
		if err != nil {
			return err
		}
		m.Nodes = append(m.Nodes, node)
	}
	k.open = nil
	return m.Write(k.dir)
}

// finish describes all files of the source that have been read by now.
func (s *keptSource) finish() (state.Source, error) {
	r, first := s.keeper.run, s.keeper.first(s.node)
	old := s.state.Files
	s.state.Files = nil
	for i, f := range r.places.files {
		if f.node != s.node {
			continue
		}
		kept, err := s.keeper.described(f, i, old)
		if err != nil {
			return s.state, err
		}
		s.state.Files = append(s.state.Files, kept)
		entries := r.rejects.entered[i]
		if len(entries) == 0 {
			continue
		}
		blob, err := state.WriteBlob(s.keeper.dir, fmt.Sprintf("%s-%d.rejects.json", s.node.Name, len(s.state.Rejects)), entries)
		if err != nil {
			return s.state, err
		}
		s.state.Rejects = append(s.state.Rejects, state.Rejects{File: i - first, Blob: *blob})
	}
	s.state.Latest = r.latest(s.node)
	var err error
	s.state.Gathered, err = state.WriteBlob(s.keeper.dir, s.node.Name+".gathered.json", r.observers[s.node.index].profiler.all.State())
	return s.state, err
}

// described is a file of the run as it was read: by this run, or by an earlier one
// that has it in its list.
func (k *keeper) described(f seedFile, index int, old []state.File) (state.File, error) {
	for _, in := range k.run.inputs[f.node.index] {
		if in.index != index || in.reader == nil {
			continue
		}
		at := in.reader.Position()
		return state.File{Path: f.Path, Size: in.info.Size(), ModTime: in.info.ModTime().UnixNano(), Inode: inode(in.info), SHA256: f.SHA256,
			Faults: f.faultsDigest(), Records: at.Records, Lines: at.Lines, Ragged: at.Ragged}, nil
	}
	i := slices.IndexFunc(old, func(known state.File) bool { return known.Path == f.Path })
	if i < 0 {
		return state.File{}, fmt.Errorf("internal error: %s was not read and is not in the state; please report this", f.Path)
	}
	kept := old[i]
	if now, ok := k.seen[f.Path]; ok { // it may have been copied or touched
		kept.ModTime, kept.Inode = now.ModTime().UnixNano(), inode(now)
	}
	return kept, nil
}

// keptModel puts the ordinals and origins of an incremental model's rows into the
// state and, where no published file has them as they are, the rows.
type keptModel struct {
	keeper *keeper
	node   *node
	rows   *state.TableWriter
	data   *state.TableWriter // nil where a published file has the rows
	shift  int                // the base source's first file

	ordinals, origins []int64 // scratch
}

// modelRowSchema is that of what is kept of a model's rows.
var modelRowSchema = arrow.NewSchema([]arrow.Field{
	{Name: "ordinal", Type: arrow.PrimitiveTypes.Int64},
	{Name: "origin", Type: arrow.PrimitiveTypes.Int64},
}, nil)

func (m *keptModel) begin() (err error) {
	m.shift = m.keeper.first(m.node.baseSource())
	if m.rows, err = m.keeper.create(m.node.Name+".rows.arrows", modelRowSchema); err == nil && publishedFile(m.node) == "" {
		m.data, err = m.keeper.create(m.node.Name+".arrows", m.node.Schema)
	}
	return err
}

// publishedFile is the file among the outputs of a model that has its rows as they
// are, "" where none has.
func publishedFile(n *node) string {
	if slices.Contains(n.model.Formats, "arrow") {
		return n.Name + ".arrow"
	}
	return ""
}

// add keeps the model's next batch, which it borrows.
func (m *keptModel) add(b contract.Batch) error {
	if m.rows == nil {
		if err := m.begin(); err != nil {
			return err
		}
	}
	if len(b.Ordinals) != b.Len() {
		return fmt.Errorf("internal error: a batch of %d rows of %s has %d ordinals; please report this", b.Len(), m.node.Name, len(b.Ordinals))
	}
	m.ordinals, m.origins = m.ordinals[:0], m.origins[:0]
	for i := range b.Origins {
		m.ordinals = append(m.ordinals, shifted(b.Ordinals[i], -m.shift))
		m.origins = append(m.origins, shifted(int64(b.Origins[i]), -m.shift))
	}
	rec := array.NewRecord(modelRowSchema, []arrow.Array{int64Column(m.ordinals), int64Column(m.origins)}, int64(b.Len()))
	defer rec.Release()
	if err := m.rows.Add(rec); err != nil || m.data == nil {
		return err
	}
	return m.data.Add(b.Record)
}

func (m *keptModel) finish() (model state.Model, err error) {
	model.Name = m.node.Name
	if m.rows == nil { // there was no row
		if err := m.begin(); err != nil {
			return model, err
		}
	}
	if model.Rows, err = m.rows.Close(); err != nil {
		return model, err
	}
	if m.data != nil {
		data, err := m.data.Close()
		if err != nil {
			return model, err
		}
		model.Data = &data
	}
	for _, f := range m.keeper.run.observers[m.node.index].output.files {
		if f.name != publishedFile(m.node) {
			continue
		}
		if model.File, err = state.Describe(filepath.Dir(m.keeper.dir), f.name); err != nil {
			return model, err
		}
	}
	if p := m.keeper.run.observers[m.node.index].profiler; p != nil {
		model.Counted, err = state.WriteBlob(m.keeper.dir, m.node.Name+".counted.json", p.all.Tables())
	}
	return model, err
}

// keptLookup puts into the state which keys have rows that are joined by what.
type keptLookup struct {
	keeper   *keeper
	declared *contract.Lookup
	index    int
	tables   []state.Table
	writer   *state.TableWriter

	match, key []uint32 // scratch
}

var lookupSchema = partSchema("match", "key")

// add keeps a batch of the base, which it borrows.
func (l *keptLookup) add(b contract.Batch) (err error) {
	if l.writer == nil {
		if l.writer, err = l.keeper.create(fmt.Sprintf("lookup-%d-%d.arrows", l.index, len(l.tables)), lookupSchema); err != nil {
			return err
		}
	}
	n := b.Len()
	l.match, l.key = slices.Grow(l.match[:0], n)[:n], slices.Grow(l.key[:0], n)[:n]
	l.declared.OfBase(b, l.match)
	l.declared.Key(b, l.key)
	rec := array.NewRecord(lookupSchema, []arrow.Array{uint32Column(l.match), uint32Column(l.key)}, int64(n))
	defer rec.Release()
	return l.writer.Add(rec)
}

func (l *keptLookup) end() error {
	if l.writer == nil {
		return nil
	}
	table, err := l.writer.Close()
	l.writer = nil
	l.tables = append(l.tables, table)
	return err
}
