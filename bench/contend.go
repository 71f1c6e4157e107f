package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// group is contenders that do the same work on the same file.
type group struct {
	name       string
	file       string
	rows       int
	make       func(path string) error
	contenders []contender
	against    []string // the contenders that the first column of ratios, the second ... are to
	byCPU      bool     // the ratios are of CPU time
}

// contender reads a file and gives the number of rows it saw.
type contender struct {
	name string
	read func(path string) (rows int, err error)
}

// result is the median of a contender's runs.
type result struct {
	name string
	wall time.Duration
	cpu  time.Duration
	peak int64 // bytes of memory
}

// contend is the process of one contender.
func contend(name, path string) int {
	for _, g := range groups {
		for _, c := range g.contenders {
			if g.name+"/"+c.name != name {
				continue
			}
			rows, err := c.read(path)
			if err != nil {
				fmt.Fprintln(os.Stderr, err)
				return 1
			}
			fmt.Println(rows)
			return 0
		}
	}
	fmt.Fprintln(os.Stderr, "there is no contender", name)
	return 2
}

// measureGroup runs the contenders in turn, once for the caches and then as
// often as wanted, so that a slow spell of the machine meets them all.
func measureGroup(g group, path string, runs int) ([]result, error) {
	measured := make([][]result, len(g.contenders))
	for n := range runs + 1 {
		for i, c := range g.contenders {
			fmt.Fprintf(os.Stderr, "%s: %s (%d of %d)\n", g.name, c.name, n, runs)
			r, err := measure(g, c, path)
			if err != nil {
				return nil, fmt.Errorf("%s/%s: %w", g.name, c.name, err)
			}
			if n > 0 {
				measured[i] = append(measured[i], r)
			}
		}
	}
	results := make([]result, len(g.contenders))
	for i, all := range measured {
		slices.SortFunc(all, func(a, b result) int { return int(a.wall - b.wall) })
		results[i] = all[len(all)/2]
	}
	return results, nil
}

// measure runs one contender in a process of its own.
func measure(g group, c contender, path string) (result, error) {
	self, err := os.Executable()
	if err != nil {
		return result{}, err
	}
	var out bytes.Buffer
	cmd := exec.Command(self, "contend", g.name+"/"+c.name, path)
	cmd.Stdout, cmd.Stderr = &out, os.Stderr
	start := time.Now()
	if err := cmd.Run(); err != nil {
		return result{}, err
	}
	wall := time.Since(start)
	rows, err := strconv.Atoi(strings.TrimSpace(out.String()))
	if err != nil || rows != g.rows {
		return result{}, fmt.Errorf("it saw %q rows; expected %d", out.String(), g.rows)
	}
	r := result{name: c.name, wall: wall, cpu: cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()}
	if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		r.peak = usage.Maxrss * 1024 // Linux counts kilobytes
	}
	return r, nil
}
