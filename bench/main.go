// Command bench measures Martlet beside its peers: each contender in a process
// of its own, over the same files, in turn, several times. It prints a table of
// medians and, with -o, writes it down with the machine and the versions.
//
//	go run . [-o ../docs/benchmarks.md] [-runs 3] [-dir DIR] [-only GROUP]
//
// It is a module of its own, so that what the peers need is not needed by those
// who use Martlet.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

func main() {
	if len(os.Args) == 4 && os.Args[1] == "contend" {
		os.Exit(contend(os.Args[2], os.Args[3]))
	}
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(2)
	}
}

func run() error {
	out := flag.String("o", "", "write the tables to this file, too")
	runs := flag.Int("runs", 3, "runs of each contender; the median counts")
	dir := flag.String("dir", "", "folder of the inputs, which are made where they are not there (default: a temporary one)")
	only := flag.String("only", "", "the one group to measure, by the beginning of its name")
	flag.Parse()
	folder := *dir
	if folder == "" {
		var err error
		if folder, err = os.MkdirTemp("", "martlet-bench-"); err != nil {
			return err
		}
		defer os.RemoveAll(folder)
	}
	if err := os.MkdirAll(folder, 0o750); err != nil {
		return err
	}
	var text strings.Builder
	for _, g := range groups {
		if !strings.HasPrefix(g.name, *only) {
			continue
		}
		input := filepath.Join(folder, g.file)
		if _, err := os.Stat(input); err != nil {
			fmt.Fprintf(os.Stderr, "making %s\n", input)
			if err := g.make(input); err != nil {
				return err
			}
		}
		results, err := measureGroup(g, input, *runs)
		if err != nil {
			return err
		}
		table := g.table(results)
		fmt.Println(table)
		text.WriteString(table + "\n")
	}
	if *out == "" {
		return nil
	}
	return os.WriteFile(*out, []byte(page(text.String(), *runs)), 0o640)
}
