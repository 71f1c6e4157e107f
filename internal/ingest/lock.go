package ingest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"martlet/internal/contract"
)

// LockPath is where the lock of the seeds is, from the root.
const LockPath = "seeds/seeds.lock"

// lockEntry says what one seed was made from.
type lockEntry struct {
	Seed           string   `lock:"seed"`
	SHA256         string   `lock:"sha256"`
	Rows           int64    `lock:"rows"`
	Workbook       string   `lock:"workbook"`
	WorkbookSHA256 string   `lock:"workbook_sha256"`
	Sheet          string   `lock:"sheet"`
	Columns        []string `lock:"columns"` // "user_id int64"
	Header         []string `lock:"header"`  // the cells of their headers in the sheet: "A1"; none where the seed is not the sheet's
	// Faults are the cells that have no value in the seed, and why: "B17 error".
	// The key is absent where there are none.
	Faults []string `lock:"faults"`
	// Pending are digests that the seed may have instead of SHA256, as a build is
	// about to put another one there. The key is absent but for that moment; where
	// it stands, the build did not end.
	Pending []string `lock:"pending"`
}

// made says whether a build made the seed that has this digest.
func (e *lockEntry) made(sha256 string) bool {
	return sha256 == e.SHA256 || slices.Contains(e.Pending, sha256)
}

// The keys that an entry need not have.
const (
	keyFaults  = "faults"
	keyPending = "pending"
)

// pendingHead explains the key to who finds it.
const pendingHead = "# A build that did not end may have put one of these there; the next one settles it.\n"

// lock is what seeds.lock says, by the path of the seed.
type lock map[string]lockEntry

const lockHead = `# What each seed was made from, so that a build knows what has changed since.
# Written by the build and tracked in git; not to be edited.

version = 1
`

// columnLock is how the lock writes declared columns.
func columnLock(columns []contract.Column) []string {
	list := make([]string, len(columns))
	for i, c := range columns {
		list[i] = c.Name + " " + c.Type
	}
	return list
}

// format writes the lock: TOML, sorted by seed. Its strings and lists are
// written as JSON, which they are as well.
func (l lock) format() []byte {
	seeds := make([]string, 0, len(l))
	for seed := range l {
		seeds = append(seeds, seed)
	}
	slices.Sort(seeds)
	out := bytes.NewBufferString(lockHead)
	for _, seed := range seeds {
		out.WriteString("\n[[seed]]\n")
		entry := reflect.ValueOf(l[seed])
		for i := range entry.NumField() {
			key := entry.Type().Field(i).Tag.Get("lock")
			if key == keyFaults || key == keyPending {
				if entry.Field(i).Len() == 0 {
					continue
				}
			}
			if key == keyPending {
				out.WriteString(pendingHead)
			}
			fmt.Fprintf(out, "%-15s = %s\n", key, jsonText(entry.Field(i).Interface()))
		}
	}
	return out.Bytes()
}

func jsonText(v any) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic(err) // strings, integers and lists of strings have JSON
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// parseLock reads what format writes, and nothing more liberal.
func parseLock(text []byte) (lock, error) {
	l := lock{}
	var entry *lockEntry
	var seen map[string]bool
	version := false
	store := func() error {
		if entry == nil {
			return nil
		}
		delete(seen, keyFaults)
		delete(seen, keyPending)
		if want := reflect.TypeFor[lockEntry]().NumField() - 2; len(seen) != want {
			return fmt.Errorf("found a seed with %d keys before this line; expected %d", len(seen), want)
		}
		if _, doubled := l[entry.Seed]; doubled {
			return fmt.Errorf("found %q twice before this line; expected each seed once", entry.Seed)
		}
		l[entry.Seed] = *entry
		_, err := entry.faults()
		return err
	}
	number := 0
	for line := range strings.Lines(string(text)) {
		number++
		line = strings.TrimSpace(line)
		var err error
		switch {
		case line == "" || line[0] == '#':
		case line == "[[seed]]" && version:
			err = store()
			entry, seen = &lockEntry{}, map[string]bool{}
		case line == "version = 1" && !version:
			version = true
		case entry == nil:
			err = errors.New("found something unknown; expected version = 1 and [[seed]]")
		default:
			err = entry.set(line, seen)
		}
		if err != nil {
			return nil, fmt.Errorf("%d: %w", number, err)
		}
	}
	if err := store(); err != nil {
		return nil, fmt.Errorf("%d: %w", number+1, err)
	}
	if !version {
		return nil, fmt.Errorf("%d: found no version; expected version = 1", number+1)
	}
	return l, nil
}

