package histories

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"pgregory.net/rapid"
)

// extracts are the files of a project's sources, and what happens to them.
type extracts struct {
	*rapid.T
	root    string
	project *Project
	files   map[string]string // content by path, as it stands on the disk
	made    map[string]int    // records made up, by source
	number  int               // of the last file among several of a source
	changed bool              // there is more than new records
	large   string            // the source that has thousands of records; none has in most histories
}

// newExtracts makes up the files of the first run.
func newExtracts(t *rapid.T, root string, p *Project) *extracts {
	x := &extracts{T: t, root: root, project: p, files: map[string]string{}, made: map[string]int{}, number: 100}
	if x.chance(12, "large") {
		x.large = rapid.SampledFrom(p.Sources).Draw(t, "large source").Name
	}
	for i := range p.Sources {
		s := &p.Sources[i]
		n := max(s.First, rapid.SampledFrom([]int{0, 1, 5, 20, 60}).Draw(t, "records of "+s.Name))
		if s.Name == x.large {
			n = 3000
		}
		x.write(strings.Replace(s.Seed, "*", "100", 1), s.Header+"\n"+x.records(s, n))
	}
	return x
}

// chance is true once in n times.
func (x *extracts) chance(n int, what string) bool { return rapid.IntRange(1, n).Draw(x.T, what) == n }

// picker makes up numbers.
func (x *extracts) picker() Pick {
	return rand.New(rand.NewPCG(rapid.Uint64().Draw(x.T, "seed"), 0)).IntN
}

// records makes up some.
func (x *extracts) records(s *Source, n int) string {
	if n == 0 {
		return ""
	}
	var b strings.Builder
	pick := x.picker()
	for range n {
		b.WriteString(s.Record(pick, x.made[s.Name]) + "\n")
		x.made[s.Name]++
	}
	return b.String()
}

func (x *extracts) write(path, content string) {
	x.files[path] = content
	full := filepath.Join(x.root, filepath.FromSlash(path))
	if err := os.MkdirAll(filepath.Dir(full), 0o750); err != nil {
		x.Fatal(err)
	}
	if err := os.WriteFile(full, []byte(content), 0o640); err != nil {
		x.Fatal(err)
	}
}

func (x *extracts) remove(path string) {
	delete(x.files, path)
	if err := os.Remove(filepath.Join(x.root, filepath.FromSlash(path))); err != nil {
		x.Fatal(err)
	}
}

// restore brings back files as they once were.
func (x *extracts) restore(files map[string]string) {
	for _, path := range slices.Sorted(maps.Keys(x.files)) {
		if _, known := files[path]; !known {
			x.Logf("%s is removed again", path)
			x.remove(path)
		}
	}
	for _, path := range slices.Sorted(maps.Keys(files)) {
		if x.files[path] != files[path] {
			x.Logf("%s is as it was", path)
			x.write(path, files[path])
		}
	}
}

// of are the paths of a source's files, in the order in which they are read.
func (x *extracts) of(s *Source) (paths []string) {
	before, after, _ := strings.Cut(s.Seed, "*")
	for path := range x.files {
		if strings.HasPrefix(path, before) && strings.HasSuffix(path, after) {
			paths = append(paths, path)
		}
	}
	slices.Sort(paths)
	return paths
}

// grow adds records to sources: behind those of the last file, or in a new one.
func (x *extracts) grow() {
	for i := range x.project.Sources {
		s := &x.project.Sources[i]
		paths := x.of(s)
		if len(paths) == 0 { // it vanished
			x.changed = true
			x.write(strings.Replace(s.Seed, "*", fmt.Sprint(x.number), 1), s.Header+"\n")
			continue
		}
		if x.chance(2, s.Name+" stays") {
			continue
		}
		last := paths[len(paths)-1]
		n := rapid.SampledFrom([]int{1, 2, 3, 10, 0}).Draw(x.T, "more of "+s.Name)
		if s.Name == x.large && x.chance(4, "much more") {
			n = 1500
		}
		more := x.records(s, n)
		if strings.Contains(s.Seed, "*") && x.chance(3, "new file of "+s.Name) {
			x.number++
			last = strings.Replace(s.Seed, "*", fmt.Sprint(x.number), 1)
			more = s.Header + "\n" + more
		}
		x.Logf("%s grows by\n%s", last, more[:min(len(more), 2000)])
		x.changed = x.changed || x.files[last] != "" && !strings.HasSuffix(x.files[last], "\n")
		x.write(last, x.files[last]+more)
	}
}

