package ingest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"martlet/internal/contract"
	"martlet/internal/delimited"
)

// SeedSpec is one source as declared. Paths are from the root, with slashes.
type SeedSpec struct {
	Source   string
	Workbook string // "" where the seed has none
	Sheet    string // of Workbook
	Seed     string // the CSV file; without a workbook it may be a glob
	Columns  []contract.Column
	// ExtraColumns says that a sheet may have columns which are not declared.
	ExtraColumns bool
}

// SeedResult is one file that a source is read from.
type SeedResult struct {
	Source  string
	Path    string // from the root, with slashes
	Rows    int64  // -1 where they were not counted: in files that the lock does not know
	Written bool   // the file was made or remade
	Note    string // what a person should know of it, or ""
	SHA256  string // of the file, in hex
	// Seen is the file as it was when its digest was taken; nil where that was not done.
	Seen   os.FileInfo
	Values int64 // compared with the workbook, where the file was made anew
	// Faults are the cells that have no value in the file though there is
	// something in the workbook, by record and column.
	Faults []Fault
	// Notes say what a person who looks at the sheet may not see, or see
	// otherwise; where the file was made anew.
	Notes []string

	header []string // as in the lock
}

// Trusted gives the SHA-256, hex, of a file that is known to be as it was when it
// was taken, by its path from the root with slashes.
type Trusted func(path string) (sha256 string, ok bool)

// Cell names the cell of the workbook's sheet that a field of the file was made
// from: "B17". The column counts the declared ones from 0, the record is from
// 1. It gives "" where the file is not known to be what the workbook has.
func (r *SeedResult) Cell(column int, record int64) string {
	return seedCell(r.header, column, record)
}

// Seeds brings the seeds up to date with their workbooks and gives the files
// to read, in the order of specs; those of a glob by the bytes of their paths.
//
// A seed is made anew where its workbook, its sheet or its declared columns are
// not those that the lock has, and where it is missing. One that is not what
// the lock has (it was edited) is an error; with force it is made anew, or kept
// and locked as it is where the workbook is absent. A seed is also kept where
// making it anew gives the same. Without a workbook the CSV file is used, with
// a note.
//
// A source without a workbook may read what another one is converted to; it
// reads the seed that is written here, not the one before.
//
// What is made anew is read back and compared with the workbook, value by value.
// Nothing is put in place unless all can be; then only what changed, each file by
// rename, the lock before and after the seeds. All errors are given at once, sorted.
//
// The digests of CSV files that trusted knows are not taken again; it may be nil.
func Seeds(ctx context.Context, root string, specs []SeedSpec, force bool, limits Limits, trusted Trusted) ([]SeedResult, error) {
	m := &maker{ctx: ctx, root: root, force: force, limits: limits, trusted: trusted, place: (*draft).place}
	return m.seeds(specs)
}

// seeds is Seeds for a maker that knows how to place what it wrote.
func (m *maker) seeds(specs []SeedSpec) ([]SeedResult, error) {
	root := m.root
	locked, err := readLock(root)
	if err != nil {
		return nil, err
	}
	m.locked, m.relocked, m.books, m.remade = locked, lock{}, map[string]*book{}, map[string]remade{}
	defer m.close()
	if err := m.find(specs); err != nil {
		return nil, err
	}
	converted, problems := m.convertAll(specs)
	problems = append(problems, m.checkExtracts(specs)...)
	if err := joinSorted(problems); err != nil {
		return nil, err
	}
	if err := m.write(); err != nil {
		return nil, err
	}
	extracts, err := m.extracts(specs)
	if err != nil {
		return nil, err
	}
	var results []SeedResult
	for i, spec := range specs {
		if spec.Workbook == "" {
			results = append(results, extracts[i]...)
		} else {
			results = append(results, converted[i])
		}
	}
	return results, nil
}

// find takes the digests of the workbooks and of what they are converted to.
func (m *maker) find(specs []SeedSpec) (err error) {
	var paths []string
	known := map[string]digest{}
	for _, spec := range specs {
		if spec.Workbook == "" {
			continue
		}
		paths = append(paths, m.path(spec.Workbook))
		if sum, ok := m.known(spec.Seed); ok {
			known[m.path(spec.Seed)] = digest{sha256: sum}
		} else {
			paths = append(paths, m.path(spec.Seed))
		}
	}
	if m.found, err = digests(m.ctx, paths); err == nil {
		maps.Copy(m.found, known)
	}
	return err
}

