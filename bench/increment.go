package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/apache/arrow/go/v17/arrow/ipc"
	arrowmemory "github.com/apache/arrow/go/v17/arrow/memory"

	"martlet/internal/contract"
	"martlet/internal/diskfile"
	"martlet/internal/sink"
)

// incrementGroup is a night on which one user in a hundred did something.
func incrementGroup(users int) group {
	next, grown, same := nextTables(users), grownTables(users), builtTables(users)
	const incremental, full, writing, nothing = "incremental", "full refresh", "writing the mart alone", "nothing new"
	beside := func(all []result) (float64, bool) {
		a, ok := find(all, incremental)
		b, also := find(all, full)
		c, too := find(all, writing)
		return (a.cpu - c.cpu).Seconds() / b.cpu.Seconds(), ok && also && too
	}
	idle := func(all []result) (float64, bool) {
		r, ok := find(all, nothing)
		return r.wall.Seconds(), ok
	}
	return group{
		name: fmt.Sprintf("incremental build, %s users", grouped(users)),
		note: "Since the last build there are records of one user in a hundred, in a new extract of each source or, where the\n" +
			"files grew, behind those of the one there is, whose digest is taken anew. Writing alone takes the rows of the\n" +
			"mart from the Arrow file, and writes and syncs both files again.",
		contenders: []contender{
			{name: full, input: next, run: buildIncrement("--full-refresh")},
			{name: incremental, input: next, run: buildIncrement()},
			{name: incremental + ", grown files", input: grown, run: buildIncrement()},
			{name: writing, input: next, run: writeMart},
			{name: nothing, input: same, run: buildIncrement()},
		},
		columns: []column{wall, cpu, anon, peak, wallOf(full), cpuOf(full), wallOf(writing)},
		claims: []claim{
			{what: "CPU aside from writing, of a full refresh", bound: 0.1, figure: beside},
			{what: "wall of writing alone", bound: 1.5, figure: share(incremental, wallShare, writing)},
			{what: "seconds of a run with nothing new", bound: 1, figure: idle},
		},
	}
}

// builtTables are the usual tables with what a build has published of them.
func builtTables(users int) input {
	return input{name: fmt.Sprintf("built-%d-%d", users, generation), rows: users, make: func(root string) error { return makeBuilt(root, users, 0, "") }}
}

// grownTables are these after a day; nextTables have it in files of their own, which
// stand behind the others.
func grownTables(users int) input {
	return input{name: fmt.Sprintf("grown-%d-%d", users, generation), rows: users, make: func(root string) error { return makeBuilt(root, users, users/100, "") }}
}

func nextTables(users int) input {
	return input{name: fmt.Sprintf("next-%d-%d", users, generation), rows: users, make: func(root string) error { return makeBuilt(root, users, users/100, ".day") }}
}

// extracted is the sample with extracts as sources.
func extracted() *contract.Project {
	p := martProject()
	for i := range p.Sources {
		if s := &p.Sources[i]; s.Workbook != "" {
			s.Workbook, s.Sheet, s.Seed = "", "", "seeds/"+s.Name+".*"
		}
	}
	return p
}

// makeBuilt makes the tables, builds them, and has so many users do something, which
// stands in files whose names have the suffix.
func makeBuilt(root string, users, active int, suffix string) error {
	part := root + ".built"
	if err := makeUsers(part, users, usual); err != nil {
		return err
	}
	j := job{Input: part, Scratch: part}
	if _, err := build(extracted(), j); err != nil {
		return err
	}
	if err := errors.Join(os.RemoveAll(filepath.Join(part, "target")), grow(part, users, active, suffix)); err != nil {
		return err
	}
	return os.Rename(part, root)
}

// shares are how many in a hundred records of a day stand in each table.
var shares = []int{30, 10, 10, 40, 10}

// grow appends records of so many users to the tables; one in fifty is new.
func grow(root string, users, active int, suffix string) error {
	next := 0
	chosen := newPermutation(users, 77)
	for i, t := range tables {
		f, err := os.OpenFile(filepath.Join(root, "seeds", t.name+suffix+".csv"), os.O_APPEND|os.O_WRONLY|os.O_CREATE, 0o640)
		if err != nil {
			return err
		}
		p := newPeople(users, true, uint64(100+i))
		var lines []byte
		if suffix != "" {
			lines = append(append(lines, t.header...), '\n')
		}
		for range active * shares[i] / 100 {
			user := chosen.at(next)
			if next++; next%50 == 0 {
				user = users + next
			}
			had := len(lines)
			for slot := 0; len(lines) == had && slot < t.slots; slot++ {
				lines = t.record(p, lines, user, slot)
			}
			if len(lines) > had {
				lines = append(lines, '\n')
			}
		}
		_, err = f.Write(lines)
		if err := errors.Join(err, f.Close()); err != nil {
			return err
		}
	}
	return nil
}

// buildIncrement runs the sample's program on what an earlier run of it has left.
func buildIncrement(args ...string) func(job) (outcome, error) {
	return func(j job) (outcome, error) {
		if err := linkTree(filepath.Join(j.Input, "out"), filepath.Join(j.Scratch, "out")); err != nil {
			return outcome{}, err
		}
		return build(extracted(), j, args...)
	}
}

// linkTree makes a copy of a folder with the same files.
func linkTree(from, to string) error {
	return filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		below, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		target := filepath.Join(to, below)
		switch {
		case d.IsDir():
			return os.MkdirAll(target, 0o750)
		case d.Type()&fs.ModeSymlink != 0:
			link, err := os.Readlink(path)
			return errors.Join(err, os.Symlink(link, target))
		case filepath.Dir(path) == from: // what the program writes to
			text, err := os.ReadFile(path)
			return errors.Join(err, os.WriteFile(target, text, 0o640))
		}
		return os.Link(path, target)
	})
}

// writeMart writes what was published once more.
func writeMart(j job) (outcome, error) {
	in, err := os.Open(filepath.Join(j.Input, published+".arrow"))
	if err != nil {
		return outcome{}, err
	}
	defer in.Close() // only read
	r, err := ipc.NewFileReader(in)
	if err != nil {
		return outcome{}, err
	}
	csv, err := sink.NewCSVFormat(r.Schema(), sink.CSVOptions{})
	if err != nil {
		return outcome{}, err
	}
	arrow, err := sink.NewArrowFormat(r.Schema(), sink.ArrowOptions{}, arrowmemory.DefaultAllocator)
	if err != nil {
		return outcome{}, err
	}
	done := make(chan error, 2)
	for i, format := range []sink.Format{csv, arrow} {
		go func() { done <- writeAs(r, format, filepath.Join(j.Scratch, fmt.Sprint(i))) }()
	}
	return outcome{}, errors.Join(<-done, <-done)
}

// writeAs writes all records of a file in a format, and syncs what it wrote.
func writeAs(r *ipc.FileReader, format sink.Format, path string) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	buffer := diskfile.New(f)
	w, e := format.NewWriter(buffer), format.NewEncoder()
	for i := range r.NumRecords() {
		rec, err := r.RecordAt(i)
		if err != nil {
			return err
		}
		block, err := e.Encode(rec)
		if err != nil {
			return err
		}
		err = w.Write(block)
		block.Free()
		rec.Release()
		if err != nil {
			return err
		}
	}
	return errors.Join(w.Close(), buffer.Close(), f.Sync(), f.Close())
}