// spoil adds a bad record now and then.
func (x *extracts) spoil() {
	s := rapid.SampledFrom(x.project.Sources).Draw(x.T, "spoilt")
	paths := x.of(&s)
	if s.Bad == nil || len(paths) == 0 || !x.chance(4, "something bad") {
		return
	}
	last := paths[len(paths)-1]
	bad := s.Bad(x.picker(), x.made[s.Name])
	x.Logf("%s gets\n%s", last, bad)
	x.changed = x.changed || !strings.HasSuffix(x.files[last], "\n")
	x.write(last, x.files[last]+bad+"\n")
}

// disturbance is what happens to a file that is not growth.
type disturbance struct {
	name string
	// harmless is true where an update must be possible all the same.
	harmless bool
	do       func(x *extracts, s *Source, path string)
}

var disturbances = []disturbance{
	{"touched", true, func(x *extracts, _ *Source, path string) {
		at := time.Now().Add(-time.Duration(x.picker()(1_000_000)) * time.Second)
		if err := os.Chtimes(filepath.Join(x.root, path), at, at); err != nil {
			x.Fatal(err)
		}
	}},
	{"copied", true, func(x *extracts, _ *Source, path string) {
		content := x.files[path]
		x.remove(path)
		x.write(path, content)
	}},
	{"without its last line end", false, func(x *extracts, _ *Source, path string) {
		x.write(path, strings.TrimSuffix(x.files[path], "\n"))
	}},
	{"rewritten", false, func(x *extracts, s *Source, path string) {
		lines := strings.SplitAfter(x.files[path], "\n")
		if n := len(lines) - 2; n > 0 { // but for the header and what follows the last line end
			lines[1+x.picker()(n)] = x.records(s, 1)
		}
		x.write(path, strings.Join(lines, ""))
	}},
	{"shortened", false, func(x *extracts, _ *Source, path string) {
		lines := strings.SplitAfter(x.files[path], "\n")
		if n := len(lines) - 2; n > 0 {
			i := 1 + x.picker()(n)
			lines = slices.Delete(lines, i, i+1)
		}
		x.write(path, strings.Join(lines, ""))
	}},
	{"made anew", false, func(x *extracts, s *Source, path string) {
		x.write(path, s.Header+"\n"+x.records(s, 5))
	}},
	{"removed", false, func(x *extracts, _ *Source, path string) { x.remove(path) }},
	{"followed by what should stand before it", false, func(x *extracts, s *Source, _ string) {
		if strings.Contains(s.Seed, "*") {
			x.write(strings.Replace(s.Seed, "*", fmt.Sprint(100+x.picker()(x.number-99))+"a", 1), s.Header+"\n"+x.records(s, 3))
		}
	}},
}

// disturb does now and then what extracts should not do.
func (x *extracts) disturb() {
	if !x.chance(4, "disturbed") {
		return
	}
	s := &x.project.Sources[rapid.IntRange(0, len(x.project.Sources)-1).Draw(x.T, "source")]
	paths := x.of(s)
	if len(paths) == 0 {
		return
	}
	path := rapid.SampledFrom(paths).Draw(x.T, "file")
	d := &disturbances[rapid.IntRange(0, len(disturbances)-1).Draw(x.T, "how")]
	x.Logf("%s is %s", path, d.name)
	d.do(x, s, path)
	x.changed = x.changed || !d.harmless || path != paths[len(paths)-1]
}
