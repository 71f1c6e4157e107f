package main

import (
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
)

// groups are all there is to measure.
var groups = []group{
	sheetGroup("sheet of 500,000 rows, shared strings", sheetRows, true),
	sheetGroup("sheet of 500,000 rows, inline strings", sheetRows, false),
	sheetGroup("sheet of 100,000 rows, inline strings", sheetRows/5, false),
	csvGroup("CSV of 5,000,000 rows to typed columns", csvRows),
	csvGroup("CSV of 1,000,000 rows to typed columns", csvRows/5),
	testsGroup("sample of 5,000,000 users, published, tests on and off", users),
}

// table writes a group's results as Markdown.
func (g group) table(results []result) string {
	var b strings.Builder
	fmt.Fprintf(&b, "### %s\n\n| | rows/s | wall s | CPU s | peak MiB |", strings.ToUpper(g.name[:1])+g.name[1:])
	what := "times"
	if g.byCPU {
		what = "CPU of"
	}
	for _, name := range g.against {
		fmt.Fprintf(&b, " %s %s |", what, name)
	}
	b.WriteString("\n|---|---:|---:|---:|---:|" + strings.Repeat("---:|", len(g.against)) + "\n")
	for _, r := range results {
		fmt.Fprintf(&b, "| %s | %s | %.2f | %.2f | %d |", r.name, thousands(float64(g.rows)/r.wall.Seconds()), r.wall.Seconds(), r.cpu.Seconds(), r.peak>>20)
		for _, name := range g.against {
			i := slices.IndexFunc(results, func(other result) bool { return other.name == name })
			ratio := results[i].wall.Seconds() / r.wall.Seconds()
			if g.byCPU {
				ratio = r.cpu.Seconds() / results[i].cpu.Seconds()
			}
			fmt.Fprintf(&b, " %.2f |", ratio)
		}
		b.WriteString("\n")
	}
	return b.String()
}

// thousands writes a rate in thousands: 1,234k.
func thousands(n float64) string {
	k := int(n / 1000)
	if k >= 1000 {
		return fmt.Sprintf("%d,%03dk", k/1000, k%1000)
	}
	return fmt.Sprintf("%dk", k)
}

// page is the tables with what they were measured on.
func page(tables string, runs int) string {
	var b strings.Builder
	fmt.Fprintf(&b, `# Benchmarks

Written by `+"`make bench`"+`; not to be edited. Each contender runs in a process of its own, over the same files, in
turn; the figures are those of the median of %d runs after one for the caches. Machines differ and are noisy: the
ratios count (above 1: so many times as fast).

`, runs)
	fmt.Fprintf(&b, "%s, %d cores, %s", cpuName(), runtime.NumCPU(), runtime.Version())
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, d := range info.Deps {
			if slices.Contains([]string{"github.com/xuri/excelize/v2", "github.com/apache/arrow/go/v17", "github.com/klauspost/compress"}, d.Path) {
				fmt.Fprintf(&b, ", %s %s", d.Path[strings.Index(d.Path, "/")+1:], d.Version)
			}
		}
	}
	b.WriteString(".\n\n" + tables)
	return strings.TrimRight(b.String(), "\n") + "\n"
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
