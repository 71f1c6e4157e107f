package main

import (
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// unwritten are the names by which a run says what it found no room for.
var unwritten = map[string]*regexp.Regexp{
	"state":       regexp.MustCompile(`^(table|the manifest|\S+) .*of the state could not be|subfolder of run`),
	"output":      regexp.MustCompile(`(mart_users_marketing|campaign_audience)\.(csv|arrow):`),
	"log":         regexp.MustCompile(`model "mart_users_marketing": the changes could not be logged`),
	"publication": regexp.MustCompile(`run \w+ could not be (made|published)|folder of run|the lock of published data`),
}

// crampedNights are nights whose published data lie on a disk in memory.
func crampedNights(t *testing.T, program string) *nights {
	t.Helper()
	n := newNights(t, program, 10_000, uint64(number(t, "KILLS_SEED", 1)))
	n.mount("out", "size=96m,nr_inodes=8000") // a link counts as a file
	n.mount("../fresh", "size=64m")
	x := n.next()
	n.expect(runIn(t, n.root, program, n.args(x)...), 0)
	n.settled(x)
	return n
}

// cramped runs an issue that there may be no room for. It says what there was no room
// for, which the run has to name; "" where it has published.
func (n *nights) cramped(x issue, room string) (what string) {
	n.t.Helper()
	got := runIn(n.t, n.root, n.program, n.args(x)...)
	if err := os.RemoveAll(n.path("out/ballast")); err != nil {
		n.t.Fatal(err)
	}
	if got.exit == 0 {
		return ""
	}
	if got.exit != 2 || !strings.Contains(got.stderr, "no space left on device") {
		n.t.Fatalf("with room for %s: exit status %d\n%s\n%s", room, got.exit, got.stdout, got.stderr)
	}
	_, said, _ := strings.Cut(got.stderr, "Error: ")
	for name, pattern := range unwritten {
		if pattern.MatchString(said) {
			what = name
		}
	}
	if what == "" {
		n.t.Errorf("with room for %s nothing is named: %s", room, said)
	}
	n.t.Logf("%s: %s: %.300s", room, what, said)
	return what
}

// need is about how many bytes and files the last run had to find room for.
func (n *nights) need() (size int64, files int) {
	n.t.Helper()
	err := filepath.WalkDir(n.path("out/runs/"+n.currentRun()), func(_ string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		if files++; !d.IsDir() && info.Sys().(*syscall.Stat_t).Nlink == 1 { // others are those of the run before
			size += pages(info.Size())
		}
		return nil
	})
	if err != nil {
		n.t.Fatal(err)
	}
	logs := n.trail.look(false)
	info, err := os.Stat(logs[len(logs)-1])
	if err != nil {
		n.t.Fatal(err)
	}
	return size + pages(info.Size()), files
}

// pages is what a file of a size takes in memory.
func pages(size int64) int64 { return (size + 4095) &^ 4095 }

// rooms are amounts of room between two: so many, each somewhere in its share of what
// lies between.
func rooms(random *rand.Rand, from, to int64, count int) (all []int64) {
	for i := range count {
		all = append(all, from+int64((float64(i)+random.Float64())/float64(count)*float64(to-from)))
	}
	return all
}

// The disk fills up at any point of an incremental run: the run before stays, with its
// state and logs, and once there is room the next run goes on from there.
func TestFullDiskOfIncrements(t *testing.T) { onDisks(t, fillIncrements) }

func fillIncrements(t *testing.T, program string) {
	n := crampedNights(t, program)
	random := rand.New(rand.NewPCG(3, uint64(number(t, "KILLS_SEED", 1))))
	x := n.next()
	n.build(x)
	found := map[string]int{}
	attempt := func(room string, fill func()) {
		t.Helper()
		old, current := x, n.currentRun()
		x = n.next()
		fill()
		what := n.cramped(x, room)
		found[what]++
		if published := n.interrupted(current, old, x); published != (what == "") {
			t.Errorf("published: %v, though it found no room for %q", published, what)
		}
		n.trail.look(false)
		n.build(x)
		if t.Failed() {
			t.Fatalf("with room for %s", room)
		}
	}
	each := min(number(t, "KILLS", 12)/6, 40)
	// Tables of what is new come first, and logs last, in a few pages; a run needs some
	// more than the one before.
	const piece, page = 32 << 10, 4 << 10
	for i := range 6 * each {
		need, _ := n.need()
		all := slices.Concat(rooms(random, 0, piece, each), rooms(random, piece, need-piece, each), rooms(random, need-piece, need, each), rooms(random, need, need+4*page, 3*each))
		attempt(fmt.Sprint(all[i], " of ", need, " bytes"), func() { n.fillBytes(all[i]) })
	}
	for i := range each {
		_, need := n.need()
		room := rooms(random, 0, int64(need), each)[i]
		attempt(fmt.Sprint(room, " of ", need, " files"), func() { n.fillFiles(int(room)) })
	}
	t.Logf("there was no room for %v", found)
	if found["state"] == 0 || found["output"] == 0 || found["log"] == 0 {
		t.Error("the test has lost sight of what it tests")
	}
}

// The disk fills up while a first run writes its state: nothing is published.
func TestFullDiskOfTheFirstState(t *testing.T) { onDisks(t, fillFirst) }

func fillFirst(t *testing.T, program string) {
	n := crampedNights(t, program)
	random := rand.New(rand.NewPCG(4, uint64(number(t, "KILLS_SEED", 1))))
	x := n.kept[n.currentRun()]
	need, _ := n.need()
	found := map[string]int{}
	for _, room := range rooms(random, 0, need, min(number(t, "KILLS", 6), 100)) {
		n.empty("out")
		n.fillBytes(room)
		what := n.cramped(x, fmt.Sprint(room, " of ", need, " bytes"))
		found[what]++
		if what == "" {
			continue
		}
		for name := range n.tree("out") {
			if !strings.HasPrefix(name, ".") && !strings.HasPrefix(name, "runs/") {
				t.Errorf("with room for %d bytes: %s is there", room, name)
			}
		}
		n.expect(runIn(t, n.root, program, n.args(x)...), 0, "Full refresh: nothing is published yet")
		n.clean(x)
		n.checkState(x.run)
	}
	t.Logf("there was no room for %v", found)
	if found["state"] == 0 || found["output"] == 0 {
		t.Error("the test has lost sight of what it tests")
	}
}

// empty removes all that is in a folder.
func (s *site) empty(name string) {
	s.t.Helper()
	entries, err := os.ReadDir(s.path(name))
	if err != nil {
		s.t.Fatal(err)
	}
	for _, e := range entries {
		if err := os.RemoveAll(filepath.Join(s.path(name), e.Name())); err != nil {
			s.t.Fatal(err)
		}
	}
}
