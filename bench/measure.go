package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// bench is a run of the benchmarks.
type bench struct {
	folder string // of the inputs, and of what contenders write for a moment
	runs   int
	divide int
}

// measure runs the contenders in turn, once for the caches and then as often as
// wanted, so that a slow spell of the machine meets them all.
func (b bench) measure(g group) ([]result, error) {
	var contenders []contender
	for _, c := range g.contenders {
		if c.needs == "" || knows(c.needs) {
			contenders = append(contenders, c)
		}
	}
	measured := make([][]result, len(contenders))
	checks := &checks{group: g}
	sizes := map[string][]int64{}
	for n := range b.runs + 1 {
		for i, c := range contenders {
			if c.runs > 0 && n >= c.runs {
				continue
			}
			fmt.Fprintf(os.Stderr, "%s: %s (%d of %d)\n", g.name, c.name, n, b.runs)
			r, err := b.once(g, c, sizes, checks, n == 0)
			if err != nil {
				return nil, fmt.Errorf("%s/%s: %w", g.name, c.name, err)
			}
			if n > 0 || c.runs > 0 {
				measured[i] = append(measured[i], r)
			}
		}
	}
	results := make([]result, len(contenders))
	for i, all := range measured {
		slices.SortFunc(all, func(a, b result) int { return int(a.wall - b.wall) })
		results[i] = all[len(all)/2]
		results[i].digest = checks.digests[results[i].name]
	}
	return results, nil
}

// once runs one contender; what it wrote is looked at and removed.
func (b bench) once(g group, c contender, sizes map[string][]int64, checks *checks, first bool) (result, error) {
	path, err := b.input(c.input)
	if err != nil {
		return result{}, err
	}
	scratch, err := os.MkdirTemp(b.folder, "run-")
	if err != nil {
		return result{}, err
	}
	defer os.RemoveAll(scratch)
	if err := warm(c.input.rows); err != nil {
		return result{}, err
	}
	r, o, err := start(job{
		Group: g.name, Contender: c.name, Divide: b.divide, Input: path, Scratch: scratch, Cores: c.cores, Sizes: sizes[c.input.name],
	})
	if err != nil {
		return result{}, err
	}
	r.rows = c.input.rows
	if sizes[c.input.name] == nil {
		if sizes[c.input.name], err = sizesOf(scratch, o.Files); err != nil {
			return result{}, err
		}
	}
	if first {
		err = checks.add(c, scratch, o)
	}
	return r, err
}

// input gives the path of an input, which is made where it is not there.
func (b bench) input(in input) (string, error) {
	path := filepath.Join(b.folder, in.name)
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	fmt.Fprintln(os.Stderr, "making", path)
	return path, in.make(path)
}

func sizesOf(folder string, files []string) (sizes []int64, err error) {
	for _, name := range files {
		info, err := os.Stat(filepath.Join(folder, name))
		if err != nil {
			return nil, err
		}
		sizes = append(sizes, info.Size())
	}
	return sizes, nil
}

// start runs a job in a process of its own.
func start(j job) (result, outcome, error) {
	self, err := os.Executable()
	if err != nil {
		return result{}, outcome{}, err
	}
	text, err := json.Marshal(j)
	if err != nil {
		return result{}, outcome{}, err
	}
	var out bytes.Buffer
	cmd := exec.Command(self, "contend", string(text))
	cmd.Stdout, cmd.Stderr = &out, os.Stderr
	if j.Cores > 0 {
		cmd.Env = append(os.Environ(), "GOMAXPROCS="+strconv.Itoa(j.Cores))
	}
	began := time.Now()
	if err := cmd.Start(); err != nil {
		return result{}, outcome{}, err
	}
	done := make(chan struct{})
	memory := watch(cmd.Process.Pid, done)
	err = cmd.Wait()
	r := result{name: j.Contender, wall: time.Since(began)}
	close(done)
	m := <-memory
	r.anonymous, r.peak = m.anonymous, m.peak
	if err != nil {
		return r, outcome{}, err
	}
	r.cpu = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	var o outcome
	err = json.Unmarshal(out.Bytes(), &o)
	r.stages = o.Stages
	return r, o, err
}

// memory is the most that a process had.
type memory struct{ anonymous, peak int64 }

// watch looks at the memory of a process every few milliseconds until done. The
// kernel keeps the peak of all memory, but not that of the anonymous alone.
func watch(pid int, done <-chan struct{}) <-chan memory {
	most := make(chan memory, 1)
	go func() {
		var m memory
		tick := time.NewTicker(5 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-done:
				most <- m
				return
			case <-tick.C:
				text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
				if err == nil {
					m.anonymous = max(m.anonymous, kilobytes(text, "RssAnon:"))
					m.peak = max(m.peak, kilobytes(text, "VmHWM:"))
				}
			}
		}
	}()
	return most
}

// kilobytes is a field of /proc/PID/status, as bytes.
func kilobytes(status []byte, field string) int64 {
	_, rest, _ := strings.Cut(string(status), field)
	number, _, _ := strings.Cut(strings.TrimSpace(rest), " ")
	n, _ := strconv.ParseInt(number, 10, 64)
	return n << 10
}
