package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

// kernels are the packages whose micro-benchmarks count.
var kernels = []string{"./internal/arrowops", "./internal/value", "./internal/delimited", "./internal/scan", "./internal/sink", "./internal/spill"}

// kernels runs the micro-benchmarks and writes what benchstat makes of them. The
// last results stay beside the inputs: where there are some, they are compared.
func (b bench) kernels(out string) error {
	latest, before := filepath.Join(b.folder, "kernels.txt"), filepath.Join(b.folder, "kernels-before.txt")
	busy := load()
	runs := max(b.runs, 6)
	results, err := benchmark(runs)
	if err != nil {
		return err
	}
	files := []string{latest}
	if os.Rename(latest, before) == nil {
		files = []string{before, latest}
	}
	if err := os.WriteFile(latest, results, 0o640); err != nil {
		return err
	}
	table, err := benchstat(files...)
	if err != nil {
		return err
	}
	text := fmt.Sprintf(`# Kernels

Written by `+"`make bench-kernels`"+`; not to be edited. The micro-benchmarks of the packages that touch every value,
as benchstat sums them up (%s, %d cores, %s). Where there are two columns, the first is of the run before.

`+"```\n%s```\n%s", cpuName(), runtime.NumCPU(), runtime.Version(), table, stamp(busy, runs))
	fmt.Println(text)
	return os.WriteFile(out, []byte(text), 0o640)
}

// benchmark runs the benchmarks of all kernels.
func benchmark(count int) ([]byte, error) {
	args := []string{"test", "-run", "^$", "-bench", ".", "-benchmem", "-benchtime", "100ms", "-count", fmt.Sprint(count)}
	for _, dir := range kernels {
		if _, err := os.Stat(filepath.Join(repository(), dir)); err == nil {
			args = append(args, dir)
		}
	}
	cmd := exec.Command("go", args...)
	cmd.Dir = repository()
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0") // as the program is built
	var results strings.Builder
	cmd.Stdout, cmd.Stderr = io.MultiWriter(&results, os.Stderr), os.Stderr
	err := cmd.Run()
	return []byte(results.String()), err
}

// benchstat compares files of results.
func benchstat(files ...string) ([]byte, error) {
	names, args := []string{"before", "now"}, []string{"tool", "benchstat", "-filter", ".unit:(sec/op OR B/op)"}
	for i, file := range files {
		args = append(args, names[len(names)-len(files)+i]+"="+file)
	}
	cmd := exec.Command("go", args...)
	cmd.Stderr = os.Stderr
	return cmd.Output()
}
