package publish

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
)

// platter is a disk that knows what a power cut leaves of it. What was synced is
// there. Of what was not, each entry of a folder and the content of each file may
// be there or not: file systems promise nothing about the order.
//
// Nothing is removed from it, only moved to a graveyard, so that one inode number
// stands for one thing.
type platter struct {
	root, grave string
	buried      int
	files       map[uint64]string             // what was synced of each
	folders     map[uint64]map[string]element // the same
}

// element is an entry of a folder.
type element struct {
	inode  uint64
	kind   os.FileMode
	target string // of a link
}

func newPlatter(t *testing.T) *platter {
	dir := inMemory(t)
	p := &platter{root: filepath.Join(dir, "0"), grave: filepath.Join(dir, "grave"), files: map[uint64]string{}, folders: map[uint64]map[string]element{}}
	for _, path := range []string{p.root, p.grave} {
		if err := os.Mkdir(path, folderMode); err != nil {
			t.Fatal(err)
		}
	}
	return p
}

func inode(path string) (uint64, os.FileInfo, error) {
	info, err := os.Lstat(path)
	if err != nil {
		return 0, nil, err
	}
	return info.Sys().(*syscall.Stat_t).Ino, info, nil
}

// elements are the entries that a folder has now.
func elements(dir string) (map[string]element, error) {
	entries, err := os.ReadDir(dir)
	all := map[string]element{}
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		n, info, err := inode(path)
		if err != nil {
			return nil, err
		}
		x := element{inode: n, kind: info.Mode().Type()}
		if x.kind == os.ModeSymlink {
			if x.target, err = os.Readlink(path); err != nil {
				return nil, err
			}
		}
		all[e.Name()] = x
	}
	return all, err
}

func (p *platter) sync(path string) error {
	n, info, err := inode(path)
	if err != nil {
		return err
	}
	if info.IsDir() {
		p.folders[n], err = elements(path)
		return err
	}
	text, err := os.ReadFile(path)
	p.files[n] = string(text)
	return err
}

// bury takes something away without freeing its inode.
func (p *platter) bury(path string) error {
	p.buried++
	return os.Rename(path, filepath.Join(p.grave, fmt.Sprint(p.buried)))
}

// disk is the system's with syncs and removals of its own.
func (p *platter) disk() disk {
	d := system
	d.sync = p.sync
	d.remove = p.bury
	d.removeAll = func(path string) error {
		if err := p.bury(path); err != nil && !os.IsNotExist(err) {
			return err
		}
		return nil
	}
	d.rename = func(from, to string) error {
		if _, info, err := inode(to); err == nil && !info.IsDir() {
			if err := p.bury(to); err != nil {
				return err
			}
		}
		return os.Rename(from, to)
	}
	return d
}

// cut makes a new root of what a power cut may leave, where synced says of each
// thing that was changed since whether that is lost. All of it is on the disk then.
func (p *platter) cut(synced func() bool) error {
	places := map[uint64]string{}
	buried := map[uint64]bool{} // folders whose entries may be gone
	for _, top := range []string{p.root, p.grave} {
		err := filepath.WalkDir(top, func(path string, e os.DirEntry, err error) error {
			if err != nil {
				return err
			}
			n, _, err := inode(path)
			places[n], buried[n] = path, top == p.grave
			return err
		})
		if err != nil {
			return err
		}
	}
	n, _, err := inode(p.root)
	if err != nil {
		return err
	}
	p.buried++
	root := filepath.Join(filepath.Dir(p.root), fmt.Sprint(p.buried))
	restore := restorer{p, places, buried, synced}
	if err := restore.folder(n, root); err != nil {
		return err
	}
	p.root = root
	return filepath.WalkDir(root, func(path string, e os.DirEntry, err error) error {
		if err != nil || e.Type() == os.ModeSymlink {
			return err
		}
		return p.sync(path)
	})
}

// restorer writes what is left.
type restorer struct {
	*platter
	places map[uint64]string
	buried map[uint64]bool
	synced func() bool
}

