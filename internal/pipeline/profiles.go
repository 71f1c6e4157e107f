package pipeline

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"martlet/internal/manifest"
	"martlet/internal/profile"
	"martlet/internal/report"
	"martlet/internal/state"
)

// What a run says of the columns of its nodes, and what one before it said.
const (
	profilesFile       = "profiles.json"
	profilesBeforeFile = "profiles_before.json"
)

// profiler gathers the profile of a node while its batches stream past.
type profiler struct {
	keeps bool // what was gathered is for the state, too

	mu     sync.Mutex // guards beside
	beside []*profile.Accumulator
	all    *profile.Accumulator // nil once the node has ended, where nobody keeps it
	found  profile.Relation     // once it has
}

// isProfiled says whether people are told what is in the columns of a node.
func (n *node) isProfiled() bool { return n.source != nil || len(n.model.Formats) > 0 }

// newProfiler makes the profiler of a node, nil where it is not profiled.
func (r *run) newProfiler(n *node) *profiler {
	if !n.isProfiled() || r.settings.aside {
		return nil
	}
	return &profiler{all: profile.New(n.Columns, r.firstFile(n.baseSource()))}
}

// recalledProfiler makes one that goes on from what earlier runs gathered of a source.
func (r *run) recalledProfiler(n *node, known *state.Source, dir string) (*profiler, error) {
	if known.Gathered == nil {
		return nil, fmt.Errorf("the state has no profile of %s", n.Name)
	}
	gathered := &profile.State{}
	if err := known.Gathered.Read(dir, gathered); err != nil {
		return nil, err
	}
	all, err := profile.Restore(n.Columns, r.firstFile(n), gathered)
	if err != nil {
		return nil, fmt.Errorf("%s of the state: %w", known.Gathered.Name, err)
	}
	return &profiler{keeps: true, all: all}, nil
}

// recallProfile gives an observer the profile that an earlier run found.
func (o *observer) recallProfile(known *state.Node) error {
	if !o.node.isProfiled() {
		return nil
	}
	o.profiler = &profiler{}
	if err := json.Unmarshal(known.Profile, &o.profiler.found); err != nil {
		return &impossible{fmt.Sprintf("the state has no profile of %s", o.node.Name)}
	}
	return nil
}

// accumulator is for another goroutine.
func (p *profiler) accumulator() *profile.Accumulator {
	p.mu.Lock()
	defer p.mu.Unlock()
	a := p.all.Beside()
	p.beside = append(p.beside, a)
	return a
}

// end puts together what all have gathered; nobody looks at batches any more.
func (p *profiler) end() {
	for _, a := range p.beside {
		p.all.Merge(a)
	}
	p.beside, p.found = nil, p.all.Profile()
	if !p.keeps {
		p.all = nil
	}
}

// profiles are those of the nodes that came to their end, but for nodes that were
// closed off.
func (r *run) profiles(passed bool) (all []profile.Node) {
	for _, n := range r.graph.nodes {
		o := r.observers[n.index]
		if o == nil || o.profiler == nil || !o.ended || r.gates.closes(n) {
			continue
		}
		all = append(all, profile.Node{
			UniqueID: r.profiledID(n), ResourceType: n.resourceType(), Name: n.Name,
			Run: r.id, AsOf: time.UnixMicro(int64(r.settings.asOf)).UTC().Format("2006-01-02T15:04:05.000000Z"),
			Passed: passed, Complete: r.complete(n), Relation: o.profiler.found,
		})
	}
	return all
}

func (r *run) profiledID(n *node) string {
	return manifest.ID(n.resourceType(), r.project.Name, n.Name)
}

func (n *node) resourceType() string {
	if n.source != nil {
		return manifest.SourceType
	}
	return manifest.ModelType
}

// complete says whether a node has all rows: nothing kept the records of a source
// that it rests on from being read.
func (r *run) complete(n *node) bool {
	if o := r.observers[n.index]; o == nil || o.broken != nil {
		return false
	}
	for _, input := range n.inputs {
		if !r.complete(input) {
			return false
		}
	}
	return true
}

// writeProfiles says what the run found in the columns, and what one before it did.
func (a *app) writeProfiles(r *run, result *report.Run) error {
	if !r.executed {
		return nil
	}
	found := r.profiles(result.Outcome == report.Done)
	var known []profile.Known
	for _, n := range r.graph.nodes {
		if n.isProfiled() {
			known = append(known, profile.Known{UniqueID: r.profiledID(n), Columns: n.Columns})
		}
	}
	now, before := profile.Next(r.project.Name, known, found, a.readProfiles(r, profilesFile), a.readProfiles(r, profilesBeforeFile))
	err := writeProfiles(filepath.Join(r.settings.target, profilesBeforeFile), before) // first: it has what is taken from the other one
	return errors.Join(err, writeProfiles(filepath.Join(r.settings.target, profilesFile), now))
}

// readProfiles reads what an earlier run wrote, nil where there is none.
func (a *app) readProfiles(r *run, name string) *profile.Profiles {
	path := filepath.Join(r.settings.target, name)
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	var p *profile.Profiles
	if err == nil {
		p, err = profile.Decode(text)
	}
	if err != nil {
		fmt.Fprintf(a.stderr, "Warning: %s: %v; what it had of earlier runs is lost\n", path, cause(err))
	}
	return p
}

func writeProfiles(path string, p *profile.Profiles) error {
	if len(p.Nodes) == 0 {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return nil
	}
	text, err := p.Encode()
	if err == nil {
		err = report.WriteFile(path, text)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}
