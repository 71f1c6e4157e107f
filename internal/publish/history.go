package publish

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Publication is one time that a run became the current one.
type Publication struct {
	Run string    // the name of its folder
	At  time.Time // UTC; of two publications the later has the greater, whatever the clock says

	after time.Time // the publication that a rollback leads to; zero: none
	logs  []string  // their paths below the published folder, with slashes
}

// history is the publications of the runs that are there, the oldest first. A run
// may stand in it more than once.
type history []Publication

// timeFormat has a width of its own, so that names of logs sort by time.
const timeFormat = "20060102T150405.000Z"

// The columns of the file, tab-separated: at, after, run, state, logs.
const (
	fixedColumns   = 4
	stateAnnounced = "announced" // may not have become the current one
	statePublished = "published"
)

// last is when the latest publication was; zero where there is none.
func (h history) last() time.Time {
	if len(h) == 0 {
		return time.Time{}
	}
	return h[len(h)-1].At
}

// latest is the latest publication of a run.
func (h history) latest(run string) (Publication, bool) {
	for _, x := range slices.Backward(h) {
		if x.Run == run {
			return x, true
		}
	}
	return Publication{}, false
}

// before is the publication that a rollback from a run leads to.
func (h history) before(run string) (Publication, bool) {
	from, _ := h.latest(run)
	i, found := slices.BinarySearchFunc(h, from.after, func(x Publication, at time.Time) int { return x.At.Compare(at) })
	if !found || h[i].Run == run {
		return Publication{}, false
	}
	return h[i], true
}

// newest are the latest publications of different runs, the newest first.
func (h history) newest() (runs []Publication) {
	for _, x := range slices.Backward(h) {
		if !slices.ContainsFunc(runs, func(y Publication) bool { return x.Run == y.Run }) {
			runs = append(runs, x)
		}
	}
	return runs
}

// encode writes the history as its file has it; next, unless nil, is announced.
func (h history) encode(next *Publication) []byte {
	var text strings.Builder
	line := func(x Publication, state string) {
		after := "-"
		if !x.after.IsZero() {
			after = x.after.Format(timeFormat)
		}
		columns := append([]string{x.At.Format(timeFormat), after, x.Run, state}, x.logs...)
		text.WriteString(strings.Join(columns, "\t") + "\n")
	}
	for _, x := range h {
		line(x, statePublished)
	}
	if next != nil {
		line(*next, stateAnnounced)
	}
	return []byte(text.String())
}

// decodePublication reads one line.
func decodePublication(line string) (x Publication, state string, err error) {
	columns := strings.Split(line, "\t")
	if len(columns) < fixedColumns {
		return x, "", fmt.Errorf("found %q, expected %d columns or more", line, fixedColumns)
	}
	if x.At, err = time.Parse(timeFormat, columns[0]); err != nil {
		return x, "", fmt.Errorf("found %q, expected a time", columns[0])
	}
	if columns[1] != "-" {
		if x.after, err = time.Parse(timeFormat, columns[1]); err != nil {
			return x, "", fmt.Errorf("found %q, expected a time or -", columns[1])
		}
	}
	x.Run, state, x.logs = columns[2], columns[3], columns[fixedColumns:]
	if err := checkName("run", x.Run); err != nil {
		return x, "", err
	}
	if state != stateAnnounced && state != statePublished {
		return x, "", fmt.Errorf("found %q, expected %s or %s", state, stateAnnounced, statePublished)
	}
	for _, path := range x.logs { // some of which are going to be removed
		folder, name, _ := strings.Cut(path, "/")
		if err := errors.Join(checkEntry("folder of a log", folder), checkName("log", name)); err != nil {
			return x, "", err
		}
	}
	return x, state, nil
}

