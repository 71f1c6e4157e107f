package state

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Version is that of the manifest and of all tables; a state of another version is
// of no use.
const Version = 3

// manifestName is written last.
const manifestName = "manifest.json"

// Manifest describes the state of a run.
type Manifest struct {
	Version     int       `json:"version"`
	Fingerprint string    `json:"fingerprint"` // of the schema it was made for
	Program     string    `json:"program"`     // that wrote it; empty where it does not know what it is
	Run         string    `json:"run"`
	AsOf        int64     `json:"as_of"` // microseconds since 1970
	Sources     []Source  `json:"sources"`
	Nodes       []Node    `json:"nodes"`
	Lookups     [][]Table `json:"lookups"` // pairs of numbers, by lookup and run
	Models      []Model   `json:"models"`
}

// Source is what was read of one source.
type Source struct {
	Name     string    `json:"name"`
	Files    []File    `json:"files"` // in the order in which they were read
	Segments []Segment `json:"segments"`
	Rejects  []Rejects `json:"rejects,omitempty"`
	// Latest is when it was last loaded, in microseconds since 1970; nil where that
	// is not known.
	Latest *int64 `json:"latest,omitempty"`
	// Gathered is what its profile comes of.
	Gathered *Blob `json:"gathered"`
}

// File is one file of a source as it was read, to its end.
type File struct {
	Path    string `json:"path"` // from the root, with slashes
	Size    int64  `json:"size"`
	ModTime int64  `json:"mod_time"` // nanoseconds since 1970
	Inode   uint64 `json:"inode"`    // 0 where the system has none
	SHA256  string `json:"sha256"`
	Faults  string `json:"faults,omitempty"` // digest of what its text does not say of its records; empty where nothing
	Records int64  `json:"records"`
	Lines   int    `json:"lines"` // of the header and the records
	Ragged  int    `json:"ragged"`
}

// Segment is the rows that one run read, in order.
type Segment struct {
	Rows Table `json:"rows"` // the columns of the source, then the origin, which counts files from the first of Source.Files
	// Parts has the number of each row's key, block by block as Rows; it is nil for a
	// source that is read whole.
	Parts *Table `json:"parts,omitempty"`
}

// Rejects are the records of one file that one run left out.
type Rejects struct {
	File int `json:"file"` // of Source.Files
	Blob
}

// Node is what was found of one node.
type Node struct {
	Name     string `json:"name"`
	RowsIn   int64  `json:"rows_in"`
	Rejected int64  `json:"rejected"`
	Filtered int64  `json:"filtered"`
	Folded   int64  `json:"folded"`
	RowsOut  int64  `json:"rows_out"`
	Tests    []Test `json:"tests"`
	// Profile is the profile of its columns; empty of a node that is not profiled.
	Profile json.RawMessage `json:"profile,omitempty"`
}

// Test is what was found by one test.
type Test struct {
	Rows     int64            `json:"rows"`
	Failures int64            `json:"failures"`
	Distinct int64            `json:"distinct"`
	Examples []Example        `json:"examples,omitempty"`
	Values   map[string]int64 `json:"values,omitempty"`
}

// Example is a failing row. Origin and Ordinal count files from the first one of
// the source.
type Example struct {
	Origin  int64  `json:"origin"`
	Ordinal int64  `json:"ordinal"`
	Key     string `json:"key,omitempty"`
	Value   string `json:"value,omitempty"`
	Count   int64  `json:"count,omitempty"`
}

// Model is what is kept of an incremental model beside what is published.
type Model struct {
	Name string `json:"name"`
	// Rows has the ordinal and the origin of each row, which count files from the
	// first one of the source.
	Rows Table `json:"rows"`
	// Data has the rows themselves, where no file that is published has them as they
	// are.
	Data *Table `json:"data,omitempty"`
	// File is the published file that has them elsewhere.
	File *Published `json:"file,omitempty"`
	// Counted are the values of columns with few distinct ones, and how often they are
	// there; nil where the model is not profiled.
	Counted *Blob `json:"counted,omitempty"`
}

// Published describes a published file of the run that the state is of. Nobody
// writes to it once it is there, so its size and time tell whether somebody did.
type Published struct {
	Name    string `json:"name"`
	Size    int64  `json:"size"`
	ModTime int64  `json:"mod_time"` // nanoseconds since 1970
}

// Describe describes a file in the folder of a run, which is not written to any more.
func Describe(folder, name string) (*Published, error) {
	info, err := os.Stat(filepath.Join(folder, name))
	if err != nil {
		return nil, err
	}
	return &Published{Name: name, Size: info.Size(), ModTime: info.ModTime().UnixNano()}, nil
}

// Check looks at the file in the folder of the run: a *DamagedError says that it is
// not as it was written.
func (p *Published) Check(folder string) error {
	now, err := Describe(folder, p.Name)
	if err != nil {
		return damaged(p.Name, err)
	}
	if *now != *p {
		return &DamagedError{p.Name, "it has another size or time than when it was written"}
	}
	return nil
}

// sealed is the manifest as it is written.
type sealed struct {
	SHA256 string          `json:"sha256"` // of the manifest's bytes
	State  json.RawMessage `json:"state"`
}

// Write writes the manifest: the state is whole then.
func (m *Manifest) Write(dir string) error {
	m.Version = Version
	text, err := json.Marshal(m)
	if err == nil {
		text, err = json.Marshal(sealed{SHA256: digest(text), State: text})
	}
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, manifestName), append(text, '\n'), fileMode)
	}
	if err != nil {
		return fmt.Errorf("the manifest of the state could not be written: %w", err)
	}
	return nil
}

// ErrNone says that a run has no state.
var ErrNone = errors.New("there is no state")

// Read reads the manifest of the state in a folder: ErrNone where there is none, a
// *DamagedError where it is not what was written or of another version.
func Read(dir string) (*Manifest, error) {
	text, err := os.ReadFile(filepath.Join(dir, manifestName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNone
	}
	if err != nil {
		return nil, damaged(manifestName, err)
	}
	var s sealed
	if err := json.Unmarshal(text, &s); err != nil {
		return nil, &DamagedError{manifestName, "it is no JSON"}
	}
	if digest(s.State) != s.SHA256 {
		return nil, &DamagedError{manifestName, "its digest does not match"}
	}
	m := &Manifest{}
	decoder := json.NewDecoder(bytes.NewReader(s.State))
	if err := decoder.Decode(m); err != nil {
		return nil, damaged(manifestName, err)
	}
	if m.Version != Version {
		return nil, &DamagedError{manifestName, fmt.Sprintf("it is of version %d, not %d", m.Version, Version)}
	}
	return m, nil
}

func digest(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// Files are the names of all files of the state but the manifest and those of tables
// without rows, which nobody opens.
func (m *Manifest) Files() (names []string) {
	table := func(t *Table) {
		if t != nil && len(t.Blocks) > 0 {
			names = append(names, t.Name)
		}
	}
	for i := range m.Sources {
		for j := range m.Sources[i].Segments {
			s := &m.Sources[i].Segments[j]
			table(&s.Rows)
			table(s.Parts)
		}
		for j := range m.Sources[i].Rejects {
			names = append(names, m.Sources[i].Rejects[j].Name)
		}
		if g := m.Sources[i].Gathered; g != nil {
			names = append(names, g.Name)
		}
	}
	for _, tables := range m.Lookups {
		for i := range tables {
			table(&tables[i])
		}
	}
	for i := range m.Models {
		table(&m.Models[i].Rows)
		table(m.Models[i].Data)
		if c := m.Models[i].Counted; c != nil {
			names = append(names, c.Name)
		}
	}
	return names
}
