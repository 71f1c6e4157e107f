package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
)

// shape is how the sample's tables are written: by user or in no order, clean or
// with what real tables have. Nothing of it is rejected or fails a test of
// severity error.
type shape struct{ shuffled, messy bool }

func (s shape) String() string {
	return map[bool]string{false: "sorted", true: "shuffled"}[s.shuffled] + ", " + map[bool]string{false: "clean", true: "messy"}[s.messy]
}

// generation is part of the names of inputs: other tables, another number.
const generation = 1

// userTables is the tables of the sample's sources for so many users.
func userTables(users int, s shape) input {
	name := fmt.Sprintf("users-%d-%s-%d", users, map[bool]string{false: "sorted", true: "shuffled"}[s.shuffled], generation)
	if s.messy {
		name += "-messy"
	}
	return input{name: name, rows: users, make: func(root string) error { return makeUsers(root, users, s) }}
}

// table is one of the sample's sources.
type table struct {
	name, header string
	slots        int // records that a user may have
	// record appends one of a user's records, or nothing where the user has none.
	record func(p *people, line []byte, user, slot int) []byte
	events bool // it may name users without an account
}

var tables = []table{
	{"user_account", "user_id,email,created_timestamp,last_updated,internal_user", 2, (*people).account, false},
	{"user_account_closures", "user_id,closed_timestamp", 2, (*people).closure, true},
	{"user_account_reactivations", "user_id,reopened_timestamp", 2, (*people).reactivation, true},
	{"user_marketing_preferences", "user_id,marketing_opt_in,timestamp", 4, (*people).preference, true},
	{"user_account_attributes", "user_id,gender,country,date_of_birth", 2, (*people).attributes, true},
}

// makeUsers writes the tables into root/seeds, which is there as a whole or not
// at all. The same number and shape give the same bytes.
func makeUsers(root string, users int, s shape) error {
	part := root + ".part"
	seeds := filepath.Join(part, "seeds")
	if err := os.MkdirAll(seeds, 0o750); err != nil {
		return err
	}
	for i, t := range tables {
		p := newPeople(users, s.messy, uint64(i))
		err := makeFile(filepath.Join(seeds, t.name+".csv"), func(w io.Writer) error { return t.write(w, p, s) })
		if err != nil {
			return err
		}
	}
	country, err := os.ReadFile(filepath.Join(repository(), "seeds", "country.csv"))
	if err := errors.Join(err, os.WriteFile(filepath.Join(seeds, "country.csv"), country, 0o640)); err != nil {
		return err
	}
	return os.Rename(part, root)
}

// write writes the records of all users. Shuffled, the records of one user are
// anywhere, and each table has an order of its own.
func (t table) write(w io.Writer, p *people, s shape) error {
	users, slots := p.users, 1
	if s.messy {
		slots = t.slots
		if t.events {
			users += users / 200
		}
	}
	order := newPermutation(users*slots, p.table)
	_, err := fmt.Fprintln(w, t.header)
	line := make([]byte, 0, 256)
	for i := range users * slots {
		if s.shuffled {
			i = order.at(i)
		}
		if line = t.record(p, line[:0], i/slots, i%slots); len(line) == 0 {
			continue
		}
		if _, err := w.Write(append(line, '\n')); err != nil {
			return err
		}
	}
	return err
}

// repository is the folder of the main module, from that of this one, where the
// benchmarks are run.
func repository() string { return ".." }

// makeFile has fill write a file, which is there as a whole or not at all.
func makeFile(path string, fill func(w io.Writer) error) error {
	file, err := os.Create(path + ".part")
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(file, 1<<20)
	if err := errors.Join(fill(w), w.Flush(), file.Close()); err != nil {
		return errors.Join(err, os.Remove(path+".part"))
	}
	return os.Rename(path+".part", path)
}

// id is the number of a user in the tables: rising, with gaps.
func id(user int) int64 { return int64(10_000_000 + 3*user + int(mix(uint64(user))%3)) }

func appendID(line []byte, user int) []byte { return strconv.AppendInt(line, id(user), 10) }