// set takes one line, key = value.
func (e *lockEntry) set(line string, seen map[string]bool) error {
	key, value, _ := strings.Cut(line, "=")
	key = strings.TrimSpace(key)
	if seen[key] {
		return fmt.Errorf("found the key %q twice; expected it once", key)
	}
	fields := reflect.ValueOf(e).Elem()
	for i := range fields.NumField() {
		if fields.Type().Field(i).Tag.Get("lock") != key {
			continue
		}
		seen[key] = true
		if err := json.Unmarshal([]byte(value), fields.Field(i).Addr().Interface()); err != nil {
			return fmt.Errorf("found a value of %q that cannot be read; expected %s", key, fields.Field(i).Type())
		}
		return nil
	}
	return errors.New("found something unknown; expected the keys of a seed")
}

// readLock reads the lock below root; there need not be one.
func readLock(root string) (lock, error) {
	text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(LockPath)))
	if errors.Is(err, fs.ErrNotExist) {
		return lock{}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("%s: the lock cannot be read: %w", LockPath, cause(err))
	}
	l, err := parseLock(text)
	if err != nil {
		return nil, fmt.Errorf("%s:%w: restore it from git, or delete it and run `build seed`", LockPath, err)
	}
	return l, nil
}

// lockFaults is how the lock writes faults: the cell of the workbook and what is
// the matter with it.
func lockFaults(found []cellFault, header []string) []string {
	list := make([]string, len(found))
	for i, f := range found {
		list[i] = seedCell(header, f.column, f.record) + " " + faultNames[f.fault]
	}
	return list
}

// faults are the entry's faults, by record and declared column.
func (e *lockEntry) faults() ([]Fault, error) {
	at := make(map[string]int, len(e.Header))
	first := int64(0)
	for j, cell := range e.Header {
		letters, row := splitCell(cell)
		at[letters], first = j, row
	}
	var list []Fault
	for _, text := range e.Faults {
		cell, name, _ := strings.Cut(text, " ")
		letters, row := splitCell(cell)
		j, known := at[letters]
		f := slices.Index(faultNames[:], name)
		if !known || row <= first || f <= 0 {
			return nil, fmt.Errorf("found the fault %q; expected a cell below the header, and one of %s", text, strings.Join(faultNames[1:], ", "))
		}
		list = append(list, Fault{Record: row - first, Column: j, Reason: faultReasons[f]})
	}
	return list, nil
}

// known is faults for an entry that was read or made by us.
func (e *lockEntry) known() []Fault {
	list, err := e.faults()
	if err != nil {
		panic("ingest: " + err.Error()) // reading the lock has checked it
	}
	return list
}

// splitCell splits the name of a cell: "B17" is B and 17. The row is 0 where
// there is none: the lock was edited.
func splitCell(name string) (letters string, row int64) {
	letters = strings.TrimRight(name, "0123456789")
	row, err := strconv.ParseInt(name[len(letters):], 10, 64)
	if err != nil {
		return letters, 0
	}
	return letters, row
}

// seedCell names the cell that a field of a seed was made from, given the cells
// of its header; "" where that is not known.
func seedCell(header []string, column int, record int64) string {
	if column < 0 || column >= len(header) {
		return ""
	}
	letters, row := splitCell(header[column])
	if row == 0 {
		return ""
	}
	return letters + strconv.FormatInt(row+record, 10)
}