// decodeHistory reads the file; last, unless nil, was announced only.
func decodeHistory(text string) (h history, last *Publication, err error) {
	for i, line := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
		if line == "" {
			continue
		}
		x, state, err := decodePublication(line)
		switch {
		case err != nil:
		case last != nil:
			err = fmt.Errorf("found another publication behind one that was %s", stateAnnounced)
		case !x.At.After(h.last()):
			err = fmt.Errorf("found a time that is not later than that of the line before")
		case state == stateAnnounced:
			last = &x
			continue
		}
		if err != nil {
			return nil, nil, fmt.Errorf("line %d: %w", i+1, err)
		}
		h = append(h, x)
	}
	return h, last, nil
}

// readHistory reads what was published into a folder. unfinished, unless nil, was
// announced and did not become the current one. Where the file is missing the
// times of the folders stand in for it.
func readHistory(out string) (h history, unfinished *Publication, err error) {
	now, _ := current(out)
	path := filepath.Join(out, historyName)
	switch text, err := os.ReadFile(path); {
	case err == nil:
		var last *Publication
		if h, last, err = decodeHistory(string(text)); err != nil {
			return nil, nil, fmt.Errorf("%s: %w; restore the file, or remove it: the times of the folders in %s will then say which run came after which", path, err, runsName)
		}
		if last != nil && last.Run == now { // killed after the switch
			h = append(h, *last)
		} else {
			unfinished = last
		}
	case !errors.Is(err, os.ErrNotExist):
		return nil, nil, err
	case now != "": // else nothing was published yet, and a run may be there that never was
		if h, err = guessHistory(out, now); err != nil {
			return nil, nil, err
		}
	}
	if _, known := h.latest(now); !known && now != "" { // pointed at by hand, or guessed
		info, err := os.Stat(filepath.Join(out, runsName, now))
		if err != nil {
			return nil, nil, err
		}
		h = append(h, Publication{Run: now, At: later(h.last(), info.ModTime()), after: h.last()})
	}
	h = slices.DeleteFunc(h, func(x Publication) bool {
		info, err := os.Lstat(filepath.Join(out, runsName, x.Run))
		return err != nil || !info.IsDir()
	})
	return h, unfinished, nil
}

// guessHistory takes the runs other than the current one as they were written.
func guessHistory(out, now string) (h history, err error) {
	entries, err := os.ReadDir(filepath.Join(out, runsName))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	for _, e := range entries {
		if !e.IsDir() || e.Name() == now || strings.HasPrefix(e.Name(), ".") {
			continue
		}
		info, err := e.Info()
		if err != nil {
			return nil, err
		}
		h = append(h, Publication{Run: e.Name(), At: info.ModTime().UTC().Truncate(time.Millisecond)})
	}
	slices.SortStableFunc(h, func(a, b Publication) int { return cmp.Or(a.At.Compare(b.At), strings.Compare(a.Run, b.Run)) })
	for i := 1; i < len(h); i++ {
		h[i].At, h[i].after = later(h[i-1].At, h[i].At), h[i-1].At
	}
	return h, nil
}

// later is at, or just after last where that is not before at.
func later(last, at time.Time) time.Time {
	at = at.UTC().Truncate(time.Millisecond)
	if next := last.Add(time.Millisecond); at.Before(next) {
		return next
	}
	return at
}

// current is the run that is published now; ok where its folder is there.
func current(out string) (name string, ok bool) {
	target, err := os.Readlink(filepath.Join(out, currentName))
	if err != nil || filepath.Dir(target) != runsName {
		return "", false
	}
	info, err := os.Stat(filepath.Join(out, target))
	if err != nil || !info.IsDir() {
		return "", false
	}
	return filepath.Base(target), true
}

// writeHistory replaces the file in one step.
func (p *Publisher) writeHistory(next *Publication) error {
	path := filepath.Join(p.out, historyName)
	fresh := filepath.Join(p.out, pending+historyName)
	err := p.disk.writeFile(fresh, p.history.encode(next))
	if err == nil {
		err = p.disk.sync(fresh)
	}
	if err == nil {
		err = p.disk.rename(fresh, path)
	}
	if err != nil {
		return errors.Join(err, p.disk.removeAll(fresh)) // which may not be there
	}
	return p.disk.sync(p.out)
}