// convertAll brings the seeds of the sources that have a workbook up to date, in
// memory. Results stand at the index of their specs.
func (m *maker) convertAll(specs []SeedSpec) (results []SeedResult, problems []error) {
	results = make([]SeedResult, len(specs))
	owners := map[string]string{}
	for i, spec := range specs {
		if spec.Workbook == "" {
			continue
		}
		if other, taken := owners[spec.Seed]; taken {
			problems = append(problems, fmt.Errorf("%s: found it as the seed of both %s and %s; expected one: give one of them another seed", spec.Seed, other, spec.Source))
			continue
		}
		owners[spec.Seed] = spec.Source
		var err error
		if results[i], err = m.seed(spec); err != nil {
			problems = append(problems, err)
		}
	}
	return results, problems
}

// maker is the state of one Seeds.
type maker struct {
	ctx      context.Context
	root     string
	force    bool
	limits   Limits
	trusted  Trusted
	place    func(d *draft) error
	found    map[string]digest // of the workbooks and their seeds before anything is written, by path
	locked   lock
	relocked lock              // entries that are new or other than before
	books    map[string]*book  // by path
	remade   map[string]remade // seeds to write, by path
}

// remade is a seed to write.
type remade struct {
	draft *draft
	found string // the digest of what is there
}

func (m *maker) path(name string) string { return filepath.Join(m.root, filepath.FromSlash(name)) }

// close gives up the workbooks and what was written and not put in its place.
func (m *maker) close() {
	for _, b := range m.books {
		if b.open != nil {
			_ = b.open.Close() // it was only read
		}
	}
	for _, made := range m.remade {
		if !made.draft.folder {
			made.draft.drop()
		}
	}
	for _, made := range m.remade { // those last that made the folder
		made.draft.drop()
	}
}

// seed brings one source that has a workbook up to date, in memory.
func (m *maker) seed(spec SeedSpec) (SeedResult, error) {
	found := m.found[m.path(spec.Seed)]
	if found.err != nil && !errors.Is(found.err, fs.ErrNotExist) {
		return SeedResult{}, fmt.Errorf("%s: the seed of %s cannot be read: %w", spec.Seed, spec.Source, cause(found.err))
	}
	exists := found.err == nil
	b := m.book(spec.Workbook)
	switch {
	case errors.Is(b.err, fs.ErrNotExist) && !exists:
		return SeedResult{}, fmt.Errorf("%s: found neither it nor the workbook %s of %s; expected one of them: put the workbook there, or restore the seed from git", spec.Seed, spec.Workbook, spec.Source)
	case errors.Is(b.err, fs.ErrNotExist):
		return m.keep(spec, found)
	case b.err != nil:
		return SeedResult{}, fmt.Errorf("%s: the workbook of %s cannot be read: %w", spec.Workbook, spec.Source, cause(b.err))
	}
	return m.make(spec, b, found, exists)
}

// make is seed for a workbook that is there.
func (m *maker) make(spec SeedSpec, b *book, found digest, exists bool) (SeedResult, error) {
	old, known := m.locked[spec.Seed]
	want := lockEntry{
		Seed: spec.Seed, Workbook: spec.Workbook, WorkbookSHA256: b.sha256,
		Sheet: spec.Sheet, Columns: columnLock(spec.Columns),
	}
	stale := m.force || !known || !exists || len(old.Pending) > 0 || old.Workbook != want.Workbook || old.WorkbookSHA256 != want.WorkbookSHA256 ||
		old.Sheet != want.Sheet || !slices.Equal(old.Columns, want.Columns)
	result := SeedResult{Source: spec.Source, Path: spec.Seed, Rows: old.Rows, SHA256: found.sha256, Seen: found.seen, header: old.Header, Faults: old.known()}
	kept := exists && known && old.WorkbookSHA256 == "" // as it was, while the workbook was absent
	edited := exists && known && !old.made(result.SHA256) || kept
	if !stale && !edited {
		return result, nil
	}
	d, c, values, err := m.convert(spec, b)
	if err != nil {
		return SeedResult{}, err
	}
	want.Rows, want.SHA256, want.Header, want.Faults = c.records, d.sha256(), c.header(), lockFaults(c.faults, c.header())
	result.Rows, result.Values, result.Notes, result.header = c.records, values, c.notes(), want.Header
	result.Faults = want.known()
	if exists && want.SHA256 == result.SHA256 {
		d.drop()
	} else {
		if edited && !m.force {
			d.drop()
			if kept {
				return SeedResult{}, fmt.Errorf("%s: found the seed that was kept as it is while %s was absent; expected what the workbook has: make it anew with `build seed --force`, or move the workbook away",
					spec.Seed, spec.Workbook)
			}
			return SeedResult{}, fmt.Errorf("%s: found another content than %s has; expected the seed as %s gave it: restore it from git, or make it anew with `build seed --force`",
				spec.Seed, LockPath, spec.Workbook)
		}
		m.remade[spec.Seed] = remade{draft: d, found: result.SHA256}
		result.SHA256, result.Seen, result.Written = want.SHA256, nil, true
		if exists && !known {
			result.Note = fmt.Sprintf("it was not in %s; it is made anew from %s", LockPath, spec.Workbook)
		}
	}
	m.relocked[spec.Seed] = want
	return result, nil
}

