package pipeline

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"sync"

	"martlet/internal/delimited"
	"martlet/internal/ingest"
	"martlet/internal/report"
	"martlet/internal/state"
)

// earlierState is the state of the run that is published, and what of it is.
type earlierState struct {
	dir      string // of the state
	outputs  string // the run's folder
	manifest *state.Manifest
	seen     map[string]os.FileInfo // its files, by path, before anybody looked into them
	begun    map[string]bool        // of files that grew: whether they begin with what was read
}

// delta is what a run has to do that starts from an earlier state.
type delta struct {
	*earlierState
	unread []bool                     // by index of the file in the run's list: it is read, in whole or on
	grown  map[int]delimited.Position // where those that grew are read on
	none   bool                       // no file is read
}

// incremental says whether the project has models that runs bring up to date.
func (r *run) incremental() bool {
	return r.project.Increments != nil && r.settings.command == "build" && !r.scope.partial && !r.settings.aside
}

// findEarlier looks for the state of the run that is published. Where there is none
// that is of use, why says so.
func (r *run) findEarlier(d *published) (earlier *earlierState, why string) {
	if r.settings.refresh {
		return nil, "it was asked for"
	}
	if r.settings.noProofs {
		return nil, "tests that the plan proves are to run too"
	}
	folder, ok := d.current()
	if !ok {
		return nil, "nothing is published yet"
	}
	e := &earlierState{outputs: folder, dir: filepath.Join(folder, stateFolder)}
	m, err := state.Read(e.dir)
	switch {
	case errors.Is(err, state.ErrNone):
		return nil, "the run that is published has no state"
	case err != nil:
		return nil, err.Error()
	case m.Fingerprint != r.project.Fingerprint:
		return nil, "the schema has changed"
	case m.Program != program():
		return nil, "the program is another one than that of the run that is published"
	case !r.fits(m):
		return nil, "the state is not one of this project"
	}
	e.manifest = m
	return e, ""
}

// program tells this program from others that were built of the same schema and may
// compute something else: the revision it was built from, as far as Go noted it.
var program = sync.OnceValue(func() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	var revision string
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" || s.Key == "vcs.modified" && s.Value == "true" {
			revision += s.Value + " "
		}
	}
	return strings.TrimSpace(revision)
})

// fits says whether a state has what the project has.
func (r *run) fits(m *state.Manifest) bool {
	if len(m.Sources) != len(r.project.Sources) || len(m.Nodes) != len(r.graph.nodes) || len(m.Lookups) != len(r.project.Increments.Lookups) {
		return false
	}
	for i, n := range r.graph.nodes {
		if m.Nodes[i].Name != n.Name || len(m.Nodes[i].Tests) != len(n.Tests) || n.source != nil && m.Sources[i].Name != n.Name {
			return false
		}
	}
	return true
}

// look takes down what the file system says of the files. Whatever is read of them
// afterwards may be newer, which the next run finds out.
func (e *earlierState) look(root string) {
	e.seen = map[string]os.FileInfo{}
	for i := range e.manifest.Sources {
		for j := range e.manifest.Sources[i].Files {
			path := e.manifest.Sources[i].Files[j].Path
			if now, err := os.Stat(filepath.Join(root, filepath.FromSlash(path))); err == nil {
				e.seen[path] = now
			}
		}
	}
}

// trust finds the files that are as they were when they were read, by size, time and
// inode, and gives their digests; those that only grew are read once for both of
// theirs.
func (e *earlierState) trust(root string) ingest.Trusted {
	e.begun = map[string]bool{}
	digests := map[string]string{}
	var mu sync.Mutex
	var tasks []func() error
	for i := range e.manifest.Sources {
		for j := range e.manifest.Sources[i].Files {
			f := &e.manifest.Sources[i].Files[j]
			path := filepath.Join(root, filepath.FromSlash(f.Path))
			now, ok := e.seen[f.Path]
			switch {
			case !ok: // whoever opens the file tells
			case now.Size() == f.Size && now.ModTime().UnixNano() == f.ModTime && inode(now) == f.Inode:
				digests[f.Path] = f.SHA256
			case now.Size() > f.Size:
				tasks = append(tasks, func() error {
					begins, whole, err := digestsOf(path, f)
					if err != nil {
						return nil // whoever opens the file tells
					}
					mu.Lock()
					defer mu.Unlock()
					e.begun[f.Path], digests[f.Path] = begins, whole
					return nil
				})
			}
		}
	}
	_ = together(tasks) // there is no error
	return func(path string) (string, bool) {
		sum, ok := digests[path]
		return sum, ok
	}
}

