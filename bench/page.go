package main

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"time"
)

// page is the tables with what they were measured on. Sections of an earlier
// page that were not measured again stay, with the date that is theirs.
func page(earlier string, sections []string) string {
	var b strings.Builder
	fmt.Fprintf(&b, `# Benchmarks

Written by `+"`make bench`"+`; not to be edited. Each contender runs in a process of its own, over the same files, in
turn; the figures are those of the median run after one for the caches, unless its section says otherwise.
Inputs come from the page cache; outputs go to the same disk and are removed after each run. Free memory is touched
before each run, as a virtual machine may have given it back to its host, and taking it again costs more than much of
what is measured. Memory is the most that was seen every 5 ms: anonymous memory is what no file backs.

Machines differ and are noisy: the ratios count (times: above 1, so many times as fast; of: what part of the other's).
A load that is above 1 before a section tells that others were at work: CPU time says more there than wall.

%s, %d cores, %s%s.

The kernels are in [benchmarks-kernels.md](benchmarks-kernels.md), and where the time goes in [profile.md](profile.md).

`, cpuName(), runtime.NumCPU(), runtime.Version(), versions())
	titles := map[string]bool{}
	for _, s := range sections {
		titles[title(s)] = true
	}
	parts := strings.Split(earlier, "\n### ")[1:]
	for i, p := range parts {
		parts[i] = strings.TrimRight("### "+p, "\n") + "\n"
	}
	parts = slices.DeleteFunc(parts, func(p string) bool { return titles[title(p)] })
	b.WriteString(strings.Join(ordered(append(sections, parts...)), "\n"))
	return b.String()
}

// ordered puts sections into the order of the groups; others are dropped.
func ordered(sections []string) (all []string) {
	for _, g := range groups(1) {
		for _, s := range sections {
			if strings.EqualFold(title(s), "### "+g.name) {
				all = append(all, s)
			}
		}
	}
	return all
}

func title(section string) string { first, _, _ := strings.Cut(section, "\n"); return first }

// stamp says what was measured and when, and how busy the machine was before.
func stamp(load string, runs int) string {
	commit, err := exec.Command("git", "describe", "--always", "--dirty").Output()
	if err != nil {
		commit = []byte("?")
	}
	return fmt.Sprintf("\nAt %s, %s, runs: %d; load before: %s.\n", strings.TrimSpace(string(commit)), time.Now().UTC().Format(time.DateOnly), runs, load)
}

// load is the number of processes that wanted to run in the last minute.
func load() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "?"
	}
	one, _, _ := strings.Cut(string(text), " ")
	return one
}

// peers are the modules whose versions matter.
var peers = []string{
	"github.com/apache/arrow/go/v17", "github.com/duckdb/duckdb-go/v2", "github.com/klauspost/compress", "github.com/xuri/excelize/v2",
}

func versions() string {
	var b strings.Builder
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, d := range info.Deps {
			if slices.Contains(peers, d.Path) {
				fmt.Fprintf(&b, ", %s %s", d.Path[strings.Index(d.Path, "/")+1:], d.Version)
			}
		}
	}
	return b.String() + duckVersion()
}

// cpuName is what the processor calls itself.
func cpuName() string {
	text, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return runtime.GOARCH
	}
	for line := range strings.Lines(string(text)) {
		if key, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(key) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return runtime.GOARCH
}