func (r restorer) folder(n uint64, to string) error {
	if err := os.Mkdir(to, folderMode); err != nil {
		return err
	}
	old, now := r.folders[n], map[string]element{}
	if !r.buried[n] {
		var err error
		if now, err = elements(r.places[n]); err != nil {
			return err
		}
	}
	for _, name := range names(old, now) {
		x, there := now[name]
		if was, wasThere := old[name]; (was != x || wasThere != there) && r.synced() {
			x, there = was, wasThere
		}
		if !there {
			continue
		}
		if err := r.element(x, filepath.Join(to, name)); err != nil {
			return err
		}
	}
	return nil
}

func names(a, b map[string]element) (all []string) {
	for name := range a {
		all = append(all, name)
	}
	for name := range b {
		all = append(all, name)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func (r restorer) element(x element, to string) error {
	switch x.kind {
	case os.ModeSymlink:
		return os.Symlink(x.target, to)
	case os.ModeDir:
		return r.folder(x.inode, to)
	}
	text, err := os.ReadFile(r.places[x.inode])
	if err != nil {
		return err
	}
	if was := r.files[x.inode]; was != string(text) && r.synced() {
		text = []byte(was)
	}
	return os.WriteFile(to, text, fileMode)
}

// The power is cut at every step of a publication, and again once it was mended.
func TestPowerCutAtEveryStep(t *testing.T) {
	steps := publishAndCut(t, noFault, 0)
	for step := range steps {
		for seed := range uint64(10) {
			publishAndCut(t, fault{dead, step}, seed)
		}
	}
}

func publishAndCut(t *testing.T, f fault, seed uint64) (steps int) {
	at := fmt.Sprintf("%v, seed %d", f, seed)
	random := rand.New(rand.NewPCG(1, seed))
	lost := func() bool { return seed == 0 || random.IntN(2) == 0 }
	disk := newPlatter(t)
	defer func() { _ = os.RemoveAll(filepath.Dir(disk.root)) }() // there will be many
	old := oldEdition
	if seed%3 == 0 {
		old.log = "" // so that the folder of logs is yet to be made
	}
	before := func(d *faultyDisk, p *Publisher) error {
		return errors.Join(edition{id: "x", files: content{"x": "x"}}.publishOn(d, p), old.publishOn(d, p))
	}
	publishOn(t, disk, noFault, before)
	c := &change{out: disk.root, before: oldEdition.whole(), after: newEdition.whole(), oldFiles: []string{"a", "b"}, newFiles: []string{"a", "c"},
		oldLogs: logsIn(t, disk.root), run: "new", log: newEdition.log}
	steps, err := publishOn(t, disk, f, newEdition.publishOn)
	if seed%2 == 0 { // else only what comes next meets the cut
		if cutting := disk.cut(lost); cutting != nil {
			t.Fatal(cutting)
		}
		c.out = disk.root
	}
	if happened := c.look(t, at); err == nil && !happened {
		t.Fatalf("%s: it gave no error, and is not published", at)
	}
	if seed%4 > 1 { // one who comes next has nothing to publish
		publishOn(t, disk, noFault, beginNothing)
		if happened := c.look(t, at); !happened && c.added(t, at) > 0 {
			t.Fatalf("%s: there is the log of a run that was not published", at)
		}
	}
	if _, err := publishOn(t, disk, noFault, newEdition.publishOn); err != nil {
		t.Fatalf("%s: %v", at, err)
	}
	if err := disk.cut(lost); err != nil {
		t.Fatal(err)
	}
	c.out = disk.root
	publishOn(t, disk, noFault, beginNothing)
	c.settled(t, at)
	return steps
}

// beginNothing is a run that fails.
func beginNothing(_ *faultyDisk, p *Publisher) error {
	r, err := p.Begin("nothing")
	if err != nil {
		return err
	}
	return r.Abort()
}

func tidyUp(_ *faultyDisk, p *Publisher) error { return p.Tidy() }

// publishOn does something on the platter.
func publishOn(t *testing.T, disk *platter, f fault, do func(*faultyDisk, *Publisher) error) (steps int, err error) {
	t.Helper()
	d := &faultyDisk{disk: disk.disk(), fault: f}
	p, err := openOn(t.Context(), d.faulty(), disk.root, Waiting{})
	if err != nil {
		return d.steps, err
	}
	p.Keep(2)
	err = do(d, p)
	steps = d.steps
	_ = p.Close() // the disk may be dead
	if f.step == never && err != nil {
		t.Fatal(err)
	}
	return steps, err
}
