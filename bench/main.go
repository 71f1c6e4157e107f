// Command bench measures Martlet beside its peers: each contender in a process
// of its own, over the same files, in turn, several times. It prints tables of
// medians and, with -o, writes them down with the machine and the versions.
//
//	go run . [-o ../docs/benchmarks.md] [-runs 3] [-dir DIR] [-only GROUP] [-divide N]
//	go run . -profile ../docs/profile.md [-dir DIR]
//	go run . -kernels ../docs/benchmarks-kernels.md [-dir DIR]
//
// It is a module of its own, so that what the peers need is not needed by those
// who use Martlet.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"strings"
)

func main() {
	dispatch()
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(2)
	}
}

// dispatch is what the command does in the processes that it starts of itself.
func dispatch() {
	if len(os.Args) != 3 {
		return
	}
	switch os.Args[1] {
	case "contend":
		os.Exit(contend(os.Args[2]))
	case "touch":
		os.Exit(touch(os.Args[2]))
	}
}

func run() error {
	out := flag.String("o", "", "write the tables to this file, too")
	only := flag.String("only", "", "the groups to measure, by the beginning of their names; those that -o has of others stay")
	profile := flag.String("profile", "", "write where the time of a run goes to this file, and measure nothing")
	kernels := flag.String("kernels", "", "write the micro-benchmarks to this file, and measure nothing else")
	var b bench
	flag.IntVar(&b.runs, "runs", 3, "runs of each contender; the median counts")
	flag.IntVar(&b.divide, "divide", 1, "make everything so many times smaller, to try it out")
	flag.StringVar(&b.folder, "dir", "", "folder of the inputs, which are made where they are not there (default: a temporary one)")
	flag.Parse()
	if b.divide > 1 && *out != "" {
		return errors.New("-divide is for a look, not for -o")
	}
	if b.folder == "" {
		folder, err := os.MkdirTemp("", "martlet-bench-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(folder)
		b.folder = folder
	}
	if err := os.MkdirAll(b.folder, 0o750); err != nil {
		return err
	}
	switch {
	case *profile != "":
		return b.profile(*profile)
	case *kernels != "":
		return b.kernels(*kernels)
	}
	return b.tables(*out, *only)
}

// tables measures groups, and writes each down as soon as it is known.
func (b bench) tables(out, only string) error {
	var sections []string
	for _, g := range groups(b.divide) {
		if !strings.HasPrefix(g.name, only) {
			continue
		}
		before := load()
		results, err := b.measure(g)
		if err != nil {
			return err
		}
		section := g.table(results) + stamp(before, b.runs)
		fmt.Println(section)
		sections = append(sections, section)
		if out == "" {
			continue
		}
		earlier, err := os.ReadFile(out)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		if err := os.WriteFile(out, []byte(page(string(earlier), sections)), 0o640); err != nil {
			return err
		}
	}
	return nil
}