// keep is seed for a workbook that is absent and a seed that is there.
func (m *maker) keep(spec SeedSpec, found digest) (SeedResult, error) {
	result := SeedResult{
		Source: spec.Source, Path: spec.Seed, Rows: -1, SHA256: found.sha256, Seen: found.seen,
		Note: fmt.Sprintf("the workbook %s is absent; the seed is used as it is", spec.Workbook),
	}
	old, known := m.locked[spec.Seed]
	switch {
	case !known:
		result.Note += fmt.Sprintf(", and as it is not in %s, cells that had no value in the workbook are not known", LockPath)
	case known && old.SHA256 == result.SHA256:
		result.Rows, result.header, result.Faults = old.Rows, old.Header, old.known()
	case known && !m.force && old.made(result.SHA256): // by a build that did not end: its rows are not known
	case known && !m.force:
		return SeedResult{}, fmt.Errorf("%s: found another content than %s has; expected the seed as %s gave it: restore it from git, or keep it as it is with `build seed --force`",
			spec.Seed, LockPath, spec.Workbook)
	case known:
		rows, err := countRecords(m.path(spec.Seed), spec)
		if err != nil {
			return SeedResult{}, err
		}
		if n := len(old.Faults); n > 0 {
			result.Note += fmt.Sprintf("; %s without a value in the workbook are what the seed says now", counted(n, "cell", "cells"))
		}
		old.WorkbookSHA256, old.SHA256, old.Rows, old.Header, old.Pending, old.Faults = "", result.SHA256, rows, []string{}, nil, nil
		result.Rows = rows
		m.relocked[spec.Seed] = old
	}
	return result, nil
}

// countRecords counts the records of a seed, good or not.
func countRecords(path string, spec SeedSpec) (int64, error) {
	in, err := os.Open(path)
	if err != nil {
		return 0, fmt.Errorf("%s: the file cannot be read: %w", spec.Seed, cause(err))
	}
	defer in.Close() // only read
	r, err := openSeed(in, spec.Seed, spec.Columns)
	if err != nil {
		return 0, err
	}
	for {
		chunk, err := r.Next()
		if err != nil {
			return r.Records(), nil
		}
		chunk.Split()
		err = r.Place(chunk)
		var bad *delimited.DataError
		switch {
		case errors.As(err, &bad):
			return r.Records(), nil
		case err != nil:
			return 0, err
		}
		r.Free(chunk)
	}
}

// write writes what changed: first the lock with what the seeds were and what
// they will be, then the seeds, then the lock with what they are. Wherever a run
// ends in between, the next one knows whatever is there as made by a build.
func (m *maker) write() error {
	if err := m.foretell(); err != nil {
		return err
	}
	var problems []error
	for seed, made := range m.remade {
		if err := m.place(made.draft); err != nil {
			problems = append(problems, fmt.Errorf("%s: the seed cannot be written: %w", seed, cause(err)))
		}
	}
	if len(problems) > 0 || len(m.relocked) == 0 {
		return joinSorted(problems)
	}
	before := m.locked.format()
	for seed, entry := range m.relocked {
		m.locked[seed] = entry
	}
	for seed := range m.locked {
		if _, err := os.Stat(m.path(seed)); errors.Is(err, fs.ErrNotExist) {
			delete(m.locked, seed) // of a source that is declared no more
		}
	}
	if bytes.Equal(before, m.locked.format()) {
		return nil
	}
	return m.writeLock()
}

// foretell writes the lock with the digests that the seeds are about to get. A
// seed that the lock does not know yet needs none: it is made anew in any case.
func (m *maker) foretell() error {
	foretold := false
	for seed, made := range m.remade {
		entry, known := m.locked[seed]
		if !known {
			continue
		}
		foretold = true
		entry.Pending = []string{m.relocked[seed].SHA256}
		if made.found != entry.SHA256 {
			entry.Pending = append(entry.Pending, made.found)
		}
		m.locked[seed] = entry
	}
	if !foretold {
		return nil
	}
	return m.writeLock()
}

func (m *maker) writeLock() error {
	d, err := newDraft(m.path(LockPath), 0)
	if err == nil {
		defer d.drop()
		_, err = d.Write(m.locked.format())
	}
	if err == nil {
		err = m.place(d)
	}
	if err != nil {
		return fmt.Errorf("%s: the lock cannot be written: %w", LockPath, cause(err))
	}
	return nil
}
