package ingest

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// globLiteral makes a path a pattern that matches itself alone.
var globLiteral = strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`)

// isGlob says whether the seed of a source without a workbook names several files.
func isGlob(seed string) bool { return strings.ContainsAny(seed, "*?[") }

// extracts finds the files of the sources that have no workbook and takes their
// digests; they stand at the index of their specs. It comes after the seeds were
// written, as they may be among them. All problems are given at once, sorted.
func (m *maker) extracts(specs []SeedSpec) ([][]SeedResult, error) {
	results := make([][]SeedResult, len(specs))
	var paths []string
	var problems []error
	for i, spec := range specs {
		if spec.Workbook != "" {
			continue
		}
		found, err := m.extractNames(spec)
		if err == nil && len(found) == 0 {
			err = noExtract(spec)
		}
		if err != nil {
			problems = append(problems, err)
		}
		results[i] = unread(spec, found)
		for j, name := range found {
			if sum, ok := m.known(name); ok && !m.willMatch(globLiteral.Replace(name)) { // what was written is not what is known
				results[i][j].SHA256 = sum
			} else {
				paths = append(paths, m.path(name))
			}
		}
	}
	taken, err := digests(m.ctx, paths)
	if err != nil {
		return nil, err
	}
	for i, spec := range specs {
		for j := range results[i] {
			r := &results[i][j]
			if r.SHA256 != "" {
				continue
			}
			d := taken[m.path(r.Path)]
			if r.SHA256, r.Seen = d.sha256, d.seen; d.err != nil {
				problems = append(problems, unreadableExtract(spec, r.Path, d.err))
			}
		}
	}
	return results, joinSorted(problems)
}

// known is the digest of a file that need not be taken.
func (m *maker) known(name string) (sha256 string, ok bool) {
	if m.trusted == nil {
		return "", false
	}
	return m.trusted(name)
}

// unread are the files of a source without their digests.
func unread(spec SeedSpec, names []string) []SeedResult {
	note := "there is no workbook; the file is read as it is"
	if isGlob(spec.Seed) {
		note = ""
	}
	results := make([]SeedResult, len(names))
	for i, name := range names {
		results[i] = SeedResult{Source: spec.Source, Path: name, Rows: -1, Note: note}
	}
	return results
}

// checkExtracts reports what would keep extracts from being found once the
// seeds are written.
func (m *maker) checkExtracts(specs []SeedSpec) []error {
	var problems []error
	for _, spec := range specs {
		if spec.Workbook != "" {
			continue
		}
		names, err := m.extractNames(spec)
		if err == nil && len(names) == 0 && !m.willMatch(spec.Seed) {
			err = noExtract(spec)
		}
		if err != nil {
			problems = append(problems, err)
		}
		for _, name := range names {
			err := readable(m.path(name))
			if errors.Is(err, fs.ErrNotExist) && m.willMatch(globLiteral.Replace(name)) {
				continue
			}
			if err != nil {
				problems = append(problems, unreadableExtract(spec, name, err))
			}
		}
	}
	return problems
}

// extractNames are the paths of a source's files, sorted by their bytes. One
// that is no pattern need not be there.
func (m *maker) extractNames(spec SeedSpec) ([]string, error) {
	if !isGlob(spec.Seed) {
		return []string{spec.Seed}, nil
	}
	paths, err := filepath.Glob(filepath.Join(globLiteral.Replace(m.root), filepath.FromSlash(spec.Seed)))
	if err != nil {
		return nil, fmt.Errorf("%s: found a pattern that is none (%w); expected * ? and [ranges] in the names of files", spec.Seed, err)
	}
	var names []string
	for _, found := range paths {
		name, err := filepath.Rel(m.root, found)
		if err != nil {
			return nil, err
		}
		names = append(names, filepath.ToSlash(name))
	}
	slices.Sort(names)
	return names, nil
}

// willMatch says whether a seed that is about to be written matches the pattern.
func (m *maker) willMatch(pattern string) bool {
	for seed := range m.remade {
		if matched, err := path.Match(path.Clean(pattern), path.Clean(seed)); err == nil && matched {
			return true
		}
	}
	return false
}

// readable says why a file cannot be read, if it cannot.
func readable(name string) error {
	in, err := os.Open(name)
	if err != nil {
		return err
	}
	defer in.Close() // only read
	if _, err := in.Read(make([]byte, 1)); err != io.EOF {
		return err
	}
	return nil
}

func noExtract(spec SeedSpec) error {
	return fmt.Errorf("%s: found no file of %s; expected one at least: put the extracts there, or name where they are", spec.Seed, spec.Source)
}

func unreadableExtract(spec SeedSpec, name string, err error) error {
	return fmt.Errorf("%s: the file of %s cannot be read: %w; expected its records: put the file there, or restore it from git", name, spec.Source, cause(err))
}