// compare finds what is new in the files of a run. Where that is not only records
// behind those that were read, why says what else it is.
func (e *earlierState) compare(r *run) (d *delta, why string) {
	d = &delta{earlierState: e, unread: make([]bool, len(r.places.files)), grown: map[int]delimited.Position{}, none: true}
	for i := range r.project.Sources {
		n := r.graph.nodes[i]
		if why := d.compareSource(r, n, &e.manifest.Sources[i]); why != "" {
			return nil, why
		}
		if len(e.manifest.Sources[i].Segments) >= maxSegments {
			return nil, fmt.Sprintf("the state has the records of %s in %d pieces", n.Name, len(e.manifest.Sources[i].Segments))
		}
		if d.reads(r, n) && r.project.Increments.Sources[i].Anywhere {
			return nil, n.Name + " has new records, and they may change any row"
		}
	}
	return d, ""
}

// maxSegments is in how many pieces the state may have the records of a source:
// opening many files takes time, too.
const maxSegments = 256

// reads says whether there is something new in a source.
func (d *delta) reads(r *run, n *node) bool {
	for i, f := range r.places.files {
		if f.node == n && d.unread[i] {
			return true
		}
	}
	return false
}

func (d *delta) compareSource(r *run, n *node, known *state.Source) (why string) {
	first := r.firstFile(n)
	files := r.places.files[first:]
	for i := range known.Files {
		was := &known.Files[i]
		if i >= len(files) || files[i].node != n || files[i].Path > was.Path {
			return was.Path + " is gone"
		}
		now := &files[i]
		switch {
		case now.Path < was.Path:
			return fmt.Sprintf("%s stands before %s, which was read already", now.Path, was.Path)
		case now.SHA256 == was.SHA256 && now.faultsDigest() == was.Faults:
		case len(now.Faults) > 0 || was.Faults != "":
			return now.Path + " has changed"
		default:
			if why := d.growth(r, now, was, first+i); why != "" {
				return why
			}
			if i < len(known.Files)-1 {
				return now.Path + " has grown, and is not the last file of its source"
			}
		}
	}
	for i := len(known.Files); i < len(files) && files[i].node == n; i++ {
		d.unread[first+i], d.none = true, false
	}
	return ""
}

// growth finds out whether a file that is not as it was has more records behind
// those it had, and nothing else.
func (d *delta) growth(r *run, now *seedFile, was *state.File, index int) (why string) {
	changed := now.Path + " has changed"
	if !delimited.CanGrow(now.Path, now.node.source.Dialect) {
		return changed
	}
	same, known := d.begun[now.Path]
	if !known {
		var err error
		if same, _, err = digestsOf(filepath.Join(r.settings.root, filepath.FromSlash(now.Path)), was); err != nil {
			return changed
		}
	}
	if !same {
		return changed
	}
	d.unread[index], d.none = true, false
	d.grown[index] = delimited.Position{Offset: was.Size, Records: was.Records, Lines: was.Lines, Ragged: was.Ragged}
	return ""
}

// digestsOf says whether a file begins with what was read, the last line of which had
// an end, and gives the digest of all of it.
func digestsOf(path string, was *state.File) (begins bool, whole string, err error) {
	in, err := os.Open(path)
	if err != nil {
		return false, "", err
	}
	defer in.Close() // only read
	last := make([]byte, 1)
	if was.Size > 0 {
		if _, err := in.ReadAt(last, was.Size-1); err != nil {
			return false, "", err
		}
	}
	sum := sha256.New()
	buffer := make([]byte, 1<<20)
	if _, err := io.CopyBuffer(sum, io.LimitReader(in, was.Size), buffer); err != nil {
		return false, "", err
	}
	begins = last[0] == '\n' && hex.EncodeToString(sum.Sum(nil)) == was.SHA256
	_, err = io.CopyBuffer(sum, struct{ io.Reader }{in}, buffer)
	return begins, hex.EncodeToString(sum.Sum(nil)), err
}

// tooMuch says why so much is new that it is quicker to compute everything.
func (d *delta) tooMuch(r *run) (why string) {
	var fresh, all int64
	for i, f := range r.places.files {
		info, err := os.Stat(filepath.Join(r.settings.root, filepath.FromSlash(f.Path)))
		if err != nil {
			continue // it is told when the file is opened
		}
		all += info.Size()
		if d.unread[i] {
			fresh += info.Size() - d.grown[i].Offset
		}
	}
	if all > smallInputs && fresh > all/4 {
		return "more than a quarter of the records is new"
	}
	return ""
}

// smallInputs are so small, in bytes, that it does not matter what is quicker.
const smallInputs = 64 << 20

// said is how many files a run reads, for people.
func (d *delta) said() string {
	files, grown := int64(0), int64(len(d.grown))
	for _, unread := range d.unread {
		if unread {
			files++
		}
	}
	switch {
	case files == 0:
		return "no new record"
	case grown == 0:
		return report.Plural(files, "new file")
	case grown == files:
		return report.Plural(files, "file") + " with new records"
	}
	return report.Plural(files-grown, "new file") + ", " + report.Plural(grown, "file") + " with new records"
}
