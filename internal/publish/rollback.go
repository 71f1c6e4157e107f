package publish

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Kept is a run that can be gone back to, or the current one.
type Kept struct {
	Run      string    // the name of its folder
	Dir      string    // its path
	At       time.Time // when it was published last, UTC
	Current  bool
	Previous bool // a rollback that names no run goes back to it
}

// Runs are the runs that a folder keeps, the one published last first. It takes no
// lock.
func Runs(out string) ([]Kept, error) {
	h, _, err := readHistory(out)
	if err != nil {
		return nil, err
	}
	return h.kept(out), nil
}

func (h history) kept(out string) (runs []Kept) {
	now, _ := current(out)
	previous, _ := h.before(now)
	for _, x := range h.newest() {
		runs = append(runs, Kept{Run: x.Run, Dir: filepath.Join(out, runsName, x.Run), At: x.At, Current: x.Run == now, Previous: x.Run == previous.Run})
	}
	return runs
}

// Return is a rollback before it has happened.
type Return struct {
	From, To string // the runs' folders; From is "" where none is published

	logs stagedLogs
}

// Append opens a new log of the rollback, as Run.Append does of a run. The caller
// closes it.
func (r *Return) Append(folder, ext string) (*os.File, error) { return r.logs.create(folder, ext) }

// Rollback makes a run current again that was so before, and gives that
// publication. to names it; "" is the one that was published before the current
// one. prepare, unless nil, is called before anything is changed and may append to
// logs; where it gives an error nothing happens. A run that is current already is
// left so. Errors are those of Run.Commit.
func (p *Publisher) Rollback(to string, prepare func(r *Return) error) (Publication, error) {
	if err := p.recover(); err != nil {
		return Publication{}, err
	}
	target, err := p.target(to)
	if err != nil {
		return Publication{}, err
	}
	files, err := plainFiles(p.dirOf(target.Run))
	if err != nil {
		return Publication{}, err
	}
	now, from, _ := p.Current()
	if target.Run == now {
		return target, p.checkWay(files, nil)
	}
	r := &Return{From: from, To: p.dirOf(target.Run)}
	r.logs = stagedLogs{publisher: p, dir: filepath.Join(p.out, runsName, staging+target.Run+".logs")}
	next := Publication{Run: target.Run, At: later(p.last, time.Now()), after: target.after}
	if err := p.goBack(r, next, files, prepare); err != nil {
		return next, err
	}
	return next, nil
}

func (p *Publisher) goBack(r *Return, next Publication, files []string, prepare func(r *Return) error) (err error) {
	if prepare != nil {
		err = prepare(r)
	}
	if err == nil {
		err = p.checkWay(files, r.logs.files)
	}
	if err == nil {
		err = r.logs.sync()
	}
	if err != nil {
		return errors.Join(err, r.logs.drop())
	}
	if err := p.publish(next, &r.logs, files); err != nil {
		return err
	}
	if err := p.writeHistory(nil); err != nil {
		return &TidyError{Err: err}
	}
	return nil
}

// target is the latest publication of the run to go back to.
func (p *Publisher) target(to string) (Publication, error) {
	now, _, published := p.Current()
	switch {
	case to != "":
		if x, kept := p.history.latest(to); kept {
			return x, nil
		}
		return Publication{}, fmt.Errorf("%s: found no run %s, or it was never published; %s", p.out, to, p.describeKept())
	case !published:
		return Publication{}, fmt.Errorf("%s: nothing is published there, so there is no run before; %s", p.out, p.describeKept())
	}
	x, kept := p.history.before(now)
	if !kept {
		return Publication{}, fmt.Errorf("%s: no run is kept that was published before %s, the current one; %s", p.out, now, p.describeKept())
	}
	return x, nil
}

// describeKept names the runs that can be gone back to.
func (p *Publisher) describeKept() string {
	var names []string
	for _, x := range p.history.kept(p.out) {
		if !x.Current {
			names = append(names, fmt.Sprintf("%s (published %s)", x.Run, x.At.Format(time.DateTime)))
		}
	}
	if len(names) == 0 {
		return "there is none to go back to"
	}
	return "those that can be gone back to are " + strings.Join(names, ", ")
}
